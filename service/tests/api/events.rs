//! `/events` and `/events/{id}`.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::{
    Connection as _,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::client::{application, call, create, draft};

#[sqlx::test]
async fn an_event_is_created_read_replaced_and_deleted(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let created = call(&app, "POST", "/events", draft()).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let mut event = created.json();
    let path = format!("/events/{}", event["id"]);
    assert_eq!(created.header("location"), path);
    assert_eq!(event["event_date"], "2100-04-01T10:00:00Z");
    assert_eq!(event["participants_count"], 0);
    assert_eq!(event["seats_left"], 2);

    let read = call(&app, "GET", &path, Value::Null).await;
    assert_eq!(read.status, StatusCode::OK);
    event["participants"] = json!([]);
    event["waitlist"] = json!([]);
    assert_eq!(read.json(), event);

    let mut changed = draft();
    changed["title"] = "Study group".into();
    changed["max_participants"] = 5.into();
    let replaced = call(&app, "PUT", &path, changed).await;
    assert_eq!(replaced.status, StatusCode::OK);
    assert_eq!(replaced.json()["title"], "Study group");
    assert_eq!(replaced.json()["seats_left"], 5);
    assert_eq!(replaced.json()["created_at"], event["created_at"]);

    assert_eq!(
        call(&app, "DELETE", &path, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    for (method, body) in [
        ("GET", Value::Null),
        ("PUT", draft()),
        ("DELETE", Value::Null),
    ] {
        call(&app, method, &path, body)
            .await
            .assert_problem(404, "event-not-found");
    }
}

#[sqlx::test]
async fn text_may_be_left_out_where_it_may_be_empty(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let mut event = draft();
    event.as_object_mut().unwrap().remove("description");
    event["location"] = Value::Null;
    let created = call(&app, "POST", "/events", event).await.json();
    assert_eq!(
        (&created["description"], &created["location"]),
        (&json!(""), &json!(""))
    );
}

#[sqlx::test]
async fn a_title_of_200_characters_is_accepted_in_any_script(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    create(&app, json!({ "title": "会".repeat(200) })).await;
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
async fn a_search_finds_parts_of_words_and_takes_wildcards_literally(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    create(&app, json!({ "title": "Rust 勉強会", "description": "" })).await;
    create(
        &app,
        json!({ "title": "懇親会", "location": "100% Café", "description": "a_b \\ c" }),
    )
    .await;
    let found = async |q: &str| {
        let q = percent_encoding::utf8_percent_encode(q, percent_encoding::NON_ALPHANUMERIC);
        let page = call(&app, "GET", &format!("/events?q={q}"), Value::Null).await;
        page.json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["title"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("勉強").await, ["Rust 勉強会"]);
    assert_eq!(
        found("ＲＵＳＴ").await,
        ["Rust 勉強会"],
        "full width and capitals do not matter"
    );
    assert_eq!(found("会").await.len(), 2);
    for literal in ["%", "_", "\\", "０%", "a_b"] {
        assert_eq!(found(literal).await, ["懇親会"], "{literal}");
    }
    for nothing in ["axb", "100 %", "'", "会議"] {
        assert!(found(nothing).await.is_empty(), "{nothing}");
    }
    assert_eq!(found("").await.len(), 2);
}

#[sqlx::test]
async fn the_capacity_is_not_lowered_below_the_participants(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let id = create(&app, json!({ "max_participants": 3 })).await;
    let path = format!("/events/{id}");
    for name in ["a", "b"] {
        let body = json!({ "user_name": name });
        call(&app, "POST", &format!("{path}/join"), body).await;
    }
    let mut smaller = draft();
    smaller["max_participants"] = 1.into();
    let refused = call(&app, "PUT", &path, smaller.clone())
        .await
        .assert_problem(409, "capacity-below-participants");
    assert_eq!(
        (&refused["participants_count"], &refused["max_participants"]),
        (&json!(2), &json!(1))
    );
    let read = call(&app, "GET", &path, Value::Null).await.json();
    assert_eq!(
        (&read["participants_count"], &read["seats_left"]),
        (&json!(2), &json!(1))
    );
    smaller["max_participants"] = 2.into();
    let replaced = call(&app, "PUT", &path, smaller).await;
    assert_eq!(replaced.status, StatusCode::OK);
    assert_eq!(replaced.json()["seats_left"], 0);
}

#[sqlx::test]
async fn an_event_that_was_too_small_already_can_be_changed_otherwise(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let id = create(&app, json!({ "max_participants": 2 })).await;
    let path = format!("/events/{id}");
    for name in ["a", "b"] {
        let body = json!({ "user_name": name });
        call(&app, "POST", &format!("{path}/join"), body).await;
    }
    let mut connection = sqlx::PgConnection::connect_with(&options).await.unwrap();
    sqlx::query("update events set max_participants = 1")
        .execute(&mut connection)
        .await
        .unwrap();

    let mut renamed = draft();
    renamed["max_participants"] = 1.into();
    renamed["title"] = "renamed".into();
    let replaced = call(&app, "PUT", &path, renamed).await;
    assert_eq!(replaced.status, StatusCode::OK, "{}", replaced.body);
    assert_eq!(
        (
            &replaced.json()["participants_count"],
            &replaced.json()["seats_left"]
        ),
        (&json!(2), &json!(0)),
        "seats left are never negative"
    );
}
