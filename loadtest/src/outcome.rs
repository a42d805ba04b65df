//! What became of a request, by who is to blame.
//!
//! The share of the service's good answers must not depend on the rules of the business (a full event is no outage)
//! nor on the generator (its own missing file descriptors are no outage either).

use std::borrow::Cow;
use std::error::Error;
use std::io;

use serde::{Deserialize, Serialize};

use crate::endpoint::Endpoint;

/// How the cause begins that is a status.
const STATUS: &str = "http-";

/// The sorts of outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Answered as promised and in time.
    Ok,
    /// A rule of the business said no: the event is full (409) or gone (404).
    Refused,
    /// Answered, but later than the limit for slow answers.
    Slow,
    /// The service answered with a fault: 5xx, 408, 429, or a body that is not what it promised.
    ServerFault,
    /// No whole answer came: refused, reset, closed, timed out.
    NetworkFault,
    /// Nothing that can be laid on the service: the generator had no descriptors or ports left,
    /// or the request was rejected (4xx), and nobody can tell from here whether rightly.
    ClientFault,
}

impl Outcome {
    /// Every sort, in the order of reports; `as usize` is the place in it.
    pub const ALL: [Self; 6] = [
        Self::Ok,
        Self::Refused,
        Self::Slow,
        Self::ServerFault,
        Self::NetworkFault,
        Self::ClientFault,
    ];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Slow => "slow",
            Self::ServerFault => "server_fault",
            Self::NetworkFault => "network_fault",
            Self::ClientFault => "client_fault",
        }
    }

    /// Whether it counts against the availability.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::ServerFault | Self::NetworkFault)
    }

    /// Whether it says anything about the service at all.
    pub fn counts(self) -> bool {
        self != Self::ClientFault
    }
}

/// Sorts an answer by its status; the cause is `None` where all is well.
pub fn of_status(endpoint: Endpoint, status: u16) -> (Outcome, Option<Cow<'static, str>>) {
    let cause = || Some(Cow::Owned(format!("{STATUS}{status}")));
    match status {
        // 304: what the client has is what there is.
        200..=299 | 304 => (Outcome::Ok, None),
        _ if endpoint.refuses_with(status) => (Outcome::Refused, cause()),
        408 | 429 | 500.. => (Outcome::ServerFault, cause()),
        _ => (Outcome::ClientFault, cause()),
    }
}

/// Whether a request was answered, by a rejection: the load test may have sent something wrong,
/// but just as well a firewall before the service or a bad version of it may be turning people away.
pub fn is_rejection(outcome: Outcome, cause: &str) -> bool {
    outcome == Outcome::ClientFault && cause.starts_with(STATUS)
}

/// Sorts an error without a whole answer.
pub fn of_error(error: &reqwest::Error) -> (Outcome, Option<Cow<'static, str>>) {
    let (outcome, cause) = match io_error(error) {
        _ if error.is_builder() => (Outcome::ClientFault, "request-not-built"),
        _ if error.is_timeout() => (Outcome::NetworkFault, "timeout"),
        Some(cause) => cause,
        None if error.is_connect() => (Outcome::NetworkFault, "connect"),
        None => (Outcome::NetworkFault, "connection-closed"),
    };
    (outcome, Some(cause.into()))
}

/// reqwest says little; the operating system's error below it says who ran out of what.
fn io_error(error: &reqwest::Error) -> Option<(Outcome, &'static str)> {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            return of_io(io)
                .or_else(|| io.get_ref().and_then(|e| e.downcast_ref()).and_then(of_io));
        }
        source = inner.source();
    }
    None
}

fn of_io(error: &io::Error) -> Option<(Outcome, &'static str)> {
    use rustix::io::Errno;
    match Errno::from_io_error(error) {
        Some(Errno::MFILE | Errno::NFILE) => {
            return Some((Outcome::ClientFault, "too-many-open-files"));
        }
        Some(Errno::ADDRNOTAVAIL) => return Some((Outcome::ClientFault, "no-local-ports-left")),
        Some(Errno::NOBUFS | Errno::NOMEM) => return Some((Outcome::ClientFault, "out-of-memory")),
        _ => {}
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some((Outcome::NetworkFault, "connection-refused")),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            Some((Outcome::NetworkFault, "connection-reset"))
        }
        io::ErrorKind::TimedOut => Some((Outcome::NetworkFault, "timeout")),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            Some((Outcome::NetworkFault, "unreachable"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_sorted_by_who_is_to_blame() {
        for (endpoint, status, outcome) in [
            (Endpoint::List, 200, Outcome::Ok),
            (Endpoint::Join, 201, Outcome::Ok),
            (Endpoint::Join, 409, Outcome::Refused),
            (Endpoint::Open, 404, Outcome::Refused),
            (Endpoint::List, 404, Outcome::ClientFault),
            (Endpoint::Create, 422, Outcome::ClientFault),
            (Endpoint::Create, 429, Outcome::ServerFault),
            (Endpoint::Open, 503, Outcome::ServerFault),
        ] {
            assert_eq!(
                of_status(endpoint, status).0,
                outcome,
                "{} {status}",
                endpoint.name()
            );
        }
    }

    #[test]
    fn what_the_generator_lacks_is_not_the_fault_of_the_service() {
        for (code, outcome) in [
            (rustix::io::Errno::MFILE, Outcome::ClientFault),
            (rustix::io::Errno::ADDRNOTAVAIL, Outcome::ClientFault),
            (rustix::io::Errno::CONNREFUSED, Outcome::NetworkFault),
            (rustix::io::Errno::CONNRESET, Outcome::NetworkFault),
        ] {
            assert_eq!(
                of_io(&io::Error::from(code)).map(|(outcome, _)| outcome),
                Some(outcome),
                "{code:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_closed_port_is_named() {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let error = reqwest::get(format!("http://127.0.0.1:{port}/"))
            .await
            .unwrap_err();
        assert_eq!(
            of_error(&error),
            (Outcome::NetworkFault, Some("connection-refused".into()))
        );
    }
}
