//! Why there are no lines, in clear words.

use chrono::{DateTime, Utc};

use crate::{
    cli,
    collect::{self, Clients},
    snapshot::{Snapshot, Subject},
    words,
    words::Words,
};

/// What explains that no line was shown, although the log group could be read.
pub(super) async fn why(
    clients: &Clients,
    subject: &Subject,
    args: &cli::Logs,
    read: usize,
    now: DateTime<Utc>,
) -> Vec<Words> {
    let minutes = args.since.as_secs().div_ceil(60);
    if read > 0 {
        return vec![words!(
            "{read} lines were read, and none matches --grep",
            "{read} 行を読み込みましたが、--grep に一致する行はありません"
        )];
    }
    let mut why = vec![words!(
        "no lines in the last {minutes} min",
        "直近 {minutes} 分間のログはありません"
    )];
    if args.filter.is_some() {
        why.push(words!(
            "hint: --filter is CloudWatch's own pattern, which knows no regular expressions outside of %...%; --grep does",
            "ヒント: --filter は CloudWatch のフィルターパターンで、正規表現は %...% の中でのみ使えます。正規表現での絞り込みには --grep を使ってください"
        ));
    }
    // It only adds to the answer: what it does not see it does not say.
    why.extend(of_tasks(&collect::history(clients, subject, now).await));
    why
}

fn of_tasks(snapshot: &Snapshot) -> Vec<Words> {
    let Ok(tasks) = &snapshot.tasks else {
        return vec![];
    };
    let running = tasks
        .values()
        .filter(|task| task.last_status == "RUNNING")
        .count();
    let unstarted = tasks
        .values()
        .filter(|task| task.stopped_at.is_some() && task.started_at.is_none())
        .count();
    let mut why = vec![];
    if unstarted > 0 {
        why.push(words!(
            "{unstarted} tasks stopped before a container had started: these wrote nothing; probe tasks tells why they stopped",
            "{unstarted} 件のタスクはコンテナの起動前に停止したため、ログがありません。停止理由は probe tasks で確認できます"
        ));
    }
    let lines = snapshot
        .logs
        .iter()
        .flat_map(|logs| logs.values().flatten());
    let newest = lines.map(|line| line.at).max();
    why.push(match (running, newest) {
        (0, _) => words!(
            "no task runs now; --previous shows what those wrote that died",
            "実行中のタスクはありません。停止したタスクのログは --previous で表示できます"
        ),
        (_, Some(newest)) => {
            let minutes = (snapshot.taken_at - newest).num_minutes() + 1;
            words!(
                "{running} tasks run; the newest line is less than {minutes} min old: --since {minutes}m shows it",
                "実行中のタスクは {running} 件です。最新の行は --since {minutes}m で表示できます"
            )
        }
        (_, None) => words!(
            "{running} tasks run and have written nothing: a program that logs to a file, or that holds back its output, is silent here",
            "{running} 件のタスクが実行中ですが、出力がありません。ファイルへのログ出力や、出力のバッファリングが原因として考えられます"
        ),
    });
    why
}
