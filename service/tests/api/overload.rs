//! More is asked than can be answered, and for longer than by any crowd.

use std::time::{Duration, Instant};

use axum::Router;
use serde_json::{Value, json};
use service::{
    db::{self, Class, Db},
    http::{AppState, Site, app},
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::client::{call, create};

/// How long each statement takes; on two connections, twenty of them are done in a second.
const WORK: Duration = Duration::from_millis(100);
const CONNECTIONS: usize = 2;

struct Told {
    asked: Duration,
    took: Duration,
    /// Why there was no answer.
    refused: Option<Class>,
}

async fn work(db: &Db, begun: Instant) -> Told {
    let asked = begun.elapsed();
    let done = db.idempotent(|connection| {
        Box::pin(async move {
            sqlx::query("select pg_sleep(0.1)")
                .execute(connection)
                .await
                .map(drop)
        })
    });
    let refused = match done.await {
        Ok(()) => None,
        Err(db::Error::Away(outage)) => Some(outage.class),
        Err(error) => panic!("{error}"),
    };
    Told {
        asked,
        took: begun.elapsed() - asked,
        refused,
    }
}

#[sqlx::test]
async fn what_can_be_done_is_done_soon_and_the_rest_is_refused(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let db = Db::new(&options, CONNECTIONS).unwrap();
    db::migrate_when_reachable(&db, &options).await.unwrap();
    let app = app(AppState::new(db.clone(), Site::default()));
    let path = format!("/events/{}", create(&app, json!({})).await);

    // Three times as much as can be done, after some seconds of which no crowd is left.
    let (begun, settled, end) = (Instant::now(), 6.0, 9.0);
    let (mut people, mut lookers) = (Vec::new(), Vec::new());
    for n in 0..540 {
        tokio::time::sleep_until((begun + n * WORK / 6).into()).await;
        let db = db.clone();
        people.push(tokio::spawn(async move { work(&db, begun).await }));
        if n % 30 == 29 {
            let (app, path) = (app.clone(), path.clone());
            lookers.push(tokio::spawn(async move { look(&app, &path).await }));
        }
    }
    for looker in lookers {
        looker.await.unwrap();
    }
    let mut told = Vec::new();
    for person in people {
        told.push(person.await.unwrap());
    }
    told.retain(|told| (settled..end).contains(&told.asked.as_secs_f64()));
    let (done, refused): (Vec<_>, Vec<_>) = told.iter().partition(|told| told.refused.is_none());
    let longest = told.iter().map(|told| told.took).max().unwrap();
    println!(
        "{} done, {} refused, within {longest:?}",
        done.len(),
        refused.len()
    );
    let possible = (end - settled) / WORK.as_secs_f64() * CONNECTIONS as f64;
    assert!(
        done.len() as f64 > 0.6 * possible,
        "{} of {possible}",
        done.len()
    );
    assert!(refused.iter().all(|told| told.refused == Some(Class::Busy)));
    assert!(longest < Duration::from_millis(1_500), "{longest:?}");

    // A crowd is a crowd again as soon as there is no queue any more.
    db.check(Duration::from_secs(1)).await.unwrap();
    let crowd = (0..50).map(|_| work(&db, begun));
    let told = futures::future::join_all(crowd).await;
    assert!(told.iter().all(|told| told.refused.is_none()));
    assert!(told.iter().any(|told| told.took > Duration::from_secs(2)));
}

/// Looks at what must not suffer, and at how it is said that something has.
async fn look(app: &Router, event: &str) {
    let ready = call(app, "GET", "/health/ready", Value::Null).await;
    assert_eq!(ready.status, 200, "the database is there: {}", ready.body);
    let one = call(app, "GET", event, Value::Null).await;
    assert_eq!(one.status, 200, "one statement for many: {}", one.body);
    let list = call(app, "GET", "/events", Value::Null).await;
    if list.status != 200 {
        let problem = list.assert_problem(503, "database-unavailable");
        assert_eq!(problem["reason"], "busy");
        assert_eq!(list.header("retry-after"), "2");
    }
}
