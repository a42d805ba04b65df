//! Shares and spans of time as people write them.

use crate::domain::Language;

/// A share in percent, rounded down, so that 100 means all; `None` of nothing.
pub(super) fn percent(part: i64, whole: i64) -> Option<i64> {
    (part * 100).checked_div(whole)
}

/// A span of time in its most telling unit.
pub(super) fn span(language: Language, seconds: f64) -> String {
    let (minutes, hours, days) = (seconds / 60.0, seconds / 3_600.0, seconds / 86_400.0);
    // What is rounded up to a whole of the next unit is said in that.
    if days >= 0.95 {
        language.pick(format!("{days:.1} days"), format!("{days:.1} 日"))
    } else if hours >= 0.95 {
        language.pick(format!("{hours:.1} hours"), format!("{hours:.1} 時間"))
    } else {
        language.pick(format!("{minutes:.0} minutes"), format!("{minutes:.0} 分"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_said_of_all_only_and_nothing_has_no_share() {
        assert_eq!(percent(199, 200), Some(99));
        assert_eq!(percent(200, 200), Some(100));
        assert_eq!(percent(0, 0), None);
    }

    #[test]
    fn spans_are_said_in_the_unit_that_tells_most() {
        for (seconds, english, japanese) in [
            (0.0, "0 minutes", "0 分"),
            (1_500.0, "25 minutes", "25 分"),
            (3_599.0, "1.0 hours", "1.0 時間"),
            (7_200.0, "2.0 hours", "2.0 時間"),
            (216_000.0, "2.5 days", "2.5 日"),
        ] {
            assert_eq!(span(Language::English, seconds), english);
            assert_eq!(span(Language::Japanese, seconds), japanese);
        }
    }
}
