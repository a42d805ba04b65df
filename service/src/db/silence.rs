//! For how long the database has answered nobody: what tells one that is away from one that has much to do.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use tokio::time::error::Elapsed;

/// When the database last answered anybody.
pub(super) struct Silence {
    born: Instant,
    /// Milliseconds from `born` to the last answer.
    answered: AtomicU64,
}

impl Default for Silence {
    fn default() -> Self {
        Self {
            born: Instant::now(),
            answered: AtomicU64::new(0),
        }
    }
}

impl Silence {
    /// Somebody was answered.
    pub(super) fn end(&self) {
        let now = u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.answered.fetch_max(now, Ordering::Relaxed);
    }

    /// Since when who asked at `asked` has seen nobody answered.
    pub(super) fn since(&self, asked: Instant) -> Instant {
        asked.max(self.born + Duration::from_millis(self.answered.load(Ordering::Relaxed)))
    }

    /// Waits until a deadline that moves while others are answered.
    pub(super) async fn bounded<F: Future>(
        &self,
        future: F,
        deadline: impl Fn() -> Instant,
    ) -> Result<F::Output, Elapsed> {
        let mut future = std::pin::pin!(future);
        loop {
            let until = deadline();
            match tokio::time::timeout_at(until.into(), &mut future).await {
                Err(_) if deadline() > until => {}
                result => return result,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_millis(60);

    #[tokio::test]
    async fn who_waits_is_patient_only_while_others_are_answered() {
        let silence = Silence::default();
        let asked = Instant::now();
        let wait = async || {
            silence
                .bounded(std::future::pending::<()>(), || {
                    silence.since(asked) + LIMIT
                })
                .await
        };
        assert!(wait().await.is_err());
        assert!(asked.elapsed() < 3 * LIMIT, "{:?}", asked.elapsed());

        let answers = async {
            for _ in 0..10 {
                silence.end();
                tokio::time::sleep(LIMIT / 3).await;
            }
        };
        let (waited, ()) = tokio::join!(wait(), answers);
        assert!(waited.is_err());
        assert!(asked.elapsed() > 4 * LIMIT, "{:?}", asked.elapsed());
    }
}
