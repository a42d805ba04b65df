//! Takes away what a run created, found by its organizer.

use futures::{StreamExt, stream};

use crate::personas::organizer;
use crate::target::{Target, TargetError};

/// How many events are deleted at once.
const AT_ONCE: usize = 8;

/// Deletes the events of a run and says how many there were.
pub async fn clean(target: &Target, run: &str) -> Result<u64, TargetError> {
    let mut deleted = 0;
    // A create that timed out may appear while the others are deleted: until a look finds nothing.
    for _ in 0..3 {
        let events = target.all_of(&organizer(run)).await?;
        if events.is_empty() {
            break;
        }
        let mut deletions = stream::iter(events)
            .map(|event| target.delete(event.id))
            .buffer_unordered(AT_ONCE);
        while let Some(deletion) = deletions.next().await {
            deletion?;
            deleted += 1;
        }
    }
    Ok(deleted)
}
