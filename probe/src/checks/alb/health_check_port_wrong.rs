//! The health check asks a port at which the application does not listen.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::{revision_of, unhealthy},
    reading::HealthFailure,
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "alb-health-check-port-wrong",
    classes: &["health-check-port-wrong"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the health check asks a port that the container does not open",
        ja: "ヘルスチェックのポートを、コンテナが開いていません",
    },
    explains: &[
        "alb-health-check-timeout",
        "alb-health-check-failed",
        "ecs-tasks-failing-health-checks",
        "alb-no-healthy-targets",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let region = &case.target.region;
    let mut findings = vec![];
    for unhealthy in unhealthy(case, |failure| !matches!(failure, HealthFailure::Code(_)))? {
        let Ok(asked) = unhealthy.group.health_check.port.parse::<i32>() else {
            continue;
        }; // "traffic-port"
        let definition = case.task_definition()?;
        let mut ports = definition
            .containers
            .iter()
            .flat_map(|container| container.ports.iter().copied());
        if ports.any(|port| port == asked) {
            continue;
        }
        let open: Vec<String> = definition
            .containers
            .iter()
            .flat_map(|container| &container.ports)
            .map(ToString::to_string)
            .collect();
        let (arn, name, open) = (unhealthy.arn, &unhealthy.group.name, open.join(", "));
        let revision = revision_of(&definition.arn);
        findings.push(Finding {
            subject: name.clone(),
            message: words!(
                "the target group {name} checks port {asked}, but {revision} opens {open}",
                "ターゲットグループ {name} はポート {asked} をチェックしますが、{revision} が開いているのは {open} です"
            ),
            evidence: vec![
                Evidence {
                    source: "elasticloadbalancing:DescribeTargetGroups HealthCheckPort",
                    saw: Words::verbatim(asked.to_string()),
                    expected: words!("traffic-port, or one of {open}", "traffic-port または {open}"),
                },
                unhealthy.evidence(words!("targets are healthy", "ターゲットが healthy である")),
            ],
            fix: vec![Fix {
                title: words!("check the port that gets the traffic", "トラフィックを受けるポートをチェックする"),
                command: format!(
                    "aws elbv2 modify-target-group --target-group-arn {arn} --health-check-port traffic-port --region {region}"
                ),
            }],
        });
    }
    Ok(findings)
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
    fn a_port_that_is_open_or_answers_is_not_the_wrong_one() {
        assert_eq!(found_after(|_| ()), 1);
        let open = found_after(|s| {
            let groups = s.target_groups.as_ref().unwrap();
            let asked = groups.values().map(|group| &group.health_check.port);
            let asked = asked.filter_map(|port| port.parse().ok()).collect();
            s.task_definition.as_mut().unwrap().containers[0].ports = asked;
        });
        assert_eq!(open, 0);
        let answers = found_after(|s| {
            for group in s.target_groups.as_mut().unwrap().values_mut() {
                for target in &mut group.targets {
                    target.reason = Some("Target.ResponseCodeMismatch".into());
                    target.description =
                        Some("Health checks failed with these codes: [404]".into());
                }
            }
        });
        assert_eq!(answers, 0);
    }
}
