//! The description of the API as a page for people, at `/docs`: no script, and nothing from elsewhere.

use askama::Template;
use axum::response::Response;
use serde_json::Value;

use super::{
    language::Language,
    openapi::{self, Reader},
    view,
};

mod japanese;
mod read;
mod words;

use read::{Operation, Piece, Schema};

/// The page in both languages.
pub(super) struct Docs {
    english: Page,
    japanese: Page,
}

impl Docs {
    /// Prepares the pages. `known` says whether the service knows by itself who sends a request.
    pub(super) fn new(known: bool) -> Self {
        let page = |language| Page::new(known, language);
        Self {
            english: page(Language::English),
            japanese: page(Language::Japanese),
        }
    }

    /// The page as an answer.
    pub(super) fn answer(&self, language: Language) -> Response {
        view::page(language, language.pick(&self.english, &self.japanese))
    }
}

#[derive(Template)]
#[template(path = "docs.html")]
struct Page {
    language: Language,
    title: String,
    version: String,
    introduction: Vec<Vec<Piece>>,
    groups: Vec<Group>,
    schemas: Vec<Schema>,
}

/// Operations that belong together.
struct Group {
    name: String,
    description: String,
    operations: Vec<Operation>,
}

impl Page {
    fn new(known: bool, language: Language) -> Self {
        let document = document(known, language);
        let source = read::Source {
            document: &document,
            language,
        };
        let groups = read::list(&document["tags"]).map(|tag| Group {
            name: read::text(&tag["name"]),
            description: read::text(&tag["description"]),
            operations: source.operations(&tag["name"]),
        });
        Self {
            language,
            title: read::text(&document["info"]["title"]),
            version: read::text(&document["info"]["version"]),
            introduction: read::paragraphs(&document["info"]["description"]),
            groups: groups.collect(),
            schemas: source.schemas(),
        }
    }
}

fn document(known: bool, language: Language) -> Value {
    let mut document = openapi::document(Reader { known, language });
    if language == Language::Japanese {
        japanese::translate(&mut document);
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks a page against its document, and gives the number of things that were looked for.
    fn check(known: bool, language: Language) -> usize {
        let document = document(known, language);
        let html = Page::new(known, language).render().unwrap();
        let mut seen = 0;
        let mut has = |text: String| {
            assert!(html.contains(&text), "{text}");
            seen += 1;
        };
        for (path, item) in document["paths"].as_object().unwrap() {
            has(format!("<code>{path}</code>"));
            for operation in item.as_object().unwrap().values() {
                has(format!(
                    "<h3>{}</h3>",
                    operation["summary"].as_str().unwrap()
                ));
                for parameter in read::list(&operation["parameters"]) {
                    has(format!(
                        "<code>{}</code>",
                        parameter["name"].as_str().unwrap()
                    ));
                }
                for answer in operation["responses"].as_object().unwrap().values() {
                    let examples = &answer["content"]["application/problem+json"]["examples"];
                    for problem in examples.as_object().into_iter().flat_map(|all| all.keys()) {
                        has(format!("/problems/{problem}"));
                    }
                }
            }
        }
        has(format!("<html lang=\"{}\">", language.tag()));
        for outside in ["<script", "http://", "https://"] {
            assert!(!html.contains(outside), "{outside}");
        }
        seen
    }

    #[test]
    fn the_page_shows_every_operation_parameter_and_problem_of_the_document() {
        for known in [false, true] {
            let english = check(known, Language::English);
            assert!(english > 70, "{english}");
            assert_eq!(check(known, Language::Japanese), english);
        }
    }
}
