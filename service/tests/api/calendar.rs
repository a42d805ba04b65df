//! `/calendar`: a month at a glance.

use chrono::{Datelike as _, Days, NaiveDate, Utc};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{application, create, join},
    overview::places,
    pages::open,
};

/// The cell of a day.
fn cell(page: &str, day: &str) -> String {
    let cells = page.split("<td").skip(1);
    let mut cells = cells.filter(|cell| cell.contains(&format!("datetime=\"{day}\"")));
    let cell = cells.next().unwrap_or_else(|| panic!("{day} in {page}"));
    assert!(cells.next().is_none(), "{day} is there twice: {page}");
    cell.split("</td>").next().unwrap().to_owned()
}

#[sqlx::test]
async fn events_stand_on_their_days_in_the_companys_time(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let event = async |title: &str, date: &str, seats: i32| {
        create(
            &app,
            json!({ "title": title, "event_date": date, "max_participants": seats }),
        )
        .await
    };
    let first = event("<script>", "2100-03-31T15:00:00Z", 1).await;
    let second = event("懇親会", "2100-04-01T19:00:00+09:00", 1).await;
    event("月末", "2100-04-30T23:59:59+09:00", 9).await;
    event("next month", "2100-04-30T15:00:00Z", 9).await;
    for n in 0..9 {
        event(
            &format!("talk {n}"),
            &format!("2100-04-15T1{n}:00:00+09:00"),
            9,
        )
        .await;
    }
    join(&app, first, "Aki", "").await;
    join(&app, second, "Ben", "").await;

    let page = open(&app, "/calendar?month=2100-04", "ja", "name=Ben").await;
    assert_eq!(page.status, 200);
    let page = page.body;
    places(
        &page,
        &[
            "<h1 id=\"month\">2100年4月</h1>",
            "aria-labelledby=\"month\"",
            "<th scope=\"col\">月<span class=\"hidden\">曜日</span></th>",
            "href=\"/calendar?month=2100-03\"",
            "href=\"/calendar?month=2100-05\"",
            "12 件",
        ],
    );
    assert!(!page.contains("next month") && !page.contains("<script>"));
    // The first of April is a Thursday, and the thirtieth a Friday.
    assert_eq!(page.matches("<td class=\"none\">").count(), 3 + 2, "{page}");
    assert_eq!(page.matches("<td").count(), 35, "{page}");
    let day = cell(&page, "2100-04-01");
    let order = places(
        &day,
        &[
            "4月1日(木)",
            "00:00",
            "&#60;script&#62;",
            "満席",
            "19:00",
            "懇親会",
            "参加予定",
        ],
    );
    assert!(order.is_sorted(), "{order:?} in {day}");
    assert_eq!(
        day.matches("満席").count(),
        1,
        "one's own is not full: {day}"
    );
    places(&cell(&page, "2100-04-30"), &["23:59", "月末"]);
    let day = cell(&page, "2100-04-15");
    let order = places(
        &day,
        &[
            "talk 3",
            "<details>",
            "ほか 5 件",
            "talk 4",
            "talk 8",
            "</details>",
        ],
    );
    assert!(order.is_sorted(), "{order:?} in {day}");
    assert!(cell(&page, "2100-04-02").contains("class=\"free\""));

    let english = open(&app, "/calendar?month=2100-04", "en", "").await.body;
    places(
        &english,
        &[
            "April 2100",
            "<th scope=\"col\">Mon</th>",
            "Thu 1 Apr",
            "5 more",
            "times of Asia/Tokyo",
        ],
    );
    let empty = open(&app, "/calendar?month=2101-04", "ja", "").await.body;
    places(&empty, &["イベントはありません", "href=\"/new\""]);
}

#[sqlx::test]
async fn today_is_marked_and_odd_months_are_this_one(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let today = || {
        let now = Utc::now().with_timezone(&chrono_tz::Asia::Tokyo);
        now.date_naive()
    };
    let (page, day) = loop {
        let before = today();
        let page = open(&app, "/calendar", "ja", "").await.body;
        if before == today() {
            break (page, before);
        }
    };
    places(
        &cell(&page, &day.to_string()),
        &["aria-current=\"date\"", "今日"],
    );
    assert_eq!(page.matches("aria-current=\"date\"").count(), 1);
    let title = format!("<h1 id=\"month\">{}年{}月</h1>", day.year(), day.month());
    assert!(page.contains(&title), "{page}");
    for month in ["", "2026", "2026-13", "1999-12", "%00", "%F0%9F%8E%89"] {
        let page = open(&app, &format!("/calendar?month={month}"), "ja", "").await;
        assert!(page.status == 200 && page.body.contains(&title), "{month}");
    }
    // A step back and forth leads to where one was.
    let last: NaiveDate = day.with_day(1).unwrap() - Days::new(1);
    let path = format!("/calendar?month={}", last.format("%Y-%m"));
    let last = open(&app, &path, "ja", "").await.body;
    assert!(last.contains(&format!("href=\"/calendar?month={}\"", day.format("%Y-%m"))));
    assert!(!last.contains("aria-current=\"date\""), "{last}");
    // There is nothing before the first year that events can have, and nothing after the last.
    for (month, gone) in [("2000-01", "rel=\"prev\""), ("2199-12", "rel=\"next\"")] {
        let page = open(&app, &format!("/calendar?month={month}"), "ja", "").await;
        assert!(page.status == 200 && !page.body.contains(gone), "{month}");
    }
}
