//! Those who wait for a connection: a crowd is served, however long it takes; a queue that does not end is cut short.
//!
//! Where more is asked than can be answered, who is served has waited for so long that nobody is there any more to
//! hear it: all the work is done in vain. A crowd that comes at once looks the same, but its queue comes to an end. So
//! once there has been a queue for [`CROWD`], whoever has stood in it for [`TURN`] is sent away; the others are served
//! as many as can be, and soon.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// For how long there may be a queue before it counts as one that does not end; a crowd of thousands takes less.
const CROWD: Duration = Duration::from_secs(5);
/// How long one waits in a queue that does not end.
const TURN: Duration = Duration::from_millis(500);

/// How many wait, and since when somebody has.
pub(super) struct Queue {
    line: Mutex<Line>,
}

struct Line {
    waiting: usize,
    begun: Instant,
}

/// A place in the queue, given up when it is dropped.
pub(super) struct Place<'a> {
    queue: &'a Queue,
    /// How long to wait there. As long as somebody does, the queue has not ended, so this does not change.
    pub(super) patience: Duration,
}

impl Default for Queue {
    fn default() -> Self {
        let line = Mutex::new(Line {
            waiting: 0,
            begun: Instant::now(),
        });
        Self { line }
    }
}

impl Queue {
    /// Goes to its end.
    pub(super) fn join(&self) -> Place<'_> {
        let now = Instant::now();
        let mut line = self.line();
        if line.waiting == 0 {
            line.begun = now;
        }
        line.waiting += 1;
        let patience = (line.begun + CROWD).saturating_duration_since(now);
        Place {
            queue: self,
            patience: patience.max(TURN),
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        // Nothing that holds the lock can panic half-way.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.queue.line().waiting -= 1;
    }
}
