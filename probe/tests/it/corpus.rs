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
            Meaning::Normal(_) => {
                self.cause_class == "none" || NORMAL.contains(&self.cause_class.as_str())
            }
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

/// Misses that no reader of the text alone can avoid, with the reason.
const UNDECIDABLE: &[(&str, &str)] = &[
    (
        "AL-009",
        "a wrong password and one that was not encoded give the same refusal",
    ),
    (
        "AL-063",
        "a pool that times out does not say whether the network or the pool is short",
    ),
    ("CF-001", "cut off before anything was said"),
    (
        "CF-004",
        "the circuit breaker does not say why the tasks failed",
    ),
    (
        "CF-005",
        "the circuit breaker does not say why the tasks failed",
    ),
    (
        "CR-003",
        "only the exit code tells a killed child from a killed container",
    ),
    (
        "CR-011",
        "a file that a volume hides is missing like one that never was there",
    ),
    (
        "SE-006",
        "a wrong code and a slow start behind a proxy are both [502]",
    ),
    (
        "SR-010",
        "a missing route and a dead NAT gateway are both silent",
    ),
    (
        "SR-011",
        "without an address an unusable endpoint looks like a missing route",
    ),
    (
        "SR-017",
        "the kill does not say whether the checks are too strict",
    ),
    (
        "SR-029",
        "a permission that has not arrived yet is denied like one that is missing",
    ),
    ("SR-033", "cut off before the answer of Secrets Manager"),
    (
        "SR-038",
        "only the order of the exits tells which container died first",
    ),
    (
        "SR-039",
        "only the exit code tells a failure from a finished task",
    ),
    (
        "SR-040",
        "only the exit code tells a failure from a finished task",
    ),
];

#[expect(clippy::print_stdout, reason = "the tables are for people")]
fn report(cases: &[Case]) -> (usize, usize) {
    for (key, (right, all)) in tally(cases, |case| case.place.clone()) {
        println!("{key:20} {right:3} / {all:3}");
    }
    for (key, (right, all)) in tally(cases, |case| area(&case.cause_class).into()) {
        println!("{key:20} {right:3} / {all:3}");
    }
    let right = cases.iter().filter(|case| case.is_right()).count();
    println!("{:20} {right:3} / {:3}", "all", cases.len());
    (right, cases.len())
}

/// The first word of the class groups near enough for a table.
fn area(class: &str) -> &str {
    class.split('-').next().unwrap_or(class)
}

#[test]
fn every_message_of_the_corpus_is_read_right_or_undecidable() {
    let corpus = corpus();
    report(&corpus);
    let misses: Vec<&str> = corpus
        .iter()
        .filter(|case| !case.is_right())
        .map(|case| case.id.as_str())
        .collect();
    for id in &misses {
        let reason = UNDECIDABLE.iter().find(|(known, _)| known == id);
        println!("miss {id}: {}", reason.map_or("?", |(_, reason)| reason));
    }
    let known: Vec<&str> = UNDECIDABLE.iter().map(|(id, _)| *id).collect();
    assert_eq!(misses, known);
    let hard: Vec<Case> = corpus.into_iter().filter(Case::is_hard).collect();
    let (right, all) = report(&hard);
    assert!(right >= 80, "{right} of {all} of the hard truth");
}

#[test]
fn a_denied_secret_names_no_placement_and_a_cut_denial_a_missing_permission() {
    const SECRET: &str = "exec-role-missing-secret-permission";
    let resource = "AccessDeniedException: User: arn:aws:sts::1:assumed-role/r/t is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:r:1:secret:agent because no identity-based policy allows it";
    let cut = "AccessDeniedException because no identity-based policy allows the secretsmanager:GetSecretValue action";
    for text in [resource, cut] {
        let reading = classify(text, Some(Place::StoppedReason));
        assert_eq!(reading.fault(), Some(SECRET), "{text}");
        assert_eq!(reading.supports, ["iam-eventual-consistency"], "{text}");
    }
}

#[test]
fn further_wordings_are_read_right() {
    let wordings = cases(include_str!("wordings.jsonl"));
    for case in wordings.iter().filter(|case| !case.is_right()) {
        println!(
            "miss {}: {:?} | {}",
            case.cause_class,
            case.reading().meaning,
            case.message
        );
    }
    let (right, all) = report(&wordings);
    assert!(right * 100 >= all * 98, "{right} of {all}");
}

#[test]
fn what_is_normal_is_never_a_fault() {
    let wordings = cases(include_str!("wordings.jsonl"));
    let mut controls = 0;
    for case in corpus().iter().chain(&wordings) {
        if case.cause_class == "none" || NORMAL.contains(&case.cause_class.as_str()) {
            controls += 1;
            assert_eq!(case.reading().fault(), None, "{}", case.message);
        }
    }
    assert!(controls >= 60, "only {controls} controls");
}
