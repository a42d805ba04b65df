//! The words of an announcement, in Slack's markup.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::markup::escaped;
use crate::domain::{
    Language,
    notification::{Announced, Changes, Notification},
};

#[cfg(test)]
mod clocks;
mod lines;
#[cfg(test)]
mod samples;

use lines::Lines;

/// How announcements are written.
#[derive(Debug, Clone)]
pub struct Style {
    /// Their language.
    pub language: Language,
    /// The address that the pages begin with; without it there are no links.
    pub pages: Option<String>,
    /// Whose clocks and days they go by.
    pub zone: Tz,
}

impl Style {
    /// Writes an announcement that is read at about `now`.
    pub fn write(&self, notification: &Notification, now: DateTime<Utc>) -> String {
        let pick = |english, japanese| self.language.pick(english, japanese);
        let mut lines = Lines::new(self, now);
        match notification {
            Notification::Created { event } => {
                let title = self.title(event);
                lines.say(match self.language {
                    Language::English => format!("📅 New event: {title}"),
                    Language::Japanese => {
                        format!("📅 {title}の参加受付が始まりました")
                    }
                });
                lines.date(event, None);
                lines.place(&event.location);
                lines.fact(pick("Seats", "定員"), self.seats(event.max_participants));
                lines.fact(pick("Organiser", "主催"), escaped(&event.organizer));
                lines.link(
                    event,
                    pick("Details and sign-up", "詳細・参加申し込みはこちら"),
                );
            }
            Notification::Changed { event, changes } => {
                let (title, what) = (self.title(event), self.names(changes));
                lines.say(match self.language {
                    Language::English => format!("✏️ {title} has changed: {what}"),
                    Language::Japanese => format!("✏️ {title}の{what}が変更になりました"),
                });
                lines.changes(event, changes);
                lines.link(event, pick("Details", "詳細はこちら"));
            }
            Notification::Cancelled {
                event,
                participants,
            } => {
                let title = self.title(event);
                lines.say(match self.language {
                    Language::English => format!("🚫 {title} has been cancelled"),
                    Language::Japanese => format!("🚫 {title}は中止になりました"),
                });
                lines.date(event, None);
                lines.place(&event.location);
                lines.fact(pick("Organiser", "主催"), escaped(&event.organizer));
                if !participants.is_empty() {
                    lines.fact(
                        pick("Had joined", "参加予定だった方"),
                        self.people(participants),
                    );
                }
            }
            Notification::Promoted {
                event,
                user_name,
                others,
            } => {
                let everybody: Vec<_> = std::iter::once(user_name).chain(others).cloned().collect();
                let (title, people) = (self.title(event), self.people(&everybody));
                lines.say(match self.language {
                    Language::English => format!("🎉 Off the waitlist of {title}: {people}"),
                    Language::Japanese => {
                        format!("🎉 {title}に空きが出たため、{people}の参加が確定しました")
                    }
                });
                lines.date(event, None);
                lines.place(&event.location);
                lines.say(
                    pick(
                        "If you can no longer come, please give the seat back.",
                        "ご都合が悪くなった場合は、お早めにキャンセルをお願いします。",
                    )
                    .to_owned(),
                );
                lines.link(event, pick("Details", "詳細はこちら"));
            }
            Notification::Reminder {
                event,
                participants_count,
            } => {
                let (title, day) = (self.title(event), self.day(event.event_date, now));
                lines.say(match self.language {
                    Language::English => format!("⏰ {day}: {title}"),
                    Language::Japanese => format!("⏰ {title}は{day}開催です"),
                });
                lines.date(event, None);
                lines.place(&event.location);
                let (taken, seats) = (*participants_count, event.max_participants);
                lines.fact(pick("Joined", "参加予定"), self.taken(taken, seats));
                lines.link(event, pick("Details", "詳細はこちら"));
            }
        }
        lines.to_string()
    }

    fn title(&self, event: &Announced) -> String {
        let title = escaped(&event.title);
        match self.language {
            Language::English => format!("“{title}”"),
            Language::Japanese => format!("「{title}」"),
        }
    }

    fn seats(&self, seats: i32) -> String {
        match self.language {
            Language::English => seats.to_string(),
            Language::Japanese => format!("{seats}名"),
        }
    }

    fn taken(&self, taken: i32, seats: i32) -> String {
        let left = (seats - taken).max(0);
        match (self.language, left) {
            (Language::English, 0) => format!("{taken} (full)"),
            (Language::English, _) => format!("{taken} ({left} seats left)"),
            (Language::Japanese, 0) => format!("{taken}名（満席）"),
            (Language::Japanese, _) => format!("{taken}名（残り{left}席）"),
        }
    }

    fn people(&self, names: &[String]) -> String {
        let names = names.iter().map(|name| escaped(name));
        match self.language {
            Language::English => names.collect::<Vec<_>>().join(", "),
            Language::Japanese => names
                .map(|name| format!("{name}さん"))
                .collect::<Vec<_>>()
                .join("、"),
        }
    }

    /// The names of what has changed.
    fn names(&self, changes: &Changes) -> String {
        let pick = |english, japanese| self.language.pick(english, japanese);
        let names: Vec<_> = [
            (changes.title.is_some(), pick("title", "タイトル")),
            (changes.event_date.is_some(), pick("date", "日時")),
            (changes.location.is_some(), pick("place", "場所")),
            (changes.max_participants.is_some(), pick("seats", "定員")),
            (changes.organizer.is_some(), pick("organiser", "主催")),
            (changes.description.is_some(), pick("description", "説明")),
        ]
        .into_iter()
        .filter_map(|(changed, name)| changed.then_some(name))
        .collect();
        names.join(pick(", ", "・"))
    }

    /// The day of an event, as somebody says it who is near it.
    fn day(&self, time: DateTime<Utc>, now: DateTime<Utc>) -> &'static str {
        let day = |time: DateTime<Utc>| time.with_timezone(&self.zone).date_naive();
        match (day(time) - day(now)).num_days() {
            0 => self.language.pick("Today", "本日"),
            1 => self.language.pick("Tomorrow", "明日"),
            _ => self.language.pick("Soon", "まもなく"),
        }
    }
}
