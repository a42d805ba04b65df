//! The application closes idle connections before the load balancer does: now and then a request gets 502.

use chrono::TimeDelta;

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    remedy::read_logs,
    snapshot::{LoadBalancer, Observed},
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

/// Fewer 502 than this in a quarter of an hour may have been a task that was just leaving.
const SEVERAL: f64 = 3.0;

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let region = &case.target.region;
    let balancer = case.load_balancers()?.iter().next();
    let expected = words!(
        "the application keeps idle connections longer than the load balancer",
        "アプリケーションのキープアライブがロードバランサーのアイドルタイムアウトより長い"
    );
    let said = case.logged(CHECK.classes)?;
    let mut evidence: Vec<Evidence> = proof(&said, expected).into_iter().collect();
    if is_calm(case)? {
        evidence.extend(balancer.and_then(|(_, balancer)| bad_gateways(balancer)));
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
                    "until then let the load balancer give up first",
                    "それまでの間、ロードバランサー側を先に切断させる"
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

/// Whether all targets are healthy and no task ended lately: then nothing else explains a 502.
fn is_calm(case: &Case<'_>) -> Observed<bool> {
    let since = case.taken_at - TimeDelta::minutes(15);
    let ended = case.tasks()?.values().any(|task| {
        task.stopped_at
            .or(task.stopping_at)
            .is_some_and(|at| at > since)
    });
    let healthy = case
        .target_groups()?
        .values()
        .flat_map(|group| &group.targets)
        .all(|target| target.state == "healthy");
    Ok(healthy && !ended)
}

fn bad_gateways(balancer: &LoadBalancer) -> Option<Evidence> {
    let count = *balancer
        .metrics
        .as_ref()?
        .as_ref()
        .ok()?
        .get("HTTPCode_ELB_502_Count")?;
    (count >= SEVERAL).then(|| Evidence {
        source: "cloudwatch:GetMetricData HTTPCode_ELB_502_Count",
        saw: words!(
            "{count} in 15 minutes, with every target healthy and no task ending",
            "15 分間に {count} 件 (全ターゲットが正常で、終了したタスクもない)"
        ),
        expected: words!("none", "0 件"),
    })
}
