//! What follows the load: verifying and cleaning up, in bounded time.

use std::time::Duration;

use crate::aftermath::Cleaned;
use crate::clean::clean;
use crate::ledger::{Verified, race, verify};
use crate::order::Order;
use crate::personas::{Stage, organizer};
use crate::stop::Stop;
use crate::target::Target;

/// How long verifying and cleaning up may take, each.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long each may take once a stop was asked for.
const HASTE: Duration = Duration::from_secs(2);

pub(super) async fn verify_in_time(
    stage: &Stage,
    target: &Target,
    order: &Order,
    stop: &Stop,
) -> Verified {
    let organizer = organizer(&order.run);
    let verifying = async {
        let raced = race(stage, target).await;
        let mut verified = verify(&stage.ledger, target, &organizer, order.plan.timeout).await;
        if let Err(error) = raced {
            verified.why.get_or_insert(error.to_string());
        }
        verified
    };
    tokio::select! {
        verified = verifying => verified,
        why = patience(stop) => Verified {
            unseen: 1,
            why: Some(why),
            races: Some(stage.ledger.races()),
            violations: stage.ledger.contradictions(),
            ..Verified::default()
        },
    }
}

pub(super) async fn clean_in_time(target: &Target, order: &Order, stop: &Stop) -> Cleaned {
    tokio::select! {
        cleaned = clean(target, &order.run) => {
            cleaned.map_or_else(|error| Cleaned::Left(error.to_string()), Cleaned::Deleted)
        }
        why = patience(stop) => Cleaned::Left(why),
    }
}

/// Ends when there is no more time, and says so.
async fn patience(stop: &Stop) -> String {
    let hurried = async {
        stop.hurried().await;
        tokio::time::sleep(HASTE).await;
    };
    tokio::select! {
        () = tokio::time::sleep(PATIENCE) => {}
        () = hurried => {}
    }
    "no time left for it".to_owned()
}
