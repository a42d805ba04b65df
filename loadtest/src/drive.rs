//! goose, as far as it is used: it launches the users, lets each of them act again and again, and ends them.
//!
//! It neither paces nor measures nor judges nor prints, and opens no controller; its metrics are off.

use std::sync::Arc;
use std::time::Duration;

use goose::GooseAttack;
use goose::config::GooseConfiguration;
use goose::goose::TransactionFunction;
use goose::prelude::{Scenario, Transaction};
use reqwest::redirect::Policy;
use reqwest::{Client, Url, retry};

use crate::call::Call;
use crate::order::Order;
use crate::pacer::Pacer;
use crate::personas::Stage;
use crate::plan::Plan;
use crate::record::Recorder;
use crate::stop::Stop;

mod ring;

pub use ring::Ring;

/// A user without work looks up this often whether goose ends it.
const IDLE: Duration = Duration::from_millis(20);

/// What all users share.
pub struct Crew {
    /// When.
    pub pacer: Pacer,
    /// What.
    pub stage: Stage,
    /// The run whose id the requests carry, that of all workers together.
    pub run: String,
    /// Whom they ask.
    pub host: Url,
    /// Over which connections.
    pub ring: Ring,
    /// Into which books.
    pub recorder: Recorder,
    /// Until when.
    pub stop: Stop,
}

/// A client for measured requests, with a pool of connections of its own.
///
/// No redirects and no proxy: the load goes to the named host and nowhere else.
pub fn client(plan: &Plan) -> reqwest::Result<Client> {
    let mut client = Client::builder()
        .timeout(plan.timeout)
        .redirect(Policy::none())
        // What the service turned away is measured, not hidden by a second try.
        .retry(retry::never())
        .no_proxy()
        .tcp_nodelay(true)
        .pool_max_idle_per_host(plan.users)
        .user_agent(concat!("loadtest/", env!("CARGO_PKG_VERSION")));
    if plan.http2 {
        client = client.http2_prior_knowledge();
    }
    client.build()
}

/// Runs the users until the schedule is over or a stop was asked for.
pub async fn drive(order: &Order, crew: &Arc<Crew>) -> anyhow::Result<()> {
    silence();
    let people = Scenario::new("people")
        .register_transaction(Transaction::new(arrive(Arc::clone(crew))).set_on_start())
        .register_transaction(Transaction::new(act(Arc::clone(crew))));
    GooseAttack::initialize_with_config(configuration(order))?
        .set_client_builder_without_cookies(
            goose::client::GooseClientBuilder::new().without_cookies(),
        )?
        .register_scenario(people)
        .execute()
        .await?;
    Ok(())
}

/// Takes the logger's place before goose sets its own, which writes a line about each failed request to stdout.
fn silence() {
    struct Silence;
    impl log::Log for Silence {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            false
        }
        fn log(&self, _: &log::Record<'_>) {}
        fn flush(&self) {}
    }
    // Fails only where a logger is set already, and then that one is heard.
    let _ = log::set_logger(&Silence);
}

fn configuration(order: &Order) -> GooseConfiguration {
    let mut configuration = GooseConfiguration::default();
    configuration.host = Some(order.host.to_string());
    configuration.users = Some(order.plan.users);
    // All users are there within half a second; the pacer starts the clock with the last of them.
    configuration.increase_rate = Some((order.plan.users * 2).to_string());
    configuration.no_metrics = true;
    configuration.no_print_metrics = true;
    configuration.no_telnet = true;
    configuration.quiet = 2;
    configuration
}

fn arrive(crew: Arc<Crew>) -> TransactionFunction {
    Arc::new(move |_| {
        crew.pacer.arrive();
        Box::pin(async { Ok(()) })
    })
}

fn act(crew: Arc<Crew>) -> TransactionFunction {
    Arc::new(move |user| {
        let crew = Arc::clone(&crew);
        Box::pin(async move {
            let (Some(slot), Some(begin)) = (crew.pacer.next().await, crew.pacer.started()) else {
                // Every slot is taken: goose lets those finish that still work, and ends the others.
                goose::trigger_killswitch("the schedule is over");
                tokio::time::sleep(IDLE).await;
                return Ok(());
            };
            let call = Call {
                client: crew.ring.client(user.weighted_users_index),
                host: &crew.host,
                slot,
                recorder: &crew.recorder,
                begin,
                stop: &crew.stop,
                run: &crew.run,
            };
            crew.stage.act(call).await;
            Ok(())
        })
    })
}
