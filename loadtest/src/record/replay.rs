//! A run read back from its NDJSON file: the same evidence as that of the process which wrote it.
//!
//! The file of a run that was killed ends somewhere: a line may be cut, and the lines of its last second may lack the tick
//! that ends it. What is whole counts, up to the last second that ended.

use std::io::{self, BufRead};

use super::Evidence;
use super::line::{Figures, Line, Terms, VERSION};
use crate::aftermath::{Aftermath, Cleaned};
use crate::events::What;
use crate::generator::{Health, Pulse};
use crate::ledger::{Acknowledged, Verified};
use crate::manifest::Manifest;
use crate::plan::Plan;

/// What a file tells of a run.
#[derive(Debug)]
pub struct Replay {
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
    /// What the requests met.
    pub evidence: Evidence,
    /// What is known beside it.
    pub aftermath: Aftermath,
    /// Whether the run did not live to write its end.
    pub was_killed: bool,
}

/// Reads a file whose first line has been read already.
pub fn replay(first: Line, mut lines: impl BufRead) -> io::Result<Replay> {
    let Line::Run {
        version: VERSION,
        run,
        host,
        started_at,
        plan,
        manifest,
        terms,
    } = first
    else {
        return Err(malformed(
            1,
            "the plan of a run, in version 1, is not there",
        ));
    };
    let mut evidence = Evidence::new(&plan);
    let mut open: Vec<Figures> = vec![];
    let mut pulses = vec![];
    let mut end = None;
    let mut bytes = vec![];
    for number in 2.. {
        bytes.clear();
        lines.read_until(b'\n', &mut bytes)?;
        if !bytes.ends_with(b"\n") {
            break;
        }
        let line = serde_json::from_slice(&bytes).map_err(|error| malformed(number, error))?;
        match line {
            Line::Run { .. } => return Err(malformed(number, "a second run begins here")),
            Line::Second(figures) => {
                if figures.phase >= plan.phases.len() || figures.late.len() != evidence.limits.len()
                {
                    return Err(malformed(number, "it does not fit the plan"));
                }
                open.push(*figures);
            }
            Line::Tick(tick) => {
                for figures in open.drain(..) {
                    evidence.add(figures.phase, figures.endpoint, &figures.cell()?);
                }
                pulses.push(tick.generator);
                evidence.end_second(&tick);
            }
            Line::Event(event) => evidence.events.push(event),
            Line::Sighting(sighting) => evidence.sightings.push(sighting),
            Line::End(aftermath) => end = Some(*aftermath),
        }
    }
    Ok(Replay {
        run,
        host,
        started_at,
        was_killed: end.is_none(),
        aftermath: end.unwrap_or_else(|| killed(&evidence, &pulses, &manifest)),
        plan: *plan,
        manifest,
        terms: *terms,
        evidence,
    })
}

fn malformed(line: usize, why: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("line {line}: {why}"))
}

/// What can be said of a run that was killed; nobody compared its ledger with the service, and nobody cleaned up.
fn killed(evidence: &Evidence, pulses: &[Pulse], manifest: &Manifest) -> Aftermath {
    let why = || "the run was killed".to_owned();
    let mean = |figure: fn(&Pulse) -> f64| {
        pulses.iter().map(figure).sum::<f64>() / pulses.len().max(1) as f64
    };
    Aftermath {
        sent: evidence.seconds.iter().map(|second| second.sent).sum(),
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
