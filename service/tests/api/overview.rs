//! The list of upcoming events, as a browser without scripts uses it.

use chrono::{Days, Utc};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{application, create, join},
    pages::{open, submit},
};

/// Where each of these texts begins in a page, which has all of them.
pub(crate) fn places(page: &str, texts: &[&str]) -> Vec<usize> {
    let place = |text: &&str| {
        page.find(text)
            .unwrap_or_else(|| panic!("{text} in {page}"))
    };
    texts.iter().map(place).collect()
}

#[sqlx::test]
async fn events_stand_under_their_days_with_what_one_has_to_do_with_them(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let tomorrow = Utc::now()
        .with_timezone(&chrono_tz::Asia::Tokyo)
        .date_naive()
        + Days::new(1);
    let event = async |title: &str, clock: &str, seats: i32| {
        let event_date = format!("{tomorrow}T{clock}:00+09:00");
        let event = json!({ "title": title, "event_date": event_date, "max_participants": seats });
        create(&app, event).await
    };
    let late = event("later", "19:00", 1).await;
    let early = event("earlier", "10:00", 7).await;
    let far = json!({ "title": "far", "organizer": "Ben" });
    create(&app, far).await;
    join(&app, late, "Aki", "").await;
    join(&app, late, "Ben", "?waitlist=true").await;
    join(&app, early, "Ben", "").await;

    let page = open(&app, "/", "ja", "name=Ben").await.body;
    let order = places(
        &page,
        &[
            "明日</span>",
            "10:00<",
            "earlier",
            "19:00<",
            "later",
            "4月1日(木)",
            "far",
        ],
    );
    assert!(order.is_sorted(), "{order:?} in {page}");
    assert_eq!(page.matches("明日</span>").count(), 1, "{page}");
    places(
        &page,
        &[
            "1/7",
            "残り 6 席",
            "参加予定</span>",
            "1/1",
            "満席",
            "キャンセル待ち 1 番目",
            "（あなた）",
        ],
    );
    // Somebody else has nothing to do with them.
    let page = open(&app, "/", "ja", "name=Chen").await.body;
    assert!(
        !page.contains("参加予定</span>") && !page.contains("番目"),
        "{page}"
    );
    places(&page, &["参加する<", "キャンセル待ちする<"]);
}

#[sqlx::test]
async fn the_list_is_narrowed_by_words_person_and_period(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let today = Utc::now()
        .with_timezone(&chrono_tz::Asia::Tokyo)
        .date_naive();
    let soon = format!("{}T00:00:00+09:00", today + Days::new(1));
    let id = create(
        &app,
        json!({ "title": "ラスト&勉強会", "event_date": soon }),
    )
    .await;
    create(&app, json!({ "title": "懇親会", "organizer": "Ben" })).await;
    join(&app, id, "Ben", "").await;
    let title = "<bdi>ラスト&#38;勉強会</bdi>";
    for (query, first, second) in [
        ("", true, true),
        ("?q=%EF%BE%97%EF%BD%BD%EF%BE%84%26", true, false), // ﾗｽﾄ&
        ("?q=%E6%87%87%E8%A6%AA", false, true),             // 懇親
        ("?show=joined", true, false),
        ("?show=organised", false, true),
        ("?show=organised&q=%E5%8B%89", false, false),
        ("?show=everything&period=never&cursor=x", true, true),
        ("?q=%00", true, true),
    ] {
        let page = open(&app, &format!("/{query}"), "ja", "name=Ben").await;
        assert_eq!(page.status, 200, "{query}");
        let shown = (
            page.body.contains(title),
            page.body.contains("<bdi>懇親会</bdi>"),
        );
        assert_eq!(shown, (first, second), "{query}");
    }
    // What was chosen stays chosen when something else is.
    let page = open(&app, "/?q=%26&show=joined&period=week", "en", "name=Ben")
        .await
        .body;
    places(
        &page,
        &[
            "href=\"/?q=%26&#38;show=joined&#38;period=month\"",
            "href=\"/?q=%26&#38;show=organised&#38;period=week\"",
            "value=\"&#38;\"",
            "<input type=\"hidden\" name=\"show\" value=\"joined\">",
            "<input type=\"hidden\" name=\"period\" value=\"week\">",
        ],
    );
    let page = open(&app, "/?period=today", "ja", "").await.body;
    assert!(
        page.contains("この期間のイベントはありません") && !page.contains(title),
        "{page}"
    );
    let nothing = open(&app, "/?q=%3Cb%3E", "en", "").await.body;
    places(
        &nothing,
        &[
            "No upcoming event has",
            "&#60;b&#62;",
            "look at all upcoming events",
        ],
    );
}

#[sqlx::test]
async fn the_name_is_asked_once(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let id = create(&app, json!({})).await;
    let asked = submit(
        &app,
        "/forms/join",
        &format!("event_id={id}&back=%2F%3Fq%3Da"),
    )
    .await;
    let address = asked.header("location").to_owned();
    assert_eq!(address, format!("/name?back=%2F%3Fq%3Da&event={id}"));
    let page = open(&app, &address, "en", "").await.body;
    places(
        &page,
        &[
            "action=\"/forms/join\"",
            "name=\"back\" value=\"/?q=a\"",
            "name=\"user_name\"",
        ],
    );

    let form = |name: &str| format!("event_id={id}&back=%2F%3Fq%3Da&user_name={name}");
    let refused = submit(&app, "/forms/join", &form("+")).await;
    assert_eq!(
        refused.header("location"),
        format!("{address}&notice=bad-name")
    );
    let joined = submit(&app, "/forms/join", &form("Ben")).await;
    let list = joined.header("location");
    assert_eq!(list, format!("/?q=a&notice=joined&event={id}#event-{id}"));
    assert!(joined.header("set-cookie").starts_with("name=Ben; "));
    // Back on the list, what came of it stands beside the event, once.
    let list = list.replace("q=a&", "");
    let page = open(&app, list.split('#').next().unwrap(), "en", "name=Ben")
        .await
        .body;
    assert_eq!(
        page.matches("You have joined. See you there!").count(),
        1,
        "{page}"
    );
    assert!(places(&page, &["data-row", "See you there!", "</li>"]).is_sorted());
    places(&page, &["name=\"back\" value=\"/\""]);

    let mine = open(&app, "/?show=joined", "en", "").await;
    assert_eq!(mine.header("location"), "/name?back=%2F%3Fshow%3Djoined");
    for (path, form, location) in [
        (
            "/forms/name",
            "user_name=%E8%8A%B1&back=%2F%3Fq%3Da",
            "/?q=a",
        ),
        ("/forms/name", "user_name=a&back=https://evil.example", "/"),
        (
            "/forms/name",
            "user_name=+&back=/",
            "/name?back=%2F&notice=bad-name",
        ),
        (
            "/forms/leave",
            &format!("event_id={id}"),
            &format!("/events/{id}?notice=not-joined"),
        ),
    ] {
        let answer = submit(&app, path, form).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (303, location)
        );
    }
}

#[sqlx::test]
async fn the_language_is_chosen_and_remembered(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let page = open(&app, "/?lang=en&period=week&notice=left", "ja", "")
        .await
        .body;
    places(
        &page,
        &[
            "name=\"back\" value=\"/?period=week\"",
            "value=\"ja\" lang=\"ja\">日本語<",
        ],
    );
    let form = "language=ja&back=%2F%3Fperiod%3Dweek";
    let chosen = submit(&app, "/forms/language", form).await;
    assert_eq!(chosen.header("location"), "/?period=week");
    let cookie = chosen.header("set-cookie").split(';').next().unwrap();
    for path in ["/", "/nowhere", "/name"] {
        let page = open(&app, path, "en", cookie).await;
        assert_eq!(page.header("content-language"), "ja", "{path}");
    }
    let odd = submit(&app, "/forms/language", "language=fr&back=//evil.example").await;
    assert_eq!(
        (odd.header("location"), odd.header("set-cookie")),
        ("/", "")
    );
}
