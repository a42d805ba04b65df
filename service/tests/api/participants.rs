//! `/events/{id}/join`.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::client::{application, call, create};

#[sqlx::test]
async fn joining_twice_keeps_the_one_seat_and_a_full_event_refuses(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let path = format!(
        "/events/{}/join",
        create(&app, json!({ "max_participants": 2 })).await
    );

    let first = call(&app, "POST", &path, json!({ "user_name": " 花子 " })).await;
    assert_eq!(first.status, StatusCode::CREATED);
    assert_eq!(
        first.json()["user_name"],
        "花子",
        "white space around a name is not part of it"
    );
    assert_eq!(
        call(&app, "POST", &path, json!({ "user_name": "Ben" }))
            .await
            .status,
        StatusCode::CREATED
    );

    let full = call(&app, "POST", &path, json!({ "user_name": "Chen" }))
        .await
        .assert_problem(409, "event-full");
    assert_eq!(
        (&full["participants_count"], &full["max_participants"]),
        (&json!(2), &json!(2))
    );

    let again = call(&app, "POST", &path, json!({ "user_name": "花子" })).await;
    assert_eq!(
        again.status,
        StatusCode::OK,
        "who has a seat is told so, also when the event is full"
    );
    assert_eq!(again.json(), first.json());
}

#[sqlx::test]
async fn leaving_frees_the_seat(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let id = create(&app, json!({ "max_participants": 1 })).await;
    let path = format!("/events/{id}/join");
    call(&app, "POST", &path, json!({ "user_name": "佐藤 美咲" })).await;

    let leave = format!("{path}?user_name=%E4%BD%90%E8%97%A4+%E7%BE%8E%E5%92%B2");
    assert_eq!(
        call(&app, "DELETE", &leave, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    call(&app, "DELETE", &leave, Value::Null)
        .await
        .assert_problem(404, "not-joined");
    assert_eq!(
        call(&app, "POST", &path, json!({ "user_name": "Ben" }))
            .await
            .status,
        StatusCode::CREATED
    );

    let event = call(&app, "GET", &format!("/events/{id}"), Value::Null)
        .await
        .json();
    assert_eq!(event["participants"].as_array().unwrap().len(), 1);
    assert_eq!(event["participants"][0]["user_name"], "Ben");
    assert_eq!(event["seats_left"], 0);
}

#[sqlx::test]
async fn an_event_that_is_not_there_cannot_be_joined_or_left(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let name = json!({ "user_name": "Ben" });
    call(&app, "POST", "/events/1/join", name)
        .await
        .assert_problem(404, "event-not-found");
    call(&app, "DELETE", "/events/1/join?user_name=Ben", Value::Null)
        .await
        .assert_problem(404, "event-not-found");
}

#[sqlx::test]
async fn deleting_an_event_deletes_its_participants(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let id = create(&app, json!({})).await;
    call(
        &app,
        "POST",
        &format!("/events/{id}/join"),
        json!({ "user_name": "Ben" }),
    )
    .await;
    assert_eq!(
        call(&app, "DELETE", &format!("/events/{id}"), Value::Null)
            .await
            .status,
        StatusCode::NO_CONTENT
    );
    call(
        &app,
        "DELETE",
        &format!("/events/{id}/join?user_name=Ben"),
        Value::Null,
    )
    .await
    .assert_problem(404, "event-not-found");
}
