//! The alarms of the policies: how they are, and how they were between two looks.

use aws_sdk_cloudwatch::types::{HistoryItemType, StateValue};

use super::{Notebook, Witness, gap};
use crate::witness::{Alarm, AlarmState, Direction, Gap, Seen};

const STATES: &str = "cloudwatch:DescribeAlarms";
const HISTORY: &str = "cloudwatch:DescribeAlarmHistory";

pub(super) async fn look(witness: &Witness, notes: &Notebook<'_>) -> Result<(), Gap> {
    let names = witness.known().alarms;
    if names.is_empty() {
        return Ok(());
    }
    let answer = witness
        .clients
        .cloudwatch
        .describe_alarms()
        .set_alarm_names(Some(names))
        .send()
        .await
        .map_err(|error| gap(STATES, &error))?;
    let seen = answer.metric_alarms().iter().filter_map(|alarm| {
        let name = alarm.alarm_name()?.to_owned();
        // The reason's time changes with each look of CloudWatch, this one only with the state.
        let since = alarm
            .state_transitioned_timestamp()
            .or(alarm.state_updated_timestamp())?;
        let seen = Alarm {
            scales: direction(&name),
            since_s: notes.clock.of_s(since),
            state: state(alarm.state_value()?.as_str())?,
            name: name.clone(),
        };
        Some((name, Seen::Alarm(seen)))
    });
    notes.looked(STATES, seen.collect());
    Ok(())
}

/// What came and went between two looks.
pub(super) async fn history(witness: &Witness, notes: &Notebook<'_>) -> Result<(), Gap> {
    let mut seen = vec![];
    for name in witness.known().alarms {
        let answer = witness
            .clients
            .cloudwatch
            .describe_alarm_history()
            .alarm_name(&name)
            .history_item_type(HistoryItemType::StateUpdate)
            .start_date(aws_smithy_types::DateTime::from_secs(
                notes.clock.utc.timestamp(),
            ))
            .send()
            .await
            .map_err(|error| gap(HISTORY, &error))?;
        for item in answer.alarm_history_items() {
            // "Alarm updated from OK to ALARM"
            let to = item
                .history_summary()
                .and_then(|it| it.rsplit(' ').next())
                .and_then(state);
            let (Some(at), Some(state)) = (item.timestamp(), to) else {
                continue;
            };
            let alarm = Alarm {
                scales: direction(&name),
                since_s: notes.clock.of_s(at),
                state,
                name: name.clone(),
            };
            seen.push((format!("{name} {}", alarm.since_s), Seen::Alarm(alarm)));
        }
    }
    notes.looked(HISTORY, seen);
    Ok(())
}

fn state(value: &str) -> Option<AlarmState> {
    match StateValue::from(value) {
        StateValue::Ok => Some(AlarmState::Ok),
        StateValue::Alarm => Some(AlarmState::Alarm),
        StateValue::InsufficientData => Some(AlarmState::InsufficientData),
        _ => None,
    }
}

/// Target tracking names its alarms `TargetTracking-…-AlarmHigh-…` and `…-AlarmLow-…`.
fn direction(name: &str) -> Option<Direction> {
    if name.contains("-AlarmHigh-") {
        Some(Direction::Out)
    } else if name.contains("-AlarmLow-") {
        Some(Direction::In)
    } else {
        None
    }
}
