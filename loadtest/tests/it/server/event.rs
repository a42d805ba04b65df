//! An event, and how it is shown.
//!
//! Written straight from what is kept: a bench whose server is slower than its load would measure the waiting.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

#[derive(Debug)]
pub(super) struct Event {
    pub(super) draft: Value,
    pub(super) participants: BTreeSet<String>,
}

/// What a client sees of it.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    id: i64,
    #[serde(flatten)]
    draft: &'a Value,
    participants_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    participants: Option<Vec<Person<'a>>>,
}

#[derive(Serialize)]
struct Person<'a> {
    user_name: &'a str,
}

impl Event {
    pub(super) fn new(draft: Value) -> Self {
        Self {
            draft,
            participants: BTreeSet::new(),
        }
    }

    /// As a list shows it.
    pub(super) fn shown(&self, id: i64) -> Shown<'_> {
        Shown {
            id,
            draft: &self.draft,
            participants_count: self.participants.len(),
            participants: None,
        }
    }

    /// With the people.
    pub(super) fn opened(&self, id: i64) -> Shown<'_> {
        let people = self.participants.iter();
        Shown {
            participants: Some(people.map(|user_name| Person { user_name }).collect()),
            ..self.shown(id)
        }
    }

    /// Whether one of its texts has this word.
    pub(super) fn mentions(&self, word: &str) -> bool {
        let texts = self
            .draft
            .as_object()
            .into_iter()
            .flat_map(|it| it.values());
        texts
            .filter_map(Value::as_str)
            .any(|text| text.contains(word))
    }
}
