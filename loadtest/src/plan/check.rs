//! From what is written to what may run.

use std::time::Duration;

use super::file::{File, PhaseEntry, RuleEntry, SLOW, default_rules};
use super::rule::{Demand, Rule, Scope};
use super::scaling::Expected;
use super::units::{Share, Time};
use super::{Action, Fault, Mistake, Phase, Plan};

/// Nobody runs longer by intention.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);
/// A day at 5,000/s, far above any use: the schedule is gone through before the load, and somebody waits for that.
pub(super) const MOST_REQUESTS: u64 = 500_000_000;
/// People that wait at once at most; each of them may hold a connection.
pub(super) const MOST_USERS: usize = 20_000;
/// A rule that lets a smaller share miss it takes more than 300 million requests, and no run has so many.
/// (Less a hair: a share is 1 less another one.)
const STRICTEST: f64 = 0.999e-8;
/// Without `users`, so many seconds of a stall are felt by nobody but those who wait in it.
const STALL_SECONDS: f64 = 2.0;

impl TryFrom<File> for Plan {
    type Error = Mistake;

    fn try_from(file: File) -> Result<Self, Mistake> {
        let phases = file
            .phases
            .into_iter()
            .map(Phase::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        check(&phases)?;
        let slow = file.slow.map_or(SLOW, |slow| slow.0);
        let mut entries = file.rules;
        if entries.is_empty() {
            entries = default_rules(slow);
        }
        let rules = entries
            .iter()
            .map(|rule| rule.checked(&phases))
            .collect::<Result<_, _>>()?;
        let peak = phases
            .iter()
            .map(|phase| phase.rate.peak())
            .fold(0.0, f64::max);
        let stall = (peak * STALL_SECONDS).ceil() as usize;
        let users = file.users.unwrap_or(stall.clamp(10, MOST_USERS));
        if users == 0 || users > MOST_USERS {
            return Err(Mistake::Users(users));
        }
        let positive = |time: Option<Time>, key, default| match time.map(|time| time.0) {
            Some(Duration::ZERO) => Err(Mistake::NoTime(key)),
            Some(time) => Ok(time),
            None => Ok(default),
        };
        Ok(Self {
            name: file.name.unwrap_or_else(|| "constant".to_owned()),
            arrivals: file.arrivals.unwrap_or_default(),
            seed: file.seed.unwrap_or_default(),
            slow: positive(file.slow, "slow", slow)?,
            timeout: positive(file.timeout, "timeout", Duration::from_secs(5))?,
            connection_lifetime: file
                .connection_lifetime
                .map_or(Some(Duration::from_secs(60)), |time| {
                    (!time.0.is_zero()).then_some(time.0)
                }),
            http2: file.http2.unwrap_or_default(),
            abort: file.abort.unwrap_or(true),
            users,
            max_lateness: positive(
                file.max_lateness,
                "max_lateness",
                Duration::from_millis(100),
            )?,
            max_cpu: file.max_cpu.map_or(0.8, |share| share.0),
            phases,
            rules,
            scaling: file.scaling.map(Expected::checked).transpose()?,
        })
    }
}

fn check(phases: &[Phase]) -> Result<(), Mistake> {
    for (place, phase) in phases.iter().enumerate() {
        if phases[..place].iter().any(|other| other.name == phase.name) {
            return Err(Mistake::PhaseTwice(phase.name.clone()));
        }
    }
    if !phases.iter().any(|phase| phase.judged) {
        return Err(Mistake::NothingJudged);
    }
    let requests: f64 = phases.iter().map(Phase::requests).sum();
    if requests < 1.0 {
        return Err(Mistake::NoRequests);
    }
    if phases.iter().map(|phase| phase.duration).sum::<Duration>() > LONGEST {
        return Err(Mistake::TooLong);
    }
    if requests > MOST_REQUESTS as f64 {
        return Err(Mistake::TooManyRequests);
    }
    Ok(())
}

impl TryFrom<PhaseEntry> for Phase {
    type Error = Mistake;

    fn try_from(entry: PhaseEntry) -> Result<Self, Mistake> {
        let mix = entry.mix.unwrap_or_default();
        let people = [mix.browse, mix.join, mix.leave, mix.organise];
        if people.iter().all(|share| *share == 0) || people.iter().any(|share| *share > 1_000_000) {
            return Err(Mistake::Mix(entry.name));
        }
        if entry.duration.0.is_zero() {
            return Err(Mistake::PhaseWithoutTime(entry.name));
        }
        let fault = match entry.fault {
            None => None,
            Some(fault) if fault.at.0 >= entry.duration.0 => {
                return Err(Mistake::FaultTooLate(entry.name));
            }
            Some(fault) => Some(Fault {
                at: fault.at.0,
                action: match (fault.command, fault.stop_task) {
                    (Some(command), false) => Action::Command(command),
                    (None, true) => Action::StopTask,
                    _ => return Err(Mistake::Fault(entry.name)),
                },
            }),
        };
        Ok(Self {
            name: entry.name,
            duration: entry.duration.0,
            rate: entry.rate,
            judged: entry.judged,
            mix,
            fault,
        })
    }
}

impl RuleEntry {
    fn checked(&self, phases: &[Phase]) -> Result<Rule, Mistake> {
        let demand = match (self.availability, self.slower_than, self.share) {
            (Some(Share(availability)), None, None) => Demand::Availability(availability),
            (None, Some(Time(than)), Some(Share(share))) if !than.is_zero() => {
                Demand::Slower { than, share }
            }
            _ => return Err(Mistake::Rule),
        };
        if demand.allowed() < STRICTEST {
            return Err(Mistake::Strict);
        }
        let phase = match &self.phase {
            None => None,
            Some(name) => Some(
                phases
                    .iter()
                    .position(|phase| phase.name == *name)
                    .ok_or_else(|| Mistake::NoSuchPhase(name.clone()))?,
            ),
        };
        let window = self.window.map(|window| window.0);
        if window.is_some_and(|window| window < Duration::from_secs(1)) {
            return Err(Mistake::NoTime("window"));
        }
        Ok(Rule {
            scope: Scope {
                endpoint: self.endpoint,
                phase,
            },
            window,
            demand,
        })
    }
}
