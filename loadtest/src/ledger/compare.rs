//! One event as it is shown, against what was acknowledged about it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{Entry, Fate, Promise, Violation};
use crate::target::Event;

/// What an event breaks of its promises; `event` is nothing if it was not found.
pub(super) fn compare(id: i64, entry: &Entry, event: Option<&Event>) -> Vec<Violation> {
    let mut violations = vec![];
    let Some(event) = event else {
        if entry.fate == Fate::There {
            violations.push(Violation::LostEvent { event: id });
        }
        return violations;
    };
    if entry.fate == Fate::Gone {
        return vec![Violation::UndeadEvent { event: id }];
    }
    if !entry.titles.contains(&event.title) || !entry.seats.contains(&event.max_participants) {
        violations.push(Violation::LostEdit { event: id });
    }
    let booked = event.participants.len();
    let seats = entry.most_seats();
    if booked > seats as usize {
        violations.push(Violation::Overbooked {
            event: id,
            seats,
            booked,
        });
    }
    if !counts_are_right(event) {
        violations.push(Violation::Miscounted {
            event: id,
            count: event.participants_count,
            booked,
        });
    }
    if (booked as u32) < event.max_participants {
        // While nobody is at it a seat that is free stays free only if nobody wants it.
        if !event.waitlist.is_empty() {
            violations.push(Violation::NotPromoted {
                event: id,
                waiting: event.waitlist.len(),
            });
        }
        if entry.refused && entry.hall.is_some_and(|hall| !hall.leaves) {
            violations.push(Violation::WronglyRefused {
                event: id,
                seats,
                booked,
            });
        }
    }
    violations.extend(twice(id, event));
    let seated = names(event.participants.iter().map(|person| &person.user_name));
    let waiting = names(event.waitlist.iter().map(|person| &person.user_name));
    for (user, fate) in &entry.bookings {
        let (seated, waiting) = (
            seated.contains(user.as_str()),
            waiting.contains(user.as_str()),
        );
        let (event, user) = (id, user.clone());
        match fate {
            Fate::There if !seated => violations.push(Violation::LostBooking { event, user }),
            Fate::Waiting if !seated && !waiting => {
                violations.push(Violation::LostPlace { event, user })
            }
            Fate::Gone if seated || waiting => {
                violations.push(Violation::UnwantedBooking { event, user })
            }
            _ => {}
        }
    }
    violations
}

/// Whether a list says of an event what the event says of itself.
pub(super) fn agree(listed: &Event, shown: &Event) -> bool {
    let facts = |event: &Event| {
        (
            event.title.clone(),
            event.max_participants,
            event.participants_count,
            event.seats_left,
            event.waitlist_count,
        )
    };
    facts(listed) == facts(shown)
}

/// Whether an event shows a write that was acknowledged just before; nobody else is at it.
pub(super) fn keeps(promise: &Promise, event: Option<&Event>) -> bool {
    let Some(event) = event else {
        return false;
    };
    let booked = |user: &String| {
        let people = event.participants.iter().chain(&event.waitlist);
        people
            .map(|person| &person.user_name)
            .any(|name| name == user)
    };
    match promise {
        Promise::Booked(seat) => booked(&seat.user),
        Promise::Left(seat) => !booked(&seat.user),
        Promise::Shown(_, title) => event.title == *title,
    }
}

fn counts_are_right(event: &Event) -> bool {
    let booked = event.participants.len() as u32;
    event.participants_count == booked
        && event
            .seats_left
            .is_none_or(|left| left == event.max_participants.saturating_sub(booked))
        && event
            .waitlist_count
            .is_none_or(|waiting| waiting as usize == event.waitlist.len())
}

fn twice(id: i64, event: &Event) -> Vec<Violation> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for person in event.participants.iter().chain(&event.waitlist) {
        *times.entry(&person.user_name).or_default() += 1;
    }
    times
        .into_iter()
        .filter(|(_, times)| *times > 1)
        .map(|(user, _)| Violation::DoubleBooking {
            event: id,
            user: user.to_owned(),
        })
        .collect()
}

fn names<'a>(names: impl Iterator<Item = &'a String>) -> BTreeSet<&'a str> {
    names.map(String::as_str).collect()
}

#[cfg(test)]
mod tests;
