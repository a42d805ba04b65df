//! Reads a report back: from its own JSON, or from the NDJSON of a run, also of one that was killed.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use chrono::{DateTime, Utc};

use super::{End, Findings, Report, json};
use crate::cli::AwsArguments;
use crate::judge::judge;
use crate::manifest::Manifest;
use crate::order::Order;
use crate::record::line::Line;
use crate::record::replay::{Head, Replay, replay};
use crate::run::{observe, rules};

/// The report in a file.
pub fn read(path: &Path) -> io::Result<Report> {
    let mut file = BufReader::new(File::open(path)?);
    let mut text = String::new();
    file.read_line(&mut text)?;
    if let Ok(first) = serde_json::from_str::<Line>(&text) {
        return judged(replay(first, file)?);
    }
    file.read_to_string(&mut text)?;
    Ok(json::read(&text)?)
}

/// Judges a run again from what it has written down.
fn judged(replay: Replay) -> io::Result<Report> {
    if let Some(part) = &replay.head.part {
        let (slots, run) = (part.slots, &part.run);
        return Err(malformed(format!(
            "it is the part of worker {slots} of run {run}; `loadtest merge` takes all of them"
        )));
    }
    let (order, manifest) = order(replay.head)?;
    let findings = Findings {
        end: match &replay.aftermath.stopped {
            _ if replay.was_killed => End::Killed,
            Some(_) => End::Cancelled,
            None => End::Complete,
        },
        evidence: replay.evidence,
        aftermath: replay.aftermath,
        manifest,
    };
    let observed = observe(&findings.evidence, &findings.aftermath, &order);
    let judgement = judge(&observed, &rules(&order));
    Ok(Report::new(&order, &judgement, &findings))
}

/// What was to be run, as a file says it.
pub fn order(head: Head) -> io::Result<(Order, Manifest)> {
    let made_at = DateTime::parse_from_rfc3339(&head.started_at)
        .map_err(|error| malformed(error.to_string()))?
        .with_timezone(&Utc);
    let order = Order {
        host: head
            .host
            .parse()
            .map_err(|_| malformed(format!("{} is no address", head.host)))?,
        run: head.run,
        made_at,
        plan: head.plan,
        aws: AwsArguments::default(),
        terms: head.terms,
        reports: vec![],
        ndjson: None,
        part: head.part,
    };
    Ok((order, head.manifest))
}

fn malformed(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
