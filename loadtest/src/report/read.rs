//! Reads a report back: from its own JSON, or from the NDJSON of a run, also of one that was killed.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use chrono::{DateTime, Utc};

use super::{End, Findings, Report, json};
use crate::cli::AwsArguments;
use crate::judge::judge;
use crate::order::Order;
use crate::record::line::Line;
use crate::record::replay::{Replay, replay};
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
    let malformed = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    let made_at = DateTime::parse_from_rfc3339(&replay.started_at)
        .map_err(|error| malformed(error.to_string()))?
        .with_timezone(&Utc);
    let order = Order {
        host: replay
            .host
            .parse()
            .map_err(|_| malformed(format!("{} is no address", replay.host)))?,
        run: replay.run,
        made_at,
        plan: replay.plan,
        aws: AwsArguments::default(),
        terms: replay.terms,
        reports: vec![],
        ndjson: None,
    };
    let findings = Findings {
        end: match &replay.aftermath.stopped {
            _ if replay.was_killed => End::Killed,
            Some(_) => End::Cancelled,
            None => End::Complete,
        },
        evidence: replay.evidence,
        aftermath: replay.aftermath,
        manifest: replay.manifest,
    };
    let observed = observe(&findings.evidence, &findings.aftermath, &order);
    let judgement = judge(&observed, &rules(&order));
    Ok(Report::new(&order, &judgement, &findings))
}
