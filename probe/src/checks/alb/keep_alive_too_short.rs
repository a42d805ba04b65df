//! The application closes idle connections before the load balancer does: now and then a request gets 502.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    remedy::read_logs,
    snapshot::{LoadBalancer, Observed, Task},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "alb-keep-alive-too-short",
    classes: &["keepalive-shorter-than-alb-idle"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "the application closes idle connections before the load balancer does",
        ja: "アプリケーションがロードバランサーより先にアイドル接続を閉じています",
    },
    explains: &[],
    find,
};

/// Fewer 502 than this may be requests that were broken off for reasons of their own.
const SEVERAL: f64 = 3.0;
const QUARTER: TimeDelta = TimeDelta::minutes(15);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let region = &case.target.region;
    let balancer = case.load_balancers()?.iter().next();
    let expected = words!(
        "the application keeps idle connections longer than the load balancer",
        "アプリケーションのキープアライブがロードバランサーのアイドルタイムアウトより長い"
    );
    let said = case.logged(CHECK.classes)?;
    let mut evidence: Vec<Evidence> = proof(&said, expected).into_iter().collect();
    if let (Some(since), Some((_, balancer))) = (calm_since(case)?, balancer) {
        evidence.extend(bad_gateways(balancer, since, case.taken_at));
    }
    if evidence.is_empty() {
        return Ok(vec![]);
    }
    let idle = balancer
        .and_then(|(_, balancer)| balancer.idle_timeout_seconds)
        .unwrap_or(60);
    let subject = balancer.map_or_else(|| case.target.service.clone(), |(_, b)| b.name.clone());
    let enough = idle + 5;
    evidence.push(Evidence {
        source: "elasticloadbalancing:DescribeLoadBalancerAttributes idle_timeout.timeout_seconds",
        saw: words!("{idle} s", "{idle} 秒"),
        expected: words!(
            "shorter than the application's keep-alive",
            "アプリケーションのキープアライブより短い"
        ),
    });
    Ok(vec![Finding {
        message: words!(
            "some requests get 502 because the application closes a connection on which {subject} still sends",
            "{subject} が送信中の接続をアプリケーションが閉じるため、一部のリクエストが 502 になります"
        ),
        evidence,
        fix: vec![
            read_logs(
                case,
                words!(
                    "let the application keep idle connections for {enough} s (Node.js: server.keepAliveTimeout and headersTimeout; gunicorn: --keep-alive)",
                    "アプリケーションのキープアライブを {enough} 秒にする (Node.js: server.keepAliveTimeout と headersTimeout、gunicorn: --keep-alive)"
                ),
            ),
            Fix {
                title: words!(
                    "until then let the load balancer close first (1 for gunicorn, which keeps 2 s): an answer that takes longer than that becomes a 504",
                    "それまでの間、ロードバランサー側を先に切断させる (既定が 2 秒の gunicorn では 1 にする。これより時間のかかる応答は 504 になる)"
                ),
                command: format!(
                    "aws elbv2 modify-load-balancer-attributes --load-balancer-arn {} --attributes Key=idle_timeout.timeout_seconds,Value=4 --region {region}",
                    balancer.map_or("<LOAD_BALANCER_ARN>", |(arn, _)| arn)
                ),
            },
        ],
        subject,
    }])
}

/// Since when nothing else explains a 502: all targets are healthy, no task is ending, and the minute in which the
/// last one ended is over. A task that leaves cuts the connections that it has, and none later.
fn calm_since(case: &Case<'_>) -> Observed<Option<DateTime<Utc>>> {
    let healthy = case
        .target_groups()?
        .values()
        .flat_map(|group| &group.targets)
        .all(|target| target.state == "healthy");
    let tasks = case.tasks()?;
    let is_ending = |task: &Task| task.stopping_at.is_some() && task.stopped_at.is_none();
    if !healthy || tasks.values().any(is_ending) {
        return Ok(None);
    }
    let ended = tasks.values().filter_map(|task| task.stopped_at).max();
    let over = ended.map(|ended| ended + TimeDelta::minutes(1));
    Ok(over.into_iter().chain([case.taken_at - QUARTER]).max())
}

fn bad_gateways(
    balancer: &LoadBalancer,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<Evidence> {
    let metrics = balancer.metrics.as_ref()?.as_ref().ok()?;
    let minutes = metrics.get("HTTPCode_ELB_502_Count")?;
    let calm = minutes.iter().filter(|(minute, _)| **minute >= since);
    let count: f64 = calm.map(|(_, count)| count).sum();
    let minutes = (now - since).num_minutes();
    (count >= SEVERAL).then(|| Evidence {
        source: "cloudwatch:GetMetricData HTTPCode_ELB_502_Count",
        saw: words!(
            "{count} in {minutes} minutes, with every target healthy and no task ending",
            "{minutes} 分間に {count} 件 (全ターゲットが正常で、終了したタスクもない)"
        ),
        expected: words!("none", "0 件"),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        scenario,
        snapshot::{Snapshot, Target},
    };

    /// Whether three 502 so many seconds ago are this fault, after a change.
    fn is_found(seconds_ago: i64, change: impl FnOnce(&mut Snapshot)) -> bool {
        let mut snapshot = scenario::snapshot(CHECK.id).unwrap().unwrap();
        let at = snapshot.taken_at - TimeDelta::seconds(seconds_ago);
        for balancer in snapshot.load_balancers.as_mut().unwrap().values_mut() {
            let minutes = BTreeMap::from([(at, SEVERAL)]);
            balancer.metrics = Some(Ok([("HTTPCode_ELB_502_Count".into(), minutes)].into()));
        }
        change(&mut snapshot);
        !find(&Case::new(&snapshot)).unwrap().is_empty()
    }

    fn ended(seconds_ago: i64) -> impl FnOnce(&mut Snapshot) {
        move |snapshot| {
            let tasks = snapshot.tasks.as_mut().unwrap();
            let mut task = tasks.values().next().unwrap().clone();
            task.stopped_at = Some(snapshot.taken_at - TimeDelta::seconds(seconds_ago));
            tasks.insert("ended".into(), task);
        }
    }

    #[test]
    fn what_comes_while_a_task_ends_may_be_of_that_task() {
        assert!(is_found(120, |_| ()));
        assert!(!is_found(120, ended(100)));
        assert!(!is_found(120, ended(150)), "the minute of its end");
        assert!(is_found(120, ended(180)));
        assert!(!is_found(120, |snapshot| {
            let tasks = snapshot.tasks.as_mut().unwrap();
            let task = tasks.values_mut().next().unwrap();
            task.stopping_at = Some(snapshot.taken_at);
        }));
    }

    #[test]
    fn what_comes_while_a_target_is_not_healthy_may_be_of_that_target() {
        assert!(!is_found(120, |snapshot| {
            let groups = snapshot.target_groups.as_mut().unwrap();
            let targets = groups.values_mut().flat_map(|group| &mut group.targets);
            let drain = |target: &mut Target| target.state = "draining".into();
            targets.take(1).for_each(drain);
        }));
    }
}
