//! Times, rates and shares as people write them, in plan files and on the command line.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Longer is no time that anybody means, and too many such times together are more than a clock can count.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3_600);

/// What was expected instead of the text that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {0}")]
pub struct Malformed(&'static str);

/// A time such as `500ms`, `20s`, `1.5m` or `1h`; zero is one too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Time(pub Duration);

/// A share written as a percentage, such as `99.9%`; more than nothing and less than all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Share(pub f64);

/// Requests per second: constant as `200/s`, or growing evenly over the phase as `50/s..400/s`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rate {
    /// At the beginning.
    pub from: f64,
    /// At the end.
    pub to: f64,
}

impl Rate {
    /// The highest rate of it.
    pub fn peak(self) -> f64 {
        self.from.max(self.to)
    }

    /// The mean rate.
    pub fn mean(self) -> f64 {
        f64::midpoint(self.from, self.to)
    }
}

impl FromStr for Time {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let wrong = Malformed("a time such as 500ms, 20s, 5m or 1h");
        let digits = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let seconds = match unit {
            "ms" => 0.001,
            "s" | "" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            _ => return Err(wrong),
        };
        let number: f64 = number.parse().map_err(|_| wrong)?;
        match Duration::try_from_secs_f64(number * seconds) {
            Ok(time) if time <= LONGEST => Ok(Self(time)),
            Ok(_) => Err(Malformed("a time of at most a year")),
            Err(_) => Err(wrong),
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_zero() {
            return f.write_str("0s");
        }
        let millis = self.0.as_secs_f64() * 1_000.0;
        for (unit, length) in [("h", 3_600_000.0), ("m", 60_000.0), ("s", 1_000.0)] {
            if millis >= length && millis % length == 0.0 {
                return write!(f, "{}{unit}", millis / length);
            }
        }
        write!(f, "{millis}ms")
    }
}

impl FromStr for Share {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let number = text.trim_end_matches('%').trim_end();
        match number.parse::<f64>() {
            // Dividing by 100 alone makes 99.9 % a hair more than 0.999.
            Ok(percent) if percent > 0.0 && percent < 100.0 => {
                Ok(Self((percent * 1e7).round() / 1e9))
            }
            _ => Err(Malformed("a percentage between 0 and 100, such as 99.9%")),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", (self.0 * 1e9).round() / 1e7)
    }
}

impl FromStr for Rate {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let one = |text: &str| {
            let number = text.trim().strip_suffix("/s").unwrap_or(text.trim());
            number
                .parse::<f64>()
                .ok()
                .filter(|rate| rate.is_finite() && *rate >= 0.0)
                .ok_or(Malformed(
                    "requests per second, such as 200/s, or a ramp such as 50/s..400/s",
                ))
        };
        Ok(match text.split_once("..") {
            Some((from, to)) => Self {
                from: one(from)?,
                to: one(to)?,
            },
            None => Self {
                from: one(text)?,
                to: one(text)?,
            },
        })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", self.from)?;
        if self.to == self.from {
            return Ok(());
        }
        write!(f, "..{}/s", self.to)
    }
}

/// Lets serde read and write a type as the text that people write.
macro_rules! as_text {
    ($($unit:ty),*) => {$(
        impl TryFrom<String> for $unit {
            type Error = Malformed;

            fn try_from(text: String) -> Result<Self, Malformed> {
                text.parse()
            }
        }

        impl From<$unit> for String {
            fn from(unit: $unit) -> Self {
                unit.to_string()
            }
        }
    )*};
}

as_text!(Time, Share, Rate);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_written_as_people_write_them() {
        for (text, millis) in [("20s", 20_000), ("90s", 90_000), ("250ms", 250), ("0s", 0)] {
            let time: Time = text.parse().unwrap();
            assert_eq!(time.0.as_millis(), millis);
            assert_eq!(time.to_string(), text);
        }
        assert_eq!("1.5m".parse::<Time>().unwrap().to_string(), "90s");
        assert_eq!("120s".parse::<Time>().unwrap().to_string(), "2m");
        for text in ["99.9%", "1%", "0.05%"] {
            assert_eq!(text.parse::<Share>().unwrap().to_string(), text);
        }
        assert_eq!("99.9".parse::<Share>(), Ok(Share(0.999)));
        for text in ["200/s", "0.5/s", "50/s..400/s", "0/s..10/s"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "-1", "inf", "NaN", "200/m", "1/s..", "..", "1/s-2/s"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
        for text in ["", "s", "20d", "1..5s", "1e999s", "-3s", "8761h"] {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
        for text in ["0", "100", "x", "%"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }
}
