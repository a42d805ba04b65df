//! What the commands of daily work show: values made of what was seen, for people and for programs.
//!
//! Pure: no AWS, no clock, no environment. A changed field is an entry in CHANGELOG.md.

mod cleanup;
mod concern;
mod cost;
mod database;
mod doctor;
mod events;
mod failover;
mod health;
mod insights;
mod lesson;
mod log_line;
mod schemas;
mod slo;
mod smoke;
mod status;
mod stops;
mod targets;
mod tasks;
mod timeline;

use schemars::JsonSchema;
use serde::Serialize;

pub use cleanup::{CheckItem, CleanupView, Left, words_of};
pub use concern::{Concern, Step};
pub use cost::{CostLine, CostView, Lever};
pub use database::{
    Certificate, Connections, DatabaseView, Instance, Planned, Storage, SupportEnds,
};
pub use doctor::{About, Doctor, Finding, Setting, State};
pub use events::{Said, newest_distinct};
pub use failover::FailoverView;
pub use insights::{Asked, Insights};
pub use lesson::{
    LearnView, LessonCheck, LessonHint, LessonList, LessonRow, LessonSolution, LessonStart,
    LessonState,
};
pub use log_line::LogEntry;
pub use schemas::{Shape, schema};
pub use slo::{AlertState as BurnAlert, Budget, Slo, Window, WindowTimes};
pub use smoke::{LeftBehind, Smoke, SmokeStep};
pub use status::{
    AlarmState, Availability, DatabaseState, LastActivity, Range, Rollout, Status, TargetCount,
    TaskCounts,
};
pub use stops::{Exited, Stop, StoppedTask};
pub use targets::{GroupHealth, TargetState, Targets};
pub use tasks::{LiveTask, Tasks};
pub use timeline::{Moment, Source, Timeline};

/// Which service a view is about.
pub use crate::snapshot::Subject;
use crate::{
    report::action,
    snapshot::{Observed, Unobserved},
    words::Lang,
};

/// A call that did not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotSeen {
    /// The call as IAM spells its action.
    pub operation: String,
    /// Its error code.
    pub code: String,
    /// Its words.
    pub message: String,
    /// What to do about it, where that is known.
    pub action: Option<String>,
}

impl NotSeen {
    fn new(unobserved: &Unobserved, lang: Lang) -> Self {
        let Unobserved {
            operation,
            code,
            message,
        } = unobserved;
        Self {
            operation: operation.clone(),
            code: code.clone(),
            message: message.to_string(),
            action: action(unobserved).map(|action| action.in_lang(lang).to_owned()),
        }
    }
}

/// Collects what was not seen while a view is made: each call once, however much depended on it.
struct Missing {
    lang: Lang,
    calls: Vec<NotSeen>,
}

impl Missing {
    fn new(lang: Lang) -> Self {
        Self {
            lang,
            calls: vec![],
        }
    }

    /// The value, or nothing and a note why.
    fn seen<'a, T>(&mut self, observed: &'a Observed<T>) -> Option<&'a T> {
        match observed {
            Ok(value) => Some(value),
            Err(unobserved) => {
                let call = NotSeen::new(unobserved, self.lang);
                if !self.calls.contains(&call) {
                    self.calls.push(call);
                }
                None
            }
        }
    }
}
