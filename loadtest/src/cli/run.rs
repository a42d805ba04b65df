//! How to run a load test.

use std::path::PathBuf;

use clap::Args;

use super::{FileArguments, PlanArguments, TargetArguments, rate};
use crate::baseline;
use crate::record::line::Terms;
use crate::usage::UsageError;
use crate::witness::{Named, Subject};

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
    /// What it is judged by beside its plan.
    #[command(flatten)]
    pub terms: TermsArguments,
    /// Reports.
    #[command(flatten)]
    pub files: FileArguments,
    /// Write the figures of each second to FILE as the run goes, one JSON line for each phase and endpoint
    #[arg(long, value_name = "FILE")]
    pub ndjson: Option<PathBuf>,
}

/// What a run is judged by beside its plan.
#[derive(Debug, Clone, Args)]
pub struct TermsArguments {
    /// Compare with an earlier run, by its JSON report
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// To be worse than the earlier run is a FAIL
    #[arg(long, requires = "baseline")]
    pub fail_on_regression: bool,
    /// Traffic expected over 30 days, for the error budget [default: that of the run]
    #[arg(long, value_name = "R/s", value_parser = rate)]
    pub forecast: Option<f64>,
}

impl TermsArguments {
    /// With the earlier run read; fails when that is none.
    pub fn read(&self) -> Result<Terms, UsageError> {
        let baseline = self.baseline.as_deref().map(baseline::read);
        Ok(Terms {
            baseline: baseline.transpose()?,
            fail_on_regression: self.fail_on_regression,
            forecast: self.forecast,
        })
    }
}

/// Which ECS service is watched, with the region and the credentials of the environment.
#[derive(Debug, Clone, Default, Args)]
pub struct WatchedArguments {
    /// Watch how this service scales: its cluster
    #[arg(long, value_name = "NAME", requires = "service", group = "named")]
    pub cluster: Option<String>,
    /// Watch how this service scales: its name
    #[arg(long, value_name = "NAME", requires = "cluster")]
    pub service: Option<String>,
    /// Watch the service of the stacks with this prefix, and their database, instead of --cluster and --service
    #[arg(long, value_name = "PREFIX", conflicts_with_all = ["cluster", "service"], group = "named")]
    pub stack: Option<String>,
    /// Watch this database instance too
    #[arg(long, value_name = "NAME", requires = "cluster")]
    pub database: Option<String>,
}

impl WatchedArguments {
    /// What is named, if anything is.
    pub fn named(&self) -> Option<Named> {
        if let Some(prefix) = &self.stack {
            return Some(Named::Stack(prefix.clone()));
        }
        Some(Named::Directly(Subject {
            cluster: self.cluster.clone()?,
            service: self.service.clone()?,
            database: self.database.clone(),
        }))
    }
}

/// What a run may do in AWS, with the region and the credentials of the environment.
#[derive(Debug, Clone, Default, Args)]
pub struct AwsArguments {
    /// Allow the plan to stop tasks of the ECS service
    #[arg(long, requires = "named")]
    pub stop_tasks: bool,
    /// Which service is watched while the load runs.
    #[command(flatten)]
    pub watched: WatchedArguments,
    /// Stop the run when this CloudWatch alarm rings; may be given several times
    #[arg(long, value_name = "NAME")]
    pub stop_on_alarm: Vec<String>,
}
