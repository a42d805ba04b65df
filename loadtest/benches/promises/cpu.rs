//! CPU that a request takes, beside what it takes goose alone.

use std::process::Stdio;
use std::time::{Duration, Instant};

use goose::config::GooseConfiguration;
use goose::prelude::*;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::process::moment;
use super::server::Server;
use super::{LOOKING, Load, Row, finish, forgetful, start};

/// More than can be had: users never wait for the schedule. So the figure was made by which the limit was set;
/// at a rate with pauses most of the time for a request goes into falling asleep and being woken.
const FLOOD: Load = Load {
    rate: 100_000.0,
    seconds: 10,
};
/// Who floods.
const USERS: &str = "50";
/// What a request may take; on the machine where goose 0.19 alone takes …
const LIMIT_US: f64 = 35.0;
/// … this, the middle of 25.2 to 28.2. The same machine is at times half as fast: the ratio tells which of the two it was.
const GOOSE_US: f64 = 26.7;
/// With pauses, for which no limit was set: goose pays for falling asleep and being woken, too.
const PACED: Load = Load {
    rate: 2_000.0,
    seconds: 10,
};
/// So often goose and we take turns.
const TURNS: usize = 5;

/// What a request takes us and what it takes goose alone, by turns; the medians.
pub(super) async fn beside_goose() -> [Row; 7] {
    let mut figures = [const { vec![] }; 5];
    for _ in 0..TURNS {
        let turn = [
            of_goose(&[]).await,
            of_a_request(FLOOD, &["--users", USERS, "--plan", LOOKING]).await,
            of_a_request(FLOOD, &["--users", USERS]).await,
            of_goose(&[&PACED.rate.to_string()]).await,
            of_a_request(PACED, &["--users", USERS]).await,
        ];
        for (figures, figure) in figures.iter_mut().zip(turn) {
            figures.push(figure);
        }
    }
    let [goose, looking, all, goose_paced, paced] = figures.map(|mut figures| {
        figures.sort_by(f64::total_cmp);
        figures[TURNS / 2]
    });
    let row = |what: &str, figure, limit, unit| Row {
        what: format!("CPU for a request: {USERS} users {what}"),
        figure,
        limit,
        unit,
        disturbed: false,
    };
    let ratio = |figure| row("… to goose", figure / goose, Some(LIMIT_US / GOOSE_US), "");
    [
        row("without a pause, goose", goose, None, "µs"),
        row("without a pause, who look", looking, Some(LIMIT_US), "µs"),
        ratio(looking),
        row("without a pause, who write", all, Some(LIMIT_US), "µs"),
        ratio(all),
        row("at 2,000/s, goose", goose_paced, None, "µs"),
        row("at 2,000/s, who write", paced, None, "µs"),
    ]
}

/// In microseconds.
async fn of_a_request(load: Load, arguments: &[&str]) -> f64 {
    let server = forgetful().await;
    let directory = TempDir::new().unwrap();
    let child = start(&server, &directory, load, arguments);
    let cpu = while_it_runs(&server, &child).await;
    finish(child, &directory).await;
    cpu
}

/// The same of goose, which does nothing but ask for an empty list.
async fn of_goose(rate: &[&str]) -> f64 {
    let server = forgetful().await;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["goose", &server.host])
        .args(rate)
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let cpu = while_it_runs(&server, &child).await;
    child.kill().await.unwrap();
    cpu
}

/// In some seconds between start and preflight and the end.
async fn while_it_runs(server: &Server, child: &Child) -> f64 {
    let begin = Instant::now();
    while server.count() == 0 {
        assert!(begin.elapsed() < Duration::from_secs(60), "nobody asks");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let from = moment(server, child);
    tokio::time::sleep(Duration::from_secs(4)).await;
    let to = moment(server, child);
    (to.cpu - from.cpu).as_secs_f64() * 1e6 / (to.requests - from.requests) as f64
}

/// goose without anything of ours, until somebody ends it; at this rate, if there is one.
pub(super) async fn goose_alone(host: &str, rate: Option<usize>) {
    async fn ask(user: &mut GooseUser) -> TransactionResult {
        // The server counts what has an id.
        let request = user
            .get_request_builder(&GooseMethod::Get, "/events?q=nothing-has-this-name")?
            .header("x-request-id", "goose-0");
        let request = GooseRequest::builder().set_request_builder(request).build();
        let answer = user.request(request).await?;
        if let Ok(response) = answer.response {
            // A body left unread costs the connection.
            let _ = response.bytes().await;
        }
        Ok(())
    }
    let mut configuration = GooseConfiguration::default();
    configuration.host = Some(host.to_owned());
    configuration.users = Some(USERS.parse().unwrap());
    configuration.increase_rate = Some("100".to_owned());
    configuration.throttle_requests = rate;
    configuration.no_telnet = true;
    configuration.quiet = 2;
    GooseAttack::initialize_with_config(configuration)
        .unwrap()
        .register_scenario(scenario!("ask").register_transaction(transaction!(ask)))
        .execute()
        .await
        .unwrap();
}
