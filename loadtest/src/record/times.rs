//! Histograms of times: microseconds inside, milliseconds outside.

use std::time::Duration;

use hdrhistogram::Histogram;

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
