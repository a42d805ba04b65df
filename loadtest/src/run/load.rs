//! The load, and everything that goes on beside it.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio_util::sync::CancellationToken;

use super::Searching;
use crate::capacity::enough::Enough;
use crate::drive::{Crew, drive};
use crate::faults;
use crate::generator::{Health, Meter};
use crate::judge::abort::Watches;
use crate::lang::Lang;
use crate::ledger::upkeep;
use crate::order::Order;
use crate::preflight::Ready;
use crate::progress::Progress;
use crate::target::Target;
use crate::watch::watch;

/// Runs the users, and everything that goes on beside them, until the schedule is over or a stop was asked for.
pub(super) async fn load(
    order: &Order,
    crew: &Arc<Crew>,
    ready: &Ready,
    target: &Target,
    searching: Option<Searching<'_>>,
    lang: Lang,
) -> anyhow::Result<Health> {
    let plan = &order.plan;
    let over = CancellationToken::new();
    let mut meter = Meter::new(ready.ceiling);
    let watches = plan.abort.then(|| Watches::new(plan));
    let enough = searching.map(|searching| Enough::new(searching.search, plan.max_lateness));
    let driven = async {
        let driven = drive(order, crew).await;
        over.cancel();
        driven
    };
    let beside = async {
        tokio::join!(
            watch(
                crew,
                &mut meter,
                watches,
                enough,
                Progress::new(order, lang)
            ),
            crew.ring.renew(plan, StdRng::seed_from_u64(plan.seed)),
            upkeep(&crew.stage, target, plan.timeout),
            async {
                if let Some(metrics) = searching.and_then(|searching| searching.metrics) {
                    metrics.run(crew).await;
                }
            },
            async {
                if let Some(alarms) = &ready.alarms {
                    alarms.watch(&crew.stop).await;
                }
            },
        )
    };
    let faults = faults::make(plan, crew, ready.ecs.as_ref(), &over);
    tokio::select! {
        (driven, ()) = async { tokio::join!(driven, faults) } => driven?,
        _ = beside => {}
    }
    Ok(meter.health())
}
