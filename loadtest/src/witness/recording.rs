//! What a witness saw, as a file: NDJSON, the first line says of what, each further one is a sighting.
//!
//! `loadtest watch` writes it; whoever reads it needs no AWS.

use std::io::{self, BufRead, Write};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Seen, Sighting};
use crate::clock::millis;

/// The version of the shape of the lines.
const VERSION: u32 = 1;

/// Of what a recording is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The version of the shape: 1.
    pub version: u32,
    /// Where it comes from; a recording that nobody took of AWS says so here.
    pub source: String,
    /// The cluster.
    pub cluster: String,
    /// The service.
    pub service: String,
    /// When second 0 was, in RFC 3339.
    pub started_at: String,
}

impl Origin {
    /// That of a recording that begins now.
    pub fn new(source: String, cluster: String, service: String, started_at: String) -> Self {
        Self {
            version: VERSION,
            source,
            cluster,
            service,
            started_at,
        }
    }
}

/// What a witness saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// Of what.
    pub origin: Origin,
    /// In the order in which it was seen.
    pub sightings: Vec<Sighting>,
}

/// Why a file is no recording.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be read at all.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A line says something else.
    #[error("line {line}: {why}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

impl Recording {
    /// Reads a file; a last line that was cut off is left out.
    pub fn read(mut file: impl BufRead) -> Result<Self, ReadError> {
        let mut origin = None;
        let mut sightings = vec![];
        let mut line = vec![];
        for number in 1.. {
            line.clear();
            file.read_until(b'\n', &mut line)?;
            if !line.ends_with(b"\n") {
                break;
            }
            let wrong = |why: String| ReadError::Line { line: number, why };
            if number == 1 {
                let read: Origin =
                    serde_json::from_slice(&line).map_err(|error| wrong(error.to_string()))?;
                if read.version != VERSION {
                    return Err(wrong(format!("version {} is not known", read.version)));
                }
                origin = Some(read);
            } else {
                let sighting =
                    serde_json::from_slice(&line).map_err(|error| wrong(error.to_string()))?;
                sightings.push(sighting);
            }
        }
        let origin = origin.ok_or_else(|| ReadError::Line {
            line: 1,
            why: "the file is empty".to_owned(),
        })?;
        Ok(Self { origin, sightings })
    }
}

impl Recording {
    /// What was seen, in seconds after another beginning than that of the recording.
    pub fn from(self, begin: DateTime<Utc>) -> Result<Vec<Sighting>, ReadError> {
        let began = self.origin.started_at.parse::<DateTime<Utc>>();
        let began = began.map_err(|error| ReadError::Line {
            line: 1,
            why: error.to_string(),
        })?;
        let by_s = millis(began - begin) / 1_000.0;
        let mut sightings = self.sightings;
        for sighting in &mut sightings {
            sighting.at_s += by_s;
            sighting.after_s = sighting.after_s.map(|after| after + by_s);
            match &mut sighting.seen {
                Seen::Event(it) => it.of_s += by_s,
                Seen::Activity(it) => it.from_s += by_s,
                Seen::Alarm(it) => it.since_s += by_s,
                Seen::Metric(it) => it.from_s += by_s,
                Seen::Tasks(_)
                | Seen::Targets(_)
                | Seen::Range(_)
                | Seen::Policy(_)
                | Seen::Scheduled(_)
                | Seen::Gap(_)
                | Seen::Back { .. }
                | Seen::End => {}
            }
        }
        Ok(sightings)
    }
}

/// Writes a line of a recording.
pub fn write(line: &impl Serialize, file: &mut dyn Write) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)?;
    file.flush()
}
