//! A run read back from its NDJSON file: the same evidence as that of the process which wrote it.
//!
//! The file of a run that was killed ends somewhere: a line may be cut, and the lines of its last second may lack the tick
//! that ends it. What is whole counts, up to the last second that ended.

use std::io::{self, BufRead};

use super::Evidence;
use super::line::{Figures, Line, Terms, Tick, VERSION};
use crate::aftermath::{Aftermath, Cleaned};
use crate::events::{Event, What};
use crate::generator::{Health, Pulse};
use crate::ledger::{Acknowledged, Verified};
use crate::manifest::Manifest;
use crate::part::Part;
use crate::plan::Plan;
use crate::witness::Sighting;

/// What a file tells of a run.
#[derive(Debug)]
pub struct Replay {
    /// Which run.
    pub head: Head,
    /// What the requests met.
    pub evidence: Evidence,
    /// What is known beside it.
    pub aftermath: Aftermath,
    /// Whether the run did not live to write its end.
    pub was_killed: bool,
}

/// What the first line of a file says.
#[derive(Debug)]
pub struct Head {
    /// The id of the run.
    pub run: String,
    /// The service.
    pub host: String,
    /// When it began, in RFC 3339.
    pub started_at: String,
    /// The load and the rules.
    pub plan: Plan,
    /// By what and on what it was run.
    pub manifest: Manifest,
    /// What the verdict depends on beside the plan.
    pub terms: Terms,
    /// What the file has of a run that several workers shared.
    pub part: Option<Part>,
}

/// One second as it was written: what ended in it, and the second as a whole.
#[derive(Debug)]
pub struct Written {
    /// What ended in it, by phase and endpoint.
    pub figures: Vec<Figures>,
    /// The second as a whole.
    pub tick: Tick,
}

/// A file that is read second by second, however long it is.
#[derive(Debug)]
pub struct Reader<R> {
    /// What its first line says.
    pub head: Head,
    /// What happened beside the requests, as far as it was read.
    pub events: Vec<Event>,
    /// What a witness saw, as far as it was read.
    pub sightings: Vec<Sighting>,
    limits: usize,
    lines: R,
    number: usize,
    open: Vec<Figures>,
    pulses: Vec<Pulse>,
    sent: u64,
    end: Option<Aftermath>,
}

/// Reads a file whose first line has been read already.
pub fn replay(first: Line, lines: impl BufRead) -> io::Result<Replay> {
    let mut reader = Reader::new(first, lines)?;
    let mut evidence = Evidence::new(&reader.head.plan);
    while let Some(Written { figures, tick }) = reader.second()? {
        for figures in figures {
            evidence.add(figures.phase, figures.endpoint, &figures.cell()?);
        }
        evidence.end_second(&tick);
    }
    evidence.events = std::mem::take(&mut reader.events);
    evidence.sightings = std::mem::take(&mut reader.sightings);
    let (head, aftermath, was_killed) = reader.end();
    Ok(Replay {
        head,
        evidence,
        aftermath,
        was_killed,
    })
}

impl<R: BufRead> Reader<R> {
    /// A file whose first line has been read already.
    pub fn new(first: Line, lines: R) -> io::Result<Self> {
        let Line::Run {
            version: VERSION,
            run,
            host,
            started_at,
            plan,
            manifest,
            terms,
            part,
        } = first
        else {
            return Err(malformed(
                1,
                "the plan of a run, in version 1, is not there",
            ));
        };
        Ok(Self {
            limits: plan.limits().len(),
            head: Head {
                run,
                host,
                started_at,
                plan: *plan,
                manifest,
                terms: *terms,
                part: part.map(|part| *part),
            },
            events: vec![],
            sightings: vec![],
            lines,
            number: 1,
            open: vec![],
            pulses: vec![],
            sent: 0,
            end: None,
        })
    }

    /// The next second that ended; nothing when there is none any more.
    pub fn second(&mut self) -> io::Result<Option<Written>> {
        let mut bytes = vec![];
        loop {
            bytes.clear();
            self.lines.read_until(b'\n', &mut bytes)?;
            if !bytes.ends_with(b"\n") {
                return Ok(None);
            }
            self.number += 1;
            let number = self.number;
            let line = serde_json::from_slice(&bytes).map_err(|error| malformed(number, error))?;
            match line {
                Line::Run { .. } => return Err(malformed(number, "a second run begins here")),
                Line::Second(figures) => {
                    if figures.phase >= self.head.plan.phases.len()
                        || figures.late.len() != self.limits
                    {
                        return Err(malformed(number, "it does not fit the plan"));
                    }
                    self.open.push(*figures);
                }
                Line::Tick(tick) => {
                    self.pulses.push(tick.generator);
                    self.sent += tick.sent;
                    let figures = std::mem::take(&mut self.open);
                    return Ok(Some(Written { figures, tick }));
                }
                Line::Event(event) => self.events.push(event),
                Line::Sighting(sighting) => self.sightings.push(sighting),
                Line::End(aftermath) => self.end = Some(*aftermath),
            }
        }
    }

    /// What the file says of the run beside its seconds, once they are read, and whether the run was killed.
    pub fn end(self) -> (Head, Aftermath, bool) {
        let was_killed = self.end.is_none();
        let aftermath = self
            .end
            .unwrap_or_else(|| killed(self.sent, &self.pulses, &self.head.manifest));
        (self.head, aftermath, was_killed)
    }
}

fn malformed(line: usize, why: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("line {line}: {why}"))
}

/// What can be said of a run that was killed; nobody compared its ledger with the service, and nobody cleaned up.
fn killed(sent: u64, pulses: &[Pulse], manifest: &Manifest) -> Aftermath {
    let why = || "the run was killed".to_owned();
    let mean = |figure: fn(&Pulse) -> f64| {
        pulses.iter().map(figure).sum::<f64>() / pulses.len().max(1) as f64
    };
    Aftermath {
        sent,
        beside: 0,
        when: None,
        unsent: 0,
        stopped: Some(What::Killed),
        health: Health {
            cpus: manifest.cpus as f64,
            cpu: mean(|pulse| pulse.cpu),
            busiest_cpu: mean(|pulse| pulse.cpu),
            starved: mean(|pulse| pulse.starved),
            machine: mean(|pulse| pulse.machine),
            steal: mean(|pulse| pulse.steal),
            ..Health::default()
        },
        acknowledged: Acknowledged::default(),
        verified: Verified {
            why: Some(why()),
            ..Verified::default()
        },
        cleaned: Cleaned::Left(why()),
        verdict: None,
    }
}
