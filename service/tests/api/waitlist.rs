//! Who waits for a seat, and who gets it.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::{
    Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::client::{application, call, change, create, event, join, leave, names};

const WAIT: &str = "?waitlist=true";
const PAST: &str = "2020-01-01T00:00:00Z";

#[sqlx::test]
async fn who_finds_the_event_full_can_wait(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let id = create(&app, json!({ "max_participants": 1 })).await;

    let seat = join(&app, id, "a", WAIT).await;
    assert_eq!(seat.status, StatusCode::CREATED, "there was a seat");
    let first = join(&app, id, "b", WAIT).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.body);
    assert_eq!(first.json()["event_id"], id);
    assert_eq!(first.json()["user_name"], "b");
    assert_eq!(first.json()["position"], 1);
    assert!(first.json()["registered_at"].is_string());
    assert_eq!(join(&app, id, "c", WAIT).await.json()["position"], 2);

    let again = join(&app, id, "b", WAIT).await;
    assert_eq!(again.status, StatusCode::ACCEPTED);
    assert_eq!(again.json(), first.json(), "nobody waits twice");
    let seated = join(&app, id, "a", WAIT).await;
    assert_eq!(
        seated.status,
        StatusCode::OK,
        "who has a seat does not wait"
    );
    for wish in ["", "?waitlist=false"] {
        join(&app, id, "d", wish)
            .await
            .assert_problem(409, "event-full");
    }
    join(&app, id, "d", "?waitlist=yes")
        .await
        .assert_problem(400, "invalid-parameters");

    let event = event(&app, id).await;
    assert_eq!(event["waitlist_count"], 2);
    assert_eq!(names(&event, "waitlist"), ["b", "c"]);
    assert_eq!(event["waitlist"][1]["position"], 2);
    let list = call(&app, "GET", "/events", Value::Null).await.json();
    assert_eq!(list["items"][0]["waitlist_count"], 2);
}

#[sqlx::test]
async fn a_seat_given_back_goes_to_the_first_who_waits(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let id = create(&app, json!({ "max_participants": 1 })).await;
    for name in ["a", "b", "c", "d"] {
        join(&app, id, name, WAIT).await;
    }
    assert_eq!(leave(&app, id, "a").await.status, StatusCode::NO_CONTENT);
    let now = event(&app, id).await;
    assert_eq!(names(&now, "participants"), ["b"]);
    assert_eq!(names(&now, "waitlist"), ["c", "d"]);
    assert_eq!(now["waitlist"][0]["position"], 1);

    let waiting = leave(&app, id, "c").await;
    assert_eq!(waiting.status, StatusCode::NO_CONTENT);
    leave(&app, id, "c").await.assert_problem(404, "not-joined");
    assert_eq!(join(&app, id, "d", WAIT).await.json()["position"], 1);
    assert_eq!(names(&event(&app, id).await, "participants"), ["b"]);
}

#[sqlx::test]
async fn a_raised_capacity_seats_those_who_wait_in_their_order(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let id = create(&app, json!({ "max_participants": 1 })).await;
    for name in ["a", "b", "c", "d"] {
        join(&app, id, name, WAIT).await;
    }
    let raised = change(&app, id, json!({ "max_participants": 3 }))
        .await
        .json();
    assert_eq!(raised["participants_count"], 3);
    assert_eq!(raised["seats_left"], 0);
    assert_eq!(raised["waitlist_count"], 1);
    let event = event(&app, id).await;
    assert_eq!(names(&event, "participants"), ["a", "b", "c"]);
    assert_eq!(names(&event, "waitlist"), ["d"]);
}

#[sqlx::test]
async fn nobody_joins_leaves_or_is_promoted_once_the_event_has_begun(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let id = create(&app, json!({ "max_participants": 1 })).await;
    for name in ["a", "b"] {
        join(&app, id, name, WAIT).await;
    }
    let begun = json!({ "max_participants": 2, "event_date": PAST });
    assert_eq!(change(&app, id, begun).await.status, StatusCode::OK);
    assert_eq!(names(&event(&app, id).await, "waitlist"), ["b"]);

    for wish in ["", WAIT] {
        join(&app, id, "c", wish)
            .await
            .assert_problem(409, "event-begun");
    }
    for name in ["a", "b"] {
        leave(&app, id, name)
            .await
            .assert_problem(409, "event-begun");
    }
    let seated = join(&app, id, "a", "").await;
    assert_eq!(seated.status, StatusCode::OK, "who has a seat is told so");

    change(&app, id, json!({ "max_participants": 2 })).await;
    let moved = event(&app, id).await;
    assert_eq!(names(&moved, "participants"), ["a", "b"], "moved to later");
    assert_eq!(moved["waitlist_count"], 0);
}

#[sqlx::test]
async fn a_seat_freed_by_the_previous_version_still_goes_to_the_first_who_waits(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let id = create(&app, json!({ "max_participants": 1 })).await;
    for name in ["a", "b"] {
        join(&app, id, name, WAIT).await;
    }
    // What the version before the waitlist does to leave, and to join.
    let mut previous = PgConnection::connect_with(&options).await.unwrap();
    sqlx::query("delete from participants where event_id = $1 and user_name = 'a'")
        .bind(id)
        .execute(&mut previous)
        .await
        .unwrap();
    let mut status = async |name: &str| {
        sqlx::query_scalar::<_, i32>("select status from join_event($1, $2)")
            .bind(id)
            .bind(name)
            .fetch_one(&mut previous)
            .await
            .unwrap()
    };
    assert_eq!(status("c").await, 409, "the seat is not for the next comer");
    assert_eq!(names(&event(&app, id).await, "participants"), ["b"]);
    assert_eq!(status("b").await, 200);
    change(&app, id, json!({ "max_participants": 2 })).await;
    assert_eq!(status("c").await, 201);
    change(
        &app,
        id,
        json!({ "max_participants": 9, "event_date": PAST }),
    )
    .await;
    assert_eq!(status("d").await, 409);
}
