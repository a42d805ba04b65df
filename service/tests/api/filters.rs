//! `GET /events`: which events a list has.

use std::collections::BTreeSet;

use axum::Router;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::client::{application, call, create};

/// The titles of a page.
pub(crate) async fn titles(app: &Router, parameters: &[(&str, &str)]) -> Vec<String> {
    let encoded = parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
    let query = encoded.collect::<Vec<_>>().join("&");
    let page = call(app, "GET", &format!("/events?{query}"), Value::Null).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let page = page.json();
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|e| e["title"].as_str().unwrap().to_owned())
        .collect()
}

/// Two events, at the beginning and the end of a day of Tokyo, and one a second later; and one long ago.
async fn four_events(app: &Router) {
    for (title, time, organizer) in [
        ("first", "2100-04-01T00:00:00+09:00", "Aki"),
        ("last", "2100-04-01T23:59:59+09:00", "Ben"),
        ("after", "2100-04-02T00:00:00+09:00", "Aki"),
        ("old", "2020-04-01T00:00:00+09:00", "Ben"),
    ] {
        create(
            app,
            json!({ "title": title, "event_date": time, "organizer": organizer }),
        )
        .await;
    }
}

#[sqlx::test]
async fn lists_are_bounded_by_days_of_the_company_and_by_times(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    four_events(&app).await;
    for (from, to, found) in [
        ("2100-04-01", "2100-04-01", vec!["first", "last"]),
        ("2100-04-02", "2100-04-30", vec!["after"]),
        ("2000-01-01", "2100-03-31", vec!["old"]),
        (
            "2100-03-31T15:00:00Z",
            "2100-04-01T14:59:59Z",
            vec!["first"],
        ),
        (
            "2100-03-31T15:00:00.000001Z",
            "2100-04-01T23:59:59.000001+09:00",
            vec!["last"],
        ),
        ("2100-04-02", "2100-04-01", vec![]),
        (
            "0001-01-01",
            "9999-12-31",
            vec!["old", "first", "last", "after"],
        ),
    ] {
        assert_eq!(
            titles(&app, &[("from", from), ("to", to)]).await,
            found,
            "{from} to {to}"
        );
        let searched = titles(&app, &[("from", from), ("to", to), ("q", "ROOM 1")]).await;
        assert_eq!(searched, found, "{from} to {to} with a word");
    }
}

#[sqlx::test]
async fn a_beginning_of_ones_own_takes_the_place_of_now(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    four_events(&app).await;
    assert_eq!(titles(&app, &[("from", "2019-01-01")]).await.len(), 4);
    assert_eq!(
        titles(&app, &[("from", "2019-01-01"), ("when", "upcoming")])
            .await
            .len(),
        3
    );
    assert_eq!(
        titles(&app, &[("from", "2019-01-01"), ("when", "past")]).await,
        ["old"]
    );
    assert_eq!(
        titles(&app, &[("to", "2100-04-01")]).await,
        ["first", "last"]
    );
    assert_eq!(
        titles(&app, &[("to", "2100-04-01"), ("when", "all")]).await,
        ["old", "first", "last"]
    );
}

#[sqlx::test]
async fn lists_show_what_somebody_has_joined_or_organises(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    four_events(&app).await;
    let page = call(&app, "GET", "/events", Value::Null).await.json();
    for event in &page["items"].as_array().unwrap()[1..] {
        let path = format!("/events/{}/join", event["id"]);
        assert_eq!(
            call(&app, "POST", &path, json!({ "user_name": "花子" }))
                .await
                .status,
            201
        );
    }
    assert_eq!(titles(&app, &[("user", "花子")]).await, ["last", "after"]);
    assert_eq!(
        titles(&app, &[("user", "花子"), ("organizer", "Aki")]).await,
        ["after"]
    );
    assert_eq!(
        titles(&app, &[("organizer", "Ben"), ("when", "past")]).await,
        ["old"]
    );
    assert_eq!(
        titles(
            &app,
            &[("organizer", "Ben"), ("when", "all"), ("q", "last")]
        )
        .await,
        ["last"]
    );
    for other in ["花", "HANAKO", "%"] {
        assert!(
            titles(&app, &[("user", other), ("when", "all")])
                .await
                .is_empty(),
            "{other}"
        );
    }
}

#[sqlx::test]
async fn filtered_lists_are_paged_without_gap_or_repetition(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    for n in 0..7 {
        let title = if n % 3 == 0 { "other" } else { "書道" };
        create(
            &app,
            json!({ "title": title, "event_date": format!("2100-01-01T00:0{}:00Z", n / 2) }),
        )
        .await;
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for expected in [2, 2] {
        let path = format!("/events?q=%E6%9B%B8%E9%81%93&limit=2{cursor}");
        let page = call(&app, "GET", &path, Value::Null).await.json();
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.len(), expected);
        seen.extend(items.iter().map(|e| e["id"].as_i64().unwrap()));
        cursor = format!("&cursor={}", page["next"].as_str().unwrap_or("none"));
    }
    assert_eq!(
        cursor, "&cursor=none",
        "the last page is known to be the last"
    );
    assert!(seen.is_sorted());
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 4);
}
