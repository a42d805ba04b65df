//! Whether looking again can change the answer: what `probe diagnose --wait` waits for.

use std::collections::BTreeSet;

use crate::{
    check::Severity,
    checks,
    diagnose::{Diagnosis, Verdict},
    snapshot::Snapshot,
    words,
    words::Words,
};

/// That many failed tasks of one deployment prove that the next one will fail too. ECS's circuit breaker needs three
/// at least: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>.
const PROVEN: i32 = 3;

/// Whether to look again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// The answer will not change by itself.
    Over,
    /// It may change, because of this.
    Longer(Words),
}

/// Decides after one look.
pub fn decide(snapshot: &Snapshot, diagnosis: &Diagnosis) -> Wait {
    let rollout = snapshot.service.as_ref().ok().and_then(|service| {
        let primary = service.primary()?;
        Some((service, primary))
    });
    if diagnosis.verdict() == Verdict::Healthy {
        let Some((service, primary)) = rollout else {
            return Wait::Over;
        };
        let (running, desired) = (primary.running, primary.desired);
        let complete = primary.rollout_state.as_deref().unwrap_or("COMPLETED") == "COMPLETED";
        if complete && service.running == service.desired {
            return Wait::Over;
        }
        return Wait::Longer(words!(
            "healthy so far; the deployment has {running} of {desired} tasks running",
            "ここまで正常。デプロイは {desired} タスク中 {running} タスクが実行中"
        ));
    }
    let symptoms: BTreeSet<&str> = checks::all()
        .flat_map(|check| check.explains)
        .copied()
        .collect();
    let failed = rollout.map_or(0, |(_, primary)| primary.failed);
    let proven = diagnosis.causes.iter().find(|cause| {
        cause.check.severity == Severity::Critical
            && (!symptoms.contains(cause.check.id) || failed >= PROVEN)
    });
    match (proven, diagnosis.causes.first()) {
        (Some(_), _) => Wait::Over,
        (None, Some(cause)) => {
            let id = cause.check.id;
            Wait::Longer(words!(
                "{id}: may pass by itself",
                "{id}: 自然に解消する可能性があります"
            ))
        }
        (None, None) => {
            let calls: BTreeSet<&str> = diagnosis
                .unknown
                .iter()
                .map(|(_, unobserved)| unobserved.operation.as_str())
                .collect();
            // What is denied now is denied in a minute.
            if diagnosis.unknown.iter().all(|(_, u)| u.is_denied()) {
                return Wait::Over;
            }
            let calls = calls.into_iter().collect::<Vec<_>>().join(", ");
            Wait::Longer(words!(
                "not everything was seen: {calls}",
                "確認できなかった項目があります: {calls}"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnose::diagnose, scenario, snapshot::Unobserved};

    fn after(name: &str, change: fn(&mut Snapshot)) -> Wait {
        let mut snapshot = scenario::snapshot(name).unwrap().unwrap();
        change(&mut snapshot);
        decide(&snapshot, &diagnose(&snapshot))
    }

    fn rolling(snapshot: &mut Snapshot, failed: i32) {
        let service = snapshot.service.as_mut().unwrap();
        let primary = &mut service.deployments[0];
        primary.rollout_state = Some("IN_PROGRESS".into());
        primary.failed = failed;
    }

    #[test]
    fn it_waits_for_what_may_pass_and_for_nothing_else() {
        assert_eq!(after("healthy", |_| {}), Wait::Over);
        assert_ne!(
            after("healthy", |s| rolling(s, 0)),
            Wait::Over,
            "a deployment under way"
        );
        assert_eq!(
            after("network-database-port-closed", |_| {}),
            Wait::Over,
            "proven"
        );
        let symptom = "service-database-unreachable";
        assert_ne!(after(symptom, |s| rolling(s, 2)), Wait::Over, "may pass");
        assert_eq!(
            after(symptom, |s| rolling(s, 3)),
            Wait::Over,
            "fails again and again"
        );
        fn unseen(code: &str) -> Unobserved {
            Unobserved {
                operation: "ecs:DescribeTasks".into(),
                code: code.into(),
                message: "no".into(),
            }
        }
        assert_eq!(
            after("healthy", |s| s.tasks =
                Err(unseen("AccessDeniedException"))),
            Wait::Over
        );
        assert_ne!(
            after("healthy", |s| s.tasks = Err(unseen("Timeout"))),
            Wait::Over
        );
    }
}
