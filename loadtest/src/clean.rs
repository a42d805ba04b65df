//! Takes away what a run created, found by its organizer.

use futures::{StreamExt, stream};

use crate::personas::organizer;
use crate::target::{Target, TargetError};

/// How many events are deleted at once.
const AT_ONCE: usize = 8;
/// How many pages are read at most: a server that repeats its cursor must not hold us.
const PAGES: usize = 1_000;

/// Deletes the events of a run and says how many there were.
pub async fn clean(target: &Target, run: &str) -> Result<u64, TargetError> {
    let mut deleted = 0;
    // A create that timed out may appear while the others are deleted: until a look finds nothing.
    for _ in 0..3 {
        let ids = find(target, run).await?;
        if ids.is_empty() {
            break;
        }
        let mut deletions = stream::iter(ids)
            .map(|id| target.delete(id))
            .buffer_unordered(AT_ONCE);
        while let Some(deletion) = deletions.next().await {
            deletion?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

async fn find(target: &Target, run: &str) -> Result<Vec<i64>, TargetError> {
    let organizer = organizer(run);
    let mut ids = vec![];
    let mut cursor: Option<String> = None;
    for _ in 0..PAGES {
        let page = target.mentioning(&organizer, cursor.as_deref()).await?;
        // The search is the service's, the decision ours: nothing of anybody else is ever deleted.
        ids.extend(
            page.items
                .iter()
                .filter(|event| event.organizer == organizer)
                .map(|event| event.id),
        );
        match page.next {
            Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
            _ => break,
        }
    }
    Ok(ids)
}
