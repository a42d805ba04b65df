//! The history of an event, played again: nobody ever sat where no seat was, and it ends as the event is shown. Pure.

use super::Violation;
use crate::target::{Event, Happening};

/// What the history breaks, or contradicts.
pub(super) fn replay(id: i64, history: &[Happening], event: &Event) -> Vec<Violation> {
    let mut violations = vec![];
    let (mut seats, mut seated, mut waiting) = (0, Vec::<&str>::new(), Vec::<&str>::new());
    for happening in history {
        let user = happening.user_name.as_deref().unwrap_or_default();
        match happening.action.as_str() {
            "created" | "changed" => seats = happening.seats().unwrap_or(seats),
            "joined" => seated.push(user),
            "waitlisted" => waiting.push(user),
            "left" => seated.retain(|name| *name != user),
            "left_waitlist" => waiting.retain(|name| *name != user),
            "promoted" => {
                if waiting.first() != Some(&user) {
                    violations.push(Violation::QueueJumped {
                        event: id,
                        user: user.to_owned(),
                    });
                }
                waiting.retain(|name| *name != user);
                seated.push(user);
            }
            _ => {}
        }
        if seated.len() > seats {
            violations.push(Violation::Overbooked {
                event: id,
                seats: seats as u32,
                booked: seated.len(),
            });
            break;
        }
    }
    let mut shown: Vec<&str> = event
        .participants
        .iter()
        .map(|person| person.user_name.as_str())
        .collect();
    let line: Vec<&str> = event
        .waitlist
        .iter()
        .map(|person| person.user_name.as_str())
        .collect();
    shown.sort_unstable();
    seated.sort_unstable();
    if violations.is_empty() && (seated != shown || waiting != line) {
        violations.push(Violation::OtherHistory { event: id });
    }
    violations
}

/// How many people got a seat by waiting.
pub(super) fn promotions(history: &[Happening]) -> usize {
    history
        .iter()
        .filter(|happening| happening.action == "promoted")
        .count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn history(steps: &[(&str, &str)]) -> Vec<Happening> {
        let mut all = vec![
            json!({"action": "created", "user_name": null, "details": {"max_participants": 1}}),
        ];
        all.extend(steps.iter().map(|(action, user)| match *action {
            "changed" => {
                json!({"action": "changed", "details": {"max_participants": {"from": 1, "to": 2}}})
            }
            action => json!({"action": action, "user_name": user}),
        }));
        serde_json::from_value(all.into()).unwrap()
    }

    fn event(seated: &[&str], waiting: &[&str]) -> Event {
        let people = |names: &[&str]| -> Vec<_> {
            names
                .iter()
                .map(|name| json!({"user_name": name}))
                .collect()
        };
        serde_json::from_value(json!({
            "id": 1, "title": "t", "organizer": "o", "max_participants": 2, "participants_count": seated.len(),
            "participants": people(seated), "waitlist": people(waiting),
        }))
        .unwrap()
    }

    fn codes(steps: &[(&str, &str)], event: &Event) -> Vec<&'static str> {
        replay(1, &history(steps), event)
            .iter()
            .map(Violation::code)
            .collect()
    }

    #[test]
    fn a_history_that_leads_to_what_is_shown_is_right() {
        let steps = [
            ("joined", "a"),
            ("waitlisted", "b"),
            ("waitlisted", "c"),
            ("left", "a"),
            ("promoted", "b"),
            ("left_waitlist", "c"),
            ("changed", ""),
            ("joined", "d"),
            ("waitlisted", "e"),
        ];
        assert!(codes(&steps, &event(&["b", "d"], &["e"])).is_empty());
        assert_eq!(promotions(&history(&steps)), 1);
    }

    #[test]
    fn each_contradiction_is_named() {
        assert_eq!(
            codes(
                &[("joined", "a"), ("joined", "b")],
                &event(&["a", "b"], &[])
            ),
            ["overbooked"]
        );
        let jumped = [
            ("joined", "a"),
            ("waitlisted", "b"),
            ("waitlisted", "c"),
            ("left", "a"),
            ("promoted", "c"),
        ];
        assert_eq!(codes(&jumped, &event(&["c"], &["b"])), ["queue-jumped"]);
        assert_eq!(
            codes(&[("joined", "a")], &event(&["b"], &[])),
            ["other-history"]
        );
        assert_eq!(
            codes(&[("joined", "a")], &event(&["a"], &["b"])),
            ["other-history"]
        );
    }
}
