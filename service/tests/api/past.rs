//! `/history`: the past events, as a browser without scripts uses it.

use chrono::{Datelike as _, Utc};
use serde_json::json;
use sqlx::{
    Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    client::{application, create},
    overview::places,
    pages::open,
};

#[sqlx::test]
async fn last_years_event_is_found_and_can_be_held_again(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let year = Utc::now().year() - 1;
    let event = async |title: &str, date: String| {
        create(
            &app,
            json!({ "title": title, "event_date": date, "max_participants": 5 }),
        )
        .await
    };
    event("ラスト勉強会", "2100-01-01T00:00:00Z".into()).await;
    let last = event("ラスト&勉強会", format!("{year}-06-01T10:00:00Z")).await;
    let older = event("古い勉強会", format!("{}-06-01T10:00:00Z", year - 1)).await;
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    sqlx::query("insert into participants (event_id, user_name) values ($1, 'Ben')")
        .bind(last)
        .execute(&mut connection)
        .await
        .unwrap();

    let page = open(&app, "/history", "ja", "name=Ben").await.body;
    // The latest first, what is upcoming not at all; nobody can join any more, and seats that are left are of no use.
    let order = places(
        &page,
        &[
            "<h1>過去のイベント</h1>",
            &format!("{year}年6月1日"),
            "<bdi>ラスト&#38;勉強会</bdi>",
            "1/5",
            "参加済み",
            &format!("href=\"/new?from={last}\""),
            "<bdi>古い勉強会</bdi>",
            &format!("href=\"/new?from={older}\""),
        ],
    );
    assert!(order.is_sorted(), "{order:?} in {page}");
    for not in ["<bdi>ラスト勉強会</bdi>", "残り", "/forms/join"] {
        assert!(!page.contains(not), "{not} in {page}");
    }
    assert!(page.contains("<a href=\"/history\" aria-current=\"page\">"));

    for (query, first, second) in [
        ("?q=%EF%BE%97%EF%BD%BD%EF%BE%84", true, false), // ﾗｽﾄ
        ("?period=last-year", true, false),
        ("?period=year", false, false),
        ("?show=joined", true, false),
        ("?show=organised", false, false),
        ("?period=next-week", true, true),
    ] {
        let page = open(&app, &format!("/history{query}"), "ja", "name=Ben")
            .await
            .body;
        let shown = (
            page.contains("<bdi>ラスト&#38;勉強会</bdi>"),
            page.contains("<bdi>古い勉強会</bdi>"),
        );
        assert_eq!(shown, (first, second), "{query}");
    }
    // What is not in one list may be in the other one.
    let nothing = open(&app, "/history?q=%3Cb%3E&period=year", "en", "")
        .await
        .body;
    places(
        &nothing,
        &[
            "No past event has",
            "&#60;b&#62;",
            "href=\"/?q=%3Cb%3E\"",
            "href=\"/history\">look at all past events",
            "action=\"/history\"",
            "href=\"/history?q=%3Cb%3E&#38;period=last-year\"",
        ],
    );
    let nothing = open(&app, "/?q=%E5%8F%A4%E3%81%84", "ja", "").await.body;
    places(&nothing, &["href=\"/history?q=%E5%8F%A4%E3%81%84\""]);
    let event = open(&app, &format!("/events/{last}"), "ja", "name=Ben").await;
    places(&event.body, &["参加済み", "1/5"]);
    assert!(!event.body.contains("残り"), "{}", event.body);
}

#[sqlx::test]
async fn earlier_events_are_on_the_next_page(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    assert!(
        open(&app, "/history", "ja", "")
            .await
            .body
            .contains("開催されたイベントはまだありません")
    );
    for n in 0..21 {
        let event = json!({ "title": format!("event {n:02}"), "event_date": format!("2010-01-01T00:00:{n:02}Z") });
        create(&app, event).await;
    }
    let first = open(&app, "/history", "en", "").await.body;
    assert!(first.contains("event 20") && first.contains("event 01"));
    assert!(!first.contains("event 00"), "{first}");
    let (_, rest) = first.split_once("href=\"/history?cursor=").unwrap();
    let (cursor, _) = rest.split_once('"').unwrap();
    let second = open(&app, &format!("/history?cursor={cursor}"), "en", "")
        .await
        .body;
    assert!(second.contains("event 00") && !second.contains("event 01"));
}
