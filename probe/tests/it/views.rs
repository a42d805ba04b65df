//! What the commands of daily work show: golden texts for terminal and pipe, in both languages, from the exercises.

use std::{fs, path::Path};

use chrono::{DurationRound, TimeDelta};
use clap::ValueEnum;
use probe::{
    render::{self, Screen, Style},
    scenario,
    snapshot::{
        Activity, Alarm, AnswerTimes, Performance, QueryAnswer, Series, Sight, Snapshot, Traffic,
        Unobserved,
    },
    views::{
        Asked, Insights, LeftBehind, Shape, Slo, Smoke, SmokeStep, Status, Targets, Tasks,
        Timeline, schema,
    },
    words::Lang,
};
use unicode_width::UnicodeWidthStr;

use crate::terminal::{characters, without_escapes};

pub(crate) const NARROW: Screen = Screen {
    style: Style::Plain,
    width: Some(60),
};
const SCREENS: [(&str, Screen); 3] = [
    ("pipe", Screen::PIPE),
    ("60", NARROW),
    (
        "120",
        Screen {
            width: Some(120),
            ..NARROW
        },
    ),
];

pub(crate) fn of(name: &str) -> Snapshot {
    scenario::snapshot(name).unwrap().unwrap()
}

/// The text on every kind of screen is as it was read last; colour adds nothing, and what can be broken fits.
pub(crate) fn golden(name: &str, text: impl Fn(Lang, Screen) -> String) {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::Ja, "ja")] {
        for (kind, screen) in SCREENS {
            let plain = text(lang, screen);
            let coloured = text(
                lang,
                Screen {
                    style: Style::Coloured,
                    ..screen
                },
            );
            assert_eq!(without_escapes(&coloured), plain, "{name} {kind}");
            // What is copied stays whole.
            let begins = ["aws ", "psql ", "probe ", "cloudformation/", "AWS_REGION="];
            let copied = |line: &&str| {
                let command = line.trim_start();
                begins.iter().any(|begin| command.starts_with(begin))
            };
            for line in plain.lines().filter(|line| !copied(line)) {
                // What nothing parts, an id or an ARN, may reach further.
                let longest = line
                    .split(' ')
                    .map(UnicodeWidthStr::width)
                    .max()
                    .unwrap_or(0);
                let fits = screen
                    .width
                    .is_none_or(|columns| line.width() <= columns || longest > columns / 2);
                assert!(fits, "{name} {kind}: {line}");
            }
            insta::with_settings!({ snapshot_path => "snapshots/views", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("{name}.{suffix}.{kind}"), plain);
            });
        }
    }
}

/// What `probe status` would see of the stack of an exercise.
fn sight(name: &str) -> Sight {
    let snapshot = of(name);
    let at = snapshot.taken_at - TimeDelta::minutes(7);
    let alarm = |name: &str, state: &str, reason: &str, scales| Alarm {
        name: name.into(),
        state: state.into(),
        since: Some(at),
        reason: Some(reason.into()),
        scales,
    };
    Sight {
        alarms: Ok(vec![
            alarm("events-data-CpuAlarm-1", "OK", "Threshold not crossed", false),
            alarm("events-platform-UnhealthyAlarm-2", "ALARM", "Threshold Crossed: 2 datapoints were less than the threshold (1.0).", false),
            alarm("TargetTracking-service/main/web-AlarmLow-3", "ALARM", "Threshold Crossed", true),
            alarm("events-platform-SlowAlarm-4", "INSUFFICIENT_DATA", "Unchecked", false),
        ]),
        activity: Ok(Some(Activity {
            at,
            status: "Successful".into(),
            description: "Setting desired count to 4.".into(),
            cause: "monitor alarm TargetTracking-service/main/web-AlarmHigh-3 in state ALARM triggered policy cpu".into(),
        })),
        traffic: Ok(Some(Traffic {
            seconds: 3_600,
            sent: 43_200.0,
            unsent: 12.0,
            failed_by_task: 96.0,
            failed_by_balancer: 15.0,
        })),
        ..Sight::from(snapshot)
    }
}

#[test]
fn the_status_of_a_service_is_one_screen() {
    golden("status.healthy", |lang, screen| {
        let quiet = Sight {
            alarms: Ok(vec![]),
            traffic: Ok(Some(Traffic {
                sent: 1_800.0,
                ..Traffic::default()
            })),
            ..sight("healthy")
        };
        let text = render::status(&Status::new(&quiet, lang), screen);
        let most = if screen.width == Some(60) { 30 } else { 20 };
        assert!(text.lines().count() <= most, "{text}");
        text
    });
    golden("status.failing", |lang, screen| {
        render::status(&Status::new(&sight("ecs-container-exited"), lang), screen)
    });
}

#[test]
fn a_call_that_is_denied_is_a_line_of_the_status_and_the_rest_stands() {
    let denied = |operation: &str| Unobserved {
        operation: operation.into(),
        code: "AccessDeniedException".into(),
        message: "User: u is not authorized".into(),
    };
    golden("status.denied", |lang, screen| {
        let mut blind = sight("healthy");
        blind.alarms = Err(denied("cloudwatch:DescribeAlarms"));
        blind.traffic = Err(denied("cloudwatch:GetMetricData"));
        blind.scaling = Err(denied("application-autoscaling:DescribeScalableTargets"));
        let status = Status::new(&blind, lang);
        assert_eq!(status.not_seen.len(), 3, "{status:#?}");
        render::status(&status, screen)
    });
    // What follows from a call that was denied is not told again.
    let mut nothing = sight("healthy");
    let why = denied("ecs:DescribeServices");
    nothing.service = Err(why.clone());
    nothing.target_groups = Err(why.clone());
    nothing.database = Err(why.clone());
    nothing.traffic = Err(why);
    assert_eq!(Status::new(&nothing, Lang::En).not_seen.len(), 1);
}

#[test]
fn targets_are_shown_with_their_tasks_and_what_the_reasons_mean() {
    for name in [
        "healthy",
        "alb-health-check-path-wrong",
        "alb-health-check-timeout",
    ] {
        golden(&format!("targets.{name}"), |lang, screen| {
            render::targets(&Targets::new(&of(name), lang), screen)
        });
    }
}

#[test]
fn stopped_tasks_are_grouped_by_equal_reasons() {
    for name in [
        "healthy",
        "ecs-container-exited",
        "ecs-container-out-of-memory",
        "ecs-sidecar-exited",
    ] {
        golden(&format!("tasks.{name}"), |lang, screen| {
            render::tasks(&Tasks::new(&of(name), lang), screen)
        });
    }
    let tasks = Tasks::new(&of("ecs-sidecar-exited"), Lang::En);
    let stop = &tasks.stopped[0];
    assert!(!stop.normal && stop.count == stop.tasks.len(), "{stop:#?}");
    assert_eq!(
        stop.explain.as_deref(),
        Some("ecs-sidecar-exited"),
        "{stop:#?}"
    );
}

#[test]
fn tasks_that_ecs_has_forgotten_stand_with_the_others() {
    let mut snapshot = of("ecs-container-exited");
    let tasks = snapshot.tasks.as_mut().unwrap();
    let stopped = tasks.iter().find(|(_, task)| task.stopped_at.is_some());
    let mut old = stopped.unwrap().1.clone();
    old.stopped_at = old.stopped_at.map(|at| at - TimeDelta::hours(5));
    snapshot.older_tasks = Ok([("ffffffff0000000000000000000000ff".to_owned(), old)].into());
    let view = Tasks::new(&snapshot, Lang::En);
    let stop = &view.stopped[0];
    assert!(
        stop.tasks.last().unwrap().forgotten && !stop.tasks[0].forgotten,
        "{stop:#?}"
    );
    assert_eq!(stop.last_at, stop.tasks[0].stopped_at);
    let text = render::tasks(&view, NARROW);
    assert!(
        characters(&text).contains("(1thatECShasforgotten"),
        "{text}"
    );
}

#[test]
fn everything_that_happened_stands_on_one_time_axis() {
    for name in [
        "healthy",
        "ecs-container-exited",
        "alb-health-check-path-wrong",
    ] {
        golden(&format!("timeline.{name}"), |lang, screen| {
            let snapshot = of(name);
            let since = snapshot.taken_at - TimeDelta::hours(1);
            let view = Timeline::new(&snapshot, since, lang);
            assert!(
                view.moments.is_sorted_by_key(|moment| moment.at),
                "{view:#?}"
            );
            render::timeline(&view, screen)
        });
    }
    let snapshot = of("ecs-container-exited");
    let view = Timeline::new(&snapshot, snapshot.taken_at, Lang::En);
    assert!(
        view.moments
            .iter()
            .all(|moment| moment.at >= snapshot.taken_at)
    );
}

/// Requests at a steady rate, a minute and an hour at a time; in the last minutes some of them fail.
fn performance(a_minute: f64, failing: i64, fails: f64) -> Performance {
    let snapshot = of("healthy");
    let end = snapshot
        .taken_at
        .duration_trunc(TimeDelta::minutes(1))
        .unwrap();
    let series = |step: TimeDelta, count: i64, lengths: &[(i64, f64)]| {
        let traffic = |back: i64| {
            let step_seconds = step.num_seconds();
            let minutes = step.num_minutes();
            let sent = a_minute * minutes as f64;
            let bad = (failing - (back - 1) * minutes).clamp(0, minutes) as f64;
            let traffic = Traffic {
                seconds: step_seconds,
                sent,
                unsent: 0.0,
                failed_by_task: bad * fails,
                failed_by_balancer: 0.0,
            };
            (end - step * i32::try_from(back).unwrap(), traffic)
        };
        let times = |(hours, p99): &(i64, f64)| {
            let length = TimeDelta::hours(*hours);
            AnswerTimes {
                from: end - length,
                length,
                p50: Some(0.004_25),
                p95: Some(0.031),
                p99: Some(*p99),
            }
        };
        Series {
            step_seconds: step.num_seconds(),
            traffic: (1..=count).map(traffic).collect(),
            answer_times: lengths.iter().map(times).collect(),
        }
    };
    Performance {
        taken_at: snapshot.taken_at,
        target: snapshot.target,
        minutes: Ok(Some(series(
            TimeDelta::minutes(1),
            4_320,
            &[(1, 0.125), (6, 0.18), (24, 1.25)],
        ))),
        hours: Ok(Some(series(TimeDelta::hours(1), 720, &[(24, 1.25)]))),
    }
}

#[test]
fn the_objective_stands_beside_what_was_measured() {
    let text = |seen: &Performance, lang, screen| render::slo(&Slo::new(seen, lang), screen);
    golden("slo.quiet", |lang, screen| {
        text(&performance(50.0, 0, 0.0), lang, screen)
    });
    golden("slo.burning", |lang, screen| {
        text(&performance(50.0, 20, 4.0), lang, screen)
    });
    golden("slo.overspent", |lang, screen| {
        text(&performance(50.0, 600, 30.0), lang, screen)
    });
    // A young service with few visitors: an hour of requests, one of which failed.
    let mut young = performance(0.5, 1, 1.0);
    for series in [&mut young.minutes, &mut young.hours] {
        let series = series.as_mut().unwrap().as_mut().unwrap();
        let last_hour = young.taken_at - TimeDelta::minutes(61);
        series.traffic.retain(|at, _| *at > last_hour);
        series.answer_times.clear();
    }
    golden("slo.young", |lang, screen| text(&young, lang, screen));
    let mut unasked = performance(0.0, 0, 0.0);
    for series in [&mut unasked.minutes, &mut unasked.hours] {
        *series = Ok(Some(Series::default()));
    }
    golden("slo.unasked", |lang, screen| text(&unasked, lang, screen));
    golden("slo.denied", |lang, screen| {
        let mut denied = performance(50.0, 0, 0.0);
        denied.hours = Err(Unobserved {
            operation: "cloudwatch:GetMetricData".into(),
            code: "AccessDenied".into(),
            message: "User: u is not authorized".into(),
        });
        text(&denied, lang, screen)
    });
}

#[test]
fn burn_rates_and_budget_are_those_of_the_workbook() {
    // A hundred failures of 1,000 in twenty minutes: 80 of 3,000 in the hour, 80 of 18,000 in six.
    let slo = Slo::new(&performance(50.0, 20, 4.0), Lang::En);
    let burn = |name: &str| {
        let window = slo.windows.iter().find(|window| window.name == name);
        window.unwrap().burn_rate.unwrap()
    };
    for (name, expected) in [
        ("5m", 80.0),
        ("30m", 80.0 / 1.5),
        ("1h", 80.0 / 3.0),
        ("6h", 80.0 / 18.0),
        ("3d", 80.0 / 216.0),
        ("30d", 80.0 / 2_160.0),
    ] {
        assert!(
            (burn(name) - expected).abs() < 1e-6,
            "{name}: {}",
            burn(name)
        );
    }
    let off: Vec<bool> = slo.alerts.iter().map(|alert| alert.goes_off).collect();
    assert_eq!(off, [true, false, false]);
    let budget = slo.budget.unwrap();
    assert_eq!((budget.allowed.round(), budget.failed), (2_160.0, 80));
    // 96.3 % of thirty days, 26.7 times too fast.
    let lasts = budget.lasts_seconds.unwrap() as f64 / 86_400.0;
    assert!((lasts - 30.0 * (1.0 - 80.0 / 2_160.0) / (80.0 / 3.0)).abs() < 1e-3);
    assert!(
        slo.windows
            .iter()
            .all(|window| window.counted_percent == 100.0)
    );
    let times = |slo: &Slo, name: &str| {
        let window = slo.windows.iter().find(|window| window.name == name);
        window.unwrap().answer_times.unwrap()
    };
    let slo = Slo::new(&performance(50.0, 20, 4.0), Lang::En);
    assert!(!times(&slo, "6h").at_most && times(&slo, "30d").at_most);
    assert_eq!(times(&slo, "6h").p99_ms, Some(180.0));
}

#[test]
fn the_rows_of_a_query_are_aligned_also_in_japanese() {
    golden("insights.rows", |lang, screen| {
        let row = |values: &[&str]| {
            let value = |value: &&str| (!value.is_empty()).then(|| (*value).into());
            values.iter().map(value).collect()
        };
        let answer = QueryAnswer {
            status: "Complete".into(),
            columns: ["@timestamp", "path", "user", "what"]
                .map(Into::into)
                .to_vec(),
            rows: vec![
                row(&[
                    "2026-11-22 03:00:00.000",
                    "/events",
                    "山田 太郎",
                    "the database\nis away",
                ]),
                row(&[
                    "2026-11-22 03:00:01.000",
                    "/events/{id}/join",
                    "",
                    "request",
                ]),
            ],
            matched: 2,
            scanned: 12_345,
            bytes_scanned: 1_572_864,
        };
        let snapshot = of("healthy");
        let asked = Asked {
            target: snapshot.target,
            query: "errors".into(),
            text: "fields @timestamp".into(),
            log_groups: vec!["/ecs/web".into()],
            from: snapshot.taken_at - TimeDelta::hours(1),
            until: snapshot.taken_at,
        };
        render::insights(&Insights::new(asked, answer, lang), screen)
    });
}

fn smoke_step(step: &str, outcome: &str, request: &str, seen: &str) -> SmokeStep {
    SmokeStep {
        step: step.into(),
        outcome: outcome.into(),
        request: Some(request.into()),
        took_ms: (outcome != "skipped").then_some(12.3),
        seen: seen.into(),
    }
}

#[test]
fn a_smoke_test_says_what_it_left_behind() {
    let smoke = |verdict: &str, lang, left_behind, others_left_behind| Smoke {
        version: 1,
        url: "https://events.example.com".into(),
        taken_at: of("healthy").taken_at,
        verdict: verdict.into(),
        steps: vec![
            smoke_step("health", "passed", "GET /health", "version 0.1.0"),
            smoke_step(
                "headers",
                "warned",
                "GET /",
                "no HSTS: browsers may be led to plain HTTP",
            ),
            match verdict {
                "passed" => smoke_step("remove", "passed", "DELETE /events/7", "gone"),
                "failed" => smoke_step(
                    "remove",
                    "failed",
                    "DELETE /events/7",
                    "no answer within 5.0 s",
                ),
                _ => smoke_step("create", "skipped", "POST /events", "needs a session"),
            },
        ],
        left_behind,
        others_left_behind,
        lang: Some(lang),
    };
    let left = |id| LeftBehind {
        id,
        title: "[probe smoke] please ignore probe-smoke-1".into(),
        command: "curl -i -X DELETE 'https://events.example.com/events/7'".into(),
    };
    golden("smoke.passed", |lang, screen| {
        render::smoke(&smoke("passed", lang, None, vec![]), screen)
    });
    golden("smoke.left", |lang, screen| {
        let smoke = smoke("failed", lang, Some(left(None)), vec![left(Some(3))]);
        render::smoke(&smoke, screen)
    });
    golden("smoke.undetermined", |lang, screen| {
        render::smoke(&smoke("undetermined", lang, None, vec![]), screen)
    });
}

#[test]
fn the_committed_schemas_are_those_of_the_views() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for shape in Shape::value_variants() {
        let name = shape.to_possible_value().unwrap().get_name().to_owned();
        let file = match shape {
            Shape::Diagnose => "report-v1.schema.json".to_owned(),
            _ => format!("{name}-v1.schema.json"),
        };
        assert_eq!(
            fs::read_to_string(folder.join(&file)).unwrap_or_default(),
            schema(*shape).unwrap(),
            "renew it with `probe list --schema={name} > probe/{file}`, and write a changed field into CHANGELOG.md"
        );
    }
}
