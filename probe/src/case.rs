//! What a check looks at: the snapshot.

use std::ops::Deref;

use crate::snapshot::Snapshot;

/// A snapshot with what was drawn from it once for all checks.
#[derive(Debug)]
pub struct Case<'a> {
    snapshot: &'a Snapshot,
}

impl<'a> Case<'a> {
    /// Prepares a snapshot for the checks.
    pub fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot }
    }
}

impl<'a> Deref for Case<'a> {
    type Target = &'a Snapshot;
    fn deref(&self) -> &Self::Target {
        &self.snapshot
    }
}
