//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use reqwest::Url;

use crate::lang::Lang;
use crate::plan::units::{Share, Time};
use crate::plan::{Arrivals, File, Profile};
use crate::report::Format;

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

/// What load to make. Whatever is given here wins over the plan file.
#[derive(Debug, Clone, Default, Args)]
pub struct PlanArguments {
    /// Read the plan from FILE (TOML), or repeat the one in an earlier report (JSON)
    #[arg(long, value_name = "FILE", conflicts_with = "profile")]
    pub plan: Option<PathBuf>,
    /// Use a plan that is built in
    #[arg(long, value_name = "NAME", value_enum)]
    pub profile: Option<Profile>,
    /// The highest rate, in requests per second; all phases in proportion [default: 200/s]
    #[arg(long, value_name = "R/s", value_parser = rate)]
    pub rate: Option<f64>,
    /// How long, such as 20s, 5m or 1h; all phases in proportion [default: 20s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub duration: Option<Duration>,
    /// How requests follow each other [default: even]
    #[arg(long, value_enum)]
    pub arrivals: Option<Arrivals>,
    /// Repeat the mix and the moments of an earlier run [default: random]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Share of requests that must be answered well, in percent [default: 99.9]
    #[arg(long, value_name = "PERCENT")]
    pub availability: Option<Share>,
    /// An answer is slow when it comes later than this after its intended start [default: 1s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub slow: Option<Duration>,
    /// Share of requests that may be slow, in percent [default: 5]
    #[arg(long, value_name = "PERCENT")]
    pub slow_share: Option<Share>,
    /// Give up a request after this time [default: 5s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Use a connection for about so long, 0 for ever [default: 60s]
    #[arg(long, value_name = "TIME")]
    pub connection_lifetime: Option<Time>,
    /// Speak HTTP/2 from the first byte, also without TLS [default: where TLS offers it]
    #[arg(long)]
    pub http2: bool,
    /// Go on to the end also when it is certain that the run fails
    #[arg(long)]
    pub no_abort: bool,
    /// How many people wait for answers at most [default: two seconds of the highest rate]
    #[arg(long, value_name = "N")]
    pub users: Option<usize>,
    /// Distrust the figures when the generator's own delay (p99) is above this [default: 100ms]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub max_lateness: Option<Duration>,
    /// Distrust the figures when the generator uses more than this share of the CPUs, in percent [default: 80]
    #[arg(long, value_name = "PERCENT")]
    pub max_cpu: Option<Share>,
}

impl PlanArguments {
    /// Puts what was given into a plan file, in the place of what stands there.
    pub fn apply(&self, file: &mut File) {
        if let Some(rate) = self.rate {
            file.scale_rate(rate);
        }
        if let Some(duration) = self.duration {
            file.scale_duration(duration);
        }
        file.arrivals = self.arrivals.or(file.arrivals);
        file.seed = self.seed.or(file.seed);
        file.slow = self.slow.map(Time).or(file.slow);
        file.timeout = self.timeout.map(Time).or(file.timeout);
        file.connection_lifetime = self.connection_lifetime.or(file.connection_lifetime);
        file.http2 = self.http2.then_some(true).or(file.http2);
        file.abort = self.no_abort.then_some(false).or(file.abort);
        file.users = self.users.or(file.users);
        file.max_lateness = self.max_lateness.map(Time).or(file.max_lateness);
        file.max_cpu = self.max_cpu.or(file.max_cpu);
        file.demand(self.availability, self.slow.map(Time), self.slow_share);
    }
}

/// What a run may do in AWS, with the region and the credentials of the environment.
#[derive(Debug, Clone, Default, Args)]
pub struct AwsArguments {
    /// Allow the plan to stop tasks of the ECS service
    #[arg(long, requires = "cluster", requires = "service")]
    pub stop_tasks: bool,
    /// The cluster of the service whose tasks may be stopped
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,
    /// The service whose tasks may be stopped
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// Stop the run when this CloudWatch alarm rings; may be given several times
    #[arg(long, value_name = "NAME")]
    pub stop_on_alarm: Vec<String>,
}

/// How to run.
#[derive(Debug, Clone, Args)]
pub struct RunArguments {
    /// The service.
    #[command(flatten)]
    pub target: TargetArguments,
    /// The load.
    #[command(flatten)]
    pub plan: PlanArguments,
    /// AWS.
    #[command(flatten)]
    pub aws: AwsArguments,
    /// Compare with an earlier run, by its JSON report
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// To be worse than the earlier run is a FAIL
    #[arg(long, requires = "baseline")]
    pub fail_on_regression: bool,
    /// Traffic expected over 30 days, for the error budget [default: that of the run]
    #[arg(long, value_name = "R/s", value_parser = rate)]
    pub forecast: Option<f64>,
    /// Reports.
    #[command(flatten)]
    pub files: FileArguments,
    /// Write the figures of each second to FILE as the run goes, one JSON line for each phase and endpoint
    #[arg(long, value_name = "FILE")]
    pub ndjson: Option<PathBuf>,
}

/// Where reports go, beside the terminal.
#[derive(Debug, Clone, Default, Args)]
pub struct FileArguments {
    /// Write the report as JSON to FILE; every other form can be made from it later
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write it as a page with charts to FILE, which needs nothing else
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write it as Markdown to FILE
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
    /// Write it as JUnit XML to FILE, a test case for each rule and each promise
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
}

impl FileArguments {
    /// The forms that were asked for, with their files.
    pub fn reports(self) -> Vec<(Format, PathBuf)> {
        [
            (Format::Json, self.json),
            (Format::Html, self.html),
            (Format::Markdown, self.markdown),
            (Format::Junit, self.junit),
        ]
        .into_iter()
        .filter_map(|(format, path)| Some((format, path?)))
        .collect()
    }
}

/// Which report, and in which form.
#[derive(Debug, Clone, Args)]
pub struct ReportArguments {
    /// The JSON report of a run, or its NDJSON file
    #[arg(required_unless_present = "schema")]
    pub file: Option<PathBuf>,
    /// The form
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: Format,
    /// Write it to FILE instead of printing it
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Print the JSON Schema of the reports instead
    #[arg(long, conflicts_with_all = ["file", "output", "out"])]
    pub schema: bool,
}

/// How to search for the capacity.
#[derive(Debug, Clone, Args)]
pub struct CapacityArguments {
    /// The service.
    #[command(flatten)]
    pub target: TargetArguments,
    /// The rate of the first step
    #[arg(long, value_name = "R/s", default_value = "50/s", value_parser = rate)]
    pub from: f64,
    /// The rate of the last step, if the service bears it
    #[arg(long, value_name = "R/s", default_value = "1000/s", value_parser = rate)]
    pub to: f64,
    /// How much higher each step is than the one before, in percent
    #[arg(long, value_name = "PERCENT", default_value = "30")]
    pub growth: Share,
    /// How long each rate is held
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration)]
    pub step: Duration,
    /// How long each rate runs before that, not counted
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    pub warm_up: Duration,
    /// Later than this after its intended start an answer has missed the objective
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = duration)]
    pub slow: Duration,
    /// Share of requests that may fail or be late, in percent
    #[arg(long, value_name = "PERCENT", default_value = "1")]
    pub missed: Share,
    /// Give up a request after this time
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    pub timeout: Duration,
    /// How many people wait for answers at most [default: two seconds of the highest rate]
    #[arg(long, value_name = "N")]
    pub users: Option<usize>,
    /// Distrust a step in which the generator's own delay (p99) is above this
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = duration)]
    pub max_lateness: Duration,
    /// Over how many tasks the service shares the load
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub tasks: u32,
    /// Where the service's own metrics are, such as http://127.0.0.1:9090/metrics
    #[arg(long, value_name = "URL")]
    pub metrics: Option<Url>,
    /// Repeat the mix of an earlier search [default: random]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Write the result as JSON to FILE
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the figures of each second to FILE as the search goes
    #[arg(long, value_name = "FILE")]
    pub ndjson: Option<PathBuf>,
}

/// What to foresee.
#[derive(Debug, Clone, Args)]
pub struct ForecastArguments {
    /// The load.
    #[command(flatten)]
    pub plan: PlanArguments,
    /// How to write it
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: Output,
}

/// How something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// For people
    Text,
    /// For programs
    Json,
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
