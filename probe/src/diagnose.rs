//! From a snapshot to causes: runs every check and orders what they found.
//!
//! A fault that no other fault explains is a root cause. An explanation may run through faults that were found and
//! through checks that could not tell, never through a healthy one: what was seen healthy refutes the story.

use std::collections::{BTreeSet, VecDeque};

use crate::{
    apart::{Apart, apart},
    case::Case,
    check::{Check, Finding, Severity},
    checks::all,
    snapshot::{Observed, Snapshot, Unobserved},
};

/// What a check said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It saw what it needed and found nothing.
    Healthy,
    /// It found the fault.
    Faulty(Vec<Finding>),
    /// It could not see what it needed.
    Unknown(Unobserved),
}

/// A check with what it said.
#[derive(Debug)]
pub struct Examined {
    /// The check.
    pub check: &'static Check,
    /// Its root-cause class, where one fits.
    pub class: Option<&'static str>,
    /// What it said.
    pub outcome: Outcome,
}

/// The causes with their symptoms, and what could not be told.
#[derive(Debug)]
pub struct Diagnosis {
    /// Root causes, the one that explains most first.
    pub causes: Vec<Cause>,
    /// Checks that could not tell.
    pub unknown: Vec<(&'static Check, Unobserved)>,
    /// What is not wrong but not wise either.
    pub advice: Vec<(&'static Check, Finding)>,
}

/// A root cause.
#[derive(Debug)]
pub struct Cause {
    /// The check that found it.
    pub check: &'static Check,
    /// Its root-cause class, where one fits.
    pub class: Option<&'static str>,
    /// What it found.
    pub findings: Vec<Finding>,
    /// What it explains, the nearest first.
    pub symptoms: Vec<Symptom>,
}

/// A fault that another one explains.
#[derive(Debug)]
pub struct Symptom {
    /// The check that found it.
    pub check: &'static Check,
    /// Its root-cause class, where one fits.
    pub class: Option<&'static str>,
    /// What it found.
    pub findings: Vec<Finding>,
}

/// The answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every check ran and found nothing.
    Healthy,
    /// A fault was found.
    Fault,
    /// No fault was found, but something that could hide one was not seen.
    Undetermined,
}

impl Diagnosis {
    /// The answer in one word.
    pub fn verdict(&self) -> Verdict {
        match (self.causes.is_empty(), self.unknown.is_empty()) {
            (false, _) => Verdict::Fault,
            (true, false) => Verdict::Undetermined,
            (true, true) => Verdict::Healthy,
        }
    }
}

/// Runs every check on the snapshot and finds the root causes.
///
/// Where a release was rolled back, every check looks at it too.
pub fn diagnose(snapshot: &Snapshot) -> Diagnosis {
    let case = Case::new(snapshot);
    let released = snapshot.as_released();
    let released = released.as_ref().map(Case::new);
    let examine = |check: &'static Check| {
        let seen = (check.find)(&case);
        let of_release = released
            .as_ref()
            .filter(|_| check.severity != Severity::Advice)
            // What was not seen of the release hides no health: that it was rolled back is a finding.
            .and_then(|released| (check.find)(released).ok());
        Examined {
            check,
            class: check.class_in(released.as_ref().unwrap_or(&case)),
            outcome: outcome(seen, of_release.unwrap_or_default()),
        }
    };
    arrange(all().map(examine).collect(), &apart(&case))
}

/// What was found now and of the release; what both show is told once.
fn outcome(seen: Observed<Vec<Finding>>, mut of_release: Vec<Finding>) -> Outcome {
    match seen {
        Err(unobserved) if of_release.is_empty() => return Outcome::Unknown(unobserved),
        Err(_) => {}
        Ok(findings) => {
            let is_new =
                |one: &Finding| of_release.iter().all(|known| known.subject != one.subject);
            let new: Vec<Finding> = findings.into_iter().filter(is_new).collect();
            of_release.extend(new);
        }
    }
    match of_release.is_empty() {
        true => Outcome::Healthy,
        false => Outcome::Faulty(of_release),
    }
}

/// Orders outcomes into causes, symptoms and unknowns.
///
/// Advice is neither cause nor symptom, and advice that could not be given hides no fault.
/// What is apart from a cause is no symptom of it.
pub fn arrange(examined: Vec<Examined>, apart: &Apart) -> Diagnosis {
    let (advice, examined): (Vec<_>, Vec<_>) = examined
        .into_iter()
        .partition(|e| e.check.severity == Severity::Advice);
    let given = advice.into_iter().flat_map(|e| match e.outcome {
        Outcome::Faulty(findings) => findings.into_iter().map(|f| (e.check, f)).collect(),
        Outcome::Healthy | Outcome::Unknown(_) => vec![],
    });
    let passable: BTreeSet<&str> = examined
        .iter()
        .filter(|e| e.outcome != Outcome::Healthy)
        .map(|e| e.check.id)
        .collect();
    let found: Vec<(&Examined, &Vec<Finding>)> = examined
        .iter()
        .filter_map(|e| match &e.outcome {
            Outcome::Faulty(findings) => Some((e, findings)),
            _ => None,
        })
        .collect();
    let explained_by = |cause: &'static Check| reachable(cause, &passable, &examined, apart);
    let explained: BTreeSet<&str> = found
        .iter()
        .flat_map(|(e, _)| explained_by(e.check))
        .collect();

    let mut causes: Vec<Cause> = found
        .iter()
        .filter(|(e, _)| !explained.contains(e.check.id))
        .map(|&(cause, findings)| {
            let below = explained_by(cause.check);
            let symptoms = below
                .iter()
                .filter_map(|id| found.iter().find(|(e, _)| e.check.id == *id));
            Cause {
                check: cause.check,
                class: cause.class,
                findings: findings.clone(),
                symptoms: symptoms
                    .map(|&(symptom, findings)| Symptom {
                        check: symptom.check,
                        class: symptom.class,
                        findings: findings.clone(),
                    })
                    .collect(),
            }
        })
        .collect();
    causes.sort_by_key(|cause| std::cmp::Reverse((cause.check.severity, cause.symptoms.len())));
    let unknown = examined
        .iter()
        .filter_map(|e| match &e.outcome {
            Outcome::Unknown(unobserved) => Some((e.check, unobserved.clone())),
            _ => None,
        })
        .collect();
    Diagnosis {
        causes,
        unknown,
        advice: given.collect(),
    }
}

/// Ids that `cause` explains over links that are not refuted, the nearest first.
fn reachable(
    cause: &Check,
    passable: &BTreeSet<&str>,
    examined: &[Examined],
    apart: &Apart,
) -> Vec<&'static str> {
    let mut seen: Vec<&'static str> = vec![];
    let mut open: VecDeque<&'static str> = cause.explains.iter().copied().collect();
    while let Some(id) = open.pop_front() {
        if passable.contains(id) && !seen.contains(&id) && !apart.contains(&(cause.id, id)) {
            seen.push(id);
            open.extend(
                examined
                    .iter()
                    .filter(|e| e.check.id == id)
                    .flat_map(|e| e.check.explains),
            );
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    #[test]
    fn what_the_release_shows_counts_beside_what_is_seen_now_and_once() {
        let one = |subject: &str| Finding {
            subject: subject.into(),
            message: Words::verbatim(subject),
            evidence: vec![],
            fix: vec![],
        };
        let unseen = crate::snapshot::not_collected::<()>().unwrap_err();
        for (now, of_release, expected) in [
            (
                Err(unseen.clone()),
                vec![],
                Outcome::Unknown(unseen.clone()),
            ),
            (
                Err(unseen),
                vec![one("web:2")],
                Outcome::Faulty(vec![one("web:2")]),
            ),
            (
                Ok(vec![one("web:2"), one("web:3")]),
                vec![one("web:2")],
                Outcome::Faulty(vec![one("web:2"), one("web:3")]),
            ),
            (Ok(vec![]), vec![], Outcome::Healthy),
        ] {
            assert_eq!(outcome(now, of_release), expected);
        }
    }
}
