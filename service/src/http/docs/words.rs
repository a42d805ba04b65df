//! Says in words what a value is.

use serde_json::Value;

use super::read::{Source, list, name_of, text};

impl Source<'_> {
    /// What a value is.
    pub(super) fn kind(&self, schema: &Value) -> String {
        if schema.get("$ref").is_some() {
            let values = &self.resolve(schema)["enum"];
            return if values.is_array() {
                one_of(values)
            } else {
                name_of(schema).to_owned()
            };
        }
        if schema["enum"].is_array() {
            return one_of(&schema["enum"]);
        }
        let pick = |english, japanese| self.language.pick(english, japanese);
        let or = pick(" or ", "または");
        if let Some(choice) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
            let kinds: Vec<_> = choice.iter().map(|schema| self.kind(schema)).collect();
            return kinds.join(or);
        }
        let types =
            list(&schema["type"]).chain(schema.get("type").filter(|value| value.is_string()));
        let named = types.map(|name| {
            match (name.as_str().unwrap_or_default(), schema["format"].as_str()) {
                ("string", Some("date-time")) => pick("time", "日時").to_owned(),
                ("string", Some("date")) => pick("day", "日付").to_owned(),
                ("string", _) => pick("text", "文字列").to_owned() + &self.length(schema),
                ("integer", _) => pick("whole number", "整数").to_owned() + &self.range(schema),
                ("array", _) => {
                    let items = self.kind(&schema["items"]);
                    self.language
                        .pick(format!("list of {items}"), format!("{items} の配列"))
                }
                ("boolean", _) => "true | false".to_owned(),
                ("object", _) => pick("object", "オブジェクト").to_owned(),
                (name, _) => name.to_owned(),
            }
        });
        let named: Vec<_> = named.collect();
        if named.is_empty() {
            pick("any value", "任意の値").to_owned()
        } else {
            named.join(or)
        }
    }

    /// Where a parameter is sent.
    pub(super) fn place(&self, place: &Value) -> String {
        let place = text(place);
        let japanese = match place.as_str() {
            "path" => "パス",
            "query" => "クエリ",
            "header" => "ヘッダー",
            _ => return place,
        };
        self.language.pick(place, japanese.to_owned())
    }

    fn length(&self, schema: &Value) -> String {
        let (min, max) = (schema["minLength"].as_u64(), schema["maxLength"].as_u64());
        match (min.unwrap_or(0), max) {
            (0, Some(max)) => self.language.pick(
                format!(", at most {max} characters"),
                format!("（{max} 文字以内）"),
            ),
            (min, Some(max)) => self.language.pick(
                format!(", {min} to {max} characters"),
                format!("（{min}〜{max} 文字）"),
            ),
            _ => String::new(),
        }
    }

    fn range(&self, schema: &Value) -> String {
        match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
            (Some(min), Some(i64::MAX)) => self
                .language
                .pick(format!(", from {min}"), format!("（{min} 以上）")),
            (Some(min), Some(max)) => self
                .language
                .pick(format!(", {min} to {max}"), format!("（{min}〜{max}）")),
            _ => String::new(),
        }
    }
}

fn one_of(values: &Value) -> String {
    let names: Vec<_> = list(values).map(text).collect();
    names.join(" | ")
}
