//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::lang::Lang;

/// Load-tests the event service and says how available it is, and how sure that is.
///
/// Exit codes: 0 PASS, 1 FAIL, 2 INCONCLUSIVE, 3 wrong usage.
#[derive(Debug, Parser)]
#[command(name = "loadtest", version)]
pub struct Cli {
    /// Language of messages and of the text report [default: from LANG]
    #[arg(long, global = true, value_enum)]
    pub lang: Option<Lang>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs a load test and judges it
    Run(RunArguments),
    /// Deletes what a run left behind
    Cleanup(CleanupArguments),
}

/// Which service is meant.
#[derive(Debug, Clone, Args)]
pub struct TargetArguments {
    /// Address of the service, such as http://127.0.0.1:8080
    #[arg(long, value_name = "URL")]
    pub host: String,
    /// Confirms that you may put load on HOST; needed for anything but this machine, and for more than 1,000/s
    #[arg(long, value_name = "HOST")]
    pub i_own_this_target: Option<String>,
}

/// How to run.
#[derive(Debug, Clone, Args)]
pub struct RunArguments {
    /// The service.
    #[command(flatten)]
    pub target: TargetArguments,
    /// Requests per second, on a fixed schedule
    #[arg(long, value_name = "R/s", default_value = "200/s", value_parser = rate)]
    pub rate: f64,
    /// How long, such as 20s, 5m or 1h
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration)]
    pub duration: Duration,
    /// Write the report as JSON to FILE
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the figures of each second to FILE as the run goes, one JSON line for each endpoint
    #[arg(long, value_name = "FILE")]
    pub ndjson: Option<PathBuf>,
    /// Repeat the mix of an earlier run [default: random]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Share of requests that must be answered well, in percent
    #[arg(long, value_name = "PERCENT", default_value = "99.9", value_parser = percent)]
    pub availability: f64,
    /// An answer is slow when it comes later than this after its intended start
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = duration)]
    pub slow: Duration,
    /// Share of requests that may be slow, in percent
    #[arg(long, value_name = "PERCENT", default_value = "5", value_parser = percent)]
    pub slow_share: f64,
    /// Give up a request after this time
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    pub timeout: Duration,
    /// How many people wait for answers at most [default: two seconds of the rate]
    #[arg(long, value_name = "N")]
    pub users: Option<usize>,
    /// Distrust the figures when the generator's own delay (p99) is above this
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = duration)]
    pub max_lateness: Duration,
}

/// What to clean up.
#[derive(Debug, Clone, Args)]
pub struct CleanupArguments {
    /// The id of the run, as its report gives it
    pub run: String,
    /// The service.
    #[command(flatten)]
    pub target: TargetArguments,
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix("/s").unwrap_or(text);
    match number.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ => Err("expected requests per second, such as 200/s".to_owned()),
    }
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').trim_end();
    match number.parse::<f64>() {
        // Dividing by 100 alone makes 99.9 % a hair more than 0.999.
        Ok(percent) if percent > 0.0 && percent < 100.0 => Ok((percent * 1e7).round() / 1e9),
        _ => Err("expected a percentage between 0 and 100, such as 99.9".to_owned()),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a time such as 500ms, 20s, 5m or 1h".to_owned();
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let seconds = match unit {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        _ => return Err(wrong()),
    };
    let number: f64 = number.parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(number * seconds)
        .ok()
        .filter(|time| !time.is_zero())
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn values_with_units_are_read() {
        assert_eq!(rate("200/s"), Ok(200.0));
        assert_eq!(rate("0.5"), Ok(0.5));
        assert_eq!(duration("20s"), Ok(Duration::from_secs(20)));
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(
            percent("99.9%").map(|share| (share * 1e6).round()),
            Ok(999_000.0)
        );
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "0/s", "-1", "inf", "NaN", "200/m"] {
            assert!(rate(text).is_err(), "{text}");
        }
        for text in ["", "0s", "s", "20d", "1..5s", "1e999s", "-3s"] {
            assert!(duration(text).is_err(), "{text}");
        }
        for text in ["0", "100", "x"] {
            assert!(percent(text).is_err(), "{text}");
        }
    }
}
