//! Tells people of events, at least once, after the request that caused the news has long been answered.
//!
//! Each task of the service looks every second whether something is due, claims it, delivers it, and notes that.
//! A task that dies in between leaves a claim that ends by itself. Messages come one at a time, at most one a second
//! from all tasks together, and those of one event in their order.

mod failure;
mod figures;
mod markup;
mod slack;
mod text;

use std::time::{Duration, Instant};

use chrono::Utc;
use serde_json::json;
use tokio::sync::watch;
use tracing::{debug, error, info, warn};

use crate::{
    db::{self, Db},
    domain::notification::Notification,
    store::notifications::{self, Claimed, Outcome},
};
use failure::Failure;

pub use figures::Figures;
pub use slack::Slack;
pub use text::Style;

/// How often to look for what is due.
const POLL: Duration = Duration::from_secs(1);
/// How often to look for events to remind of, and for what to give up.
const UPKEEP: Duration = Duration::from_secs(10);
/// How often to remove what is old.
const PURGE: Duration = Duration::from_hours(1);
/// How long to note for what came of a delivery while the database is away.
const SETTLE: Duration = Duration::from_secs(8);
/// How long a claim holds: for one delivery and the noting of it.
const LEASE: Duration = slack::LIMIT.saturating_add(SETTLE).saturating_add(POLL);
/// How long to leave a database alone that finds fault with our statements.
const FAULT: Duration = Duration::from_secs(30);

/// Where news go, and how they are written.
pub struct Channel {
    /// Where they go.
    pub slack: Slack,
    /// How they are written.
    pub style: Style,
}

/// Delivers until told to stop, and then finishes what is under way.
///
/// Without a channel nothing is delivered, and what is not told in a day is no news any more.
pub async fn run(
    db: Db,
    channel: Option<Channel>,
    figures: Figures,
    mut stop: watch::Receiver<bool>,
) {
    let outbox = Outbox {
        db,
        channel,
        figures,
    };
    let (mut upkept, mut purged) = (None, None);
    while !*stop.borrow() {
        let pause = match outbox.look(&mut upkept, &mut purged).await {
            Ok(()) => POLL,
            // The database handle says it once, when it happens.
            Err(db::Error::Away(_)) => POLL,
            Err(db::Error::Failed(error)) => {
                error!(%error, "notifications cannot be handled");
                FAULT
            }
        };
        // Whoever was to tell us to stop is gone: that is to stop as well.
        let told = tokio::time::timeout(pause, stop.changed()).await;
        if matches!(told, Ok(Err(_))) {
            break;
        }
    }
}

struct Outbox {
    db: Db,
    channel: Option<Channel>,
    figures: Figures,
}

impl Outbox {
    /// Does what is due, of each kind once.
    async fn look(
        &self,
        upkept: &mut Option<Instant>,
        purged: &mut Option<Instant>,
    ) -> Result<(), db::Error> {
        if has_passed(UPKEEP, *upkept) {
            self.keep_up().await?;
            *upkept = Some(Instant::now());
        }
        if has_passed(PURGE, *purged) {
            let removed = self
                .db
                .idempotent(|c| Box::pin(notifications::purge(c)))
                .await?;
            if removed > 0 {
                debug!(removed, "old rows were removed");
            }
            *purged = Some(Instant::now());
        }
        if let Some(channel) = &self.channel {
            self.deliver_next(channel).await?;
        }
        Ok(())
    }

    async fn keep_up(&self) -> Result<(), db::Error> {
        let given_up = self
            .db
            .idempotent(|c| Box::pin(notifications::give_up(c)))
            .await?;
        if self.channel.is_none() {
            return Ok(());
        }
        for lost in given_up {
            error!(
                notification = lost.id,
                event_id = lost.event_id,
                kind = lost.kind,
                attempts = lost.attempts,
                error = lost.last_error,
                "a notification was given up"
            );
        }
        self.db
            .idempotent(|c| Box::pin(notifications::remind(c)))
            .await?;
        let backlog = self.db.idempotent(|c| Box::pin(notifications::backlog(c)));
        self.figures.backlog(&backlog.await?);
        Ok(())
    }

    async fn deliver_next(&self, channel: &Channel) -> Result<(), db::Error> {
        let claimed = self.db.once(|c| Box::pin(notifications::claim(c, LEASE)));
        let Some(claimed) = claimed.await? else {
            return Ok(());
        };
        let Claimed {
            id,
            event_id,
            attempts,
            ..
        } = claimed;
        let kind = claimed.kind.as_str();
        if !claimed.current {
            info!(
                notification = id,
                event_id, kind, "a notification is no longer due"
            );
            return self.settle(&claimed, Outcome::Obsolete).await;
        }
        let Err(failure) = tell(channel, &claimed).await else {
            info!(
                notification = id,
                event_id, kind, attempts, "a notification was delivered"
            );
            self.figures.delivered();
            return self.settle(&claimed, Outcome::Delivered).await;
        };

        self.figures.failed(&failure);
        let retry_in = failure.delay(attempts.unsigned_abs(), chance());
        let (error, retry_in_seconds) = (failure.to_string(), retry_in.as_secs());
        if matches!(failure, Failure::Refused(_)) {
            error!(
                notification = id,
                event_id, kind, attempts, error, retry_in_seconds, "a notification was refused"
            );
        } else {
            warn!(
                notification = id,
                event_id,
                kind,
                attempts,
                error,
                retry_in_seconds,
                "a notification was not delivered"
            );
        }
        self.settle(&claimed, Outcome::Failed { retry_in, error })
            .await?;
        if let Failure::TooMany { wait } = failure {
            self.db
                .idempotent(|c| Box::pin(notifications::pause(c, wait)))
                .await?;
        }
        Ok(())
    }

    /// Notes what came of a delivery, also when the database is away for a moment.
    ///
    /// If it stays away the claim ends, and the message may come twice.
    async fn settle(&self, claimed: &Claimed, outcome: Outcome) -> Result<(), db::Error> {
        let (id, attempts) = (claimed.id, claimed.attempts);
        let started = Instant::now();
        loop {
            let outcome = outcome.clone();
            let note = self
                .db
                .idempotent(|c| Box::pin(notifications::settle(c, id, attempts, outcome.clone())));
            match note.await {
                Err(db::Error::Away(_)) if started.elapsed() < SETTLE => {
                    tokio::time::sleep(POLL / 2).await;
                }
                settled => return settled,
            }
        }
    }
}

async fn tell(channel: &Channel, claimed: &Claimed) -> Result<(), Failure> {
    let stored = json!({ "kind": claimed.kind, "payload": claimed.payload });
    // A newer version may have written it, and will deliver it: such a failure passes, too.
    let notification: Notification = serde_json::from_value(stored)
        .map_err(|error| Failure::Unavailable(format!("it is not understood: {error}")))?;
    let text = channel.style.write(&notification, Utc::now());
    channel.slack.send(&text).await
}

fn has_passed(interval: Duration, last: Option<Instant>) -> bool {
    last.is_none_or(|last| last.elapsed() >= interval)
}

/// A number between 0 and 1.
fn chance() -> f64 {
    f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 255.0
}
