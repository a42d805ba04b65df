//! The languages the service speaks, and how it writes times in them.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;

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

    /// A time with its year, as the clocks of its zone show it.
    pub fn date(self, time: DateTime<Tz>) -> String {
        let day = self.day(time.date_naive());
        match self {
            Self::English => format!("{day} {}, {}", time.year(), self.clock(time)),
            Self::Japanese => format!("{}年{day} {}", time.year(), self.clock(time)),
        }
    }

    /// A time as people write it to each other: the year only if it is not that of `now`.
    pub fn date_near(self, time: DateTime<Tz>, now: DateTime<Utc>) -> String {
        let day = self.day_near(
            time.date_naive(),
            now.with_timezone(&time.timezone()).date_naive(),
        );
        let comma = self.pick(",", "");
        format!("{day}{comma} {}", self.clock(time))
    }

    /// A day as people write it to each other: the year only if it is not that of `today`.
    pub fn day_near(self, day: NaiveDate, today: NaiveDate) -> String {
        match self {
            _ if day.year() == today.year() => self.day(day),
            Self::English => format!("{} {}", self.day(day), day.year()),
            Self::Japanese => format!("{}年{}", day.year(), self.day(day)),
        }
    }

    /// A day with its month and day of the week.
    pub fn day(self, day: NaiveDate) -> String {
        match self {
            Self::English => day.format("%a %-d %b").to_string(),
            Self::Japanese => {
                let weekday = self.weekday(day.weekday());
                day.format(&format!("%-m月%-d日({weekday})")).to_string()
            }
        }
    }

    /// The short name of a day of the week.
    pub fn weekday(self, weekday: Weekday) -> &'static str {
        match weekday {
            Weekday::Mon => self.pick("Mon", "月"),
            Weekday::Tue => self.pick("Tue", "火"),
            Weekday::Wed => self.pick("Wed", "水"),
            Weekday::Thu => self.pick("Thu", "木"),
            Weekday::Fri => self.pick("Fri", "金"),
            Weekday::Sat => self.pick("Sat", "土"),
            Weekday::Sun => self.pick("Sun", "日"),
        }
    }

    /// The month of a day, with its year.
    pub fn month(self, day: NaiveDate) -> String {
        day.format(self.pick("%B %Y", "%Y年%-m月")).to_string()
    }

    /// What the clocks of its zone show at that time, with the zone where it does not go without saying.
    pub fn clock(self, time: DateTime<Tz>) -> String {
        time.format("%H:%M").to_string() + &self.zone(time)
    }

    /// The name of the zone at that time, which says whether it is summer time; its offset where the zone has no
    /// letters of its own. Whoever reads Japanese knows when it is what time in Japan.
    fn zone(self, time: DateTime<Tz>) -> String {
        let name = time.format("%Z").to_string();
        let name = if name.starts_with(['+', '-']) {
            time.format("UTC%:z").to_string()
        } else {
            name
        };
        match self {
            Self::English => format!(" {name}"),
            Self::Japanese if name == "JST" => String::new(),
            Self::Japanese => format!("({name})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America, Asia};

    use super::*;

    fn at(zone: Tz, time: &str) -> DateTime<Tz> {
        time.parse::<DateTime<Utc>>().unwrap().with_timezone(&zone)
    }

    #[test]
    fn times_are_those_of_their_zone_and_name_it_where_it_does_not_go_without_saying() {
        for (zone, time, english, japanese) in [
            (
                Asia::Tokyo,
                "2026-12-31T15:05:00Z",
                "Fri 1 Jan 2027, 00:05 JST",
                "2027年1月1日(金) 00:05",
            ),
            (
                America::New_York,
                "2026-07-01T03:30:00Z",
                "Tue 30 Jun 2026, 23:30 EDT",
                "2026年6月30日(火) 23:30(EDT)",
            ),
            (
                America::New_York,
                "2026-12-01T04:30:00Z",
                "Mon 30 Nov 2026, 23:30 EST",
                "2026年11月30日(月) 23:30(EST)",
            ),
            (
                Asia::Kathmandu,
                "2026-12-31T18:15:00Z",
                "Fri 1 Jan 2027, 00:00 UTC+05:45",
                "2027年1月1日(金) 00:00(UTC+05:45)",
            ),
        ] {
            assert_eq!(Language::English.date(at(zone, time)), english);
            assert_eq!(Language::Japanese.date(at(zone, time)), japanese);
        }
    }

    #[test]
    fn the_year_is_left_out_when_it_goes_without_saying() {
        let time = "2026-12-31T15:05:00Z";
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
            let tokyo = at(Asia::Tokyo, time);
            assert_eq!(language.date_near(tokyo, this_year), near);
            assert_eq!(language.date_near(tokyo, last_year), far);
        }
        // Where it is still the old year.
        let azores = at(Tz::Atlantic__Azores, time);
        assert_eq!(
            Language::English.date_near(azores, last_year),
            "Thu 31 Dec, 14:05 UTC-01:00"
        );
    }
}
