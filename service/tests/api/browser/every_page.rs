//! What holds for every page: axe-core finds nothing, nothing moves by itself, nothing is too wide, and nobody else is
//! asked for anything.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use axum::Router;
use chrono::Utc;
use serde_json::json;
use sqlx::{
    Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{
    browse,
    driver::Browser,
    files::look_at,
    inspect::Scheme,
    strange::{READER, STRANGE, bad_sheet, furnish, good_sheet},
};
use crate::{client::change, pages::open};

/// A path without what differs between pages of one kind.
fn kind(path: &str) -> String {
    let path = path.split('?').next().unwrap();
    let parts = path.split('/');
    let parts = parts.map(|part| part.parse::<u64>().map_or(part, |_| "#"));
    parts.collect::<Vec<_>>().join("/")
}

/// Whether an address leads to a page.
async fn is_page(app: &Router, path: &str) -> bool {
    let answer = open(app, path, "en", &format!("name={}", READER.1)).await;
    answer.header("content-type").starts_with("text/html")
}

/// Looks at the page that is open, in each of the ways, and says where it leads to.
async fn inspect(page: &Browser, axe: Option<&str>, ways: [(u32, Scheme); 2]) -> Vec<String> {
    for (width, scheme) in ways {
        page.look(width, scheme).await;
        let place = page.place().await;
        let wide = page
            .run("return document.documentElement.scrollWidth - innerWidth")
            .await;
        assert!(
            wide.as_i64() <= Some(0),
            "{place} is {wide} too wide at {width}"
        );
        if let Some(axe) = axe {
            let objections = page.objections(axe).await;
            assert!(
                objections.is_empty(),
                "{place} {width} {scheme:?}: {objections:#?}"
            );
        }
    }
    let narrow = page.narrow_brackets().await;
    assert!(narrow.is_empty(), "{}: {narrow:?}", page.place().await);
    let links = page
        .run("return [...document.links].filter((link) => link.origin === location.origin && !link.hasAttribute('download')).map((link) => link.pathname + link.search)")
        .await;
    let links = links.as_array().unwrap().iter();
    links
        .map(|link| link.as_str().unwrap().to_owned())
        .collect()
}

/// Asserts that nobody but the service was asked for anything, and that something was.
async fn only_the_service(page: &Browser) {
    let traffic = page.traffic().await;
    let asked: Vec<_> = traffic
        .iter()
        .filter(|(event, _)| event == "Network.requestWillBeSent")
        .map(|(_, about)| about["request"]["url"].as_str().unwrap().to_owned())
        .collect();
    assert!(!asked.is_empty());
    // Signs that the browser brings along, such as that of a field for a date, have no host.
    for url in asked.iter().filter(|url| !url.starts_with("data:")) {
        let own = url.strip_prefix(&page.site);
        assert!(own.is_some_and(|path| path.starts_with('/')), "{url}");
    }
}

async fn every_page(options: &PgConnectOptions, language: &str, ways: [(u32, Scheme); 2]) {
    browse(options, language, true, async |page, app| {
        let axe = Browser::axe();
        let paths = furnish(app).await;
        let conflict = paths.iter().find(|path| path.ends_with("/edit")).unwrap().clone();
        let mut seen: BTreeSet<_> = paths.iter().map(|path| kind(path)).collect();
        let mut queue: VecDeque<_> = paths.into();
        page.go("/name").await;
        page.keep("name", READER.1).await;
        page.traffic().await;
        while let Some(path) = queue.pop_front() {
            for (width, scheme) in ways {
                page.look(width, scheme).await;
                page.go(&path).await;
                let moved = page.shifts().await;
                assert!(moved == 0.0, "{path} moves by {moved} at {width}");
            }
            for link in inspect(page, axe.as_deref(), ways).await {
                if seen.insert(kind(&link)) && is_page(app, &link).await {
                    queue.push_back(link);
                }
            }
            only_the_service(page).await;
        }
        assert!(seen.len() >= 12, "{seen:?}");

        // What only a form leads to.
        page.go(&conflict).await;
        let id = conflict.split('/').nth(2).unwrap().parse().unwrap();
        change(app, id, json!({ "title": "theirs", "description": "W".repeat(300) })).await;
        page.click("//form[contains(@class, 'fields')]//button[not(@type)]").await;
        page.shows("theirs").await;
        inspect(page, axe.as_deref(), ways).await;
        page.clear("//input[@id = 'max_participants']").await;
        page.write("//input[@id = 'max_participants']", "x").await;
        page.click("//form[contains(@class, 'fields')]//button[not(@type)]").await;
        page.shows(if language == "ja" { "まだ保存されていません" } else { "Not saved yet" }).await;
        inspect(page, axe.as_deref(), ways).await;
        for (sheet, row) in [(good_sheet(), STRANGE[0]), (bad_sheet(), STRANGE[3])] {
            look_at(page, &sheet).await;
            page.shows(row).await;
            inspect(page, axe.as_deref(), ways).await;
        }
        page.go("/subscribe").await;
        page.click("//form[@action = '/forms/feed']//button").await;
        assert!(page.value("//input[@id = 'mine']").await.contains("/feeds/"));
        inspect(page, axe.as_deref(), ways).await;

        // The measures see what they are there for.
        page.go("/").await;
        page.shifts().await;
        page.run("document.querySelector('main').prepend(Object.assign(document.createElement('img'), { height: 300 }))").await;
        assert!(page.shifts().await > 0.0);
        page.run("document.querySelector('h1').textContent = '件(7)'").await;
        assert_eq!(page.narrow_brackets().await.len(), usize::from(language == "ja"));
        if let Some(axe) = &axe {
            let objections = page.objections(axe).await;
            assert!(objections.iter().any(|objection| objection[0] == "image-alt"), "{objections:?}");
        }
    })
    .await;
}

#[sqlx::test]
async fn every_page_is_sound_in_japanese(_: PgPoolOptions, options: PgConnectOptions) {
    every_page(&options, "ja", [(1280, Scheme::Light), (360, Scheme::Dark)]).await;
}

#[sqlx::test]
async fn every_page_is_sound_in_english(_: PgPoolOptions, options: PgConnectOptions) {
    every_page(&options, "en", [(1280, Scheme::Dark), (360, Scheme::Light)]).await;
}

#[sqlx::test]
async fn the_first_page_is_light(_: PgPoolOptions, options: PgConnectOptions) {
    browse(&options, "ja", true, async |page, app| {
        let mut connection = PgConnection::connect_with(&options).await.unwrap();
        let samples = service::sample::events(60, Utc::now());
        service::store::sample::add(&mut connection, &samples)
            .await
            .unwrap();
        let list = open(app, "/", "ja", "").await.body;
        assert_eq!(list.matches("data-row").count(), 20, "a full page");
        page.traffic().await;
        page.go("/").await;
        page.shows("20 件以上").await;
        // The mark for the tab may come later.
        let mut transferred = 0.0;
        let mut answers = 0;
        for _ in 0..50 {
            for (event, about) in page.traffic().await {
                if event == "Network.loadingFinished" {
                    transferred += about["encodedDataLength"].as_f64().unwrap();
                    answers += 1;
                }
            }
            if answers >= 4 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert!(answers >= 3, "page, style sheet and script: {answers}");
        assert!(
            (10_000.0..50_000.0).contains(&transferred),
            "{transferred} bytes"
        );
    })
    .await;
}
