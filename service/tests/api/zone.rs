//! The time zone of the company, where it is not Japan's.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::send_to,
    outbox::{SOON, announce, ask},
    process::{Running, service, url},
    receiver::{Mood, Receiver},
};

#[sqlx::test]
async fn pages_announcements_and_filters_go_by_the_clocks_of_the_company(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(Mood::Well).await;
    let mut command = service(&["serve"]);
    command
        .env("DATABASE_URL", url(&options))
        .env("SLACK_WEBHOOK_URL", receiver.webhook())
        .env("SLACK_LANGUAGE", "en")
        .env("TZ_COMPANY", "America/New_York");
    let running = Running::start(&mut command, directory.path()).await;
    running.wait_for("/health/ready", 200).await;
    // In Tokyo it is the next day; in New York clocks are put back between the two.
    for (time, english, japanese) in [
        (
            "2099-10-30T23:30:00Z",
            ("Fri 30 Oct 2099", ", ", "19:30 EDT"),
            ("2099年10月30日(金)", " ", "19:30(EDT)"),
        ),
        (
            "2099-11-02T23:30:00Z",
            ("Mon 2 Nov 2099", ", ", "18:30 EST"),
            ("2099年11月2日(月)", " ", "18:30(EST)"),
        ),
    ] {
        let path = announce(&running, json!({ "event_date": time })).await;
        for page in ["/", &path] {
            for (language, (day, between, clock)) in [("en", english), ("ja", japanese)] {
                let request = Request::get(page)
                    .header("accept", "text/html")
                    .header("accept-language", language);
                let request = request.body(Body::empty()).unwrap();
                let html = send_to(running.address, request).await.body;
                // The list writes the day once, above all its events.
                let written = match page {
                    "/" => vec![day.to_owned(), clock.to_owned()],
                    _ => vec![format!("{day}{between}{clock}")],
                };
                for written in written {
                    assert!(html.contains(&written), "{written} in {html}");
                }
            }
        }
        let (day, between, clock) = english;
        let written = format!("• When: {day}{between}{clock}");
        let day = &time[..10];
        let list = format!("/events?from={day}&to={day}");
        let found = ask(&running, "GET", &list, Value::Null).await.json();
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{list}");
        let taken = receiver.wait_for_taken(usize::from(day > "2099-11") + 1, SOON);
        assert!(taken.await.last().unwrap().contains(&written));
    }
    assert_eq!(running.stop().await, Some(0));
}

#[tokio::test]
async fn a_zone_that_does_not_exist_is_refused() {
    let mut command = service(&["serve"]);
    let (code, said) = crate::process::run(command.env("TZ_COMPANY", "Asia/Edo")).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("--tz-company"), "{said}");
}
