//! `probe targets`, `probe tasks` and its timeline.

use chrono::TimeDelta;
use probe::{
    render,
    views::{Targets, Tasks, Timeline},
    words::Lang,
};

use super::{NARROW, golden, of};
use crate::terminal::characters;

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
