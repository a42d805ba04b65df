//! The JSON Schemas of what programs read.

use clap::ValueEnum;
use schemars::schema_for;

use super::{
    CleanupView, CostView, DatabaseView, Doctor, FailoverView, Insights, LearnView, LogEntry, Slo,
    Smoke, Status, Targets, Tasks, Timeline,
};
use crate::report;

/// An output that programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    /// `probe diagnose -o json`
    Diagnose,
    /// `probe status -o json`
    Status,
    /// `probe targets -o json`
    Targets,
    /// `probe tasks -o json`
    Tasks,
    /// `probe tasks --timeline -o json`
    Timeline,
    /// `probe db -o json`
    Db,
    /// `probe doctor -o json`
    Doctor,
    /// `probe slo -o json`
    Slo,
    /// `probe smoke -o json`
    Smoke,
    /// A line of `probe logs -o json`
    Logs,
    /// `probe logs --insights NAME -o json`
    Insights,
    /// `probe db failover-test -o json`
    Failover,
    /// `probe cost -o json`
    Cost,
    /// `probe cleanup -o json`
    Cleanup,
    /// `probe learn … -o json`
    Learn,
}

/// The JSON Schema of an output.
///
/// # Errors
/// When it cannot be written as JSON: a defect of this program.
pub fn schema(shape: Shape) -> serde_json::Result<String> {
    let schema = match shape {
        Shape::Diagnose => return report::schema(),
        Shape::Status => schema_for!(Status),
        Shape::Targets => schema_for!(Targets),
        Shape::Tasks => schema_for!(Tasks),
        Shape::Timeline => schema_for!(Timeline),
        Shape::Db => schema_for!(DatabaseView),
        Shape::Doctor => schema_for!(Doctor),
        Shape::Slo => schema_for!(Slo),
        Shape::Smoke => schema_for!(Smoke),
        Shape::Logs => schema_for!(LogEntry),
        Shape::Insights => schema_for!(Insights),
        Shape::Failover => schema_for!(FailoverView),
        Shape::Cost => schema_for!(CostView),
        Shape::Cleanup => schema_for!(CleanupView),
        Shape::Learn => schema_for!(LearnView),
    };
    Ok(serde_json::to_string_pretty(&schema)? + "\n")
}
