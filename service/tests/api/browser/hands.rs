//! What the person at the window does: clicks, types, presses keys.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::driver::{Browser, ELEMENT};

impl Browser {
    /// How often something was clicked, typed or pressed.
    pub(crate) fn touched(&self) -> u32 {
        self.touched.load(Ordering::Relaxed)
    }

    pub(crate) async fn click(&self, xpath: &str) {
        self.touched.fetch_add(1, Ordering::Relaxed);
        self.with(xpath, "POST", "click", json!({})).await;
    }

    /// Types into a field, after what it has.
    pub(crate) async fn write(&self, xpath: &str, text: &str) {
        self.touched.fetch_add(1, Ordering::Relaxed);
        self.with(xpath, "POST", "value", json!({ "text": text }))
            .await;
    }

    pub(crate) async fn clear(&self, xpath: &str) {
        self.with(xpath, "POST", "clear", json!({})).await;
    }

    /// Presses keys one after the other, wherever the focus is.
    pub(crate) async fn press(&self, keys: &str) {
        let press = |key: char| {
            [
                json!({ "type": "keyDown", "value": key }),
                json!({ "type": "keyUp", "value": key }),
            ]
        };
        let actions: Vec<_> = keys.chars().flat_map(press).collect();
        self.act(json!({ "type": "key", "id": "keys", "actions": actions }))
            .await;
    }

    /// Goes with the tab key to what begins with a text.
    pub(crate) async fn tab_to(&self, text: &str) {
        const TAB: &str = "\u{e004}";
        for _ in 0..60 {
            self.press(TAB).await;
            if self.at().await.starts_with(text) {
                return;
            }
        }
        panic!("{text} cannot be reached by the keyboard");
    }

    /// What has the focus, and shows it.
    pub(crate) async fn at(&self) -> String {
        let script = "const at = document.activeElement;
            return at.matches(':focus-visible') && (at.labels?.[0] ?? at).textContent.trim()";
        let at = self.run(script).await;
        at.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks twice at the same place, as quickly as people do, whatever is there the second time.
    pub(crate) async fn double_click(&self, xpath: &str) {
        let element = self.element(xpath).await.unwrap();
        let (down, up) = (
            json!({ "type": "pointerDown", "button": 0 }),
            json!({ "type": "pointerUp", "button": 0 }),
        );
        let place =
            json!({ "type": "pointerMove", "origin": { ELEMENT: element }, "x": 0, "y": 0 });
        let pause = json!({ "type": "pause", "duration": 150 });
        self.act(json!({ "type": "pointer", "id": "mouse", "actions": [place, down, up, pause, down, up] })).await;
    }

    async fn act(&self, source: Value) {
        self.touched.fetch_add(1, Ordering::Relaxed);
        self.ask("POST", "/actions", json!({ "actions": [source] }))
            .await
            .unwrap();
    }
}
