//! What the reason codes of a target's health mean, with the numbers of its own health check.
//!
//! The codes are those of `TargetHealth`:
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html>

use crate::{
    checks,
    reading::{HealthFailure, Place, classify, health_failure},
    snapshot::{Target, TargetGroup},
    words,
    words::Words,
};

/// What the reason of a target's health means; `None` where it is healthy or gives no reason that is known.
pub(super) fn meaning(target: &Target, group: &TargetGroup) -> Option<Words> {
    let check = &group.health_check;
    let (path, expected, timeout) = (&check.path, &check.matcher, check.timeout_seconds);
    let (interval, healthy, unhealthy) = (
        check.interval_seconds,
        check.healthy_threshold,
        check.unhealthy_threshold,
    );
    Some(match target.reason.as_deref()? {
        "Elb.RegistrationInProgress" => words!(
            "the load balancer is registering it",
            "ロードバランサーに登録中"
        ),
        "Elb.InitialHealthChecking" => {
            let at_least = interval * (healthy - 1).max(0);
            words!(
                "new: it needs {healthy} good health checks, one every {interval} s, that is at least {at_least} s",
                "登録直後。{interval} 秒間隔のヘルスチェックに {healthy} 回成功する必要がある (最短 {at_least} 秒)"
            )
        }
        "Target.ResponseCodeMismatch" => match health_failure(&said(target)) {
            HealthFailure::Code(code) => words!(
                "GET {path} answered {code}, expected is {expected}",
                "GET {path} の応答が {code} (期待値は {expected})"
            ),
            _ => words!(
                "GET {path} did not answer {expected}",
                "GET {path} の応答が {expected} ではない"
            ),
        },
        "Target.Timeout" => words!(
            "GET {path} did not answer within {timeout} s: a closed port, or a program that is too slow",
            "GET {path} が {timeout} 秒以内に応答しない。ポートが閉じているか、アプリケーションの応答が遅い"
        ),
        "Target.FailedHealthChecks" => words!(
            "no connection, or no HTTP answer: refused, reset or malformed; {unhealthy} failures in a row make a target unhealthy",
            "接続できないか、HTTP として応答しない (拒否・リセット・不正な応答)。{unhealthy} 回連続の失敗で unhealthy になる"
        ),
        "Target.NotRegistered" => words!(
            "it is not registered with the target group",
            "ターゲットグループに登録されていない"
        ),
        "Target.NotInUse" => words!(
            "no listener sends to the target group, or its Availability Zone is not enabled for the load balancer",
            "ターゲットグループに転送するリスナーがないか、ロードバランサーでその AZ が有効になっていない"
        ),
        "Target.DeregistrationInProgress" => match group.deregistration_delay_seconds {
            Some(delay) => words!(
                "leaving: requests that have begun may finish, for at most {delay} s",
                "登録解除中。処理中のリクエストの完了を最長 {delay} 秒待つ"
            ),
            None => words!(
                "leaving: requests that have begun may finish",
                "登録解除中。処理中のリクエストの完了を待っている"
            ),
        },
        "Target.InvalidState" => words!("its task has stopped", "タスクが停止している"),
        "Target.IpUnusable" => words!(
            "the address cannot be a target: a load balancer uses it",
            "ロードバランサー自身が使用している IP アドレスのため、ターゲットにできない"
        ),
        "Target.HealthCheckDisabled" => words!(
            "the health check of the target group is off",
            "ターゲットグループのヘルスチェックが無効"
        ),
        "Elb.InternalError" => words!(
            "an error inside the load balancer",
            "ロードバランサーの内部エラー"
        ),
        _ => return None,
    })
}

/// The fault that `probe explain` tells more about.
pub(super) fn fault(target: &Target) -> Option<&'static str> {
    if target.state != "unhealthy" && target.state != "unused" {
        return None;
    }
    let class = classify(&said(target), Some(Place::TargetHealth)).fault()?;
    checks::by_class(class).map(|check| check.id)
}

fn said(target: &Target) -> String {
    let parts = [target.reason.as_deref(), target.description.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
}
