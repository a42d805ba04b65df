//! The commands about the database on the deployed stack.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use serde_json::{Value, json};

use super::daily::{Endless, seen};
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

/// A service that answers 503 to some of its requests, counted from the first; its address.
fn service(away: std::ops::Range<usize>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let status = if away.contains(&number) {
                "503 Service Unavailable"
            } else {
                "200 OK"
            };
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
            );
        }
    });
    url
}

#[test]
fn a_failover_is_measured_while_it_happens() {
    let lab = Lab::deployed();
    let test = |more: &[&str]| {
        let args = [
            &["db", "failover-test", "-o", "json", "--every", "100"],
            more,
        ]
        .concat();
        let (code, out, err) = run(&mut lab.probe(&args));
        assert!(!err.contains("panicked"), "{err}");
        (code, out, err)
    };
    let yes = "--yes-force-failover";
    let url = service(0..0);
    let (code, _, err) = test(&["--url", &url]);
    assert!(
        code == 2 && err.contains("add --yes-force-failover"),
        "{err}"
    );
    let (code, _, err) = test(&["--url", &url, yes]);
    assert!(
        code == 2 && err.contains("no standby in another zone"),
        "{err}"
    );
    lab.shell(
        "id=$(aws rds describe-db-instances --region ap-northeast-1 --query 'DBInstances[0].DBInstanceIdentifier' --output text)
         aws rds modify-db-instance --region ap-northeast-1 --db-instance-identifier $id --multi-az --apply-immediately >/dev/null",
    );
    let (code, _, err) = test(&["--url", &service(0..99), yes]);
    assert!(
        code == 2 && err.contains("HTTP 503") && err.contains("nothing was done"),
        "{err}"
    );
    let error =
        json!({ "code": "AccessDenied", "status": 403, "message": "User: u is not authorized" });
    lab.rules(&json!([{ "service": "rds", "operation": "RebootDBInstance", "error": error }]));
    let (code, out, err) = test(&["--url", &url, yes]);
    assert_eq!((code, out.as_str()), (3, ""), "{err}");
    assert!(
        err.contains("rds:RebootDBInstance") && err.contains("put-role-policy"),
        "{err}"
    );
    lab.rules(&json!([]));
    let before = lab.calls();
    let (code, out, err) = test(&["--url", &service(10..25), yes]);
    assert_eq!(code, 0, "{out}{err}");
    let seen: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&seen["ended"], &seen["outage"]["failed"]),
        (&json!("complete"), &json!(15)),
        "{seen:#}"
    );
    let seconds = seen["outage"]["seconds"].as_f64().unwrap();
    assert!((1.3..=2.0).contains(&seconds), "{seen:#}");
    assert!(
        seen["outage"]["first_failure_seconds"].as_f64().unwrap() > 0.0,
        "{seen:#}"
    );
    assert!(
        seen["events"].to_string().contains("failover completed"),
        "{seen:#}"
    );
    assert!(lab.calls() - before < 40);

    // Ctrl-C prints what was measured so far.
    let url = service(10..9_999);
    let args = [
        "db",
        "failover-test",
        "-o",
        "json",
        "--every",
        "100",
        yes,
        "--url",
        &url,
    ];
    let mut test = Endless::start(&mut lab.probe(&args));
    thread::sleep(std::time::Duration::from_secs(6));
    assert_eq!(test.interrupt(), 1, "the service has not come back");
    let mut out = String::new();
    test.0
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    let seen: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&seen["ended"], &seen["outage"]["is_back"]),
        (&json!("interrupted"), &json!(false)),
        "{seen:#}"
    );
}
