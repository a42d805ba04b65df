//! What the commands of daily work show: golden texts for terminal and pipe, in both languages, from the exercises.

use std::{fs, path::Path};

use chrono::TimeDelta;
use clap::ValueEnum;
use probe::{
    render::{self, Screen, Style},
    scenario,
    snapshot::{Activity, Alarm, Sight, Snapshot, Traffic, Unobserved},
    views::{Shape, Status, Targets, Tasks, Timeline, schema},
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
            let copied =
                |line: &&str| line.starts_with("    aws ") || line.starts_with("    psql ");
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
        taken_at: snapshot.taken_at,
        target: snapshot.target,
        service: snapshot.service,
        target_groups: snapshot.target_groups,
        alarms: Ok(vec![
            alarm("events-data-CpuAlarm-1", "OK", "Threshold not crossed", false),
            alarm("events-platform-UnhealthyAlarm-2", "ALARM", "Threshold Crossed: 2 datapoints were less than the threshold (1.0).", false),
            alarm("TargetTracking-service/main/web-AlarmLow-3", "ALARM", "Threshold Crossed", true),
            alarm("events-platform-SlowAlarm-4", "INSUFFICIENT_DATA", "Unchecked", false),
        ]),
        scaling: snapshot.scaling,
        activity: Ok(Some(Activity {
            at,
            status: "Successful".into(),
            description: "Setting desired count to 4.".into(),
            cause: "monitor alarm TargetTracking-service/main/web-AlarmHigh-3 in state ALARM triggered policy cpu".into(),
        })),
        database: snapshot.database,
        traffic: Ok(Some(Traffic {
            seconds: 3_600,
            sent: 43_200.0,
            unsent: 12.0,
            failed_by_task: 96.0,
            failed_by_balancer: 15.0,
        })),
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
