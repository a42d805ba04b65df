//! How often a message alone is read right: real messages with their causes, and further wordings.
//!
//! `cargo test -p probe --test it corpus -- --nocapture` prints the tables and what was missed.

use std::collections::BTreeMap;

use clap::ValueEnum;
use probe::reading::{Meaning, Place, Reading, classify};
use serde::Deserialize;

const NORMAL: &[&str] = &[
    "normal-scale-in",
    "normal-exit",
    "ok-steady-state",
    "target-draining",
    "target-initializing",
];

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    id: String,
    #[serde(rename = "where")]
    place: String,
    message: String,
    cause_class: String,
    #[serde(default)]
    confidence: String,
}

impl Case {
    fn reading(&self) -> Reading {
        let place = Place::from_str(&self.place, false).unwrap();
        classify(&self.message, Some(place))
    }

    fn is_right(&self) -> bool {
        match self.reading().meaning {
            Meaning::Fault(class) => class == self.cause_class,
            Meaning::Normal(_) => NORMAL.contains(&self.cause_class.as_str()),
            Meaning::Unrecognised => self.cause_class == "none",
        }
    }

    fn is_hard(&self) -> bool {
        self.confidence != "reported"
    }
}

fn cases(jsonl: &str) -> Vec<Case> {
    jsonl
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn corpus() -> Vec<Case> {
    cases(include_str!("corpus.jsonl"))
}

/// Right and all, by a key of the case.
fn tally(cases: &[Case], key: impl Fn(&Case) -> String) -> BTreeMap<String, (usize, usize)> {
    let mut tally: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for case in cases {
        let (right, all) = tally.entry(key(case)).or_default();
        *right += usize::from(case.is_right());
        *all += 1;
    }
    tally
}

#[test]
fn the_corpus_is_read() {
    let corpus = corpus();
    for case in corpus.iter().filter(|case| !case.is_right()) {
        let reading = case.reading();
        println!(
            "miss {} {} {} {}: {:?} {:?} | {}",
            case.id,
            case.place,
            case.confidence,
            case.cause_class,
            reading.meaning,
            reading.supports,
            case.message
        );
    }
    for (key, (right, all)) in tally(&corpus, |case| case.place.clone()) {
        println!("{key:20} {right:3} / {all:3}");
    }
    let hard: Vec<Case> = corpus.into_iter().filter(Case::is_hard).collect();
    for (key, (right, all)) in tally(&hard, |_| "hard truth".into()) {
        println!("{key:20} {right:3} / {all:3}");
        assert!(right >= 81, "{right} of {all}");
    }
}
