//! Durations as people write them.

use std::time::Duration;

pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let hint = || format!("\"{text}\" is not a duration: write for example 90s, 15m, 2h or 1d");
    let unit = text.chars().last().ok_or_else(hint)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(hint()),
    };
    let count: u64 = text[..text.len() - unit.len_utf8()]
        .parse()
        .map_err(|_| hint())?;
    count
        .checked_mul(seconds)
        .filter(|total| *total <= 31_536_000)
        .map(Duration::from_secs)
        .ok_or_else(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_nonsense_is_refused() {
        assert_eq!(parse_duration("15m"), Ok(Duration::from_secs(900)));
        for text in ["", "m", "15", "-1m", "1.5h", "15分", "99999999d"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
