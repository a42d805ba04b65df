//! Importing a spreadsheet and subscribing, in a real browser.

use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::{browse, driver::Browser};
use crate::client::{call, create};

/// Has a spreadsheet looked at.
pub(super) async fn look_at(page: &Browser, sheet: &str) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.csv");
    std::fs::write(&path, sheet).unwrap();
    page.go("/import").await;
    page.write("//input[@type = 'file']", path.to_str().unwrap())
        .await;
    page.click("//form[@action = '/forms/import']//button")
        .await;
    let found = "//table[contains(@class, 'sheet')]";
    page.with(found, "GET", "text", Value::Null).await;
}

#[sqlx::test]
async fn a_spreadsheet_is_looked_at_put_right_and_imported_once_without_scripts(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.csv");
    let write = |text: &str| {
        // As Excel writes it in Japan.
        let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(text);
        std::fs::write(&path, bytes).unwrap();
    };
    let file = path.to_str().unwrap();
    browse(&options, "ja", false, async |page, app| {
        page.go("/import").await;
        page.write("//input[@id = 'user_name']", "花子").await;
        page.click("//button[. = '保存する']").await;
        write("イベント名,開催日,開始時刻,会場,定員\r\n懇親会 ～秋～,2100/10/1,19:00,8F,20名\r\n勉強会,10/2,19:00,8F,\r\n");
        page.write("//input[@type = 'file']", file).await;
        page.click("//button[. = 'ファイルを確認する']").await;
        page.shows("取り込みは行われていません。2 件の問題を").await;
        page.shows("3 行目").await;
        page.shows("年から入力してください").await;
        page.shows("整数で指定してください").await;
        let none = call(app, "GET", "/events", json!(null)).await.json();
        assert_eq!(none["items"], json!([]));

        let right = "イベント名,開催日,開始時刻,会場,定員,参加者\r\n懇親会 ～秋～,2100/10/1,19:00,8F,20名,Ben\r\n勉強会,2100/10/2,19時,8F,5,\r\n";
        write(right);
        page.write("//input[@type = 'file']", file).await;
        page.click("//button[. = 'ファイルを確認する']").await;
        page.shows("新規 2 件、登録済み 0 件").await;
        page.shows("次の列は取り込まれません：参加者").await;
        page.shows("2100年10月1日(金) 19:00").await;
        page.click("//button[. = '2 件を取り込む']").await;
        page.shows("2 件のイベントを取り込みました").await;
        let made = call(app, "GET", "/events", json!(null)).await.json();
        assert_eq!(made["items"][0]["title"], "懇親会 ～秋～");
        assert_eq!(made["items"][0]["organizer"], "花子");

        page.write("//input[@type = 'file']", file).await;
        page.click("//button[. = 'ファイルを確認する']").await;
        page.shows("新規 0 件、登録済み 2 件").await;
        page.click("//a[. = '登録済み']").await;
        page.shows("まだ参加者はいません").await;
    })
    .await;
}

#[sqlx::test]
async fn a_personal_address_is_made_shown_and_deleted(_: PgPoolOptions, options: PgConnectOptions) {
    browse(&options, "en", true, async |page, app| {
        create(app, json!({ "title": "own", "organizer": "Ben" })).await;
        create(app, json!({ "title": "other" })).await;
        page.go("/").await;
        page.click("//a[. = 'See them in your calendar']").await;
        let all = page.value("//input[@id = 'everything']").await;
        assert_eq!(all, format!("{}/events.ics?lang=en", page.site));
        page.click("//button[. = 'Make my address']").await;
        page.write("//input[@id = 'user_name']", "Ben").await;
        page.click("//button[. = 'Save']").await;
        page.click("//button[. = 'Make my address']").await;
        page.shows("Your address is made.").await;
        let address = page.value("//input[@id = 'mine']").await;
        let read = async || {
            let path = address.strip_prefix(&page.site).unwrap();
            call(app, "GET", path, json!(null)).await
        };
        let feed = read().await.body;
        assert!(
            feed.contains("SUMMARY:own\r\n") && !feed.contains("other"),
            "{feed}"
        );
        page.click("//button[. = 'Delete the address']").await;
        page.shows("Your address is deleted.").await;
        read().await.assert_problem(404, "feed-not-found");
    })
    .await;
}
