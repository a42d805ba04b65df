//! What came of the events, month by month.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, query, query_as};

/// What came of the events of a month, or of all months together.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Which month, from 1; none for all together.
    pub month: Option<i32>,
    /// How many events have begun.
    pub events: i64,
    /// How many seats they had.
    pub seats: i64,
    /// How many of those were taken.
    pub taken: i64,
    /// How many events became full, of those that were announced before they began.
    pub filled: i64,
    /// The median of the seconds in which they did.
    pub filled_in: Option<f64>,
}

/// The figures of the months that begin at these moments, the last of which only ends the one before; months without
/// events are left out. What has not begun by `now` is not counted.
///
/// An event is full when so many have joined as there are seats, and the history says when that was first. Where the
/// history does not know of all who have joined, it was when the last of them did.
pub async fn monthly(
    connection: &mut PgConnection,
    months: Vec<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Figures>> {
    query_as!(
        Figures,
        r#"
        with held as (
            select width_bucket(e.event_date, $1) as month, e.max_participants as seats, p.taken,
                   case when e.created_at < e.event_date
                        then coalesce(h.at, case when p.taken >= e.max_participants then p.last end) - e.created_at
                   end as filled_in
              from events e
             cross join lateral (
                   select count(*) as taken, max(registered_at) as last from participants where event_id = e.id) p
             cross join lateral (
                   select min(at) as at
                     from (select at, sum(case action when 'left' then -1 else 1 end) over (order by id) as taken
                             from history
                            where event_id = e.id and action in ('joined', 'promoted', 'left')) q
                    where q.taken >= e.max_participants) h
             where e.event_date >= $1[1] and e.event_date < least($1[cardinality($1)], $2)
        )
        select month, count(*) as "events!", sum(seats)::bigint as "seats!", sum(taken)::bigint as "taken!",
               count(filled_in) as "filled!",
               percentile_cont(0.5) within group (order by extract(epoch from filled_in)::double precision) as filled_in
          from held
         group by grouping sets ((month), ())
        having count(*) > 0
         order by month nulls last
        "#,
        &months,
        now,
    )
    .fetch_all(connection)
    .await
}

/// How often was searched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Searches {
    /// How often in all.
    pub asked: i64,
    /// How often nothing was found.
    pub without_result: i64,
}

/// The searches of the months that begin on these days, the last of which only ends the one before, by the number of
/// the month from 1; months without searches are left out.
pub async fn searches(
    connection: &mut PgConnection,
    months: Vec<NaiveDate>,
) -> sqlx::Result<Vec<(i32, Searches)>> {
    let rows = query!(
        r#"
        select width_bucket(day, $1) as "month!", sum(asked)::bigint as "asked!",
               sum(without_result)::bigint as "without_result!"
          from searches
         where day >= $1[1] and day < $1[cardinality($1)]
         group by 1
        "#,
        &months,
    )
    .fetch_all(connection)
    .await?;
    let searches = rows.into_iter().map(|row| {
        let searches = Searches {
            asked: row.asked,
            without_result: row.without_result,
        };
        (row.month, searches)
    });
    Ok(searches.collect())
}

/// Adds searches to those of a day.
pub async fn searched(
    connection: &mut PgConnection,
    day: NaiveDate,
    more: Searches,
) -> sqlx::Result<()> {
    query!(
        r#"
        insert into searches as s (day, asked, without_result)
        values ($1, $2, $3)
        on conflict (day) do update
           set asked = s.asked + excluded.asked, without_result = s.without_result + excluded.without_result
        "#,
        day,
        more.asked,
        more.without_result,
    )
    .execute(connection)
    .await
    .map(drop)
}
