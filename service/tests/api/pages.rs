//! The pages, as a browser without scripts uses them.

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::client::{Answer, application, call, create, send};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

pub(crate) async fn open(app: &Router, path: &str, language: &str, cookie: &str) -> Answer {
    let request = Request::get(path)
        .header(header::ACCEPT, BROWSER)
        .header(header::ACCEPT_LANGUAGE, language)
        .header(header::COOKIE, cookie);
    send(app, request.body(Body::empty()).unwrap()).await
}

pub(crate) async fn submit(app: &Router, path: &str, form: &str) -> Answer {
    let request = Request::post(path)
        .header(header::ACCEPT, BROWSER)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    send(app, request.body(Body::from(form.to_owned())).unwrap()).await
}

#[sqlx::test]
async fn upcoming_events_are_shown_in_both_languages(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    create(
        &app,
        json!({ "title": "懇親会 <b>&", "event_date": "2100-04-01T15:30:00Z", "location": "8F" }),
    )
    .await;
    create(
        &app,
        json!({ "title": "long ago", "event_date": "2001-01-01T00:00:00Z" }),
    )
    .await;
    for (language, expected) in [
        (
            "en",
            [
                "<html lang=\"en\">",
                "Upcoming events",
                "Fri 2 Apr 2100</time>",
                "00:30 JST</time>",
                "<button>Join<",
                "2 left",
            ],
        ),
        (
            "ja",
            [
                "<html lang=\"ja\">",
                "今後のイベント",
                "2100年4月2日(金)</time>",
                "00:30</time>",
                "<button>参加する<",
                "残り 2 席",
            ],
        ),
    ] {
        let page = open(&app, "/", language, "").await;
        assert_eq!(page.status, 200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("content-language"), language);
        for text in expected {
            assert!(page.body.contains(text), "{text} in {}", page.body);
        }
        assert!(
            page.body.contains("懇親会 &#60;b&#62;&#38;"),
            "titles are escaped: {}",
            page.body
        );
        assert!(!page.body.contains("long ago"));
    }
}

#[sqlx::test]
async fn pages_allow_nothing_but_our_own_style_sheet_and_script(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let page = open(&app, "/", "en", "").await;
    assert!(page.header("content-security-policy").starts_with(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'"
    ));
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    for inline in ["<script", "<style", "style=", "onclick"] {
        let html = page
            .body
            .replace("<script src=\"/assets/page.js\" defer></script>", "");
        assert!(!html.contains(inline), "{inline}");
    }
    for (path, kind) in [
        ("/assets/style.css", "text/css; charset=utf-8"),
        ("/assets/page.js", "text/javascript; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
    ] {
        assert!(page.body.contains(path), "{path}");
        let asset = open(&app, path, "en", "").await;
        assert_eq!(
            (asset.status.as_u16(), asset.header("content-type")),
            (200, kind)
        );
    }
}

#[sqlx::test]
async fn the_description_of_the_api_is_in_the_language_that_is_asked_for(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let (english, japanese) = ("<h3>Join an event</h3>", "<h3>イベントに参加する</h3>");
    for (path, accepted, shown, other) in [
        ("/docs", "en", english, japanese),
        ("/docs", "ja-JP,ja;q=0.9,en;q=0.8", japanese, english),
        ("/docs?lang=en", "ja", english, japanese),
        ("/docs?x=1&lang=ja", "en", japanese, english),
        ("/docs?lang=fr", "ja", japanese, english),
    ] {
        let page = open(&app, path, accepted, "").await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains(shown), "{path} {accepted}");
        assert!(!page.body.contains(other), "{path} {accepted}");
        let language = if shown == english { "en" } else { "ja" };
        assert_eq!(page.header("content-language"), language);
    }
    let upcoming = open(&app, "/?lang=ja", "en", "").await.body;
    assert!(upcoming.contains("今後のイベント"), "{upcoming}");
}

#[sqlx::test]
async fn an_event_is_a_page_for_browsers_and_json_for_programs(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let path = format!("/events/{}", create(&app, json!({})).await);
    let page = open(&app, &path, "ja", "").await;
    assert!(
        page.body.contains("<h1><bdi>勉強会</bdi></h1>")
            && page.body.contains("まだ参加者はいません"),
        "{}",
        page.body
    );
    assert!(page.header("vary").contains("accept"));
    let document = call(&app, "GET", &path, json!(null)).await;
    assert_eq!(
        (document.header("content-type"), document.header("vary")),
        ("application/json", "accept")
    );
}

#[sqlx::test]
async fn problems_are_pages_for_browsers(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    for (path, language, text) in [
        ("/events/7", "en", "There is no such event"),
        ("/events/7", "ja", "イベントが見つかりません"),
        ("/nowhere", "ja", "ページが見つかりません"),
    ] {
        let page = open(&app, path, language, "").await;
        assert_eq!(
            (page.status.as_u16(), page.header("content-type")),
            (404, "text/html; charset=utf-8")
        );
        assert!(
            page.body.contains(text) && !page.header("content-security-policy").is_empty(),
            "{}",
            page.body
        );
    }
    let lost = submit(&app, "/forms/join", "event_id=7&user_name=a").await;
    assert_eq!(
        (lost.status.as_u16(), lost.header("content-type")),
        (404, "text/html; charset=utf-8")
    );
    assert_eq!(submit(&app, "/forms/join", "user_name=a").await.status, 400);
    assert_eq!(
        open(
            &app,
            "/?notice=%3Cscript%3E&cursor=x&utm=1",
            "en",
            "name=%ff"
        )
        .await
        .status,
        200
    );
}

#[sqlx::test]
async fn later_events_are_on_the_next_page(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    for n in 0..21 {
        create(&app, json!({ "title": format!("event {n:02}"), "event_date": format!("2100-01-01T00:00:{n:02}Z") })).await;
    }
    let first = open(&app, "/", "en", "").await.body;
    assert!(first.contains("event 19") && !first.contains("event 20"));
    let (_, rest) = first.split_once("href=\"/?cursor=").unwrap();
    let (cursor, _) = rest.split_once('"').unwrap();
    let second = open(&app, &format!("/?cursor={cursor}"), "en", "")
        .await
        .body;
    assert!(second.contains("event 20") && !second.contains("event 19"));
}
