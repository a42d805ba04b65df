//! What is recommended for an event day, as it is printed.

use serde_json::Value;

use crate::invocation::{loadtest, texts};

const DAY: [&str; 12] = [
    "recommend",
    "--peak",
    "600/s",
    "--max-connections",
    "225",
    "--pool",
    "5",
    "--begin",
    "2026-12-01T18:00:00",
    "--end",
    "2026-12-01T22:00:00",
    "--cluster=events",
];

async fn recommend(more: &[&str]) -> (i32, String, String) {
    let output = loadtest(&[&DAY, more].concat()).output().await.unwrap();
    texts(&output)
}

#[tokio::test]
async fn the_command_and_the_parameters_are_ready_to_apply() {
    let (code, stdout, stderr) = recommend(&["--per-task", "50/s", "--service=web"]).await;
    assert_eq!(code, 0, "{stderr}");
    for said in [
        "⌈600.0 / (50.0 × 0.70)⌉ = 18",
        "EventDayBegin=at(2026-12-01T17:54:00)",
        "EventDayMinTasks=18",
        "EventDayMaxTasks=36",
        "--resource-id service/events/web",
        "--schedule \"at(2026-12-01T17:54:00)\" --timezone Asia/Tokyo",
        "MinCapacity=18,MaxCapacity=36",
        "MinCapacity=2,MaxCapacity=10",
        "⌈600.0 / 25⌉ = 24, max(24, 100) = 100",
        "100 × 7.0 h × $0.00800 = $5.60",
        "# 2026-12-01T15:00",
        "--minimum-load-balancer-capacity CapacityUnits=100",
        "capacity unit of a load balancer, reserved: $0.008 an hour, UNVERIFIED",
    ] {
        assert!(stdout.contains(said), "{said}: {stdout}");
    }
}

#[tokio::test]
async fn the_low_end_of_a_capacity_counts_and_a_search_without_one_is_refused() {
    let directory = tempfile::TempDir::new().unwrap();
    let path = directory.path().join("capacity.json");
    let file = path.to_str().unwrap();
    let found = r#"{"per_task": {"point": 60.0, "low": 50.0, "high": 70.0}}"#;
    std::fs::write(&path, found).unwrap();
    let (code, stdout, stderr) = recommend(&["--capacity", file, "-o", "json"]).await;
    assert_eq!(code, 0, "{stderr}");
    let json: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&json["tasks"], &json["max"]), (&18.into(), &36.into()));

    std::fs::write(&path, r#"{"per_task": null}"#).unwrap();
    let (code, _, stderr) = recommend(&["--capacity", file]).await;
    assert_eq!(code, 3);
    assert!(stderr.contains("found no capacity"), "{stderr}");
}
