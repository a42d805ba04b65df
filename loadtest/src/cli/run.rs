//! How to run a load test.

use std::path::PathBuf;

use clap::Args;

use super::{FileArguments, PlanArguments, TargetArguments, rate};

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
