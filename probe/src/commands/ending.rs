//! How a command that goes on for ever ends: by Ctrl-C, or when nobody reads any more.

use std::{
    io::{self, IsTerminal},
    os::fd::{AsFd, OwnedFd},
};

use tokio::{io::Interest, net::unix::pipe::Sender, signal::ctrl_c};

use super::print;

/// Waits for the end. Neither way is a failure.
pub(super) async fn ended() {
    tokio::select! {
        _ = ctrl_c() => if io::stdout().is_terminal() {
            // Away with its `^C`, so that the next prompt begins the line. Where that cannot be written nobody sees it.
            let _ = print("\r\x1b[K");
        },
        () = closed() => {}
    }
}

/// Waits until the reader of standard output has gone away: a pipe says so only to whoever writes, and what has nothing to
/// write would go on for ever. Of a file or a terminal it waits for ever itself.
async fn closed() {
    if let Some(out) = pipe()
        && out.ready(Interest::ERROR).await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

/// Standard output as something to be waited for; what cannot be, as a file, is refused. Nothing is written here, and so it
/// may stay as it is: making it non-blocking would change it for all that share it.
fn pipe() -> Option<Sender> {
    let out: OwnedFd = io::stdout().as_fd().try_clone_to_owned().ok()?;
    Sender::from_owned_fd_unchecked(out).ok()
}
