//! `/stats`: what came of the events.

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{
    Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    client::{application, send},
    overview::places,
    pages::open,
};

/// The figures of the page: what stands in the tiles, and in the table of each chart in the row of the present month.
fn figures(page: &str) -> (Vec<String>, Vec<String>) {
    let between = |text: &str, begin: &str, end: &str| -> Vec<String> {
        let parts = text.split(begin).skip(1);
        parts
            .map(|part| part.split(end).next().unwrap().to_owned())
            .collect()
    };
    let present = between(page, "（途中）</span></th>", "</tr>");
    let rows = present
        .iter()
        .map(|row| between(row, "<td>", "</td>").join(" "));
    (between(page, "class=\"value\">", "<"), rows.collect())
}

/// An event of this month that is over, announced some hours before, of which so many seats were taken, and the last
/// of them so many hours after it was announced.
async fn held(
    connection: &mut PgConnection,
    (announced, seats): (i32, i32),
    (taken, last): (i32, i32),
) {
    sqlx::query(
        "with made as (
             insert into events (title, event_date, max_participants, organizer, created_at)
             values ('a', now() - interval '1 second', $2, 'Aki', now() - make_interval(hours => $1))
             returning id, created_at)
         insert into participants (event_id, user_name, registered_at)
         select id, 'member ' || n, created_at + make_interval(hours => $4) * n / $3
           from made, generate_series(1, $3) n",
    )
    .bind(announced)
    .bind(seats)
    .bind(taken)
    .bind(last)
    .execute(connection)
    .await
    .unwrap();
}

#[sqlx::test]
async fn the_figures_are_those_of_what_has_taken_place(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let nothing = open(&app, "/stats", "ja", "").await.body;
    assert!(
        nothing.contains("表示できる数値はほとんどありません"),
        "{nothing}"
    );
    let (tiles, rows) = figures(&nothing);
    assert_eq!(tiles, ["0", "0", "–", "–", "–"]);
    assert_eq!(rows, ["0", "0", "0 0 –", "0 –", "0 0 –"]);
    assert!(!nothing.contains("<rect"), "{nothing}");

    held(&mut connection, (200, 4), (4, 48)).await;
    held(&mut connection, (200, 2), (2, 96)).await;
    held(&mut connection, (200, 10), (3, 5)).await;
    // Entered after it had begun, as from an old list: nobody knows when it was announced.
    held(&mut connection, (-1, 2), (2, 0)).await;
    // Of which nothing is said: upcoming, and long ago.
    for date in ["2100-01-01", "2001-01-01"] {
        let event = "insert into events (title, event_date, max_participants, organizer)
                     values ('b', $1::timestamptz, 1000, 'Aki')";
        let event = sqlx::query(event).bind(date.parse::<chrono::NaiveDate>().unwrap());
        event.execute(&mut connection).await.unwrap();
    }
    let page = open(&app, "/stats", "ja", "").await.body;
    let (tiles, rows) = figures(&page);
    assert_eq!(tiles, ["4", "11", "61 %", "3.0 日", "–"]);
    assert_eq!(rows, ["4", "11", "11 18 61 %", "2 3.0", "0 0 –"]);
    places(
        &page,
        &[
            "4 件だけです",
            "4 件中 2 件が満席",
            "18 席中 11 席",
            "<rect class=\"partial\"",
            "role=\"img\"",
        ],
    );
    let english = open(&app, "/stats", "en", "").await.body;
    places(
        &english,
        &["Only 4 events have taken place", "3.0 days", "so far"],
    );
}

#[sqlx::test]
async fn an_event_is_full_when_the_last_seat_is_taken_first(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    held(&mut connection, (200, 2), (2, 150)).await;
    // It was full after ten hours. Then somebody left, and somebody who had waited got the seat.
    let created: DateTime<Utc> = sqlx::query_scalar("select created_at from events")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    for (action, hours) in [
        ("joined", 5),
        ("joined", 10),
        ("left", 100),
        ("promoted", 150),
    ] {
        sqlx::query("insert into history (event_id, action, at) select id, $1, $2 from events")
            .bind(action)
            .bind(created + TimeDelta::hours(hours))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    let page = open(&app, "/stats", "ja", "").await.body;
    assert_eq!(figures(&page).0[3], "10.0 時間", "{page}");
}

/// Searches as the script of the pages does while somebody types.
async fn type_in(app: &Router, path: &str) {
    let request = Request::get(path)
        .header(header::ACCEPT, "text/html")
        .header("x-typing", "yes");
    let answer = send(app, request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 200);
}

#[sqlx::test]
async fn searches_are_counted_and_nothing_of_who_or_for_what(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    crate::client::create(&app, serde_json::json!({ "title": "勉強会" })).await;
    for (path, cookie) in [
        ("/?q=%E5%8B%89", "name=Ben"),
        ("/?q=nowhere", "name=Ben"),
        ("/history?q=%E5%8B%89", ""),
        // No search: without words, further pages, what follows a form.
        ("/?q=+", ""),
        ("/history", ""),
        ("/?q=nowhere&notice=left", ""),
    ] {
        assert_eq!(open(&app, path, "ja", cookie).await.status, 200);
    }
    type_in(&app, "/?q=nowhe").await;
    let page = open(&app, "/stats", "ja", "").await.body;
    let (tiles, rows) = figures(&page);
    assert_eq!((tiles[4].as_str(), rows[4].as_str()), ("66 %", "3 2 66 %"));
    open(&app, "/?q=nowhere", "ja", "").await;
    // Another task counts for itself; both add to the same day.
    let other = application(&options).await;
    open(&other, "/?q=nowhere", "ja", "").await;
    open(&other, "/stats", "ja", "").await;
    let page = open(&app, "/stats", "ja", "").await.body;
    assert!(page.contains("5 回中 4 回"), "{page}");
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let rows: i64 = sqlx::query_scalar("select count(*) from searches")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!((1..=2).contains(&rows), "one a day: {rows}");
}
