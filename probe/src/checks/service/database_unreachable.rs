//! The application's log says that it cannot reach its database over the network.

use chrono::TimeDelta;

use crate::{
    case::{Case, Said, proof},
    check::{Check, Evidence, Finding, Severity},
    reading::{DATABASE_AWAY, Place},
    remedy::read_logs,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "service-database-unreachable",
    classes: &["db-connect-timeout-unspecified"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the application cannot reach its database",
        ja: "アプリケーションがデータベースに接続できません",
    },
    explains: &[
        "ecs-container-exited",
        "alb-health-check-server-error",
        "alb-health-check-timeout",
        "alb-health-check-failed",
        "ecs-tasks-failing-health-checks",
    ],
    find,
};

/// Older lines say nothing about now: an application that cannot reach its database says so again and again.
const RECENT: TimeDelta = TimeDelta::minutes(5);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    case.logs()?;
    let since = case.taken_at - RECENT;
    let away: Vec<&Said<'_>> = case
        .suspected(DATABASE_AWAY)
        .filter(|said| said.place == Place::AppLog && said.at >= since)
        .collect();
    if away.is_empty() {
        return Ok(vec![]);
    }
    let service = &case.target.service;
    let database = case.database.as_ref().ok().and_then(Option::as_ref);
    let subject = database.map_or_else(|| service.clone(), |database| database.id.clone());
    let status = database.map(|database| Evidence {
        source: "rds:DescribeDBInstances DBInstanceStatus",
        saw: crate::words::Words::verbatim(database.status.clone()),
        expected: crate::words::Words::verbatim("available"),
    });
    let said = proof(&away, words!("no connection errors", "接続エラーがない"));
    let evidence = said.into_iter().chain(status).collect();
    Ok(vec![Finding {
        message: words!(
            "tasks of {service} log that {subject} cannot be reached",
            "{service} のタスクが、{subject} に接続できないことをログに出力しています"
        ),
        subject,
        evidence,
        fix: vec![read_logs(
            case,
            words!(
                "read what the tasks say, and check the network path and the database's status",
                "タスクのログを読み、ネットワーク経路とデータベースの状態を確認する"
            ),
        )],
    }])
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
    fn only_what_the_application_said_lately_counts() {
        // The newest lines of the scenario are seconds old.
        assert_eq!(found_after(|_| ()), 1);
        for (age, found) in [(TimeDelta::minutes(4), 1), (TimeDelta::minutes(30), 0)] {
            let mut snapshot = scenario::snapshot("ecs-container-exited").unwrap().unwrap();
            let at = snapshot.taken_at - age;
            for lines in snapshot.logs.as_mut().unwrap().values_mut() {
                lines.push(crate::snapshot::LogLine {
                    at,
                    message: "connect ETIMEDOUT 10.0.21.5:5432".into(),
                });
            }
            let seen = find(&Case::new(&snapshot)).unwrap().len();
            assert_eq!(seen, found, "{age}");
        }
    }

    #[test]
    fn without_logs_nobody_can_tell() {
        let mut snapshot = scenario::snapshot(CHECK.id).unwrap().unwrap();
        snapshot.logs = Err(crate::snapshot::not_collected::<()>().unwrap_err());
        assert!(find(&Case::new(&snapshot)).is_err());
    }
}
