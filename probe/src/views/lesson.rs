//! What the steps of `probe learn` show to programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Rollout, Said, TargetCount, TaskCounts};
use crate::lesson::{Level, progress::Place};

/// What `probe learn` prints: each step an object of its own.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum LearnView {
    /// `probe learn list`
    List(LessonList),
    /// `probe learn start`
    Start(LessonStart),
    /// `probe learn hint`
    Hint(LessonHint),
    /// `probe learn check`
    Check(LessonCheck),
    /// `probe learn solution`
    Solution(LessonSolution),
}

/// The lessons.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LessonList {
    /// Version of this format: 1.
    pub version: u32,
    /// All of them, from easy to hard.
    pub lessons: Vec<LessonRow>,
}

/// A lesson in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LessonRow {
    /// Its name.
    pub name: String,
    /// How hard it is.
    pub level: Level,
    /// Which problem of the exercise it is, where it is one.
    pub exercise: Option<u32>,
    /// What it is called.
    pub title: String,
    /// How far the learner is.
    pub state: LessonState,
}

/// How far a learner is with a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LessonState {
    /// Not begun.
    Open,
    /// Begun and not finished.
    Begun,
    /// Done.
    Done {
        /// With so many hints.
        hints: usize,
    },
    /// Done after the solution was shown.
    DoneWithSolution,
}

/// A lesson that begins: what people tell, and what the console shows first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LessonStart {
    /// Version of this format: 1.
    pub version: u32,
    /// Its name.
    pub lesson: String,
    /// What it is called.
    pub title: String,
    /// What people tell.
    pub story: String,
    /// Where the fault is to be looked for.
    pub place: Place,
    /// How many tasks ECS wants and counts.
    pub tasks: Option<TaskCounts>,
    /// The deployments, the primary one first.
    pub deployments: Vec<Rollout>,
    /// The targets by health, for each target group.
    pub targets: Vec<TargetCount>,
    /// The newest events that say different things, newest first.
    pub events: Vec<Said>,
}

/// A hint.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LessonHint {
    /// Version of this format: 1.
    pub version: u32,
    /// Name of the lesson.
    pub lesson: String,
    /// Which hint it is, beginning with 1; after the last one the last one stands.
    pub hint: usize,
    /// How many there are.
    pub of: usize,
    /// The hint.
    pub text: String,
    /// The command that shows what it speaks of, where there is one.
    pub look: Option<String>,
}

/// Whether it is mended, or the cause was named.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LessonCheck {
    /// Version of this format: 1.
    pub version: u32,
    /// Name of the lesson.
    pub lesson: String,
    /// Whether the lesson is done.
    pub done: bool,
    /// `mended`, `named`, `named_not_mended`, `symptom`, `wrong`, `still_broken`, `other_fault` or `unseen`.
    pub grade: String,
    /// Why it looked as it did; `null` before the lesson is done.
    pub why: Option<String>,
    /// The section of the runbook; `null` before the lesson is done.
    pub runbook: Option<String>,
    /// The next lesson that is not done.
    pub next: Option<String>,
}

/// The cause, and what to do about it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LessonSolution {
    /// Version of this format: 1.
    pub version: u32,
    /// Name of the lesson.
    pub lesson: String,
    /// Id of the fault.
    pub cause: String,
    /// What is wrong.
    pub fault: String,
    /// Why it looked as it did.
    pub why: String,
    /// The command that shows the proof.
    pub diagnose: String,
    /// Where the runbook tells of it.
    pub runbook: String,
    /// The section of the runbook, as Markdown.
    pub text: String,
}
