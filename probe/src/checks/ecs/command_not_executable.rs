//! The entry point or the command of a container cannot be executed.

use super::{container_told, definition_of, failing_revision, volume_hides_files::hides};
use crate::{
    case::{Case, Said, proof},
    check::{Check, Evidence, Finding, Severity},
    evidence::{revision_of, serving},
    reading::Place,
    remedy,
    snapshot::{ContainerDefinition, Observed, Text},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-command-not-executable",
    classes: &["bad-entrypoint-or-command"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the entry point or command of a container cannot be executed",
        ja: "コンテナのエントリポイントまたはコマンドを実行できません",
    },
    explains: &[
        "ecs-container-exited",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let mut said = case.said(&["bad-entrypoint-or-command"])?;
    said.retain(|said| is_start(case, said) && hides(case, said).is_none());
    let Some(newest) = said.first() else {
        return Ok(vec![]);
    };
    let expected = words!("the container starts", "コンテナが起動する");
    let mut evidence: Vec<Evidence> = proof(&said, expected).into_iter().collect();
    let arn = failing_revision(case)?;
    let revision = revision_of(&arn);
    let told = container_told(case, newest);
    let container = told.as_deref().or(serving(case)).unwrap_or_default();
    let definition = definition_of(case, &arn, container);
    evidence.extend(definition.and_then(own_command));
    let object = newest.reading.object.as_deref().unwrap_or_default();
    let what = quoted(newest.text).unwrap_or(object);
    let message = if what.contains(' ') {
        words!(
            "the container {container} of {revision} does not start: \"{what}\" stands as one word in its command, so a program of that name is looked for",
            "{revision} のコンテナ {container} が起動しません。コマンドが 1 つの文字列 \"{what}\" になっており、その名前のプログラムが探されています"
        )
    } else {
        words!(
            "the container {container} of {revision} does not start: the image has no program {what} that can be executed",
            "{revision} のコンテナ {container} が起動しません。実行できるプログラム {what} がイメージにありません"
        )
    };
    let selected = remedy::container(container);
    let mut fix: Vec<_> = remedy::go_back(case).into_iter().collect();
    fix.push(remedy::edit(
        case,
        &arn,
        &format!("del({selected} | .entryPoint, .command)"),
        words!(
            "or use the image's own entry point and command again (to give others, write each word as an element of its own: [\"/app\", \"--port\", \"8080\"])",
            "または、イメージ自身のエントリポイントとコマンドを使う (指定する場合は [\"/app\", \"--port\", \"8080\"] のように 1 語ずつ分けて書く)"
        ),
    ));
    Ok(vec![Finding {
        subject: arn.clone(),
        message,
        evidence,
        fix,
    }])
}

/// What the container runtime tried to execute: `exec: "web --port 80": executable file not found`.
fn quoted(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("exec: \"")?;
    Some(rest.split_once('"')?.0)
}

/// Whether it was said of a container's start. A program may miss commands of its own and run all the same.
fn is_start(case: &Case<'_>, said: &Said<'_>) -> bool {
    if said.place != Place::AppLog {
        return true;
    }
    let task = case
        .tasks
        .as_ref()
        .ok()
        .and_then(|tasks| tasks.get(&said.by));
    task.is_some_and(|task| {
        let codes = task.containers.values().filter_map(|one| one.exit_code);
        codes.into_iter().any(|code| [126, 127].contains(&code))
    })
}

/// What the task definition puts in place of the image's own entry point and command.
fn own_command(container: &ContainerDefinition) -> Option<Evidence> {
    let list =
        |words: &[Text]| format!("{:?}", words.iter().map(|word| &**word).collect::<Vec<_>>());
    let set = [
        ("entryPoint", &container.entry_point),
        ("command", &container.command),
    ];
    let set: Vec<String> = set
        .iter()
        .filter(|(_, words)| !words.is_empty())
        .map(|(name, words)| format!("{name} {}", list(words)))
        .collect();
    (!set.is_empty()).then(|| Evidence {
        source: "ecs:DescribeTaskDefinition containerDefinitions[]",
        saw: Words::verbatim(set.join(", ")),
        expected: words!(
            "a program of the image, one word an element",
            "イメージ内のプログラムを、1 語ずつの要素で指定する"
        ),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_whole_command_line_is_quoted_as_one() {
        let text = r#"starting container process caused: exec: "web --port 80": executable file not found"#;
        assert_eq!(super::quoted(text), Some("web --port 80"));
        assert_eq!(super::quoted("exec format error"), None);
    }
}
