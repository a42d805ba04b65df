//! A target group has no healthy target: clients get errors.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Severity},
    evidence::starting,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "alb-no-healthy-targets",
    classes: &[],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the load balancer has no healthy target",
        ja: "ロードバランサーに正常なターゲットがありません",
    },
    explains: &[],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    if service.desired == 0 || starting(case)? > 0 {
        return Ok(vec![]);
    }
    let groups = case.target_groups()?.values().filter(|group| {
        let states = || group.targets.iter().map(|target| target.state.as_str());
        // Targets that are still in their first checks are not a fault: the group is coming up.
        !states().any(|state| state == "healthy" || state == "initial")
    });
    let finding = |group: &crate::snapshot::TargetGroup| {
        let (name, total) = (&group.name, group.targets.len());
        Finding {
            subject: name.clone(),
            message: words!(
                "none of the {total} targets of {name} is healthy",
                "{name} の正常なターゲットがありません (登録 {total} 件)"
            ),
            evidence: vec![Evidence {
                source: "elasticloadbalancing:DescribeTargetHealth",
                saw: words!("0 of {total} healthy", "{total} 件中 0 件が healthy"),
                expected: words!("at least one healthy target", "1 件以上が healthy"),
            }],
            fix: vec![crate::checks::read_logs(case)],
        }
    };
    Ok(groups.map(finding).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{scenario, snapshot::Snapshot};

    fn found_after(change: impl FnOnce(&mut Snapshot)) -> usize {
        let mut snapshot = scenario::snapshot(CHECK.id).unwrap().unwrap();
        change(&mut snapshot);
        find(&Case::new(&snapshot)).unwrap().len()
    }

    #[test]
    fn no_task_wanted_and_targets_in_their_first_checks_are_no_fault() {
        assert_eq!(found_after(|_| ()), 1);
        assert_eq!(found_after(|s| s.service.as_mut().unwrap().desired = 0), 0);
        let initial = found_after(|s| {
            for group in s.target_groups.as_mut().unwrap().values_mut() {
                group.targets[0].state = "initial".into();
            }
        });
        assert_eq!(initial, 0);
    }
}
