//! The events of a service, those that say the same together.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{reading::without_ids, snapshot::Event};

/// Something that ECS said, once or several times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Said {
    /// When it said so last.
    pub at: DateTime<Utc>,
    /// How often, with other ids of tasks and deployments; ECS keeps 100 events.
    pub times: usize,
    /// Its words.
    pub message: String,
}

/// The newest of the events that say different things, newest first.
pub fn newest_distinct(events: &[Event], most: usize) -> Vec<Said> {
    let mut sorted: Vec<&Event> = events.iter().collect();
    sorted.sort_by_key(|event| std::cmp::Reverse(event.at));
    let mut said: Vec<(String, Said)> = vec![];
    for event in sorted {
        let meaning = without_ids(&event.message).into_owned();
        match said.iter_mut().find(|(known, _)| *known == meaning) {
            Some((_, known)) => known.times += 1,
            None => {
                let (at, message) = (event.at, event.message.to_string());
                said.push((
                    meaning,
                    Said {
                        at,
                        times: 1,
                        message,
                    },
                ));
            }
        }
    }
    said.into_iter().take(most).map(|(_, said)| said).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_of_another_task_is_no_other_event() {
        let event = |second: i64, message: &str| Event {
            at: DateTime::from_timestamp(second, 0).unwrap(),
            message: message.into(),
        };
        let (a, b) = (
            "0123456789abcdef0123456789abcdef",
            "ffff456789abcdef0123456789abcdef",
        );
        let events = [
            event(
                1,
                &format!("(service web) has started 1 tasks: (task {a})."),
            ),
            event(
                3,
                &format!("(service web) has started 1 tasks: (task {b})."),
            ),
            event(
                2,
                "(service web) (deployment ecs-svc/1234567890123456789) deployment failed: tasks failed to start.",
            ),
            event(
                4,
                "(service web) (deployment ecs-svc/9876543210987654321) deployment failed: tasks failed to start.",
            ),
            event(0, "(service web) has reached a steady state."),
        ];
        let said = newest_distinct(&events, 2);
        let shown: Vec<_> = said
            .iter()
            .map(|said| (said.at.timestamp(), said.times))
            .collect();
        assert_eq!(shown, [(4, 2), (3, 2)]);
        assert!(
            said[1].message.contains(b),
            "the newest words stand: {said:?}"
        );
    }
}
