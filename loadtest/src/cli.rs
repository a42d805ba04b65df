//! The command line.

use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::lang::Lang;
use crate::plan::units::Time;

mod capacity;
mod plan;
mod recommend;
mod report;
mod run;
mod watch;
mod work;

pub use capacity::CapacityArguments;
pub use plan::{ForecastArguments, Output, PlanArguments};
pub use recommend::RecommendArguments;
pub use report::{FileArguments, ReportArguments};
pub use run::{AwsArguments, RunArguments, TermsArguments, WatchedArguments};
pub use watch::WatchArguments;
pub use work::{MergeArguments, WorkArguments};

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
    Run(Box<RunArguments>),
    /// Finds out how much load the service bears, and what gives way first
    Capacity(Box<CapacityArguments>),
    /// Says what a plan will do, and whether that is enough for a verdict
    Plan(Box<ForecastArguments>),
    /// Makes another form of a report, or the report of a run that was killed; exits with its verdict
    Report(ReportArguments),
    /// Says how many tasks an event day needs, when to start them, and with which command, with the reckoning
    Recommend(Box<RecommendArguments>),
    /// Watches how an ECS service scales, without any load: one JSON line for each change
    Watch(WatchArguments),
    /// Does one worker's part of a run that several machines share; `merge` judges it
    Work(Box<WorkArguments>),
    /// Adds up what the workers of a run have written, exactly, and judges it
    Merge(Box<MergeArguments>),
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

fn duration(text: &str) -> Result<Duration, String> {
    let Time(time) = text.parse().map_err(|error| format!("{error}"))?;
    if time.is_zero() {
        return Err("expected a time above zero".to_owned());
    }
    Ok(time)
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
    fn nonsense_is_refused() {
        for text in ["", "0/s", "-1", "inf", "NaN", "200/m"] {
            assert!(rate(text).is_err(), "{text}");
        }
        for text in ["", "0s", "s"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!(rate("200/s"), Ok(200.0));
    }
}
