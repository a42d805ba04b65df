//! `AUTH=alb-oidc`: who is let in, and what the key service has to do with it.

use std::time::{Duration, Instant};

use axum::{body::Body, http::Request};
use futures::future::join_all;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::{
    client::{request, send_to},
    company::{AKI, Company},
    key_server::Mood,
    signer::Signer,
};

fn get(path: &str) -> Request<Body> {
    request("GET", path, &Value::Null)
}

#[sqlx::test(migrations = false)]
async fn nobody_is_let_in_whom_the_load_balancer_does_not_name(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let mut company = Company::start(&options).await;
    let address = company.running.address;
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/events"),
        ("POST", "/events"),
        ("GET", "/events/1"),
        ("DELETE", "/events/1"),
        ("DELETE", "/events/1/join"),
        ("PATCH", "/events"),
        ("GET", "/nowhere"),
        ("GET", "/healthy"),
        ("GET", "/assets/../events"),
    ] {
        let mut request = request(method, path, &json!({}));
        request
            .headers_mut()
            .insert("accept", "*/*".parse().unwrap());
        let answer = send_to(address, request).await;
        let problem = answer.assert_problem(401, "not-logged-in");
        assert_eq!(problem["reason"], "missing", "{method} {path}");
        assert_eq!(
            answer.header("www-authenticate"),
            "ALB-OIDC realm=\"events\""
        );
    }
    for path in ["/health", "/health/ready", "/assets/style.css"] {
        assert_eq!(company.running.get(path).await.status, 200, "{path}");
    }

    let thief = Signer::new();
    let forged = thief.sign(&company.signer.header().to_string(), r#"{"email":"a@b"}"#);
    let problem = company.send(&forged, get("/events")).await;
    assert_eq!(
        problem.assert_problem(401, "not-logged-in")["reason"],
        "wrong-signature"
    );
    let problem = company.send(&thief.token(AKI), get("/events")).await;
    assert_eq!(
        problem.assert_problem(401, "not-logged-in")["reason"],
        "unknown-key"
    );
    let mut twice = get("/events");
    let own = company.signer.token(AKI);
    twice
        .headers_mut()
        .insert("x-amzn-oidc-data", own.parse().unwrap());
    let problem = company.send(&forged, twice).await;
    assert_eq!(
        problem.assert_problem(401, "not-logged-in")["reason"],
        "repeated"
    );

    let mut browser = get("/");
    browser
        .headers_mut()
        .insert("accept", "text/html".parse().unwrap());
    browser
        .headers_mut()
        .insert("accept-language", "ja".parse().unwrap());
    let page = send_to(address, browser).await;
    assert_eq!(page.status, 401);
    assert!(page.body.contains("ログインしていません"), "{}", page.body);

    assert_eq!(company.send(&own, get("/events")).await.status, 200);
    let line = loop {
        let line = company.running.line("request").await;
        if line["user"] == AKI {
            break line;
        }
        if line["status"] == 401 {
            assert_eq!(line["level"], "WARN");
            assert!(
                line["error"].as_str().is_some_and(|why| !why.is_empty()),
                "{line}"
            );
            assert!(
                !line.to_string().contains("eyJ"),
                "no token in the log: {line}"
            );
        }
    };
    assert_eq!(
        (&line["status"], &line["path"]),
        (&json!(200), &json!("/events"))
    );
}

#[sqlx::test(migrations = false)]
async fn the_log_names_who_acts_also_when_that_is_refused(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let mut company = Company::start(&options).await;
    let other = json!({ "user_name": "ben@example.com" });
    for (body, status) in [(other, 403), (json!({}), 404)] {
        company.call(AKI, "POST", "/events/7/join", body).await;
        let line = company.running.line("request").await;
        assert_eq!(
            (&line["user"], &line["status"]),
            (&json!(AKI), &json!(status))
        );
    }
}

#[sqlx::test(migrations = false)]
async fn the_key_is_fetched_once_by_many_and_kept_when_the_key_service_goes_away(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let company = Company::start(&options).await;
    assert_eq!(
        company.keys.asked(),
        0,
        "nothing is fetched before somebody comes"
    );
    let crowd = (0..50).map(|_| company.call(AKI, "GET", "/events", Value::Null));
    for answer in join_all(crowd).await {
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    assert_eq!(company.keys.asked(), 1);
    for mood in [Mood::Failing, Mood::Hanging, Mood::Captive] {
        company.keys.is(mood);
        let answer = company.call(AKI, "GET", "/events", Value::Null).await;
        assert_eq!(answer.status, 200, "{mood:?}");
    }
    assert_eq!(company.keys.asked(), 0);
}

#[sqlx::test(migrations = false)]
async fn without_an_answer_from_the_key_service_people_are_asked_to_come_back(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let company = Company::start(&options).await;
    for mood in [
        Mood::Failing,
        Mood::Hanging,
        Mood::Captive,
        Mood::Endless,
        Mood::Redirecting,
    ] {
        company.keys.is(mood);
        let started = Instant::now();
        let crowd = (0..20).map(|_| company.call(AKI, "GET", "/events", Value::Null));
        for answer in join_all(crowd).await {
            answer.assert_problem(503, "keys-unavailable");
            assert_eq!(answer.header("retry-after"), "2");
        }
        let took = started.elapsed();
        assert!(took < Duration::from_secs(5), "{mood:?}: {took:?}");
        assert_eq!(company.keys.asked(), 1, "{mood:?}");
        assert_eq!(company.running.get("/health").await.status, 200);
        // No question is asked for a second, so the next mood needs a little patience.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }
    company.keys.is(Mood::Well);
    let answer = company.call(AKI, "GET", "/events", Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[sqlx::test(migrations = false)]
async fn invented_keys_are_few_questions_and_hurt_nobody_who_is_known(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let company = Company::start(&options).await;
    assert_eq!(
        company
            .call(AKI, "GET", "/events", Value::Null)
            .await
            .status,
        200
    );
    company.keys.asked();

    // One invented key is asked for once.
    let mut thief = Signer::new();
    for _ in 0..20 {
        let answer = company.send(&thief.token(AKI), get("/events")).await;
        answer.assert_problem(401, "not-logged-in");
    }
    assert_eq!(company.keys.asked(), 1);

    // Many are asked for until it is too much, and then not at all.
    let started = Instant::now();
    let mut refused = [0, 0];
    // Not so many that nobody has room for the log lines, which nobody reads meanwhile.
    for _ in 0..100 {
        thief.key_id = Uuid::new_v4().to_string();
        let answer = company.send(&thief.token(AKI), get("/events")).await;
        match answer.status.as_u16() {
            401 => refused[0] += 1,
            503 => refused[1] += 1,
            _ => panic!("{}", answer.body),
        }
    }
    let asked = company.keys.asked();
    let earned = started.elapsed().as_millis() / 500;
    assert!(asked as u128 <= 16 + earned, "{asked} after {earned}");
    assert_eq!(refused[0], asked, "{refused:?}");
    assert!(refused[1] > 50, "{refused:?}");
    assert_eq!(
        company
            .call(AKI, "GET", "/events", Value::Null)
            .await
            .status,
        200
    );
}
