//! How a run ends early: a signal asks it to stop, and what hangs is cut off a little later.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long requests in flight may still take once a stop was asked for.
const GRACE: Duration = Duration::from_secs(3);

/// The two stages of stopping, shared by everything that runs.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    asked: CancellationToken,
    cut: CancellationToken,
}

impl Stop {
    /// Listens for SIGINT, SIGTERM and SIGHUP from now on.
    ///
    /// goose installs a handler of its own for SIGINT, which ends the process at the second signal
    /// and knows no SIGTERM (what ECS sends).
    /// The first handler wins, so this one is set before goose starts.
    pub fn on_signals(&self) -> Result<(), ctrlc::Error> {
        let asked = self.asked.clone();
        ctrlc::set_handler(move || asked.cancel())
    }

    /// Asks the run to stop.
    pub fn ask(&self) {
        self.asked.cancel();
    }

    /// Whether somebody asked the run to stop.
    pub fn is_asked(&self) -> bool {
        self.asked.is_cancelled()
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
