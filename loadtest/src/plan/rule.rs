//! What a run must show, as data: the judge decides, the plan only says.

use std::time::Duration;

use super::Plan;
use super::units::{Share, Time};
use crate::endpoint::Endpoint;
use crate::lang::Lang;

/// One thing that a run must show.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Of which requests.
    pub scope: Scope,
    /// If given, the worst stretch of this length must show it too.
    pub window: Option<Duration>,
    /// What.
    pub demand: Demand,
}

/// Which requests are meant; without anything, all of the judged phases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scope {
    /// Only those to this endpoint.
    pub endpoint: Option<Endpoint>,
    /// Only those of the phase with this number, from 0.
    pub phase: Option<usize>,
}

/// What is demanded of the requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Demand {
    /// At least this share is answered well, such as 0.999.
    Availability(f64),
    /// At most a share comes later than a limit after the intended start.
    Slower {
        /// The limit.
        than: Duration,
        /// The share, such as 0.01.
        share: f64,
    },
}

impl Rule {
    /// The rule as a phrase for people.
    pub fn text(&self, plan: &Plan, lang: Lang) -> String {
        let demand = match self.demand {
            Demand::Availability(share) => {
                let share = Share(share);
                lang.pick(
                    format!("at least {share} answered well"),
                    format!("{share} 以上が正常に応答"),
                )
            }
            Demand::Slower { than, share } => {
                let (than, share) = (Time(than), Share(share));
                lang.pick(
                    format!("at most {share} later than {than}"),
                    format!("{than} 超は {share} まで"),
                )
            }
        };
        let endpoint = self.scope.endpoint.map(|it| it.name().to_owned());
        let phase = self.scope.phase.map(|phase| {
            let name = &plan.phases[phase].name;
            lang.pick(format!("in phase {name}"), format!("フェーズ {name}"))
        });
        let window = self.window.map(|window| {
            let window = Time(window);
            lang.pick(
                format!("in the worst {window}"),
                format!("最も悪い {window} の間"),
            )
        });
        [Some(demand), endpoint, phase, window]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(lang.pick(", ", "、"))
    }
}

impl Demand {
    /// The share of requests that may miss it.
    pub fn allowed(self) -> f64 {
        match self {
            Self::Availability(share) => 1.0 - share,
            Self::Slower { share, .. } => share,
        }
    }
}
