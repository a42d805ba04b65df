//! Names that break what is not careful, on events of all kinds.

use axum::Router;
use chrono::{Days, Utc};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::{browse, files::look_at};
use crate::client::{create, join};

/// Names that break what is not careful.
pub(super) const STRANGE: [&str; 6] = [
    "🎉👩‍👩‍👧 𠮷野家で懇親会",
    "مرحبا بالعالم (2026)",
    "１２３ 全角ｶﾅ",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)> \" ' &amp;",
    "e\u{301}\u{202e}gnp.exe",
];

/// The reader, as the cookie has the name.
pub(super) const READER: (&str, &str) = ("Ben 𠮷 <b>", "Ben%20%F0%A0%AE%B7%20%3Cb%3E");

/// Events of all kinds, upcoming and past, and the addresses of pages, of which each shows something else.
pub(super) async fn furnish(app: &Router) -> Vec<String> {
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

/// A spreadsheet of events.
fn sheet(rows: &[[&str; 5]]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = ["title", "date", "place", "seats", "host"];
    for row in [head].iter().chain(rows) {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// Events of such names, in a spreadsheet with nothing wrong.
pub(super) fn good_sheet() -> String {
    sheet(&STRANGE.map(|name| [name, "2100/1/1 19:00", name, "20", name]))
}

/// The same, with something wrong in every row.
pub(super) fn bad_sheet() -> String {
    sheet(&STRANGE.map(|name| [name, name, name, name, name]))
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
async fn strange_names_show_as_they_are_on_the_pages_of_an_event(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    browse(&options, "ja", true, async |page, app| {
        page.go("/name").await;
        page.keep("name", READER.1).await;
        let own = async |script: &str| page.run(&format!("return {script}")).await;
        let text = "[...document.querySelectorAll('main bdi')].map((name) => name.textContent)";
        let long = ["𠮷".repeat(200), "長".repeat(200)];
        for title in STRANGE.into_iter().chain(long.iter().map(String::as_str)) {
            let name: String = title.chars().take(100).collect();
            let event = json!({ "title": title, "location": title, "organizer": name, "description": title });
            let id = create(app, event).await;
            join(app, id, &name, "").await;
            let at = |page: &str| format!("/events/{id}{page}");
            for (path, shown) in [(at(""), 4), (at("/cancel"), 1)] {
                page.go(&path).await;
                let names = own(text).await;
                let names = names.as_array().unwrap().iter().filter(|shown| **shown == title || **shown == name);
                assert!(names.count() >= shown, "{title} in {path}");
            }
            for path in [at("/edit"), format!("/new?from={id}")] {
                page.go(&path).await;
                for field in ["title", "location", "description"] {
                    let value = page.value(&format!("//*[@id = '{field}']")).await;
                    assert_eq!(value, title, "{field} in {path}");
                }
            }
            // In the preview of the description too, as it came and once it is written anew.
            page.write("//textarea", "!").await;
            page.shows("!").await;
            assert_eq!(own("document.querySelectorAll('main :is(script, img, b)').length").await, 0);
            assert_eq!(own("document.querySelector('header bdi').textContent").await, READER.0);
        }
        for sheet in [good_sheet(), bad_sheet()] {
            look_at(page, &sheet).await;
            let cells = own("[...document.querySelectorAll('.sheet td')].map((cell) => cell.textContent)").await;
            for name in STRANGE {
                assert!(cells.as_array().unwrap().iter().any(|cell| cell == name), "{name} in {cells}");
            }
            assert_eq!(own("document.querySelectorAll('main :is(script, img)').length").await, 0);
        }
    })
    .await;
}
