//! Reads the parameters of an address: known ones once, unknown ones never.

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};

use super::problem::{Kind, Problem};
use crate::domain::{EventId, Invalid, Reason};

/// The number of an event in a path.
pub(super) struct Id(pub(super) EventId);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(raw) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::new(Kind::Unreadable))?;
        EventId::parse(&raw)
            .map(Self)
            .ok_or_else(|| Problem::new(Kind::EventNotFound))
    }
}

/// The parameters that have not been read yet, and what was wrong with the others.
pub(super) struct Params {
    pairs: Vec<(String, String)>,
    invalid: Vec<Invalid>,
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(pairs) = Query::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::new(Kind::Unreadable))?;
        Ok(Self {
            pairs,
            invalid: Vec::new(),
        })
    }
}

impl Params {
    /// Reads a parameter; `None` if it is not there or was refused.
    pub(super) fn take<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Reason>,
    ) -> Option<T> {
        let index = self.pairs.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.pairs.swap_remove(index);
        parse(&value)
            .map_err(|reason| self.invalid.push(Invalid::new(name, reason)))
            .ok()
    }

    /// Reads a parameter that must be there.
    pub(super) fn require<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Reason>,
    ) -> Option<T> {
        if !self.pairs.iter().any(|(key, _)| key == name) {
            self.invalid.push(Invalid::new(name, Reason::Missing));
        }
        self.take(name, parse)
    }

    /// Refuses what was not read, a second value of the same name included, and tells what was refused before.
    pub(super) fn end(self) -> Result<(), Problem> {
        let mut invalid = self.invalid;
        invalid.extend(
            self.pairs
                .into_iter()
                .map(|(name, _)| Invalid::new(name, Reason::Unknown)),
        );
        if invalid.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid_parameters(invalid))
        }
    }
}
