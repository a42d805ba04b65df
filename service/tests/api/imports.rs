//! The import of the old list.

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{Answer, application, call, change, create, event, send},
    company::{ADMIN, AKI, Company},
};

const SHEET: &str = "タイトル,日時,場所,定員,主催者\n勉強会,2100/4/1 19:00,8F,20,Aki\n懇親会,２０２０年３月１日 １８：３０,9F,３０名,Ben\n";

fn csv(path: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::post(path).header(header::CONTENT_TYPE, "text/csv");
    request.body(body.into()).unwrap()
}

pub(crate) async fn import(app: &Router, wish: &str, sheet: &str) -> Answer {
    send(app, csv(&format!("/events/import{wish}"), sheet.to_owned())).await
}

/// How many events are new and how many there were, by an answer.
#[track_caller]
pub(crate) fn counts(answer: &Answer) -> (u64, u64) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let import = answer.json();
    let count = |name: &str| import[name].as_u64().unwrap();
    (count("created"), count("known"))
}

async fn titles(app: &Router) -> Vec<String> {
    let list = call(app, "GET", "/events?when=all", Value::Null)
        .await
        .json();
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|event| event["title"].as_str().unwrap().to_owned())
        .collect()
}

#[sqlx::test]
async fn a_list_comes_in_once_however_often_it_is_sent(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let tried = import(&app, "?dry_run=true", SHEET).await;
    assert_eq!(counts(&tried), (2, 0));
    assert_eq!(
        tried.json()["rows"][0],
        json!({ "row": 2, "is_new": true, "event_id": null, "title": "勉強会" })
    );
    assert_eq!(titles(&app).await, [""; 0], "that was no import");

    let done = import(&app, "", SHEET).await;
    assert_eq!(counts(&done), (2, 0));
    assert_eq!(titles(&app).await, ["懇親会", "勉強会"]);
    let id = done.json()["rows"][0]["event_id"].as_i64().unwrap();
    let made = event(&app, id).await;
    assert_eq!(made["event_date"], "2100-04-01T10:00:00Z");
    assert_eq!(
        (&made["max_participants"], &made["organizer"]),
        (&json!(20), &json!("Aki"))
    );
    let history = call(&app, "GET", &format!("/events/{id}/history"), Value::Null)
        .await
        .json();
    assert_eq!(history["items"][0]["action"], "created");
    let found = call(&app, "GET", "/events?q=8f", Value::Null).await.json();
    assert_eq!(found["items"][0]["id"], id, "it is found like others");

    // Again; spelt differently; edited since; in Shift_JIS.
    assert_eq!(counts(&import(&app, "", SHEET).await), (0, 2));
    let wide = SHEET.replace("8F", "８ｆ").replace("/", "-");
    assert_eq!(counts(&import(&app, "", &wide).await), (0, 2));
    change(
        &app,
        id,
        json!({ "title": "renamed", "event_date": "2100-05-05T10:00:00Z" }),
    )
    .await;
    assert_eq!(counts(&import(&app, "?dry_run=true", SHEET).await), (0, 2));
    let (shift_jis, _, _) = encoding_rs::SHIFT_JIS.encode(SHEET);
    let again = send(&app, csv("/events/import", shift_jis.into_owned())).await;
    assert_eq!(counts(&again), (0, 2));
    // One that somebody has typed in by hand is known too.
    create(
        &app,
        json!({ "title": "ＬＴ", "event_date": "2100-06-01T19:00:00+09:00", "location": "" }),
    )
    .await;
    assert_eq!(
        counts(&import(&app, "", "title,date,seats,host\nLT,2100/6/1 19:00,5,Aki\n").await),
        (0, 1)
    );
    // Once an event is gone, it can come in again.
    call(&app, "DELETE", &format!("/events/{id}"), Value::Null).await;
    assert_eq!(counts(&import(&app, "", SHEET).await), (1, 1));

    // Whoever reads the announcements has known the old list for long.
    let pool = pool.connect_with(options).await.unwrap();
    let told: Vec<String> = sqlx::query_scalar(
        "select payload #>> '{event,title}' from notifications where kind = 'created'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(told, ["ＬＴ"]);
}

#[sqlx::test]
async fn two_imports_at_the_same_time_make_nothing_twice(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let imports = (0..8).map(|_| import(&app, "", SHEET));
    let counted: Vec<_> = futures::future::join_all(imports)
        .await
        .iter()
        .map(counts)
        .collect();
    assert_eq!(
        counted.iter().map(|(created, _)| created).sum::<u64>(),
        2,
        "{counted:?}"
    );
    assert_eq!(titles(&app).await.len(), 2);
}

#[sqlx::test]
async fn nothing_comes_in_of_a_list_with_a_mistake_and_every_mistake_is_named(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let sheet = format!("{SHEET},12/4 19:00,8F,many,Aki\n");
    for wish in ["", "?dry_run=true"] {
        let mut request = csv(&format!("/events/import{wish}"), sheet.clone());
        request
            .headers_mut()
            .insert("accept-language", "ja".parse().unwrap());
        let problem = send(&app, request)
            .await
            .assert_problem(422, "import-refused");
        let errors = problem["errors"].as_array().unwrap();
        let places: Vec<_> = errors
            .iter()
            .map(|e| (&e["row"], &e["column"], &e["value"]))
            .collect();
        let row = json!(4);
        let (title, day, seats) = (json!("タイトル"), json!("日時"), json!("定員"));
        let (nothing, date, many) = (json!(""), json!("12/4 19:00"), json!("many"));
        assert_eq!(
            places,
            [
                (&row, &title, &nothing),
                (&row, &day, &date),
                (&row, &seats, &many)
            ]
        );
        assert!(
            errors[1]["detail"]
                .as_str()
                .unwrap()
                .contains("年から入力してください"),
            "{problem}"
        );
        assert_eq!(titles(&app).await.len(), 0);
    }
    let odd = import(&app, "?dry_run=maybe", SHEET).await;
    odd.assert_problem(400, "invalid-parameters");
    let json = call(&app, "POST", "/events/import", json!({})).await;
    json.assert_problem(415, "not-csv");
    let large = import(&app, "", &"x".repeat(600_000)).await;
    large.assert_problem(413, "file-too-large");
    let workbook = import(&app, "", "PK\u{3}\u{4}").await;
    assert!(
        workbook.assert_problem(422, "import-refused")["errors"][0]["detail"]
            .as_str()
            .unwrap()
            .contains("CSV UTF-8")
    );
}

#[sqlx::test(migrations = false)]
async fn one_imports_in_ones_own_name_unless_one_is_an_admin(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let company = Company::start(&options).await;
    let own = "title,date,seats\nLT,2100/6/1 19:00,5\n";
    let others = "title,date,seats,host\nLT 2,2100/6/1 19:00,5,ben@example.com\n";
    for (who, sheet, status) in [(AKI, own, 200), (AKI, others, 422), (ADMIN, others, 200)] {
        let answer = company
            .send(&company.signer.token(who), csv("/events/import", sheet))
            .await;
        assert_eq!(answer.status, status, "{who}: {}", answer.body);
    }
    let list = company
        .call(AKI, "GET", "/events", Value::Null)
        .await
        .json();
    let organizers: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["organizer"].clone())
        .collect();
    assert_eq!(organizers, [AKI, "ben@example.com"]);
    let anybody = crate::client::send_to(company.running.address, csv("/events/import", own)).await;
    anybody.assert_problem(401, "not-logged-in");
}

#[sqlx::test]
async fn as_many_events_as_a_file_may_have_come_in_at_once(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let about = "所有権と借用を、手を動かしながら学びます。".repeat(14);
    let row = |n: usize| {
        format!(
            "勉強会 {n},2100/1/1 {}:{:02},8F,20,Aki,{about}\n",
            n / 60,
            n % 60
        )
    };
    let rows: String = (0..500).map(row).collect();
    let sheet = format!("title,date,place,seats,host,about\n{rows}");
    assert!((420_000..524_288).contains(&sheet.len()), "{}", sheet.len());
    let begun = std::time::Instant::now();
    assert_eq!(counts(&import(&app, "", &sheet).await), (500, 0));
    println!("500 events of {} bytes: {:?}", sheet.len(), begun.elapsed());
    assert_eq!(counts(&import(&app, "", &sheet).await), (0, 500));
}
