//! The promises that a service can break.

use crate::lang::Lang;

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Violation {
    /// More people than seats.
    Overbooked {
        /// The event.
        event: i64,
        /// How many seats it has.
        seats: u32,
        /// How many people are booked.
        booked: usize,
    },
    /// Somebody is booked twice.
    DoubleBooking {
        /// The event.
        event: i64,
        /// Who.
        user: String,
    },
    /// A booking that was acknowledged is not there.
    LostBooking {
        /// The event.
        event: i64,
        /// Who.
        user: String,
    },
    /// A booking is there that was refused, or given back.
    UnwantedBooking {
        /// The event.
        event: i64,
        /// Who.
        user: String,
    },
    /// The service counts other people than it shows.
    Miscounted {
        /// The event.
        event: i64,
        /// What it counts.
        count: u32,
        /// What it shows.
        booked: usize,
    },
    /// An event that was acknowledged is not there.
    LostEvent {
        /// The event.
        event: i64,
    },
    /// An event is there that was deleted.
    UndeadEvent {
        /// The event.
        event: i64,
    },
    /// An edit that was acknowledged is not there.
    LostEdit {
        /// The event.
        event: i64,
    },
}

impl Violation {
    /// The stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Overbooked { .. } => "overbooked",
            Self::DoubleBooking { .. } => "double-booking",
            Self::LostBooking { .. } => "lost-booking",
            Self::UnwantedBooking { .. } => "unwanted-booking",
            Self::Miscounted { .. } => "miscounted",
            Self::LostEvent { .. } => "lost-event",
            Self::UndeadEvent { .. } => "undead-event",
            Self::LostEdit { .. } => "lost-edit",
        }
    }

    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Overbooked { event, seats, booked } => lang.pick(
                format!("event {event} has {seats} seats and {booked} bookings"),
                format!("イベント {event} は定員 {seats} 名に対し {booked} 名が登録されています"),
            ),
            Self::DoubleBooking { event, user } => lang.pick(
                format!("{user} is booked twice on event {event}"),
                format!("イベント {event} に {user} が二重に登録されています"),
            ),
            Self::LostBooking { event, user } => lang.pick(
                format!("the acknowledged booking of {user} on event {event} is gone"),
                format!("イベント {event} への {user} の参加登録は受け付けられたのに残っていません"),
            ),
            Self::UnwantedBooking { event, user } => lang.pick(
                format!("{user} is booked on event {event}, though this was refused or given back"),
                format!("イベント {event} に {user} が登録されていますが、参加は断られたか取り消されたはずです"),
            ),
            Self::Miscounted { event, count, booked } => lang.pick(
                format!("event {event} counts {count} participants and shows {booked}"),
                format!("イベント {event} の参加者数は {count} 名とされていますが、一覧には {booked} 名います"),
            ),
            Self::LostEvent { event } => lang.pick(
                format!("the acknowledged event {event} is gone"),
                format!("作成が受け付けられたイベント {event} が残っていません"),
            ),
            Self::UndeadEvent { event } => lang.pick(
                format!("event {event} is still there, though its deletion was acknowledged"),
                format!("イベント {event} は削除が受け付けられたのに残っています"),
            ),
            Self::LostEdit { event } => lang.pick(
                format!("the acknowledged edit of event {event} is gone"),
                format!("イベント {event} の変更は受け付けられたのに反映されていません"),
            ),
        }
    }
}
