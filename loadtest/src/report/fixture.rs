//! A report for the tests of the renderers: three phases, a fault, failures in a burst, a hostile name, a broken promise.

use std::collections::BTreeMap;

use super::{
    Availability, Cause, Cleanup, Compared, Comparison, Demand, End, Generator, Latency,
    LedgerView, Marker, Percentiles, Phase, Report, Ruling, Run, Said, Share, Slow,
};
use crate::endpoint::Endpoint;
use crate::generator::Health;
use crate::judge::Verdict;
use crate::judge::baseline::{Change, Measure};
use crate::judge::budget::Budget;
use crate::manifest::Manifest;
use crate::plan::{File, Plan};
use crate::witness::TaskSize;

mod figures;
mod scaling;

use figures::{cells, map, seconds, spread};

/// What a service that wishes us ill might send.
pub(crate) const HOSTILE: &str = "\"><script>alert(1)</script>|`x`";

const PLAN: &str = r#"
name = "fixture"
seed = 42
[[phase]]
name = "warm-up"
duration = "10s"
rate = "5/s..50/s"
judged = false
[[phase]]
name = "rush"
duration = "30s"
rate = "100/s"
fault = { at = "10s", command = "kill one task" }
[[phase]]
name = "steady"
duration = "20s"
rate = "50/s"
[[rule]]
availability = "99.9%"
[[rule]]
slower_than = "1s"
share = "1%"
phase = "rush"
"#;

fn said(code: &str, message: &str, message_ja: &str) -> Said {
    Said {
        code: code.to_owned(),
        message: message.to_owned(),
        message_ja: message_ja.to_owned(),
    }
}

/// The report of a run that failed.
pub(crate) fn report() -> Report {
    let plan: File = toml::from_str(PLAN).unwrap();
    let (scaling, scaled) = scaling::scaling_view();
    let phase = |name: &str, from_s, to_s, rate: &str| Phase {
        name: name.to_owned(),
        from_s,
        to_s,
        rate: rate.to_owned(),
        judged: name != "warm-up",
    };
    let share = |failures: u64, requests: u64, low, high, design_effect| Share {
        requests,
        failures,
        point: Some(failures as f64 / requests as f64),
        low,
        high,
        design_effect,
    };
    let failures = share(45, 4_000, 0.0041, 0.0243, 6.2);
    let late = share(30, 3_000, 0.006_1, 0.017_2, 3.1);
    let times = |ms: f64| Percentiles::of(&spread(4_000, ms).0);
    let mut report = Report {
        version: 1,
        verdict: Verdict::Fail,
        reasons: vec![said(
            "availability-missed",
            "availability is at most 99.590 % (95 % confidence), the target is 99.9 %",
            "可用性は 99.590 % 以下です (信頼度 95 %、目標 99.9 %)",
        )],
        run: Run {
            id: "20260401-090000-1a2b".to_owned(),
            host: "http://127.0.0.1:8080/".to_owned(),
            started_at: "2026-04-01T09:00:00Z".parse().unwrap(),
            rate: 71.25,
            duration_s: 60.0,
            users: 200,
            seed: 42,
            end: End::Complete,
        },
        availability: Availability {
            point: failures.point.map(|share| 1.0 - share),
            low: 1.0 - failures.high,
            high: 1.0 - failures.low,
            target: Some(0.999),
            requests: failures.requests,
            failures: failures.failures,
            design_effect: failures.design_effect,
        },
        latency: Latency {
            response: times(12.0),
            service: times(6.0),
            first_byte: times(5.0),
            slow: Slow {
                limit_ms: 1_000.0,
                requests: 30,
            },
        },
        rules: vec![
            Ruling {
                verdict: Verdict::Fail,
                demand: Demand::Availability,
                endpoint: None,
                phase: None,
                window_s: None,
                window_start_s: None,
                share: failures,
                allowed: 0.001,
            },
            Ruling {
                verdict: Verdict::Inconclusive,
                demand: Demand::Slower { than_ms: 1_000.0 },
                endpoint: None,
                phase: Some("rush".to_owned()),
                window_s: None,
                window_start_s: None,
                share: late,
                allowed: 0.01,
            },
        ],
        budget: Some(Budget {
            allowed: 0.001,
            traffic: 71.25,
            failures_allowed: 184_680.0,
            spent: 0.000_243,
            burn: 11.3,
            pages: vec![],
        }),
        comparison: Some(Comparison {
            with: "20260331-090000-0c0d".to_owned(),
            said: said(
                "regression",
                "worse than run 20260331-090000-0c0d",
                "実行 20260331-090000-0c0d より悪化しました",
            ),
            measures: vec![
                Compared {
                    measure: Measure::Failures,
                    before: 0.0,
                    now: 0.011_25,
                    change: Some(0.011_25),
                    low: Some(0.004),
                    high: Some(0.018),
                    verdict: Change::Worse,
                },
                Compared {
                    measure: Measure::P99,
                    before: 180.0,
                    now: 189.0,
                    change: None,
                    low: None,
                    high: None,
                    verdict: Change::NoData,
                },
            ],
        }),
        phases: vec![
            phase("warm-up", 0.0, 10.0, "5/s..50/s"),
            phase("rush", 10.0, 40.0, "100/s"),
            phase("steady", 40.0, 60.0, "50/s"),
        ],
        outcomes: map([("ok", 3_655), ("refused", 300), ("server_fault", 45)]),
        causes: vec![
            Cause {
                outcome: "refused".to_owned(),
                cause: "http-409".to_owned(),
                count: 300,
            },
            Cause {
                outcome: "server_fault".to_owned(),
                cause: "http-503".to_owned(),
                count: 30,
            },
            Cause {
                outcome: "network_fault".to_owned(),
                cause: HOSTILE.to_owned(),
                count: 15,
            },
        ],
        endpoints: BTreeMap::new(),
        cells: cells(),
        generator: Generator {
            sent: 4_275,
            unsent: 0,
            queued: 12,
            lateness_p50_ms: 0.61,
            lateness_p99_ms: 1.92,
            lateness_max_ms: 8.4,
            lateness_limit_ms: 100.0,
            health: Health {
                cpus: 2.0,
                cpu: 0.081,
                busiest_cpu: 0.12,
                starved: 0.02,
                machine: 0.34,
                steal: 0.0,
                descriptors: 61,
                descriptors_allowed: 1_024,
                ceiling: None,
            },
        },
        workers: vec![],
        ledger: LedgerView {
            acknowledged: map([("creates", 4), ("joins", 830), ("leaves", 61)]),
            compared: 4,
            unseen: 0,
            races: Some(20),
            violations: vec![said(
                "overbooked",
                "event 7 has 50 seats and 53 bookings",
                "イベント 7 は定員 50 名に対し 53 名が登録されています",
            )],
        },
        cleanup: Cleanup {
            deleted: 4,
            left: None,
        },
        seconds: seconds(),
        markers: [
            vec![Marker {
                at_s: 20.0,
                said: said(
                    "fault-began",
                    "rush: fault begins: kill one task",
                    "rush: 障害注入を開始: kill one task",
                ),
            }],
            scaled,
        ]
        .concat(),
        scaling: Some(scaling),
        manifest: Manifest {
            loadtest: "0.1.0".to_owned(),
            service: Some("0.1.0".to_owned()),
            task: Some(TaskSize {
                cpu: "512".to_owned(),
                memory: "1024".to_owned(),
            }),
            commit: Some("cf6c95a1b2c3".to_owned()),
            system: "Linux 6.1.0 x86_64".to_owned(),
            cpus: 2,
            command: "loadtest run --host http://127.0.0.1:8080 --plan plan.toml".to_owned(),
        },
        plan: Plan::try_from(plan).unwrap(),
    };
    for endpoint in [Endpoint::List, Endpoint::Open, Endpoint::Join] {
        let figures = report.over(|cell| cell.phase > 0 && cell.endpoint == endpoint.name());
        report.endpoints.insert(endpoint.name().to_owned(), figures);
    }
    report
}
