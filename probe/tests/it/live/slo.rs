//! `probe slo` on the deployed stack.

use serde_json::{Value, json};

use crate::{lab::Lab, run};

fn slo(lab: &Lab) -> (i32, Value) {
    let (code, out, err) = run(&mut lab.probe(&["slo", "-o", "json", "--timeout", "60"]));
    let value = serde_json::from_str(&out);
    (
        code,
        value.unwrap_or_else(|_| panic!("exit {code}: {out}{err}")),
    )
}

fn window<'a>(slo: &'a Value, name: &str) -> &'a Value {
    let windows = slo["windows"].as_array().unwrap();
    windows
        .iter()
        .find(|window| window["name"] == name)
        .unwrap()
}

#[test]
fn the_objective_is_measured_in_few_calls() {
    let lab = Lab::deployed();
    let before = lab.calls();
    let (code, quiet) = slo(&lab);
    let calls = lab.calls() - before;
    assert!(calls <= 10, "{calls} calls");
    assert_eq!((code, &quiet["not_seen"]), (0, &json!([])), "{quiet:#}");
    // The local AWS counts 120 requests a minute, for a quarter of an hour.
    let requests = |name: &str| window(&quiet, name)["requests"].as_u64().unwrap();
    assert!(
        requests("5m") > 0 && requests("5m") < requests("30m"),
        "{quiet:#}"
    );
    assert_eq!(requests("30m"), requests("3d"));
    assert!(requests("30d") > 0);
    assert_eq!(window(&quiet, "1h")["percent"], 100.0);
    let counted = window(&quiet, "1h")["counted_percent"].as_f64().unwrap();
    assert!((15.0..40.0).contains(&counted), "{counted} % of an hour");
    let times = &window(&quiet, "1h")["answer_times"];
    assert_eq!(
        times["p95_ms"].as_f64().map(f64::round),
        Some(42.0),
        "{quiet:#}"
    );
    assert_eq!(times["at_most"], false);
    assert_eq!(window(&quiet, "30d")["answer_times"]["at_most"], true);

    // Behind a load balancer that keeps connections longer than the program does, some answers are 502.
    lab.break_it("alb-keep-alive-too-short");
    let (code, burning) = slo(&lab);
    assert_eq!(code, 1, "{burning:#}");
    let mut alerts = burning["alerts"].as_array().unwrap().iter();
    assert!(
        alerts.any(|alert| alert["severity"] == "page" && alert["goes_off"] == true),
        "{burning:#}"
    );
    let hour = window(&burning, "1h");
    assert_eq!(hour["failed"], hour["failed_by_balancer"]);
    assert!(hour["failed"].as_u64() > Some(0), "{burning:#}");
}

#[test]
fn who_may_not_read_metrics_is_told_so() {
    let lab = Lab::deployed();
    let error =
        json!({ "code": "AccessDenied", "status": 403, "message": "User: u is not authorized" });
    lab.rules(&json!([{ "service": "cloudwatch", "operation": "GetMetricData", "error": error }]));
    let (code, out, err) = run(&mut lab.probe(&["slo"]));
    assert_eq!(code, 3, "{out}{err}");
    assert!(
        err.contains("allow the action cloudwatch:GetMetricData"),
        "{err}"
    );
    assert!(
        out.contains("? cloudwatch:GetMetricData: AccessDenied"),
        "{out}"
    );
}
