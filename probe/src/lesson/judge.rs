//! Whether an answer is right: it is held against the diagnosis, not against a list of answers.

use crate::{
    check::Check,
    checks::{all, by_class, by_id},
    diagnose::Diagnosis,
};

/// How many faults are offered where an answer names none.
const OFFERED: usize = 8;

/// What an answer is worth.
#[derive(Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It is a root cause.
    Right,
    /// It is there, but something else causes it.
    Symptom,
    /// Nothing of it was seen.
    Wrong,
}

/// Judges the fault that was named.
pub fn judge(answer: &Check, diagnosis: &Diagnosis) -> Judgement {
    let causes = &diagnosis.causes;
    if causes.iter().any(|cause| cause.check.id == answer.id) {
        return Judgement::Right;
    }
    let mut symptoms = causes.iter().flat_map(|cause| &cause.symptoms);
    match symptoms.any(|symptom| symptom.check.id == answer.id) {
        true => Judgement::Symptom,
        false => Judgement::Wrong,
    }
}

/// The fault that a person named by its id or class; else those whose id or description has every word of the text.
///
/// # Errors
/// The faults that may have been meant, at most eight, best none.
pub fn named(text: &str) -> Result<&'static Check, Vec<&'static Check>> {
    let text = text.trim().to_lowercase();
    if let Some(check) = by_id(&text).or_else(|| by_class(&text)) {
        return Ok(check);
    }
    let has_all = |check: &&Check| {
        let told = format!("{} {} {}", check.id, check.fault.en, check.fault.ja).to_lowercase();
        text.split(|c: char| c.is_whitespace() || c == '-')
            .all(|word| told.contains(word))
    };
    let similar = all().filter(has_all);
    Err(if text.is_empty() {
        vec![]
    } else {
        similar.take(OFFERED).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnose::diagnose, scenario};

    #[test]
    fn a_cause_is_right_its_symptom_is_not_and_all_else_is_wrong() {
        let snapshot = scenario::snapshot("alb-health-check-port-wrong");
        let diagnosis = diagnose(&snapshot.unwrap().unwrap());
        for (answer, expected) in [
            ("alb-health-check-port-wrong", Judgement::Right),
            ("alb-no-healthy-targets", Judgement::Symptom),
            ("network-target-port-closed", Judgement::Wrong),
        ] {
            assert_eq!(
                judge(by_id(answer).unwrap(), &diagnosis),
                expected,
                "{answer}"
            );
        }
    }

    #[test]
    fn a_fault_is_named_by_id_or_class_and_words_only_offer() {
        let id = |answer| named(answer).map(|check| check.id).ok();
        assert_eq!(
            id(" Network-Database-Port-Closed "),
            Some("network-database-port-closed")
        );
        assert_eq!(
            id("db-sg-ingress-missing"),
            Some("network-database-port-closed")
        );
        let offered = |answer| -> Vec<&str> {
            let offered = named(answer).err().unwrap_or_default();
            offered.into_iter().map(|check| check.id).collect()
        };
        assert!(offered("port closed").contains(&"network-database-port-closed"));
        assert!(offered("データベース ルート").contains(&"network-database-unroutable"));
        assert!(offered("a").len() <= OFFERED);
        assert_eq!(offered("it is the weather"), [""; 0]);
        assert_eq!(offered(""), [""; 0]);
    }
}
