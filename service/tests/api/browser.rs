//! The pages in a real browser.

use std::{net::SocketAddr, panic::AssertUnwindSafe, time::Duration};

use axum::Router;
use futures::FutureExt as _;
use serde_json::{Value, json};
use service::http::server;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    browser::driver::Browser,
    client::{application, change, create, event, join, names},
};

pub(crate) mod driver;
mod every_page;
mod files;
mod hands;
mod inspect;
mod keyboard;
mod screenshots;
mod searching;
mod strange;

const ENTER: &str = "\u{e007}";

/// Serves the application and opens a browser window on it, which is closed whatever happens.
async fn browse(
    options: &PgConnectOptions,
    language: &str,
    scripts: bool,
    visit: impl AsyncFnOnce(&Browser, &Router),
) {
    let app = application(options).await;
    let listener = server::listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = listener.local_addr().unwrap();
    let serving = server::serve(
        listener,
        app.clone(),
        std::future::pending(),
        Duration::ZERO,
    );
    let serving = tokio::spawn(serving);
    if let Some(browser) = Browser::open(address, language, scripts).await {
        let visited = AssertUnwindSafe(visit(&browser, &app)).catch_unwind().await;
        browser.close().await;
        if let Err(panic) = visited {
            std::panic::resume_unwind(panic);
        }
    }
    serving.abort();
}

/// The button of a row.
fn button(title: &str, label: &str) -> String {
    format!(
        "//li[contains(@class, 'row')][.//a[normalize-space() = '{title}']]//button[starts-with(normalize-space(), '{label}')]"
    )
}

async fn people(app: &Router, id: i64) -> (Vec<String>, Vec<String>) {
    let event = event(app, id).await;
    (names(&event, "participants"), names(&event, "waitlist"))
}

fn nobody() -> Vec<String> {
    Vec::new()
}

#[sqlx::test]
async fn one_joins_and_leaves_in_place_and_is_asked_the_name_once(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    browse(&options, "ja", true, async |page, app| {
        let first = create(app, json!({ "title": "勉強会", "max_participants": 1 })).await;
        let second = create(app, json!({ "title": "懇親会" })).await;
        page.go("/").await;
        page.click(&button("勉強会", "参加する")).await;
        page.write("//input[@id = 'user_name']", "花子 🎉").await;
        page.click("//button[contains(., 'この名前で参加する')]")
            .await;
        page.shows("参加登録しました").await;
        assert_eq!(
            people(app, first).await,
            (vec!["花子 🎉".to_owned()], nobody())
        );

        // From now on it is one click, and the second one of a double click does not undo it.
        page.go("/?q=%E4%BC%9A").await;
        page.double_click(&button("懇親会", "参加する")).await;
        page.shows("参加登録しました").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(
            people(app, second).await,
            (vec!["花子 🎉".to_owned()], nobody())
        );
        assert_eq!(page.place().await, "/?q=%E4%BC%9A", "the page was not left");
        page.click(&button("勉強会", "参加を取り消す")).await;
        page.shows("参加をキャンセルしました").await;
        assert_eq!(people(app, first).await.0, nobody());

        // The button of the browser leads back to the list as it is by now.
        page.click("//a[normalize-space() = '懇親会']").await;
        page.shows("参加者（1 人）").await;
        page.back().await;
        page.shows("残り 1 席").await;
        page.hides("参加者（1 人）").await;
    })
    .await;
}

#[sqlx::test]
async fn who_comes_too_late_waits_and_gets_the_seat(_: PgPoolOptions, options: PgConnectOptions) {
    browse(&options, "en", true, async |page, app| {
        let id = create(app, json!({ "title": "party", "max_participants": 1 })).await;
        page.go("/name").await;
        page.write("//input[@id = 'user_name']", "Ben").await;
        page.click("//button[. = 'Save']").await;
        page.shows("1 left").await;
        // Meanwhile somebody else is quicker.
        join(app, id, "Aki", "").await;
        page.click(&button("party", "Join")).await;
        page.shows("Sorry, the event is full.").await;
        page.click(&button("party", "Join the waitlist")).await;
        page.shows("Waiting, number 1").await;
        assert_eq!(people(app, id).await.1, ["Ben"]);
        crate::client::leave(app, id, "Aki").await;
        page.go("/?show=joined").await;
        page.shows("Joined").await;
        assert_eq!(people(app, id).await, (vec!["Ben".to_owned()], nobody()));
        page.click("//button[. = '日本語']").await;
        page.shows("参加予定").await;
        assert_eq!(page.place().await, "/?show=joined");
        page.go("/").await;
        page.shows("今後のイベント").await;
    })
    .await;
}

#[sqlx::test]
async fn a_draft_is_kept_and_a_conflict_loses_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    browse(&options, "en", true, async |page, app| {
        page.go("/new").await;
        page.write("//input[@id = 'user_name']", "Ben").await;
        page.press(ENTER).await;
        let field = "return document.getElementById('title').getBoundingClientRect().top";
        let place = page.run(field).await;
        page.write("//input[@id = 'title']", "Rust 勉強会 🎉").await;
        page.write("//textarea", "**soon** <script>alert(1)</script>")
            .await;
        page.shows("soon <script>alert(1)</script>").await;
        // Away without saving, and back.
        page.go("/").await;
        page.click("//a[. = 'New event']").await;
        page.shows("Your draft is back.").await;
        page.shows("soon <script>alert(1)</script>").await;
        assert_eq!(page.run(field).await, place, "its notice has a place");
        assert!(page.shifts().await == 0.0, "a draft moves nothing");
        assert_eq!(page.value("//input[@id = 'title']").await, "Rust 勉強会 🎉");
        page.double_click("//button[. = 'Announce']").await;
        page.shows("The event is announced.").await;
        let place = page.place().await;
        let id: i64 = place.split(['/', '?']).nth(2).unwrap().parse().unwrap();
        page.go("/?q=rust").await;
        page.shows("1 event").await;
        page.go("/new").await;
        assert_eq!(
            page.value("//input[@id = 'title']").await,
            "",
            "the draft is done with"
        );

        page.go(&format!("/events/{id}/edit")).await;
        page.clear("//input[@id = 'title']").await;
        page.write("//input[@id = 'title']", "mine").await;
        change(app, id, json!({ "title": "theirs", "organizer": "Ben" })).await;
        page.click("//button[. = 'Save']").await;
        page.shows("Somebody else has changed the event").await;
        page.shows("theirs").await;
        assert_eq!(page.value("//input[@id = 'title']").await, "mine");
        page.click("//button[. = 'Save']").await;
        page.shows("Saved.").await;
        assert_eq!(event(app, id).await["title"], Value::from("mine"));
    })
    .await;
}

#[sqlx::test]
async fn all_of_it_works_without_scripts(_: PgPoolOptions, options: PgConnectOptions) {
    browse(&options, "en", false, async |page, app| {
        let id = create(app, json!({ "title": "party", "max_participants": 5 })).await;
        create(app, json!({ "title": "other" })).await;
        page.go("/").await;
        page.write("//input[@type = 'search']", "ＰＡＲＴＹ").await;
        page.press(ENTER).await;
        page.hides("other").await;
        page.click(&button("party", "Join")).await;
        page.write("//input[@id = 'user_name']", "Ben").await;
        page.click("//button[. = 'Go on and join']").await;
        page.shows("You have joined. See you there!").await;
        page.click(&button("party", "Leave")).await;
        page.shows("You have left the event.").await;
        page.double_click(&button("party", "Join")).await;
        page.shows("Joined").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(people(app, id).await.0, ["Ben"]);
        page.click("//a[normalize-space() = 'party']").await;
        page.click("//a[. = 'Edit']").await;
        page.clear("//input[@id = 'max_participants']").await;
        page.write("//input[@id = 'max_participants']", "many")
            .await;
        page.click("//button[. = 'Save']").await;
        page.shows("must be a whole number").await;
        page.clear("//input[@id = 'max_participants']").await;
        page.write("//input[@id = 'max_participants']", "７").await;
        page.click("//button[. = 'Save']").await;
        page.shows("6 left").await;
        page.click("//a[. = 'Cancel the event']").await;
        page.click("//button[. = 'Cancel the event']").await;
        page.shows("The event is cancelled.").await;
    })
    .await;
}
