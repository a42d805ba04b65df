//! What stopped tasks say of their end, and what they wrote last.

use crate::{
    check::Evidence,
    reading::{End, current_failures},
    snapshot::{Container, Observed, Snapshot, Task},
    words,
    words::Words,
};

/// What stopped tasks say of one kind of end.
#[derive(Debug)]
pub struct Stopped<'a> {
    /// The newest of the tasks.
    pub newest: (&'a String, &'a Task, End),
    /// The proof: how many tasks, and the words of the newest.
    pub evidence: Evidence,
}

/// The present failures whose end is of the wanted kind; `None` when there are none.
///
/// # Errors
/// When the service or its tasks were not seen.
pub fn stopped(
    snapshot: &Snapshot,
    wanted: impl Fn(&Task, &End) -> bool,
) -> Observed<Option<Stopped<'_>>> {
    let failures = current_failures(snapshot)?;
    let total = failures.len();
    let mut matching: Vec<_> = failures
        .into_iter()
        .filter(|(_, task, stop)| wanted(task, stop))
        .collect();
    if matching.is_empty() {
        return Ok(None);
    }
    let count = matching.len();
    let newest = matching.swap_remove(0);
    let (source, text) = words_of(newest.1);
    let id = newest.0;
    let evidence = Evidence {
        source,
        saw: words!(
            "{count} of {total} failed tasks, the newest is {id}: {text}",
            "失敗したタスク {total} 件中 {count} 件、最新は {id}: {text}"
        ),
        expected: words!("tasks keep running", "タスクが動き続ける"),
    };
    Ok(Some(Stopped { newest, evidence }))
}

/// What the present failures that name this text say: an ARN, a name.
pub fn failed_naming(snapshot: &Snapshot, name: &str) -> Option<Evidence> {
    let stopped = stopped(snapshot, |task, _| task.says(name)).ok()?;
    stopped.map(|stopped| stopped.evidence)
}

/// The most telling words on a task's end, and where they stand.
fn words_of(task: &Task) -> (&'static str, String) {
    let stopped = task.stopped_reason.as_deref().unwrap_or_default();
    let container = task.containers.iter().find_map(|(name, container)| {
        let reason = container.reason.as_deref()?;
        Some(match container.exit_code {
            Some(code) => format!("{name}: exit code {code}, {reason}"),
            None => format!("{name}: {reason}"),
        })
    });
    let exits = || {
        let exit = |(name, container): (&String, &Container)| {
            Some(format!("{name}: exit code {}", container.exit_code?))
        };
        task.containers
            .iter()
            .filter_map(exit)
            .collect::<Vec<_>>()
            .join(", ")
    };
    // A start that failed has its full text in stoppedReason; a container that ran has it in its own reason.
    match container {
        Some(container) if task.started_at.is_some() => {
            ("ecs:DescribeTasks containers[].reason", container)
        }
        _ if task.stop_code.as_deref() == Some("EssentialContainerExited") => (
            "ecs:DescribeTasks containers[].exitCode",
            format!("{stopped} ({})", exits()),
        ),
        _ => ("ecs:DescribeTasks stoppedReason", stopped.to_owned()),
    }
}

/// The last lines that a task wrote, joined for a report; `None` where it wrote nothing or its log was not seen.
pub fn last_lines(snapshot: &Snapshot, task: &str, count: usize) -> Option<Evidence> {
    let lines = snapshot.logs().ok()?.get(task)?;
    let tail: Vec<&str> = lines
        .iter()
        .rev()
        .take(count)
        .rev()
        .map(|line| &*line.message)
        .collect();
    (!tail.is_empty()).then(|| Evidence {
        source: "logs:GetLogEvents",
        saw: Words::verbatim(tail.join(" ⏎ ")),
        expected: words!(
            "the application keeps running",
            "アプリケーションが動き続ける"
        ),
    })
}
