//! A month of the calendar.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;

use super::day;

/// A month in which events can lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    first: NaiveDate,
}

impl Month {
    /// The month of a day; `None` outside of the years 2000 to 2199, which no event can be in.
    pub fn of(day: NaiveDate) -> Option<Self> {
        let first = day.with_day(1)?;
        (2000..=2199)
            .contains(&day.year())
            .then_some(Self { first })
    }

    /// Parses a name such as 2026-12.
    pub fn parse(raw: &str) -> Option<Self> {
        let month = Self::of(format!("{raw}-01").parse().ok()?)?;
        // One address for each month: chrono would also take spaces, signs and single digits.
        (month.name() == raw).then_some(month)
    }

    /// Its name in addresses.
    pub fn name(self) -> String {
        self.first.format("%Y-%m").to_string()
    }

    /// Its first day.
    pub fn first(self) -> NaiveDate {
        self.first
    }

    /// The month after it.
    pub fn next(self) -> Option<Self> {
        Self::of(self.first.checked_add_months(Months::new(1))?)
    }

    /// The month before it.
    pub fn previous(self) -> Option<Self> {
        Self::of(self.first.checked_sub_months(Months::new(1))?)
    }

    /// The moment in which it begins on the clocks of a zone.
    pub fn begins(self, zone: Tz) -> DateTime<Utc> {
        // There is one for every day of these years.
        day::beginning(self.first, zone).unwrap_or_default()
    }

    /// The moment in which it ends on the clocks of a zone.
    pub fn ends(self, zone: Tz) -> DateTime<Utc> {
        let next = self.first.checked_add_months(Months::new(1));
        next.and_then(|first| day::beginning(first, zone))
            .unwrap_or_default()
    }

    /// Its weeks from Monday to Sunday; `None` for the days of other months.
    pub fn weeks(self) -> Vec<[Option<NaiveDate>; 7]> {
        let monday = self.first - Days::new(self.first.weekday().num_days_from_monday().into());
        let week = |monday: NaiveDate| {
            std::array::from_fn(|place| {
                Some(monday + Days::new(place as u64))
                    .filter(|day| day.month() == self.first.month())
            })
        };
        (0..6)
            .map(|number| week(monday + Days::new(7 * number)))
            .filter(|week| week.iter().any(Option::is_some))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_one_name() {
        let month = Month::parse("2026-12").unwrap();
        assert_eq!(month.next().map(Month::name).as_deref(), Some("2027-01"));
        assert_eq!(
            month.previous().map(Month::name).as_deref(),
            Some("2026-11")
        );
        for raw in [
            "",
            "2026",
            "2026-13",
            "2026-00",
            "2026-1",
            "+2026-01",
            "2026-01 ",
            "1999-12",
            "2200-01",
            "２０２６-01",
        ] {
            assert_eq!(Month::parse(raw), None, "{raw}");
        }
        let (first, last) = (Month::parse("2000-01"), Month::parse("2199-12"));
        assert_eq!(first.unwrap().previous(), None);
        assert_eq!(last.unwrap().next(), None);
    }

    #[test]
    fn weeks_begin_on_monday_and_have_only_days_of_the_month() {
        // The number of weeks, and the places of the first and the last day in theirs.
        for (name, weeks, first, last) in [
            ("2026-11", 6, 6, 0),
            ("2027-02", 4, 0, 6),
            ("2028-02", 5, 1, 1),
            ("2026-12", 5, 1, 3),
        ] {
            let month = Month::parse(name).unwrap().weeks();
            let days: Vec<_> = month.iter().flatten().flatten().collect();
            assert_eq!(month.len(), weeks, "{name}");
            assert_eq!(month[0][first].map(|day| day.day()), Some(1), "{name}");
            assert_eq!(month[weeks - 1][last], days.last().copied().copied());
            assert_eq!(days.last().map(|day| day.day()), Some(days.len() as u32));
        }
    }

    #[test]
    fn a_month_lasts_from_midnight_to_midnight_of_the_company() {
        let month = Month::parse("2026-12").unwrap();
        let bounds = |zone| (month.begins(zone), month.ends(zone));
        let time = |raw: &str| raw.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(
            bounds(chrono_tz::Asia::Tokyo),
            (time("2026-11-30T15:00:00Z"), time("2026-12-31T15:00:00Z"))
        );
    }
}
