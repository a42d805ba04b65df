//! Takes away what a run created, found by its organizer.

use futures::{StreamExt, stream};

use crate::cli::TargetArguments;
use crate::order;
use crate::personas::organizer;
use crate::target::{Target, TargetError};
use crate::usage::UsageError;

/// How many events are deleted at once.
const AT_ONCE: usize = 8;

/// The command that does it, as somebody can paste it: without a word for another machine it would be refused.
pub fn command(run: &str, host: &str) -> String {
    let arguments = TargetArguments {
        host: host.to_owned(),
        i_own_this_target: None,
    };
    let owned = match order::target(&arguments) {
        Err(UsageError::NotOurs(name)) => format!(" --i-own-this-target {name}"),
        _ => String::new(),
    };
    format!("loadtest cleanup {run} --host {host}{owned}")
}

/// Deletes the events of a run and says how many there were.
pub async fn clean(target: &Target, run: &str) -> Result<u64, TargetError> {
    let mut deleted = 0;
    // A create that timed out may appear while the others are deleted: until a look finds nothing.
    for _ in 0..3 {
        let events = target.all_of(&organizer(run)).await?;
        if events.is_empty() {
            break;
        }
        let mut deletions = stream::iter(events)
            .map(|event| target.delete(event.id))
            .buffer_unordered(AT_ONCE);
        while let Some(deletion) = deletions.next().await {
            deletion?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    #[test]
    fn the_command_that_is_printed_is_not_refused() {
        for host in [
            "http://127.0.0.1:8080/",
            "http://[::1]:8080/",
            "http://localhost/",
            "https://events.example.com/",
            "http://10.0.3.7:8080/",
            "http://[2001:db8::1]/",
        ] {
            let command = command("20260401-090000-1a2b", host);
            let Command::Cleanup(cleanup) = Cli::parse_from(command.split(' ')).command else {
                panic!("{command}");
            };
            let target = order::target(&cleanup.target);
            assert_eq!(target.map(|url| url.to_string()), Ok(host.to_owned()));
        }
    }
}
