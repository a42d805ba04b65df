//! The load, and everything that goes on beside it.

use std::sync::Arc;
use std::time::Instant;

use chrono::Utc;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio_util::sync::CancellationToken;

use super::Searching;
use crate::capacity::enough::Enough;
use crate::drive::{Crew, drive};
use crate::events::{Event, What};
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
use crate::witness::{Clock, Notebook, Seen, Sighting};

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
    if crew.stop.why().is_some() {
        return Ok(meter.health());
    }
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
            witness(crew, ready),
            async {
                if let Some(alarms) = &ready.alarms {
                    alarms.watch(&crew.stop, |what| note(crew, what)).await;
                }
            },
        )
    };
    let faults = faults::make(plan, crew, ready.ecs.as_ref(), &over);
    tokio::select! {
        (driven, ()) = async { tokio::join!(driven, faults) } => driven?,
        _ = beside => {}
    }
    if let Some(begin) = crew.pacer.started().filter(|_| ready.witness.is_some()) {
        crew.recorder.sighting(Sighting {
            at_s: begin.elapsed().as_secs_f64(),
            after_s: None,
            seen: Seen::End,
        });
    }
    Ok(meter.health())
}

/// Books what happened now, which may be before the schedule begins.
fn note(crew: &Crew, what: What) {
    let at_s = crew.pacer.started().map_or(0.0, |begin| {
        let ahead = begin.saturating_duration_since(Instant::now());
        begin.elapsed().as_secs_f64() - ahead.as_secs_f64()
    });
    crew.recorder.event(Event { at_s, what });
}

/// Looks at what AWS shows, from the beginning of the schedule on.
async fn witness(crew: &Crew, ready: &Ready) {
    let Some(witness) = &ready.witness else {
        return;
    };
    let instant = crew.pacer.begun().await;
    // The schedule begins a little later than everybody is told of it.
    let utc = Utc::now() - instant.elapsed() + instant.saturating_duration_since(Instant::now());
    let notes = Notebook::new(Clock { instant, utc }, |sighting| {
        crew.recorder.sighting(sighting);
    });
    witness.watch(&notes).await;
}
