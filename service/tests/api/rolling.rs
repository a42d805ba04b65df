//! Two instances behind HAProxy are replaced one after the other, and nobody notices.

use std::{net::SocketAddr, path::Path, time::Duration};

use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{application, create},
    crowd::ONE_AT_A_TIME,
    haproxy::HaProxy,
    load::Crowd,
    process::{Running, quiet_port, service, url},
};

async fn start(options: &PgConnectOptions, address: SocketAddr, directory: &Path) -> Running {
    let mut command = service(&["serve", "--listen", &address.to_string()]);
    command
        .env("DATABASE_URL", url(options))
        .env("DRAIN_SECONDS", "1")
        .env("RUST_LOG", "service::run=info");
    let running = Running::start_at(&mut command, directory).await;
    running.wait_for("/health/ready", 200).await;
    running
}

#[sqlx::test]
async fn replacing_two_instances_one_after_the_other_loses_no_request(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let _turn = ONE_AT_A_TIME.lock().await;
    let directory = tempfile::tempdir().unwrap();
    let app = application(&options).await;
    let mut events = Vec::new();
    for _ in 0..10 {
        events.push(create(&app, json!({ "max_participants": 10_000 })).await);
    }
    let addresses = [(); 2].map(|()| SocketAddr::from(([127, 0, 0, 1], quiet_port())));
    let mut instances = Vec::new();
    for address in addresses {
        instances.push(Some(start(&options, address, directory.path()).await));
    }
    let proxy = HaProxy::start(directory.path(), &addresses).await;
    let crowd = Crowd::gather(proxy.address, 12, Duration::from_millis(20), &events);

    let limit = Duration::from_secs(10);
    let more = async |count: usize| {
        let before = crowd.look(<[_]>::len);
        crowd
            .until("some load", limit, |told| told.len() > before + count)
            .await;
    };
    // First as a deployment does it: the load balancer knows before the task. Then as when a task is taken away: the
    // load balancer finds out by itself.
    for is_told in [true, false] {
        for (number, address) in addresses.into_iter().enumerate() {
            more(100).await;
            if is_told {
                proxy
                    .tell(&format!("set server tasks/s{number} state drain"))
                    .await;
                more(20).await;
            }
            let old = instances[number].take().unwrap();
            assert_eq!(old.stop().await, Some(0));
            if !is_told {
                proxy.wait_for(number, "DOWN").await;
            }
            more(50).await;
            instances[number] = Some(start(&options, address, directory.path()).await);
            proxy
                .tell(&format!("set server tasks/s{number} state ready"))
                .await;
            proxy.wait_for(number, "UP").await;
        }
    }
    more(100).await;
    let told = crowd.disperse().await;
    let lost: Vec<_> = told.iter().filter(|told| !told.is_well()).collect();
    for told in &lost {
        let answer = told
            .answer
            .as_ref()
            .map(|answer| (answer.status, &answer.body));
        println!("{:?}: {answer:?}", told.wish);
    }
    assert!(
        lost.is_empty(),
        "{} of {} requests were lost",
        lost.len(),
        told.len()
    );
    println!("{} requests over four replacements, none lost", told.len());
    for instance in instances {
        assert_eq!(instance.unwrap().stop().await, Some(0));
    }
}
