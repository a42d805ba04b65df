//! When requests start: an open model on an absolute schedule.
//!
//! Each slot is due at its time after `t0`, whatever the service did to the slots before (see [`schedule`]).
//! A late wake-up is therefore never carried on to the next slot, and a stall of the service delays
//! the requests behind it by exactly the time that people would have waited.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::part::Slots;
use crate::plan::Plan;
use crate::stop::Stop;

pub mod schedule;

use schedule::{Due, Schedule};

/// How long after the last user is ready the schedule begins.
const LEAD: Duration = Duration::from_millis(50);

/// One place in the schedule, taken by one user.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// The place in the schedule, from 0.
    pub index: u64,
    /// The phase to which it belongs.
    pub phase: usize,
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

/// Hands out the slots of a plan.
#[derive(Debug)]
pub struct Pacer {
    schedule: Mutex<Schedule>,
    closing: Duration,
    users: usize,
    gate: Option<Instant>,
    arrived: AtomicUsize,
    start: watch::Sender<Option<Instant>>,
    stop: Stop,
}

impl Pacer {
    /// These slots of the schedule of a plan, which begins when all users are there, and not before the `gate`;
    /// slots still unsent one time-out after its end are given up.
    pub fn new(plan: &Plan, slots: Slots, gate: Option<Instant>, stop: Stop) -> Self {
        Self {
            schedule: Mutex::new(Schedule::new(plan, slots)),
            gate,
            closing: plan.duration() + plan.timeout,
            users: plan.users,
            arrived: AtomicUsize::new(0),
            start: watch::Sender::new(None),
            stop,
        }
    }

    /// Says that one user is ready; the last one starts the clock.
    pub fn arrive(&self) {
        if self.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.users {
            let soon = Instant::now() + LEAD;
            self.start
                .send_replace(Some(self.gate.map_or(soon, |gate| gate.max(soon))));
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
        let begin = match self.started() {
            Some(begin) => begin,
            None => tokio::select! {
                begin = self.begun() => begin,
                () = self.stop.asked() => return None,
            },
        };
        let Due { index, at, phase } = self
            .schedule
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next()?;
        let intended = begin + at;
        let claimed = Instant::now();
        if claimed > begin + self.closing || self.stop.why().is_some() {
            return None;
        }
        if intended > claimed {
            tokio::select! {
                () = tokio::time::sleep_until(intended.into()) => {}
                () = self.stop.asked() => return None,
            }
        }
        Some(Slot {
            index,
            phase,
            intended,
            claimed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::File;

    fn pacer(rate: f64, duration: Duration, stop: Stop) -> Pacer {
        let mut file = File::constant();
        file.scale_rate(rate);
        file.scale_duration(duration);
        file.users = Some(1);
        Pacer::new(&Plan::try_from(file).unwrap(), Slots::ALL, None, stop)
    }

    #[tokio::test]
    async fn slots_past_the_end_are_not_sent() {
        let pacer = pacer(1_000.0, Duration::from_millis(10), Stop::default());
        pacer.arrive();
        let mut indices = vec![];
        while let Some(slot) = pacer.next().await {
            indices.push(slot.index);
        }
        assert_eq!(indices, (0..10).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn nobody_begins_before_the_gate() {
        let gate = Instant::now() + Duration::from_millis(300);
        let mut file = File::constant();
        file.users = Some(1);
        let plan = Plan::try_from(file).unwrap();
        let pacer = Pacer::new(&plan, Slots::ALL, Some(gate), Stop::default());
        pacer.arrive();
        assert_eq!(pacer.next().await.unwrap().intended, gate);
        assert!(Instant::now() >= gate);
    }

    #[tokio::test]
    async fn a_stop_wakes_users_that_sleep() {
        let stop = Stop::default();
        let pacer = pacer(0.01, Duration::from_secs(1_000), stop.clone());
        pacer.arrive();
        assert!(pacer.next().await.is_some());
        let asking = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            stop.ask(crate::events::What::StopAsked);
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
            phase: 0,
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
