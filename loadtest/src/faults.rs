//! What the plan breaks on purpose, at its time; how that went becomes part of the evidence.

use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::aws::Ecs;
use crate::drive::Crew;
use crate::events::{Event, What};
use crate::plan::{Action, Fault, Plan};

mod command;

/// A fault of the plan that is not known to have been made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmade {
    /// The name of its phase.
    pub phase: String,
    /// What was to be done.
    pub what: String,
    /// The end of what was said of it; nothing where nobody began it.
    pub why: Option<String>,
}

/// The faults that are not known to have been made, by the events of a run that went through its whole schedule.
pub fn unmade(plan: &Plan, events: &[Event]) -> Vec<Unmade> {
    let faults = plan.phases.iter().filter_map(|phase| {
        let what = name(&phase.fault.as_ref()?.action);
        let ended = events.iter().find_map(|event| match &event.what {
            What::FaultEnded {
                phase: of,
                done,
                said,
            } if *of == phase.name => Some((*done, said)),
            _ => None,
        });
        let why = match ended {
            Some((true, _)) => return None,
            Some((false, said)) => Some(last_words(said)),
            None => None,
        };
        let phase = phase.name.clone();
        Some(Unmade { phase, what, why })
    });
    faults.collect()
}

/// What an action is called.
fn name(action: &Action) -> String {
    match action {
        Action::Command(text) => text.clone(),
        Action::StopTask => "ecs:StopTask".to_owned(),
    }
}

/// How it ended, and the line before, which mostly says why.
fn last_words(said: &str) -> String {
    let lines: Vec<&str> = said.lines().map(str::trim).collect();
    lines[lines.len().saturating_sub(2)..].join(", ")
}

/// Makes the faults of a plan at their times. Ends when the load is `over` and nothing of them runs any more.
pub async fn make(plan: &Plan, crew: &Crew, ecs: Option<&Ecs>, over: &CancellationToken) {
    let phases = plan.phases.iter().zip(plan.begins());
    let faults = phases.filter_map(|(phase, begin)| {
        let fault = phase.fault.as_ref()?;
        Some(one(crew, &phase.name, fault, begin + fault.at, ecs, over))
    });
    join_all(faults).await;
}

async fn one(
    crew: &Crew,
    phase: &str,
    fault: &Fault,
    at: std::time::Duration,
    ecs: Option<&Ecs>,
    over: &CancellationToken,
) {
    let due = async {
        let begin = crew.pacer.begun().await;
        tokio::time::sleep_until((begin + at).into()).await;
        begin
    };
    let begin = tokio::select! {
        begin = due => begin,
        () = crew.stop.asked() => return,
        () = over.cancelled() => return,
    };
    let note = |what| {
        let at_s = begin.elapsed().as_secs_f64();
        crew.recorder.event(Event { at_s, what });
    };
    let phase = phase.to_owned();
    let what = name(&fault.action);
    note(What::FaultBegan {
        phase: phase.clone(),
        what,
    });
    match (&fault.action, ecs) {
        (Action::Command(text), _) => {
            let environment = [
                ("LOADTEST_RUN", crew.stage.run.as_str()),
                ("LOADTEST_HOST", crew.host.as_str().trim_end_matches('/')),
            ];
            let ended = command::run(text, &environment, over).await;
            let (done, said) = (ended.done, ended.said.clone());
            note(What::FaultEnded { phase, done, said });
            ended.leave(over).await;
        }
        (Action::StopTask, Some(ecs)) => {
            let stopped = ecs.stop_a_task(&crew.stage.run).await;
            let done = stopped.is_ok();
            let said = stopped.unwrap_or_else(|error| format!("{error:#}"));
            note(What::FaultEnded { phase, done, said });
        }
        // The order is refused before it comes to that.
        (Action::StopTask, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::File;

    fn why(events: &[(bool, &str)]) -> Vec<Option<String>> {
        let plan = r#"
            [[phase]]
            name = "calm"
            duration = "10s"
            rate = "10/s"
            [[phase]]
            name = "broken"
            duration = "10s"
            rate = "10/s"
            fault = { at = "1s", command = "docker kill web" }
        "#;
        let plan: File = toml::from_str(plan).unwrap();
        let ended = |(done, said): &(bool, &str)| Event {
            at_s: 11.0,
            what: What::FaultEnded {
                phase: "broken".to_owned(),
                done: *done,
                said: (*said).to_owned(),
            },
        };
        let events: Vec<Event> = events.iter().map(ended).collect();
        unmade(&Plan::try_from(plan).unwrap(), &events)
            .into_iter()
            .map(|unmade| unmade.why)
            .collect()
    }

    #[test]
    fn a_fault_that_failed_or_was_never_begun_was_not_made() {
        assert_eq!(why(&[(true, "exit status: 0")]), []);
        let said = "starting\nsh: docker: not found\nexit status: 127";
        let failed = "sh: docker: not found, exit status: 127".to_owned();
        assert_eq!(why(&[(false, said)]), [Some(failed)]);
        assert_eq!(why(&[]), [None]);
    }
}
