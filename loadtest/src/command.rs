//! The subcommands: they print and give the exit code.

use std::io::{IsTerminal, Write, stderr, stdout};
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};

use crate::clean::clean;
use crate::cli::{CleanupArguments, ForecastArguments, Output, RunArguments};
use crate::forecast::{self, Forecast};
use crate::judge::Verdict;
use crate::lang::{Lang, count};
use crate::order::{self, Order};
use crate::report::{json, text};
use crate::run;
use crate::stop::Stop;
use crate::target::Target;
use crate::usage::UsageError;

/// The exit code of wrong usage, and of whatever keeps a run from taking place.
pub const USAGE: u8 = 3;

/// How long a look-up or a deletion may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Runs a load test.
pub async fn run(
    arguments: RunArguments,
    now: DateTime<Utc>,
    random: u64,
    lang: Lang,
) -> anyhow::Result<u8> {
    let order = match Order::new(arguments, now, random) {
        Ok(order) => order,
        Err(error) => return refuse(&error, lang),
    };
    let json = match order.json.as_deref().map(run::create).transpose() {
        Ok(json) => json,
        Err(error) => return refuse(&error, lang),
    };
    let stop = Stop::default();
    stop.on_signals()
        .context("signals cannot be listened for")?;
    let report = match run::run(&order, &stop, lang).await? {
        Ok(report) => report,
        Err(error) => return refuse(&error, lang),
    };
    if let Some(mut file) = json {
        file.write_all(json::render(&report)?.as_bytes())
            .context("the JSON report could not be written")?;
    }
    stdout()
        .write_all(text::render(&report, lang, screen()).as_bytes())
        .context("the report could not be written")?;
    Ok(match report.verdict {
        Verdict::Pass => 0,
        Verdict::Fail => 1,
        Verdict::Inconclusive => 2,
    })
}

/// Says what a plan will do.
pub fn forecast(arguments: &ForecastArguments, random: u64, lang: Lang) -> anyhow::Result<u8> {
    let plan = match order::plan(&arguments.plan, random) {
        Ok(plan) => plan,
        Err(error) => return refuse(&error, lang),
    };
    let forecast = Forecast::new(&plan);
    let text = match arguments.output {
        Output::Text => forecast::text::render(&forecast, lang),
        Output::Json => serde_json::to_string_pretty(&forecast)? + "\n",
    };
    stdout().write_all(text.as_bytes())?;
    Ok(0)
}

/// Deletes what a run left behind.
pub async fn cleanup(arguments: CleanupArguments, lang: Lang) -> anyhow::Result<u8> {
    let host = match order::run_id(&arguments.run).and_then(|_| order::target(&arguments.target)) {
        Ok(host) => host,
        Err(error) => return refuse(&error, lang),
    };
    let deleted = clean(&Target::new(host, TIMEOUT)?, &arguments.run).await?;
    let (run, deleted) = (arguments.run, count(deleted));
    let said = lang.pick(
        format!("{deleted} events of run {run} deleted"),
        format!("実行 {run} のイベントを {deleted} 件削除しました"),
    );
    writeln!(stdout(), "{said}")?;
    Ok(0)
}

/// How many columns the terminal has; a pipe has as many as it is given.
fn screen() -> Option<u16> {
    if !stdout().is_terminal() {
        return None;
    }
    // A terminal that does not know its width says 0.
    terminal_size::terminal_size()
        .map(|(width, _)| width.0)
        .filter(|width| *width > 0)
}

fn refuse(error: &UsageError, lang: Lang) -> anyhow::Result<u8> {
    writeln!(stderr(), "loadtest: {}", error.text(lang))?;
    Ok(USAGE)
}
