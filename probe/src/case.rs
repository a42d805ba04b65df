//! What a check looks at: the snapshot, and what is being said in it.

mod gather;
mod refute;
mod said;

use std::ops::Deref;

pub use said::{Said, proof};

use self::{gather::gather, refute::refuted};
use crate::{
    reading::Confidence,
    snapshot::{Observed, Snapshot},
};

/// A snapshot with what was drawn from it once for all checks.
#[derive(Debug)]
pub struct Case<'a> {
    snapshot: &'a Snapshot,
    said: Vec<Said<'a>>,
}

impl<'a> Deref for Case<'a> {
    type Target = &'a Snapshot;
    fn deref(&self) -> &Self::Target {
        &self.snapshot
    }
}

impl<'a> Case<'a> {
    /// Reads everything that is being said in a snapshot.
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let mut said = gather(snapshot);
        let mut refuted = refuted(&said).into_iter();
        said.retain(|_| !refuted.next().unwrap_or(false));
        Self { snapshot, said }
    }

    /// The messages that mean one of these faults, the newest first; what is only possible does not count.
    ///
    /// # Errors
    /// When there are none, but the service or its tasks were not seen.
    pub fn said(&self, classes: &[&str]) -> Observed<Vec<&Said<'a>>> {
        let found = self.heard(classes);
        if found.is_empty() {
            self.service()?;
            self.tasks()?;
        }
        Ok(found)
    }

    /// As [`said`](Self::said), for faults that show in the logs only.
    ///
    /// # Errors
    /// When there are none, but the logs of some container were not seen.
    pub fn logged(&self, classes: &[&str]) -> Observed<Vec<&Said<'a>>> {
        let found = self.heard(classes);
        if found.is_empty() {
            self.logs()?;
            if let Some(unread) = self.unread_logs.values().next() {
                return Err(unread.clone());
            }
        }
        Ok(found)
    }

    /// Whether a message proves that a class cannot be: "no pg_hba.conf entry" comes through an open port.
    pub fn refutes(&self, class: &str) -> Option<&Said<'a>> {
        self.said
            .iter()
            .find(|said| said.reading.refutes.contains(&class))
    }

    /// The messages that mean one of these faults or may mean it, the newest first.
    pub fn suspected(&self, classes: &[&str]) -> impl Iterator<Item = &Said<'a>> {
        let means = move |said: &&Said<'_>| {
            said.reading
                .fault()
                .is_some_and(|class| classes.contains(&class))
        };
        self.said.iter().filter(means)
    }

    fn heard(&self, classes: &[&str]) -> Vec<&Said<'a>> {
        let sure = |said: &&Said<'_>| said.reading.confidence > Confidence::Possible;
        self.suspected(classes).filter(sure).collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{scenario, snapshot::LogLine};

    fn healthy() -> Snapshot {
        scenario::snapshot("healthy").unwrap().unwrap()
    }

    fn write(snapshot: &mut Snapshot, lines: &[(i64, &str)]) {
        let at = snapshot.taken_at;
        let log = snapshot.logs.as_mut().unwrap().values_mut().next().unwrap();
        *log = lines
            .iter()
            .map(|(seconds_ago, text)| LogLine {
                at: at - TimeDelta::seconds(*seconds_ago),
                message: (*text).into(),
            })
            .collect();
    }

    const AWAY: &str = "connect ETIMEDOUT 10.0.21.5:5432";
    const CLASSES: &[&str] = &["db-sg-ingress-missing", "db-connect-timeout-unspecified"];

    #[test]
    fn what_was_said_lately_is_heard_and_what_is_old_is_not() {
        for (seconds_ago, heard) in [(10, 1), (290, 1), (310, 0)] {
            let mut snapshot = healthy();
            write(&mut snapshot, &[(seconds_ago, AWAY)]);
            let case = Case::new(&snapshot);
            assert_eq!(
                case.logged(CLASSES).unwrap().len(),
                heard,
                "{seconds_ago} s ago"
            );
        }
    }

    #[test]
    fn what_was_refuted_or_mended_later_is_not_heard() {
        for later in [
            "the database is reachable again",
            r#"FATAL: password authentication failed for user "app""#,
        ] {
            let mut snapshot = healthy();
            write(&mut snapshot, &[(60, AWAY), (30, later)]);
            assert!(
                Case::new(&snapshot).logged(CLASSES).unwrap().is_empty(),
                "{later}"
            );
            write(&mut snapshot, &[(60, later), (30, AWAY)]);
            assert_eq!(
                Case::new(&snapshot).logged(CLASSES).unwrap().len(),
                1,
                "{later}"
            );
        }
    }

    #[test]
    fn silence_of_what_was_not_seen_is_no_answer() {
        let mut snapshot = healthy();
        snapshot.logs = Err(crate::snapshot::not_collected::<()>().unwrap_err());
        let case = Case::new(&snapshot);
        assert!(case.logged(CLASSES).is_err());
        assert!(case.said(CLASSES).is_ok());
    }
}
