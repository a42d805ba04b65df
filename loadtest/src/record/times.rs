//! Histograms of times: microseconds inside, milliseconds outside.

use std::io;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer};

/// Times in microseconds, three digits exact, as wide as needed.
pub type Times = Histogram<u32>;

/// Three significant digits: 1,000 ms is told from 1,001 ms.
const DIGITS: u8 = 3;

/// An empty histogram.
#[expect(
    clippy::expect_used,
    reason = "fails only for more than five digits, and the digits are a constant"
)]
pub fn times() -> Times {
    Histogram::new(DIGITS).expect("three digits are allowed")
}

/// Adds a time.
pub fn note(times: &mut Times, time: Duration) {
    // A time beyond 584,000 years does not happen, and the histogram resizes itself for any other.
    let _ = times.record(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
}

/// A percentile in milliseconds; 0 when nothing was noted.
pub fn percentile_ms(times: &Times, percentile: f64) -> f64 {
    if times.is_empty() {
        0.0
    } else {
        times.value_at_percentile(percentile) as f64 / 1_000.0
    }
}

/// The largest time in milliseconds.
pub fn max_ms(times: &Times) -> f64 {
    times.max() as f64 / 1_000.0
}

/// The histogram as text: HdrHistogram V2, deflated, base64. Every count is in it, so any number of them merge exactly.
#[expect(
    clippy::expect_used,
    reason = "writing to memory fails only beyond the counts and sizes that a histogram of this type can have"
)]
pub fn encode(times: &Times) -> String {
    let mut bytes = vec![];
    V2DeflateSerializer::new()
        .serialize(times, &mut bytes)
        .expect("a histogram fits into memory");
    STANDARD.encode(bytes)
}

/// The histogram that was written as this text.
pub fn decode(text: &str) -> io::Result<Times> {
    let malformed = |why: String| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("no histogram of times: {why}"),
        )
    };
    let bytes = STANDARD
        .decode(text)
        .map_err(|error| malformed(error.to_string()))?;
    Deserializer::new()
        .deserialize(&mut bytes.as_slice())
        .map_err(|error| malformed(format!("{error:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_comes_back_as_it_was() {
        let mut before = times();
        for millis in [1, 20, 300, 4_000] {
            note(&mut before, Duration::from_millis(millis));
        }
        assert_eq!(decode(&encode(&before)).unwrap(), before);
    }

    #[test]
    fn what_is_no_histogram_is_refused() {
        for text in ["", "x", "AAAA", "SERPR0dFUg=="] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}
