//! Creates, changes and deletes events; the functions in the migrations have the rules.

use sqlx::{PgConnection, query, types::Json};

use crate::domain::{
    Event, EventDraft, EventId, EventWithParticipants, Participant, UserName, Version, Waiting,
};

/// Who changes an event.
#[derive(Debug, Clone, Default)]
pub struct By {
    /// Their name, if it is known.
    pub actor: Option<UserName>,
    /// Who must be the organiser, or else nothing is changed; `None` for anybody.
    pub organizer: Option<UserName>,
}

/// The name that a client gave its request, so that it can be repeated without harm.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// Whose key it is; empty where nobody is known for sure.
    pub owner: String,
    /// The key.
    pub key: String,
}

/// What came of a wish to create an event.
#[derive(Debug, Clone)]
pub enum Created {
    /// There is such an event, made now or by the same request before; it is shown as it was when it was made.
    Event(Box<EventWithParticipants>),
    /// The key belongs to another request of the last 24 hours.
    KeyReused,
    /// A request with this key is under way.
    KeyInUse,
}

/// Creates an event, once for each key.
pub async fn create(
    connection: &mut PgConnection,
    draft: EventDraft,
    actor: Option<UserName>,
    key: Option<IdempotencyKey>,
) -> sqlx::Result<Created> {
    let row = query!(
        r#"
        select outcome as "outcome!", id, created_at, version
          from create_event_shown($1, $2, $3, $4, $5, $6, $7, $8, $9)
        "#,
        draft.title.as_str(),
        draft.description.as_str(),
        draft.event_date.get(),
        draft.location.as_str(),
        draft.max_participants.get(),
        draft.organizer.as_str(),
        actor.as_ref().map(UserName::as_str),
        key.as_ref().map(|key| key.owner.as_str()),
        key.as_ref().map(|key| key.key.as_str()),
    )
    .fetch_one(connection)
    .await?;
    match (row.outcome.as_str(), row.id, row.created_at, row.version) {
        ("created", Some(id), Some(created_at), Some(version)) => {
            Ok(Created::Event(Box::new(EventWithParticipants {
                event: Event::new(id, &draft, created_at, 0, 0),
                participants: Vec::new(),
                waitlist: Vec::new(),
                version: Version::new(version),
            })))
        }
        ("key_reused", ..) => Ok(Created::KeyReused),
        ("key_in_use", ..) => Ok(Created::KeyInUse),
        (outcome, ..) => Err(unknown("create_event", outcome)),
    }
}

/// What came of a wish to change an event.
#[derive(Debug, Clone)]
pub enum Changed {
    /// The event is now like this.
    Event(Box<EventWithParticipants>),
    /// More people have joined than could.
    BelowParticipants {
        /// How many have joined.
        participants: i32,
    },
    /// The event is not of any of the versions that were to be changed.
    OtherVersion,
    /// Somebody else is the organiser.
    NotOrganizer,
    /// There is no such event.
    NoEvent,
}

/// Replaces what can be changed of an event, if it is of one of these versions; `None` means any.
pub async fn change(
    connection: &mut PgConnection,
    id: EventId,
    draft: EventDraft,
    by: By,
    versions: Option<Vec<Version>>,
) -> sqlx::Result<Changed> {
    let versions = names(versions);
    let row = query!(
        r#"
        select outcome as "outcome!", version, created_at, coalesce(taken, 0) as "taken!",
               participants as "participants!: Json<Vec<Participant>>", waitlist as "waitlist!: Json<Vec<Waiting>>"
          from change_event_shown($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        "#,
        id.get(),
        draft.title.as_str(),
        draft.description.as_str(),
        draft.event_date.get(),
        draft.location.as_str(),
        draft.max_participants.get(),
        draft.organizer.as_str(),
        by.actor.as_ref().map(UserName::as_str),
        versions.as_deref(),
        by.organizer.as_ref().map(UserName::as_str),
    )
    .fetch_one(connection)
    .await?;
    match (row.outcome.as_str(), row.created_at, row.version) {
        ("changed", Some(created_at), Some(version)) => {
            let (Json(participants), Json(waitlist)) = (row.participants, row.waitlist);
            Ok(Changed::Event(Box::new(EventWithParticipants {
                event: Event::new(
                    id.get(),
                    &draft,
                    created_at,
                    participants.len(),
                    waitlist.len(),
                ),
                participants,
                waitlist,
                version: Version::new(version),
            })))
        }
        ("below_participants", ..) => Ok(Changed::BelowParticipants {
            participants: row.taken,
        }),
        ("not_organizer", ..) => Ok(Changed::NotOrganizer),
        ("other_version", ..) => Ok(Changed::OtherVersion),
        ("no_event", ..) => Ok(Changed::NoEvent),
        (outcome, ..) => Err(unknown("change_event", outcome)),
    }
}

/// What came of a wish to delete an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// It is gone, and with it all seats.
    Now,
    /// The event is not of any of the versions that were to be deleted.
    OtherVersion,
    /// Somebody else is the organiser.
    NotOrganizer,
    /// There is no such event.
    NoEvent,
}

/// Deletes an event, if it is of one of these versions; `None` means any.
pub async fn delete(
    connection: &mut PgConnection,
    id: EventId,
    by: By,
    versions: Option<Vec<Version>>,
) -> sqlx::Result<Deleted> {
    let versions = names(versions);
    let row = query!(
        r#"select outcome as "outcome!" from delete_event($1, $2, $3, $4)"#,
        id.get(),
        by.actor.as_ref().map(UserName::as_str),
        versions.as_deref(),
        by.organizer.as_ref().map(UserName::as_str),
    )
    .fetch_one(connection)
    .await?;
    match row.outcome.as_str() {
        "deleted" => Ok(Deleted::Now),
        "not_organizer" => Ok(Deleted::NotOrganizer),
        "other_version" => Ok(Deleted::OtherVersion),
        "no_event" => Ok(Deleted::NoEvent),
        outcome => Err(unknown("delete_event", outcome)),
    }
}

fn names(versions: Option<Vec<Version>>) -> Option<Vec<String>> {
    let names = |version: &Version| version.as_str().to_owned();
    versions.map(|versions| versions.iter().map(names).collect())
}

/// The functions and this code are of one version, so this does not happen.
pub(super) fn unknown(function: &str, outcome: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("{function} answered {outcome:?}").into())
}
