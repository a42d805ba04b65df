//! Many who ask at the same time, and the few statements that answer them.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures::future::join_all;
use service::db::{Error, Operation, Together};
use sqlx::{
    PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    query,
};
use tokio::time::{sleep, timeout};

use crate::client::database;

const LIMIT: Duration = Duration::from_secs(10);

/// Takes a while, and finds that even numbers have a double.
async fn double(connection: &mut PgConnection, keys: Vec<i64>) -> sqlx::Result<Vec<(i64, i64)>> {
    query("select pg_sleep(0.2)").execute(connection).await?;
    let even = keys.into_iter().filter(|key| key % 2 == 0);
    Ok(even.map(|key| (key, key * 2)).collect())
}

#[sqlx::test]
async fn a_crowd_is_answered_by_few_statements(_: PgPoolOptions, options: PgConnectOptions) {
    static STATEMENTS: AtomicUsize = AtomicUsize::new(0);
    let together = Together::new(database(&options).await, |c, keys| {
        STATEMENTS.fetch_add(1, Ordering::Relaxed);
        Box::pin(double(c, keys))
    });
    let crowd = (0..100).map(async |number: i64| {
        sleep(Duration::from_millis(4 * number.unsigned_abs())).await;
        let key = number % 50;
        let found = together.find(key).await.unwrap();
        assert_eq!(found.as_deref(), (key % 2 == 0).then_some(&(key * 2)));
    });
    timeout(LIMIT, join_all(crowd)).await.unwrap();
    // Two at a time, each for a fifth of a second: six, and some more on a machine that has much to do.
    let statements = STATEMENTS.load(Ordering::Relaxed);
    assert!((2..=20).contains(&statements), "{statements} statements");
}

#[sqlx::test]
async fn who_goes_away_takes_nobody_along(_: PgPoolOptions, options: PgConnectOptions) {
    let together = Together::new(database(&options).await, |c, keys| {
        Box::pin(double(c, keys))
    });
    // One after the other, so that each of the two has a statement under way when they leave.
    let impatient = (0..2).map(async |key: i64| {
        sleep(Duration::from_millis(5 * key.unsigned_abs())).await;
        let waited = timeout(Duration::from_millis(50), together.find(key)).await;
        assert!(waited.is_err(), "it was to be gone before the answer");
    });
    let patient = (0..10).map(async |_| {
        sleep(Duration::from_millis(20)).await;
        assert_eq!(together.find(8).await.unwrap().as_deref(), Some(&16));
    });
    let all = async { tokio::join!(join_all(impatient), join_all(patient)) };
    timeout(LIMIT, all).await.unwrap();
}

/// A crowd of 200 asks. Two statements ask for 64 each, and the first of them goes wrong at once: so those 64 hear of
/// it, and the 72 who still wait.
async fn assert_only_one_statement_fails(together: Together<i64, i64>) {
    let crowd = (0..200).map(|_| together.find(4));
    let answers = timeout(LIMIT, join_all(crowd)).await.unwrap();
    let (found, failed): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((found.len(), failed.len()), (64, 136));
    for answer in failed {
        assert!(matches!(answer, Err(Error::Failed(_))), "{answer:?}");
    }
    let next = timeout(LIMIT, together.find(4)).await.unwrap();
    assert_eq!(next.unwrap().as_deref(), Some(&8));
}

#[sqlx::test]
async fn all_who_wait_hear_of_an_error_and_the_next_are_served(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    fn first_fails(c: &mut PgConnection, keys: Vec<i64>) -> Operation<'_, Vec<(i64, i64)>> {
        static STATEMENTS: AtomicUsize = AtomicUsize::new(0);
        let fails = STATEMENTS.fetch_add(1, Ordering::Relaxed) == 0;
        Box::pin(async move {
            if fails {
                query("select 1 / 0").execute(&mut *c).await?;
            }
            double(c, keys).await
        })
    }
    assert_only_one_statement_fails(Together::new(database(&options).await, first_fails)).await;
}

#[sqlx::test]
async fn a_panic_leaves_nobody_waiting(_: PgPoolOptions, options: PgConnectOptions) {
    fn first_panics(c: &mut PgConnection, keys: Vec<i64>) -> Operation<'_, Vec<(i64, i64)>> {
        static STATEMENTS: AtomicUsize = AtomicUsize::new(0);
        let panics = STATEMENTS.fetch_add(1, Ordering::Relaxed) == 0;
        Box::pin(async move {
            assert!(!panics, "on purpose");
            double(c, keys).await
        })
    }
    assert_only_one_statement_fails(Together::new(database(&options).await, first_panics)).await;
}
