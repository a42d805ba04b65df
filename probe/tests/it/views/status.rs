//! `probe status`: quiet, failing, and with calls that were denied.

use chrono::TimeDelta;
use probe::{
    render,
    snapshot::{Activity, Alarm, Sight, Traffic, Unobserved},
    views::Status,
    words::Lang,
};

use super::{golden, of};

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
