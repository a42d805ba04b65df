//! How hard the generator itself worked.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// A moment of this process.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    wall: Instant,
    cpu: Duration,
}

impl Effort {
    /// This moment.
    pub fn now() -> Self {
        let cpu = Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default();
        Self {
            wall: Instant::now(),
            cpu,
        }
    }

    /// The share of one CPU that the process has used since.
    pub fn cpu_since(&self) -> f64 {
        let now = Self::now();
        let wall = now.wall.saturating_duration_since(self.wall).as_secs_f64();
        if wall > 0.0 {
            now.cpu.saturating_sub(self.cpu).as_secs_f64() / wall
        } else {
            0.0
        }
    }
}
