//! `probe tasks`: running tasks, and why the stopped ones stopped.

use super::{Error, Exit, age, connect, now, print, say, screen};
use crate::{
    cli::Global,
    collect,
    evidence::revision_of,
    reading::stop_of,
    render::{Format, rows},
    snapshot::Task,
    target::Target,
    words::Lang,
};

pub(super) async fn run(target: Target, global: &Global) -> Result<Exit, Error> {
    let (clients, subject) = connect(&target, global).await?;
    let tasks = collect::tasks(&clients, &subject).await?;
    if global.output == Format::Json {
        print(&(serde_json::to_string_pretty(&tasks)? + "\n"))?;
        return Ok(Exit::Healthy);
    }
    let lang = global.lang();
    if tasks.is_empty() {
        print(say(
            lang,
            "no tasks run, and none stopped within the last hour\n",
            "実行中のタスクも、直近 1 時間に停止したタスクもありません\n",
        ))?;
        return Ok(Exit::Healthy);
    }
    let now = now();
    let mut sorted: Vec<_> = tasks.iter().collect();
    sorted.sort_by_key(|(_, task)| {
        (
            task.stopped_at.is_some(),
            std::cmp::Reverse(task.stopped_at.or(task.created_at)),
        )
    });
    let row = |(id, task): (&String, &Task)| {
        let since = task.stopped_at.or(task.started_at).or(task.created_at);
        vec![
            id.clone(),
            task.last_status.clone(),
            since.map(|since| age(since, now)).unwrap_or_default(),
            revision_of(&task.task_definition).to_owned(),
            task.availability_zone.clone().unwrap_or_default(),
            task.private_ip.clone().unwrap_or_default(),
            why(task, lang),
        ]
    };
    let header = match lang {
        Lang::En => [
            "task",
            "status",
            "since",
            "revision",
            "zone",
            "address",
            "why it stopped",
        ],
        Lang::Ja => [
            "タスク",
            "状態",
            "経過",
            "リビジョン",
            "AZ",
            "アドレス",
            "停止理由",
        ],
    };
    print(&rows(
        &header,
        sorted.into_iter().map(row).collect(),
        screen().width,
    ))?;
    Ok(Exit::Healthy)
}

/// Why a task stopped: its own words, and that a normal end is one.
fn why(task: &Task, lang: Lang) -> String {
    if task.stopped_at.is_none() {
        return String::new();
    }
    let reason = task.stopped_reason.as_deref().unwrap_or_default();
    let containers = task.containers.iter().filter_map(|(name, container)| {
        let exit = container.exit_code.map(|code| format!("exit code {code}"));
        let parts: Vec<&str> = [exit.as_deref(), container.reason.as_deref()]
            .into_iter()
            .flatten()
            .collect();
        (!parts.is_empty()).then(|| format!("{name}: {}", parts.join(", ")))
    });
    let containers = containers.collect::<Vec<_>>().join("; ");
    let normal = if stop_of(task).class.is_none() {
        say(lang, " (normal)", " (正常)")
    } else {
        ""
    };
    match containers.is_empty() {
        true => format!("{reason}{normal}"),
        false => format!("{reason}{normal} [{containers}]"),
    }
}
