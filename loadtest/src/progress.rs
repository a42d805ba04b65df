//! How the run goes, on stderr: one line that renews itself on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::time::Duration;

use crate::drive::Crew;
use crate::lang::{Lang, count};
use crate::record::Second;

/// Without a terminal, a line each so many seconds.
const PLAIN: u64 = 5;

/// Ends the seconds and shows them until it is dropped.
pub async fn show(crew: &Crew, lang: Lang) {
    let begin = crew.pacer.begun().await;
    let terminal = stderr().is_terminal();
    for second in 1.. {
        tokio::time::sleep_until((begin + Duration::from_secs(second)).into()).await;
        let Some(last) = crew.recorder.tick(begin.elapsed(), crew.pacer.sent()) else {
            continue;
        };
        if terminal || second % PLAIN == 0 {
            let line = line(second, crew.pacer.sent(), &last, lang);
            let mut err = stderr().lock();
            // Nobody can be told that stderr is gone.
            let _ = if terminal {
                write!(err, "\r\x1b[2K{line}")
            } else {
                writeln!(err, "{line}")
            };
            let _ = err.flush();
        }
    }
}

/// Leaves the line that renews itself.
pub fn end() {
    if stderr().is_terminal() {
        let _ = writeln!(stderr().lock());
    }
}

fn line(second: u64, sent: u64, last: &Second, lang: Lang) -> String {
    let (sent, p99, lateness) = (count(sent), last.response_p99_ms, last.lateness_p99_ms);
    let (requests, failures) = (last.requests, last.failures);
    lang.pick(
        format!("{second:>4} s  {sent:>9} sent  {requests:>5}/s  p99 {p99:>8.1} ms  {failures} failed  generator late p99 {lateness:.1} ms"),
        format!("{second:>4} 秒  送信 {sent:>9} 件  {requests:>5}/s  p99 {p99:>8.1} ms  失敗 {failures} 件  負荷生成側の遅れ p99 {lateness:.1} ms"),
    )
}
