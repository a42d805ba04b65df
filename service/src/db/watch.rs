//! Watches whether the database answers, for the log and for those who count.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tracing::{error, info};

use super::Outage;

pub(super) struct Watch {
    /// Which database it is, for the log.
    place: String,
    reachable: AtomicBool,
    /// How many statements got no answer, by the class of outage.
    outages: Mutex<BTreeMap<&'static str, u64>>,
}

impl Watch {
    pub(super) fn new(place: String) -> Self {
        Self {
            place,
            reachable: AtomicBool::new(true),
            outages: Mutex::default(),
        }
    }

    /// How many statements got no answer so far.
    pub(super) fn outages(&self) -> BTreeMap<&'static str, u64> {
        self.counted().clone()
    }

    /// A statement got no answer.
    pub(super) fn count(&self, outage: &Outage) {
        *self.counted().entry(outage.class.as_str()).or_default() += 1;
    }

    fn counted(&self) -> MutexGuard<'_, BTreeMap<&'static str, u64>> {
        // A count is right also after a panic of somebody else who counted.
        self.outages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says once that the database went away; operators and `probe` read this line.
    pub(super) fn note_away(&self, outage: &Outage) {
        if outage.class.means_away() && self.reachable.swap(false, Ordering::AcqRel) {
            error!(
                class = outage.class.as_str(),
                database = self.place,
                error = outage.detail,
                "the database is not reachable"
            );
        }
    }

    /// Says once that it is back.
    pub(super) fn note_reachable(&self) {
        if !self.reachable.load(Ordering::Relaxed) && !self.reachable.swap(true, Ordering::AcqRel) {
            info!(database = self.place, "the database is reachable again");
        }
    }
}
