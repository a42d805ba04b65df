//! Tasks are killed by health checks before they had the time to start.

use chrono::{DateTime, Utc};

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::stopped,
    reading::{current_failures, says_ready},
    snapshot::{Observed, Task},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "ecs-grace-period-too-short",
    classes: &["health-check-too-aggressive", "app-slow-start"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the health check grace period is shorter than the application's start",
        ja: "ヘルスチェックの猶予期間が、アプリケーションの起動時間より短くなっています",
    },
    explains: &[
        "ecs-tasks-failing-health-checks",
        "alb-health-check-failed",
        "alb-health-check-timeout",
        "alb-no-healthy-targets",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(failed) = stopped(case, |_, stop| stop.is_unhealthy())? else {
        return Ok(vec![]);
    };
    let service = case.service()?;
    if service.load_balancers.is_empty() {
        return Ok(vec![]); // ECS knows a grace period only where a load balancer checks
    }
    let grace = i64::from(service.grace_period_seconds);
    // The slowest start that a log shows, among the tasks that were killed: only that proves the grace period wrong.
    let logs = case.logs()?;
    // A task that was ready for as long as it takes to be found unhealthy had its chance: that is another fault.
    let checks = case
        .target_groups()?
        .values()
        .map(|group| &group.health_check);
    let chance = checks
        .map(|check| i64::from(check.interval_seconds * check.unhealthy_threshold))
        .max()
        .unwrap_or(0);
    let ready_after = |id: &String, task: &Task| -> Option<i64> {
        let started: DateTime<Utc> = task.started_at?;
        let ready = logs
            .get(id)?
            .iter()
            .find(|line| line.at >= started && says_ready(&line.message))?;
        let had_its_chance = task
            .stopping_at
            .is_some_and(|stop| (stop - ready.at).num_seconds() >= chance);
        (!had_its_chance).then(|| (ready.at - started).num_seconds())
    };
    let slowest = current_failures(case)?
        .into_iter()
        .filter(|(_, _, stop)| stop.is_unhealthy())
        .filter_map(|(id, task, _)| Some((ready_after(id, task)?, id)))
        .max();
    let Some((seconds, task)) = slowest.filter(|(seconds, _)| *seconds > grace) else {
        return Ok(vec![]);
    };
    let enough = (seconds * 3 / 2 + 29) / 30 * 30; // half as much again, in whole half minutes
    let (cluster, name, region) = (
        &case.target.cluster,
        &case.target.service,
        &case.target.region,
    );
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "{name} allows {grace} s before health checks count, but the application needs {seconds} s to start",
            "{name} の猶予期間は {grace} 秒ですが、アプリケーションの起動には {seconds} 秒かかっています"
        ),
        evidence: vec![
            failed.evidence,
            Evidence {
                source: "logs:GetLogEvents",
                saw: words!(
                    "task {task} was ready {seconds} s after its start",
                    "タスク {task} は開始から {seconds} 秒後に準備完了"
                ),
                expected: words!("ready within {grace} s", "{grace} 秒以内に準備完了"),
            },
            Evidence {
                source: "ecs:DescribeServices healthCheckGracePeriodSeconds",
                saw: words!("{grace} s", "{grace} 秒"),
                expected: words!("{enough} s", "{enough} 秒"),
            },
        ],
        fix: vec![Fix {
            title: words!(
                "give tasks the time to start (and the same value to HealthCheckGracePeriodSeconds in service.yaml)",
                "起動に必要な猶予を与える (service.yaml の HealthCheckGracePeriodSeconds も同じ値にする)"
            ),
            command: format!(
                "aws ecs update-service --cluster {cluster} --service {name} --health-check-grace-period-seconds {enough} --region {region}"
            ),
        }],
    }])
}
