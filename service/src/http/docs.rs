//! The description of the API as a page for people, at `/docs`: no script, and nothing from elsewhere.

use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;

use super::{language::Language, view};

mod read;

use read::{Operation, Piece, Schema};

/// The page.
#[derive(Template)]
#[template(path = "docs.html")]
pub(super) struct Docs {
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

impl Docs {
    /// Reads the document.
    pub(super) fn new(document: &Value) -> Self {
        let groups = read::list(&document["tags"]).map(|tag| Group {
            name: read::text(&tag["name"]),
            description: read::text(&tag["description"]),
            operations: read::operations(document, &tag["name"]),
        });
        Self {
            title: read::text(&document["info"]["title"]),
            version: read::text(&document["info"]["version"]),
            introduction: read::paragraphs(&document["info"]["description"]),
            groups: groups.collect(),
            schemas: read::schemas(document),
        }
    }

    /// The page as an answer. The document is in English only, and so is the page.
    pub(super) fn answer(&self) -> Response {
        view::page(Language::English, self)
    }
}

/// The style sheet of the page.
pub(super) async fn style() -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/css; charset=utf-8"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=300"),
        ),
    ];
    (headers, include_str!("../../assets/docs.css")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::openapi;

    #[test]
    fn the_page_shows_every_operation_parameter_and_problem_of_the_document() {
        let document = openapi::document(false);
        let html = Docs::new(&document).render().unwrap();
        let mut seen = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            assert!(html.contains(&format!("<code>{path}</code>")), "{path}");
            for operation in item.as_object().unwrap().values() {
                let names =
                    read::list(&operation["parameters"]).map(|parameter| &parameter["name"]);
                for name in names {
                    assert!(
                        html.contains(&format!("<code>{}</code>", name.as_str().unwrap())),
                        "{name}"
                    );
                    seen += 1;
                }
                for answer in operation["responses"].as_object().unwrap().values() {
                    let examples = &answer["content"]["application/problem+json"]["examples"];
                    for problem in examples.as_object().into_iter().flat_map(|all| all.keys()) {
                        assert!(html.contains(&format!("/problems/{problem}")), "{problem}");
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 60);
        assert!(
            !html.contains("<script") && !html.contains("http://") && !html.contains("https://")
        );
    }
}
