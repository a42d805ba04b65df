//! Exercises: snapshots of broken stacks inside the binary, each a merge patch (RFC 7396) over the healthy one.
//!
//! A scenario has the name of the fault that it shows; one of several independent faults has their names, joined by `+`.

use include_dir::{Dir, include_dir};
use serde_json::Value;

use crate::snapshot::Snapshot;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");
const HEALTHY: &str = "healthy";

/// The names of all exercises, `healthy` first.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = FILES
        .files()
        .filter_map(|file| file.path().file_stem()?.to_str())
        .collect();
    // One fault before several, `healthy` before all.
    names.sort_by_key(|name| (*name != HEALTHY, name.contains('+'), *name));
    names
}

/// The snapshot of an exercise; `None` for an unknown name.
///
/// # Errors
/// When the embedded data is not a snapshot: a defect of this program.
pub fn snapshot(name: &str) -> Option<serde_json::Result<Snapshot>> {
    let patch = match name {
        HEALTHY => "{}",
        _ => text(name)?,
    };
    Some(patched(text(HEALTHY)?, patch))
}

fn text(name: &str) -> Option<&'static str> {
    FILES.get_file(format!("{name}.json"))?.contents_utf8()
}

fn patched(healthy: &str, patch: &str) -> serde_json::Result<Snapshot> {
    let mut snapshot: Value = serde_json::from_str(healthy)?;
    json_patch::merge(&mut snapshot, &serde_json::from_str(patch)?);
    serde_json::from_value(snapshot)
}
