//! Those who use the service during the race.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{EVENTS, REQUESTS_OF_A_VISITOR, acknowledged::Acknowledged};
use crate::client::{Session, draft, request};

/// Chance that is the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        // The generator of Lehmer, with a multiplier of Steele and Vigna.
        self.0 = self.0.wrapping_mul(0xda94_2042_e4dd_58b5);
        (self.0 >> 33) % sides
    }
}

/// One person with one connection, who joins and leaves at will and remembers what was said.
pub(super) async fn visit(
    address: SocketAddr,
    events: Arc<Mutex<Vec<i64>>>,
    seed: u64,
) -> Acknowledged {
    let mut dice = Dice(seed);
    let mut session = Session::connect(address).await;
    let mut acknowledged = Acknowledged::new();
    for _ in 0..REQUESTS_OF_A_VISITOR {
        let event = events.lock().unwrap()[dice.below(EVENTS as u64) as usize];
        let user = match dice.below(5) {
            0 => format!("shared {}", dice.below(4)),
            _ => format!("visitor {seed}"),
        };
        let path = format!("/events/{event}/join");
        let name = json!({ "user_name": user });
        let escaped = user.replace(' ', "+");
        let answer = match dice.below(4) {
            0 => request("POST", &path, &name),
            1 => request("POST", &format!("{path}?waitlist=true"), &name),
            _ => request(
                "DELETE",
                &format!("{path}?user_name={escaped}"),
                &Value::Null,
            ),
        };
        let answer = session.send(answer).await;
        let told = acknowledged.entry((event, user)).or_default();
        match answer.status.as_u16() {
            201 => told.joined += 1,
            202 => told.waiting += 1,
            204 => told.gone += 1,
            200 | 404 | 409 => {}
            _ => panic!("{}: {}", answer.status, answer.body),
        }
    }
    acknowledged
}

/// Changes, deletes and makes anew, until everybody else is done.
pub(super) async fn organize(
    mut session: Session,
    events: Arc<Mutex<Vec<i64>>>,
    over: Arc<AtomicBool>,
) -> usize {
    let mut dice = Dice(7);
    let mut changes = 0;
    while !over.load(Ordering::Relaxed) {
        let place = dice.below(EVENTS as u64) as usize;
        let id = events.lock().unwrap()[place];
        let path = format!("/events/{id}");
        if dice.below(20) == 0 {
            let deleted = session.send(request("DELETE", &path, &Value::Null)).await;
            assert_eq!(deleted.status, StatusCode::NO_CONTENT);
            let new = announce(&mut session).await;
            events.lock().unwrap()[place] = new;
        } else {
            let mut event = draft();
            event["max_participants"] = (1 + dice.below(40)).into();
            if dice.below(10) == 0 {
                event["event_date"] = "2020-01-01T00:00:00Z".into();
            }
            let answer = session.send(request("PUT", &path, &event)).await;
            assert!(
                matches!(answer.status.as_u16(), 200 | 409),
                "{}: {}",
                answer.status,
                answer.body
            );
        }
        changes += 1;
    }
    changes
}

pub(super) async fn announce(session: &mut Session) -> i64 {
    let created = session.send(request("POST", "/events", &draft())).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    created.json()["id"].as_i64().unwrap()
}
