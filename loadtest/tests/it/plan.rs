//! Plans: from files, profiles and flags, foreseen and refused.

use serde_json::Value;
use tempfile::TempDir;

use crate::invocation::{loadtest, texts};

async fn plan(arguments: &[&str], file: &str) -> (i32, String, String) {
    let directory = TempDir::new().unwrap();
    std::fs::write(directory.path().join("plan.toml"), file).unwrap();
    let arguments = [&["plan"], arguments].concat();
    let output = loadtest(&arguments)
        .current_dir(directory.path())
        .output()
        .await
        .unwrap();
    texts(&output)
}

const RUSH: &str = "seed = 7
[[phase]]
name = \"doors\"
duration = \"10s\"
rate = \"0/s..100/s\"
judged = false
[[phase]]
name = \"rush\"
duration = \"20s\"
rate = \"100/s\"
fault = { at = \"5s\", command = \"true\" }
[[rule]]
availability = \"99%\"
[[rule]]
slower_than = \"500ms\"
share = \"2%\"
phase = \"rush\"
";

#[tokio::test]
async fn a_plan_is_foreseen_as_it_will_be() {
    let (code, stdout, stderr) = plan(&["--plan", "plan.toml", "-o", "json"], RUSH).await;
    assert_eq!(code, 0, "{stderr}");
    let forecast: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(forecast["requests"], 2_500);
    assert_eq!(forecast["phases"][0]["requests"], 500);
    assert_eq!(forecast["rules"][0]["requests"], 2_000);
    assert_eq!(forecast["rules"][0]["needed"]["0"], 299);
    assert_eq!(forecast["plan"]["seed"], 7);

    let (_, stdout, _) = plan(&["--plan", "plan.toml"], RUSH).await;
    assert!(stdout.contains("rush"), "{stdout}");
    assert!(stdout.contains("after 5s: true"), "{stdout}");
    let (_, stdout, _) = plan(&["--duration", "10s", "--lang", "ja"], "").await;
    assert!(stdout.contains("不足 (あと 995 件)"), "{stdout}");
}

#[tokio::test]
async fn flags_win_over_the_file_and_keep_its_proportions() {
    let flags = [
        "--plan",
        "plan.toml",
        "-o",
        "json",
        "--rate",
        "50/s",
        "--duration",
        "1m",
        "--availability",
        "99.9",
        "--seed",
        "8",
    ];
    let (code, stdout, stderr) = plan(&flags, RUSH).await;
    assert_eq!(code, 0, "{stderr}");
    let forecast: Value = serde_json::from_str(&stdout).unwrap();
    let written = &forecast["plan"];
    assert_eq!(written["phase"][0]["rate"], "0/s..50/s");
    assert_eq!(written["phase"][1]["duration"], "40s");
    assert_eq!(written["phase"][1]["fault"]["at"], "10s");
    assert_eq!(written["rule"][0]["availability"], "99.9%");
    assert_eq!(written["rule"].as_array().unwrap().len(), 2);
    assert_eq!(written["seed"], 8);
}

#[tokio::test]
async fn what_is_wrong_with_a_plan_is_said() {
    for (file, said) in [
        ("", "no phase is judged"),
        ("[[phase]]\nname = \"a\"", "missing field `duration`"),
        ("speed = 3", "unknown field `speed`"),
        (
            "[[phase]]\nname = \"a\"\nduration = \"1s\"\nrate = \"fast\"",
            "such as 200/s",
        ),
        (
            "[[phase]]\nname = \"a\"\nduration = \"1s\"\nrate = \"9/s\"\n[[rule]]\nshare = \"1%\"",
            "needs either availability",
        ),
        (
            "[[phase]]\nname = \"a\"\nduration = \"1s\"\nrate = \"9/s\"\n[[rule]]\navailability = \"9%\"\nphase = \"b\"",
            "a rule is about phase b",
        ),
        (
            "[[phase]]\nname = \"a\"\nduration = \"1s\"\nrate = \"9/s\"\n[[rule]]\navailability = \"99.9999999%\"",
            "no run can show",
        ),
        (
            "[[phase]]\nname = \"a\"\nduration = \"1s\"\nrate = \"9/s\"\nfault = { at = \"2s\", command = \"true\" }",
            "comes after its end",
        ),
        // Two of these are more than a duration can be.
        (
            "[[phase]]\nname = \"a\"\nduration = \"18000000000000000000s\"\nrate = \"1/s\"\n[[phase]]\nname = \"b\"\nduration = \"18000000000000000000s\"\nrate = \"1/s\"",
            "a time of at most a year",
        ),
        (
            "[[phase]]\nname = \"a\"\nduration = \"20h\"\nrate = \"1/s\"\n[[phase]]\nname = \"b\"\nduration = \"5h\"\nrate = \"1/s\"",
            "at most 24 hours",
        ),
    ] {
        let (code, stdout, stderr) = plan(&["--plan", "plan.toml"], file).await;
        assert_eq!((code, stdout.as_str()), (3, ""), "{file}");
        assert!(stderr.contains(said), "{file}: {stderr}");
    }
    for flags in [
        &["--rate", "1e9"][..],
        &["--rate", "1e308"],
        &["--rate", "1000000", "--duration", "23h"],
    ] {
        let (code, _, stderr) = plan(flags, "").await;
        assert_eq!(code, 3, "{flags:?}");
        assert!(stderr.contains("at most 500,000,000 requests"), "{stderr}");
    }
    let (code, _, stderr) = plan(&["--plan", "nowhere.toml"], "").await;
    assert_eq!(code, 3);
    assert!(stderr.contains("nowhere.toml"), "{stderr}");
}
