//! Everything that can befall a database, one after the other, while people use the service.

#![expect(clippy::print_stdout, reason = "a run shows its figures")]

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    client::draft,
    cluster::Cluster,
    crowd::ONE_AT_A_TIME,
    load::{Crowd, Person, Told, Wish},
    process::{Running, service, url},
    proxy::Proxy,
};

/// Within this time each request is answered, and the service is itself again after the database is.
const LIMIT: Duration = Duration::from_secs(5);

/// The time between the beginning of a fault and the moment from which all was well again.
type Window = (Instant, Instant);

/// Causes a fault, waits until it shows by one of these reasons, leaves it for a while, and cures it.
async fn befall(
    crowd: &Crowd,
    reasons: &[&str],
    cause: impl Future<Output = ()>,
    lasts: Duration,
    cure: impl Future<Output = ()>,
) -> Window {
    let begun = Instant::now();
    let fresh = |told: &&Told| told.asked + told.took >= begun;
    cause.await;
    let shows = |told: &[Told]| {
        let reasons_told = told.iter().filter(fresh).filter_map(Told::reason);
        reasons_told
            .into_iter()
            .any(|reason| reasons.contains(&reason.as_str()))
    };
    crowd
        .until(&format!("{reasons:?} shows"), 2 * LIMIT, shows)
        .await;
    tokio::time::sleep(lasts).await;
    cure.await;
    let cured = Instant::now();
    // Well again is a whole second without any failure.
    let calm = |told: &[Told]| {
        let end = told
            .iter()
            .filter(|told| !told.is_well())
            .map(|told| told.asked + told.took);
        let since = end.max().map_or(cured, |end| end.max(cured));
        since.elapsed() > Duration::from_secs(1)
            && told.iter().any(|told| told.asked > since && told.is_well())
    };
    crowd.until("all is well again", 3 * LIMIT, calm).await;
    let failed = crowd.look(|told| {
        let ends = told.iter().filter(|told| !told.is_well());
        ends.map(|told| told.asked + told.took).max()
    });
    let end = failed.map_or(cured, |failed| failed.max(cured));
    println!("{reasons:?}: well again {:?} after the cure", end - cured);
    assert!(
        end < cured + LIMIT,
        "{reasons:?}: the last failure came {:?} after the cure",
        end - cured
    );
    (begun, end)
}

fn assert_told_properly(told: &Told, windows: &[Window]) {
    let Told {
        wish,
        asked,
        took,
        answer,
    } = told;
    let answer = answer
        .as_ref()
        .unwrap_or_else(|failure| panic!("{wish:?}: {failure:?}"));
    assert!(*took < LIMIT, "{wish:?} took {took:?}: {}", answer.body);
    if told.is_well() {
        return;
    }
    assert_ne!(*wish, Wish::Health, "{}", answer.body);
    answer.assert_problem(503, "database-unavailable");
    assert_eq!(answer.header("retry-after"), "2");
    let excused = windows
        .iter()
        .any(|(begun, end)| *asked + *took >= *begun && asked <= end);
    assert!(
        excused,
        "{wish:?} failed while all was well: {}",
        answer.body
    );
}

/// What was acknowledged is there, and nothing is there twice.
async fn assert_nothing_lost(told: &[Told], cluster: &Cluster) {
    let mut administrator = cluster.administrator().await;
    let titles: Vec<String> = sqlx::query_scalar("select title from events")
        .fetch_all(&mut administrator)
        .await
        .unwrap();
    let seats: HashSet<(i64, String)> =
        sqlx::query_as("select event_id, user_name from participants")
            .fetch_all(&mut administrator)
            .await
            .unwrap()
            .into_iter()
            .collect();
    let mut times = HashMap::<_, usize>::new();
    for title in &titles {
        *times.entry(title.as_str()).or_default() += 1;
    }
    let (mut joined, mut created) = (0, 0);
    for told in told {
        match &told.wish {
            Wish::Join { event, name } if told.is_well() => {
                assert!(
                    seats.contains(&(*event, name.clone())),
                    "{name} lost a seat of {event}"
                );
                joined += 1;
            }
            Wish::Create { title } => {
                let times = times.get(title.as_str()).copied().unwrap_or(0);
                assert!(times <= 1, "{title} is there {times} times");
                if told.is_well() {
                    assert_eq!(times, 1, "{title} was acknowledged");
                    created += 1;
                }
            }
            _ => {}
        }
    }
    println!(
        "{} answers; {joined} joins and {created} events acknowledged, all there",
        told.len()
    );
    assert!(joined > 100 && created > 20, "there was some load");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_befalls_the_database_is_told_in_time_and_overcome_without_loss() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let cluster = Cluster::start().await;
    let way = Proxy::open(&cluster.options()).await;
    let directory = tempfile::tempdir().unwrap();
    let mut command = service(&["serve"]);
    command
        .env("DATABASE_URL", url(&way.options(&cluster.options())))
        .env("DB_POOL_SIZE", "6")
        // Nobody reads the log, which would fill its pipe.
        .env("RUST_LOG", "service::run=info");
    let running = Running::start(&mut command, directory.path()).await;
    running.wait_for("/health/ready", 200).await;
    let mut organizer = Person::new(running.address);
    let mut events = Vec::new();
    for _ in 0..20 {
        let mut event = draft();
        event["max_participants"] = json!(10_000);
        let created = organizer.ask("POST", "/events", &event).await.unwrap();
        assert_eq!(created.status, StatusCode::CREATED);
        events.push(created.json()["id"].as_i64().unwrap());
    }
    let crowd = Crowd::gather(running.address, 16, Duration::from_millis(60), &events);
    crowd
        .until("some load", LIMIT, |told| told.len() > 50)
        .await;

    let mut windows = Vec::new();
    let second = Duration::from_secs(1);
    let read_only = async |how: &'static str| {
        cluster.tell(how).await;
        cluster.tell("select pg_reload_conf()").await;
    };
    let window = befall(
        &crowd,
        &["read-only"],
        read_only("alter system set default_transaction_read_only = on"),
        second,
        read_only("alter system reset default_transaction_read_only"),
    );
    windows.push(window.await);

    let none_left = async {
        cluster.tell("alter role events connection limit 0").await;
        cluster
            .tell("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'events'")
            .await;
    };
    let some_left = cluster.tell("alter role events connection limit -1");
    windows.push(
        befall(
            &crowd,
            &["too-many-connections"],
            none_left,
            second,
            some_left,
        )
        .await,
    );

    let away = ["connection-refused", "connection-lost", "restarting"];
    for mode in ["fast", "immediate"] {
        // The way stays open although nobody is at its end, so connections are made and break at once.
        windows.push(befall(&crowd, &away, cluster.stop(mode), second, cluster.run()).await);
    }

    // Long enough for all connections of the pool to have gone silent in the middle of something.
    let hole = async { way.swallow() };
    let passable = async { way.revive() };
    windows.push(befall(&crowd, &["timeout", "busy"], hole, 3 * second, passable).await);

    let told = crowd.disperse().await;
    for told in &told {
        assert_told_properly(told, &windows);
    }
    assert_nothing_lost(&told, &cluster).await;

    // Nobody asked anything while the connections went silent, so the first who comes finds only silent ones.
    way.swallow();
    tokio::time::sleep(Duration::from_secs(10)).await;
    way.revive();
    let asked = Instant::now();
    let answer = running.get("/events").await;
    println!(
        "the first after a silent night was answered after {:?}",
        asked.elapsed()
    );
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(
        asked.elapsed() < Duration::from_secs(3),
        "{:?}",
        asked.elapsed()
    );
    assert_eq!(running.stop().await, Some(0));
}
