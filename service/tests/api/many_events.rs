//! What has many events, and has to be quick all the same.

use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    calendars::get,
    client::application,
    feeds::{form, secret},
};

#[sqlx::test]
async fn feeds_of_5000_events_are_quick(pool: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let pool = pool.connect_with(options).await.unwrap();
    // Some more are too long ago, and each event was changed once and joined by ten people.
    let fill = "
        with made as (
            insert into events (title, description, event_date, location, max_participants, organizer)
            select '勉強会 ' || n, repeat('説明', 40), now() + (n - 5000) * interval '12 hours' - interval '100 days'
                     * (n <= 5000)::int + interval '1 minute', '8F', 20, 'Aki'
              from generate_series(4501, 10000) n
            returning id
        ), noted as (
            insert into history (event_id, action, user_name)
            select id, case when k = 0 then 'created' when k = 1 then 'changed' else 'joined' end,
                   case when k > 1 then 'person ' || k end
              from made, generate_series(0, 11) k
        )
        insert into participants (event_id, user_name) select id, 'person ' || k from made, generate_series(2, 11) k";
    sqlx::query(fill).execute(&pool).await.unwrap();
    sqlx::query("analyze").execute(&pool).await.unwrap();
    let made = form(&app, "", "person%205").await;
    let secret = secret(&made);
    for path in [
        "/events.ics".to_owned(),
        format!("/feeds/{secret}/mine.ics"),
    ] {
        let mut times = Vec::new();
        for _ in 0..3 {
            let begun = Instant::now();
            let feed = get(&app, &path).await;
            times.push(begun.elapsed());
            assert_eq!(feed.body.matches("BEGIN:VEVENT\r\n").count(), 5_000);
            assert!(feed.body.contains("SEQUENCE:1\r\n"));
            assert!(feed.body.len() < 5_000_000, "{}", feed.body.len());
        }
        times.sort();
        println!("{path}: {times:?}");
        // Not optimised, and beside other tests.
        assert!(times[1] < Duration::from_secs(3), "{times:?}");
    }
}
