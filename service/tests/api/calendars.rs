//! `.ics`: one event, and the feed of all.

use axum::{Router, http::header};
use calcard::{Entry, Parser, icalendar::ICalendarComponentType};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::client::{Answer, application, call, change, create, join, request, send};

pub(crate) async fn get(app: &Router, path: &str) -> Answer {
    call(app, "GET", path, Value::Null).await
}

/// The lines of a calendar, put together again, once an independent reader has found nothing wrong with it.
#[track_caller]
fn lines(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(
        answer.header("content-type"),
        "text/calendar; charset=utf-8"
    );
    let mut parser = Parser::new(&answer.body);
    let Entry::ICalendar(calendar) = parser.entry() else {
        panic!("{}", answer.body);
    };
    assert!(matches!(parser.entry(), Entry::Eof), "{}", answer.body);
    let events = calendar.components.iter();
    let events = events.filter(|c| c.component_type == ICalendarComponentType::VEvent);
    assert_eq!(
        events.count(),
        answer.body.matches("BEGIN:VEVENT\r\n").count()
    );
    let unfolded = answer.body.replace("\r\n ", "");
    unfolded
        .split_terminator("\r\n")
        .map(str::to_owned)
        .collect()
}

/// The values of a property, in the order of the events.
#[track_caller]
pub(crate) fn values(answer: &Answer, property: &str) -> Vec<String> {
    let lines = lines(answer).into_iter();
    let value = |line: String| {
        line.strip_prefix(property)?
            .strip_prefix(':')
            .map(str::to_owned)
    };
    lines.filter_map(value).collect()
}

#[sqlx::test]
async fn an_event_keeps_its_name_and_counts_its_changes_until_it_is_cancelled(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let id = create(&app, json!({ "title": "懇親会, 秋; 2" })).await;
    let path = format!("/events/{id}/event.ics");
    let first = get(&app, &path).await;
    assert_eq!(
        first.header("content-disposition"),
        format!("attachment; filename=\"event-{id}.ics\"")
    );
    assert_eq!(values(&first, "DTSTART"), ["21000401T100000Z"]);
    assert_eq!(values(&first, "SUMMARY"), ["懇親会\\, 秋\\; 2"]);
    assert_eq!(values(&first, "SEQUENCE"), ["0"]);
    let uid = values(&first, "UID");
    assert!(
        uid[0].starts_with(&format!("event-{id}@")) && uid[0].len() > 40,
        "{uid:?}"
    );

    join(&app, id, "Ben", "").await;
    assert_eq!(
        get(&app, &path).await.body,
        first.body,
        "seats are no change"
    );
    change(&app, id, json!({ "location": "8F" })).await;
    change(&app, id, json!({ "location": "8F" })).await;
    let changed = get(&app, &path).await;
    assert_eq!(values(&changed, "SEQUENCE"), ["1"]);
    assert_eq!(values(&changed, "UID"), uid);
    assert!(values(&changed, "LAST-MODIFIED") >= values(&first, "LAST-MODIFIED"));

    call(&app, "DELETE", &format!("/events/{id}"), Value::Null).await;
    let cancelled = get(&app, &path).await;
    assert_eq!(values(&cancelled, "STATUS"), ["CANCELLED"]);
    assert_eq!(values(&cancelled, "SEQUENCE"), ["2"]);
    assert_eq!(values(&cancelled, "UID"), uid);
    assert_eq!(values(&cancelled, "DTSTART"), ["21000401T100000Z"]);

    let past = create(&app, json!({ "event_date": "2020-04-01T19:00:00Z" })).await;
    call(&app, "DELETE", &format!("/events/{past}"), Value::Null).await;
    for gone in [past, 999, 0] {
        let none = get(&app, &format!("/events/{gone}/event.ics")).await;
        none.assert_problem(404, "event-not-found");
    }
}

#[sqlx::test]
async fn the_feed_of_all_events_has_what_is_to_come_and_what_was_cancelled(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    for (title, date) in [
        ("far", "2101-04-01T19:00:00Z"),
        ("near", "2100-04-01T19:00:00Z"),
        ("cancelled", "2100-05-01T19:00:00Z"),
        ("long ago", "2020-04-01T19:00:00Z"),
    ] {
        let id = create(&app, json!({ "title": title, "event_date": date })).await;
        if title == "cancelled" {
            call(&app, "DELETE", &format!("/events/{id}"), Value::Null).await;
        }
    }
    let feed = get(&app, "/events.ics?lang=ja").await;
    assert_eq!(values(&feed, "X-WR-CALNAME"), ["社内イベント"]);
    assert_eq!(
        values(&feed, "SUMMARY"),
        ["near", "【中止】cancelled", "far"]
    );
    assert_eq!(
        values(&feed, "STATUS"),
        ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    );
    let english = get(&app, "/events.ics").await;
    assert_eq!(
        values(&english, "SUMMARY"),
        ["near", "Cancelled: cancelled", "far"]
    );

    // What a calendar has already is not sent again.
    let tag = feed.header("etag");
    assert_eq!(feed.header("cache-control"), "private, no-cache");
    let again = async |tag: &str| {
        let mut request = request("GET", "/events.ics?lang=ja", &Value::Null);
        let headers = request.headers_mut();
        headers.insert(header::IF_NONE_MATCH, tag.parse().unwrap());
        send(&app, request).await
    };
    let known = again(tag).await;
    assert_eq!((known.status.as_u16(), known.body.as_str()), (304, ""));
    assert_eq!(known.header("etag"), tag);
    create(&app, json!({ "title": "new" })).await;
    assert_eq!(again(tag).await.status, 200);
}
