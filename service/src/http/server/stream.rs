//! A client's connection, on which nobody is cut off who has been answered, and nobody waited for who takes nothing.

use std::{
    io,
    mem::MaybeUninit,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// How much of a body that is not wanted is read before the connection is closed, in bytes.
const REST: usize = 16 * 1024 * 1024;
/// For how long it is read.
const REST_TIME: Duration = Duration::from_secs(5);

/// A connection.
///
/// Who is answered before they have sent their whole body, such as one that is too large, would lose the answer if the
/// connection was simply closed: what arrives after that is answered by the system with a reset, at which a proxy may
/// throw away what it has not read yet. So our side is closed, and what still comes is read for a while.
pub(super) struct Stream<S> {
    inner: S,
    unread: Unread,
    /// How long the client may take nothing of its answer.
    stalled: Duration,
    /// Since the client takes nothing: when that has been long enough.
    waiting: Option<Pin<Box<Sleep>>>,
    /// While the rest is read: how much more of it, and until when.
    rest: Option<(usize, Pin<Box<Sleep>>)>,
}

/// Whether the request that is being answered has a body that nobody has read to its end.
#[derive(Debug, Clone, Default)]
pub(super) struct Unread(Arc<AtomicBool>);

impl<S> Stream<S> {
    pub(super) fn new(inner: S, unread: Unread, stalled: Duration) -> Self {
        Self {
            inner,
            unread,
            stalled,
            waiting: None,
            rest: None,
        }
    }

    /// Lets an attempt to write pass, unless the client has taken nothing for too long.
    fn bounded<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let stalled = self.stalled;
        let limit = self.waiting.get_or_insert_with(|| Box::pin(sleep(stalled)));
        ready!(limit.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.bounded(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, bytes);
        self.bounded(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let (left, limit) = match &mut this.rest {
            Some(rest) => rest,
            None => {
                ready!(Pin::new(&mut this.inner).poll_shutdown(cx))?;
                if !this.unread.0.load(Ordering::Relaxed) {
                    return Poll::Ready(Ok(()));
                }
                this.rest.insert((REST, Box::pin(sleep(REST_TIME))))
            }
        };
        let mut space = [MaybeUninit::uninit(); 16 * 1024];
        while *left > 0 && limit.as_mut().poll(cx).is_pending() {
            let mut buffer = ReadBuf::uninit(&mut space);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut buffer))?;
            match buffer.filled().len() {
                0 => break,
                read => *left = left.saturating_sub(read),
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// The body of a request, which notes whether it was read to its end.
pub(super) struct Watched {
    body: Incoming,
    unread: Unread,
}

impl Watched {
    pub(super) fn new(body: Incoming, unread: Unread) -> Self {
        unread.0.store(!body.is_end_stream(), Ordering::Relaxed);
        Self { body, unread }
    }
}

impl Body for Watched {
    type Data = <Incoming as Body>::Data;
    type Error = <Incoming as Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() || self.body.is_end_stream() {
            self.unread.0.store(false, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(2);

    #[tokio::test]
    async fn who_takes_nothing_is_given_up_and_who_takes_little_is_not() {
        let (ours, mut theirs) = duplex(64);
        let mut stream = Stream::new(ours, Unread::default(), LIMIT);
        let reading = tokio::spawn(async move {
            let mut taken = 0;
            while taken < 640 {
                tokio::time::sleep(LIMIT / 6).await;
                taken += theirs.read(&mut [0; 64]).await.unwrap();
            }
            theirs
        });
        stream.write_all(&[b'x'; 640]).await.unwrap();
        let theirs = reading.await.unwrap();
        let stuck = tokio::time::timeout(LIMIT * 10, stream.write_all(&[b'x'; 65]));
        let failed = stuck.await.unwrap().unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
        drop(theirs);
    }
}
