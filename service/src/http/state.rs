//! What the handlers share, and what they need to know of the configuration.

use std::sync::{Arc, OnceLock};

use chrono_tz::Tz;

use super::{Counted, metrics::Metrics};
use crate::{
    db::{Db, Together},
    domain::{CursorKey, EventId, EventWithParticipants},
    identity::Identity,
    store,
};

/// What the handlers share.
#[derive(Clone)]
pub struct AppState {
    pub(super) db: Db,
    /// Events by their numbers: what a crowd asks for when there is news.
    pub(super) events: Together<EventId, EventWithParticipants>,
    pub(super) site: Arc<Site>,
    pub(super) searches: Counted,
}

impl AppState {
    /// What the handlers share, with this database and this configuration.
    pub fn new(db: Db, site: Site) -> Self {
        Self {
            events: Together::new(db.clone(), |c, ids| Box::pin(store::events::find(c, ids))),
            db,
            site: Arc::new(site),
            searches: Counted::default(),
        }
    }

    /// What is counted of the searches, for whoever has to write it down.
    pub fn searches(&self) -> Counted {
        self.searches.clone()
    }
}

/// What the handlers need to know of the configuration.
#[derive(Debug, Clone)]
pub struct Site {
    /// Whether people reach the pages by HTTPS, so that cookies may insist on it.
    pub https: bool,
    /// How it is known who somebody is.
    pub identity: Identity,
    /// Where the days of the company begin.
    pub zone: Tz,
    /// The address that the pages begin with, without a slash at the end; `None` if that is only known of a request.
    pub pages: Option<String>,
    /// What signs cursors: set at the start, or read from the database when it is first needed.
    pub cursor_key: OnceLock<CursorKey>,
    /// What is counted.
    pub metrics: Metrics,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            https: false,
            identity: Identity::default(),
            zone: chrono_tz::Asia::Tokyo,
            pages: None,
            cursor_key: OnceLock::new(),
            metrics: Metrics::default(),
        }
    }
}
