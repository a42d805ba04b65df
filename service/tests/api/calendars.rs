//! `.ics`: one event, and feeds.

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use calcard::{Entry, Parser, icalendar::ICalendarComponentType};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{Answer, application, call, change, create, join, leave, request, send},
    company::{AKI, BEN, Company},
    pages::open,
};

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
fn values(answer: &Answer, property: &str) -> Vec<String> {
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

async fn form(app: &Router, form: &str, name: &str) -> Answer {
    let request = Request::post("/forms/feed")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, format!("name={name}"));
    send(app, request.body(Body::from(form.to_owned())).unwrap()).await
}

/// The cookie that an answer has the browser keep.
fn cookie(answer: &Answer) -> String {
    answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

#[sqlx::test]
async fn a_personal_feed_has_what_concerns_the_person(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let event = async |title: &str, changes: Value| {
        let mut event = json!({ "title": title, "max_participants": 1 });
        event
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        create(&app, event).await
    };
    let joined = event("joined", json!({})).await;
    let full = event("full", json!({})).await;
    let left = event("left", json!({})).await;
    let cancelled = event("off", json!({})).await;
    let was_left = event("off, and left before", json!({})).await;
    event("own", json!({ "organizer": "Ben" })).await;
    event("of others", json!({})).await;
    for id in [joined, left, cancelled, was_left] {
        join(&app, id, "Ben", "").await;
    }
    join(&app, full, "Aki", "").await;
    join(&app, full, "Ben", "?waitlist=true").await;
    for id in [left, was_left] {
        leave(&app, id, "Ben").await;
    }
    for id in [cancelled, was_left] {
        call(&app, "DELETE", &format!("/events/{id}"), Value::Null).await;
    }
    let made = form(&app, "", "Ben").await;
    let secret = cookie(&made)
        .strip_prefix("feed=")
        .unwrap()
        .replace("%2D", "-")
        .replace("%5F", "_");
    let feed = get(&app, &format!("/feeds/{secret}/mine.ics?lang=en")).await;
    assert_eq!(
        values(&feed, "SUMMARY"),
        ["joined", "Waitlist: full", "Cancelled: off", "own"]
    );
    assert_eq!(
        values(&feed, "STATUS"),
        ["CONFIRMED", "TENTATIVE", "CANCELLED", "CONFIRMED"]
    );
    // Whose turn it is now has a seat.
    leave(&app, full, "Aki").await;
    let feed = get(&app, &format!("/feeds/{secret}/mine.ics")).await;
    assert_eq!(values(&feed, "STATUS")[1], "CONFIRMED");
    let all = get(&app, &format!("/feeds/{secret}/all.ics")).await;
    assert_eq!(values(&all, "SUMMARY").len(), 7);
}

#[sqlx::test]
async fn a_secret_address_is_shown_once_and_dies_with_the_next_one(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let address = async |cookie: &str| {
        let page = open(&app, "/subscribe", "en", &format!("name=Ben; {cookie}")).await;
        assert_eq!(page.status, 200);
        let start = page.body.find("/feeds/")?;
        let end = page.body[start..].find('?')?;
        Some(page.body[start..start + end].to_owned())
    };
    assert_eq!(address("").await, None);
    let made = form(&app, "", "Ben").await;
    assert_eq!(
        (made.status.as_u16(), made.header("location")),
        (303, "/subscribe?notice=feed-made")
    );
    let kept = made.header("set-cookie");
    for part in [
        "Path=/subscribe",
        "Max-Age=600",
        "HttpOnly",
        "SameSite=Strict",
    ] {
        assert!(kept.contains(part), "{kept}");
    }
    let first = address(&cookie(&made)).await.unwrap();
    assert_eq!(get(&app, &first).await.status, 200);
    assert_eq!(
        address("").await,
        None,
        "nobody else sees it, nor anybody later"
    );
    let page = open(&app, "/subscribe", "en", "name=Ben").await;
    assert!(
        page.body.contains("You have an address, made on"),
        "{}",
        page.body
    );

    // The secret itself is not kept.
    let pool = pool.connect_with(options).await.unwrap();
    let rows: Vec<String> = sqlx::query_scalar("select feeds::text from feeds")
        .fetch_all(&pool)
        .await
        .unwrap();
    let secret = first.split('/').nth(2).unwrap();
    assert_eq!((rows.len(), secret.len()), (1, 43));
    assert!(!rows[0].contains(secret), "{rows:?}");

    let again = form(&app, "", "Ben").await;
    let second = address(&cookie(&again)).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(
        address(&cookie(&made)).await,
        None,
        "a dead address is not shown"
    );
    get(&app, &first)
        .await
        .assert_problem(404, "feed-not-found");
    assert_eq!(get(&app, &second).await.status, 200);
    let revoked = form(&app, "revoke=yes", "Ben").await;
    assert!(
        revoked.header("set-cookie").contains("feed=; "),
        "{}",
        revoked.header("set-cookie")
    );
    get(&app, &second)
        .await
        .assert_problem(404, "feed-not-found");

    for odd in ["x", "%00", "..", &"A".repeat(43), "%FF"] {
        let none = get(&app, &format!("/feeds/{odd}/mine.ics")).await;
        none.assert_problem(404, "feed-not-found");
    }
    let stranger = Request::post("/forms/feed")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let asked = send(&app, stranger.body(Body::empty()).unwrap()).await;
    assert_eq!(asked.header("location"), "/name?back=%2Fsubscribe");
}

#[sqlx::test(migrations = false)]
async fn where_people_log_in_calendars_have_secret_addresses_only(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let company = Company::start(&options).await;
    let app = company.running.address;
    let ask =
        async |path: &str| crate::client::send_to(app, request("GET", path, &Value::Null)).await;
    ask("/events.ics")
        .await
        .assert_problem(401, "not-logged-in");
    assert_eq!(
        company
            .call(AKI, "GET", "/events.ics", Value::Null)
            .await
            .status,
        200
    );
    let made = async |who: &str| {
        let request = Request::post("/forms/feed")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        let request = request.body(Body::empty()).unwrap();
        let answer = company.send(&company.signer.token(who), request).await;
        let page = Request::get("/subscribe")
            .header("accept", "text/html")
            .header("cookie", cookie(&answer));
        let page = page.body(Body::empty()).unwrap();
        company.send(&company.signer.token(who), page).await.body
    };
    let page = made(AKI).await;
    assert!(!page.contains("/events.ics"), "{page}");
    for feed in ["mine.ics", "all.ics"] {
        let end = page.find(&format!("/{feed}?lang=")).unwrap();
        let start = page[..end].rfind("/feeds/").unwrap();
        let path = format!("{}/{feed}", &page[start..end]);
        assert_eq!(ask(&path).await.status, 200, "{path}");
    }
    // Each person has one of their own.
    made(BEN).await;
    let end = page.find("/mine.ics").unwrap();
    let start = page[..end].rfind("/feeds/").unwrap();
    assert_eq!(ask(&page[start..end + 9]).await.status, 200);
}

#[sqlx::test]
async fn feeds_of_5000_events_are_quick(pool: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let pool = pool.connect_with(options).await.unwrap();
    // Some more are too long ago, and each event was changed once and joined by ten people.
    let fill = "
        with made as (
            insert into events (title, description, event_date, location, max_participants, organizer)
            select '勉強会 ' || n, repeat('説明', 40), now() + (n - 5000) * interval '12 hours' - interval '100 days'
                     * (n <= 5000)::int + interval '1 minute', '8F', 20, 'Aki'
              from generate_series(4501, 10000) n
            returning id
        ), noted as (
            insert into history (event_id, action, user_name)
            select id, case when k = 0 then 'created' when k = 1 then 'changed' else 'joined' end,
                   case when k > 1 then 'person ' || k end
              from made, generate_series(0, 11) k
        )
        insert into participants (event_id, user_name) select id, 'person ' || k from made, generate_series(2, 11) k";
    sqlx::query(fill).execute(&pool).await.unwrap();
    sqlx::query("analyze").execute(&pool).await.unwrap();
    let made = form(&app, "", "person%205").await;
    let secret = cookie(&made)
        .strip_prefix("feed=")
        .unwrap()
        .replace("%2D", "-")
        .replace("%5F", "_");
    for path in [
        "/events.ics".to_owned(),
        format!("/feeds/{secret}/mine.ics"),
    ] {
        let mut times = Vec::new();
        for _ in 0..3 {
            let begun = Instant::now();
            let feed = get(&app, &path).await;
            times.push(begun.elapsed());
            assert_eq!(feed.body.matches("BEGIN:VEVENT\r\n").count(), 5_000);
            assert!(feed.body.contains("SEQUENCE:1\r\n"));
            assert!(feed.body.len() < 5_000_000, "{}", feed.body.len());
        }
        times.sort();
        println!("{path}: {times:?}");
        // Not optimised, and beside other tests.
        assert!(times[1] < Duration::from_secs(3), "{times:?}");
    }
}
