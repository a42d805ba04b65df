//! The languages the service speaks, and how it writes times in them.

use chrono::{DateTime, Datelike as _, Utc, Weekday};
use chrono_tz::{Asia::Tokyo, Tz};

/// Where the company is: its times are those of this zone, wherever the service runs.
pub const COMPANY_ZONE: Tz = Tokyo;

/// The languages the service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// For whoever does not ask for Japanese.
    English,
    /// For most of the company.
    Japanese,
}

impl Language {
    /// The tag for `lang` and `Content-Language`.
    pub fn tag(self) -> &'static str {
        self.pick("en", "ja")
    }

    /// Whether it is English.
    pub fn is_english(self) -> bool {
        self == Self::English
    }

    /// The text for this language.
    pub fn pick<T>(self, english: T, japanese: T) -> T {
        match self {
            Self::English => english,
            Self::Japanese => japanese,
        }
    }

    /// A time with its year.
    pub fn date(self, time: DateTime<Utc>) -> String {
        let local = time.with_timezone(&COMPANY_ZONE);
        match self {
            Self::English => local.format("%a %-d %b %Y, %H:%M JST").to_string(),
            Self::Japanese => format!("{}年{}", local.year(), self.short_date(time)),
        }
    }

    /// A time as people write it to each other: the year only if it is not that of `now`.
    pub fn date_near(self, time: DateTime<Utc>, now: DateTime<Utc>) -> String {
        let year = |time: DateTime<Utc>| time.with_timezone(&COMPANY_ZONE).year();
        if year(time) == year(now) {
            self.short_date(time)
        } else {
            self.date(time)
        }
    }

    fn short_date(self, time: DateTime<Utc>) -> String {
        let local = time.with_timezone(&COMPANY_ZONE);
        match self {
            Self::English => local.format("%a %-d %b, %H:%M JST").to_string(),
            Self::Japanese => {
                let day = match local.weekday() {
                    Weekday::Mon => '月',
                    Weekday::Tue => '火',
                    Weekday::Wed => '水',
                    Weekday::Thu => '木',
                    Weekday::Fri => '金',
                    Weekday::Sat => '土',
                    Weekday::Sun => '日',
                };
                local
                    .format(&format!("%-m月%-d日({day}) %H:%M"))
                    .to_string()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_company() {
        let time = "2026-12-31T15:05:00Z".parse().unwrap();
        assert_eq!(Language::English.date(time), "Fri 1 Jan 2027, 00:05 JST");
        assert_eq!(Language::Japanese.date(time), "2027年1月1日(金) 00:05");
    }

    #[test]
    fn the_year_is_left_out_when_it_goes_without_saying() {
        let time = "2026-12-31T15:05:00Z".parse().unwrap();
        let this_year = "2026-12-31T15:00:00Z".parse().unwrap();
        let last_year = "2026-12-31T14:59:00Z".parse().unwrap();
        for (language, near, far) in [
            (
                Language::English,
                "Fri 1 Jan, 00:05 JST",
                "Fri 1 Jan 2027, 00:05 JST",
            ),
            (
                Language::Japanese,
                "1月1日(金) 00:05",
                "2027年1月1日(金) 00:05",
            ),
        ] {
            assert_eq!(language.date_near(time, this_year), near);
            assert_eq!(language.date_near(time, last_year), far);
        }
    }
}
