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
    event["max_participants"] = json!(20.0);
    let created = call(&app, "POST", "/events", event).await.json();
    assert_eq!(
        (&created["description"], &created["location"]),
        (&json!(""), &json!(""))
    );
    assert_eq!(
        created["max_participants"], 20,
        "a whole number is one however it is written"
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
