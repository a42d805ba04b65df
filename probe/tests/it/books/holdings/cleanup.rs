//! The checklist, its commands, and that it is the one of `cloudformation/teardown`.

use probe::{
    render,
    snapshot::Kind,
    views::{CleanupView, words_of},
    words::Lang,
};

use super::{denied, dev, forgotten, inventory, one, remains};
use crate::views::golden;

#[test]
fn the_checklist_says_what_is_left_and_the_commands_in_their_order() {
    for (name, inventory) in [
        ("dev", dev()),
        ("forgotten", forgotten()),
        ("remains", remains()),
        ("denied", denied(remains())),
        ("gone", inventory(vec![])),
    ] {
        golden(&format!("cleanup.{name}"), |lang, screen| {
            render::cleanup(&CleanupView::new(&inventory, lang), screen)
        });
    }
    let whole = CleanupView::new(&forgotten(), Lang::En);
    assert!(whole.costs() && whole.incomplete);
    assert_eq!(
        whole.steps[0].command,
        "AWS_REGION=ap-northeast-1 cloudformation/teardown events --unprotect"
    );
    assert!(
        whole
            .steps
            .iter()
            .all(|step| !step.command.contains("delete-db-instance ")),
        "the stacks delete it"
    );
    let gone = CleanupView::new(&inventory(vec![]), Lang::En);
    assert!(!gone.costs() && gone.is_empty() && gone.steps.is_empty());
    // Without stacks each thing has its command, the network after what lies in it.
    let mut orphans = forgotten();
    orphans.found.insert(Kind::Stack, Ok(vec![]));
    let steps = CleanupView::new(&orphans, Lang::En).steps;
    let place = |words: &str| {
        steps
            .iter()
            .position(|step| step.command.contains(words))
            .unwrap_or_else(|| panic!("{words}"))
    };
    let order = [
        "delete-service",
        "delete-cluster",
        "delete-load-balancer",
        "--no-deletion-protection",
        "delete-nat-gateway",
        "release-address",
        "delete-vpc-endpoints",
        "delete-vpc ",
        "schedule-key-deletion",
    ];
    assert!(order.map(place).is_sorted(), "{steps:#?}");
    for (kind, count) in [("costs", 2), ("free", 1)] {
        let view = CleanupView::new(&remains(), Lang::En);
        assert!(
            view.items.iter().filter(|item| item.state == kind).count() >= count,
            "{kind}"
        );
    }
}

#[test]
fn the_checklist_is_that_of_teardown() {
    let source = include_str!("../../../../../cloudformation/ops/leftovers.py");
    let (_, list) = source.split_once("CHECKLIST:").unwrap();
    let line = regex::Regex::new(r#"\("([^"]+)", "([^"]+)", \w+, (?:True|False)\)"#).unwrap();
    let theirs: Vec<(String, String)> = line
        .captures_iter(list)
        .map(|found| (found[1].to_owned(), found[2].to_owned()))
        .collect();
    assert!(theirs.len() >= 20, "{theirs:?}");
    let ours = Kind::ALL.map(|kind| (words_of(kind).en.to_owned(), words_of(kind).ja.to_owned()));
    let shared: Vec<&(String, String)> =
        ours.iter().filter(|words| theirs.contains(words)).collect();
    assert_eq!(
        shared,
        theirs.iter().collect::<Vec<_>>(),
        "the same words in the same order"
    );
    // What teardown deletes with one command, probe prints the same command for.
    let mut orphans = forgotten();
    orphans.found.insert(Kind::Stack, Ok(vec![]));
    for kind in [Kind::KeptBackup, Kind::Repository, Kind::Alarm] {
        orphans
            .found
            .insert(kind, Ok(vec![one("events-x", &[], &[])]));
    }
    let printed: String = CleanupView::new(&orphans, Lang::En)
        .steps
        .iter()
        .map(|step| step.command.clone() + "\n")
        .collect();
    let deletes = regex::Regex::new(r#""(\w+)", "(delete-[a-z-]+|release-address)""#).unwrap();
    let mut count = 0;
    for found in deletes
        .captures_iter(source)
        .filter(|found| &found[1] != "wafv2")
    {
        count += 1;
        assert!(
            printed.contains(&format!("aws {} {}", &found[1], &found[2])),
            "{} {}\n{printed}",
            &found[1],
            &found[2]
        );
    }
    assert!(count >= 8, "{count}");
}
