//! Counts the searches of people and those that found nothing, but not who searched or for what.
//!
//! Each task counts for itself, and adds to the count of the day now and then: a search does not wait for that. What
//! a task has counted since is lost if it is killed.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::http::HeaderMap;
use chrono::Utc;
use chrono_tz::Tz;

use crate::{
    db::{self, Db},
    store::figures::{self, Searches},
};

/// How long a task keeps its count to itself.
const PAUSE: Duration = Duration::from_secs(60);

/// The script of the pages searches while one types, and says so: only what was typed in the end is what was searched.
const TYPING: &str = "x-typing";

/// What this task has counted; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Counted(Arc<Mutex<Searches>>);

impl Counted {
    /// Counts a search, unless somebody is still typing it.
    pub(super) fn add(&self, headers: &HeaderMap, found: bool) {
        if headers.contains_key(TYPING) {
            return;
        }
        self.change(|searches| {
            searches.asked += 1;
            searches.without_result += i64::from(!found);
        });
    }

    /// Adds what was counted since the last time to the count of the day; if that fails, the next time.
    pub async fn write(&self, db: &Db, zone: Tz) -> Result<(), db::Error> {
        let counted = self.change(std::mem::take);
        if counted.asked == 0 {
            return Ok(());
        }
        let day = Utc::now().with_timezone(&zone).date_naive();
        let written = db.once(|c| Box::pin(figures::searched(c, day, counted)));
        let result = written.await;
        if result.is_err() {
            self.change(|searches| {
                searches.asked += counted.asked;
                searches.without_result += counted.without_result;
            });
        }
        result
    }

    /// Writes now and then, as long as it is let.
    pub async fn keep(&self, db: &Db, zone: Tz) {
        loop {
            tokio::time::sleep(PAUSE).await;
            // Whoever keeps an eye on the database says that it is away.
            let _ = self.write(db, zone).await;
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Searches) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
