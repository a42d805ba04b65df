//! `GET /events`: the order of lists, their pages and filters.

use std::collections::BTreeSet;

use axum::Router;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::client::{application, call, create, draft};

/// The titles of a page.
async fn titles(app: &Router, parameters: &[(&str, &str)]) -> Vec<String> {
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

#[sqlx::test]
async fn lists_are_ordered_by_time_and_paged_without_gap_or_repetition(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    // Several events share a time, so the number has to settle the order.
    for day in [3, 1, 2, 2, 2, 1] {
        create(
            &app,
            json!({ "event_date": format!("2100-01-0{day}T00:00:00Z") }),
        )
        .await;
        create(
            &app,
            json!({ "event_date": format!("2020-01-0{day}T00:00:00Z") }),
        )
        .await;
    }
    let keys = async |query: &str, limit: usize| -> Vec<(String, i64)> {
        let (mut keys, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = call(
                &app,
                "GET",
                &format!("/events?{query}&limit={limit}{cursor}"),
                Value::Null,
            )
            .await
            .json();
            let items = page["items"].as_array().unwrap();
            assert!(!items.is_empty() && items.len() <= limit);
            keys.extend(items.iter().map(|e| {
                (
                    e["event_date"].as_str().unwrap().to_owned(),
                    e["id"].as_i64().unwrap(),
                )
            }));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return keys,
            }
        }
    };
    for (query, count) in [("when=upcoming", 6), ("when=past", 6), ("when=all", 12)] {
        let whole = keys(query, 100).await;
        assert_eq!(whole.len(), count);
        let mut sorted = whole.clone();
        sorted.sort();
        if query == "when=past" {
            sorted.reverse();
        }
        assert_eq!(whole, sorted, "{query}");
        for limit in 1..=4 {
            assert_eq!(keys(query, limit).await, whole, "{query} by {limit}");
        }
    }
    assert_eq!(
        keys("", 100).await,
        keys("when=upcoming", 100).await,
        "upcoming is the default"
    );
}

#[sqlx::test]
async fn a_search_finds_all_its_words_anywhere(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    create(&app, json!({ "title": "Rust 勉強会", "description": "", "location": "第２会議室", "organizer": "ﾊﾅｺ" })).await;
    create(&app, json!({ "title": "懇親会", "location": "100% Café", "description": "a_b \\ c\nコーヒーあり" })).await;
    for (q, found) in [
        ("勉強", vec!["Rust 勉強会"]),
        ("強", vec!["Rust 勉強会"]),
        ("ＲＵＳＴ", vec!["Rust 勉強会"]),
        ("勉強　rust", vec!["Rust 勉強会"]),
        ("  rust   第2会 ", vec!["Rust 勉強会"]),
        ("花子", vec![]),
        ("はなこ", vec!["Rust 勉強会"]),
        ("ハナ", vec!["Rust 勉強会"]),
        ("こーひー", vec!["懇親会"]),
        ("ｺｰﾋｰ", vec!["懇親会"]),
        ("café", vec!["懇親会"]),
        ("CAFÉ", vec!["懇親会"]),
        ("会", vec!["Rust 勉強会", "懇親会"]),
        ("%", vec!["懇親会"]),
        ("_", vec!["懇親会"]),
        ("\\", vec!["懇親会"]),
        ("０%", vec!["懇親会"]),
        ("a_b", vec!["懇親会"]),
        ("axb", vec![]),
        ("懇親会 rust", vec![]),
        ("'", vec![]),
        ("会議", vec!["Rust 勉強会"]),
        ("会懇", vec![]),
        ("強会\u{3000}", vec!["Rust 勉強会"]),
        ("", vec!["Rust 勉強会", "懇親会"]),
        ("\u{3000}", vec!["Rust 勉強会", "懇親会"]),
    ] {
        assert_eq!(titles(&app, &[("q", q)]).await, found, "{q}");
    }
}

#[sqlx::test]
async fn a_search_sees_changes_at_once(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let path = format!("/events/{}", create(&app, json!({ "title": "茶道" })).await);
    let mut changed = draft();
    changed["title"] = "華道".into();
    changed["event_date"] = "2020-01-01T00:00:00Z".into();
    call(&app, "PUT", &path, changed).await;
    assert!(
        titles(&app, &[("q", "茶道"), ("when", "all")])
            .await
            .is_empty()
    );
    assert!(
        titles(&app, &[("q", "華道")]).await.is_empty(),
        "it has begun now"
    );
    assert_eq!(
        titles(&app, &[("q", "華道"), ("when", "past")]).await,
        ["華道"]
    );
    call(&app, "DELETE", &path, Value::Null).await;
    assert!(
        titles(&app, &[("q", "華道"), ("when", "all")])
            .await
            .is_empty()
    );
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

#[sqlx::test]
async fn cursors_work_in_every_task_but_in_no_other_list(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let (app, other_task) = (application(&options).await, application(&options).await);
    for _ in 0..3 {
        create(&app, json!({})).await;
    }
    let page = call(&app, "GET", "/events?limit=1&organizer=Aki", Value::Null)
        .await
        .json();
    let cursor = page["next"].as_str().unwrap();
    // Another limit is no other list.
    let path = format!("/events?organizer=Aki&limit=2&cursor={cursor}");
    let next = call(&other_task, "GET", &path, Value::Null).await.json();
    assert_eq!(next["items"].as_array().unwrap().len(), 2);
    for list in [
        "",
        "organizer=aki",
        "organizer=Aki&when=all",
        "organizer=Aki&q=a",
        "user=Aki",
        "organizer=Aki&to=2200-01-01",
    ] {
        let path = format!("/events?{list}&cursor={cursor}");
        let problem = call(&app, "GET", &path, Value::Null)
            .await
            .assert_problem(400, "invalid-parameters");
        assert_eq!(problem["errors"][0]["parameter"], "cursor", "{list}");
    }
}
