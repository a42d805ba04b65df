//! One request, timed and limited.

use std::{
    error::Error as _,
    time::{Duration, Instant},
};

use reqwest::{
    Method, Url,
    header::{ACCEPT, COOKIE, HeaderMap, HeaderValue, LOCATION},
    redirect::Policy,
    tls::TlsInfo,
};
use serde_json::Value;

use crate::{words, words::Words};

/// How long one request may take, at most: six of them end before the service tells of a change, after 30 s.
const LIMIT: Duration = Duration::from_secs(5);
/// More than this of an answer is not read.
const LARGEST: usize = 1024 * 1024;

/// Sends requests to one service.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    session: Option<HeaderValue>,
    id: String,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
    pub(super) took: Duration,
    /// What the server proves its name with, in DER.
    pub(super) certificate: Option<Vec<u8>>,
}

/// That nothing came back, and why.
pub(super) struct Silence {
    pub(super) why: Words,
    pub(super) took: Duration,
}

impl Client {
    /// Makes a client for the service at this address; `session` is the Cookie header of somebody who is logged in.
    ///
    /// # Errors
    /// When the address is none, or the session cannot be a header.
    pub fn new(
        url: &str,
        session: Option<&str>,
        timeout: Duration,
        id: &str,
    ) -> Result<Self, Words> {
        let base = Url::parse(url).ok().filter(|url| {
            ["http", "https"].contains(&url.scheme())
                && url.has_host()
                && url.username().is_empty()
                && url.query().is_none()
        });
        let Some(mut base) = base else {
            return Err(words!(
                "{url} is no address of a service\nhint: write for example https://events.example.com",
                "{url} はサービスの URL として使えません\nヒント: https://events.example.com のように指定してください"
            ));
        };
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let session = session.map(|cookie| {
            let cookie = cookie.trim();
            let value = cookie
                .strip_prefix("Cookie:")
                .or_else(|| cookie.strip_prefix("cookie:"))
                .unwrap_or(cookie);
            HeaderValue::from_str(value.trim()).map(|mut value| {
                value.set_sensitive(true);
                value
            })
        });
        let session = session.transpose().map_err(|_| {
            words!(
                "the file of the session is no Cookie header: one line, NAME=VALUE; NAME=VALUE",
                "セッションのファイルは Cookie ヘッダーの形式 (NAME=VALUE; NAME=VALUE の 1 行) で指定してください"
            )
        })?;
        let http = reqwest::Client::builder()
            .user_agent(concat!(
                "probe/",
                env!("CARGO_PKG_VERSION"),
                " (smoke test)"
            ))
            .redirect(Policy::none())
            .timeout(LIMIT.min(timeout))
            .tls_info(true)
            .build();
        let http = http.map_err(|error| {
            let why = chain(&error);
            words!(
                "no connection can be made: {why}",
                "接続の準備に失敗しました: {why}"
            )
        })?;
        Ok(Self {
            http,
            base,
            session,
            id: id.to_owned(),
        })
    }

    /// The address, without a slash at the end.
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// What its requests are found by in the log (`x-request-id`).
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Whether it acts for somebody who is logged in.
    pub(super) fn has_session(&self) -> bool {
        self.session.is_some()
    }

    pub(super) fn is_https(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// The same place by plain HTTP; `None` where it is not the usual port that HTTPS is served on.
    pub(super) fn plain(&self) -> Option<Url> {
        let mut plain = self.base.clone();
        (self.is_https() && self.base.port().is_none() && plain.set_scheme("http").is_ok())
            .then_some(plain)
    }

    pub(super) async fn get(&self, path: &str, accept: &str) -> Result<Answer, Silence> {
        let accept = [("accept", accept)];
        self.send(Method::GET, path, &accept, None).await
    }

    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer, Silence> {
        let began = Instant::now();
        let Ok(url) = self.base.join(path.trim_start_matches('/')) else {
            let why = words!("{path} is no path", "{path} はパスとして使えません");
            return Err(Silence {
                why,
                took: Duration::ZERO,
            });
        };
        let mut request = self
            .http
            .request(method, url)
            .header(ACCEPT, "application/json")
            .header("x-request-id", &self.id);
        for (name, value) in headers {
            let mut one = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_str(value) {
                one.insert(*name, value);
            }
            // In place of one of the same name.
            request = request.headers(one);
        }
        if let Some(session) = &self.session {
            request = request.header(COOKIE, session.clone());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        answer(request, began).await
    }

    /// Asks without a session, at another address.
    pub(super) async fn get_plain(&self, url: Url) -> Result<Answer, Silence> {
        let request = self.http.get(url).header("x-request-id", &self.id);
        answer(request, Instant::now()).await
    }
}

async fn answer(request: reqwest::RequestBuilder, began: Instant) -> Result<Answer, Silence> {
    let read = async {
        let mut response = request.send().await?;
        let certificate = response
            .extensions()
            .get::<TlsInfo>()
            .and_then(TlsInfo::peer_certificate)
            .map(<[u8]>::to_vec);
        let mut body = vec![];
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST {
                break;
            }
        }
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: String::from_utf8_lossy(&body).into_owned(),
            took: began.elapsed(),
            certificate,
        })
    };
    read.await.map_err(|error: reqwest::Error| Silence {
        took: began.elapsed(),
        why: why(&error, began.elapsed()),
    })
}

fn why(error: &reqwest::Error, took: Duration) -> Words {
    if error.is_timeout() {
        let seconds = took.as_secs_f64();
        return words!(
            "no answer within {seconds:.1} s",
            "{seconds:.1} 秒以内に応答がありません"
        );
    }
    let chain = chain(error);
    if error.is_connect() {
        return words!("no connection: {chain}", "接続できません: {chain}");
    }
    words!("no answer: {chain}", "応答がありません: {chain}")
}

/// What the error comes from, without the address, which stands in the first of them.
fn chain(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = vec![];
    let mut source = error.source();
    while let Some(error) = source {
        let text = error.to_string();
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        source = error.source();
    }
    match parts.is_empty() {
        true => error.to_string(),
        false => parts.join(": "),
    }
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// The host of somebody else to whom it sends on: who is not logged in comes to an identity provider.
    pub(super) fn login(&self, base: &str) -> Option<String> {
        if !(300..400).contains(&self.status) {
            return None;
        }
        let base = Url::parse(base).ok()?;
        let there = base.join(self.headers.get(LOCATION)?.to_str().ok()?).ok()?;
        (there.host_str() != base.host_str())
            .then(|| there.host_str().unwrap_or_default().to_owned())
    }

    /// What was answered in place of what should have been: the status, and the service's own words.
    pub(super) fn unexpected(&self) -> Words {
        let status = self.status;
        let problem = self.json();
        let word = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        let said = match (word("title"), word("detail")) {
            (title, detail) if detail.is_empty() => title,
            (title, detail) => format!("{title}: {detail}"),
        };
        let said = crate::snapshot::Text::from(said);
        match said.is_empty() {
            true => words!("answered {status}", "応答 {status}"),
            false => words!("answered {status}: {said}", "応答 {status}: {said}"),
        }
    }
}
