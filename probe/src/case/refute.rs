//! Which messages were taken back: what the same speaker says later can make them impossible.

use std::collections::{BTreeMap, BTreeSet};

use super::Said;
use crate::reading::{Place, says_database_back};

/// Of each message, newest first, whether the same speaker said later what makes it impossible: it was mended meanwhile.
pub(super) fn refuted(said: &[Said<'_>]) -> Vec<bool> {
    let is_of_database = |said: &Said<'_>| said.reading.fault().is_some_and(of_database);
    let worried: BTreeSet<&str> = said
        .iter()
        .filter(|said| is_of_database(said))
        .map(|said| said.by.as_str())
        .collect();
    // What each speaker said so far that refutes anything, with whether it was that the database is back.
    let mut later: BTreeMap<&str, Vec<(&Said<'_>, bool)>> = BTreeMap::new();
    let mut refuted = Vec::with_capacity(said.len());
    for each in said {
        let known = later.entry(&each.by).or_default();
        let class = each.reading.fault();
        refuted.push(class.is_some_and(|class| {
            known
                .iter()
                .filter(|(other, _)| other.at > each.at)
                .any(|(other, is_back)| {
                    other.reading.refutes.contains(&class) || *is_back && of_database(class)
                })
        }));
        let is_back = each.place == Place::AppLog
            && worried.contains(each.by.as_str())
            && says_database_back(each.text);
        if is_back || !each.reading.refutes.is_empty() {
            known.push((each, is_back));
        }
    }
    refuted
}

fn of_database(class: &str) -> bool {
    class.starts_with("db-")
}
