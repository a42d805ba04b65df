//! A volume is mounted over files that the image needs.

use super::{container_told, definition_of, failing_revision};
use crate::{
    case::{Case, Said, proof},
    check::{Check, Evidence, Finding, Severity},
    evidence::{revision_of, serving},
    reading::Place,
    remedy,
    snapshot::{MountPoint, Observed},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-volume-hides-files",
    classes: &["volume-hides-image-files"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a volume is mounted over files that the image needs",
        ja: "イメージに必要なファイルが、ボリュームのマウントで隠れています",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let mut said = case.said(&["volume-hides-image-files", "bad-entrypoint-or-command"])?;
    said.retain(|said| {
        said.place != Place::AppLog
            && (said.reading.fault() == Some("volume-hides-image-files")
                || hides(case, said).is_some())
    });
    let Some(newest) = said.first() else {
        return Ok(vec![]);
    };
    let expected = words!("the container starts", "コンテナが起動する");
    let mut evidence: Vec<Evidence> = proof(&said, expected).into_iter().collect();
    let arn = failing_revision(case)?;
    let revision = revision_of(&arn);
    let told = container_told(case, newest);
    let container = told.as_deref().or(serving(case)).unwrap_or_default();
    let only = || match definition_of(case, &arn, container)?
        .mount_points
        .as_slice()
    {
        [mount] => Some(mount.clone()),
        _ => None,
    };
    let mount = hides(case, newest).or_else(only);
    let place = mount
        .as_ref()
        .map_or_else(String::new, |mount| mount.path.clone());
    if let Some(MountPoint { volume, path }) = &mount {
        evidence.push(Evidence {
            source: "ecs:DescribeTaskDefinition mountPoints[].containerPath",
            saw: words!(
                "volume {volume} is mounted at {path}",
                "ボリューム {volume} が {path} にマウントされている"
            ),
            expected: words!(
                "a directory of its own for data, where the image has no files",
                "イメージのファイルがない、データ専用のディレクトリ"
            ),
        });
    }
    let selected = remedy::container(container);
    let mut fix: Vec<_> = remedy::go_back(case).into_iter().collect();
    fix.push(remedy::edit(
        case,
        &arn,
        &format!("({selected} | .mountPoints[] | select(.containerPath==\"{place}\").containerPath) = \"/data\""),
        words!(
            "or mount the volume at a directory of its own, and tell the program to use it",
            "または、専用のディレクトリにマウントし、プログラムがそこを使うように設定する"
        ),
    ));
    let over = if place.is_empty() {
        Words::verbatim("")
    } else {
        words!(" at {place}", " ({place})")
    };
    Ok(vec![Finding {
        subject: arn.clone(),
        message: Words {
            en: format!(
                "the container {container} of {revision} does not start, because a volume{} hides files of its image",
                over.en
            ),
            ja: format!(
                "{revision} のコンテナ {container} が起動しません。マウントしたボリューム{}がイメージのファイルを隠しています",
                over.ja
            ),
        },
        evidence,
        fix,
    }])
}

/// The mount that lies over the file that a message misses.
pub(super) fn hides(case: &Case<'_>, said: &Said<'_>) -> Option<MountPoint> {
    let file = said
        .reading
        .object
        .as_deref()
        .filter(|file| file.starts_with('/'))?;
    let definition = case.task_definition.as_ref().ok()?;
    let over = |mount: &&MountPoint| {
        let path = mount.path.trim_end_matches('/');
        file.strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    definition
        .containers
        .iter()
        .flat_map(|container| &container.mount_points)
        .find(over)
        .cloned()
}
