//! When a search has seen enough.

use std::time::Duration;

use super::Search;
use super::steps::Sum;
use crate::record::Second;

/// So many steps in a row past the knee.
const BEYOND: u32 = 3;
/// Fewer steps than this have no shape, whatever they show.
const FEWEST: usize = 5;

/// Looks at the seconds as they end.
#[derive(Debug)]
pub struct Enough<'a> {
    search: &'a Search,
    max_lateness_ms: f64,
    step: usize,
    held: Vec<Second>,
    missed: u32,
}

impl<'a> Enough<'a> {
    /// Nothing is seen yet; the generator's own delay may be so much.
    pub fn new(search: &'a Search, max_lateness: Duration) -> Self {
        Self {
            search,
            max_lateness_ms: max_lateness.as_secs_f64() * 1_000.0,
            step: 0,
            held: vec![],
            missed: 0,
        }
    }

    /// Whether it is enough with this second.
    pub fn second(&mut self, second: &Second) -> bool {
        let (from, to) = self.search.held(self.step);
        if second.second < from {
            return false;
        }
        self.held.push(second.clone());
        if second.second + 1 < to {
            return false;
        }
        let missed = Sum::of(&self.held).missed() > self.search.allowed;
        let late = self
            .held
            .iter()
            .filter(|it| it.lateness_p99_ms > self.max_lateness_ms);
        // The generator gives way when it is late for most of a step; a hiccup is none.
        let gave_way = late.count() * 2 > self.held.len();
        self.missed = if missed { self.missed + 1 } else { 0 };
        self.step += 1;
        self.held.clear();
        gave_way || (self.missed >= BEYOND && self.step >= FEWEST)
    }
}
