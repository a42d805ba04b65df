//! A command that breaks something: given to the shell, in a process group that ends with the run at the latest.

use std::collections::VecDeque;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// So much of what a command says is kept, from its end.
const KEPT: usize = 4_096;
/// How long a process group has to end by itself once it was told to.
const GRACE: Duration = Duration::from_secs(1);
/// After the end of a command, so long for its last words.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// A command that is over, or was ended.
pub(super) struct Ended {
    /// Whether it ended by itself and well.
    pub(super) done: bool,
    /// The end of what it said, and how it ended.
    pub(super) said: String,
    group: Option<Pid>,
    readers: JoinSet<()>,
}

/// Runs a command to its end, or to that of the load.
pub(super) async fn run(
    text: &str,
    environment: &[(&str, &str)],
    over: &CancellationToken,
) -> Ended {
    let spawned = Command::new("/bin/sh")
        .args(["-c", text])
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let mut readers = JoinSet::new();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => {
            return Ended {
                done: false,
                said: error.to_string(),
                group: None,
                readers,
            };
        }
    };
    let group = child
        .id()
        .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    let tail = Arc::new(Mutex::new(VecDeque::new()));
    if let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) {
        readers.spawn(keep(out, Arc::clone(&tail)));
        readers.spawn(keep(err, Arc::clone(&tail)));
    }
    let status = tokio::select! {
        status = child.wait() => status.ok(),
        () = over.cancelled() => None,
    };
    if status.is_none() {
        signal(group, Signal::TERM);
        if tokio::time::timeout(GRACE, child.wait()).await.is_err() {
            signal(group, Signal::KILL);
        }
    }
    let last_words = async { while readers.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(LAST_WORDS, last_words).await;
    let output = {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(tail.make_contiguous())
            .trim()
            .to_owned()
    };
    let how = status.map_or_else(
        || "ended with the run".to_owned(),
        |status| status.to_string(),
    );
    Ended {
        done: status.is_some_and(|status| status.success()),
        said: [output.as_str(), &how].join("\n").trim().to_owned(),
        group,
        readers,
    }
}

impl Ended {
    /// Waits until the load is over and ends what the command has left running.
    pub(super) async fn leave(mut self, over: &CancellationToken) {
        let alone = async { while self.readers.join_next().await.is_some() {} };
        tokio::select! {
            () = alone => return,
            () = over.cancelled() => {}
        }
        // Somebody still holds an end of the pipe, so the number of the group is not anybody else's yet.
        signal(self.group, Signal::TERM);
        let alone = async { while self.readers.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, alone).await.is_err() {
            signal(self.group, Signal::KILL);
        }
    }
}

fn signal(group: Option<Pid>, signal: Signal) {
    if let Some(group) = group {
        // It may have ended in this moment.
        let _ = kill_process_group(group, signal);
    }
}

/// Reads until the end, keeping the last bytes: who is not read from stops.
async fn keep(mut from: impl AsyncRead + Unpin, tail: Arc<Mutex<VecDeque<u8>>>) {
    let mut buffer = [0; 1_024];
    while let Ok(read) = from.read(&mut buffer).await
        && read > 0
    {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend(&buffer[..read]);
        let surplus = tail.len().saturating_sub(KEPT);
        tail.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn the_end_of_what_it_says_is_kept_with_its_status() {
        let text = "seq 1 100000; echo at $PLACE >&2; exit 3";
        let ended = run(text, &[("PLACE", "home")], &CancellationToken::new()).await;
        assert!(!ended.done);
        assert!(ended.said.len() < KEPT + 100, "{}", ended.said.len());
        assert!(ended.said.contains("at home"), "{}", ended.said);
        assert!(ended.said.ends_with("exit status: 3"), "{}", ended.said);
        assert!(run("true", &[], &CancellationToken::new()).await.done);
    }

    #[tokio::test]
    async fn everything_that_it_began_ends_with_the_run() {
        let over = CancellationToken::new();
        let begin = Instant::now();
        // One that stays, deaf to the first signal; and one that leaves somebody behind.
        let deaf = async {
            let ended = run("trap '' TERM; sleep 60 & wait; sleep 60", &[], &over).await;
            assert!(
                !ended.done && ended.said.contains("ended with the run"),
                "{}",
                ended.said
            );
        };
        let father = async {
            let ended = run("sleep 60 & echo $!", &[], &over).await;
            assert!(ended.done, "{}", ended.said);
            let pid = ended.said.lines().next().unwrap().to_owned();
            ended.leave(&over).await;
            // A signal is heard when there is a CPU for it.
            let alive = || {
                let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
                stat.is_ok_and(|stat| !stat.contains(") Z "))
            };
            while alive() {
                assert!(begin.elapsed() < Duration::from_secs(30));
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let end = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            over.cancel();
        };
        tokio::join!(deaf, father, end);
        assert!(begin.elapsed() < Duration::from_secs(30));
    }
}
