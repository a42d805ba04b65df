//! The form by which events are announced, as a browser without scripts sends it, and what it makes of mistakes.

use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{application, create, join},
    editing::{KEY, REST, has, hidden},
    pages::{open, submit},
};

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
