//! Pictures of the pages, for people to look at: `make screenshots`.

use std::path::{Path, PathBuf};

use axum::Router;
use chrono::{Datelike as _, Days, Months, Utc};
use serde_json::json;
use sqlx::{
    Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{browse, driver::Browser, files::look_at, inspect::Scheme};
use crate::client::{application, change, create, join};

/// The reader, as the cookie has the name.
const READER: (&str, &str) = ("加藤 隆", "%E5%8A%A0%E8%97%A4%20%E9%9A%86");

/// A list as it comes out of a spreadsheet, and one that is not right yet.
const GOOD: &str = "イベント名,開催日,開始時刻,会場,定員,幹事,参加者\n\
    Rust 勉強会,2027/4/16（金）,19:00,本社 8F,20名,佐藤 美咲,12\n\
    新入社員歓迎会,2027年4月23日,18時半,Café Mori,60名,Ben Carter,48\n";
const BAD: &str = "イベント名,開催日,開始時刻,会場,定員,幹事\n\
    Rust 勉強会,4/16,19:00,本社 8F,20名,佐藤 美咲\n\
    ,2027/4/23,夕方,Café Mori,未定,Ben Carter\n\
    LT 大会,2027/5/14,19:00,本社 8F,30,\n";

/// Adds events as a company has them, and gives the number of one that is full.
async fn furnish(options: &PgConnectOptions, app: &Router) -> i64 {
    let mut connection = PgConnection::connect_with(options).await.unwrap();
    let samples = service::sample::events(60, Utc::now());
    service::store::sample::add(&mut connection, &samples)
        .await
        .unwrap();
    // The year before as well, and searches as people make them.
    for statement in [
        "update participants p set registered_at = p.registered_at - interval '4 months'
           from events e where e.id = p.event_id and e.id % 5 = 4 and e.event_date < now()",
        "update events set event_date = event_date - interval '4 months', created_at = created_at - interval '4 months'
          where id % 5 = 4 and event_date < now()",
        "insert into searches select current_date - 9 * n, 40 - n, 3 + n * 7 % 5 from generate_series(0, 30) n",
    ] {
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }
    let day = Utc::now().date_naive() + Days::new(3);
    let event = json!({
        "title": "ふりかえり会 & pizza", "location": "本社 8F セミナールーム", "organizer": READER.0,
        "max_participants": 3, "event_date": format!("{day}T19:00:00+09:00"),
        "description": "今月の **リリース** をふりかえります。\n\n* 良かったこと\n* 次に試したいこと\n\n資料: https://example.com/slides",
    });
    let id = create(app, event.clone()).await;
    for name in ["Ben Carter", READER.0, "鈴木 大輔"] {
        join(app, id, name, "").await;
    }
    join(app, id, "Grace Okafor", "?waitlist=true").await;
    change(app, id, event).await;
    id
}

/// Takes pictures of a page in all looks, opened anew for each if it has an address.
async fn pictures(page: &Browser, place: &Path, path: Option<&str>) {
    for (width, scheme, look, most) in [
        (1280, Scheme::Light, "", 4_000),
        (360, Scheme::Light, "", 4_000),
        (360, Scheme::Dark, "-dark", 4_000),
        // As the README has some of them.
        (1000, Scheme::Light, "-top", 720),
    ] {
        page.look(width, scheme).await;
        if let Some(path) = path {
            page.go(path).await;
        }
        let file = format!("{}-{width}{look}.png", place.display());
        page.picture(Path::new(&file), most).await;
    }
}

#[sqlx::test]
#[ignore = "makes pictures: make screenshots"]
async fn take(_: PgPoolOptions, options: PgConnectOptions) {
    let folder = PathBuf::from(std::env::var("SCREENSHOTS").unwrap());
    std::fs::create_dir_all(&folder).unwrap();
    let app = application(&options).await;
    let id = furnish(&options, &app).await;
    for language in ["en", "ja"] {
        browse(&options, language, true, async |page, _| {
            let today = Utc::now()
                .with_timezone(&chrono_tz::Asia::Tokyo)
                .date_naive();
            let next = today.with_day(1).unwrap() + Months::new(1);
            page.go("/name").await;
            page.keep("name", READER.1).await;
            for (name, path) in [
                ("upcoming", "/".to_owned()),
                ("nothing-found", "/?q=nowhere".to_owned()),
                (
                    "calendar",
                    format!("/calendar?month={}", next.format("%Y-%m")),
                ),
                ("history", "/history".to_owned()),
                ("stats", "/stats".to_owned()),
                ("subscribe", "/subscribe".to_owned()),
                ("import", "/import".to_owned()),
                ("event", format!("/events/{id}")),
                ("edit", format!("/events/{id}/edit")),
                ("cancel", format!("/events/{id}/cancel")),
                ("new", "/new".to_owned()),
                ("name", "/name".to_owned()),
                ("problem", "/nowhere".to_owned()),
                ("api", "/docs".to_owned()),
            ] {
                pictures(
                    page,
                    &folder.join(format!("{name}-{language}")),
                    Some(&path),
                )
                .await;
            }
            // What only a form leads to.
            for (name, sheet) in [("import-preview", GOOD), ("import-mistakes", BAD)] {
                look_at(page, sheet).await;
                pictures(page, &folder.join(format!("{name}-{language}")), None).await;
            }
            page.go("/subscribe").await;
            page.click("//form[@action = '/forms/feed']//button").await;
            page.value("//input[@id = 'mine']").await;
            pictures(
                page,
                &folder.join(format!("subscribe-address-{language}")),
                None,
            )
            .await;
        })
        .await;
    }
}
