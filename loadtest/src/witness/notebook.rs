//! Where looks write down what they see: only what is new, with the time of the look before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use aws_smithy_types::DateTime as AwsTime;
use chrono::{DateTime, Utc};

use super::{Gap, Seen, Sighting};

/// So many sightings are kept at most; a day of everything that is looked at has fewer.
const MOST: usize = 100_000;

/// Second 0, by the clock that does not jump and by the one that AWS has too.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// The one.
    pub instant: Instant,
    /// The other.
    pub utc: DateTime<Utc>,
}

impl Clock {
    /// Now, in seconds.
    pub fn now_s(&self) -> f64 {
        tenth(self.instant.elapsed().as_secs_f64())
    }

    /// A time of AWS, in seconds.
    pub fn of_s(&self, time: &AwsTime) -> f64 {
        let zero = self.utc.timestamp_micros() as f64 / 1e6;
        tenth(time.as_secs_f64() - zero)
    }
}

/// Looks are seconds apart: what is finer is noise in a file that people read.
fn tenth(seconds: f64) -> f64 {
    (10.0 * seconds).round() / 10.0
}

/// Where looks write down what they see.
pub struct Notebook<'a> {
    /// The time axis.
    pub clock: Clock,
    page: Mutex<Page>,
    sink: Box<dyn Fn(Sighting) + Send + Sync + 'a>,
}

#[derive(Debug, Default)]
struct Page {
    /// What each thing was last, by look and name.
    last: BTreeMap<(&'static str, String), Seen>,
    /// When each look last gave something.
    looked: BTreeMap<&'static str, f64>,
    /// The looks that give nothing now.
    gaps: BTreeSet<String>,
    written: usize,
}

impl<'a> Notebook<'a> {
    /// An empty one that hands on what is new.
    pub fn new(clock: Clock, sink: impl Fn(Sighting) + Send + Sync + 'a) -> Self {
        Self {
            clock,
            page: Mutex::default(),
            sink: Box::new(sink),
        }
    }

    /// Notes what a look saw, if each thing was not so before; the look is named by its call, a thing by its id.
    pub fn looked(&self, operation: &'static str, seen: Vec<(String, Seen)>) {
        let now = self.clock.now_s();
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        let after_s = page.looked.insert(operation, now);
        if page.gaps.remove(operation) {
            let operation = operation.to_owned();
            self.write(&mut page, now, None, Seen::Back { operation });
        }
        for (id, seen) in seen {
            let key = (operation, id);
            if page.last.get(&key) != Some(&seen) {
                page.last.insert(key, seen.clone());
                self.write(&mut page, now, after_s, seen);
            }
        }
    }

    /// Notes that a look gave nothing, once until it gives something again.
    pub fn missed(&self, gap: Gap) {
        let now = self.clock.now_s();
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        if page.gaps.insert(gap.operation.clone()) {
            let after_s = page.looked.get(gap.operation.as_str()).copied();
            self.write(&mut page, now, after_s, Seen::Gap(gap));
        }
    }

    /// Notes the last look.
    pub fn end(&self) {
        let now = self.clock.now_s();
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        page.written = 0;
        self.write(&mut page, now, None, Seen::End);
    }

    fn write(&self, page: &mut Page, at_s: f64, after_s: Option<f64>, seen: Seen) {
        page.written += 1;
        let seen = match page.written {
            ..MOST => seen,
            MOST => Seen::Gap(Gap {
                operation: "loadtest".to_owned(),
                code: "TooMuch".to_owned(),
                message: format!("{MOST} sightings were noted, no more are"),
            }),
            _ => return,
        };
        (self.sink)(Sighting {
            at_s,
            after_s,
            seen,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::witness::Tasks;

    fn tasks(running: u32) -> Vec<(String, Seen)> {
        let tasks = Tasks {
            desired: 2,
            running,
            ..Tasks::default()
        };
        vec![(String::new(), Seen::Tasks(tasks))]
    }

    fn gap() -> Gap {
        Gap {
            operation: "ecs:DescribeServices".to_owned(),
            code: "ThrottlingException".to_owned(),
            message: "Rate exceeded".to_owned(),
        }
    }

    #[test]
    fn what_is_as_before_is_not_noted_and_a_gap_is_noted_once() {
        let seen = Mutex::new(vec![]);
        let clock = Clock {
            instant: Instant::now(),
            utc: Utc::now(),
        };
        let notes = Notebook::new(clock, |sighting| seen.lock().unwrap().push(sighting.seen));
        let look = "ecs:DescribeServices";
        notes.looked(look, tasks(1));
        notes.looked(look, tasks(1));
        notes.missed(gap());
        notes.missed(gap());
        notes.looked(look, tasks(2));
        notes.end();
        drop(notes);
        let expected = [
            tasks(1)[0].1.clone(),
            Seen::Gap(gap()),
            Seen::Back {
                operation: look.to_owned(),
            },
            tasks(2)[0].1.clone(),
            Seen::End,
        ];
        assert_eq!(seen.into_inner().unwrap(), expected);
    }
}
