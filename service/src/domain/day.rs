//! The bounds of a list: times, or days of the company.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::Reason;

/// Parses the parameter `from`: a time, or a day of the company, of which it is the beginning.
pub fn parse_from(raw: &str, zone: Tz) -> Result<DateTime<Utc>, Reason> {
    parse_time(raw)
        .or_else(|| beginning(parse_day(raw)?, zone))
        .ok_or(Reason::NotDayOrTime)
}

/// Parses the parameter `to`: a time, or a day of the company, of which it is the end.
pub fn parse_to(raw: &str, zone: Tz) -> Result<DateTime<Utc>, Reason> {
    parse_time(raw)
        .or_else(|| beginning(parse_day(raw)?.succ_opt()?, zone))
        .ok_or(Reason::NotDayOrTime)
}

fn parse_time(raw: &str) -> Option<DateTime<Utc>> {
    // A `+` that was not encoded arrives as a space. No other space belongs into a time.
    let raw = raw.replace(' ', "+");
    Some(DateTime::parse_from_rfc3339(&raw).ok()?.to_utc())
}

fn parse_day(raw: &str) -> Option<NaiveDate> {
    let shape = raw
        .bytes()
        .map(|b| if b.is_ascii_digit() { b'0' } else { b });
    shape.eq(*b"0000-00-00").then(|| raw.parse().ok()).flatten()
}

/// The first moment of a day of the company; `None` at the end of all time. Where clocks are put forward at midnight, it comes an hour later.
pub fn beginning(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    (0..=2)
        .find_map(|hours| {
            zone.from_local_datetime(&(midnight + TimeDelta::hours(hours)))
                .earliest()
        })
        .map(|time| time.to_utc())
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Tokyo;

    use super::*;

    fn time(raw: &str) -> DateTime<Utc> {
        raw.parse().unwrap()
    }

    #[test]
    fn days_are_those_of_the_company_and_include_their_end() {
        assert_eq!(
            parse_from("2026-04-01", Tokyo),
            Ok(time("2026-03-31T15:00:00Z"))
        );
        assert_eq!(
            parse_to("2026-04-01", Tokyo),
            Ok(time("2026-04-01T15:00:00Z"))
        );
        assert_eq!(
            parse_to("2026-04-01", Tz::UTC),
            Ok(time("2026-04-02T00:00:00Z"))
        );
    }

    #[test]
    fn times_are_taken_as_they_are_also_with_a_plus_that_was_not_encoded() {
        for raw in [
            "2026-04-01T19:00:00+09:00",
            "2026-04-01T19:00:00 09:00",
            "2026-04-01T10:00:00Z",
        ] {
            assert_eq!(
                parse_from(raw, Tokyo),
                Ok(time("2026-04-01T10:00:00Z")),
                "{raw}"
            );
            assert_eq!(parse_to(raw, Tokyo), parse_from(raw, Tokyo));
        }
        for raw in [
            "",
            "2026",
            "2026-4-1",
            "2026-02-30",
            "+2026-04-01",
            "2026-04-01T19:00:00",
            "２０２６-04-01",
        ] {
            assert_eq!(parse_from(raw, Tokyo), Err(Reason::NotDayOrTime), "{raw}");
        }
    }

    #[test]
    fn a_day_without_midnight_begins_later() {
        assert_eq!(
            parse_from("2018-11-04", chrono_tz::America::Sao_Paulo),
            Ok(time("2018-11-04T03:00:00Z"))
        );
    }
}
