//! Many people at once, over real sockets.

use std::{collections::BTreeMap, time::Instant};

use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::sync::Mutex;

use crate::{
    client::{application, call, create, request, send_to},
    process::{Running, service, url},
};

/// Two crowds at once would only make each other late.
pub(crate) static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

#[sqlx::test]
async fn two_thousand_people_get_exactly_fifty_seats(_: PgPoolOptions, options: PgConnectOptions) {
    let _turn = ONE_AT_A_TIME.lock().await;
    let directory = tempfile::tempdir().unwrap();
    let mut service = service(&["serve"]);
    // The log goes nowhere, as nobody here reads it.
    service
        .env("DATABASE_URL", url(&options))
        .env("RUST_LOG", "service::run=info");
    let running = Running::start(&mut service, directory.path()).await;
    running.wait_for("/health/ready", 200).await;
    let app = application(&options).await;
    let id = create(&app, json!({ "max_participants": 50 })).await;

    let started = Instant::now();
    let joins: Vec<_> = (0..2_000)
        .map(|n| {
            let body = json!({ "user_name": format!("person {n}") });
            let join = request("POST", &format!("/events/{id}/join"), &body);
            let address = running.address;
            tokio::spawn(async move { send_to(address, join).await.status })
        })
        .collect();
    let mut statuses = BTreeMap::<u16, usize>::new();
    for join in joins {
        *statuses.entry(join.await.unwrap().as_u16()).or_default() += 1;
    }
    println!("2,000 joins took {:?}: {statuses:?}", started.elapsed());

    assert_eq!(statuses, BTreeMap::from([(201, 50), (409, 1_950)]));
    let event = call(&app, "GET", &format!("/events/{id}"), Value::Null)
        .await
        .json();
    assert_eq!(event["participants"].as_array().unwrap().len(), 50);
    assert_eq!(running.stop().await, Some(0));
}

#[sqlx::test]
async fn one_person_who_clicks_often_gets_one_seat(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let path = format!(
        "/events/{}/join",
        create(&app, json!({ "max_participants": 5 })).await
    );
    let clicks: Vec<_> = (0..100)
        .map(|_| {
            let (app, path) = (app.clone(), path.clone());
            tokio::spawn(async move {
                call(&app, "POST", &path, json!({ "user_name": "Ben" }))
                    .await
                    .status
            })
        })
        .collect();
    let mut created = 0;
    for click in clicks {
        match click.await.unwrap() {
            StatusCode::CREATED => created += 1,
            status => assert_eq!(status, StatusCode::OK),
        }
    }
    assert_eq!(created, 1);
}

#[sqlx::test]
async fn joins_and_leaves_race_without_overbooking(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let id = create(&app, json!({ "max_participants": 3 })).await;
    let path = format!("/events/{id}/join");
    let people: Vec<_> = (0..30)
        .map(|n| {
            let (app, path) = (app.clone(), path.clone());
            tokio::spawn(async move {
                for _ in 0..20 {
                    let joined = call(&app, "POST", &path, json!({ "user_name": format!("p{n}") }))
                        .await
                        .status;
                    assert!(matches!(joined.as_u16(), 201 | 409), "{joined}");
                    let event = call(&app, "GET", path.trim_end_matches("/join"), Value::Null)
                        .await
                        .json();
                    assert!(
                        event["participants"].as_array().unwrap().len() <= 3,
                        "{event}"
                    );
                    if joined == StatusCode::CREATED {
                        let left = call(
                            &app,
                            "DELETE",
                            &format!("{path}?user_name=p{n}"),
                            Value::Null,
                        )
                        .await
                        .status;
                        assert_eq!(left, StatusCode::NO_CONTENT);
                    }
                }
            })
        })
        .collect();
    for person in people {
        person.await.unwrap();
    }
    let event = call(&app, "GET", &format!("/events/{id}"), Value::Null)
        .await
        .json();
    assert_eq!(event["participants_count"], 0);
}
