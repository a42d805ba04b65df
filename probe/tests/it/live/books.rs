//! The commands about the database and about money on the deployed stack.

use serde_json::{Value, json};

use super::daily::seen;
use crate::{lab::Lab, run};

#[test]
fn the_database_is_shown_with_what_lies_ahead_of_it() {
    let lab = Lab::deployed();
    let before = lab.calls();
    let db = seen(&lab, &["db"]);
    let calls = lab.calls() - before;
    assert!((10..=20).contains(&calls), "{calls} calls");
    assert_eq!(db["not_seen"], json!([]), "{db:#}");
    assert_eq!(db["instance"]["status"], "available");
    assert_eq!(db["connections"]["limit"], 112, "{db:#}");
    assert_eq!(db["connections"]["pool_per_task"], 4, "{db:#}");
    assert_eq!(
        (
            &db["connections"]["tasks"],
            &db["connections"]["wanted_now"]
        ),
        (&json!(2), &json!(8))
    );
    assert!(
        db["storage"]["free_percent"].as_f64().unwrap() > 50.0,
        "{db:#}"
    );
    assert_eq!(db["storage"]["grows_to_gib"], 100, "{db:#}");
    assert!(
        db["certificate"]["authority_valid_until"]
            .as_str()
            .unwrap()
            .starts_with("2061-")
    );
    assert_eq!(
        db["support"]["standard_until"], "2030-02-28T00:00:00Z",
        "{db:#}"
    );
    assert_eq!(db["parameters"]["rds.force_ssl"], "1", "{db:#}");
    let severe = |concern: &&Value| concern["severity"] != "advice";
    let concerns = db["concerns"].as_array().unwrap();
    assert!(
        !concerns.iter().any(|concern| severe(&concern)),
        "{concerns:#?}"
    );

    lab.lab(
        "db",
        &json!({ "status": "storage-full", "maintenance": [
        { "action": "db-upgrade", "description": "Upgrade to 17.12", "days": 5 }
    ] }),
    );
    let db = seen(&lab, &["db"]);
    assert_eq!(db["concerns"][0]["explain"], "rds-storage-full", "{db:#}");
    assert_eq!(db["maintenance"][0]["action"], "db-upgrade", "{db:#}");
    let (code, out, err) = run(&mut lab.probe(&["db"]));
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("db-upgrade: Upgrade to 17.12")
            && out.contains("probe explain rds-storage-full"),
        "{out}"
    );
}

#[test]
fn each_call_about_the_database_that_is_denied_costs_a_line_and_no_more() {
    let lab = Lab::deployed();
    let error =
        json!({ "code": "AccessDenied", "status": 403, "message": "User: u is not authorized" });
    for operation in [
        "DescribePendingMaintenanceActions",
        "DescribeCertificates",
        "DescribeDBMajorEngineVersions",
        "DescribeEvents",
        "DescribeDBParameters",
    ] {
        lab.rules(&json!([{ "service": "rds", "operation": operation, "error": error }]));
        let (code, out, err) = run(&mut lab.probe(&["db"]));
        assert_eq!(code, 0, "{out}{err}");
        assert!(
            out.contains(&format!("allow the action rds:{operation}")),
            "{out}"
        );
        assert!(out.contains("available"), "{out}");
    }
    lab.rules(&json!([{ "service": "rds", "operation": "DescribeDBInstances", "error": error }]));
    let (code, out, err) = run(&mut lab.probe(&["db"]));
    assert_eq!(code, 3, "{out}{err}");
    assert!(
        err.contains("rds:DescribeDBInstances: AccessDenied"),
        "{err}"
    );
}
