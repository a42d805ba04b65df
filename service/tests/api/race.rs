//! A hundred thousand joins and leaves on few events, while these are changed, deleted and made anew.
//!
//! Some come through the running service, as people do. The most are made next to the tables, by a procedure that
//! calls the functions of the migrations: there is more contention where nothing else takes time.

mod acknowledged;
mod people;
mod replay;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use sqlx::{
    Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use acknowledged::Acknowledged;
use people::{announce, organize, visit};

use crate::{
    client::Session,
    crowd::ONE_AT_A_TIME,
    process::{Running, service, url},
};

const EVENTS: usize = 4;
const VISITORS: u64 = 24;
const REQUESTS_OF_A_VISITOR: usize = 200;
const PROCEDURES: i32 = 4;
const CALLS_OF_A_PROCEDURE: i32 = 24_000;

#[sqlx::test]
async fn a_hundred_thousand_joins_and_leaves_keep_every_rule(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let _turn = ONE_AT_A_TIME.lock().await;
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
    acknowledged::check(&mut connection, acknowledged).await;
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

/// Calls them as often as asked, and notes what came of each call.
/// Some people are this procedure's own, some it has in common with the others.
const CROWD: &str = "
create table acknowledged (event_id bigint not null, user_name text not null, outcome text not null);
create procedure crowd(p_seed integer, p_calls integer) language plpgsql as $$
declare
    v_event bigint;
    v_user text;
    v_outcome text;
    v_at timestamptz;
    v_place integer;
    v_taken integer;
    v_capacity integer;
begin
    perform setseed(p_seed / 100.0);
    for v_call in 1..p_calls loop
        v_event := null;
        select e.id into v_event from events e order by random() limit 1;
        v_user := case when random() < 0.2 then 'shared ' || floor(random() * 4)
                       else p_seed || ' ' || floor(random() * 8) end;
        if random() < 0.5 then
            call take_seat(v_event, v_user, random() < 0.3, v_user, v_outcome, v_at, v_place, v_taken, v_capacity);
        else
            select l.outcome into v_outcome from leave_event(v_event, v_user, v_user) l;
        end if;
        insert into acknowledged values (coalesce(v_event, 0), v_user, v_outcome);
        commit;
    end loop;
end
$$";

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
