//! What a plan will do, and whether that is enough for a verdict; nothing is sent to find it out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::endpoint::Endpoint;
use crate::judge::interval::requests_needed;
use crate::pacer::schedule::Tally;
use crate::part::Slots;
use crate::personas;
use crate::plan::Plan;
use crate::plan::rule::Rule;

pub mod text;

/// So many failures are the examples of how much more is needed then.
const EXAMPLES: [u64; 3] = [0, 1, 3];

/// What a plan will do.
#[derive(Debug, Clone, Serialize)]
pub struct Forecast {
    /// The version of this shape.
    pub version: u32,
    /// How long the schedule is.
    pub duration_s: f64,
    /// Requests, counted from the schedule.
    pub requests: u64,
    /// The highest rate, in requests per second.
    pub peak: f64,
    /// The phases.
    pub phases: Vec<PhaseForecast>,
    /// Requests to each endpoint, about: the mix is drawn, and a full event changes what people do.
    pub endpoints: BTreeMap<&'static str, f64>,
    /// The rules.
    pub rules: Vec<RuleForecast>,
    /// The plan.
    pub plan: Plan,
}

/// What a phase will do.
#[derive(Debug, Clone, Serialize)]
pub struct PhaseForecast {
    /// Its name.
    pub name: String,
    /// When it begins.
    pub begin_s: f64,
    /// How long it takes.
    pub duration_s: f64,
    /// Its rate, as the plan has it.
    pub rate: String,
    /// Requests, counted from the schedule.
    pub requests: u64,
    /// Whether rules about the whole run are about it, too.
    pub judged: bool,
}

/// Whether a rule can be shown to be kept.
#[derive(Debug, Clone, Serialize)]
pub struct RuleForecast {
    /// What it demands, in English.
    pub rule: String,
    /// Requests that it is about; with a window, those of the emptiest one.
    pub requests: u64,
    /// Whether its window, if it has one, is as short as the phases that it is about; a longer one is never judged.
    pub window_fits: bool,
    /// How many it takes to show that it is kept, by the number of requests that miss it.
    pub needed: BTreeMap<u64, u64>,
    /// So many of the requests may miss it in a run that shows that it is kept; nothing if none may, and even that is not enough.
    pub may_miss: Option<u64>,
}

impl Forecast {
    /// That of a plan.
    pub fn new(plan: &Plan) -> Self {
        let tally = Tally::of(plan, Slots::ALL);
        let phases = plan.phases.iter().zip(plan.begins()).zip(&tally.phases);
        let mut endpoints = BTreeMap::new();
        for (phase, requests) in plan.phases.iter().zip(&tally.phases) {
            for (endpoint, share) in Endpoint::ALL.iter().zip(personas::expected(phase.mix)) {
                *endpoints.entry(endpoint.name()).or_default() += share * *requests as f64;
            }
        }
        Self {
            version: 1,
            duration_s: plan.duration().as_secs_f64(),
            requests: tally.requests(),
            peak: plan.peak(),
            phases: phases
                .map(|((phase, begin), requests)| PhaseForecast {
                    name: phase.name.clone(),
                    begin_s: begin.as_secs_f64(),
                    duration_s: phase.duration.as_secs_f64(),
                    rate: phase.rate.to_string(),
                    requests: *requests,
                    judged: phase.judged,
                })
                .collect(),
            endpoints,
            rules: plan
                .rules
                .iter()
                .map(|rule| RuleForecast::new(rule, plan, &tally))
                .collect(),
            plan: plan.clone(),
        }
    }
}

impl RuleForecast {
    fn new(rule: &Rule, plan: &Plan, tally: &Tally) -> Self {
        let meant = |place: usize| match rule.scope.phase {
            Some(phase) => phase == place,
            None => plan.phases[place].judged,
        };
        let share = |place: usize| {
            rule.scope.endpoint.map_or(1.0, |endpoint| {
                personas::expected(plan.phases[place].mix)[endpoint as usize]
            })
        };
        let places = (0..plan.phases.len()).filter(|place| meant(*place));
        let all = || {
            places
                .clone()
                .map(|place| share(place) * tally.phases[place] as f64)
                .sum::<f64>()
        };
        let requests = match rule.window {
            None => all(),
            // The emptiest window lies in the phase with the lowest rate, unless that is shorter.
            Some(window) => places
                .clone()
                .map(|place| share(place) * plan.phases[place].rate.mean() * window.as_secs_f64())
                .fold(f64::INFINITY, f64::min)
                .min(all()),
        };
        let limit = rule.demand.allowed();
        // From the first of the phases to the end of the last, as the judge counts.
        let begins = plan.begins();
        let begin = places.clone().map(|place| begins[place]).min();
        let end = places
            .map(|place| begins[place] + plan.phases[place].duration)
            .max();
        let long = end.zip(begin).map(|(end, begin)| end - begin);
        let window_fits = rule.window <= long;
        let needed = |missed: u64| requests_needed(missed as f64, limit);
        Self {
            rule: rule.text(plan, crate::lang::Lang::En),
            requests: requests as u64,
            window_fits,
            needed: EXAMPLES.map(|missed| (missed, needed(missed))).into(),
            may_miss: may_miss(requests as u64, needed).filter(|_| window_fits),
        }
    }
}

/// The most misses with which so many requests still show that a rule is kept.
fn may_miss(requests: u64, needed: impl Fn(u64) -> u64) -> Option<u64> {
    let enough = |missed| needed(missed) <= requests;
    if !enough(0) {
        return None;
    }
    let (mut low, mut high) = (0, requests);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if enough(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{File, Profile};

    fn of(text: &str) -> Forecast {
        let file: File = toml::from_str(text).unwrap();
        Forecast::new(&Plan::try_from(file).unwrap())
    }

    #[test]
    fn what_is_needed_is_what_the_statistics_say() {
        let forecast = of(
            "[[phase]]\nname = \"a\"\nduration = \"30s\"\nrate = \"100/s\"\n\
            [[rule]]\navailability = \"99.9%\"\n\
            [[rule]]\navailability = \"99.99%\"\n\
            [[rule]]\navailability = \"99.9%\"\nwindow = \"10s\"\n",
        );
        let [first, second, third] = &forecast.rules[..] else {
            panic!("{:?}", forecast.rules);
        };
        // A zero-failure run shows 1 - p at 95 % after ln(0.05) / ln(1 - p) requests.
        assert_eq!(first.needed, [(0, 2_995), (1, 4_742), (3, 7_752)].into());
        assert_eq!((first.requests, first.may_miss), (3_000, Some(0)));
        assert_eq!((second.requests, second.may_miss), (3_000, None));
        assert_eq!((third.requests, third.may_miss), (1_000, None));
        assert_eq!(
            may_miss(8_000, |n| requests_needed(n as f64, 0.001)),
            Some(3)
        );
    }

    #[test]
    fn a_window_that_is_longer_than_its_phases_is_never_judged() {
        let forecast = of(
            "[[phase]]\nname = \"a\"\nduration = \"1m\"\nrate = \"100/s\"\n\
            [[phase]]\nname = \"b\"\nduration = \"1m\"\nrate = \"100/s\"\n\
            [[rule]]\navailability = \"99%\"\nwindow = \"2m\"\n\
            [[rule]]\navailability = \"99%\"\nwindow = \"121s\"\n\
            [[rule]]\navailability = \"99%\"\nwindow = \"1m\"\nphase = \"b\"\n\
            [[rule]]\navailability = \"99%\"\nwindow = \"2m\"\nphase = \"b\"\n",
        );
        let enough: Vec<_> = forecast
            .rules
            .iter()
            .map(|rule| (rule.window_fits, rule.may_miss.is_some()))
            .collect();
        let (yes, no) = ((true, true), (false, false));
        assert_eq!(enough, [yes, no, yes, no]);
        let text = text::render(&forecast, crate::lang::Lang::En);
        assert_eq!(text.matches("NO, the window is longer").count(), 2);
    }

    #[test]
    fn every_request_goes_somewhere() {
        let forecast = of(Profile::EventDay.text());
        let sum: f64 = forecast.endpoints.values().sum();
        assert!((sum - forecast.requests as f64).abs() < 1e-6);
        let phases: u64 = forecast.phases.iter().map(|phase| phase.requests).sum();
        assert_eq!(phases, forecast.requests);
    }

    #[test]
    fn every_profile_has_enough_requests_for_its_rules() {
        use clap::ValueEnum;
        for profile in Profile::value_variants() {
            for rule in of(profile.text()).rules {
                assert!(rule.may_miss.is_some(), "{profile:?}: {rule:?}");
            }
        }
    }
}
