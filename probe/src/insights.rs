//! Queries of CloudWatch Logs Insights: those that are built in, and people's own.
//!
//! A query is a file. Lines that begin with `#` say what it is for (`# en:`, `# ja:`) and what it reads
//! (`# logs: container-insights`); they are not sent. `{{name}}` stands for a value: `{{streams}}` for what the names of
//! the service's log streams begin with, `{{service}}` for its name, and every other for what `--set` gives.

use std::{collections::BTreeMap, sync::LazyLock};

use include_dir::{Dir, include_dir};
use regex::Regex;

use crate::words::Words;

/// The files of the queries.
static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/queries");

static NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\{\{\s*([a-z_]+)\s*\}\}").ok());

/// A query before its values are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The name of its file, without an extension.
    pub name: String,
    /// What it answers.
    pub about: Words,
    /// What it reads.
    pub logs: Logs,
    text: String,
}

/// What a query reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logs {
    /// What the containers of the service write.
    Tasks,
    /// What Container Insights writes of the cluster.
    ContainerInsights,
}

/// What is wrong with the values for a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It needs this one.
    Missing(String),
    /// It has no place for this one.
    Unknown(String),
    /// It could end the text that it stands in.
    Unsafe(String),
}

/// The queries that are built in, by name.
pub fn stored() -> Vec<Query> {
    let files = FILES.files();
    let query = |file: &include_dir::File<'_>| {
        let name = file.path().file_stem()?.to_str()?;
        Some(Query::read(name, file.contents_utf8()?))
    };
    let mut queries: Vec<Query> = files.filter_map(query).collect();
    queries.sort_by(|a, b| a.name.cmp(&b.name));
    queries
}

impl Query {
    /// Reads a query as it stands in its file.
    pub fn read(name: &str, file: &str) -> Self {
        let (said, sent): (Vec<&str>, Vec<&str>) = file
            .lines()
            .partition(|line| line.trim_start().starts_with('#'));
        let about = |what: &str| {
            let lines = said.iter().filter_map(|line| {
                line.trim_start_matches(['#', ' '])
                    .strip_prefix(what)?
                    .strip_prefix(':')
            });
            let lines: Vec<&str> = lines.map(str::trim).collect();
            lines.join(" ")
        };
        Self {
            name: name.to_owned(),
            about: Words {
                en: about("en"),
                ja: about("ja"),
            },
            logs: match about("logs").as_str() {
                "container-insights" => Logs::ContainerInsights,
                _ => Logs::Tasks,
            },
            text: sent.join("\n").trim().to_owned(),
        }
    }

    /// The names of the values that somebody has to give.
    pub fn parameters(&self) -> Vec<&str> {
        let names = NAME
            .iter()
            .flat_map(|name| name.captures_iter(&self.text))
            .filter_map(|found| found.get(1))
            .map(|name| name.as_str());
        let mut names: Vec<&str> = names
            .filter(|name| !["streams", "service"].contains(name))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The query as CloudWatch takes it.
    ///
    /// # Errors
    /// When a value is missing, is not asked for, or holds a character that could end the text around it.
    pub fn filled(
        &self,
        prefixes: &[String],
        service: &str,
        given: &BTreeMap<String, String>,
    ) -> Result<String, Wrong> {
        let wanted = self.parameters();
        if let Some(name) = wanted.iter().find(|name| !given.contains_key(**name)) {
            return Err(Wrong::Missing((*name).to_owned()));
        }
        for (name, value) in given {
            if !wanted.contains(&name.as_str()) {
                return Err(Wrong::Unknown(name.clone()));
            }
            if value.contains(['"', '\'', '`', '\\']) || value.contains(char::is_control) {
                return Err(Wrong::Unsafe(name.clone()));
            }
        }
        let prefixes: Vec<String> = prefixes
            .iter()
            .map(|prefix| regex::escape(&format!("{prefix}/")).replace('/', r"\/"))
            .collect();
        let streams = match prefixes.as_slice() {
            [] => ".".to_owned(),
            some => format!("^({})", some.join("|")),
        };
        let value = |name: &str| match name {
            "streams" => Some(streams.as_str()),
            "service" => Some(service),
            _ => given.get(name).map(String::as_str),
        };
        let Some(name) = NAME.as_ref() else {
            return Ok(self.text.clone());
        };
        let filled = name.replace_all(&self.text, |found: &regex::Captures<'_>| {
            value(&found[1]).unwrap_or_default().to_owned()
        });
        Ok(filled.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(values: &[(&str, &str)]) -> BTreeMap<String, String> {
        let values = values.iter();
        values
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn every_stored_query_says_in_both_languages_what_it_is_for() {
        assert!(NAME.is_some());
        let queries = stored();
        let names: Vec<&str> = queries.iter().map(|query| query.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "errors",
                "memory",
                "request",
                "response-times",
                "status-codes"
            ]
        );
        for query in &queries {
            assert!(!query.about.en.is_empty() && !query.about.ja.is_empty());
            let values = query.parameters();
            let values: Vec<_> = values.iter().map(|name| (*name, "x-1")).collect();
            let text = query
                .filled(&["service".into()], "web", &given(&values))
                .unwrap();
            assert!(!text.contains("{{") && !text.contains('#'), "{text}");
            // Without a limit CloudWatch answers with 10,000 rows.
            assert!(text.contains("| limit "), "{text}");
            assert_eq!(
                text.contains(r"@logStream like /^(service\/)/"),
                query.logs == Logs::Tasks,
                "{text}"
            );
        }
    }

    #[test]
    fn a_value_cannot_end_the_text_that_it_stands_in() {
        let query = Query::read(
            "mine",
            "# en: mine\nfields @message\n| filter user = \"{{user}}\"\n",
        );
        assert_eq!(query.parameters(), ["user"]);
        let filled = |values: &[(&str, &str)]| query.filled(&[], "web", &given(values));
        assert_eq!(
            filled(&[("user", "山田 太郎")]).unwrap(),
            "fields @message\n| filter user = \"山田 太郎\""
        );
        assert_eq!(filled(&[]), Err(Wrong::Missing("user".into())));
        assert_eq!(
            filled(&[("user", "a"), ("host", "b")]),
            Err(Wrong::Unknown("host".into()))
        );
        for value in ["\" or 1 = 1", "a\nb", "\\", "`"] {
            assert_eq!(
                filled(&[("user", value)]),
                Err(Wrong::Unsafe("user".into())),
                "{value}"
            );
        }
    }

    #[test]
    fn streams_are_known_by_what_their_names_begin_with() {
        let query = Query::read("mine", "filter @logStream like /{{ streams }}/");
        let filled = |prefixes: &[&str]| {
            let prefixes: Vec<String> = prefixes.iter().map(|it| (*it).to_owned()).collect();
            query.filled(&prefixes, "web", &given(&[])).unwrap()
        };
        assert_eq!(
            filled(&["web", "side.car"]),
            r"filter @logStream like /^(web\/|side\.car\/)/"
        );
        assert_eq!(filled(&[]), "filter @logStream like /./");
    }
}
