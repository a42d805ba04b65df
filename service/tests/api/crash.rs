//! Seats and the disk: nobody waits for it with the event locked, and nobody is told of a seat that it does not have.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use tempfile::TempDir;

use crate::{
    client::{Answer, draft, names, request, send_to},
    cluster::Cluster,
    process::{Running, service, url},
};

/// A service with a database of its own, and an event with one seat that is taken and one that is not.
struct Stage {
    cluster: Cluster,
    running: Running,
    event: i64,
    _directory: TempDir,
}

impl Stage {
    async fn set() -> Self {
        let cluster = Cluster::start().await;
        let directory = tempfile::tempdir().unwrap();
        let mut command = service(&["serve"]);
        command.env("DATABASE_URL", url(&cluster.options()));
        let running = Running::start(&mut command, directory.path()).await;
        running.wait_for("/health/ready", 200).await;
        let mut event = draft();
        event["max_participants"] = json!(2);
        let created = send_to(running.address, request("POST", "/events", &event)).await;
        let event = created.json()["id"].as_i64().unwrap();
        let stage = Self {
            cluster,
            running,
            event,
            _directory: directory,
        };
        assert_eq!(stage.join("Aoki").await.status, StatusCode::CREATED);
        stage
    }

    async fn join(&self, name: &str) -> Answer {
        let path = format!("/events/{}/join?waitlist=true", self.event);
        let body = json!({ "user_name": name });
        send_to(self.running.address, request("POST", &path, &body)).await
    }

    async fn names(&self, list: &str) -> Vec<String> {
        let path = format!("/events/{}", self.event);
        names(&self.running.wait_for(&path, 200).await.json(), list)
    }

    async fn crash(&self) {
        self.cluster.stop("immediate").await;
        self.cluster.run().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_survives_a_crash_at_once() {
    let stage = Stage::set().await;
    let cluster = &stage.cluster;
    // Nothing is written but by those who wait for it.
    for setting in [
        "alter system set wal_writer_delay = '10s'",
        "alter system set bgwriter_delay = '10s'",
        "select pg_reload_conf()",
    ] {
        cluster.tell(setting).await;
    }
    assert_eq!(stage.join("Baba").await.status, StatusCode::CREATED);
    stage.crash().await;
    assert_eq!(stage.names("participants").await, ["Aoki", "Baba"]);
    assert_eq!(stage.join("Chiba").await.status, StatusCode::ACCEPTED);
    stage.crash().await;
    assert_eq!(stage.names("waitlist").await, ["Chiba"]);

    // The same for a seat and a place that are found, of somebody whose own answer is still on its way.
    let unwritten = [
        "set synchronous_commit = off;
         update events set max_participants = 3;
         insert into participants (event_id, user_name) select id, 'Doi' from events",
        "set synchronous_commit = off;
         insert into waitlist (event_id, user_name) select id, 'Endo' from events",
    ];
    for (insert, name, expected, list) in [
        (unwritten[0], "Doi", StatusCode::OK, "participants"),
        (unwritten[1], "Endo", StatusCode::ACCEPTED, "waitlist"),
    ] {
        cluster.tell(insert).await;
        assert_eq!(stage.join(name).await.status, expected);
        stage.crash().await;
        let names = stage.names(list).await;
        assert!(names.contains(&name.to_owned()), "{names:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_the_commit_of_somebody_else() {
    let stage = Stage::set().await;
    let standby = async |change: &'static str| {
        stage.cluster.tell(change).await;
        stage.cluster.tell("select pg_reload_conf()").await;
    };
    // Commits wait for a second machine, and there is none.
    standby("alter system set synchronous_standby_names = 'nobody'").await;
    let seated = async {
        while stage.names("participants").await.len() + stage.names("waitlist").await.len() < 4 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        standby("alter system reset synchronous_standby_names").await;
    };
    let joins = futures::future::join3(stage.join("Baba"), stage.join("Chiba"), stage.join("Doi"));
    let limit = Duration::from_secs(4);
    let (answers, seated) = tokio::join!(joins, tokio::time::timeout(limit, seated));
    assert!(seated.is_ok(), "somebody's seat waits for another's commit");
    let mut statuses = [answers.0, answers.1, answers.2].map(|answer| answer.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 202, 202]);
}
