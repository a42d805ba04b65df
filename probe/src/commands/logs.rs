//! `probe logs`: what the tasks write, interleaved, each line once.

use std::{collections::HashSet, fmt::Write, time::Duration};

use chrono::TimeDelta;

use super::{Error, Exit, connect, now, print, screen};
use crate::{
    cli::{self, Global},
    collect::{LogEvent, LogWindow, log_window},
    render::{Format, Style},
    words::Lang,
};

/// Lines may arrive late and with an earlier time than lines already shown, so that each round reads this far back.
const OVERLAP: TimeDelta = TimeDelta::seconds(60);
const PAUSE: Duration = Duration::from_secs(2);

pub(super) async fn run(args: cli::Logs, global: &Global) -> Result<Exit, Error> {
    let (clients, subject) = connect(&args.target, global).await?;
    let since = now() - TimeDelta::from_std(args.since).map_err(anyhow::Error::from)?;
    let mut window = LogWindow {
        from: since,
        task: args.task,
        pattern: args.filter,
    };
    let events = log_window(&clients, &subject, &window).await?;
    if events.is_empty() && !args.follow {
        let minutes = args.since.as_secs().div_ceil(60);
        eprint_line(&match global.lang() {
            Lang::En => format!("no lines in the last {minutes} min"),
            Lang::Ja => format!("直近 {minutes} 分間のログはありません"),
        })?;
    }
    show(&events, global.output)?;
    if !args.follow {
        return Ok(Exit::Healthy);
    }
    let mut seen: HashSet<String> = events.iter().map(|event| event.id.clone()).collect();
    let mut read_until = now();
    loop {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => return Ok(Exit::Healthy),
            () = tokio::time::sleep(PAUSE) => {}
        }
        // From the last round that succeeded, so that a failed one loses nothing.
        window.from = since.max(read_until - OVERLAP);
        let asked = now();
        match log_window(&clients, &subject, &window).await {
            Ok(events) => {
                read_until = asked;
                let fresh: Vec<LogEvent> = events
                    .iter()
                    .filter(|event| !seen.contains(&event.id))
                    .cloned()
                    .collect();
                show(&fresh, global.output)?;
                // Ids that left the window cannot come again.
                let (reread, new): (HashSet<String>, HashSet<String>) = (
                    events.iter().map(|event| event.id.clone()).collect(),
                    fresh.into_iter().map(|event| event.id).collect(),
                );
                seen.retain(|id| reread.contains(id));
                seen.extend(new);
            }
            // A throttled or failed round is told and tried again: following must not end by itself.
            Err(unobserved) => eprint_line(&format!("warning: {unobserved}"))?,
        }
    }
}

fn show(events: &[LogEvent], format: Format) -> Result<(), Error> {
    let mut text = String::new();
    for event in events {
        // Writing to a String cannot fail.
        let _ = match format {
            Format::Json => writeln!(
                text,
                "{}",
                serde_json::json!({ "at": event.at, "task": event.task, "message": event.message })
            ),
            Format::Table | Format::Markdown => writeln!(text, "{}", line(event, screen().style)),
        };
    }
    print(&text)
}

fn line(event: &LogEvent, style: Style) -> String {
    let short = event.task.get(..8).unwrap_or(&event.task);
    let at = event.at.format("%H:%M:%S%.3f");
    let message = &event.message;
    match style {
        Style::Plain => format!("{at} {short} {message}"),
        Style::Coloured => {
            // The same task always has the same colour.
            let hash = event
                .task
                .bytes()
                .fold(0_u8, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte));
            let colour = anstyle::Ansi256Color(75 + hash % 150).on_default();
            format!("{at} {colour}{short}{colour:#} {message}")
        }
    }
}

fn eprint_line(text: &str) -> Result<(), Error> {
    use std::io::Write as _;
    Ok(writeln!(std::io::stderr(), "{text}")?)
}
