//! When requests start: an open model on an absolute schedule.
//!
//! Slot `i` is due at `t0 + i / rate`, whatever the service did to the slots before.
//! A late wake-up is therefore never carried on to the next slot, and a stall of the service delays
//! the requests behind it by exactly the time that people would have waited.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::stop::Stop;

/// How long after the last user is ready the schedule begins.
const LEAD: Duration = Duration::from_millis(50);

/// One place in the schedule, taken by one user.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// The place in the schedule, from 0.
    pub index: u64,
    /// When the request should start.
    pub intended: Instant,
    /// When a user was free to take it.
    pub claimed: Instant,
}

impl Slot {
    /// How long the slot waited for a user because all of them waited for the service.
    pub fn queued(&self) -> Duration {
        self.claimed.saturating_duration_since(self.intended)
    }

    /// How late a request that starts `now` is through the fault of the generator itself.
    pub fn lateness(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.intended.max(self.claimed))
    }
}

/// Hands out the slots of a constant rate.
#[derive(Debug)]
pub struct Pacer {
    rate: f64,
    slots: u64,
    overrun: Duration,
    users: usize,
    arrived: AtomicUsize,
    next: AtomicU64,
    sent: AtomicU64,
    start: watch::Sender<Option<Instant>>,
    stop: Stop,
}

impl Pacer {
    /// A schedule for so many users; slots still unsent `overrun` after its end are given up.
    pub fn new(rate: f64, duration: Duration, users: usize, overrun: Duration, stop: Stop) -> Self {
        // A hair of tolerance: 0.1 s at 30/s are 3 slots, though 0.1 * 30 is a little more than 3.
        let slots = (rate * duration.as_secs_f64() - 1e-6).ceil().max(0.0) as u64;
        Self {
            rate,
            slots,
            overrun,
            users,
            arrived: AtomicUsize::new(0),
            next: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            start: watch::Sender::new(None),
            stop,
        }
    }

    /// Says that one user is ready; the last one starts the clock.
    pub fn arrive(&self) {
        if self.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.users {
            self.start.send_replace(Some(Instant::now() + LEAD));
        }
    }

    /// When the schedule began, once it has.
    pub fn started(&self) -> Option<Instant> {
        *self.start.borrow()
    }

    /// Waits until the schedule has a beginning.
    pub async fn begun(&self) -> Instant {
        let mut start = self.start.subscribe();
        loop {
            if let Some(at) = *start.borrow_and_update() {
                return at;
            }
            if start.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Takes the next slot and waits for its time; `None` when the schedule is over or a stop was asked for.
    pub async fn next(&self) -> Option<Slot> {
        let begin = tokio::select! {
            begin = self.begun() => begin,
            () = self.stop.asked() => return None,
        };
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        if index >= self.slots {
            return None;
        }
        let intended = begin + self.offset(index);
        let claimed = Instant::now();
        if claimed > begin + self.offset(self.slots) + self.overrun {
            return None;
        }
        tokio::select! {
            () = tokio::time::sleep_until(intended.into()) => {}
            () = self.stop.asked() => return None,
        }
        self.sent.fetch_add(1, Ordering::Relaxed);
        Some(Slot {
            index,
            intended,
            claimed,
        })
    }

    /// How many slots the schedule has.
    pub fn slots(&self) -> u64 {
        self.slots
    }

    /// How many slots were handed out to be sent.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    fn offset(&self, index: u64) -> Duration {
        Duration::from_secs_f64(index as f64 / self.rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn slots_past_the_end_are_not_sent() {
        let pacer = Pacer::new(
            1_000.0,
            Duration::from_millis(10),
            1,
            Duration::from_secs(5),
            Stop::default(),
        );
        pacer.arrive();
        let mut indices = vec![];
        while let Some(slot) = pacer.next().await {
            indices.push(slot.index);
        }
        assert_eq!(indices, (0..10).collect::<Vec<_>>());
        assert_eq!(pacer.sent(), pacer.slots());
    }

    #[tokio::test]
    async fn a_stop_wakes_users_that_sleep() {
        let stop = Stop::default();
        let pacer = Pacer::new(
            0.01,
            Duration::from_secs(1_000),
            1,
            Duration::ZERO,
            stop.clone(),
        );
        pacer.arrive();
        assert!(pacer.next().await.is_some());
        let asking = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            stop.ask();
        };
        let (slot, ()) = tokio::join!(pacer.next(), asking);
        assert!(slot.is_none());
    }

    #[test]
    fn waiting_for_a_user_is_not_the_lateness_of_the_generator() {
        let intended = Instant::now();
        let claimed = intended + Duration::from_millis(700);
        let slot = Slot {
            index: 0,
            intended,
            claimed,
        };
        assert_eq!(slot.queued(), Duration::from_millis(700));
        assert_eq!(
            slot.lateness(claimed + Duration::from_millis(2)),
            Duration::from_millis(2)
        );
    }
}
