//! The texts of the document in Japanese.
//!
//! They are found by the English ones, paragraph by paragraph, so that one that is changed there is missed here: a test
//! names what has no translation, and which translations nobody needs any more. Problems are in both languages anyway.

use std::collections::BTreeMap;

use serde_json::Value;

type Texts = BTreeMap<String, String>;

fn texts() -> Texts {
    // It is a part of the program, and a test reads it.
    serde_json::from_str(include_str!("../../../assets/docs.ja.json")).unwrap_or_default()
}

/// Translates what the page shows. What has no translation stays as it is.
pub(super) fn translate(document: &mut Value) {
    let texts = texts();
    each_text(document, &mut |text| {
        let paragraphs = text.split("\n\n");
        let translated = paragraphs.map(|text| texts.get(text).map_or(text, String::as_str));
        *text = translated.collect::<Vec<_>>().join("\n\n");
    });
}

/// Visits the texts for people that are on the page.
fn each_text(value: &mut Value, visit: &mut impl FnMut(&mut String)) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("title" | "summary" | "description", Value::String(text)) => visit(text),
                    // Examples are data; of headers and links, the page has the names.
                    ("example" | "value" | "headers" | "links" | "securitySchemes", _) => {}
                    (_, value) => each_text(value, visit),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| each_text(value, visit)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::{
        language::Language,
        openapi::{Reader, document},
    };

    fn shown(language: Language) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for known in [false, true] {
            each_text(&mut document(Reader { known, language }), &mut |text| {
                all.extend(text.split("\n\n").map(str::to_owned));
            });
        }
        all
    }

    #[test]
    fn every_text_of_the_page_has_a_translation_and_every_translation_a_text() {
        let texts = texts();
        // What is the same for both readers is ours to translate; problems are not.
        let ours: BTreeSet<_> = shown(Language::English)
            .intersection(&shown(Language::Japanese))
            .cloned()
            .collect();
        let translated: BTreeSet<_> = texts.keys().cloned().collect();
        assert!(translated.len() > 100);
        let missing: Vec<_> = ours.difference(&translated).collect();
        let unused: Vec<_> = translated.difference(&ours).collect();
        assert!(missing.is_empty(), "without a translation: {missing:#?}");
        assert!(unused.is_empty(), "translated in vain: {unused:#?}");
        for (text, translation) in texts {
            let code = |text: &str| {
                let parts: BTreeSet<_> = text
                    .split('`')
                    .skip(1)
                    .step_by(2)
                    .map(str::to_owned)
                    .collect();
                parts
            };
            assert_eq!(code(&text), code(&translation), "{text}");
            assert!(!translation.is_ascii(), "{translation}");
        }
    }
}
