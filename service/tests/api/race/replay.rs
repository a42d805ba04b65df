//! Plays the history of each event again, by the rules, and compares the end with the tables.

use std::collections::HashMap;

use serde_json::Value;
use sqlx::PgConnection;

/// An event as its history tells it.
#[derive(Debug, Default)]
struct Event {
    capacity: usize,
    begun: bool,
    deleted: bool,
    seated: Vec<String>,
    waiting: Vec<String>,
}

impl Event {
    /// Whether somebody waits though there is a seat: only in the middle of a transaction, before a promotion.
    fn owes_a_seat(&self) -> bool {
        !self.begun && self.seated.len() < self.capacity && !self.waiting.is_empty()
    }

    fn knows(&self, user: &String) -> bool {
        self.seated.contains(user) || self.waiting.contains(user)
    }

    /// Plays one entry; false if the rules do not allow it.
    #[must_use]
    fn play(&mut self, action: &str, user: Option<String>, details: &Value) -> bool {
        if self.deleted || self.owes_a_seat() != (action == "promoted") {
            return false;
        }
        let free = self.seated.len() < self.capacity;
        match (action, user) {
            ("created", None) => self.decide(&details["max_participants"], &details["event_date"]),
            ("changed", None) => {
                self.decide(
                    &details["max_participants"]["to"],
                    &details["event_date"]["to"],
                );
            }
            ("deleted", None) => self.deleted = true,
            ("joined", Some(user)) if free && !self.begun && !self.knows(&user) => {
                self.seated.push(user);
            }
            ("waitlisted", Some(user)) if !free && !self.begun && !self.knows(&user) => {
                self.waiting.push(user);
            }
            ("promoted", Some(user)) if self.waiting[0] == user => {
                self.seated.push(self.waiting.remove(0));
            }
            ("left", Some(user)) if !self.begun => return remove(&mut self.seated, &user),
            ("left_waitlist", Some(user)) if !self.begun => {
                return remove(&mut self.waiting, &user);
            }
            _ => return false,
        }
        self.seated.len() <= self.capacity
    }

    fn decide(&mut self, max_participants: &Value, event_date: &Value) {
        if let Some(capacity) = max_participants.as_u64() {
            self.capacity = usize::try_from(capacity).unwrap();
        }
        if let Some(date) = event_date.as_str() {
            self.begun = date.starts_with("2020-");
        }
    }
}

fn remove(people: &mut Vec<String>, user: &String) -> bool {
    let place = people.iter().position(|other| other == user);
    place.map(|place| people.remove(place)).is_some()
}

/// How many entries of each action there were.
pub(super) async fn check(connection: &mut PgConnection) -> HashMap<String, usize> {
    type Entry = (i64, i64, String, Option<String>, Option<Value>);
    let entries: Vec<Entry> = sqlx::query_as(
        "select event_id, id, action, user_name, details from history order by event_id, id",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    let mut actions = HashMap::new();
    let mut events = HashMap::<i64, Event>::new();
    for (id, number, action, user, details) in entries {
        let event = events.entry(id).or_default();
        let told = format!("{action} {user:?} {details:?}");
        assert!(
            event.play(&action, user, &details.unwrap_or_default()),
            "event {id}, entry {number} of the history: {told} leads to {event:?}"
        );
        *actions.entry(action).or_default() += 1;
    }
    events.retain(|_, event| !event.deleted);

    let mut tables = HashMap::<i64, (i32, Vec<String>, Vec<String>)>::new();
    let rows: Vec<(i64, i32, Vec<String>, Vec<String>)> = sqlx::query_as(
        "select id, max_participants,
                array(select user_name from participants where event_id = events.id order by id),
                array(select user_name from waitlist where event_id = events.id order by id)
           from events",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    for (id, capacity, seated, waiting) in rows {
        tables.insert(id, (capacity, seated, waiting));
    }
    assert_eq!(tables.len(), events.len());
    for (id, event) in events {
        assert!(!event.owes_a_seat(), "{event:?}");
        let (capacity, seated, waiting) = &tables[&id];
        assert_eq!(usize::try_from(*capacity).unwrap(), event.capacity);
        assert_eq!(
            (seated, waiting),
            (&event.seated, &event.waiting),
            "event {id}"
        );
    }
    actions
}
