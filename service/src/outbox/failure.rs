//! Deliveries that fail: what failed, and how long to wait before the next try.

use std::time::Duration;

/// Why a delivery failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    /// No answer, or one that says that the receiver is unwell. It will pass.
    #[error("{0}")]
    Unavailable(String),
    /// The receiver wants fewer messages.
    #[error("Slack wants no message for {} s", .wait.as_secs())]
    TooMany {
        /// How long it wants none.
        wait: Duration,
    },
    /// The receiver does not want this message, or none at all. It will not pass by itself: the webhook was revoked,
    /// its channel archived, or we have a fault.
    #[error("{0}")]
    Refused(String),
}

impl Failure {
    const FIRST: Duration = Duration::from_secs(2);
    const LONGEST: Duration = Duration::from_mins(5);
    /// Somebody has to act first, and that takes a while.
    const REFUSED: Duration = Duration::from_mins(10);

    /// The names of the classes.
    pub(super) const CLASSES: [&str; 3] = ["unavailable", "too-many", "refused"];

    /// The name of its class.
    pub(super) fn class(&self) -> &'static str {
        let [unavailable, too_many, refused] = Self::CLASSES;
        match self {
            Self::Unavailable(_) => unavailable,
            Self::TooMany { .. } => too_many,
            Self::Refused(_) => refused,
        }
    }

    /// How long to wait after the failure of the `attempts`th try, which is 1 for the first.
    ///
    /// `chance`, between 0 and 1, spreads what failed together.
    pub(super) fn delay(&self, attempts: u32, chance: f64) -> Duration {
        match self {
            Self::Unavailable(_) => {
                let doubled = Self::FIRST.saturating_mul(1 << attempts.saturating_sub(1).min(16));
                doubled.min(Self::LONGEST).mul_f64(0.5 + chance / 2.0)
            }
            Self::TooMany { wait } => *wait,
            Self::Refused(_) => Self::REFUSED.mul_f64(0.9 + chance / 5.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_double_up_to_five_minutes_and_are_spread() {
        let failure = Failure::Unavailable(String::new());
        let longest: Vec<_> = (1..=10)
            .map(|attempts| failure.delay(attempts, 1.0).as_secs())
            .collect();
        assert_eq!(longest, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(failure.delay(3, 0.0), Duration::from_secs(4));
        for attempts in [0, 17, 1_000, u32::MAX] {
            assert!(failure.delay(attempts, 1.0) <= Duration::from_mins(5));
        }
    }

    #[test]
    fn the_receiver_chooses_the_wait_when_it_has_too_many() {
        let wait = Duration::from_secs(30);
        assert_eq!(Failure::TooMany { wait }.delay(5, 0.7), wait);
    }

    #[test]
    fn what_is_refused_waits_for_somebody_to_act() {
        let failure = Failure::Refused(String::new());
        assert_eq!(failure.delay(1, 0.5), failure.delay(50, 0.5));
        assert!(failure.delay(1, 0.0) >= Duration::from_mins(9));
    }
}
