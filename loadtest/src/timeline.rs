//! What was seen, as series over time: the questions that stopwatch and judge ask of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::witness::{
    Activity, Alarm, Direction, Event, Measure, Metric, Policy, Range, Seen, Sighting, Targets,
    Tasks,
};

/// A moment that is known to within the looks around it: it lies in the `within_s` seconds up to `at_s`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    /// When it was seen, in seconds.
    pub at_s: f64,
    /// So much earlier it may have been.
    pub within_s: f64,
}

impl Moment {
    /// The earliest that it can have been.
    pub fn earliest_s(self) -> f64 {
        self.at_s - self.within_s
    }
}

/// A time in which a look gave nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// The call, which is also the name of the permission.
    pub operation: String,
    /// The code of the error.
    pub code: String,
    /// What AWS said.
    pub message: String,
    /// From when on nothing is known, in seconds after the beginning of the schedule.
    pub from_s: f64,
    /// When it was over; nothing if it lasted to the end.
    pub to_s: Option<f64>,
}

/// What was seen, in the order of its time.
#[derive(Debug, Clone, Copy)]
pub struct Timeline<'a> {
    sightings: &'a [Sighting],
}

impl<'a> Timeline<'a> {
    /// That of these sightings.
    pub fn new(sightings: &'a [Sighting]) -> Self {
        Self { sightings }
    }

    /// Whether nothing was seen at all.
    pub fn is_empty(&self) -> bool {
        self.sightings.is_empty()
    }

    /// Until when somebody looked.
    pub fn end_s(&self) -> f64 {
        self.sightings.last().map_or(0.0, |last| last.at_s)
    }

    fn series<T: 'a>(
        &self,
        pick: impl Fn(&'a Seen) -> Option<T> + 'a,
    ) -> impl Iterator<Item = (Moment, T)> + 'a {
        self.sightings.iter().filter_map(move |sighting| {
            let at_s = sighting.at_s;
            let within_s = sighting.after_s.map_or(0.0, |after| at_s - after);
            Some((Moment { at_s, within_s }, pick(&sighting.seen)?))
        })
    }

    /// How many tasks there were.
    pub fn tasks(&self) -> impl Iterator<Item = (Moment, Tasks)> + 'a {
        self.series(|seen| match seen {
            Seen::Tasks(tasks) => Some(*tasks),
            _ => None,
        })
    }

    /// How many tasks there were at a time.
    pub fn tasks_at(&self, at_s: f64) -> Option<Tasks> {
        let until = |(moment, _): &(Moment, Tasks)| moment.at_s <= at_s;
        self.tasks()
            .take_while(until)
            .last()
            .or_else(|| self.tasks().next())
            .map(|(_, tasks)| tasks)
    }

    /// How the targets did.
    pub fn targets(&self) -> impl Iterator<Item = (Moment, Targets)> + 'a {
        self.series(|seen| match seen {
            Seen::Targets(targets) => Some(*targets),
            _ => None,
        })
    }

    /// Between which counts scaling moved.
    pub fn ranges(&self) -> impl Iterator<Item = (Moment, Range)> + 'a {
        self.series(|seen| match seen {
            Seen::Range(range) => Some(*range),
            _ => None,
        })
    }

    /// The range at a time.
    pub fn range_at(&self, at_s: f64) -> Option<Range> {
        let until = |(moment, _): &(Moment, Range)| moment.at_s <= at_s;
        self.ranges()
            .take_while(until)
            .last()
            .or_else(|| self.ranges().next())
            .map(|(_, range)| range)
    }

    /// The policy that follows the CPU.
    pub fn cpu_policy(&self) -> Option<&'a Policy> {
        self.policies().find(|policy| policy.follows_cpu())
    }

    /// What scaling followed.
    pub fn policies(&self) -> impl Iterator<Item = &'a Policy> {
        self.series(|seen| match seen {
            Seen::Policy(policy) => Some(policy),
            _ => None,
        })
        .map(|(_, policy)| policy)
    }

    /// What scaling did, and did not do.
    pub fn activities(&self) -> impl Iterator<Item = &'a Activity> {
        self.series(|seen| match seen {
            Seen::Activity(activity) => Some(activity),
            _ => None,
        })
        .map(|(_, activity)| activity)
    }

    /// The states of the alarms that make scaling go this way.
    pub fn alarms(&self, direction: Direction) -> impl Iterator<Item = &'a Alarm> {
        self.series(move |seen| match seen {
            Seen::Alarm(alarm) if alarm.scales == Some(direction) => Some(alarm),
            _ => None,
        })
        .map(|(_, alarm)| alarm)
    }

    /// The values of a metric, with the moment when each could be read.
    pub fn metric(&self, measure: Measure) -> impl Iterator<Item = (Moment, Metric)> + 'a {
        self.series(move |seen| match seen {
            Seen::Metric(metric) if metric.of == measure => Some(*metric),
            _ => None,
        })
    }

    /// What the service said of itself.
    pub fn events(&self) -> impl Iterator<Item = &'a Event> {
        self.series(|seen| match seen {
            Seen::Event(event) => Some(event),
            _ => None,
        })
        .map(|(_, event)| event)
    }

    /// The times in which a look gave nothing.
    pub fn gaps(&self) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = vec![];
        for sighting in self.sightings {
            match &sighting.seen {
                Seen::Gap(gap) => gaps.push(Gap {
                    operation: gap.operation.clone(),
                    code: gap.code.clone(),
                    message: gap.message.clone(),
                    from_s: sighting.after_s.unwrap_or(sighting.at_s),
                    to_s: None,
                }),
                Seen::Back { operation } => {
                    let open = |gap: &&mut Gap| gap.operation == *operation && gap.to_s.is_none();
                    if let Some(gap) = gaps.iter_mut().find(open) {
                        gap.to_s = Some(sighting.at_s);
                    }
                }
                _ => {}
            }
        }
        gaps
    }

    /// Whether this look gave nothing at some time between these.
    pub fn is_blind(&self, operation: &str, from_s: f64, to_s: f64) -> bool {
        self.gaps().iter().any(|gap| {
            let ends = gap.to_s.unwrap_or(f64::INFINITY);
            gap.operation == operation && gap.from_s < to_s && ends > from_s
        })
    }
}
