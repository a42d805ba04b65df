//! The forms by which events are changed and cancelled, as a browser without scripts sends them.

use axum::Router;
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{Answer, application, change, create, event, join},
    company::{ADMIN, AKI, BEN, Company},
    pages::{open, submit},
};

pub(crate) const KEY: &str = "key=0190b5a6-0000-7000-8000-000000000001";
pub(crate) const REST: &str =
    "date=2100-04-01&time=19:00&location=8F&max_participants=20&organizer=Ben";

/// The value of a hidden field.
pub(crate) fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let begin = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&begin)
        .unwrap_or_else(|| panic!("{name} in {page}"));
    rest.split('"').next().unwrap()
}

#[track_caller]
pub(crate) fn has(page: &Answer, status: u16, texts: &[&str]) {
    assert_eq!(page.status, status, "{}", page.body);
    for text in texts {
        assert!(page.body.contains(text), "{text} in {}", page.body);
    }
}

async fn saved(app: &Router, id: i64) -> serde_json::Value {
    let event = event(app, id).await;
    json!([event["title"], event["location"], event["description"]])
}

#[sqlx::test]
async fn a_conflict_shows_both_versions_and_loses_nothing(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let id = create(&app, json!({ "title": "old", "location": "8F" })).await;
    let form = open(&app, &format!("/events/{id}/edit"), "en", "").await;
    has(
        &form,
        200,
        &[
            "value=\"old\"",
            "value=\"2100-04-01\"",
            "value=\"19:00\"",
            "value=\"Aki\"",
        ],
    );
    change(&app, id, json!({ "title": "theirs", "location": "9F" })).await;

    let typed = "title=ours&description=line%0D%0Aline";
    let send = |version: &str| format!("event_id={id}&version={version}&{typed}&{REST}");
    let conflict = submit(&app, "/forms/change", &send(hidden(&form.body, "version"))).await;
    has(
        &conflict,
        409,
        &[
            "Somebody else has changed the event",
            "data-label=\"Now saved\">theirs</td>",
            "data-label=\"Yours\">ours</td>",
            "data-label=\"Now saved\">9F</td>",
            "value=\"ours\"",
            "line\r\nline</textarea>",
        ],
    );
    assert!(
        !conflict.body.contains("<th scope=\"row\">Day</th>"),
        "the same day is no difference"
    );
    assert_eq!(
        saved(&app, id).await,
        json!(["theirs", "9F", "Bring a laptop."])
    );

    let done = submit(
        &app,
        "/forms/change",
        &send(hidden(&conflict.body, "version")),
    )
    .await;
    assert_eq!(
        done.header("location"),
        format!("/events/{id}?notice=changed")
    );
    assert_eq!(saved(&app, id).await, json!(["ours", "8F", "line\nline"]));
    let page = open(&app, done.header("location"), "ja", "").await;
    let draft = format!("data-saved=\"event-{id}\"");
    has(
        &page,
        200,
        &[
            "保存しました。",
            &draft,
            "タイトル：<bdi>theirs</bdi> → <bdi>ours</bdi>",
            "<li>説明</li>",
        ],
    );
}

#[sqlx::test]
async fn an_event_is_cancelled_after_a_question(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let id = create(&app, json!({ "title": "懇親会" })).await;
    join(&app, id, "Aki", "").await;
    let question = open(&app, &format!("/events/{id}/cancel"), "ja", "").await;
    has(
        &question,
        200,
        &["懇親会", "1 人が参加予定です", "中止しない"],
    );
    for _ in 0..2 {
        let gone = submit(&app, "/forms/cancel", &format!("event_id={id}")).await;
        assert_eq!(gone.header("location"), "/?notice=cancelled");
    }
    has(
        &open(&app, "/?notice=cancelled", "ja", "").await,
        200,
        &["イベントを中止しました", "イベントを作成する"],
    );
    assert_eq!(
        open(&app, &format!("/events/{id}"), "ja", "").await.status,
        404
    );
}

#[sqlx::test(migrations = false)]
async fn only_the_organiser_and_admins_are_offered_the_forms(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let company = Company::start(&options).await;
    let get = async |who: &str, path: &str| {
        let request = axum::http::Request::get(path).header("accept", "text/html");
        company
            .send(
                &company.signer.token(who),
                request.body(axum::body::Body::empty()).unwrap(),
            )
            .await
    };
    let post = async |who: &str, path: &str, form: &str| {
        let request = axum::http::Request::post(path)
            .header("accept", "text/html")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        company
            .send(
                &company.signer.token(who),
                request.body(form.to_owned().into()).unwrap(),
            )
            .await
    };
    let form = get(AKI, "/new").await;
    has(&form, 200, &[AKI]);
    assert!(!form.body.contains("name=\"organizer\""), "{}", form.body);
    // Whoever is named as the organiser, it is the one who has logged in.
    let created = post(AKI, "/forms/create", &format!("{KEY}&title=a&{REST}")).await;
    let page = created
        .header("location")
        .split('?')
        .next()
        .unwrap()
        .to_owned();
    for (who, may) in [(AKI, true), (BEN, false), (ADMIN, true)] {
        let shown = get(who, &page).await;
        assert_eq!(shown.body.contains("/edit\""), may, "{who}: {}", shown.body);
        let status = if may { 200 } else { 403 };
        for form in ["edit", "cancel"] {
            assert_eq!(
                get(who, &format!("{page}/{form}")).await.status,
                status,
                "{who} {form}"
            );
        }
    }
    let version = get(AKI, &format!("{page}/edit")).await.body;
    let id = page.rsplit('/').next().unwrap();
    let sent = format!(
        "event_id={id}&version={}&title=b&{REST}",
        hidden(&version, "version")
    );
    for (path, form) in [
        ("/forms/change", &sent),
        ("/forms/cancel", &format!("event_id={id}")),
    ] {
        assert_eq!(post(BEN, path, form).await.status, 403, "{path}");
    }
    assert_eq!(post(ADMIN, "/forms/change", &sent).await.status, 303);
    // A key is one's own: the same one of somebody else is another form.
    let other = post(BEN, "/forms/create", &format!("{KEY}&title=a&{REST}")).await;
    assert_ne!(
        other.header("location").split('?').next(),
        Some(page.as_str())
    );
    assert_eq!(other.status, 303);
}
