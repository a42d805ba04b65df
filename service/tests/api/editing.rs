//! The forms by which events are announced, changed and cancelled, as a browser without scripts sends them.

use axum::Router;
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{Answer, application, change, create, event, join},
    company::{ADMIN, AKI, BEN, Company},
    pages::{open, submit},
};

const KEY: &str = "key=0190b5a6-0000-7000-8000-000000000001";
const REST: &str = "date=2100-04-01&time=19:00&location=8F&max_participants=20&organizer=Ben";

/// The value of a hidden field.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let begin = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&begin)
        .unwrap_or_else(|| panic!("{name} in {page}"));
    rest.split('"').next().unwrap()
}

#[track_caller]
fn has(page: &Answer, status: u16, texts: &[&str]) {
    assert_eq!(page.status, status, "{}", page.body);
    for text in texts {
        assert!(page.body.contains(text), "{text} in {}", page.body);
    }
}

#[sqlx::test]
async fn an_event_is_announced_once_however_often_the_form_is_sent(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    assert_eq!(
        open(&app, "/new", "en", "").await.header("location"),
        "/name?back=%2Fnew"
    );
    let form = open(&app, "/new", "en", "name=Ben").await;
    has(
        &form,
        200,
        &[
            "name=\"time\" value=\"19:00\"",
            "name=\"max_participants\" value=\"20\"",
            "name=\"organizer\" value=\"Ben\"",
        ],
    );
    assert!(hidden(&form.body, "key").len() == 36 && hidden(&form.body, "date").len() == 10);

    let sent = format!("{KEY}&title=%E6%87%87%E8%A6%AA+%26&description=a%0D%0A**b**&{REST}");
    let created = submit(&app, "/forms/create", &sent).await;
    assert_eq!(created.status, 303, "{}", created.body);
    let place = created.header("location").to_owned();
    assert_eq!(
        submit(&app, "/forms/create", &sent)
            .await
            .header("location"),
        place
    );
    let other = submit(&app, "/forms/create", &sent.replace("=20&", "=30&")).await;
    has(
        &other,
        409,
        &["This form was sent before", "懇親 &#38;", "value=\"30\""],
    );
    assert!(
        !other.body.contains(KEY.strip_prefix("key=").unwrap()),
        "a new key"
    );
    let list = open(&app, "/", "en", "").await.body;
    assert_eq!(list.matches("data-row").count(), 1, "{list}");

    let page = open(&app, &place, "en", "name=Ben").await;
    has(
        &page,
        200,
        &[
            "The event is announced.",
            "data-saved=\"new\"",
            "<p>a<br />\n<strong>b</strong></p>",
            "Thu 1 Apr 2100, 19:00 JST",
            "Ben announced the event",
            "/edit\"",
            "/cancel\"",
            "/new?from=",
        ],
    );
    let from = place.split(['/', '?']).nth(2).unwrap();
    let again = open(&app, &format!("/new?from={from}"), "en", "name=Aki").await;
    has(
        &again,
        200,
        &[
            "value=\"懇親 &#38;\"",
            "name=\"organizer\" value=\"Aki\"",
            "a\n**b**</textarea>",
        ],
    );
    assert!(!again.body.contains("2100-04-01"), "another day");
}

#[sqlx::test]
async fn mistakes_stand_beside_their_fields_and_nothing_is_lost(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let sent = format!(
        "{KEY}&title=+&description=%3Cb%3E&date=soon&time=26:00&location=8F&max_participants=many&organizer=Ben"
    );
    let page = submit(&app, "/forms/create", &sent).await;
    has(
        &page,
        422,
        &[
            "must not be empty</span>",
            "a day such as 2026-04-01</span>",
            "a time such as 19:00</span>",
            "a whole number</span>",
            "value=\"soon\"",
            "value=\"26:00\"",
            "value=\"many\"",
            "&#60;b&#62;</textarea>",
            "id=\"title\" name=\"title\" value=\" \" required maxlength=\"200\" dir=\"auto\" aria-invalid=\"true\" aria-describedby=\"wrong-title\"",
            "name=\"back\" value=\"/new\"",
        ],
    );
    assert_eq!(
        page.body.matches("class=\"mistake\"").count(),
        4,
        "{}",
        page.body
    );
    let id = create(&app, json!({ "max_participants": 2 })).await;
    join(&app, id, "Aki", "").await;
    join(&app, id, "Ben", "").await;
    let form = open(&app, &format!("/events/{id}/edit"), "en", "")
        .await
        .body;
    let sent = format!(
        "event_id={id}&version={}&title=a&{REST}",
        hidden(&form, "version")
    );
    let page = submit(&app, "/forms/change", &sent.replace("=20&", "=1&")).await;
    has(&page, 422, &["must be between 2 and 1000000"]);
    for path in ["/events/7/edit", "/events/7/cancel", "/new?from=7"] {
        assert_eq!(
            open(&app, path, "en", "name=Ben").await.status,
            404,
            "{path}"
        );
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

#[sqlx::test]
async fn titles_and_names_of_all_kinds_are_shown_as_they_are(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    for title in [
        "🎉👩‍👩‍👧 𠮷野家",
        "مرحبا بالعالم",
        "１２３ 全角",
        "<script>alert(1)</script>",
        &"長".repeat(200),
    ] {
        let event = json!({ "title": title, "organizer": title.chars().take(100).collect::<String>(), "description": title });
        let id = create(&app, event).await;
        join(&app, id, &title.chars().take(100).collect::<String>(), "").await;
        let shown = format!(
            "<bdi>{}</bdi>",
            title.replace('<', "&#60;").replace('>', "&#62;")
        );
        for path in [
            "/".to_owned(),
            format!("/events/{id}"),
            format!("/events/{id}/cancel"),
        ] {
            let page = open(&app, &path, "ja", "").await;
            has(&page, 200, &[&shown]);
            assert!(!page.body.contains("<script>"), "{}", page.body);
        }
    }
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
