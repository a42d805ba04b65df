//! How the service knows who somebody is.
//!
//! Behind an Application Load Balancer that logs people in, each request carries a token that the load balancer
//! has signed. [`token`] is the pure part: what a token must say and whether its signature is right. [`keys`] is
//! the edge: it fetches the keys by which signatures are checked.
//!
//! Deliberately not here: the log-in itself, sessions and their end. They are the load balancer's.

pub mod key;
pub mod keys;
pub mod token;

mod shelf;

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::domain::{Actor, UserName};
use keys::{Keys, KeysAway};
use token::{Expected, Refusal, Token};

/// How the service knows who somebody is.
#[derive(Debug, Clone, Default)]
pub enum Identity {
    /// It does not: everybody is who they say they are.
    #[default]
    Claimed,
    /// By the word of the load balancer.
    Alb(Arc<Alb>),
}

/// Believes one load balancer.
#[derive(Debug)]
pub struct Alb {
    /// What its tokens say.
    pub expected: Expected,
    /// The keys it signs with.
    pub keys: Keys,
    /// Who may act for others and change every event.
    pub admins: BTreeSet<String>,
}

/// Why it is not known who sends a request.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unknown {
    /// The token is not to be believed.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The token cannot be checked at the moment.
    #[error("{0}")]
    KeysAway(#[from] KeysAway),
}

impl Alb {
    /// Who sends a request with this token.
    ///
    /// # Errors
    ///
    /// When the token is not to be believed, or cannot be checked at the moment.
    pub async fn actor(&self, raw: &[u8], now: DateTime<Utc>) -> Result<Actor, Unknown> {
        // Everything that needs no key comes first, so that a careless forgery asks nobody for a key.
        let token = Token::parse(raw, &self.expected, now)?;
        let key = self.keys.get(token.key_id()).await?;
        let name = token.verify(&key.ok_or(Refusal::UnknownKey)?, &self.expected)?;
        let admin = self.is_admin(&name);
        Ok(Actor::Known { name, admin })
    }

    fn is_admin(&self, name: &UserName) -> bool {
        self.admins.contains(name.as_str())
    }
}
