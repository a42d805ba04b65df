//! The container's health check: one request, so that the image needs no curl.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use axum::{
    body::Body,
    http::{Request, Uri, header},
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

const LIMIT: Duration = Duration::from_secs(3);

/// Succeeds if the address answers with a 2xx status in time.
pub async fn check(url: &Uri) -> anyhow::Result<()> {
    let answered = tokio::time::timeout(LIMIT, get(url)).await;
    answered.with_context(|| format!("no answer from {url} within {} seconds", LIMIT.as_secs()))?
}

async fn get(url: &Uri) -> anyhow::Result<()> {
    ensure!(
        url.scheme_str() == Some("http"),
        "{url} is not an http:// address"
    );
    let Some(host) = url.host() else {
        bail!("{url} names no host")
    };
    let address = (host.trim_matches(['[', ']']), url.port_u16().unwrap_or(80));
    let stream = TcpStream::connect(address)
        .await
        .with_context(|| format!("cannot connect to {url}"))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let authority = url.authority().map_or(host, |authority| authority.as_str());
    let request = Request::get(path)
        .header(header::HOST, authority)
        .body(Body::empty())?;
    let response = sender
        .send_request(request)
        .await
        .with_context(|| format!("no answer from {url}"))?;
    ensure!(
        response.status().is_success(),
        "{url} answered {}",
        response.status()
    );
    Ok(())
}
