//! How several workers share a run, and how their results are added up.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;

use super::{FileArguments, PlanArguments, TargetArguments, TermsArguments};
use crate::part::Slots;
use crate::results::Place;

/// One worker's part of a run.
#[derive(Debug, Clone, Args)]
pub struct WorkArguments {
    /// The service.
    #[command(flatten)]
    pub target: TargetArguments,
    /// The load of all workers together.
    #[command(flatten)]
    pub plan: PlanArguments,
    /// The id of the run, the same for all workers, such as 20260401-090000-1a2b
    #[arg(long, value_name = "ID")]
    pub run: String,
    /// Which of how many workers this is, such as 3/10
    #[arg(long, value_name = "I/N")]
    pub worker: Slots,
    /// When the load begins, the same for all workers, such as 2026-04-01T09:00:00Z
    #[arg(long, value_name = "TIME")]
    pub begin: DateTime<Utc>,
    /// Where the results go: a folder, or a bucket of S3 such as s3://bucket/folder
    #[arg(long, value_name = "PLACE")]
    pub results: Place,
    /// Stop the worker when this CloudWatch alarm rings; may be given several times
    #[arg(long, value_name = "NAME")]
    pub stop_on_alarm: Vec<String>,
}

/// Which results are added up.
#[derive(Debug, Clone, Args)]
pub struct MergeArguments {
    /// The results of the workers: their files, or the folder that has them
    #[arg(required = true, value_name = "PATH")]
    pub results: Vec<PathBuf>,
    /// What `loadtest watch` wrote meanwhile: how the service scaled, and how many requests the load balancer counted
    #[arg(long, value_name = "FILE")]
    pub watched: Option<PathBuf>,
    /// What it is judged by beside its plan.
    #[command(flatten)]
    pub terms: TermsArguments,
    /// Reports.
    #[command(flatten)]
    pub files: FileArguments,
}
