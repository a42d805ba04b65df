//! `probe doctor` against the local AWS.

use serde_json::{Value, json};

use crate::{lab::Lab, run};

/// The exit code, and the findings by what they are about; the last of each counts.
fn doctor(lab: &Lab) -> (i32, Value) {
    let mut command = crate::probe();
    command
        .args(["doctor", "-o", "json", "--region", "ap-northeast-1"])
        .args(["--endpoint-url", lab.url()])
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test");
    let (code, out, err) = run(&mut command);
    let said: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    let mut by_name = json!({});
    for finding in said["findings"].as_array().unwrap() {
        by_name[finding["about"].as_str().unwrap()] = finding.clone();
    }
    (code, by_name)
}

#[test]
fn the_doctor_asks_each_api_and_names_what_is_denied() {
    let lab = Lab::deployed();
    let (code, said) = doctor(&lab);
    assert_eq!(said["network"]["state"], "good", "{said:#}");
    assert_eq!(said["clock"]["state"], "good", "{said:#}");
    assert_eq!(said["credentials"]["state"], "good", "{said:#}");
    // The caller of the local AWS is no user that IAM could simulate: that is said, and counts as not seen.
    assert_eq!(
        (code, &said["permissions"]["state"]),
        (3, &json!("unknown"))
    );
    lab.rules(&json!([{
        "service": "rds", "operation": "DescribeDBInstances",
        "error": { "code": "AccessDenied", "status": 403, "message": "User: u is not authorized" },
    }]));
    let (code, said) = doctor(&lab);
    assert_eq!((code, &said["permissions"]["state"]), (1, &json!("bad")));
    let seen = said["permissions"]["seen"].as_str().unwrap();
    assert!(seen.ends_with(": rds:DescribeDBInstances"), "{seen}");
}
