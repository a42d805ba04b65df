//! Announcements while the receiver is unwell.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    outbox::{SOON, announce, announcing, ask, pool},
    process::{run, service, url},
    receiver::{Mood, Receiver},
};

/// A receiver that fails in each of these ways gets the message when it has recovered, and others wait for it.
#[sqlx::test]
async fn a_message_that_failed_is_tried_again_until_it_arrives(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(Mood::Answering(500, "x: y", "rollup_error")).await;
    let mut running = announcing(&options, &receiver, directory.path()).await;
    let path = announce(&running, json!({})).await;
    assert_eq!(
        ask(&running, "DELETE", &path, Value::Null).await.status,
        204
    );

    receiver.wait_for(2, SOON).await;
    let line = running.line("a notification was not delivered").await;
    assert_eq!(line["error"], "Slack answered 500: rollup_error");
    assert_eq!(
        (&line["kind"], &line["attempts"]),
        (&json!("created"), &json!(1))
    );
    receiver.is(Mood::Rude);
    receiver.wait_for(3, SOON).await;
    running.line("a notification was not delivered").await;
    receiver.is(Mood::Well);

    let taken = receiver.wait_for_taken(2, Duration::from_secs(30)).await;
    assert!(
        taken[0].starts_with("📅") && taken[1].starts_with("🚫"),
        "{taken:#?}"
    );
    let (last, failed) = receiver
        .messages()
        .split_last()
        .map(|(last, rest)| (last.clone(), rest.to_vec()))
        .unwrap();
    assert!(
        failed.iter().all(|message| message.text.starts_with("📅")),
        "{failed:#?}"
    );
    assert!(last.text.starts_with("🚫"));

    let log = running.stop_and_read_log().await;
    assert!(
        log.contains("rollup_error") && !log.contains("s3cr3t") && !log.contains("services/T0"),
        "{log}"
    );
}

#[sqlx::test]
async fn a_receiver_that_hangs_holds_up_no_request(_: PgPoolOptions, options: PgConnectOptions) {
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(Mood::Silent).await;
    let mut command = service(&["serve"]);
    // One connection for all: whoever kept it during a delivery would be noticed.
    command
        .env("DATABASE_URL", url(&options))
        .env("DB_POOL_SIZE", "1")
        .env("SLACK_WEBHOOK_URL", receiver.webhook());
    let mut running = crate::process::Running::start(&mut command, directory.path()).await;
    running.wait_for("/health/ready", 200).await;
    let path = announce(&running, json!({ "max_participants": 100 })).await;
    let hanging = receiver.wait_for(1, SOON).await[0].at;

    let mut slowest = Duration::ZERO;
    for n in 0..40 {
        let started = Instant::now();
        let join = json!({ "user_name": format!("p{n}") });
        assert_eq!(
            ask(&running, "POST", &format!("{path}/join"), join)
                .await
                .status,
            201
        );
        announce(&running, json!({})).await;
        slowest = slowest.max(started.elapsed());
        assert!(
            n > 0 || hanging.elapsed() < Duration::from_secs(5),
            "the delivery was over before the requests"
        );
    }
    println!("the slowest of 40 pairs of requests took {slowest:?}");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");

    let line = running.line("a notification was not delivered").await;
    assert_eq!(line["error"], "Slack did not answer within 5 s");
    receiver.is(Mood::Well);
    let taken = receiver.wait_for_taken(1, Duration::from_secs(15)).await;
    assert!(taken[0].starts_with("📅"), "{taken:#?}");
    assert_eq!(running.stop().await, Some(0));
}

#[sqlx::test]
async fn a_receiver_that_has_too_many_is_left_alone_by_all_tasks(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(Mood::Answering(429, "retry-after: 6", "rate_limited")).await;
    let mut running = announcing(&options, &receiver, directory.path()).await;
    let other = announcing(&options, &receiver, directory.path()).await;
    announce(&running, json!({ "title": "first" })).await;
    let refused = receiver.wait_for(1, SOON).await[0].at;
    receiver.is(Mood::Well);
    announce(&running, json!({ "title": "second" })).await;

    receiver.wait_for_taken(2, Duration::from_secs(20)).await;
    let messages = receiver.messages();
    assert_eq!(messages.len(), 3, "{messages:#?}");
    let waited = messages[1].at - refused;
    // The pause is noted a moment after the answer, by the clock of the database.
    assert!(waited > Duration::from_millis(5_900), "{waited:?}");
    assert!(waited < Duration::from_secs(10), "{waited:?}");
    drop(other);
    running.signal("TERM").await;
    assert_eq!(running.child.wait().await.unwrap().code(), Some(0));
}

#[sqlx::test]
async fn a_message_that_is_refused_is_an_error_and_waits(
    database: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(Mood::Answering(404, "x: y", "no_service")).await;
    let mut running = announcing(&options, &receiver, directory.path()).await;
    announce(&running, json!({})).await;
    let line = running.line("a notification was refused").await;
    assert_eq!(
        (&line["level"], &line["error"]),
        (&json!("ERROR"), &json!("Slack answered 404: no_service"))
    );
    assert!(line["retry_in_seconds"].as_u64().unwrap() > 500, "{line}");

    // A redirect is no better: who answers must not choose whom we talk to.
    let elsewhere = Receiver::start(Mood::Well).await;
    let location = format!("location: {}", elsewhere.webhook());
    receiver.is(Mood::Answering(307, location.leak(), ""));
    announce(&running, json!({})).await;
    assert_eq!(
        running.line("a notification was refused").await["error"],
        "Slack answered 307: "
    );
    assert_eq!(elsewhere.messages().len(), 0);

    // A day later it is no news any more, and nobody tries again.
    receiver.is(Mood::Well);
    let pool = pool(database, &options).await;
    sqlx::query(
        "update notifications set created_at = created_at - interval '1 day', due_at = now()",
    )
    .execute(&pool)
    .await
    .unwrap();
    let line = running.line("a notification was given up").await;
    assert_eq!(
        (&line["level"], &line["kind"], &line["attempts"]),
        (&json!("ERROR"), &json!("created"), &json!(1))
    );
    running.line("a notification was given up").await;
    announce(&running, json!({ "title": "later" })).await;
    let taken = receiver.wait_for_taken(1, SOON).await;
    assert!(taken[0].contains("later"), "{taken:#?}");
    assert_eq!(running.stop().await, Some(0));
    assert_eq!(receiver.taken().len(), 1);
}

#[tokio::test]
async fn an_address_that_anybody_on_the_way_could_read_is_refused() {
    for (webhook, reason) in [
        (
            "http://hooks.slack.com/services/T0/B0/s3cr3t",
            "must begin with https://",
        ),
        ("s3cr3t", "is not an address"),
    ] {
        let mut command = service(&["serve", "--listen", "127.0.0.1:0"]);
        let (code, said) = run(command.env("SLACK_WEBHOOK_URL", webhook)).await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(reason) && !said.contains("s3cr3t"), "{said}");
    }
    let (_, help) =
        run(service(&["serve", "--help"]).env("SLACK_WEBHOOK_URL", "https://a.example/s3cr3t"))
            .await;
    assert!(
        help.contains("SLACK_WEBHOOK_URL") && !help.contains("s3cr3t"),
        "{help}"
    );
}
