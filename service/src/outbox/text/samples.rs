//! Announcements as people read them.

use chrono_tz::Asia::Tokyo;

use super::*;
use crate::domain::notification::Change;

pub(super) fn event() -> Announced {
    Announced {
        id: 12,
        title: "Rust 勉強会 <初級>".into(),
        event_date: "2026-12-04T10:00:00Z".parse().unwrap(),
        location: "本社 8F カフェスペース".into(),
        max_participants: 20,
        organizer: "山田 太郎".into(),
    }
}

fn written(language: Language, notification: &Notification) -> String {
    let style = Style {
        language,
        pages: Some("https://events.example.com".into()),
        zone: Tokyo,
    };
    style.write(notification, "2026-12-03T10:00:05Z".parse().unwrap())
}

#[track_caller]
fn check(notification: &Notification, japanese: &str, english: &str) {
    assert_eq!(written(Language::Japanese, notification), japanese);
    assert_eq!(written(Language::English, notification), english);
}

#[test]
fn a_new_event() {
    check(
        &Notification::Created { event: event() },
        "📅 「Rust 勉強会 &lt;初級&gt;」の参加受付が始まりました\n\
         • 日時：12月4日(金) 19:00\n\
         • 場所：本社 8F カフェスペース\n\
         • 定員：20名\n\
         • 主催：山田 太郎\n\
         <https://events.example.com/events/12|詳細・参加申し込みはこちら>",
        "📅 New event: “Rust 勉強会 &lt;初級&gt;”\n\
         • When: Fri 4 Dec, 19:00 JST\n\
         • Where: 本社 8F カフェスペース\n\
         • Seats: 20\n\
         • Organiser: 山田 太郎\n\
         <https://events.example.com/events/12|Details and sign-up>",
    );
}

#[test]
fn a_changed_event_says_what_was_and_what_is() {
    let changes = Changes {
        event_date: Some(Change {
            from: "2026-12-04T10:00:00Z".parse().unwrap(),
            to: "2027-01-08T09:30:00Z".parse().unwrap(),
        }),
        location: Some(Change {
            from: String::new(),
            to: "<!here>".into(),
        }),
        max_participants: Some(Change { from: 10, to: 20 }),
        description: Some(Change {
            from: "short".into(),
            to: "long".repeat(2_000),
        }),
        ..Changes::default()
    };
    check(
        &Notification::Changed {
            event: event(),
            changes,
        },
        "✏️ 「Rust 勉強会 &lt;初級&gt;」の日時・場所・定員・説明が変更になりました\n\
         • 日時：12月4日(金) 19:00 → 2027年1月8日(金) 18:30\n\
         • 場所：未定 → &lt;!here&gt;\n\
         • 定員：10名 → 20名\n\
         <https://events.example.com/events/12|詳細はこちら>",
        "✏️ “Rust 勉強会 &lt;初級&gt;” has changed: date, place, seats, description\n\
         • When: Fri 4 Dec, 19:00 JST → Fri 8 Jan 2027, 18:30 JST\n\
         • Where: to be decided → &lt;!here&gt;\n\
         • Seats: 10 → 20\n\
         <https://events.example.com/events/12|Details>",
    );
    let changes = Changes {
        title: Some(Change {
            from: "Rust".into(),
            to: "Rust 勉強会 <初級>".into(),
        }),
        organizer: Some(Change {
            from: "佐藤".into(),
            to: "山田 太郎".into(),
        }),
        ..Changes::default()
    };
    check(
        &Notification::Changed {
            event: event(),
            changes,
        },
        "✏️ 「Rust 勉強会 &lt;初級&gt;」のタイトル・主催が変更になりました\n\
         • 日時：12月4日(金) 19:00\n\
         • タイトル：Rust → Rust 勉強会 &lt;初級&gt;\n\
         • 主催：佐藤 → 山田 太郎\n\
         <https://events.example.com/events/12|詳細はこちら>",
        "✏️ “Rust 勉強会 &lt;初級&gt;” has changed: title, organiser\n\
         • When: Fri 4 Dec, 19:00 JST\n\
         • Title: Rust → Rust 勉強会 &lt;初級&gt;\n\
         • Organiser: 佐藤 → 山田 太郎\n\
         <https://events.example.com/events/12|Details>",
    );
}

#[test]
fn a_cancelled_event_has_no_page_any_more() {
    let participants = vec!["佐藤 花子".into(), "Ben & Co".into()];
    check(
        &Notification::Cancelled {
            event: event(),
            participants,
        },
        "🚫 「Rust 勉強会 &lt;初級&gt;」は中止になりました\n\
         • 日時：12月4日(金) 19:00\n\
         • 場所：本社 8F カフェスペース\n\
         • 主催：山田 太郎\n\
         • 参加予定だった方：佐藤 花子さん、Ben &amp; Coさん",
        "🚫 “Rust 勉強会 &lt;初級&gt;” has been cancelled\n\
         • When: Fri 4 Dec, 19:00 JST\n\
         • Where: 本社 8F カフェスペース\n\
         • Organiser: 山田 太郎\n\
         • Had joined: 佐藤 花子, Ben &amp; Co",
    );
}

#[test]
fn whoever_is_promoted_is_named() {
    let notification = Notification::Promoted {
        event: event(),
        user_name: "佐藤 花子".into(),
        others: vec!["鈴木".into()],
    };
    check(
        &notification,
        "🎉 「Rust 勉強会 &lt;初級&gt;」に空きが出たため、佐藤 花子さん、鈴木さんの参加が確定しました\n\
         • 日時：12月4日(金) 19:00\n\
         • 場所：本社 8F カフェスペース\n\
         ご都合が悪くなった場合は、お早めにキャンセルをお願いします。\n\
         <https://events.example.com/events/12|詳細はこちら>",
        "🎉 Off the waitlist of “Rust 勉強会 &lt;初級&gt;”: 佐藤 花子, 鈴木\n\
         • When: Fri 4 Dec, 19:00 JST\n\
         • Where: 本社 8F カフェスペース\n\
         If you can no longer come, please give the seat back.\n\
         <https://events.example.com/events/12|Details>",
    );
}

#[test]
fn a_reminder_says_the_day_and_the_seats() {
    let reminder = |participants_count, location: &str| Notification::Reminder {
        event: Announced {
            location: location.into(),
            ..event()
        },
        participants_count,
    };
    check(
        &reminder(12, "本社 8F カフェスペース"),
        "⏰ 「Rust 勉強会 &lt;初級&gt;」は明日開催です\n\
         • 日時：12月4日(金) 19:00\n\
         • 場所：本社 8F カフェスペース\n\
         • 参加予定：12名（残り8席）\n\
         <https://events.example.com/events/12|詳細はこちら>",
        "⏰ Tomorrow: “Rust 勉強会 &lt;初級&gt;”\n\
         • When: Fri 4 Dec, 19:00 JST\n\
         • Where: 本社 8F カフェスペース\n\
         • Joined: 12 (8 seats left)\n\
         <https://events.example.com/events/12|Details>",
    );
    let style = Style {
        language: Language::Japanese,
        pages: None,
        zone: Tokyo,
    };
    let same_day = "2026-12-03T15:00:00Z".parse().unwrap();
    assert_eq!(
        style.write(&reminder(21, ""), same_day),
        "⏰ 「Rust 勉強会 &lt;初級&gt;」は本日開催です\n\
         • 日時：12月4日(金) 19:00\n\
         • 参加予定：21名（満席）",
    );
}
