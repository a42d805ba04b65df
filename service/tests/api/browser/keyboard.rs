//! The pages without a mouse.

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::{ENTER, browse, nobody, people};

#[sqlx::test]
async fn one_announces_joins_and_leaves_by_keyboard_alone(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    browse(&options, "ja", true, async |page, app| {
        page.go("/").await;
        page.tab_to("イベントを作成").await;
        page.press(ENTER).await;
        // The field for the name has the focus.
        page.shows("お名前を教えてください").await;
        page.press("Ben").await;
        page.press(ENTER).await;
        page.shows("開始時刻").await;
        page.tab_to("タイトル").await;
        page.press("LT").await;
        page.tab_to("作成する").await;
        page.press(ENTER).await;
        page.shows("イベントを作成しました").await;
        let place = page.place().await;
        let id = place.split(['/', '?']).nth(2).unwrap().parse().unwrap();
        page.tab_to("参加する").await;
        page.press(ENTER).await;
        page.shows("参加登録しました").await;
        assert_eq!(people(app, id).await.0, ["Ben"]);
        // The focus is where it was, on what has taken the place of the button.
        let at = page.at().await;
        assert!(at.starts_with("参加を取り消す"), "{at}");
        page.press(ENTER).await;
        page.shows("参加をキャンセルしました").await;
        assert_eq!(people(app, id).await.0, nobody());
    })
    .await;
}
