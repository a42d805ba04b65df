//! `GET /events`: the order of lists and their pages.

use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::client::{application, call, create};

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
            assert!(keys.len() <= 12, "there is no end: {keys:?}");
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
