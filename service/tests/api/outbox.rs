//! Announcements as they arrive when all is well.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    client::{Answer, draft, request, send_to},
    process::{Running, service, url},
    receiver::{Mood, Receiver},
};

/// More than a message needs when all is well: the next look, and the one before it for each task.
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// A service that announces to the receiver, ready for requests.
pub(crate) async fn announcing(
    options: &PgConnectOptions,
    receiver: &Receiver,
    directory: &Path,
) -> Running {
    let mut command = service(&["serve"]);
    command
        .env("DATABASE_URL", url(options))
        .env("SLACK_WEBHOOK_URL", receiver.webhook())
        .env("PUBLIC_URL", "https://events.example.com/");
    let running = Running::start(&mut command, directory).await;
    running.wait_for("/health/ready", 200).await;
    running
}

/// Sends a request with a JSON body to a service.
pub(crate) async fn ask(running: &Running, method: &str, path: &str, body: Value) -> Answer {
    send_to(running.address, request(method, path, &body)).await
}

/// Creates an event with some members changed, and gives its path.
pub(crate) async fn announce(running: &Running, changes: Value) -> String {
    let mut event = draft();
    let members = event.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    let answer = ask(running, "POST", "/events", event).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    format!("/events/{}", answer.json()["id"])
}

/// The test's database, for what no request can do, such as letting time pass.
pub(crate) async fn pool(pool: PgPoolOptions, options: &PgConnectOptions) -> PgPool {
    pool.connect_with(options.clone()).await.unwrap()
}

/// Lets the half minute pass that is left for further changes.
pub(crate) async fn let_quiet_pass(pool: &PgPool) {
    sqlx::query("update notifications set due_at = now() where delivered_at is null")
        .execute(pool)
        .await
        .unwrap();
}

#[sqlx::test]
async fn news_of_an_event_arrive_once_and_in_order(
    database: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(Mood::Well).await;
    // Two tasks, as in a deployment. Each must leave alone what the other has.
    let running = announcing(&options, &receiver, directory.path()).await;
    let other = announcing(&options, &receiver, directory.path()).await;
    let pool = pool(database, &options).await;

    let path = announce(
        &running,
        json!({ "title": "R&D <!channel>", "max_participants": 1 }),
    )
    .await;
    for (name, query) in [
        ("花子", ""),
        ("一郎", "?waitlist=true"),
        ("次郎", "?waitlist=true"),
    ] {
        let join = format!("{path}/join{query}");
        let answer = ask(&running, "POST", &join, json!({ "user_name": name })).await;
        assert!(answer.status.is_success(), "{}", answer.body);
    }
    for change in [
        json!({ "location": "Room 7" }),
        json!({ "location": "Room 2", "max_participants": 3 }),
    ] {
        let mut event = draft();
        let members = event.as_object_mut().unwrap();
        members.extend(change.as_object().unwrap().clone());
        members.insert("title".into(), "R&D <!channel>".into());
        members
            .entry("max_participants")
            .and_modify(|seats| *seats = json!(seats.as_i64().unwrap().max(1)));
        let answer = ask(&other, "PUT", &path, event).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    receiver.wait_for_taken(1, SOON).await;
    let_quiet_pass(&pool).await;
    receiver.wait_for_taken(3, SOON).await;
    assert_eq!(
        ask(&running, "DELETE", &path, Value::Null).await.status,
        204
    );
    receiver.wait_for_taken(4, SOON).await;
    // Nothing comes twice, however long one waits.
    tokio::time::sleep(Duration::from_secs(3)).await;

    let link = format!("https://events.example.com{path}");
    assert_eq!(
        receiver.taken(),
        [
            format!(
                "📅 「R&amp;D &lt;!channel&gt;」の参加受付が始まりました\n• 日時：2100年4月1日(木) 19:00\n• 場所：Room 1\n\
                 • 定員：1名\n• 主催：Aki\n<{link}|詳細・参加申し込みはこちら>"
            ),
            format!(
                "✏️ 「R&amp;D &lt;!channel&gt;」の場所・定員が変更になりました\n• 日時：2100年4月1日(木) 19:00\n\
                 • 場所：Room 1 → Room 2\n• 定員：1名 → 3名\n<{link}|詳細はこちら>"
            ),
            format!(
                "🎉 「R&amp;D &lt;!channel&gt;」に空きが出たため、一郎さん、次郎さんの参加が確定しました\n\
                 • 日時：2100年4月1日(木) 19:00\n• 場所：Room 2\n\
                 ご都合が悪くなった場合は、お早めにキャンセルをお願いします。\n<{link}|詳細はこちら>"
            ),
            "🚫 「R&amp;D &lt;!channel&gt;」は中止になりました\n• 日時：2100年4月1日(木) 19:00\n• 場所：Room 2\n\
             • 主催：Aki\n• 参加予定だった方：花子さん、一郎さん、次郎さん"
                .to_owned(),
        ]
    );
    let messages = receiver.messages();
    let gaps = messages.windows(2).map(|pair| pair[1].at - pair[0].at);
    assert!(
        gaps.min().unwrap() > Duration::from_millis(900),
        "{messages:#?}"
    );
    for running in [running, other] {
        assert_eq!(running.stop().await, Some(0));
    }
}
