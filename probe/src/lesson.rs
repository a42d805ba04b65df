//! Lessons: faults to find, told as the people who are hit by them tell it. Each is a file of `lessons/`.
//!
//! A lesson has a fault of the catalogue; its exercise (a recording) and its fault in the local AWS have the same name.

pub mod judge;
pub mod local_aws;
pub mod progress;
pub mod store;

use include_dir::{Dir, include_dir};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::words::Words;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/lessons");

/// How much a lesson asks for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// One look in the right place.
    Easy,
    /// Two things have to be compared.
    Medium,
    /// The obvious answer is wrong.
    Hard,
}

/// A fault to find.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// The name of its file, which does not give the answer away.
    #[serde(skip)]
    pub name: String,
    /// Its place among the lessons, beginning with 1.
    pub order: usize,
    /// How hard it is.
    pub level: Level,
    /// Which problem of the exercise it is, where it is one.
    pub exercise: Option<u32>,
    /// Id of the check that is the root cause.
    pub fault: String,
    /// What it is called.
    pub title: Words,
    /// What people tell.
    pub story: Words,
    /// What leads to the cause, step by step.
    pub hints: Vec<Hint>,
    /// Why it looked as it did, and what to keep in mind.
    pub explanation: Words,
    /// Words that name the answer: only the last hint may have them.
    pub gives_away: GivesAway,
}

/// A step towards the cause.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hint {
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
    /// Command that shows it in the local AWS, with `{stack}`, `{cluster}` and `{service}`.
    pub look: Option<String>,
    /// Where it stands in a recording, as a path for jq.
    pub jq: Option<String>,
}

/// Words that name the answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivesAway {
    /// In English.
    pub en: Vec<String>,
    /// In Japanese.
    pub ja: Vec<String>,
}

/// Every lesson, in order.
///
/// # Errors
/// When an embedded file is no lesson: a defect of this program.
pub fn all() -> anyhow::Result<Vec<Lesson>> {
    let mut lessons = vec![];
    for file in FILES.files() {
        let name = file.path().file_stem().and_then(|name| name.to_str());
        let (Some(name), Some(text)) = (name, file.contents_utf8()) else {
            continue;
        };
        let lesson: Lesson = toml::from_str(text)?;
        lessons.push(Lesson {
            name: name.to_owned(),
            ..lesson
        });
    }
    lessons.sort_by_key(|lesson| lesson.order);
    Ok(lessons)
}
