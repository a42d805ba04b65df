//! Events that keep their promises, and events that break one each.

use super::*;
use crate::ledger::{HALLS, Hall, Seat};
use crate::target::Person;

fn entry() -> Entry {
    let bookings = [
        ("ann", Fate::There),
        ("bob", Fate::Gone),
        ("cid", Fate::PerhapsThere),
        ("wim", Fate::Waiting),
    ];
    Entry {
        bookings: bookings.map(|(user, fate)| (user.to_owned(), fate)).into(),
        ..Entry::new(Some(HALLS[0]), 2, "t")
    }
}

fn people(users: &[&str]) -> Vec<Person> {
    users
        .iter()
        .map(|user| Person {
            user_name: (*user).to_owned(),
        })
        .collect()
}

fn event(users: &[&str], waiting: &[&str]) -> Event {
    Event {
        id: 1,
        title: "t".to_owned(),
        organizer: "o".to_owned(),
        max_participants: 2,
        participants_count: users.len() as u32,
        seats_left: Some(2 - users.len().min(2) as u32),
        waitlist_count: Some(waiting.len() as u32),
        participants: people(users),
        waitlist: people(waiting),
    }
}

fn codes(entry: &Entry, event: Option<&Event>) -> Vec<&'static str> {
    compare(1, entry, event)
        .iter()
        .map(Violation::code)
        .collect()
}

#[test]
fn a_kept_promise_is_no_violation_whatever_became_of_the_unknown() {
    for kept in [
        event(&["ann", "cid"], &["wim"]),
        event(&["ann", "wim"], &["cid"]),
        event(&["ann", "wim"], &[]),
    ] {
        assert!(codes(&entry(), Some(&kept)).is_empty(), "{kept:?}");
    }
    let perhaps = Entry {
        fate: Fate::PerhapsGone,
        ..entry()
    };
    assert!(codes(&perhaps, None).is_empty());
}

#[test]
fn each_broken_promise_is_named() {
    let renamed = |title: &str, seats, count| Event {
        title: title.to_owned(),
        max_participants: seats,
        participants_count: count,
        ..event(&["ann", "wim"], &[])
    };
    let cases: Vec<(Event, &[&str])> = vec![
        (event(&["dan", "wim"], &[]), &["lost-booking"]),
        (event(&["ann", "dan"], &[]), &["lost-place"]),
        (event(&["ann", "bob"], &["wim"]), &["unwanted-booking"]),
        (
            event(&["ann", "dan"], &["wim", "bob"]),
            &["unwanted-booking"],
        ),
        (event(&["ann", "dan", "wim"], &[]), &["overbooked"]),
        (event(&["ann", "ann"], &["wim"]), &["double-booking"]),
        (event(&["ann", "wim"], &["wim"]), &["double-booking"]),
        (event(&["ann"], &["wim"]), &["not-promoted"]),
        (renamed("other", 2, 2), &["lost-edit"]),
        (renamed("t", 3, 2), &["lost-edit", "miscounted"]),
        (renamed("t", 2, 9), &["miscounted"]),
    ];
    for (event, expected) in cases {
        assert_eq!(codes(&entry(), Some(&event)), expected, "{event:?}");
    }
    assert_eq!(codes(&entry(), None), ["lost-event"]);
    let gone = Entry {
        fate: Fate::Gone,
        ..entry()
    };
    assert_eq!(codes(&gone, Some(&event(&["ann"], &[]))), ["undead-event"]);
}

#[test]
fn who_is_refused_while_a_seat_is_free_was_wronged() {
    let race = Entry {
        refused: true,
        ..Entry::new(Some(HALLS[1]), 2, "t")
    };
    assert_eq!(
        codes(&race, Some(&event(&["ann"], &[]))),
        ["wrongly-refused"]
    );
    assert!(codes(&race, Some(&event(&["ann", "dan"], &[]))).is_empty());
    // Where seats are given back one may be free by now.
    let other = Entry {
        hall: Some(Hall {
            leaves: true,
            ..HALLS[1]
        }),
        ..race
    };
    assert!(codes(&other, Some(&event(&["ann"], &[]))).is_empty());
}

#[test]
fn a_write_is_read() {
    let seat = |user: &str| Seat {
        event: 1,
        user: user.to_owned(),
    };
    let shown = event(&["ann"], &["wim"]);
    assert!(keeps(&Promise::Booked(seat("wim")), Some(&shown)));
    assert!(!keeps(&Promise::Booked(seat("dan")), Some(&shown)));
    assert!(keeps(&Promise::Left(seat("dan")), Some(&shown)));
    assert!(!keeps(&Promise::Left(seat("ann")), Some(&shown)));
    assert!(!keeps(&Promise::Booked(seat("ann")), None));
}

#[test]
fn a_list_that_says_otherwise_does_not_agree() {
    let shown = event(&["ann"], &[]);
    assert!(agree(&shown, &shown));
    assert!(!agree(&event(&["ann", "bob"], &[]), &shown));
}
