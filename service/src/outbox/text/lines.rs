//! The lines of an announcement.

use std::fmt;

use chrono::{DateTime, Utc};

use super::Style;
use crate::{
    domain::notification::{Announced, Change, Changes},
    outbox::markup::{escaped, link},
};

/// An announcement in the making.
pub(super) struct Lines<'s> {
    style: &'s Style,
    now: DateTime<Utc>,
    lines: Vec<String>,
}

impl<'s> Lines<'s> {
    pub(super) fn new(style: &'s Style, now: DateTime<Utc>) -> Self {
        Self {
            style,
            now,
            lines: Vec::new(),
        }
    }

    pub(super) fn say(&mut self, line: String) {
        self.lines.push(line);
    }

    pub(super) fn fact(&mut self, name: &str, value: impl fmt::Display) {
        let colon = self.style.language.pick(": ", "：");
        self.lines.push(format!("• {name}{colon}{value}"));
    }

    pub(super) fn date(&mut self, event: &Announced, change: Option<&Change<DateTime<Utc>>>) {
        let language = self.style.language;
        let written = |time: &DateTime<Utc>| {
            language.date_near(time.with_timezone(&self.style.zone), self.now)
        };
        let value = match change {
            Some(Change { from, to }) => arrow(written(from), written(to)),
            None => written(&event.event_date),
        };
        self.fact(language.pick("When", "日時"), value);
    }

    pub(super) fn place(&mut self, location: &str) {
        if !location.is_empty() {
            self.fact(self.style.language.pick("Where", "場所"), escaped(location));
        }
    }

    /// What was and what is, after the date, which people look for first, changed or not.
    pub(super) fn changes(&mut self, event: &Announced, changes: &Changes) {
        let style = self.style;
        let pick = |english, japanese| style.language.pick(english, japanese);
        let place = |location: &str| match location {
            "" => pick("to be decided", "未定").to_owned(),
            location => escaped(location),
        };
        self.date(event, changes.event_date.as_ref());
        if let Some(Change { from, to }) = &changes.title {
            self.fact(pick("Title", "タイトル"), arrow(escaped(from), escaped(to)));
        }
        if let Some(Change { from, to }) = &changes.location {
            self.fact(pick("Where", "場所"), arrow(place(from), place(to)));
        }
        if let Some(Change { from, to }) = &changes.max_participants {
            self.fact(
                pick("Seats", "定員"),
                arrow(style.seats(*from), style.seats(*to)),
            );
        }
        if let Some(Change { from, to }) = &changes.organizer {
            self.fact(pick("Organiser", "主催"), arrow(escaped(from), escaped(to)));
        }
    }

    pub(super) fn link(&mut self, event: &Announced, label: &str) {
        if let Some(pages) = &self.style.pages {
            self.lines
                .push(link(&format!("{pages}/events/{}", event.id), label));
        }
    }
}

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}

fn arrow(from: impl fmt::Display, to: impl fmt::Display) -> String {
    format!("{from} → {to}")
}
