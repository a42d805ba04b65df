//! `/events/{id}/history`, and what is noted for delivery.

use axum::{Router, http::StatusCode};
use serde_json::{Value, json};
use sqlx::{
    Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::client::{application, call, change, create, draft, join, leave};

const WAIT: &str = "?waitlist=true";

async fn history(app: &Router, id: i64, query: &str) -> Value {
    let path = format!("/events/{id}/history{query}");
    let answer = call(app, "GET", &path, Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

/// Everything that can happen to an event.
async fn story(app: &Router) -> i64 {
    let id = create(app, json!({ "max_participants": 1 })).await;
    for name in ["a", "b", "c", "d"] {
        join(app, id, name, WAIT).await;
        join(app, id, name, WAIT).await;
    }
    leave(app, id, "a").await;
    leave(app, id, "d").await;
    leave(app, id, "d").await;
    let changes = json!({ "max_participants": 2, "title": "読書会" });
    change(app, id, changes.clone()).await;
    change(app, id, changes).await;
    call(app, "DELETE", &format!("/events/{id}"), Value::Null).await;
    id
}

#[sqlx::test]
async fn what_happened_is_told_in_its_order_also_after_the_event_is_gone(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let id = story(&app).await;
    let page = history(&app, id, "").await;
    assert_eq!(page["next"], Value::Null);
    let items = page["items"].as_array().unwrap();
    let told: Vec<_> = items
        .iter()
        .map(|entry| (&entry["action"], &entry["actor"], &entry["user_name"]))
        .map(|(action, actor, user)| json!([action, actor, user]))
        .collect();
    assert_eq!(
        json!(told),
        json!([
            ["created", "Aki", null],
            ["joined", "a", "a"],
            ["waitlisted", "b", "b"],
            ["waitlisted", "c", "c"],
            ["waitlisted", "d", "d"],
            ["left", "a", "a"],
            ["promoted", null, "b"],
            ["left_waitlist", "d", "d"],
            ["changed", null, null],
            ["promoted", null, "c"],
            ["deleted", null, null],
        ]),
        "what was repeated, or changed nothing, did not happen"
    );
    let times: Vec<_> = items.iter().map(|entry| entry["at"].as_str()).collect();
    assert!(times.is_sorted(), "{times:?}");

    let mut fields = draft();
    fields["event_date"] = "2100-04-01T10:00:00Z".into();
    fields["max_participants"] = 1.into();
    assert_eq!(items[0]["details"], fields);
    assert_eq!(
        items[8]["details"],
        json!({
            "max_participants": { "from": 1, "to": 2 },
            "title": { "from": "勉強会", "to": "読書会" },
        })
    );
    assert_eq!(items[10]["details"]["title"], "読書会");
}

#[sqlx::test]
async fn a_long_history_comes_in_pages(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let id = story(&app).await;
    story(&app).await;
    let whole = history(&app, id, "?limit=100").await["items"].clone();
    for limit in [1, 2, 10, 11] {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = history(&app, id, &format!("?limit={limit}{cursor}")).await;
            items.extend(page["items"].as_array().unwrap().clone());
            assert!(items.len() <= 11, "there is no end: {items:?}");
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(json!(items), whole, "by {limit}");
    }
}

#[sqlx::test]
async fn a_cursor_of_one_history_works_in_every_task_but_in_no_other_list(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let (app, other_task) = (application(&options).await, application(&options).await);
    let (id, other) = (story(&app).await, story(&app).await);
    let page = history(&app, id, "?limit=4").await;
    let cursor = page["next"].as_str().unwrap();
    let rest = history(&other_task, id, &format!("?cursor={cursor}")).await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 7);

    let first = if cursor.starts_with('A') { "B" } else { "A" };
    let forged = format!("{first}{}", &cursor[1..]);
    for path in [
        format!("/events/{other}/history?cursor={cursor}"),
        format!("/events/{id}/history?cursor={forged}"),
        format!(
            "/events/{id}/history?cursor={}",
            &cursor[..cursor.len() - 1]
        ),
        format!("/events?cursor={cursor}"),
    ] {
        let problem = call(&app, "GET", &path, Value::Null)
            .await
            .assert_problem(400, "invalid-parameters");
        assert_eq!(problem["errors"][0]["parameter"], "cursor", "{path}");
    }
}

#[sqlx::test]
async fn an_event_that_never_was_has_no_history(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let id = create(&app, json!({})).await;
    let path = format!("/events/{}/history", id + 1);
    call(&app, "GET", &path, Value::Null)
        .await
        .assert_problem(404, "event-not-found");
    for query in ["limit=0", "cursor=x", "cursor=1", "q=x"] {
        let path = format!("/events/{id}/history?{query}");
        call(&app, "GET", &path, Value::Null)
            .await
            .assert_problem(400, "invalid-parameters");
    }
}

#[sqlx::test]
async fn what_others_want_to_hear_is_noted_for_delivery(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let id = story(&app).await;
    let past = create(&app, json!({ "event_date": "2020-01-01T00:00:00Z" })).await;
    call(&app, "DELETE", &format!("/events/{past}"), Value::Null).await;

    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let noted: Vec<(i64, String, Value)> =
        sqlx::query_as("select event_id, kind, payload from notifications order by id")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let event = |title: &str, max_participants: i32| {
        json!({
            "id": id,
            "title": title,
            "event_date": "2100-04-01T10:00:00Z",
            "location": "Room 1",
            "max_participants": max_participants,
            "organizer": "Aki",
        })
    };
    let expected = [
        ("created", json!({ "event": event("勉強会", 1) })),
        (
            "promoted",
            json!({ "event": event("勉強会", 1), "user_name": "b", "others": ["c"] }),
        ),
        // That it was changed need not be told any more.
        (
            "cancelled",
            json!({ "event": event("読書会", 2), "participants": ["b", "c"] }),
        ),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(kind, payload)| (id, kind.to_owned(), payload))
        .collect();
    assert_eq!(noted, expected, "and nothing of events long past");
}
