//! Days and times as people write them into spreadsheets.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

/// What a cell says of when an event begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// A moment, with its offset from UTC.
    Moment(DateTime<Utc>),
    /// A day of the company, and maybe a time on its clocks.
    Day(NaiveDate, Option<NaiveTime>),
}

/// Reads a day with its year, or a day and a time. Of a stretch of time, its beginning.
pub(super) fn day(raw: &str) -> Option<When> {
    let text = plain(raw);
    if let Ok(moment) = DateTime::parse_from_rfc3339(&text) {
        return Some(When::Moment(moment.to_utc()));
    }
    let mut rest = Rest(&text);
    let year = if rest.word("令和") || rest.word("r") {
        let first = rest.word("元");
        2018 + if first { 1 } else { rest.number(2)? }
    } else {
        rest.number(4).filter(|year| *year >= 1000)?
    };
    rest.one_of("-/.年").then_some(())?;
    let month = rest.space().number(2)?;
    rest.one_of("-/.月").then_some(())?;
    let day = rest.space().number(2)?;
    rest.one_of("日");
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    rest.one_of("t,、");
    if rest.space().0.is_empty() {
        return Some(When::Day(date, None));
    }
    Some(When::Day(date, Some(time(rest.0)?)))
}

/// Reads a time. Of a stretch of time, its beginning.
pub(super) fn time(raw: &str) -> Option<NaiveTime> {
    let text = plain(raw);
    let mut rest = Rest(&text);
    let before = rest.half();
    let hour = rest.space().number(2)?;
    let minute = if rest.one_of(":") {
        rest.number(2)?
    } else {
        rest.one_of("時").then_some(())?;
        if rest.one_of("半") {
            30
        } else {
            rest.number(2).unwrap_or(0)
        }
    };
    rest.one_of("分");
    let second = if rest.one_of(":") { rest.number(2)? } else { 0 };
    let half = before.or(rest.space().half());
    // After the beginning there may be an end, which the service does not keep.
    let ended = rest.space().0.is_empty()
        || rest.one_of("~-〜–—→")
        || rest.word("から")
        || rest.word("開始");
    let hour = match half {
        None => hour,
        Some(_) if hour > 12 => return None,
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
    };
    ended
        .then(|| NaiveTime::from_hms_opt(hour, minute, second))
        .flatten()
}

/// Full-width characters, as Japanese keyboards give them, as their plain forms.
pub(super) fn narrow(raw: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    raw.trim().chars().map(plain).collect()
}

/// In plain characters and lower case, without the day of the week, which people add in brackets.
fn plain(raw: &str) -> String {
    let text = narrow(raw).to_lowercase();
    match (text.find('('), text.find(')')) {
        (Some(open), Some(close)) if open < close => {
            format!("{} {}", &text[..open], &text[close + 1..])
                .trim()
                .to_owned()
        }
        _ => text,
    }
}

/// What of a text has not been read yet.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn space(&mut self) -> &mut Self {
        self.0 = self.0.trim_start();
        self
    }

    fn word(&mut self, word: &str) -> bool {
        let rest = self.0.strip_prefix(word);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn one_of(&mut self, characters: &str) -> bool {
        let rest = self.0.strip_prefix(|c| characters.contains(c));
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// A number of so many digits at most, and no more.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let length = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = self
            .0
            .split_at((1..=digits).contains(&length).then_some(length)?);
        self.0 = rest;
        number.parse().ok()
    }

    /// Whether it is the afternoon, if that is said.
    fn half(&mut self) -> Option<bool> {
        if self.word("午後") || self.word("pm") || self.word("p.m.") {
            return Some(true);
        }
        (self.word("午前") || self.word("am") || self.word("a.m.")).then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(raw: &str) -> String {
        match day(raw) {
            None => "-".to_owned(),
            Some(When::Moment(moment)) => moment.to_rfc3339(),
            Some(When::Day(date, None)) => date.to_string(),
            Some(When::Day(date, Some(time))) => format!("{date} {time}"),
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for raw in [
            "2026/12/4 19:00",
            "2026/12/04 19:00:00",
            "2026-12-04T19:00",
            "2026-12-04 19:00",
            "2026.12.4 19:00",
            "2026年12月4日 19時",
            "2026年12月4日(金) 19:00",
            "２０２６／１２／４　１９：００",
            "2026/12/4（金）19:00〜21:00",
            "2026/12/4 19:00-21:00",
            "2026/12/4, 7:00 PM",
            "2026/12/4 午後7時",
            "令和8年12月4日19時00分",
            "R8.12.4 19:00",
            "2026年 12月 4日、19時から",
        ] {
            assert_eq!(written(raw), "2026-12-04 19:00:00", "{raw}");
        }
        for raw in [
            "2026/12/4",
            "2026-12-04",
            " 2026年12月4日（金） ",
            "令和8年12月4日",
        ] {
            assert_eq!(written(raw), "2026-12-04", "{raw}");
        }
        assert_eq!(written("令和元年5月1日"), "2019-05-01");
        for raw in ["2026-12-04T19:00:00+09:00", "2026-12-04T10:00:00Z"] {
            assert_eq!(written(raw), "2026-12-04T10:00:00+00:00", "{raw}");
        }
    }

    #[test]
    fn what_could_mean_several_days_or_none_is_no_day() {
        for raw in [
            "",
            "12/4",
            "12月4日",
            "12/4/2026",
            "4.12.2026",
            "26/12/4",
            "2026/2/30",
            "2026/13/1",
            "20261204",
            "46360",
            "2026/12",
            "2026/12/4 at noon",
            "2026/12/4 25:00",
            "2026/12/4 19:00 金",
            "tomorrow",
            "2026/12/4 13:00 PM",
        ] {
            assert_eq!(written(raw), "-", "{raw}");
        }
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (raw, expected) in [
            ("19:00", "19:00:00"),
            ("１９：３０", "19:30:00"),
            ("9:05:30", "09:05:30"),
            ("19時", "19:00:00"),
            ("19時半", "19:30:00"),
            ("19時30分〜", "19:30:00"),
            ("午後7時30分", "19:30:00"),
            ("7:30pm", "19:30:00"),
            ("12:15 AM", "00:15:00"),
            ("午後12時", "12:00:00"),
            ("18:00～20:00", "18:00:00"),
        ] {
            assert_eq!(
                time(raw).map(|time| time.to_string()).as_deref(),
                Some(expected),
                "{raw}"
            );
        }
        for raw in ["", "evening", "24:00", "19", "1900", "19:0x", "19:60"] {
            assert_eq!(time(raw), None, "{raw}");
        }
    }
}
