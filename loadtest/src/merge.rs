//! Adds up what the workers of a run have written, exactly, and judges it as if one machine had done it all.
//!
//! ```text
//! worker-1-of-3.ndjson ─┐
//! worker-2-of-3.ndjson ─┼──▶ sum, second by second ──▶ evidence ──▶ judge ──▶ report
//! worker-3-of-3.ndjson ─┘          │                                  ▲
//! what `watch` saw ────────────────┴──▶ what is missing (gaps) ───────┘
//! ```
//!
//! Histograms are added count by count and nothing is averaged. Every worker and every second must be there,
//! their clocks must agree, and the load balancer must have counted as many requests; what is amiss is a gap,
//! and with a gap nothing is shown.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::cli::MergeArguments;
use crate::generator::strain::strains;
use crate::judge::judge;
use crate::record::line::Line;
use crate::record::replay::Reader;
use crate::record::times::percentile_ms;
use crate::report::{End, Findings, Report, order};
use crate::run::{observe, rules};
use crate::usage::UsageError;
use crate::witness::Recording;

mod balancer;
mod clocks;
mod gap;
mod sum;
#[cfg(test)]
mod tests;
mod workers;

pub use gap::Gap;
use sum::{Sum, Worker, sum};

/// The report of a run that several workers shared.
pub fn merge(arguments: &MergeArguments) -> Result<Report, UsageError> {
    let files = files(&arguments.results)?;
    let foreign = |path: &Path, why: io::Error| UsageError::Foreign {
        path: path.to_owned(),
        why: why.to_string(),
    };
    let mut readers = vec![];
    for path in files {
        let read = open(&path).map_err(|error| foreign(&path, error))?;
        readers.extend(read.map(|reader| (path, reader)));
    }
    if readers.is_empty() {
        return Err(UsageError::NothingToMerge(arguments.results[0].clone()));
    }
    let mut sum = sum(readers)?;
    if let Some(path) = &arguments.watched {
        let wrong =
            |error: &dyn std::fmt::Display| foreign(path, io::Error::other(error.to_string()));
        let file = File::open(path).map_err(|error| foreign(path, error))?;
        let recording = Recording::read(BufReader::new(file)).map_err(|error| wrong(&error))?;
        let began = sum.head.part.as_ref().map(|part| part.begins_at);
        let recording = recording.from(began.unwrap_or_default());
        let sightings = recording.map_err(|error| wrong(&error))?;
        sum.gaps.extend(balancer::gap(&sum, &sightings));
        sum.evidence.sightings = sightings;
    }
    sum.head.terms = arguments.terms.read()?;
    let report = judged(sum);
    report.map_err(|error| foreign(&arguments.results[0], error))
}

/// Judges the sum, with each generator by itself: of ten, one that was late is a small share of the whole.
fn judged(sum: Sum) -> io::Result<Report> {
    let rows = workers::rows(&sum, &sum.head.plan);
    let Sum {
        head,
        evidence,
        aftermath,
        workers,
        gaps,
    } = sum;
    let (order, manifest) = order(head)?;
    let mut observed = observe(&evidence, &aftermath, &order);
    observed.gaps = gaps;
    observed.strains.clear();
    for worker in &workers {
        let late = late_ms(worker);
        observed.lateness_p99_ms = observed.lateness_p99_ms.max(late);
        for strain in strains(&worker.aftermath.health, late, &order.plan, order.slots()) {
            let known = observed.strains.iter().any(|it| it.code() == strain.code());
            observed.strains.extend((!known).then_some(strain));
        }
    }
    let judgement = judge(&observed, &rules(&order));
    let end = match aftermath.stopped {
        _ if workers.iter().any(|worker| worker.was_killed) => End::Killed,
        Some(_) => End::Cancelled,
        None => End::Complete,
    };
    let findings = Findings {
        evidence,
        aftermath,
        end,
        manifest,
    };
    let mut order = order;
    if let Some(part) = order.part.take() {
        order.run = part.run;
        order.plan.users *= part.slots.of as usize;
    }
    let mut report = Report::new(&order, &judgement, &findings);
    report.workers = rows;
    Ok(report)
}

/// The 99th percentile of a worker's own delay, in milliseconds.
fn late_ms(worker: &Worker) -> f64 {
    percentile_ms(&worker.lateness, 99.0)
}

/// The files that are meant; of a folder those that end as results do.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, UsageError> {
    let mut files = vec![];
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let unread = |error: io::Error| UsageError::Foreign {
            path: path.clone(),
            why: error.to_string(),
        };
        for entry in std::fs::read_dir(path).map_err(unread)? {
            let file = entry.map_err(unread)?.path();
            files.extend(
                file.extension()
                    .is_some_and(|it| it == "ndjson")
                    .then_some(file),
            );
        }
    }
    files.sort();
    Ok(files)
}

/// A file of a worker; nothing where it has written nothing, as one that came too late does.
fn open(path: &Path) -> io::Result<Option<Reader<BufReader<File>>>> {
    let mut file = BufReader::new(File::open(path)?);
    let mut text = String::new();
    if file.read_line(&mut text)? == 0 {
        return Ok(None);
    }
    let first: Line = serde_json::from_str(&text)?;
    Reader::new(first, file).map(Some)
}
