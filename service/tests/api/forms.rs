//! The forms on the pages, as a browser without scripts sends them.

use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{application, change, create},
    pages::{open, submit},
};

#[sqlx::test]
async fn one_joins_and_leaves_by_form_and_the_name_is_remembered(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let id = create(&app, json!({ "max_participants": 1 })).await;
    let step = async |path: &str, name: &str, notice: &str| {
        let answer = submit(&app, path, &format!("event_id={id}&user_name={name}")).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        assert_eq!(
            answer.header("location"),
            format!("/events/{id}?notice={notice}")
        );
        answer
    };
    let joined = step("/forms/join", "%E8%8A%B1%E5%AD%90+%22", "joined").await;
    let cookie = joined.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap();

    let page = open(
        &app,
        joined.header("location"),
        "ja",
        &format!("other=1; {cookie}"),
    )
    .await;
    assert!(page.body.contains("参加登録しました"), "{}", page.body);
    assert!(
        page.body.contains("<bdi>花子 &#34;</bdi> さん"),
        "the name is known: {}",
        page.body
    );
    assert!(
        page.body.contains("満席")
            && page
                .body
                .contains("<li class=\"me\"><bdi>花子 &#34;</bdi></li>"),
        "{}",
        page.body
    );

    step("/forms/join", "%E8%8A%B1%E5%AD%90+%22", "already-joined").await;
    step("/forms/join", "Ben", "full").await;
    step("/forms/leave", "Ben", "not-joined").await;
    step("/forms/leave", "%E8%8A%B1%E5%AD%90+%22", "left").await;
}

#[sqlx::test]
async fn a_full_event_offers_the_waitlist_by_button(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let id = create(&app, json!({ "max_participants": 1 })).await;
    let path = format!("/events/{id}");
    let step = async |form: &str, fields: &str, notice: &str| {
        let answer = submit(&app, form, &format!("event_id={id}&{fields}")).await;
        assert_eq!(answer.header("location"), format!("{path}?notice={notice}"));
        let cookie = "name=Ben";
        open(&app, answer.header("location"), "en", cookie)
            .await
            .body
    };
    let button = "<button name=\"waitlist\" value=\"yes\">Join the waitlist<";
    let free = open(&app, &path, "en", "").await.body;
    assert!(
        free.contains("<button>Join<") && !free.contains(button),
        "{free}"
    );

    let full = step("/forms/join", "user_name=Aki", "joined").await;
    assert!(
        full.contains(button) && !full.contains("<button>Join<"),
        "{full}"
    );
    let waiting = step("/forms/join", "user_name=Ben&waitlist=yes", "waiting").await;
    assert!(waiting.contains("You are on the waitlist"), "{waiting}");
    assert!(waiting.contains("Waitlist (1)"), "{waiting}");
    assert!(
        waiting.contains("<li class=\"me\"><bdi>Ben</bdi></li>"),
        "{waiting}"
    );

    step("/forms/leave", "user_name=Ben", "left-waitlist").await;
    step("/forms/join", "user_name=Ben&waitlist=yes", "waiting").await;
    let promoted = step("/forms/leave", "user_name=Aki", "left").await;
    assert!(!promoted.contains("Waitlist"), "{promoted}");
    assert!(
        promoted.contains("<li class=\"me\"><bdi>Ben</bdi></li>"),
        "{promoted}"
    );

    let begun = json!({ "max_participants": 1, "event_date": "2020-01-01T00:00:00Z" });
    change(&app, id, begun).await;
    step("/forms/join", "user_name=Chen", "begun").await;
    let page = step("/forms/leave", "user_name=Ben", "begun").await;
    assert!(page.contains("The event has begun."), "{page}");
}
