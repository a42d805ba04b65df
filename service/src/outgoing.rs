//! The client for what the service asks of others over HTTP.

use std::time::Duration;

use reqwest::{Client, redirect};
use rustls::crypto::ring;

/// A client whose requests take at most `limit`, the reading of the answer included.
///
/// It follows no redirect: those whom the service asks have fixed addresses, and an answer that points elsewhere
/// must not choose whom the service talks to.
///
/// # Errors
///
/// When the system's root certificates cannot be read.
pub fn client(limit: Duration) -> reqwest::Result<Client> {
    // The cryptography that the connections to the database use as well. Who installed it before keeps theirs.
    let _ = ring::default_provider().install_default();
    Client::builder()
        .timeout(limit)
        .connect_timeout(limit)
        .redirect(redirect::Policy::none())
        .user_agent(concat!("service/", env!("CARGO_PKG_VERSION")))
        .build()
}
