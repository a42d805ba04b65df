//! The line that one endpoint gets for one second in the NDJSON file.

use std::collections::BTreeMap;
use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::serialization::{Serializer, V2DeflateSerializer};
use serde::Serialize;

use super::Cell;
use super::times::Times;
use crate::endpoint::Endpoint;
use crate::outcome::Outcome;

#[derive(Serialize)]
struct Line<'a> {
    version: u32,
    second: u64,
    endpoint: &'a str,
    /// Counts by outcome; what did not happen is left out.
    outcomes: BTreeMap<&'static str, u64>,
    slow: u64,
    /// HdrHistogram V2, deflated, base64, in microseconds: the exact merge of any number of seconds and machines.
    response_hdr: String,
    service_hdr: String,
}

/// Writes and flushes the line.
pub(super) fn write(
    file: &mut impl Write,
    second: u64,
    endpoint: Endpoint,
    cell: &Cell,
) -> io::Result<()> {
    let line = Line {
        version: 1,
        second,
        endpoint: endpoint.name(),
        outcomes: Outcome::ALL
            .into_iter()
            .map(|outcome| (outcome.name(), cell.outcomes[outcome as usize]))
            .filter(|(_, count)| *count > 0)
            .collect(),
        slow: cell.late_answers,
        response_hdr: encode(&cell.response)?,
        service_hdr: encode(&cell.service)?,
    };
    serde_json::to_writer(&mut *file, &line)?;
    file.write_all(b"\n")?;
    file.flush()
}

fn encode(times: &Times) -> io::Result<String> {
    let mut bytes = vec![];
    V2DeflateSerializer::new()
        .serialize(times, &mut bytes)
        .map_err(|error| io::Error::other(format!("histogram not serialised: {error:?}")))?;
    Ok(STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hdrhistogram::serialization::Deserializer;

    use super::*;
    use crate::record::times::{note, percentile_ms, times};

    #[test]
    fn a_histogram_comes_back_as_it_was() {
        let mut before = times();
        for millis in [1, 20, 300, 4_000] {
            note(&mut before, Duration::from_millis(millis));
        }
        let bytes = STANDARD.decode(encode(&before).unwrap()).unwrap();
        let after: Times = Deserializer::new()
            .deserialize(&mut bytes.as_slice())
            .unwrap();
        assert_eq!(percentile_ms(&after, 75.0), percentile_ms(&before, 75.0));
        assert_eq!(after.len(), 4);
    }
}
