//! The application closes idle connections before the load balancer does: now and then a request gets 502.

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
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

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = case.logged(&["keepalive-shorter-than-alb-idle"])?;
    let region = &case.target.region;
    let expected = words!(
        "the application keeps idle connections longer than the load balancer",
        "アプリケーションのキープアライブがロードバランサーのアイドルタイムアウトより長い"
    );
    let Some(heard) = proof(&said, expected) else {
        return Ok(vec![]);
    };
    let balancer = case.load_balancers()?.iter().next();
    let idle = balancer
        .and_then(|(_, balancer)| balancer.idle_timeout_seconds)
        .unwrap_or(60);
    let subject = balancer.map_or_else(|| case.target.service.clone(), |(_, b)| b.name.clone());
    let enough = idle + 5;
    Ok(vec![Finding {
        message: words!(
            "some requests get 502 because the application closes a connection on which {subject} still sends",
            "{subject} が送信中の接続をアプリケーションが閉じるため、一部のリクエストが 502 になります"
        ),
        evidence: vec![
            heard,
            Evidence {
                source: "elasticloadbalancing:DescribeLoadBalancerAttributes idle_timeout.timeout_seconds",
                saw: words!("{idle} s", "{idle} 秒"),
                expected: words!(
                    "shorter than the application's keep-alive",
                    "アプリケーションのキープアライブより短い"
                ),
            },
        ],
        fix: vec![
            Fix {
                title: words!(
                    "let the application keep idle connections for {enough} s (Node.js: server.keepAliveTimeout and headersTimeout; gunicorn: --keep-alive)",
                    "アプリケーションのキープアライブを {enough} 秒にする (Node.js: server.keepAliveTimeout と headersTimeout、gunicorn: --keep-alive)"
                ),
                command: crate::checks::read_logs(case).command,
            },
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
