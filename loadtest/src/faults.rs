//! What the plan breaks on purpose, at its time; how that went becomes part of the evidence.

use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::aws::Ecs;
use crate::drive::Crew;
use crate::events::{Event, What};
use crate::plan::{Action, Fault, Plan};

mod command;

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
    let what = match &fault.action {
        Action::Command(text) => text.clone(),
        Action::StopTask => "ecs:StopTask".to_owned(),
    };
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
