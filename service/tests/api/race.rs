//! A hundred thousand joins and leaves on few events, while these are changed, deleted and made anew.
//!
//! Some come through the running service, as people do. The most are made next to the tables, by a procedure that
//! calls the functions of the migrations: there is more contention where nothing else takes time.

mod replay;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::{
    Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    client::{Session, draft, request},
    process::{Running, service, url},
};

const EVENTS: usize = 4;
const VISITORS: u64 = 24;
const REQUESTS_OF_A_VISITOR: usize = 200;
const PROCEDURES: i32 = 4;
const CALLS_OF_A_PROCEDURE: i32 = 24_000;

/// How often somebody was told to have a seat, to have a place on the waitlist, or to have given either back.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Told {
    joined: i64,
    waiting: i64,
    gone: i64,
}

type Acknowledged = HashMap<(i64, String), Told>;

/// Takes part in the race until its end, and leaves nothing to chance but what its seed says.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        // The generator of Lehmer, with a multiplier of Steele and Vigna.
        self.0 = self.0.wrapping_mul(0xda94_2042_e4dd_58b5);
        (self.0 >> 33) % sides
    }
}

#[sqlx::test]
async fn a_hundred_thousand_joins_and_leaves_keep_every_rule(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let mut service = service(&["serve"]);
    // The log goes nowhere, as nobody here reads it.
    service
        .env("DATABASE_URL", url(&options))
        .env("DB_POOL_SIZE", "6")
        .env("RUST_LOG", "service::run=info");
    let running = Running::start(&mut service, directory.path()).await;
    running.wait_for("/health/ready", 200).await;
    let address = running.address;
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(CROWD).execute(&mut connection).await.unwrap();

    let started = Instant::now();
    let mut organizer = Session::connect(address).await;
    let mut ids = Vec::new();
    for _ in 0..EVENTS {
        ids.push(announce(&mut organizer).await);
    }
    let events = Arc::new(Mutex::new(ids));
    let over = Arc::new(AtomicBool::new(false));

    let sampler = tokio::spawn(sample(options.clone(), over.clone()));
    let organizer = tokio::spawn(organize(organizer, events.clone(), over.clone()));
    let procedures: Vec<_> = (1..=PROCEDURES)
        .map(|seed| {
            let options = options.clone();
            tokio::spawn(async move {
                let mut connection = PgConnection::connect_with(&options).await.unwrap();
                sqlx::query("call crowd($1, $2)")
                    .bind(seed)
                    .bind(CALLS_OF_A_PROCEDURE)
                    .execute(&mut connection)
                    .await
                    .unwrap();
            })
        })
        .collect();
    let visitors: Vec<_> = (1..=VISITORS)
        .map(|seed| tokio::spawn(visit(address, events.clone(), seed)))
        .collect();

    let mut acknowledged = Acknowledged::new();
    for visitor in visitors {
        for (key, told) in visitor.await.unwrap() {
            let sum = acknowledged.entry(key).or_default();
            sum.joined += told.joined;
            sum.waiting += told.waiting;
            sum.gone += told.gone;
        }
    }
    for procedure in procedures {
        procedure.await.unwrap();
    }
    over.store(true, Ordering::Relaxed);
    let changes = organizer.await.unwrap();
    let samples = sampler.await.unwrap();
    let elapsed = started.elapsed();

    let replayed = replay::check(&mut connection).await;
    check_acknowledged(&mut connection, acknowledged).await;
    let deadlocks: i64 = sqlx::query_scalar(
        "select deadlocks from pg_stat_database where datname = current_database()",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(deadlocks, 0);
    println!("{elapsed:?}: {changes} changes, {samples} samples, {replayed:?}");
    assert!(
        samples > 20,
        "{samples} samples are too few to see anything"
    );
    assert_eq!(running.stop().await, Some(0));
}

/// Calls the functions as often as asked, one transaction each, and notes in it what came of each call.
/// Some people are this procedure's own, some it has in common with the others.
const CROWD: &str = "
create table acknowledged (event_id bigint not null, user_name text not null, outcome text not null);
create procedure crowd(p_seed integer, p_calls integer) language plpgsql as $$
declare
    v_event bigint;
    v_user text;
    v_outcome text;
begin
    perform setseed(p_seed / 100.0);
    for v_call in 1..p_calls loop
        v_event := null;
        select e.id into v_event from events e order by random() limit 1;
        v_user := case when random() < 0.2 then 'shared ' || floor(random() * 4)
                       else p_seed || ' ' || floor(random() * 8) end;
        if random() < 0.5 then
            select j.outcome into v_outcome from join_event(v_event, v_user, random() < 0.3, v_user) j;
        else
            select l.outcome into v_outcome from leave_event(v_event, v_user, v_user) l;
        end if;
        insert into acknowledged values (coalesce(v_event, 0), v_user, v_outcome);
        commit;
    end loop;
end
$$";

/// One person with one connection, who joins and leaves at will and remembers what was said.
async fn visit(address: SocketAddr, events: Arc<Mutex<Vec<i64>>>, seed: u64) -> Acknowledged {
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
async fn organize(
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

async fn announce(session: &mut Session) -> i64 {
    let created = session.send(request("POST", "/events", &draft())).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    created.json()["id"].as_i64().unwrap()
}

/// Looks again and again for what must never be seen, and says how often it looked.
async fn sample(options: PgConnectOptions, over: Arc<AtomicBool>) -> usize {
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let mut samples = 0;
    while !over.load(Ordering::Relaxed) {
        let wrong: Vec<String> = sqlx::query_scalar(
            "select format('event %s: %s of %s seats, %s wait', e.id, p.count, e.max_participants, w.count)
               from events e
              cross join lateral (select count(*) from participants where event_id = e.id) p
              cross join lateral (select count(*) from waitlist where event_id = e.id) w
              where p.count > e.max_participants
                 or p.count < e.max_participants and w.count > 0 and e.event_date > clock_timestamp()
              union all
             select format('event %s: %s both has a seat and waits', event_id, user_name)
               from participants
               join waitlist using (event_id, user_name)",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        assert!(wrong.is_empty(), "{wrong:?}");
        samples += 1;
    }
    samples
}

/// What people were told is in the history, each as often as it was told, and nothing else.
async fn check_acknowledged(connection: &mut PgConnection, mut acknowledged: Acknowledged) {
    let outcomes = sqlx::query_as::<_, (i64, String, i64, i64, i64)>(
        "select event_id, user_name, count(*) filter (where outcome = 'joined'),
                count(*) filter (where outcome in ('waitlisted', 'waiting')),
                count(*) filter (where outcome in ('left', 'left_waitlist'))
           from acknowledged group by event_id, user_name",
    );
    for (event, user, joined, waiting, gone) in outcomes.fetch_all(&mut *connection).await.unwrap()
    {
        let told = acknowledged.entry((event, user)).or_default();
        told.joined += joined;
        told.waiting += waiting;
        told.gone += gone;
    }
    let noted = sqlx::query_as::<_, (i64, String, i64, i64, i64)>(
        "select event_id, user_name, count(*) filter (where action = 'joined'),
                count(*) filter (where action = 'waitlisted'),
                count(*) filter (where action in ('left', 'left_waitlist'))
           from history where user_name is not null group by event_id, user_name",
    );
    for (event, user, joined, waiting, gone) in noted.fetch_all(connection).await.unwrap() {
        let told = acknowledged
            .remove(&(event, user.clone()))
            .unwrap_or_default();
        assert_eq!(
            (told.joined, told.gone),
            (joined, gone),
            "{user} at event {event}: told and noted"
        );
        // Who waits already is told so as often as they ask.
        assert!(told.waiting >= waiting, "{user} at event {event}");
    }
    for (key, told) in acknowledged {
        assert_eq!(told, Told::default(), "{key:?}: told, but not noted");
    }
}
