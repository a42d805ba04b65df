//! Events and participants for a spreadsheet.

use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{Answer, application, call, create, event, join, names, request, send},
    imports::{counts, import},
};

/// The rows of an export, which is marked as UTF-8.
#[track_caller]
fn rows(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(
        answer
            .header("content-type")
            .starts_with("text/csv; charset=utf-8")
    );
    let text = answer.body.strip_prefix('\u{feff}').unwrap();
    assert!(text.ends_with("\r\n"));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let cells = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
    reader.records().map(|row| cells(row.unwrap())).collect()
}

#[sqlx::test]
async fn events_are_exported_as_excel_reads_them_and_come_back_as_they_were(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    for n in 0..250 {
        let date = format!("2100-01-01T{:02}:{:02}:00+09:00", n / 60, n % 60);
        create(
            &app,
            json!({ "title": format!("定例会 {n}"), "event_date": date }),
        )
        .await;
    }
    let odd = json!({
        "title": "=HYPERLINK(\"http://evil.example\", \"懇親会\")", "location": "＋81", "organizer": "@aki",
        "description": "-1\n\"two\", lines", "event_date": "2001-02-03T04:05:00Z",
    });
    let id = create(&app, odd).await;
    join(&app, id + 1, "nobody", "").await;
    let export = call(&app, "GET", "/events.csv", Value::Null).await;
    assert_eq!(
        export.header("content-disposition"),
        "attachment; filename=\"events.csv\""
    );
    let all = rows(&export);
    assert_eq!(all.len(), 252);
    assert_eq!(all[0][..4], ["ID", "Title", "Date and time", "Place"]);
    assert_eq!(
        all[1],
        [
            id.to_string().as_str(),
            "'=HYPERLINK(\"http://evil.example\", \"懇親会\")",
            "2001-02-03 13:05",
            "'＋81",
            "2",
            "0",
            "0",
            "'@aki",
            "'-1\n\"two\", lines"
        ]
    );
    let numbers = all[2..].iter().map(|row| {
        row[1]
            .trim_start_matches("定例会 ")
            .parse::<usize>()
            .unwrap()
    });
    assert!(numbers.eq(0..250), "each of them once, in their order");
    let japanese = call(&app, "GET", "/events.csv?lang=ja&q=12", Value::Null).await;
    let found = rows(&japanese);
    assert_eq!(found[0][1..4], ["タイトル", "日時", "場所"]);
    assert_eq!(found.len(), 1 + 13, "12, 112, 120 to 129 and 212");
    call(&app, "GET", "/events.csv?when=never", Value::Null)
        .await
        .assert_problem(400, "invalid-parameters");

    assert_eq!(counts(&import(&app, "", &export.body).await), (0, 251));
    for id in 1..=id {
        call(&app, "DELETE", &format!("/events/{id}"), Value::Null).await;
    }
    assert_eq!(counts(&import(&app, "", &export.body).await), (251, 0));
    let again = rows(&call(&app, "GET", "/events.csv", Value::Null).await);
    let without_id =
        |rows: &[Vec<String>]| rows.iter().map(|row| row[1..].to_vec()).collect::<Vec<_>>();
    assert_eq!(without_id(&again), without_id(&all));
}

#[sqlx::test]
async fn participants_are_exported_in_their_order(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let id = create(&app, json!({})).await;
    for name in ["花子", "=1+1", "Chen"] {
        join(&app, id, name, "?waitlist=true").await;
    }
    assert_eq!(names(&event(&app, id).await, "waitlist"), ["Chen"]);
    let mut request = request(
        "GET",
        &format!("/events/{id}/participants.csv"),
        &Value::Null,
    );
    request
        .headers_mut()
        .insert("accept-language", "ja".parse().unwrap());
    let people = rows(&send(&app, request).await);
    let shown: Vec<_> = people
        .iter()
        .map(|row| (row[0].as_str(), row[1].as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("名前", "状態"),
            ("花子", "参加"),
            ("'=1+1", "参加"),
            ("Chen", "キャンセル待ち")
        ]
    );
    let none = call(&app, "GET", "/events/999/participants.csv", Value::Null).await;
    none.assert_problem(404, "event-not-found");
}
