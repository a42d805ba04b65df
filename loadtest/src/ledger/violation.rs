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
    /// A place on the waitlist that was acknowledged is not there, nor a seat.
    LostPlace {
        /// The event.
        event: i64,
        /// Who.
        user: String,
    },
    /// People wait though a seat is free.
    NotPromoted {
        /// The event.
        event: i64,
        /// How many wait.
        waiting: usize,
    },
    /// Somebody got a seat before those who waited longer.
    QueueJumped {
        /// The event.
        event: i64,
        /// Who.
        user: String,
    },
    /// Somebody was told that all seats are taken, of an event that gives none back, and not all are.
    WronglyRefused {
        /// The event.
        event: i64,
        /// How many seats it has.
        seats: u32,
        /// How many people are booked.
        booked: usize,
    },
    /// The history leads to other people than are shown.
    OtherHistory {
        /// The event.
        event: i64,
    },
    /// A list says something else of an event than the event itself, or leaves it out.
    ListDiffers {
        /// The event.
        event: i64,
    },
    /// An event of this run that nobody was told of: a create that was done twice.
    UnknownEvent {
        /// The event.
        event: i64,
    },
    /// A write was acknowledged and not shown to the next reader.
    UnreadWrite {
        /// The event.
        event: i64,
        /// Whose booking it was; nothing if it was the event itself.
        user: Option<String>,
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
            Self::LostPlace { .. } => "lost-place",
            Self::NotPromoted { .. } => "not-promoted",
            Self::QueueJumped { .. } => "queue-jumped",
            Self::WronglyRefused { .. } => "wrongly-refused",
            Self::OtherHistory { .. } => "other-history",
            Self::ListDiffers { .. } => "list-differs",
            Self::UnknownEvent { .. } => "unknown-event",
            Self::UnreadWrite { .. } => "unread-write",
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
            Self::LostPlace { event, user } => lang.pick(
                format!("{user} neither waits nor sits on event {event}, though a place on its waitlist was acknowledged"),
                format!("イベント {event} のキャンセル待ちに受け付けられた {user} が、キャンセル待ちにも参加者にもいません"),
            ),
            Self::NotPromoted { event, waiting } => lang.pick(
                format!("{waiting} people wait for event {event}, though a seat is free"),
                format!("イベント {event} には空席があるのに {waiting} 名がキャンセル待ちのままです"),
            ),
            Self::QueueJumped { event, user } => lang.pick(
                format!("{user} got a seat on event {event} before people who had waited longer"),
                format!("イベント {event} で {user} が先に待っていた人より先に繰り上がっています"),
            ),
            Self::WronglyRefused { event, seats, booked } => lang.pick(
                format!("event {event} refused people as full, and {booked} of its {seats} seats are taken"),
                format!("イベント {event} は満席として参加を断りましたが、定員 {seats} 名に対し {booked} 名しか登録されていません"),
            ),
            Self::OtherHistory { event } => lang.pick(
                format!("the history of event {event} leads to other people than the event shows"),
                format!("イベント {event} の履歴をたどると、表示されている参加者と一致しません"),
            ),
            Self::ListDiffers { event } => lang.pick(
                format!("the list of events leaves event {event} out, or says something else of it than the event itself"),
                format!("イベント一覧のイベント {event} が欠けているか、詳細と内容が異なります"),
            ),
            Self::UnknownEvent { event } => lang.pick(
                format!("event {event} is there, though nobody was told so: it was created twice"),
                format!("作成の応答がないイベント {event} が存在します (二重に作成されています)"),
            ),
            Self::UnreadWrite { event, user: Some(user) } => lang.pick(
                format!("what {user} did on event {event} was acknowledged, and not there when they looked right after"),
                format!("{user} のイベント {event} への操作は受け付けられましたが、直後に見ると反映されていませんでした"),
            ),
            Self::UnreadWrite { event, user: None } => lang.pick(
                format!("the acknowledged event {event} was not there when somebody looked right after"),
                format!("受け付けられたイベント {event} の内容が、直後に見ると反映されていませんでした"),
            ),
        }
    }
}
