//! What is expected of an event day, and what the service bears.

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDateTime;
use clap::Args;

use super::{Output, duration, rate};
use crate::plan::units::Share;

/// How to reckon.
#[derive(Debug, Clone, Args)]
pub struct RecommendArguments {
    /// What `loadtest capacity --json` found that the service bears
    #[arg(long, value_name = "FILE")]
    pub capacity: Option<PathBuf>,
    /// What one task bears, if there is no such file
    #[arg(long, value_name = "R/s", value_parser = rate, required_unless_present = "capacity", conflicts_with = "capacity")]
    pub per_task: Option<f64>,
    /// The highest rate that is expected
    #[arg(long, value_name = "R/s", value_parser = rate)]
    pub peak: Option<f64>,
    /// How many people come, if the rate is not known
    #[arg(
        long,
        value_name = "N",
        requires = "rush",
        required_unless_present = "peak",
        conflicts_with = "peak"
    )]
    pub people: Option<u32>,
    /// In what time they come
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub rush: Option<Duration>,
    /// How many requests each of them makes in it
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub requests: u32,
    /// The rate right before the peak: a load balancer follows what at most doubles within five minutes [default: nobody is there]
    #[arg(long, value_name = "R/s", value_parser = rate)]
    pub usual: Option<f64>,
    /// Share of what a task bears that is kept free, in percent
    #[arg(long, value_name = "PERCENT", default_value = "30")]
    pub headroom: Share,
    /// The JSON report of a run that watched the service scale, for how long that takes and what the load balancer needed [default: what AWS published, and a guess]
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// How many tasks run on other days
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    pub min: u32,
    /// How many tasks run at most on other days
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub max: u32,
    /// Connections to the database that a task keeps at most
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub pool: u32,
    /// What the database says to `show max_connections`
    #[arg(long, value_name = "N")]
    pub max_connections: Option<u32>,
    /// When the doors open, in local time, such as 2026-12-01T18:00:00
    #[arg(long, value_name = "TIME", requires = "end")]
    pub begin: Option<NaiveDateTime>,
    /// When the event is over
    #[arg(long, value_name = "TIME", requires = "begin")]
    pub end: Option<NaiveDateTime>,
    /// The time zone of both
    #[arg(long, value_name = "ZONE", default_value = "Asia/Tokyo")]
    pub timezone: String,
    /// CPU of a task, of which 1024 units are one virtual CPU
    #[arg(long, value_name = "UNITS", default_value_t = 256)]
    pub cpu: u32,
    /// Memory of a task
    #[arg(long, value_name = "MIB", default_value_t = 512)]
    pub memory: u32,
    /// The cluster, for the command
    #[arg(long, value_name = "NAME", default_value = "CLUSTER")]
    pub cluster: String,
    /// The service, for the command
    #[arg(long, value_name = "NAME", default_value = "SERVICE")]
    pub service: String,
    /// How to write it
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: Output,
}
