//! What a learner has done so far.

use std::{collections::BTreeMap, path::PathBuf};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::snapshot::Subject;

/// Version of the format.
pub(super) const VERSION: u32 = 1;

/// What a learner has done so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    version: u32,
    /// The lesson that was begun last and is not finished.
    pub current: Option<Current>,
    /// The lessons that are done, by name.
    #[serde(default)]
    pub done: BTreeMap<String, Done>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            version: VERSION,
            current: None,
            done: BTreeMap::new(),
        }
    }
}

/// A lesson that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Current {
    /// Its name.
    pub lesson: String,
    /// Where the fault is to be looked for.
    pub place: Place,
    /// When it was begun.
    pub started_at: DateTime<Utc>,
    /// How many hints were given.
    pub hints: usize,
    /// How often `check` said no.
    pub misses: usize,
    /// Whether the solution was shown.
    pub solution_shown: bool,
}

/// Where the fault of a lesson is to be looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the local AWS.
    LocalAws {
        /// Where it answers.
        endpoint_url: String,
        /// Prefix of the stacks.
        stack: String,
        /// The service.
        service: Subject,
    },
    /// In a recording.
    Recording {
        /// A snapshot.
        file: PathBuf,
    },
}

/// A lesson that is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// When.
    pub at: DateTime<Utc>,
    /// How many hints it took.
    pub hints: usize,
    /// How often `check` had said no.
    pub misses: usize,
    /// Whether the solution had been shown.
    pub solution_shown: bool,
}

impl Progress {
    /// Ends the current lesson as done. Of several times the best one is kept: without the solution, with fewer hints.
    pub fn finish(&mut self, at: DateTime<Utc>) {
        let Some(current) = self.current.take() else {
            return;
        };
        let done = Done {
            at,
            hints: current.hints,
            misses: current.misses,
            solution_shown: current.solution_shown,
        };
        let merit = |done: &Done| (done.solution_shown, done.hints);
        let best = self.done.get(&current.lesson);
        if best.is_none_or(|best| merit(&done) < merit(best)) {
            self.done.insert(current.lesson, done);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::lesson) fn begun(lesson: &str) -> Progress {
        Progress {
            current: Some(Current {
                lesson: lesson.into(),
                place: Place::Recording {
                    file: "/x/lesson.json".into(),
                },
                started_at: DateTime::UNIX_EPOCH,
                hints: 2,
                misses: 1,
                solution_shown: false,
            }),
            ..Progress::default()
        }
    }

    #[test]
    fn the_best_of_several_times_is_kept() {
        let mut progress = begun("a");
        progress.finish(DateTime::UNIX_EPOCH);
        assert_eq!(
            (progress.current.as_ref(), progress.done["a"].hints),
            (None, 2)
        );
        for (hints, solution_shown, kept) in [(3, false, 2), (0, true, 2), (1, false, 1)] {
            let mut again = begun("a");
            if let Some(current) = &mut again.current {
                (current.hints, current.solution_shown) = (hints, solution_shown);
            }
            progress.current = again.current;
            progress.finish(DateTime::UNIX_EPOCH);
            assert_eq!(progress.done["a"].hints, kept);
        }
    }
}
