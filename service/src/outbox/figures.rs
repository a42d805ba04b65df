//! How the delivery goes, in numbers for whoever watches it.

use std::sync::atomic::AtomicU64;

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

use super::failure::Failure;
use crate::store::notifications::Backlog;

/// The numbers; cheap to clone.
///
/// What was delivered and what failed is counted by each task for itself. The backlog is that of all tasks together.
#[derive(Debug, Clone)]
pub struct Figures {
    delivered: Counter,
    failed: Family<[(&'static str, &'static str); 1], Counter>,
    pending: Gauge,
    oldest: Gauge<f64, AtomicU64>,
}

impl Default for Figures {
    fn default() -> Self {
        let failed = Family::default();
        for class in Failure::CLASSES {
            // There from the start: of a number that appears with the first failure, no rise could be seen.
            drop(failed.get_or_create(&[("class", class)]));
        }
        Self {
            delivered: Counter::default(),
            failed,
            pending: Gauge::default(),
            oldest: Gauge::default(),
        }
    }
}

impl Figures {
    /// Has them shown with the other numbers of the service.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "outbox_delivered",
            "Notifications that this task has delivered",
            self.delivered.clone(),
        );
        registry.register(
            "outbox_failed_attempts",
            "Tries of this task that did not deliver, by the class of failure",
            self.failed.clone(),
        );
        registry.register(
            "outbox_pending",
            "Notifications of all tasks that are due, those that failed and are put off included",
            self.pending.clone(),
        );
        registry.register_with_unit(
            "outbox_oldest_pending_age",
            "Age of the oldest of them; 0 if there is none",
            Unit::Seconds,
            self.oldest.clone(),
        );
    }

    pub(super) fn delivered(&self) {
        self.delivered.inc();
    }

    pub(super) fn failed(&self, failure: &Failure) {
        self.failed
            .get_or_create(&[("class", failure.class())])
            .inc();
    }

    pub(super) fn backlog(&self, backlog: &Backlog) {
        self.pending.set(backlog.pending);
        self.oldest.set(backlog.oldest_seconds);
    }
}
