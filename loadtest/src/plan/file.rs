//! A plan as it is written in TOML, and in JSON within a report: everything may be left out, nothing is checked yet.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::rule::Demand;
use super::scaling::Expected;
use super::units::{Rate, Share, Time};
use super::{Action, Arrivals, Mix, Phase, Plan};
use crate::endpoint::Endpoint;

/// Later than this an answer is slow, if nobody says otherwise.
pub(super) const SLOW: Duration = Duration::from_secs(1);
/// So many may be slow, if nobody says otherwise.
const SLOW_SHARE: Share = Share(0.05);

/// What stands in a plan file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they are those of the plan")]
pub struct File {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<Arrivals>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_lifetime: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http2: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abort: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_lateness: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cpu: Option<Share>,
    #[serde(default, rename = "phase")]
    pub phases: Vec<PhaseEntry>,
    #[serde(default, rename = "rule", skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Expected>,
}

/// A phase in a plan file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they are those of the phase")]
pub struct PhaseEntry {
    pub name: String,
    pub duration: Time,
    pub rate: Rate,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub judged: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mix: Option<Mix>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<FaultEntry>,
}

/// A fault in a plan file: one of `command` and `stop_task`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they are those of the fault")]
pub struct FaultEntry {
    pub at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stop_task: bool,
}

/// A rule in a plan file: one of `availability`, and `slower_than` with `share`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they are those of the rule")]
pub struct RuleEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<Share>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slower_than: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Time>,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_yes(judged: &bool) -> bool {
    *judged
}

impl File {
    /// One rate for some time: the plan of those who bring none.
    pub fn constant() -> Self {
        Self {
            phases: vec![PhaseEntry {
                name: "load".to_owned(),
                duration: Time(Duration::from_secs(20)),
                rate: Rate {
                    from: 200.0,
                    to: 200.0,
                },
                judged: true,
                mix: None,
                fault: None,
            }],
            ..Self::default()
        }
    }

    /// The same with its highest rate at `peak`, everything else in proportion.
    pub fn scale_rate(&mut self, peak: f64) {
        let now = self
            .phases
            .iter()
            .map(|phase| phase.rate.peak())
            .fold(0.0, f64::max);
        // The peak itself exactly, the others to five digits: nobody wants to read 55.50000000000001/s.
        let scale = |rate: f64| match rate * peak / now {
            _ if rate == now => peak,
            scaled if scaled > 0.0 => {
                let digits = (4.0 - scaled.log10().floor()).max(0.0);
                (scaled * 10_f64.powf(digits)).round() / 10_f64.powf(digits)
            }
            scaled => scaled,
        };
        for phase in &mut self.phases {
            phase.rate = Rate {
                from: scale(phase.rate.from),
                to: scale(phase.rate.to),
            };
        }
    }

    /// The same in this time, every phase and every fault in proportion.
    pub fn scale_duration(&mut self, duration: Duration) {
        let now: Duration = self.phases.iter().map(|phase| phase.duration.0).sum();
        if now.is_zero() {
            return;
        }
        // Milliseconds, so that the plan reads as one that somebody wrote.
        let scale = |time: &mut Time| {
            let seconds = time.0.as_secs_f64() * duration.as_secs_f64() / now.as_secs_f64();
            time.0 = Duration::from_millis((seconds * 1_000.0).round() as u64);
        };
        for phase in &mut self.phases {
            scale(&mut phase.duration);
            phase
                .fault
                .iter_mut()
                .for_each(|fault| scale(&mut fault.at));
        }
    }

    /// Demands this of the whole run instead of what the file demands of it; rules with a scope stay.
    pub fn demand(
        &mut self,
        availability: Option<Share>,
        slower_than: Option<Time>,
        share: Option<Share>,
    ) {
        if self.rules.is_empty() {
            self.rules = default_rules(self.slow.map_or(SLOW, |slow| slow.0));
        }
        if availability.is_some() {
            self.general(|rule| rule.availability.is_some())
                .availability = availability;
        }
        if slower_than.is_some() || share.is_some() {
            let usual = self.slow.unwrap_or(Time(SLOW));
            let rule = self.general(|rule| rule.slower_than.is_some());
            rule.slower_than = slower_than.or(rule.slower_than).or(Some(usual));
            rule.share = share.or(rule.share).or(Some(SLOW_SHARE));
        }
    }

    /// The rule of this sort about the whole run; a new one where there is none.
    fn general(&mut self, sort: fn(&RuleEntry) -> bool) -> &mut RuleEntry {
        let place = self
            .rules
            .iter()
            .position(|rule| rule.is_general() && sort(rule));
        let place = place.unwrap_or_else(|| {
            self.rules.push(RuleEntry::default());
            self.rules.len() - 1
        });
        &mut self.rules[place]
    }
}

impl RuleEntry {
    fn is_general(&self) -> bool {
        self.endpoint.is_none() && self.phase.is_none() && self.window.is_none()
    }
}

/// 99.9 % of the requests are answered well, and at most 5 % slowly.
pub(super) fn default_rules(slow: Duration) -> Vec<RuleEntry> {
    vec![
        RuleEntry {
            availability: Some(Share(0.999)),
            ..RuleEntry::default()
        },
        RuleEntry {
            slower_than: Some(Time(slow)),
            share: Some(SLOW_SHARE),
            ..RuleEntry::default()
        },
    ]
}

impl From<Plan> for File {
    fn from(plan: Plan) -> Self {
        let name_of = |phase: usize| plan.phases[phase].name.clone();
        let rules = plan
            .rules
            .iter()
            .map(|rule| {
                let (availability, slower_than, share) = match rule.demand {
                    Demand::Availability(share) => (Some(Share(share)), None, None),
                    Demand::Slower { than, share } => (None, Some(Time(than)), Some(Share(share))),
                };
                RuleEntry {
                    availability,
                    slower_than,
                    share,
                    endpoint: rule.scope.endpoint,
                    phase: rule.scope.phase.map(name_of),
                    window: rule.window.map(Time),
                }
            })
            .collect();
        Self {
            name: Some(plan.name),
            arrivals: Some(plan.arrivals),
            seed: Some(plan.seed),
            slow: Some(Time(plan.slow)),
            timeout: Some(Time(plan.timeout)),
            connection_lifetime: Some(Time(plan.connection_lifetime.unwrap_or_default())),
            http2: plan.http2.then_some(true),
            abort: (!plan.abort).then_some(false),
            users: Some(plan.users),
            max_lateness: Some(Time(plan.max_lateness)),
            max_cpu: Some(Share(plan.max_cpu)),
            phases: plan.phases.into_iter().map(PhaseEntry::from).collect(),
            rules,
            scaling: plan.scaling,
        }
    }
}

impl From<Phase> for PhaseEntry {
    fn from(phase: Phase) -> Self {
        Self {
            name: phase.name,
            duration: Time(phase.duration),
            rate: phase.rate,
            judged: phase.judged,
            mix: Some(phase.mix),
            fault: phase.fault.map(|fault| {
                let (command, stop_task) = match fault.action {
                    Action::Command(command) => (Some(command), false),
                    Action::StopTask => (None, true),
                };
                FaultEntry {
                    at: Time(fault.at),
                    command,
                    stop_task,
                }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_read_as_if_somebody_had_written_them() {
        for (peak, before) in [
            (167.0, "27.833/s"),
            (0.001, "0.00016667/s"),
            (6e6, "1000000/s"),
        ] {
            let text = "name = 't'
                [[phase]]\nname = 'before'\nduration = '5s'\nrate = '50/s'
                [[phase]]\nname = 'step'\nduration = '5s'\nrate = '300/s'";
            let mut file: File = toml::from_str(text).unwrap();
            file.scale_rate(peak);
            assert_eq!(file.phases[0].rate.to_string(), before);
            assert_eq!(file.phases[1].rate.peak(), peak);
        }
    }
}
