//! How events are found.

use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::{ENTER, browse};
use crate::client::create;

const TAB: &str = "\u{e004}";

#[sqlx::test]
async fn a_named_event_among_500_is_found_in_three_interactions_and_by_keyboard_alone(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    browse(&options, "ja", true, async |page, app| {
        for n in 0..500 {
            let event = json!({
                "title": format!("定例会 {n}"),
                "event_date": format!("2100-01-01T{:02}:{:02}:00Z", n / 60, n % 60),
            });
            create(app, event).await;
        }
        let far = json!({ "title": "ラスト勉強会", "event_date": "2100-12-31T10:00:00+09:00" });
        let id = create(app, far).await;
        page.go("/").await;
        page.shows("20 件以上").await;
        // One: to the search. Two: some of its words, in another spelling. Three: to the event.
        let before = page.touched();
        page.click("//input[@type = 'search']").await;
        page.write("//input[@type = 'search']", "ﾗｽﾄ").await;
        page.click("//a[normalize-space() = 'ラスト勉強会']").await;
        page.shows("まだ参加者はいません").await;
        assert_eq!(page.touched() - before, 3);
        assert_eq!(page.place().await, format!("/events/{id}"));

        page.go("/").await;
        page.shows("20 件以上").await;
        page.press("/").await;
        page.press("ﾗｽﾄ").await;
        page.shows("ラスト勉強会").await;
        page.hides("定例会").await;
        // The button, the filters, and then the only event.
        page.press(&TAB.repeat(11)).await;
        page.press(ENTER).await;
        page.shows("まだ参加者はいません").await;
        assert_eq!(page.place().await, format!("/events/{id}"));
        page.back().await;
        page.shows("ラスト勉強会").await;
        assert_eq!(page.value("//input[@type = 'search']").await, "ﾗｽﾄ");
    })
    .await;
}

#[sqlx::test]
async fn what_is_typed_is_one_search(_: PgPoolOptions, options: PgConnectOptions) {
    browse(&options, "en", true, async |page, app| {
        create(app, json!({ "title": "party" })).await;
        page.go("/").await;
        // Each letter is looked for at once; what counts is what one has typed in the end.
        page.press("/").await;
        for letter in ["p", "a", "r", "t", "z"] {
            page.press(letter).await;
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        page.shows("No upcoming event has").await;
        // By leaving the page, if not before; that request may still be under way.
        page.go("/stats").await;
        let begun = Instant::now();
        while !page.text("//main").await.contains("1 of 1 searches")
            && begun.elapsed() < Duration::from_secs(10)
        {
            page.go("/stats").await;
        }
        page.shows("1 of 1 searches").await;
    })
    .await;
}
