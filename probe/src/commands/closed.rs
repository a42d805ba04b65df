//! Whether anybody still reads standard output: `probe logs --follow | head` is over when `head` is.

use std::io;

use tokio::io::{Interest, unix::AsyncFd};

/// Waits until the reader of standard output has gone away: a pipe says so only to whoever writes, and what has nothing to
/// write would go on for ever. Of a file or a terminal it waits for ever itself.
pub(super) async fn closed() {
    // What cannot be waited for, as a file, is refused here.
    if let Ok(out) = AsyncFd::with_interest(io::stdout(), Interest::ERROR)
        && out.ready(Interest::ERROR).await.is_ok()
    {
        return;
    }
    std::future::pending().await
}
