//! What is seen of a page beside its text: what axe-core objects to, what moves, what is requested, how it looks.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::driver::Browser;

/// Where `.ci/setup --browser` puts axe-core.
const AXE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../.axe/node_modules/axe-core/axe.min.js"
);

/// Objections of axe-core, the rules of WCAG 2.2 included that it does not ask by itself.
const OBJECTIONS: &str = "
    const done = arguments[arguments.length - 1];
    axe.run({ rules: { 'target-size': { enabled: true } } }).then(
        ({ violations }) => done(violations.map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map((node) => node.html)])),
        (error) => done([['axe', String(error)]]));
";

/// How much moved by itself since the page was opened.
const SHIFTS: &str = "
    const done = arguments[arguments.length - 1];
    let sum = 0;
    const seen = (list) => list.getEntries().forEach(({ value }) => { sum += value; });
    const observer = new PerformanceObserver(seen);
    observer.observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => { seen({ getEntries: () => observer.takeRecords() }); done(sum); }, 100);
";

/// Brackets of half width beside Japanese, as nobody writes them but with the days of the week.
const NARROW: &str = r"
    if (document.documentElement.lang !== 'ja') return [];
    const page = document.body.cloneNode(true);
    page.querySelectorAll('bdi, code, pre, textarea, [dir=auto]').forEach((typed) => typed.remove());
    const text = page.textContent.replace(/\([日月火水木金土]\)/g, '');
    return text.match(/.{0,9}([ぁ-んァ-ヶ一-龠ー] ?\(|\([^)]*[ぁ-んァ-ヶ一-龠ー]).{0,9}/g) ?? [];
";

/// The light or the dark look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

impl Browser {
    /// The source of axe-core; `None` where it is not installed and nobody insists on it.
    pub(crate) fn axe() -> Option<String> {
        let axe = std::fs::read_to_string(AXE);
        if let Err(error) = &axe {
            assert!(
                std::env::var_os("CI").is_none(),
                "{AXE}: {error}: run .ci/setup --browser"
            );
        }
        axe.ok()
    }

    /// Looks at pages in that width, in the light or the dark.
    pub(crate) async fn look(&self, width: u32, scheme: Scheme) {
        let size =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
        let scheme = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.ask("POST", "/goog/cdp/execute", body).await.unwrap()
    }

    /// Runs a script in the page and gives what it returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        let body = json!({ "script": script, "args": [] });
        self.ask("POST", "/execute/sync", body).await.unwrap()
    }

    async fn await_script(&self, script: &str) -> Value {
        let body = json!({ "script": script, "args": [] });
        self.ask("POST", "/execute/async", body).await.unwrap()
    }

    /// What axe-core objects to in this page, which must be nothing.
    pub(crate) async fn objections(&self, axe: &str) -> Vec<Value> {
        self.run(axe).await;
        let objections = self.await_script(OBJECTIONS).await;
        objections.as_array().unwrap().clone()
    }

    /// Where this page has brackets of half width beside Japanese.
    pub(crate) async fn narrow_brackets(&self) -> Vec<Value> {
        self.run(NARROW).await.as_array().unwrap().clone()
    }

    /// How much has moved by itself in this page.
    pub(crate) async fn shifts(&self) -> f64 {
        self.await_script(SHIFTS).await.as_f64().unwrap()
    }

    /// What the browser has told of its traffic since this was asked last: events by their names.
    pub(crate) async fn traffic(&self) -> Vec<(String, Value)> {
        let entries = self
            .ask("POST", "/se/log", json!({ "type": "performance" }))
            .await
            .unwrap();
        let entries = entries.as_array().unwrap().iter();
        let event = |entry: &Value| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &message["message"];
            Some((
                message["method"].as_str()?.to_owned(),
                message["params"].clone(),
            ))
        };
        entries.filter_map(event).collect()
    }

    /// Takes a picture of the page, of no more than that height.
    pub(crate) async fn picture(&self, file: &Path, most: u64) {
        let size = self
            .run("return [innerWidth, document.documentElement.scrollHeight]")
            .await;
        let whole = size[1].as_u64().unwrap();
        let height = whole.min(most);
        let clip = json!({ "x": 0, "y": 0, "width": size[0], "height": height, "scale": 1 });
        let wanted = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.devtools("Page.captureScreenshot", wanted).await;
        let picture = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        std::fs::write(file, picture).unwrap();
    }

    /// Keeps a cookie for the service, one of whose pages must be open.
    pub(crate) async fn keep(&self, name: &str, value: &str) {
        let cookie = json!({ "cookie": { "name": name, "value": value } });
        self.ask("POST", "/cookie", cookie).await.unwrap();
    }
}
