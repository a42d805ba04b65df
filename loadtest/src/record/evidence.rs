//! Everything known at the end of a run, and the questions that the judge asks of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::Cell;
use super::line::Tick;
use super::times::{max_ms, percentile_ms};
use crate::endpoint::Endpoint;
use crate::events::Event;
use crate::generator::Pulse;
use crate::judge::interval::Batch;
use crate::judge::window::stretches;
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::plan::rule::{Demand, Scope};
use crate::scaling::Felt;
use crate::witness::Sighting;

/// A stretch of time over which failures are counted together, at most, in seconds.
const STRETCH: usize = 10;
/// How many such stretches a short run is cut into.
const STRETCHES: usize = 10;

/// Everything known at the end of a run.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The plan's limits for late answers, ascending.
    pub limits: Vec<Duration>,
    /// The place of the one that the text calls slow.
    pub slow: usize,
    /// The largest delay of the generator's own that can be trusted.
    pub max_lateness: Duration,
    /// Whether each phase counts for rules without a phase of their own.
    pub judged: Vec<bool>,
    /// The figures of the whole run, by phase and by [`Endpoint`].
    pub cells: Vec<Vec<Cell>>,
    /// The seconds, without gaps.
    pub seconds: Vec<Second>,
    /// What happened beside the requests.
    pub events: Vec<Event>,
    /// What a witness saw in AWS; empty without one.
    pub sightings: Vec<Sighting>,
    /// The figures of the second that is being added to.
    open: Option<Cell>,
    counts: Vec<Count>,
}

/// One second of the run, by the time of the answers.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Second {
    /// Seconds since the schedule began.
    pub second: u64,
    /// Requests that the schedule has in it.
    pub offered: u64,
    /// Requests that were sent in it.
    pub sent: u64,
    /// Requests that ended in it.
    pub requests: u64,
    /// Of those, the ones that say something about the service.
    pub counted: u64,
    /// Of those, the failures.
    pub failures: u64,
    /// Of those, the ones later than the limit that the text calls slow.
    pub slow: u64,
    /// Failures by cause.
    pub causes: BTreeMap<Cow<'static, str>, u64>,
    /// Mean from the intended start.
    pub response_mean_ms: f64,
    /// Median from the intended start.
    pub response_p50_ms: f64,
    /// 99th percentile from the intended start.
    pub response_p99_ms: f64,
    /// 99.9th percentile from the intended start.
    pub response_p999_ms: f64,
    /// The longest from the intended start.
    pub response_max_ms: f64,
    /// 99th percentile of the generator's own delay.
    pub lateness_p99_ms: f64,
    /// The generator.
    pub generator: Pulse,
    /// The counts by phase and endpoint; only those where something ended.
    #[serde(skip)]
    pub counts: Box<[Count]>,
}

/// What ended in one second, of one phase and to one endpoint.
#[derive(Debug, Clone)]
pub struct Count {
    /// The phase.
    pub phase: usize,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Counts by [`Outcome`].
    pub outcomes: [u32; Outcome::ALL.len()],
    /// Answers later than each of the plan's limits.
    pub late: Box<[u32]>,
    /// Requests that the generator sent later than can be trusted.
    pub behind: u32,
    /// Answers that rejected the request.
    pub rejected: u32,
}

impl Evidence {
    /// What the users felt in each second.
    pub fn felt(&self) -> Vec<Felt> {
        let felt = |second: &Second| Felt {
            counted: second.counted,
            // A failure may be late too, and counts once.
            missed: (second.slow + second.failures).min(second.counted),
            failed: second.failures,
        };
        self.seconds.iter().map(felt).collect()
    }

    /// No evidence yet, for this plan.
    pub fn new(plan: &Plan) -> Self {
        let limits = plan.limits();
        let cells = || Endpoint::ALL.map(|_| Cell::new(limits.len())).to_vec();
        Self {
            slow: limits
                .iter()
                .position(|limit| *limit == plan.slow)
                .unwrap_or_default(),
            judged: plan.phases.iter().map(|phase| phase.judged).collect(),
            cells: plan.phases.iter().map(|_| cells()).collect(),
            limits,
            max_lateness: plan.max_lateness,
            seconds: vec![],
            events: vec![],
            sightings: vec![],
            open: None,
            counts: vec![],
        }
    }

    /// Adds the figures of one phase and endpoint in the second that has not ended yet.
    pub fn add(&mut self, phase: usize, endpoint: Endpoint, cell: &Cell) {
        self.cells[phase][endpoint as usize].add(cell);
        self.open
            .get_or_insert_with(|| Cell::new(cell.late.len()))
            .add(cell);
        let small = |count: &u64| u32::try_from(*count).unwrap_or(u32::MAX);
        self.counts.push(Count {
            phase,
            endpoint,
            outcomes: cell.outcomes.map(|count| small(&count)),
            late: cell.late.iter().map(small).collect(),
            behind: small(&cell.behind(self.max_lateness)),
            rejected: small(&cell.rejections().map(|(_, count)| count).sum()),
        });
    }

    /// Ends the second.
    pub fn end_second(&mut self, tick: &Tick) {
        let all = self
            .open
            .take()
            .unwrap_or_else(|| Cell::new(self.limits.len()));
        self.seconds.push(Second {
            second: self.seconds.len() as u64,
            offered: tick.offered,
            sent: tick.sent,
            generator: tick.generator,
            requests: all.requests(),
            counted: all.counted(),
            failures: all.failures(),
            slow: all.late[self.slow],
            causes: all
                .causes
                .iter()
                .filter(|((outcome, _), _)| outcome.is_failure())
                .map(|((_, cause), count)| (cause.clone(), *count))
                .collect(),
            response_mean_ms: all.response.mean() / 1_000.0,
            response_p50_ms: percentile_ms(&all.response, 50.0),
            response_p99_ms: percentile_ms(&all.response, 99.0),
            response_p999_ms: percentile_ms(&all.response, 99.9),
            response_max_ms: max_ms(&all.response),
            lateness_p99_ms: percentile_ms(&all.lateness, 99.0),
            counts: std::mem::take(&mut self.counts).into(),
        });
    }

    /// The figures of all requests in a scope; without a scope those of every phase, judged or not.
    pub fn total(&self, scope: Scope) -> Cell {
        self.over(|phase, endpoint| {
            scope.phase.is_none_or(|it| it == phase)
                && scope.endpoint.is_none_or(|it| it == endpoint)
        })
    }

    /// The figures of the judged phases.
    pub fn judged(&self) -> Cell {
        self.over(|phase, _| self.judged[phase])
    }

    /// The figures of one endpoint in the judged phases.
    pub fn judged_of(&self, endpoint: Endpoint) -> Cell {
        self.over(|phase, it| self.judged[phase] && it == endpoint)
    }

    /// The figures of the phases and endpoints that are meant.
    pub fn over(&self, meant: impl Fn(usize, Endpoint) -> bool) -> Cell {
        let mut total = Cell::new(self.limits.len());
        for (phase, cells) in self.cells.iter().enumerate() {
            for (endpoint, cell) in Endpoint::ALL.into_iter().zip(cells) {
                if meant(phase, endpoint) {
                    total.add(cell);
                }
            }
        }
        total
    }

    /// Requests that count and those that miss the demand, second by second from the beginning of the run.
    ///
    /// Without a phase in the scope, those of the judged phases.
    /// A limit that is none of the plan's finds nothing late.
    pub fn per_second(&self, scope: Scope, demand: Demand) -> Vec<Batch> {
        self.seconds
            .iter()
            .map(|second| self.in_second(second, scope, demand))
            .collect()
    }

    /// The same of one second.
    pub fn in_second(&self, second: &Second, scope: Scope, demand: Demand) -> Batch {
        let limit = match demand {
            Demand::Availability(_) => None,
            Demand::Slower { than, .. } => self.limits.iter().position(|limit| *limit == than),
        };
        let misses = |count: &Count| match (demand, limit) {
            (Demand::Availability(_), _) => Outcome::ALL
                .into_iter()
                .filter(|outcome| outcome.is_failure())
                .map(|outcome| u64::from(count.outcomes[outcome as usize]))
                .sum(),
            (_, Some(limit)) => u64::from(count.late[limit]),
            (_, None) => 0,
        };
        let counts = || self.counts(second, scope);
        Batch {
            requests: counts().map(Count::counted).sum(),
            failures: counts().map(misses).sum(),
        }
    }

    /// Whether a rule of this scope is about a phase and an endpoint.
    pub fn meant(&self, scope: Scope, phase: usize, endpoint: Endpoint) -> bool {
        scope.endpoint.is_none_or(|it| it == endpoint)
            && scope.phase.map_or(self.judged[phase], |it| it == phase)
    }

    fn counts<'a>(&'a self, second: &'a Second, scope: Scope) -> impl Iterator<Item = &'a Count> {
        let counts = second.counts.iter();
        counts.filter(move |count| self.meant(scope, count.phase, count.endpoint))
    }

    /// Requests whose figures are the generator's own, second by second: those that it sent later than can be trusted,
    /// and all that ended in a second in which it was late as a whole, for it was as late to take the answers.
    pub fn behind(&self, scope: Scope) -> Vec<u64> {
        let limit_ms = self.max_lateness.as_secs_f64() * 1_000.0;
        let behind = |second: &Second| {
            let counts = self.counts(second, scope);
            if second.lateness_p99_ms > limit_ms {
                counts.map(Count::counted).sum()
            } else {
                counts.map(|count| u64::from(count.behind)).sum()
            }
        };
        self.seconds.iter().map(behind).collect()
    }

    /// Answers that rejected the request, second by second.
    pub fn rejected(&self, scope: Scope) -> Vec<u64> {
        let rejected = |second: &Second| {
            let counts = self.counts(second, scope);
            counts.map(|count| u64::from(count.rejected)).sum()
        };
        self.seconds.iter().map(rejected).collect()
    }

    /// The same in stretches of some seconds.
    pub fn batches(&self, scope: Scope, demand: Demand) -> Vec<Batch> {
        stretches(&self.per_second(scope, demand))
    }
}

/// The length of a stretch of time over which failures are counted together, in seconds, when there are so many.
pub fn stretch(seconds: usize) -> usize {
    (seconds / STRETCHES).clamp(1, STRETCH)
}

impl Count {
    /// How many requests say something about the service.
    pub fn counted(&self) -> u64 {
        Outcome::ALL
            .into_iter()
            .filter(|outcome| outcome.counts())
            .map(|outcome| u64::from(self.outcomes[outcome as usize]))
            .sum()
    }
}
