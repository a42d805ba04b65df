//! Architecture rules that a compiler does not know.

use std::{fs, path::Path};

/// Path and text of every source file of a folder of `src`, and of the file beside it.
pub(crate) fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(path: &Path, found: &mut Vec<(String, String)>) {
        if path.is_dir() {
            fs::read_dir(path)
                .unwrap()
                .for_each(|entry| walk(&entry.unwrap().path(), found));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((
                path.display().to_string(),
                fs::read_to_string(path).unwrap(),
            ));
        }
    }
    let mut found = vec![];
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    walk(&base.join(folder), &mut found);
    walk(&base.join(format!("{folder}.rs")), &mut found);
    assert!(!found.is_empty(), "nothing in {folder}");
    found
}

fn never_mentions(folders: &[&str], words: &[&str]) {
    for (path, text) in folders.iter().flat_map(|folder| sources(folder)) {
        for word in words {
            assert!(!text.contains(word), "{path} mentions {word}");
        }
    }
}

#[test]
fn thinking_knows_no_aws_no_clock_and_no_environment() {
    never_mentions(
        &[
            "snapshot", "check", "checks", "diagnose", "reading", "network", "evidence", "report",
            "case", "wait", "slo", "views", "outage", "prices",
        ],
        &["aws_", "tokio", "async ", "std::env", "::now("],
    );
}

#[test]
fn renderers_know_reports_only() {
    never_mentions(&["render"], &["snapshot::", "checks::", "diagnose::"]);
}

#[test]
fn only_collect_speaks_to_aws() {
    never_mentions(
        &["commands", "cli", "target", "render", "scenario", "runbook"],
        &["aws_sdk", "aws_config"],
    );
}

#[test]
fn collectors_call_nothing_that_changes_anything() {
    let call = regex::Regex::new(r"clients\s*\.([a-z0-9]+)\s*\.([a-z_]+)\(").unwrap();
    let moved = regex::Regex::new(r"let clients = &?clients\.at\([^;]*\);").unwrap();
    let (mut calls, mut values) = (0, 0);
    for (path, text) in sources("collect") {
        // Clients of another Region have the same name, so that their calls are found too.
        assert_eq!(
            text.matches(".at(").count(),
            moved.find_iter(&text).count(),
            "{path}"
        );
        for found in call.captures_iter(&text) {
            // The Region is no client.
            if &found[1] == "region" {
                continue;
            }
            let verb = found[2].trim_start_matches("batch_");
            let verb = verb.split('_').next().unwrap().to_owned();
            calls += 1;
            // A query of log lines is started and stopped, and reads.
            let is_query = ["start_query", "stop_query"].contains(&&found[2]);
            // The one call that acts stands in one place, behind the consent.
            if &found[2] == "reboot_db_instance" {
                assert!(path.ends_with("collect/failover.rs"), "{path}");
                assert_eq!(text.matches("reboot_db_instance").count(), 1);
                assert!(text.contains("consent: Consent)"));
                continue;
            }
            assert!(
                is_query
                    || ["describe", "list", "get", "filter", "simulate"].contains(&verb.as_str()),
                "{path}: {}",
                &found[2]
            );
            // The value of a secret is read in one place, which keeps the names of its keys alone.
            if &found[2] == "get_secret_value" {
                assert!(path.ends_with("collect/secret_shape.rs"), "{path}");
                values += 1;
            }
        }
    }
    assert!(
        calls >= 15,
        "only {calls} calls found: the pattern misses some"
    );
    assert_eq!(values, 1, "calls that read the value of a secret");
}
