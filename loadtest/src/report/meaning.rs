//! What each cause of a failure means, and where to look for more: the first thing that somebody asks of a red figure.

use crate::lang::Lang;

/// What a cause means, and where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    /// What happened.
    pub(super) what: &'static str,
    /// Where to look for why.
    pub(super) look: &'static str,
}

/// The meaning of a cause of this sort of outcome; the service may have said more after the cause's first word.
pub(super) fn of(outcome: &str, cause: &str, lang: Lang) -> Meaning {
    let (word, _) = cause.split_once(' ').unwrap_or((cause, ""));
    let (what, look) = match (outcome, word) {
        ("refused", "http-409") => (
            (
                "the event is full, or the seat is taken: a rule of the business, no fault",
                "満席、または登録済みです。業務上の拒否であり障害ではありません",
            ),
            NOWHERE,
        ),
        ("refused", _) => (
            (
                "the event is gone: a rule of the business, no fault",
                "イベントはもうありません。業務上の拒否であり障害ではありません",
            ),
            NOWHERE,
        ),
        ("client_fault", "too-many-open-files") => (
            (
                "the generator may not open more connections",
                "負荷生成側でこれ以上接続を開けません",
            ),
            (
                "raise ulimit -n, or lower the users",
                "ulimit -n を上げるか、ユーザー数を減らしてください",
            ),
        ),
        ("client_fault", "no-local-ports-left") => (
            (
                "the generator has no ports left: too many new connections",
                "負荷生成側のポートが尽きました (新しい接続が多すぎます)",
            ),
            (
                "a longer connection lifetime, or a second machine",
                "接続の寿命を延ばすか、マシンを増やしてください",
            ),
        ),
        ("client_fault", cause) if cause.starts_with("http-4") => (
            (
                "the request was rejected; whether rightly, nobody can tell from here",
                "リクエストが拒否されました。正しい拒否かどうかはここからは分かりません",
            ),
            (
                "WAF on the way; is it the event service, in the version this load test knows?",
                "経路上の WAF。対象がイベントサービスか、対応するバージョンか",
            ),
        ),
        ("client_fault", _) => (
            (
                "the request never left the generator",
                "リクエストが負荷生成側から出ていません",
            ),
            (
                "the generator's memory, name server and network",
                "負荷生成側のメモリ・DNS・ネットワーク",
            ),
        ),
        (_, "http-429" | "http-408") => (
            (
                "somebody before or in the service holds requests back",
                "サービスまたは手前の装置が流量を制限しています",
            ),
            ("WAF and rate limits on the way", "経路上の WAF・流量制限"),
        ),
        (_, "http-502") => (
            (
                "the load balancer got no sound answer from a task: it ended or broke off",
                "ロードバランサーがタスクから正しい応答を得られませんでした (終了・切断)",
            ),
            (
                "probe diagnose; tasks that stopped",
                "probe diagnose、停止したタスク",
            ),
        ),
        (_, "http-503") => (
            (
                "nobody was there to answer: no healthy task, or the database is away",
                "応答できるタスクがありません (正常なタスクがない、またはデータベースに接続できない)",
            ),
            (
                "probe diagnose; probe targets; connections of the database",
                "probe diagnose、probe targets、データベースの接続数",
            ),
        ),
        (_, "http-504") => (
            (
                "the load balancer waited in vain for a task",
                "ロードバランサーがタスクの応答を待ちきれませんでした",
            ),
            (
                "probe diagnose; CPU of the tasks, locks in the database",
                "probe diagnose、タスクの CPU、データベースのロック",
            ),
        ),
        (_, cause) if cause.starts_with("http-5") => (
            (
                "the service failed at the request",
                "サービスの処理が失敗しました",
            ),
            (
                "probe logs, by the request id of the run",
                "probe logs を実行 ID 付きのリクエスト ID で検索",
            ),
        ),
        (_, "timeout") => (
            (
                "no whole answer within the timeout",
                "タイムアウトまでに応答が完結しませんでした",
            ),
            (
                "what the service waits for: database locks, the connection pool, CPU",
                "サービスの待ち先 (ロック、接続プール、CPU)",
            ),
        ),
        (_, "connection-refused") => (
            (
                "nothing listens at the address",
                "接続先で何も待ち受けていません",
            ),
            (
                "was the service down or being replaced? probe tasks",
                "サービスの停止・入れ替え中ではないか (probe tasks)",
            ),
        ),
        (_, "connection-reset" | "connection-closed") => (
            (
                "the connection broke off before the answer was whole",
                "応答の途中で接続が切れました",
            ),
            (
                "tasks that ended without draining; the idle timeout of the load balancer",
                "接続を待たずに終了したタスク、ロードバランサーのアイドルタイムアウト",
            ),
        ),
        (_, "unreachable" | "connect") => (
            ("no way to the address", "接続先に到達できません"),
            (
                "name server, routes, security groups: probe diagnose",
                "DNS・経路・セキュリティグループ (probe diagnose)",
            ),
        ),
        (_, "body-not-as-promised") => (
            (
                "answered with success, but not with what the API promises",
                "成功として応答しましたが、内容が API の約束と違います",
            ),
            (
                "is it the right service? its API against its OpenAPI document",
                "対象サービスが正しいか、OpenAPI 文書と一致するか",
            ),
        ),
        _ => (
            ("not known to this report", "未分類の原因です"),
            (
                "probe logs, by the request id of the run",
                "probe logs を実行 ID 付きのリクエスト ID で検索",
            ),
        ),
    };
    Meaning {
        what: lang.pick(what.0, what.1),
        look: lang.pick(look.0, look.1),
    }
}

const NOWHERE: (&str, &str) = ("nothing to do", "対応は不要です");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_that_the_load_test_gives_has_a_meaning() {
        for (outcome, cause) in [
            ("refused", "http-409"),
            ("refused", "http-404"),
            ("server_fault", "http-500"),
            ("server_fault", "http-503 database-unavailable"),
            ("server_fault", "http-429"),
            ("server_fault", "body-not-as-promised"),
            ("network_fault", "timeout"),
            ("network_fault", "connection-refused"),
            ("network_fault", "connection-reset"),
            ("network_fault", "connection-closed"),
            ("network_fault", "connect"),
            ("network_fault", "unreachable"),
            ("client_fault", "http-422"),
            ("client_fault", "too-many-open-files"),
            ("client_fault", "no-local-ports-left"),
            ("client_fault", "out-of-memory"),
        ] {
            assert_ne!(
                of(outcome, cause, Lang::En).what,
                "not known to this report",
                "{outcome} {cause}"
            );
        }
    }
}
