//! The history of an event, in words.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::frame::Frame;
use crate::domain::{Action, Entry};

/// One line of the history.
pub(super) struct Line {
    pub(super) at: DateTime<Utc>,
    pub(super) when: String,
    pub(super) text: String,
    /// What was changed: the field, what it was and what it is; of long texts only the field.
    pub(super) changes: Vec<(&'static str, Option<(String, String)>)>,
}

/// Says what happened.
pub(super) fn lines(frame: &Frame, now: DateTime<Utc>, entries: Vec<Entry>) -> Vec<Line> {
    let line = |entry: Entry| Line {
        at: entry.at,
        when: frame
            .language
            .date_near(entry.at.with_timezone(&frame.zone), now),
        text: text(frame, &entry),
        changes: match entry.action {
            Action::Changed => changes(frame, now, entry.details.as_ref()),
            _ => Vec::new(),
        },
    };
    entries.into_iter().map(line).collect()
}

fn text(frame: &Frame, entry: &Entry) -> String {
    let nobody = frame.pick("somebody", "誰か");
    let actor = entry.actor.as_deref().unwrap_or(nobody);
    let user = entry.user_name.as_deref().unwrap_or(nobody);
    let text = match entry.action {
        Action::Created => frame.pick(
            format!("{actor} announced the event"),
            format!("{actor} さんがイベントを作成"),
        ),
        Action::Changed => frame.pick(
            format!("{actor} changed the event"),
            format!("{actor} さんが内容を変更"),
        ),
        Action::Deleted => frame.pick(
            format!("{actor} cancelled the event"),
            format!("{actor} さんが中止"),
        ),
        Action::Joined => frame.pick(format!("{user} joined"), format!("{user} さんが参加登録")),
        Action::Left => frame.pick(
            format!("{user} left"),
            format!("{user} さんが参加を取り消し"),
        ),
        Action::Waitlisted => frame.pick(
            format!("{user} began to wait for a seat"),
            format!("{user} さんがキャンセル待ちに登録"),
        ),
        Action::LeftWaitlist => frame.pick(
            format!("{user} stopped waiting"),
            format!("{user} さんがキャンセル待ちを取り消し"),
        ),
        Action::Promoted => frame.pick(
            format!("{user} got a seat that had become free"),
            format!("{user} さんがキャンセル待ちから繰り上げ"),
        ),
    };
    match (&entry.actor, &entry.user_name) {
        // An admin can act for others.
        (Some(actor), Some(user)) if actor != user => {
            text + &frame.pick(format!(" (by {actor})"), format!("（操作：{actor} さん）"))
        }
        _ => text,
    }
}

fn changes(
    frame: &Frame,
    now: DateTime<Utc>,
    details: Option<&Value>,
) -> Vec<(&'static str, Option<(String, String)>)> {
    let time = |value: &Value| {
        let time: DateTime<Utc> = value.as_str()?.parse().ok()?;
        Some(
            frame
                .language
                .date_near(time.with_timezone(&frame.zone), now),
        )
    };
    let written = |field: &str, value: &Value| match value {
        value if field == "event_date" => time(value).unwrap_or_default(),
        Value::String(text) if text.is_empty() => frame.pick("(nothing)", "（なし）").to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let names = [
        ("title", frame.pick("Title", "タイトル")),
        ("event_date", frame.pick("When", "日時")),
        ("location", frame.pick("Place", "場所")),
        ("max_participants", frame.pick("Seats", "定員")),
        ("organizer", frame.pick("Organiser", "主催者")),
        ("description", frame.pick("Description", "説明")),
    ];
    let changed = names.into_iter().filter_map(|(field, name)| {
        let change = details?.get(field)?;
        let both = || {
            (
                written(field, &change["from"]),
                written(field, &change["to"]),
            )
        };
        Some((name, (field != "description").then(both)))
    });
    changed.collect()
}
