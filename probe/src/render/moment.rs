//! Times as people read them: on a screen how long ago, in a pipe the moment itself.

use chrono::{DateTime, SecondsFormat, Utc};

use super::page::Screen;
use crate::words::Lang;

/// How times are written on one page.
pub(super) struct Clock {
    now: DateTime<Utc>,
    lang: Lang,
    on_screen: bool,
}

impl Clock {
    pub(super) fn new(now: DateTime<Utc>, lang: Lang, screen: Screen) -> Self {
        let on_screen = screen.width.is_some();
        Self {
            now,
            lang,
            on_screen,
        }
    }

    /// `12m ago` on a screen. A pipe is read later, and compared: there it is the moment.
    pub(super) fn ago(&self, at: DateTime<Utc>) -> String {
        let span = || span((self.now - at).num_seconds(), self.lang);
        match (self.on_screen, self.lang) {
            (false, _) => stamp(at),
            (true, Lang::En) => format!("{} ago", span()),
            (true, Lang::Ja) => format!("{}前", span()),
        }
    }

    /// The time of the day on a screen, the moment in a pipe.
    pub(super) fn at(&self, at: DateTime<Utc>) -> String {
        match self.on_screen {
            true => at.format("%H:%M:%S").to_string(),
            false => stamp(at),
        }
    }
}

/// RFC 3339 in UTC, to the second.
pub(super) fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Seconds as people say them: `45s`, `12m`, `3h`, `2d`.
pub(super) fn span(seconds: i64, lang: Lang) -> String {
    let seconds = seconds.max(0);
    let (count, en, ja) = match seconds {
        0..120 => (seconds, "s", "秒"),
        120..7_200 => (seconds / 60, "m", "分"),
        7_200..172_800 => (seconds / 3_600, "h", "時間"),
        _ => (seconds / 86_400, "d", "日"),
    };
    match lang {
        Lang::En => format!("{count}{en}"),
        Lang::Ja => format!("{count} {ja}"),
    }
}

/// A count with its thousands apart: `12,345`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(count), text);
        }
    }

    #[test]
    fn a_span_has_the_unit_that_tells_enough() {
        for (seconds, en, ja) in [
            (-5, "0s", "0 秒"),
            (119, "119s", "119 秒"),
            (120, "2m", "2 分"),
            (7_200, "2h", "2 時間"),
            (172_800, "2d", "2 日"),
        ] {
            assert_eq!(
                (
                    span(seconds, Lang::En).as_str(),
                    span(seconds, Lang::Ja).as_str()
                ),
                (en, ja)
            );
        }
    }
}
