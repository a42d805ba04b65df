//! `GET /events?q=`: what a search finds.

use serde_json::{Value, json};
use sqlx::{
    Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    query,
};

use crate::{
    client::{application, call, create, draft},
    filters::titles,
};

#[sqlx::test]
async fn a_search_finds_all_its_words_anywhere(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    create(&app, json!({ "title": "Rust 勉強会", "description": "", "location": "第２会議室", "organizer": "ﾊﾅｺ" })).await;
    create(&app, json!({ "title": "懇親会", "location": "100% Café", "description": "a_b \\ c\nコーヒーあり" })).await;
    for (q, found) in [
        ("勉強", vec!["Rust 勉強会"]),
        ("強", vec!["Rust 勉強会"]),
        ("ＲＵＳＴ", vec!["Rust 勉強会"]),
        ("勉強　rust", vec!["Rust 勉強会"]),
        ("  rust   第2会 ", vec!["Rust 勉強会"]),
        ("花子", vec![]),
        ("はなこ", vec!["Rust 勉強会"]),
        ("ハナ", vec!["Rust 勉強会"]),
        ("こーひー", vec!["懇親会"]),
        ("ｺｰﾋｰ", vec!["懇親会"]),
        ("café", vec!["懇親会"]),
        ("CAFÉ", vec!["懇親会"]),
        ("会", vec!["Rust 勉強会", "懇親会"]),
        ("%", vec!["懇親会"]),
        ("_", vec!["懇親会"]),
        ("\\", vec!["懇親会"]),
        ("０%", vec!["懇親会"]),
        ("a_b", vec!["懇親会"]),
        ("axb", vec![]),
        ("懇親会 rust", vec![]),
        ("'", vec![]),
        ("会議", vec!["Rust 勉強会"]),
        ("会懇", vec![]),
        ("強会\u{3000}", vec!["Rust 勉強会"]),
        ("", vec!["Rust 勉強会", "懇親会"]),
        ("\u{3000}", vec!["Rust 勉強会", "懇親会"]),
    ] {
        assert_eq!(titles(&app, &[("q", q)]).await, found, "{q}");
    }
}

#[sqlx::test]
async fn a_search_sees_changes_at_once(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let path = format!("/events/{}", create(&app, json!({ "title": "茶道" })).await);
    let mut changed = draft();
    changed["title"] = "華道".into();
    changed["event_date"] = "2020-01-01T00:00:00Z".into();
    call(&app, "PUT", &path, changed).await;
    assert!(
        titles(&app, &[("q", "茶道"), ("when", "all")])
            .await
            .is_empty()
    );
    assert!(
        titles(&app, &[("q", "華道")]).await.is_empty(),
        "it has begun now"
    );
    assert_eq!(
        titles(&app, &[("q", "華道"), ("when", "past")]).await,
        ["華道"]
    );
    call(&app, "DELETE", &path, Value::Null).await;
    assert!(
        titles(&app, &[("q", "華道"), ("when", "all")])
            .await
            .is_empty()
    );
}

#[sqlx::test]
async fn a_word_is_found_however_many_events_without_it_come_before(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    // More than a search walks through before it asks the index.
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    query(
        "insert into events (title, event_date, max_participants, organizer)
         select '書道 ' || case when n in (3, 1400, 1450) then '尺八 ' else '' end || n,
                '2100-01-01'::timestamptz + make_interval(mins => n), 1, case when n % 700 = 0 then 'Aki' else 'Ben' end
           from generate_series(1, 1500) as n",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    for (pairs, found) in [
        (
            vec![("q", "書道"), ("limit", "2")],
            vec!["書道 1", "書道 2"],
        ),
        (
            vec![("q", "尺八"), ("limit", "2")],
            vec!["書道 尺八 3", "書道 尺八 1400"],
        ),
        (
            vec![("q", "書道 尺八")],
            vec!["書道 尺八 3", "書道 尺八 1400", "書道 尺八 1450"],
        ),
        (
            vec![("q", "書道"), ("organizer", "Aki")],
            vec!["書道 700", "書道 尺八 1400"],
        ),
        (vec![("q", "八 14"), ("limit", "1")], vec!["書道 尺八 1400"]),
        (vec![("q", "尺八 道書")], vec![]),
    ] {
        assert_eq!(titles(&app, &pairs).await, found, "{pairs:?}");
    }
}
