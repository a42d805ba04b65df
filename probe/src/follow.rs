//! Which log lines were shown, and how far back the next look must go so that none is missed and none comes twice.
//!
//! CloudWatch filters by the time of a line, not by when it took it in, and lines arrive late and out of order. So every
//! look overlaps the one before, and now and then a long one catches what came very late. Time is CloudWatch's own (when
//! it took the newest line in): the clock of this machine may be wrong.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::snapshot::LogEvent;

/// How far back each look goes behind the newest line.
pub const OVERLAP: TimeDelta = TimeDelta::seconds(60);
/// How far back the long look goes: what CloudWatch takes in later than this after it was written is not shown.
pub const LATEST: TimeDelta = TimeDelta::minutes(10);

/// So many lines of the first look are remembered before those that cannot come again are forgotten.
const MANY: usize = 100_000;

/// The lines that were shown, as far as they can come again.
#[derive(Debug)]
pub struct Shown {
    since: DateTime<Utc>,
    newest_ingested: Option<DateTime<Utc>>,
    /// Two hashes of each id, with the time of its line: of a busy service the ids themselves would fill the memory.
    ids: HashMap<(u64, u64), DateTime<Utc>>,
    hashers: (RandomState, RandomState),
    /// How many are remembered in the first look before it is cleared up; `None` once that is over.
    room: Option<usize>,
}

impl Shown {
    /// Nothing was shown yet; the first look begins there.
    pub fn new(since: DateTime<Utc>) -> Self {
        Self {
            since,
            newest_ingested: None,
            ids: HashMap::new(),
            hashers: (RandomState::new(), RandomState::new()),
            room: Some(MANY),
        }
    }

    /// Whether a line was not shown yet; from now on it was.
    pub fn is_fresh(&mut self, event: &LogEvent) -> bool {
        self.newest_ingested = self.newest_ingested.max(Some(event.ingested_at));
        let id = (
            self.hashers.0.hash_one(&event.id),
            self.hashers.1.hash_one(&event.id),
        );
        let is_fresh = self.ids.insert(id, event.at).is_none();
        // A first look may be over days. Before it there was none whose lines it could show again.
        if self.room.is_some_and(|room| self.ids.len() > room) {
            self.forget();
            self.room = Some(MANY.max(self.ids.len() * 2));
        }
        is_fresh
    }

    /// Where the next look begins, an ordinary one.
    pub fn from(&mut self) -> DateTime<Utc> {
        self.room = None;
        self.behind(OVERLAP)
    }

    /// Where the next look begins, a long one.
    pub fn long_from(&mut self) -> DateTime<Utc> {
        self.room = None;
        self.behind(LATEST)
    }

    /// Forgets the lines that no look reaches any more.
    pub fn forget(&mut self) {
        let from = self.behind(LATEST);
        self.ids.retain(|_, at| *at >= from);
    }

    fn behind(&self, overlap: TimeDelta) -> DateTime<Utc> {
        let newest = self.newest_ingested.map(|newest| newest - overlap);
        newest.map_or(self.since, |from| from.max(self.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: u32, at: i64, ingested: i64) -> LogEvent {
        let time = |second| DateTime::from_timestamp(second, 0).unwrap();
        LogEvent {
            id: id.to_string(),
            at: time(at),
            ingested_at: time(ingested),
            task: "t".into(),
            container: "app".into(),
            message: "x".into(),
        }
    }

    #[test]
    fn looks_overlap_by_the_clock_of_cloudwatch() {
        let mut shown = Shown::new(DateTime::from_timestamp(1_000, 0).unwrap());
        assert_eq!(shown.from().timestamp(), 1_000);
        // A program whose clock runs ahead does not move the window.
        assert!(shown.is_fresh(&event(1, 9_000, 2_000)));
        assert_eq!(
            (shown.from().timestamp(), shown.long_from().timestamp()),
            (1_940, 1_400)
        );
        // An older line does not move it back.
        assert!(shown.is_fresh(&event(2, 1_500, 1_990)));
        assert_eq!(shown.from().timestamp(), 1_940);
        assert!(!shown.is_fresh(&event(1, 9_000, 2_000)));
    }

    #[test]
    fn what_can_come_again_is_remembered_and_nothing_else() {
        let mut shown = Shown::new(DateTime::from_timestamp(0, 0).unwrap());
        for (id, at) in [(1, 100), (2, 3_000)] {
            assert!(shown.is_fresh(&event(id, at, 3_000)));
        }
        shown.forget();
        assert_eq!(shown.ids.len(), 1);
        assert!(!shown.is_fresh(&event(2, 3_000, 3_000)));
    }

    #[test]
    fn a_first_look_over_days_does_not_fill_the_memory() {
        let mut shown = Shown::new(DateTime::from_timestamp(0, 0).unwrap());
        // A hundred lines a second.
        for id in 0..300_000 {
            let at = i64::from(id / 100);
            assert!(shown.is_fresh(&event(id, at, at)));
            assert!(shown.ids.len() <= 121_000, "{}", shown.ids.len());
        }
        assert!(!shown.is_fresh(&event(299_000, 2_990, 2_990)));
        // A later look begins before what the looks before it have shown: all of that is remembered until it is over.
        let from = shown.long_from();
        for id in 300_000..500_000 {
            assert!(shown.is_fresh(&event(id, 3_000, 9_000)));
        }
        assert!(!shown.is_fresh(&event(299_000, from.timestamp() + 1, 2_990)));
    }
}
