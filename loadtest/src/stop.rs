//! How a run ends early: a signal asks it to stop, or an alarm, and what hangs is cut off a little later.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::events::What;

/// How long requests in flight may still take once a stop was asked for.
const GRACE: Duration = Duration::from_secs(3);

/// The two stages of stopping, shared by everything that runs.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    asked: CancellationToken,
    cut: CancellationToken,
    hurry: CancellationToken,
    why: Arc<OnceLock<What>>,
}

impl Stop {
    /// Listens for SIGINT, SIGTERM and SIGHUP from now on.
    ///
    /// goose installs a handler of its own for SIGINT, which ends the process at the second signal
    /// and knows no SIGTERM (what ECS sends).
    /// The first handler wins, so this one is set before goose starts.
    pub fn on_signals(&self) -> Result<(), ctrlc::Error> {
        let stop = self.clone();
        ctrlc::set_handler(move || stop.ask(What::StopAsked))
    }

    /// Asks the run to stop; the first reason stands.
    pub fn ask(&self, why: What) {
        // Who stops by himself has time to verify and to clean up.
        if !matches!(why, What::Doomed { .. } | What::Enough) {
            self.hurry.cancel();
        }
        let _ = self.why.set(why);
        self.asked.cancel();
    }

    /// Waits until somebody waits for the end.
    pub async fn hurried(&self) {
        self.hurry.cancelled().await;
    }

    /// Whether somebody asked the run to stop, and why.
    pub fn why(&self) -> Option<&What> {
        self.why.get()
    }

    /// Waits until somebody asks the run to stop.
    pub async fn asked(&self) {
        self.asked.cancelled().await;
    }

    /// Waits until requests in flight are to be cut off.
    pub async fn cut(&self) {
        self.cut.cancelled().await;
    }

    /// Turns the wish to stop into the cut, after the grace; runs until then.
    pub async fn watch(self) {
        self.asked.cancelled().await;
        tokio::time::sleep(GRACE).await;
        self.cut.cancel();
    }
}
