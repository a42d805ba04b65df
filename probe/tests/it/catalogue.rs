//! Check, file, scenario, runbook section and action list belong together: each duplication is held in step here.

mod scenarios;

use std::{collections::BTreeSet, fs, path::Path};

use probe::{
    check::Check,
    checks::all,
    collect::{ACTING, ACTIONS, MORE_ACTIONS, OPTIONAL_ACTIONS, UNGUARDED_ACTIONS},
    diagnose::Diagnosis,
    render::{Screen, table},
    report::Report,
    runbook, scenario,
    snapshot::Snapshot,
    words::Lang,
};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Names of the files in a folder, without their extension.
fn stems(folder: &str, extension: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.extension().is_some_and(|found| found == extension));
    files
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

fn ids() -> BTreeSet<String> {
    all().map(|check| check.id.to_owned()).collect()
}

#[test]
fn every_check_is_a_file_of_its_name_and_back() {
    let mut files = BTreeSet::new();
    for component in stems("probe/src/checks", "rs") {
        for file in stems(&format!("probe/src/checks/{component}"), "rs") {
            files.insert(format!("{component}-{}", file.replace('_', "-")));
        }
    }
    assert_eq!(files, ids());
    assert_eq!(ids().len(), all().count(), "an id stands twice");
}

#[test]
fn every_check_has_a_scenario_and_scenarios_name_checks_only() {
    let names: BTreeSet<String> = scenario::names()
        .into_iter()
        .map(ToOwned::to_owned)
        .collect();
    assert_eq!(stems("probe/scenarios", "json"), names);
    let singles: BTreeSet<String> = names
        .iter()
        .filter(|name| !name.contains('+') && *name != "healthy")
        .cloned()
        .collect();
    assert_eq!(singles, ids());
    for several in names.iter().filter(|name| name.contains('+')) {
        let parts: Vec<&str> = several.split('+').collect();
        assert!(
            parts.is_sorted(),
            "{several}: in order, so that a pair stands once"
        );
        assert!(parts.iter().all(|id| ids().contains(*id)), "{several}");
    }
}

#[test]
fn every_check_has_a_runbook_section_in_both_languages_and_back() {
    let headings = [
        (
            Lang::En,
            "runbooks",
            [
                "### Meaning",
                "### Impact",
                "### Diagnosis",
                "### Mitigation",
            ],
        ),
        (
            Lang::Ja,
            "runbooks/ja",
            ["### 意味", "### 影響", "### 診断", "### 対処"],
        ),
    ];
    for (lang, folder, parts) in headings {
        let mut sections = BTreeSet::new();
        for book in stems(folder, "md") {
            if book == "README" {
                continue;
            }
            let text = fs::read_to_string(root().join(folder).join(format!("{book}.md"))).unwrap();
            for id in text.lines().filter_map(|line| line.strip_prefix("## ")) {
                assert!(
                    id.starts_with(&format!("{book}-")),
                    "{id} stands in {book}.md"
                );
                assert!(sections.insert(id.to_owned()), "{id} stands twice");
            }
        }
        assert_eq!(sections, ids(), "{folder}");
        for id in ids() {
            let section = runbook::section(&id, lang).unwrap();
            let found: Vec<&str> = section
                .lines()
                .filter(|line| line.starts_with("### "))
                .collect();
            assert_eq!(found, parts, "{folder} {id}");
            let texts = section
                .split("\n### ")
                .skip(1)
                .all(|part| part.lines().skip(1).any(|line| !line.trim().is_empty()));
            assert!(texts, "{folder} {id} has an empty part");
        }
    }
}

#[test]
fn the_index_of_the_runbooks_is_what_probe_prints() {
    for (book, lang) in [
        ("runbooks/README.md", Lang::En),
        ("runbooks/ja/README.md", Lang::Ja),
    ] {
        let index = runbook::index(lang);
        let text = fs::read_to_string(root().join(book)).unwrap();
        assert!(
            text.contains(&index),
            "{book} lacks the output of `probe list -o markdown`"
        );
    }
}

#[test]
fn the_committed_schema_is_that_of_the_reports() {
    let committed = fs::read_to_string(root().join("probe/report-v1.schema.json")).unwrap();
    assert_eq!(
        committed,
        probe::report::schema().unwrap(),
        "renew it with `probe list --schema`, and write a changed field into CHANGELOG.md"
    );
}

#[test]
fn explanations_name_checks_and_run_in_no_circle() {
    // Takes away, again and again, what only leads to what has been taken away: a circle remains.
    let mut left: Vec<&Check> = all().collect();
    for check in &left {
        for symptom in check.explains {
            assert!(ids().contains(*symptom), "{} explains {symptom}", check.id);
        }
    }
    loop {
        let names: BTreeSet<&str> = left.iter().map(|check| check.id).collect();
        let before = left.len();
        left.retain(|check| check.explains.iter().any(|id| names.contains(id)));
        if left.len() == before {
            break;
        }
    }
    let circle: Vec<&str> = left.iter().map(|check| check.id).collect();
    assert!(circle.is_empty(), "{circle:?}");
}

#[test]
fn classes_are_names_of_the_corpus() {
    let known = include_str!("classes.txt");
    for class in all().flat_map(|check| check.classes) {
        assert!(known.lines().any(|line| line == *class), "{class}");
    }
}

#[test]
fn the_list_of_actions_is_what_the_collectors_call() {
    // The name of a call stands where its failure is reported.
    let call = regex::Regex::new(
        r#"(?:unobserved\(\s*|listed\(\s*|OPERATION: &str = |operation: )"([a-z0-9-]+:[A-Z][A-Za-z]+)""#,
    )
    .unwrap();
    let mut called = BTreeSet::new();
    for (_, text) in crate::tidy::sources("collect") {
        called.extend(call.captures_iter(&text).map(|found| found[1].to_owned()));
    }
    let optional = OPTIONAL_ACTIONS
        .iter()
        .chain([&ACTING])
        .map(|(action, _)| *action);
    let always = || ACTIONS.iter().chain(MORE_ACTIONS).copied();
    assert!(
        optional
            .clone()
            .all(|action| always().all(|other| other != action))
    );
    let unguarded = UNGUARDED_ACTIONS.iter().copied();
    let listed = always().chain(unguarded).chain(optional);
    assert_eq!(listed.clone().count(), called.len());
    assert_eq!(called, listed.map(ToOwned::to_owned).collect());
}

/// The report in both languages is as it was read last.
fn golden(id: &str, snapshot: &Snapshot, diagnosis: &Diagnosis) {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::Ja, "ja")] {
        let report = Report::new(snapshot, diagnosis, lang);
        let name = format!("{id}.{suffix}");
        insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, table(&report, Screen::PIPE));
        });
    }
}
