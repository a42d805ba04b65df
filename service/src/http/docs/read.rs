//! Reads from the document what the page shows.

use serde_json::Value;

use crate::http::language::Language;

/// Where the page comes from.
pub(super) struct Source<'d> {
    pub(super) document: &'d Value,
    pub(super) language: Language,
}

/// A piece of text, as prose or as code.
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) code: bool,
}

/// An operation.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: String,
    pub(super) description: Vec<Vec<Piece>>,
    pub(super) parameters: Vec<Field>,
    pub(super) body: Option<Body>,
    pub(super) answers: Vec<Answer>,
}

/// A parameter of an operation, or a member of a body.
pub(super) struct Field {
    pub(super) name: String,
    /// Where it is sent.
    pub(super) place: String,
    pub(super) required: bool,
    pub(super) kind: String,
    pub(super) description: Vec<Piece>,
}

/// The body of a request.
pub(super) struct Body {
    pub(super) description: String,
    pub(super) fields: Vec<Field>,
    pub(super) example: String,
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: String,
    pub(super) good: bool,
    pub(super) description: String,
    /// The name of the schema of its body, empty if it has none.
    pub(super) schema: String,
    pub(super) headers: Vec<String>,
    pub(super) examples: Vec<Example>,
}

/// An example of an answer.
pub(super) struct Example {
    pub(super) title: String,
    pub(super) text: String,
}

/// The schema of a body.
pub(super) struct Schema {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) fields: Vec<Field>,
}

pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Splits text at backticks.
fn pieces(value: &Value) -> Vec<Piece> {
    let parts = value.as_str().unwrap_or_default().split('`').enumerate();
    let piece = |(index, text): (usize, &str)| Piece {
        text: text.to_owned(),
        code: index % 2 == 1,
    };
    parts.map(piece).collect()
}

/// Splits text at empty lines and backticks.
pub(super) fn paragraphs(value: &Value) -> Vec<Vec<Piece>> {
    let paragraphs = value.as_str().unwrap_or_default().split("\n\n");
    paragraphs
        .map(|paragraph| pieces(&paragraph.into()))
        .collect()
}

pub(super) fn name_of(schema: &Value) -> &str {
    let reference = schema["$ref"].as_str().unwrap_or_default();
    reference.rsplit('/').next().unwrap_or_default()
}

impl Source<'_> {
    pub(super) fn operations(&self, tag: &Value) -> Vec<Operation> {
        let all = members(&self.document["paths"]).flat_map(|(path, item)| {
            members(item).map(move |(method, operation)| (path, method, operation))
        });
        let tagged =
            all.filter(|(_, _, operation)| list(&operation["tags"]).any(|name| name == tag));
        let mut operations: Vec<_> = tagged
            .map(|(path, method, operation)| Operation {
                id: text(&operation["operationId"]),
                method: method.to_uppercase(),
                path: path.clone(),
                summary: text(&operation["summary"]),
                description: paragraphs(&operation["description"]),
                parameters: list(&operation["parameters"])
                    .map(|p| self.parameter(p))
                    .collect(),
                body: operation.get("requestBody").map(|b| self.body(b)),
                answers: members(&operation["responses"])
                    .map(|(status, a)| self.answer(status, a))
                    .collect(),
            })
            .collect();
        // A list before what is in it, reading before writing.
        let rank = |method: &str| {
            ["GET", "POST", "PUT", "DELETE"]
                .iter()
                .position(|m| *m == method)
        };
        operations.sort_by_key(|operation| {
            (
                operation.path.matches('/').count(),
                operation.path.clone(),
                rank(&operation.method),
            )
        });
        operations
    }

    fn parameter(&self, parameter: &Value) -> Field {
        Field {
            name: text(&parameter["name"]),
            place: self.place(&parameter["in"]),
            required: parameter["required"] == true,
            kind: self.kind(&parameter["schema"]),
            description: pieces(&parameter["description"]),
        }
    }

    fn body(&self, body: &Value) -> Body {
        let content = &body["content"]["application/json"];
        Body {
            description: text(&body["description"]),
            fields: self.fields(&content["schema"]),
            example: format!("{:#}", content["example"]),
        }
    }

    fn answer(&self, status: &str, answer: &Value) -> Answer {
        let good = status < "400";
        let content = &answer["content"][if good {
            "application/json"
        } else {
            "application/problem+json"
        }];
        let examples = if good {
            let one = content
                .get("example")
                .map(|value| (self.language.pick("Example", "例").to_owned(), value));
            one.into_iter().collect::<Vec<_>>()
        } else {
            members(&content["examples"])
                .map(|(_, example)| (text(&example["summary"]), &example["value"]))
                .collect()
        };
        Answer {
            status: status.to_owned(),
            good,
            description: text(&answer["description"]),
            schema: name_of(&content["schema"]).to_owned(),
            headers: members(&answer["headers"])
                .map(|(name, _)| name.clone())
                .collect(),
            examples: examples
                .into_iter()
                .map(|(title, value)| Example {
                    title,
                    text: format!("{value:#}"),
                })
                .collect(),
        }
    }

    pub(super) fn schemas(&self) -> Vec<Schema> {
        members(&self.document["components"]["schemas"])
            .map(|(name, schema)| Schema {
                name: name.clone(),
                description: text(&schema["description"]),
                fields: self.fields(schema),
            })
            .collect()
    }

    /// The members of an object, those of the objects that it is made of included.
    fn fields(&self, schema: &Value) -> Vec<Field> {
        let schema = self.resolve(schema);
        let mut all: Vec<_> = list(&schema["allOf"])
            .flat_map(|part| self.fields(part))
            .collect();
        all.extend(
            members(&schema["properties"]).map(|(name, property)| Field {
                name: name.clone(),
                place: String::new(),
                required: list(&schema["required"]).any(|required| required == name),
                kind: self.kind(property),
                description: pieces(&property["description"]),
            }),
        );
        all
    }

    pub(super) fn resolve<'v>(&'v self, schema: &'v Value) -> &'v Value {
        let pointer = schema["$ref"]
            .as_str()
            .and_then(|reference| reference.strip_prefix('#'));
        pointer
            .and_then(|pointer| self.document.pointer(pointer))
            .unwrap_or(schema)
    }
}
