//! A headless Chromium, driven by the protocol of WebDriver.
//!
//! The crates for it would have the whole workspace tested with another `serde_json` than it ships with, or bring a
//! licence that is not allowed; what is needed of the protocol is little.

use std::{
    net::SocketAddr,
    process::Stdio,
    sync::atomic::AtomicU32,
    time::{Duration, Instant},
};

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::client::send_to;

/// The member by which the protocol names an element.
pub(super) const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long the page may take to become as it is expected, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(15);

/// A browser window on the pages of one service.
pub(crate) struct Browser {
    driver: SocketAddr,
    session: String,
    /// Where the service is.
    pub(crate) site: String,
    /// How often the person at the window has done something.
    pub(super) touched: AtomicU32,
    /// Killed when this is dropped.
    _child: Child,
}

impl Browser {
    /// Opens a window; `None` where there is no driver and nobody insists on it.
    pub(crate) async fn open(site: SocketAddr, language: &str, scripts: bool) -> Option<Self> {
        let started = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) => {
                // Somebody's own machine may do without; where changes are accepted, nothing is left out unnoticed.
                assert!(
                    std::env::var_os("CI").is_none(),
                    "chromedriver does not start ({error}): run .ci/setup --browser"
                );
                not_tested();
                return None;
            }
        };
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next_line().await.unwrap().unwrap();
            if let Some((_, port)) = line.rsplit_once("started successfully on port ") {
                break port.trim_end_matches('.').parse::<u16>().unwrap();
            }
        };
        let mut browser = Self {
            driver: ([127, 0, 0, 1], port).into(),
            session: String::new(),
            site: format!("http://{site}"),
            touched: AtomicU32::new(0),
            _child: child,
        };
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--window-size=1280,1000",
            &format!("--lang={language}"),
            &format!("--accept-lang={language}"),
        ];
        let blocked = if scripts { 1 } else { 2 };
        let options = json!({
            "args": arguments,
            "prefs": { "profile.managed_default_content_settings.javascript": blocked },
        });
        let logged = json!({ "performance": "ALL" });
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": logged,
        } } });
        let created = browser.command("POST", "/session", wanted).await.unwrap();
        browser.session = format!("/session/{}", created["sessionId"].as_str().unwrap());
        Some(browser)
    }

    /// Closes the window, and with it the browser.
    pub(crate) async fn close(&self) {
        let _ = self.command("DELETE", &self.session, Value::Null).await;
    }

    async fn command(&self, method: &str, path: &str, body: Value) -> Result<Value, Value> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json");
        let body = match body {
            Value::Null => Body::empty(),
            body => Body::from(body.to_string()),
        };
        let answer = send_to(self.driver, request.body(body).unwrap()).await;
        let value = answer.json()["value"].take();
        if answer.status.is_success() {
            Ok(value)
        } else {
            Err(value)
        }
    }

    pub(super) async fn ask(&self, method: &str, path: &str, body: Value) -> Result<Value, Value> {
        self.command(method, &format!("{}{path}", self.session), body)
            .await
    }

    /// Goes to a page of the service.
    pub(crate) async fn go(&self, path: &str) {
        let url = format!("{}{path}", self.site);
        self.ask("POST", "/url", json!({ "url": url }))
            .await
            .unwrap();
    }

    /// Goes back, as by the button of the browser.
    pub(crate) async fn back(&self) {
        self.ask("POST", "/back", json!({})).await.unwrap();
    }

    /// The path and query of the page.
    pub(crate) async fn place(&self) -> String {
        let url = self.ask("GET", "/url", Value::Null).await.unwrap();
        let url = url.as_str().unwrap();
        url.strip_prefix(&self.site).unwrap_or(url).to_owned()
    }

    pub(super) async fn element(&self, xpath: &str) -> Result<String, Value> {
        let wanted = json!({ "using": "xpath", "value": xpath });
        let found = self.ask("POST", "/element", wanted).await?;
        Ok(found[ELEMENT].as_str().unwrap().to_owned())
    }

    /// Waits for an element, and does something with it; once more if the page has replaced it meanwhile.
    pub(super) async fn with(&self, xpath: &str, method: &str, action: &str, body: Value) -> Value {
        let begun = Instant::now();
        loop {
            let done = match self.element(xpath).await {
                Ok(id) => {
                    let path = format!("/element/{id}/{action}");
                    self.ask(method, &path, body.clone()).await
                }
                Err(error) => Err(error),
            };
            match done {
                Ok(value) => return value,
                Err(error) if begun.elapsed() > PATIENCE => {
                    panic!("{xpath}: {error}\n{}", self.text("//body").await)
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// The value of a field.
    pub(crate) async fn value(&self, xpath: &str) -> String {
        let value = self.with(xpath, "GET", "property/value", Value::Null).await;
        value.as_str().unwrap().to_owned()
    }

    pub(super) async fn text(&self, xpath: &str) -> String {
        let Ok(id) = self.element(xpath).await else {
            return String::new();
        };
        let text = self
            .ask("GET", &format!("/element/{id}/text"), Value::Null)
            .await;
        text.map_or(String::new(), |text| text.as_str().unwrap_or("").to_owned())
    }

    /// Waits until the page shows a text.
    pub(crate) async fn shows(&self, text: &str) {
        self.becomes(text, true).await;
    }

    /// Waits until the page no longer shows a text.
    pub(crate) async fn hides(&self, text: &str) {
        self.becomes(text, false).await;
    }

    async fn becomes(&self, text: &str, shown: bool) {
        let begun = Instant::now();
        loop {
            let page = self.text("//body").await;
            if !page.is_empty() && page.contains(text) == shown {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{text} {shown} in {page}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "whoever runs the tests must see what they have left out"
)]
fn not_tested() {
    eprintln!(
        "NOT TESTED: the pages in a browser, because there is no chromedriver (apt-get install chromium-driver)"
    );
}
