//! A log line as it is shown: for a person with its task in colour, for a program as JSON.

use anstyle::{AnsiColor, Style as Ansi};
use regex::Regex;
use serde_json::Value;

use crate::{
    render::{Format, Style},
    snapshot::LogEvent,
    views::LogEntry,
};

/// Colours that can be told apart on dark and light ground. Red is for faults.
const COLOURS: [AnsiColor; 8] = [
    AnsiColor::Cyan,
    AnsiColor::Yellow,
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::BrightCyan,
    AnsiColor::BrightGreen,
    AnsiColor::BrightMagenta,
];

/// So much of a task's id tells it from the others.
const SHORT: usize = 8;

/// Chooses lines and writes them.
pub(super) struct Lines {
    grep: Option<Regex>,
    fields: Vec<String>,
    format: Format,
    style: Style,
    /// Tasks in the order in which they were first seen: each has the next colour.
    tasks: Vec<String>,
    read: usize,
    count: usize,
}

impl Lines {
    pub(super) fn new(
        grep: Option<Regex>,
        fields: Vec<String>,
        format: Format,
        style: Style,
    ) -> Self {
        Self {
            grep,
            fields,
            format,
            style,
            tasks: vec![],
            read: 0,
            count: 0,
        }
    }

    /// How many lines were read.
    pub(super) fn read(&self) -> usize {
        self.read
    }

    /// How many of them were shown.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Writes a line to the end of the text, if it is wanted.
    pub(super) fn add(&mut self, event: &LogEvent, text: &mut String) -> serde_json::Result<()> {
        self.read += 1;
        if self
            .grep
            .as_ref()
            .is_some_and(|grep| !grep.is_match(&event.message))
        {
            return Ok(());
        }
        self.count += 1;
        *text += &match self.format {
            Format::Json => self.json(event)?,
            Format::Table | Format::Markdown => self.line(event),
        };
        text.push('\n');
        Ok(())
    }

    fn json(&self, event: &LogEvent) -> serde_json::Result<String> {
        let message = serde_json::from_str::<Value>(&event.message).ok();
        let message = message.filter(|_| !self.fields.is_empty());
        let chosen = |message: Value| {
            let fields = self.fields.iter();
            fields
                .map(|field| (field.clone(), field_of(&message, field)))
                .collect()
        };
        let entry = LogEntry {
            at: event.at,
            ingested_at: event.ingested_at,
            task: event.task.clone(),
            container: event.container.clone(),
            message: event.message.to_string(),
            fields: message.map(chosen),
        };
        serde_json::to_string(&entry)
    }

    fn line(&mut self, event: &LogEvent) -> String {
        let short = event.task.get(..SHORT).unwrap_or(&event.task).to_owned();
        let at = event.at.format("%H:%M:%S%.3fZ");
        let message = self.message(event);
        let colour = self.colour(&event.task);
        format!("{at} {colour}{short}{colour:#} {message}")
    }

    /// The chosen fields of a JSON line, and every other line as it is: what cannot be read must not be lost.
    fn message(&self, event: &LogEvent) -> String {
        let message = serde_json::from_str::<Value>(&event.message);
        match message {
            Ok(message @ Value::Object(_)) if !self.fields.is_empty() => {
                let text = |field: &String| match field_of(&message, field) {
                    Value::String(text) => text,
                    Value::Null => "-".to_owned(),
                    other => other.to_string(),
                };
                self.fields.iter().map(text).collect::<Vec<_>>().join(" ")
            }
            _ => event.message.to_string(),
        }
    }

    fn colour(&mut self, task: &String) -> Ansi {
        if self.style == Style::Plain {
            return Ansi::new();
        }
        let place = self
            .tasks
            .iter()
            .position(|known| known == task)
            .unwrap_or_else(|| {
                self.tasks.push(task.clone());
                self.tasks.len() - 1
            });
        COLOURS[place % COLOURS.len()].on_default()
    }
}

/// `.status`, `.error.code`, `.tags.0`.
fn field_of(message: &Value, field: &str) -> Value {
    let pointer: String = field
        .trim_start_matches('.')
        .split('.')
        .map(|part| format!("/{part}"))
        .collect();
    message.pointer(&pointer).cloned().unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;

    fn event(task: &str, message: &str) -> LogEvent {
        let at = DateTime::from_timestamp(1, 500_000_000).unwrap();
        LogEvent {
            id: "1".into(),
            at,
            ingested_at: at,
            task: task.into(),
            container: "app".into(),
            message: message.into(),
        }
    }

    fn shown(
        grep: Option<&str>,
        fields: &[&str],
        format: Format,
        style: Style,
        events: &[LogEvent],
    ) -> String {
        let grep = grep.map(|grep| Regex::new(grep).unwrap());
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        let mut lines = Lines::new(grep, fields, format, style);
        let mut text = String::new();
        for event in events {
            lines.add(event, &mut text).unwrap();
        }
        text
    }

    #[test]
    fn fields_are_chosen_and_other_lines_are_kept() {
        let events = [
            event(
                "0123456789ab",
                r#"{"status":503,"error":{"code":"gone"},"path":"/events"}"#,
            ),
            event("0123456789ab", "panicked at main.rs"),
        ];
        let fields = [".status", ".path", "error.code", ".none"];
        assert_eq!(
            shown(None, &fields, Format::Table, Style::Plain, &events),
            "00:00:01.500Z 01234567 503 /events gone -\n00:00:01.500Z 01234567 panicked at main.rs\n"
        );
        let json = shown(None, &[".status"], Format::Json, Style::Plain, &events[..1]);
        let line: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(line["fields"], json!({ ".status": 503 }));
        assert_eq!(
            (&line["task"], &line["container"]),
            (&json!("0123456789ab"), &json!("app"))
        );
    }

    #[test]
    fn a_task_keeps_its_colour_and_the_next_has_another() {
        let events = [event("a", "1"), event("b", "2"), event("a", "3")];
        let text = shown(None, &[], Format::Table, Style::Coloured, &events);
        let colours: Vec<&str> = text
            .lines()
            .map(|line| line.split_once('m').unwrap().0)
            .collect();
        assert_eq!(colours[0], colours[2]);
        assert_ne!(colours[0], colours[1]);
    }

    #[test]
    fn only_lines_that_match_are_shown() {
        let events = [event("a", "GET /health 200"), event("a", "GET /events 500")];
        let text = shown(Some(r" 5\d\d$"), &[], Format::Table, Style::Plain, &events);
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}
