//! The lines of the NDJSON file: the plan first, then what each second brought, the end last.
//!
//! The histograms in it are HdrHistogram V2, deflated, base64, in microseconds:
//! any number of seconds and of machines adds up exactly.
//! A file without its last line is that of a run which was killed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::times::{decode, encode};
use super::{Cell, Example};
use crate::aftermath::Aftermath;
use crate::baseline::Earlier;
use crate::endpoint::Endpoint;
use crate::events::Event;
use crate::generator::Pulse;
use crate::manifest::Manifest;
use crate::outcome::Outcome;
use crate::part::Part;
use crate::plan::Plan;
use crate::witness::Sighting;

/// The version of the shape of the lines.
pub const VERSION: u32 = 1;

/// One line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Line {
    /// What is run; the first line.
    Run {
        /// The version of the shape.
        version: u32,
        /// The id of the run.
        run: String,
        /// The service.
        host: String,
        /// When it began, in RFC 3339.
        started_at: String,
        /// The load and the rules.
        plan: Box<Plan>,
        /// By what and on what it is run.
        manifest: Manifest,
        /// What the verdict depends on beside the plan.
        #[serde(default)]
        terms: Box<Terms>,
        /// What is done of a run that several workers share; nothing where nobody shares it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<Box<Part>>,
    },
    /// What ended in one second, of one phase and to one endpoint.
    Second(Box<Figures>),
    /// One second is over; nothing of it comes after this line.
    Tick(Tick),
    /// Something happened beside the requests.
    Event(Event),
    /// A witness saw something in AWS.
    Sighting(Sighting),
    /// The run is over, verified and cleaned up; the last line.
    End(Box<Aftermath>),
}

/// What the verdict depends on beside the plan, as the command line gave it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Terms {
    /// The run to compare with: the part of its report that is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Earlier>,
    /// Whether to be worse than that one is a fail.
    #[serde(default)]
    pub fail_on_regression: bool,
    /// The requests per second that are expected over 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<f64>,
}

/// One second as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tick {
    /// Seconds since the schedule began.
    pub second: u64,
    /// Requests that the schedule has in it.
    pub offered: u64,
    /// Requests that were sent in it.
    pub sent: u64,
    /// The generator in it.
    pub generator: Pulse,
}

/// What ended in one second, of one phase and to one endpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figures {
    /// Seconds since the schedule began.
    pub second: u64,
    /// The number of the phase, from 0.
    pub phase: usize,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Counts by outcome; what did not happen is left out.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Counts by outcome and cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<(Outcome, String, u64)>,
    /// Answers later than each of the plan's limits, ascending.
    pub late: Vec<u64>,
    /// Requests that waited for a free user.
    pub queued: u64,
    /// The slowest request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slowest: Option<Example>,
    /// The first one that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Example>,
    /// From the intended start to the last byte.
    pub response_hdr: String,
    /// From the send to the last byte.
    pub service_hdr: String,
    /// From the send to the headers.
    pub first_byte_hdr: String,
    /// The generator's own delay.
    pub lateness_hdr: String,
}

impl Line {
    /// Writes it, with its end.
    pub fn write(&self, file: &mut impl Write) -> io::Result<()> {
        // In one piece: a reader of a file that still grows must not see half a line for long.
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        file.write_all(&line)
    }
}

impl Figures {
    /// The figures of a cell in a second.
    pub fn of(second: u64, phase: usize, endpoint: Endpoint, cell: &Cell) -> Self {
        Self {
            second,
            phase,
            endpoint,
            outcomes: Outcome::ALL
                .into_iter()
                .map(|outcome| (outcome, cell.outcomes[outcome as usize]))
                .filter(|(_, count)| *count > 0)
                .collect(),
            causes: cell
                .causes
                .iter()
                .map(|((outcome, cause), count)| (*outcome, cause.to_string(), *count))
                .collect(),
            late: cell.late.clone(),
            queued: cell.queued,
            slowest: cell.slowest.clone(),
            failed: cell.failed.clone(),
            response_hdr: encode(&cell.response),
            service_hdr: encode(&cell.service),
            first_byte_hdr: encode(&cell.first_byte),
            lateness_hdr: encode(&cell.lateness),
        }
    }

    /// The cell that they are of.
    pub fn cell(&self) -> io::Result<Cell> {
        let mut cell = Cell::new(self.late.len());
        for (outcome, count) in &self.outcomes {
            cell.outcomes[*outcome as usize] = *count;
        }
        for (outcome, cause, count) in &self.causes {
            cell.causes
                .insert((*outcome, Cow::Owned(cause.clone())), *count);
        }
        cell.late.clone_from(&self.late);
        cell.queued = self.queued;
        cell.slowest.clone_from(&self.slowest);
        cell.failed.clone_from(&self.failed);
        cell.response = decode(&self.response_hdr)?;
        cell.service = decode(&self.service_hdr)?;
        cell.first_byte = decode(&self.first_byte_hdr)?;
        cell.lateness = decode(&self.lateness_hdr)?;
        Ok(cell)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::record::Sample;
    use crate::record::times::percentile_ms;

    #[test]
    fn a_second_comes_back_from_its_line_as_it_was() {
        let limits = [Duration::from_millis(100), Duration::from_secs(1)];
        let mut before = Cell::new(limits.len());
        for millis in [1, 20, 300, 4_000] {
            let time = Duration::from_millis(millis);
            let sample = Sample {
                slot: millis,
                phase: 2,
                endpoint: Endpoint::Join,
                outcome: Outcome::ServerFault,
                cause: Some("http-503".into()),
                response: time,
                service: time,
                first_byte: time,
                lateness: Duration::ZERO,
                queued: time,
            };
            before.note(sample, &limits, 1);
        }
        let figures = Figures::of(7, 2, Endpoint::Join, &before);
        let mut file = vec![];
        Line::Second(Box::new(figures)).write(&mut file).unwrap();
        let Line::Second(line) = serde_json::from_slice(&file).unwrap() else {
            panic!("another kind of line");
        };
        let after = line.cell().unwrap();
        assert_eq!(
            (line.second, line.phase, line.endpoint),
            (7, 2, Endpoint::Join)
        );
        assert_eq!(after.outcomes, before.outcomes);
        assert_eq!(after.causes, before.causes);
        assert_eq!((after.late, after.queued), (vec![2, 1], 3));
        assert_eq!(
            percentile_ms(&after.response, 75.0),
            percentile_ms(&before.response, 75.0)
        );
        assert_eq!(after.lateness.len(), 4);
        assert_eq!(after.slowest.map(|example| example.slot), Some(4_000));
        assert_eq!(after.failed.map(|example| example.slot), Some(1));
    }
}
