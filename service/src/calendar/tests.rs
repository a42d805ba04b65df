//! What is written is read by a library of other authors than that which wrote it, and by the letter of RFC 5545.

use calcard::{
    Entry as Read, Parser,
    icalendar::{ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty},
};
use chrono::DateTime;

use super::*;

fn entry() -> Entry {
    Entry {
        uid: "event-12@0191e7a2".to_owned(),
        id: 12,
        title: "Rust 勉強会".to_owned(),
        description: "所有権と借用".to_owned(),
        event_date: "2026-12-04T10:00:00Z".parse().unwrap(),
        location: "本社 8F".to_owned(),
        organizer: "佐藤 美咲".to_owned(),
        cancelled: false,
        waiting: false,
        revision: 3,
        changed_at: "2026-11-22T09:08:07.123456Z".parse().unwrap(),
    }
}

fn style(purpose: Purpose, language: Language) -> Style {
    Style {
        purpose,
        language,
        pages: "https://events.example.com".to_owned(),
        zone: chrono_tz::Asia::Tokyo,
    }
}

/// Reads a calendar.
fn read(text: &str) -> ICalendar {
    let mut parser = Parser::new(text);
    let Read::ICalendar(calendar) = parser.entry() else {
        panic!("{text}");
    };
    assert!(matches!(parser.entry(), Read::Eof), "{text}");
    calendar
}

fn events(calendar: &ICalendar) -> Vec<&ICalendarComponent> {
    let all = calendar.components.iter();
    all.filter(|c| c.component_type == ICalendarComponentType::VEvent)
        .collect()
}

fn text(component: &ICalendarComponent, property: &ICalendarProperty) -> String {
    let entry = component.property(property);
    let value = entry.and_then(|entry| entry.values.first()?.as_text());
    value.unwrap_or_default().to_owned()
}

fn time(component: &ICalendarComponent, property: &ICalendarProperty) -> Option<DateTime<Utc>> {
    let value = component.property(property)?.values.first()?;
    let time = value.as_partial_date_time()?;
    assert_eq!((time.tz_hour, time.tz_minute), (Some(0), Some(0)), "in UTC");
    Some(
        time.to_date_time_with_tz(calcard::common::timezone::Tz::UTC)?
            .to_utc(),
    )
}

/// The content lines as RFC 5545 has them: ended by CR LF, of 75 octets at most, of whole characters, without others
/// that end a line somewhere.
fn check_lines(text: &str) {
    assert!(text.ends_with("\r\n"));
    for line in text[..text.len() - 2].split("\r\n") {
        assert!(
            (1..=75).contains(&line.len()),
            "{} octets: {line}",
            line.len()
        );
        let odd = |c: char| (c.is_control() && c != '\t') || ('\u{2028}'..='\u{2029}').contains(&c);
        assert!(!line.contains(odd), "{line:?}");
        assert!(line.starts_with(' ') || line.contains(':'), "{line}");
    }
}

#[test]
fn an_event_is_what_an_independent_reader_finds() {
    let written = style(Purpose::OneEvent, Language::Japanese).write(&[entry()]);
    check_lines(&written);
    let calendar = read(&written);
    let [event] = events(&calendar)[..] else {
        panic!("{written}");
    };
    for (property, expected) in [
        (ICalendarProperty::Uid, "event-12@0191e7a2"),
        (ICalendarProperty::Summary, "Rust 勉強会"),
        (ICalendarProperty::Location, "本社 8F"),
        (
            ICalendarProperty::Description,
            "所有権と借用\n\n主催: 佐藤 美咲\nhttps://events.example.com/events/12",
        ),
        (
            ICalendarProperty::Url,
            "https://events.example.com/events/12",
        ),
    ] {
        assert_eq!(text(event, &property), expected);
    }
    let begins = "2026-12-04T10:00:00Z".parse().ok();
    assert_eq!(time(event, &ICalendarProperty::Dtstart), begins);
    let ends = begins.map(|begins| begins + LENGTH);
    assert_eq!(time(event, &ICalendarProperty::Dtend), ends);
    let changed = "2026-11-22T09:08:07Z".parse().ok();
    assert_eq!(time(event, &ICalendarProperty::Dtstamp), changed);
    assert_eq!(time(event, &ICalendarProperty::LastModified), changed);
    for line in [
        "VERSION:2.0\r\n",
        "PRODID:-//",
        "SEQUENCE:3\r\n",
        "STATUS:CONFIRMED\r\n",
        "TRANSP:OPAQUE\r\n",
    ] {
        assert!(written.contains(line), "{line} in {written}");
    }
    for absent in ["METHOD", "ORGANIZER", "VALARM", "X-WR-CALNAME"] {
        assert!(!written.contains(absent), "{absent} in {written}");
    }
}

#[test]
fn a_feed_has_a_name_and_says_when_to_look_again() {
    for (purpose, language, name) in [
        (Purpose::AllEvents, Language::English, "Company events"),
        (Purpose::AllEvents, Language::Japanese, "社内イベント"),
        (Purpose::OwnEvents, Language::English, "My company events"),
    ] {
        let written = style(purpose, language).write(&[]);
        check_lines(&written);
        read(&written);
        for line in [
            format!("NAME:{name}\r\n"),
            format!("X-WR-CALNAME:{name}\r\n"),
            "X-WR-TIMEZONE:Asia/Tokyo\r\n".to_owned(),
            "REFRESH-INTERVAL;VALUE=DURATION:PT3600S\r\n".to_owned(),
            "X-PUBLISHED-TTL:PT3600S\r\n".to_owned(),
        ] {
            assert!(written.contains(&line), "{line} in {written}");
        }
    }
}

#[test]
fn whatever_people_type_comes_out_as_it_was_and_breaks_nothing() {
    let long = "あ🎉e\u{301}".repeat(60);
    for odd in [
        "a, b; c: d \\ e \\n f",
        "END:VEVENT",
        "\"quoted\" 'too'",
        "🎉🏳️‍🌈 عربى \u{202e}rtl",
        "<script>alert(1)</script> &amp;",
        "１２３ 全角ｶﾅ 𠮷野家",
        &"𠮷".repeat(200),
        " x",
        "\tx",
        &"x".repeat(200),
        &"長".repeat(200),
        &long,
        &format!("{} {}", "x".repeat(65), "y z ".repeat(30)),
    ] {
        let written = style(Purpose::OneEvent, Language::English).write(&[Entry {
            title: odd.to_owned(),
            location: odd.to_owned(),
            description: format!("1\n{odd}\r\n2\r3\u{2028}4"),
            ..entry()
        }]);
        check_lines(&written);
        let calendar = read(&written);
        let [event] = events(&calendar)[..] else {
            panic!("{written}");
        };
        assert_eq!(text(event, &ICalendarProperty::Summary), odd);
        assert_eq!(text(event, &ICalendarProperty::Location), odd);
        let description = text(event, &ICalendarProperty::Description);
        let expected = format!("1\n{odd}\n2\n3\n4\n\nOrganiser:");
        assert!(description.starts_with(&expected), "{description:?}");
    }
}

#[test]
fn what_the_reader_has_to_do_with_an_event_is_seen() {
    let cancelled = Entry {
        cancelled: true,
        ..entry()
    };
    let waiting = Entry {
        waiting: true,
        ..entry()
    };
    for (purpose, entry, status, busy, title) in [
        (
            Purpose::OneEvent,
            &cancelled,
            "CANCELLED",
            "FREE",
            "【中止】Rust 勉強会",
        ),
        (
            Purpose::OwnEvents,
            &cancelled,
            "CANCELLED",
            "FREE",
            "【中止】Rust 勉強会",
        ),
        (
            Purpose::OwnEvents,
            &waiting,
            "TENTATIVE",
            "TENTATIVE",
            "【キャンセル待ち】Rust 勉強会",
        ),
        (
            Purpose::OwnEvents,
            &entry(),
            "CONFIRMED",
            "BUSY",
            "Rust 勉強会",
        ),
        (
            Purpose::AllEvents,
            &entry(),
            "CONFIRMED",
            "FREE",
            "Rust 勉強会",
        ),
    ] {
        let written = style(purpose, Language::Japanese).write(std::slice::from_ref(entry));
        let calendar = read(&written);
        assert_eq!(
            text(events(&calendar)[0], &ICalendarProperty::Summary),
            title
        );
        assert!(
            written.contains(&format!("STATUS:{status}\r\n")),
            "{written}"
        );
        assert!(
            written.contains(&format!("BUSYSTATUS:{busy}\r\n")),
            "{written}"
        );
        let transparent = written.contains("TRANSP:TRANSPARENT\r\n");
        assert_eq!(transparent, busy == "FREE", "{written}");
    }
}

#[test]
fn a_feed_has_the_beginning_of_a_long_description_only() {
    let long = Entry {
        description: "長".repeat(10_000),
        ..entry()
    };
    let feed = style(Purpose::AllEvents, Language::English).write(std::slice::from_ref(&long));
    let calendar = read(&feed);
    let description = text(events(&calendar)[0], &ICalendarProperty::Description);
    assert!(description.starts_with(&format!("{}…\n\n", "長".repeat(EXCERPT))));
    let one = style(Purpose::OneEvent, Language::English).write(&[long]);
    assert!(one.len() > 30_000);
    check_lines(&one);
}
