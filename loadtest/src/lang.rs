//! The two languages in which the load test speaks to people.

/// A language of messages and of the text report; JSON is the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    /// English.
    En,
    /// Japanese.
    Ja,
}

impl Lang {
    /// The language of a locale's name such as `ja_JP.UTF-8`.
    pub fn of_locale(locale: Option<&str>) -> Self {
        if locale.is_some_and(|name| name.starts_with("ja")) {
            Self::Ja
        } else {
            Self::En
        }
    }

    /// The one of two texts that is in this language.
    pub fn pick<T>(self, en: T, ja: T) -> T {
        match self {
            Self::En => en,
            Self::Ja => ja,
        }
    }
}

/// A count with a comma at each thousand.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Milliseconds, as exactly as anybody reads them: 0.84, 12.3, 1,234.
pub fn millis(ms: f64) -> String {
    match ms {
        _ if ms >= 99.95 => count(ms.round() as u64),
        _ if ms >= 9.995 => format!("{ms:.1}"),
        _ => format!("{ms:.2}"),
    }
}

/// A share as a percentage with the digits that tell it from its neighbours near none and near all.
pub fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    let edge = percent.min(100.0 - percent);
    match edge {
        _ if edge == 0.0 => format!("{percent:.0} %"),
        _ if edge < 0.0005 && percent < 50.0 => "< 0.001 %".to_owned(),
        _ if edge < 0.0005 => "> 99.999 %".to_owned(),
        _ if edge < 0.9995 => format!("{percent:.3} %"),
        _ if edge < 9.995 => format!("{percent:.2} %"),
        _ => format!("{percent:.1} %"),
    }
}

/// A demanded share without needless digits: 99.9 %, 5 %.
pub fn round_percent(share: f64) -> String {
    let text = format!("{:.4}", 100.0 * share);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A length of time: 45 s, 1:30, 2:05:00.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    let (hours, minutes, rest) = (whole / 3_600, whole / 60 % 60, whole % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest} s"),
        (0, _) => format!("{minutes}:{rest:02}"),
        _ => format!("{hours}:{minutes:02}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_names_the_language() {
        assert_eq!(Lang::of_locale(Some("ja_JP.UTF-8")), Lang::Ja);
        assert_eq!(Lang::of_locale(Some("C.UTF-8")), Lang::En);
        assert_eq!(Lang::of_locale(None), Lang::En);
    }

    #[test]
    fn thousands_are_separated() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (2_995, "2,995"),
            (1_000_000, "1,000,000"),
        ] {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn figures_have_the_digits_that_matter() {
        for (ms, text) in [
            (0.0, "0.00"),
            (0.844, "0.84"),
            (9.994, "9.99"),
            (9.996, "10.0"),
            (99.94, "99.9"),
            (99.96, "100"),
            (1_234.4, "1,234"),
        ] {
            assert_eq!(millis(ms), text);
        }
        for (share, text) in [
            (0.0, "0 %"),
            (1.0, "100 %"),
            (0.000_001, "< 0.001 %"),
            (0.999_999, "> 99.999 %"),
            (0.000_53, "0.053 %"),
            (0.999_123_4, "99.912 %"),
            (0.012_34, "1.23 %"),
            (0.5, "50.0 %"),
        ] {
            assert_eq!(percent(share), text);
        }
        for (share, text) in [(0.999, "99.9 %"), (0.05, "5 %"), (0.0005, "0.05 %")] {
            assert_eq!(round_percent(share), text);
        }
        for (seconds, text) in [
            (0.0, "0 s"),
            (59.4, "59 s"),
            (90.0, "1:30"),
            (7_500.0, "2:05:00"),
        ] {
            assert_eq!(clock(seconds), text);
        }
    }
}
