//! Announcements in zones of other offsets, and where clocks are put forward.

use chrono_tz::{
    America::New_York,
    Asia::{Kolkata, Tokyo},
};

use super::{samples::event, *};
use crate::domain::notification::Change;

#[test]
fn days_and_clocks_are_those_of_the_company() {
    // Half past two at night in Tokyo, and in India the evening before.
    let at = |event_date: &str| Announced {
        event_date: event_date.parse().unwrap(),
        location: String::new(),
        ..event()
    };
    let first_lines = |language, zone, notification: &Notification, now: &str| {
        let (pages, now) = (None, now.parse().unwrap());
        let style = Style {
            language,
            pages,
            zone,
        };
        let text = style.write(notification, now);
        text.lines().take(2).collect::<Vec<_>>().join("\n")
    };
    let reminder = Notification::Reminder {
        event: at("2026-12-04T17:30:00Z"),
        participants_count: 1,
    };
    let noon = "2026-12-04T06:30:00Z";
    assert_eq!(
        first_lines(Language::English, Tokyo, &reminder, noon),
        "⏰ Tomorrow: “Rust 勉強会 &lt;初級&gt;”\n• When: Sat 5 Dec, 02:30 JST"
    );
    assert_eq!(
        first_lines(Language::English, Kolkata, &reminder, noon),
        "⏰ Today: “Rust 勉強会 &lt;初級&gt;”\n• When: Fri 4 Dec, 23:00 IST"
    );
    assert_eq!(
        first_lines(Language::Japanese, Kolkata, &reminder, noon),
        "⏰ 「Rust 勉強会 &lt;初級&gt;」は本日開催です\n• 日時：12月4日(金) 23:00(IST)"
    );

    // Tomorrow at midnight is 22.5 hours away: at night clocks are put forward.
    let spring = Notification::Reminder {
        event: at("2027-03-15T04:00:00Z"),
        participants_count: 1,
    };
    assert_eq!(
        first_lines(Language::English, New_York, &spring, "2027-03-14T05:30:00Z"),
        "⏰ Tomorrow: “Rust 勉強会 &lt;初級&gt;”\n• When: Mon 15 Mar, 00:00 EDT"
    );
    let moved = Notification::Changed {
        event: at("2027-03-15T22:00:00Z"),
        changes: Changes {
            event_date: Some(Change {
                from: "2027-03-12T22:00:00Z".parse().unwrap(),
                to: "2027-03-15T22:00:00Z".parse().unwrap(),
            }),
            ..Changes::default()
        },
    };
    assert_eq!(
        first_lines(Language::English, New_York, &moved, "2027-03-01T00:00:00Z"),
        "✏️ “Rust 勉強会 &lt;初級&gt;” has changed: date\n\
         • When: Fri 12 Mar, 17:00 EST → Mon 15 Mar, 18:00 EDT"
    );
}
