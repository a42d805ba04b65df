//! The stretches of days that people look for events in.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;

use super::{When, day};

/// A stretch of days, seen from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Period {
    /// All days.
    #[default]
    Any,
    /// Today.
    Today,
    /// This week, which began on Monday.
    Week,
    /// Next week.
    NextWeek,
    /// This month.
    Month,
    /// Next month.
    NextMonth,
    /// Last month.
    LastMonth,
    /// This year.
    Year,
    /// Last year.
    LastYear,
}

impl Period {
    /// Those in which events of a list can lie, with their names in addresses.
    pub fn of(when: When) -> &'static [(&'static str, Self)] {
        match when {
            When::Past => &[
                ("", Self::Any),
                ("month", Self::Month),
                ("last-month", Self::LastMonth),
                ("year", Self::Year),
                ("last-year", Self::LastYear),
            ],
            When::Upcoming | When::All => &[
                ("", Self::Any),
                ("today", Self::Today),
                ("week", Self::Week),
                ("next-week", Self::NextWeek),
                ("month", Self::Month),
                ("next-month", Self::NextMonth),
            ],
        }
    }

    /// When it begins and ends on the clocks of a zone; `None` where it has no bound.
    pub fn bounds(
        self,
        now: DateTime<Utc>,
        zone: Tz,
    ) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        let today = now.with_timezone(&zone).date_naive();
        let days = self.days(today);
        let bound = |day: Option<NaiveDate>| day::beginning(day?, zone);
        days.map_or((None, None), |(first, end)| (bound(first), bound(end)))
    }

    /// The first day, and the one after the last.
    fn days(self, today: NaiveDate) -> Option<(Option<NaiveDate>, Option<NaiveDate>)> {
        let monday = today - Days::new(today.weekday().num_days_from_monday().into());
        let month = today.with_day(1)?;
        let year = today.with_ordinal(1)?;
        Some(match self {
            Self::Any => return None,
            Self::Today => (Some(today), today.succ_opt()),
            Self::Week => (Some(monday), monday.checked_add_days(Days::new(7))),
            Self::NextWeek => (
                monday.checked_add_days(Days::new(7)),
                monday.checked_add_days(Days::new(14)),
            ),
            Self::Month => (Some(month), month.checked_add_months(Months::new(1))),
            Self::NextMonth => (
                month.checked_add_months(Months::new(1)),
                month.checked_add_months(Months::new(2)),
            ),
            Self::LastMonth => (month.checked_sub_months(Months::new(1)), Some(month)),
            Self::Year => (Some(year), year.with_year(year.year() + 1)),
            Self::LastYear => (year.with_year(year.year() - 1), Some(year)),
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Tokyo;

    use super::*;

    #[test]
    fn periods_are_whole_days_weeks_months_and_years_of_the_company() {
        // A Sunday in Tokyo, the last of a month, while it is still Saturday in London.
        let now = "2026-05-30T15:30:00Z".parse().unwrap();
        let written = |period: Period| {
            let (from, to) = period.bounds(now, Tokyo);
            let day = |time: Option<DateTime<Utc>>| {
                time.map_or(String::new(), |time| {
                    time.with_timezone(&Tokyo)
                        .format("%y-%m-%d %H:%M")
                        .to_string()
                })
            };
            (day(from), day(to))
        };
        for (period, from, to) in [
            (Period::Any, "", ""),
            (Period::Today, "26-05-31 00:00", "26-06-01 00:00"),
            (Period::Week, "26-05-25 00:00", "26-06-01 00:00"),
            (Period::NextWeek, "26-06-01 00:00", "26-06-08 00:00"),
            (Period::Month, "26-05-01 00:00", "26-06-01 00:00"),
            (Period::NextMonth, "26-06-01 00:00", "26-07-01 00:00"),
            (Period::LastMonth, "26-04-01 00:00", "26-05-01 00:00"),
            (Period::Year, "26-01-01 00:00", "27-01-01 00:00"),
            (Period::LastYear, "25-01-01 00:00", "26-01-01 00:00"),
        ] {
            assert_eq!(written(period), (from.into(), to.into()), "{period:?}");
        }
    }
}
