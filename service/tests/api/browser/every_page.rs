//! What holds for every page: axe-core finds nothing, nothing moves by itself, nothing is too wide, and nobody else is
//! asked for anything.

use std::{
    collections::{BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use axum::Router;
use chrono::{Days, Utc};
use serde_json::json;
use sqlx::{
    Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{browse, driver::Browser, inspect::Scheme};
use crate::{
    client::{change, create, join},
    pages::open,
};

/// Names that break what is not careful.
const STRANGE: [&str; 6] = [
    "🎉👩‍👩‍👧 𠮷野家で懇親会",
    "مرحبا بالعالم (2026)",
    "１２３ 全角ｶﾅ",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)> \" ' &amp;",
    "e\u{301}\u{202e}gnp.exe",
];

/// The reader, as the cookie has the name.
const READER: (&str, &str) = ("Ben 𠮷 <b>", "Ben%20%F0%A0%AE%B7%20%3Cb%3E");

/// Events of all kinds, upcoming and past, and the addresses of pages, of which each shows something else.
async fn furnish(app: &Router) -> Vec<String> {
    let today = Utc::now()
        .with_timezone(&chrono_tz::Asia::Tokyo)
        .date_naive();
    let tomorrow = today + Days::new(1);
    let long = ["長".repeat(200), "W".repeat(200)];
    let titles = STRANGE.into_iter().chain(long.iter().map(String::as_str));
    let mut ids = Vec::new();
    for (number, title) in titles.enumerate() {
        let name: String = title.chars().take(100).collect();
        let day = if number % 2 == 0 {
            today - Days::new(2)
        } else {
            tomorrow
        };
        for day in [tomorrow, day] {
            let event = json!({
                "title": title, "location": title, "organizer": name, "max_participants": 2,
                "event_date": format!("{day}T19:00:00+09:00"),
                "description": format!("# {title}\n\n* **one** `code` https://example.com/{number}\n\n> quoted\n\n```\n{title}\n```"),
            });
            let id = create(app, event).await;
            join(app, id, &name, "").await;
            ids.push(id);
        }
        if number > 3 {
            join(app, ids[ids.len() - 2], READER.0, "").await;
            join(app, ids[ids.len() - 2], "third", "?waitlist=true").await;
        }
    }
    let (full, free) = (ids[ids.len() - 2], ids[0]);
    let mut paths: Vec<_> = [
        "/",
        "/?q=nowhere",
        "/?show=joined&period=month",
        "/history",
        "/history?q=nowhere",
        "/stats",
        "/new",
        "/name",
        "/nowhere",
        "/docs",
    ]
    .map(str::to_owned)
    .into();
    paths.push(format!("/calendar?month={}", tomorrow.format("%Y-%m")));
    for id in [full, free] {
        paths.push(format!("/events/{id}"));
    }
    for form in ["edit", "cancel"] {
        paths.push(format!("/events/{full}/{form}"));
    }
    paths.push(format!("/events/{free}?notice=full"));
    paths
}

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

        // The measures see what they are there for.
        page.go("/").await;
        page.shifts().await;
        page.run("document.querySelector('main').prepend(Object.assign(document.createElement('img'), { height: 300 }))").await;
        assert!(page.shifts().await > 0.0);
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
async fn strange_names_show_as_they_are_on_the_lists(_: PgPoolOptions, options: PgConnectOptions) {
    browse(&options, "en", true, async |page, app| {
        furnish(app).await;
        page.go("/name").await;
        page.keep("name", READER.1).await;
        let shown = async |path: &str| -> Vec<String> {
            page.go(path).await;
            let texts = page
                .run("return [...document.querySelectorAll('main bdi')].map((name) => name.textContent)")
                .await;
            assert_eq!(page.run("return document.querySelectorAll('main script, main img').length").await, 0);
            assert_eq!(page.run("return document.querySelector('header bdi').textContent").await, READER.0);
            let texts = texts.as_array().unwrap().iter();
            texts.map(|text| text.as_str().unwrap().to_owned()).collect()
        };
        let tomorrow = Utc::now().with_timezone(&chrono_tz::Asia::Tokyo).date_naive() + Days::new(1);
        let calendar = format!("/calendar?month={}", tomorrow.format("%Y-%m"));
        let (long, wide) = ("長".repeat(200), "W".repeat(200));
        for (place, title) in STRANGE.into_iter().chain([long.as_str(), wide.as_str()]).enumerate() {
            for path in ["/", "/history", &calendar] {
                if path == "/history" && place % 2 == 1 {
                    continue;
                }
                let names = shown(path).await;
                assert!(names.iter().any(|name| name == title), "{title} in {path}: {names:?}");
            }
        }
    })
    .await;
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
