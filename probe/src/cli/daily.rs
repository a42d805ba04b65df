//! The commands of daily work.

use std::{path::PathBuf, time::Duration};

use clap::{Args, builder::ArgPredicate};

use super::duration::parse_duration;
use crate::target::Target;

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// Look again every so many seconds; a terminal is redrawn in place, a pipe gets the lines that changed
    #[arg(short, long, num_args = 0..=1, require_equals = true, default_missing_value = "10", value_parser = clap::value_parser!(u64).range(1..=3600), value_name = "SECONDS")]
    pub watch: Option<u64>,
}

/// Arguments of `targets`.
#[derive(Debug, Args)]
pub struct Targets {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// Look again every so many seconds; a terminal is redrawn in place, a pipe gets the lines that changed
    #[arg(short, long, num_args = 0..=1, require_equals = true, default_missing_value = "5", value_parser = clap::value_parser!(u64).range(1..=3600), value_name = "SECONDS")]
    pub watch: Option<u64>,
}

/// Arguments of `tasks`.
#[derive(Debug, Args)]
pub struct Tasks {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// Show what happened on one time axis: tasks, events, deployments, health and telling log lines
    #[arg(long)]
    pub timeline: bool,
    /// How far back the timeline goes: seconds, minutes, hours or days, for example 90s, 15m, 2h, 1d
    #[arg(long, default_value = "1h", value_parser = parse_duration, value_name = "DURATION", requires = "timeline")]
    pub since: Duration,
}

/// Arguments of `logs`.
#[derive(Debug, Args)]
pub struct Logs {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// How far back: seconds, minutes, hours or days, for example 90s, 15m, 2h, 1d; for --insights 1h
    #[arg(long, default_value = "10m", default_value_if("insights", ArgPredicate::IsPresent, "1h"), value_parser = parse_duration, value_name = "DURATION")]
    pub since: Duration,
    /// Keep going and show new lines as they arrive, also of tasks that start later
    #[arg(short, long)]
    pub follow: bool,
    /// Only the task whose id begins so
    #[arg(long, value_name = "ID")]
    pub task: Option<String>,
    /// The last tasks that died, each from its start
    #[arg(short, long, conflicts_with_all = ["follow", "task", "since"])]
    pub previous: bool,
    /// Filter pattern of CloudWatch Logs, for example ERROR or { $.status >= 500 }
    #[arg(long, value_name = "PATTERN")]
    pub filter: Option<String>,
    /// Only lines that match this regular expression
    #[arg(long, value_name = "REGEX")]
    pub grep: Option<String>,
    /// Show these fields of lines that are JSON, for example .status,.path; other lines stay whole
    #[arg(long, value_delimiter = ',', value_name = "FIELDS")]
    pub json: Vec<String>,
    /// Ask CloudWatch Logs Insights: a stored query (without a name, or `list`: which there are), or a file, whose name
    /// has a slash; charged by the bytes that it reads
    #[arg(long, num_args = 0..=1, default_missing_value = "list", value_name = "QUERY", conflicts_with_all = ["follow", "task", "previous", "filter", "grep", "json"])]
    pub insights: Option<String>,
    /// A value that the query asks for, for example request_id=0199f3a1; once for each
    #[arg(long, value_parser = parse_value, value_name = "NAME=VALUE", requires = "insights")]
    pub set: Vec<(String, String)>,
}

/// Arguments of `smoke`.
#[derive(Debug, Args)]
pub struct Smoke {
    /// Address of the service, for example https://events.example.com
    #[arg(value_name = "URL")]
    pub url: String,
    /// Create no event
    #[arg(long)]
    pub read_only: bool,
    /// File with the Cookie header of a browser that is logged in, for AUTH=alb-oidc; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub session: Option<PathBuf>,
}

fn parse_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("\"{text}\" is no value: write for example request_id=0199f3a1"))?;
    Ok((name.to_owned(), value.to_owned()))
}
