//! What gives way first, and when a search has seen enough.

use std::time::Duration;

use clap::Parser;

use super::cpu::{Cpu, Load};
use super::enough::Enough;
use super::fit::{Refused, Sample};
use super::limit::Limit;
use super::metrics::Pool;
use super::steps::StepFigures;
use super::*;
use crate::cli::{Cli, Command};
use crate::generator::Health;
use crate::generator::ceiling::Ceiling;
use crate::lang::Lang;
use crate::record::Second;

fn search(arguments: &[&str]) -> (Search, Plan) {
    let fixed = ["loadtest", "capacity", "--host", "http://127.0.0.1:1"];
    let cli = Cli::try_parse_from([&fixed, arguments].concat()).unwrap();
    let Command::Capacity(arguments) = cli.command else {
        panic!("another command");
    };
    Search::new(&arguments, 1).unwrap()
}

#[test]
fn the_steps_grow_and_are_whole() {
    let (search, plan) = search(&["--from", "50/s", "--to", "120/s", "--growth", "30"]);
    assert_eq!(search.rates, [50.0, 65.0, 85.0, 110.0]);
    assert_eq!((search.held(0), search.held(1)), ((5, 25), (30, 50)));
    assert_eq!(plan.phases.len(), 8);
    assert_eq!(plan.phases[3].rate.from, 65.0);
    assert!(plan.phases[3].judged && !plan.phases[2].judged);
}

fn step(offered: f64) -> StepFigures {
    StepFigures {
        offered,
        throughput: offered,
        concurrency: 1.0,
        missed: 0.0,
        failed: 0.0,
        causes: [].into(),
        p50_ms: 5.0,
        p99_ms: 20.0,
        generator_cpu: 0.2,
        lateness_p99_ms: 2.0,
        pool: None,
        samples: vec![],
    }
}

fn first(second: StepFigures) -> Option<String> {
    let (search, plan) = search(&[]);
    let health = Health {
        cpus: 1.0,
        ceiling: Some(Ceiling {
            rate: 1_000.0,
            seconds: 3.0,
            cpu_us: 50.0,
        }),
        ..Health::default()
    };
    let limit = Limit::first(&search, &plan, &health, &[step(50.0), second])?;
    let json = serde_json::to_value(limit).unwrap();
    Some(json["what"].as_str().unwrap().to_owned())
}

#[test]
fn what_gave_way_first_is_named_by_evidence() {
    let named = |step: StepFigures| first(step).unwrap_or_default();
    let missed = StepFigures {
        missed: 0.2,
        ..step(65.0)
    };
    let failed = |cause: &str| StepFigures {
        failed: 0.1,
        causes: [("timeout".to_owned(), 1), (cause.to_owned(), 9)].into(),
        ..missed.clone()
    };
    assert_eq!(first(step(65.0)), None);
    assert_eq!(named(missed.clone()), "service-time");
    assert_eq!(named(failed("http-503 overloaded")), "overload");
    assert_eq!(named(failed("http-503 database-unavailable")), "database");
    assert_eq!(named(failed("connection-refused")), "connections");
    assert_eq!(named(failed("http-500 internal")), "failures");
    let pool = |waiting| StepFigures {
        pool: Some(Pool {
            waiting,
            used: 10,
            limit: 10,
        }),
        ..missed.clone()
    };
    assert_eq!(named(pool(4)), "pool");
    assert_eq!(named(pool(0)), "service-time");
    // The generator comes first: what it lacks, no service is to blame for.
    for gave_way in [
        StepFigures {
            lateness_p99_ms: 150.0,
            ..missed.clone()
        },
        StepFigures {
            generator_cpu: 0.9,
            ..missed.clone()
        },
        StepFigures {
            offered: 501.0,
            ..missed.clone()
        },
    ] {
        assert_eq!(named(gave_way), "generator");
    }
}

#[test]
fn the_cpu_is_named_where_it_was_seen_to_be_the_limit() {
    let rate = 65.0;
    let waits = Limit::Pool {
        rate,
        waiting: 4,
        limit: 10,
    };
    let late = Limit::ServiceTime {
        rate,
        p99_ms: 900.0,
        cpu: None,
    };
    let failed = |cause: &str| Limit::Failures {
        rate,
        cause: cause.to_owned(),
    };
    let (full, below) = (Load::Full { percent: 97.0 }, Load::Below { percent: 40.0 });
    let of = |tasks, database| Cpu { tasks, database };
    let cpu = Limit::Cpu {
        rate,
        percent: 97.0,
    };
    for limit in [
        late.clone(),
        waits.clone(),
        Limit::Overload { rate },
        failed("timeout"),
    ] {
        assert_eq!(limit.open_at(), Some(rate));
        assert_eq!(limit.with(of(full, Some(full))), cpu);
    }
    let of_database = Limit::DatabaseCpu {
        rate,
        percent: 97.0,
    };
    assert_eq!(waits.clone().with(of(below, Some(full))), of_database);
    // Whatever has a reason of its own keeps it, and what was not seen is none.
    let refused = Limit::Connections {
        rate,
        cause: "connection-refused".to_owned(),
    };
    for limit in [
        refused,
        failed("http-500 internal"),
        Limit::Database { rate },
    ] {
        assert_eq!(limit.open_at(), None);
        assert_eq!(limit.clone().with(of(full, None)), limit);
    }
    assert_eq!(waits.clone().with(of(below, None)), waits);
    let seen = of(below, Some(Load::Unclear));
    let said = late.with(seen).text(Lang::En);
    assert!(
        said.contains("CPU of the tasks at most 40 % busy"),
        "{said}"
    );
    assert!(said.contains("CPU of the database unknown"), "{said}");
}

#[test]
fn a_generator_that_gave_way_is_not_told_to_go_on() {
    let (search, plan) = search(&[]);
    let sample = Sample {
        throughput: 50.0,
        concurrency: 1.0,
        missed: 0.0,
    };
    let calm = |offered| StepFigures {
        samples: vec![sample; 4],
        ..step(offered)
    };
    let late = StepFigures {
        lateness_p99_ms: 150.0,
        ..calm(85.0)
    };
    let found = |steps: &[StepFigures]| {
        outcome::found(&search, &plan, &Health::default(), steps).unwrap_err()
    };
    assert_eq!(
        found(&[calm(50.0), calm(65.0), late]),
        Refused::GeneratorFirst { up_to: 65.0 }
    );
    assert_eq!(
        found(&[50.0, 65.0, 85.0, 110.0].map(calm)),
        Refused::EndsBeforeKnee { go_on_to: 165.0 }
    );
}

#[test]
fn a_search_ends_past_the_knee_and_not_before() {
    let (search, plan) = search(&["--step", "5s", "--warm-up", "1s"]);
    let ends = |knee: u64, late_ms: f64| {
        let mut enough = Enough::new(&search, plan.max_lateness);
        (0..72).find(|second| {
            let failures = if second / 6 >= knee { 5 } else { 0 };
            enough.second(&Second {
                second: *second,
                counted: 50,
                failures,
                lateness_p99_ms: late_ms,
                ..Second::default()
            })
        })
    };
    // Three steps past the knee, and five in all: the last second of a step is its sixth.
    assert_eq!(ends(4, 1.0), Some(6 * 7 - 1));
    assert_eq!(ends(0, 1.0), Some(6 * 5 - 1));
    assert_eq!(ends(99, 1.0), None);
    // A generator that is late for most of a step has nothing more to find.
    assert_eq!(ends(99, 200.0), Some(5));
    assert_eq!(plan.max_lateness, Duration::from_millis(100));
}
