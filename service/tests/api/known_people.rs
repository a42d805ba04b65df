//! The pages and forms of people whose name is known.

use axum::{body::Body, http::Request};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{Answer, draft, request},
    company::{AKI, BEN, Company},
};

/// Sends a form as a browser does, with some headers.
async fn submit(company: &Company, path: &str, form: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post(path)
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(form.to_owned())).unwrap();
    company.send(&company.signer.token(AKI), request).await
}

#[sqlx::test(migrations = false)]
async fn nobody_is_asked_for_a_name_that_is_known(_: PgPoolOptions, options: PgConnectOptions) {
    let company = Company::start(&options).await;
    let token = company.signer.token(AKI);
    let created = company.send(&token, request("POST", "/events", &own()));
    let id = created.await.json()["id"].as_i64().unwrap();
    let ours = [("sec-fetch-site", "same-origin")];

    let joined = submit(&company, "/forms/join", &format!("event_id={id}"), &ours).await;
    assert_eq!(
        joined.header("location"),
        format!("/events/{id}?notice=joined")
    );
    assert_eq!(
        joined.header("set-cookie"),
        "",
        "there is nothing to remember"
    );
    let form = format!("event_id={id}&user_name={BEN}");
    let other = submit(&company, "/forms/join", &form, &ours).await;
    assert_eq!(other.status, 403, "{}", other.body);

    for path in ["/".to_owned(), format!("/events/{id}")] {
        let page = Request::get(&path)
            .header("accept", "text/html")
            .header("cookie", format!("name={BEN}"));
        let page = page.body(Body::empty()).unwrap();
        let page = company.send(&company.signer.token(AKI), page).await;
        assert_eq!(page.status, 200);
        assert!(
            page.body.contains("action=\"/forms/leave\""),
            "{}",
            page.body
        );
        assert!(!page.body.contains("user_name"), "{}", page.body);
        assert!(
            !page.body.contains(BEN),
            "the cookie says nothing here: {}",
            page.body
        );
        assert_eq!(
            page.body.contains("class=\"me\""),
            path != "/",
            "{}",
            page.body
        );
    }
    let left = submit(&company, "/forms/leave", &format!("event_id={id}"), &ours).await;
    assert_eq!(left.header("location"), format!("/events/{id}?notice=left"));
}

fn own() -> serde_json::Value {
    let mut event = draft();
    event["organizer"] = AKI.into();
    event
}

#[sqlx::test(migrations = false)]
async fn another_sites_page_cannot_use_somebodys_session(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let company = Company::start(&options).await;
    for (headers, status) in [
        (&[("sec-fetch-site", "same-origin")][..], 404),
        (&[("origin", "http://localhost")], 404),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "null")], 403),
        // A form of an old browser: without identity it passes, but here it brings a session along.
        (&[], 403),
    ] {
        let answer = submit(&company, "/forms/join", "event_id=7", headers).await;
        assert_eq!(answer.status, status, "{headers:?}: {}", answer.body);
    }
}

#[sqlx::test(migrations = false)]
async fn keys_of_different_people_never_meet(_: PgPoolOptions, options: PgConnectOptions) {
    let company = Company::start(&options).await;
    let create = async |who: &str| {
        let mut event = own();
        event["organizer"] = who.into();
        let mut request = request("POST", "/events", &event);
        let headers = request.headers_mut();
        headers.insert("idempotency-key", "k-1".parse().unwrap());
        let answer = company.send(&company.signer.token(who), request).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()["id"].as_i64().unwrap()
    };
    let (aki, ben) = (create(AKI).await, create(BEN).await);
    assert_ne!(aki, ben);
    assert_eq!((create(AKI).await, create(BEN).await), (aki, ben));
}
