//! Feeds for one person, under secret addresses.

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    calendars::{get, values},
    client::{Answer, application, call, create, join, leave, request, send, send_to},
    company::{AKI, BEN, Company},
    pages::open,
};

pub(crate) async fn form(app: &Router, form: &str, name: &str) -> Answer {
    let request = Request::post("/forms/feed")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, format!("name={name}"));
    send(app, request.body(Body::from(form.to_owned())).unwrap()).await
}

/// The cookie that an answer has the browser keep.
fn cookie(answer: &Answer) -> String {
    answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

/// The secret in the cookie that an answer has the browser keep.
pub(crate) fn secret(answer: &Answer) -> String {
    let cookie = cookie(answer);
    let encoded = cookie.strip_prefix("feed=").unwrap();
    encoded.replace("%2D", "-").replace("%5F", "_")
}

#[sqlx::test]
async fn a_personal_feed_has_what_concerns_the_person(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let event = async |title: &str, changes: Value| {
        let mut event = json!({ "title": title, "max_participants": 1 });
        event
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        create(&app, event).await
    };
    let joined = event("joined", json!({})).await;
    let full = event("full", json!({})).await;
    let left = event("left", json!({})).await;
    let cancelled = event("off", json!({})).await;
    let was_left = event("off, and left before", json!({})).await;
    event("own", json!({ "organizer": "Ben" })).await;
    event("of others", json!({})).await;
    for id in [joined, left, cancelled, was_left] {
        join(&app, id, "Ben", "").await;
    }
    join(&app, full, "Aki", "").await;
    join(&app, full, "Ben", "?waitlist=true").await;
    for id in [left, was_left] {
        leave(&app, id, "Ben").await;
    }
    for id in [cancelled, was_left] {
        call(&app, "DELETE", &format!("/events/{id}"), Value::Null).await;
    }
    let made = form(&app, "", "Ben").await;
    let secret = secret(&made);
    let feed = get(&app, &format!("/feeds/{secret}/mine.ics?lang=en")).await;
    assert_eq!(
        values(&feed, "SUMMARY"),
        ["joined", "Waitlist: full", "Cancelled: off", "own"]
    );
    assert_eq!(
        values(&feed, "STATUS"),
        ["CONFIRMED", "TENTATIVE", "CANCELLED", "CONFIRMED"]
    );
    // Whose turn it is now has a seat.
    leave(&app, full, "Aki").await;
    let feed = get(&app, &format!("/feeds/{secret}/mine.ics")).await;
    assert_eq!(values(&feed, "STATUS")[1], "CONFIRMED");
    let all = get(&app, &format!("/feeds/{secret}/all.ics")).await;
    assert_eq!(values(&all, "SUMMARY").len(), 7);
}

#[sqlx::test]
async fn a_secret_address_is_shown_once_and_dies_with_the_next_one(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let address = async |cookie: &str| {
        let page = open(&app, "/subscribe", "en", &format!("name=Ben; {cookie}")).await;
        assert_eq!(page.status, 200);
        let start = page.body.find("/feeds/")?;
        let end = page.body[start..].find('?')?;
        Some(page.body[start..start + end].to_owned())
    };
    assert_eq!(address("").await, None);
    let made = form(&app, "", "Ben").await;
    assert_eq!(
        (made.status.as_u16(), made.header("location")),
        (303, "/subscribe?notice=feed-made")
    );
    let kept = made.header("set-cookie");
    for part in [
        "Path=/subscribe",
        "Max-Age=600",
        "HttpOnly",
        "SameSite=Strict",
    ] {
        assert!(kept.contains(part), "{kept}");
    }
    let first = address(&cookie(&made)).await.unwrap();
    assert_eq!(get(&app, &first).await.status, 200);
    assert_eq!(
        address("").await,
        None,
        "nobody else sees it, nor anybody later"
    );
    let page = open(&app, "/subscribe", "en", "name=Ben").await;
    assert!(
        page.body.contains("You have an address, made on"),
        "{}",
        page.body
    );

    // The secret itself is not kept.
    let pool = pool.connect_with(options).await.unwrap();
    let rows: Vec<String> = sqlx::query_scalar("select feeds::text from feeds")
        .fetch_all(&pool)
        .await
        .unwrap();
    let secret = first.split('/').nth(2).unwrap();
    assert_eq!((rows.len(), secret.len()), (1, 43));
    assert!(!rows[0].contains(secret), "{rows:?}");

    let again = form(&app, "", "Ben").await;
    let second = address(&cookie(&again)).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(
        address(&cookie(&made)).await,
        None,
        "a dead address is not shown"
    );
    get(&app, &first)
        .await
        .assert_problem(404, "feed-not-found");
    assert_eq!(get(&app, &second).await.status, 200);
    let revoked = form(&app, "revoke=yes", "Ben").await;
    assert!(
        revoked.header("set-cookie").contains("feed=; "),
        "{}",
        revoked.header("set-cookie")
    );
    get(&app, &second)
        .await
        .assert_problem(404, "feed-not-found");

    for odd in ["x", "%00", "..", &"A".repeat(43), "%FF"] {
        let none = get(&app, &format!("/feeds/{odd}/mine.ics")).await;
        none.assert_problem(404, "feed-not-found");
    }
    let stranger = Request::post("/forms/feed")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let asked = send(&app, stranger.body(Body::empty()).unwrap()).await;
    assert_eq!(asked.header("location"), "/name?back=%2Fsubscribe");
}

#[sqlx::test(migrations = false)]
async fn where_people_log_in_calendars_have_secret_addresses_only(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let company = Company::start(&options).await;
    let app = company.running.address;
    let ask = async |path: &str| send_to(app, request("GET", path, &Value::Null)).await;
    ask("/events.ics")
        .await
        .assert_problem(401, "not-logged-in");
    assert_eq!(
        company
            .call(AKI, "GET", "/events.ics", Value::Null)
            .await
            .status,
        200
    );
    let made = async |who: &str| {
        let request = Request::post("/forms/feed")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        let request = request.body(Body::empty()).unwrap();
        let answer = company.send(&company.signer.token(who), request).await;
        let page = Request::get("/subscribe")
            .header("accept", "text/html")
            .header("cookie", cookie(&answer));
        let page = page.body(Body::empty()).unwrap();
        company.send(&company.signer.token(who), page).await.body
    };
    let page = made(AKI).await;
    assert!(!page.contains("/events.ics"), "{page}");
    // The load balancer asks nobody for a login there.
    let platform = include_str!("../../../cloudformation/platform.yaml");
    assert!(platform.contains("PathPatternConfig: { Values: [\"/feeds/*\"] }"));
    for feed in ["mine.ics", "all.ics"] {
        let end = page.find(&format!("/{feed}?lang=")).unwrap();
        let start = page[..end].rfind("/feeds/").unwrap();
        let path = format!("{}/{feed}", &page[start..end]);
        assert_eq!(ask(&path).await.status, 200, "{path}");
    }
    // Each person has one of their own.
    made(BEN).await;
    let end = page.find("/mine.ics").unwrap();
    let start = page[..end].rfind("/feeds/").unwrap();
    assert_eq!(ask(&page[start..end + 9]).await.status, 200);
}
