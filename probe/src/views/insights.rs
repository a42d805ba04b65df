//! `probe logs --insights`: the rows of a query.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    snapshot::{QueryAnswer, Subject},
    words::Lang,
};

/// What a query of CloudWatch Logs Insights answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Insights {
    /// Version of this format: 1.
    pub version: u32,
    /// Which service's logs were asked.
    pub target: Subject,
    /// Name of the query.
    pub query: String,
    /// The query as it was sent.
    pub text: String,
    /// The log groups that it read.
    pub log_groups: Vec<String>,
    /// First moment.
    pub from: DateTime<Utc>,
    /// Last moment.
    pub until: DateTime<Utc>,
    /// Names of the columns, in their order.
    pub columns: Vec<String>,
    /// The rows: values by column, as CloudWatch writes them. A row has no entry for a column without a value.
    pub rows: Vec<BTreeMap<String, String>>,
    /// How many log lines matched.
    pub records_matched: u64,
    /// How many were looked at.
    pub records_scanned: u64,
    /// How many bytes these are: what the query is charged by.
    pub bytes_scanned: u64,
    #[serde(skip)]
    lang: Option<Lang>,
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which service's logs.
    pub target: Subject,
    /// Name of the query.
    pub query: String,
    /// The query as it was sent.
    pub text: String,
    /// The log groups.
    pub log_groups: Vec<String>,
    /// First moment.
    pub from: DateTime<Utc>,
    /// Last moment.
    pub until: DateTime<Utc>,
}

impl Insights {
    /// Arranges what was answered.
    pub fn new(asked: Asked, answer: QueryAnswer, lang: Lang) -> Self {
        let QueryAnswer {
            columns,
            rows,
            matched,
            scanned,
            bytes_scanned,
            ..
        } = answer;
        let row = |values: Vec<Option<crate::snapshot::Text>>| {
            let named = columns.iter().zip(values);
            let named = named.filter_map(|(name, value)| Some((name.clone(), value?.into())));
            named.collect()
        };
        Self {
            version: 1,
            target: asked.target,
            query: asked.query,
            text: asked.text,
            log_groups: asked.log_groups,
            from: asked.from,
            until: asked.until,
            rows: rows.into_iter().map(row).collect(),
            columns,
            records_matched: matched,
            records_scanned: scanned,
            bytes_scanned,
            lang: Some(lang),
        }
    }

    /// The language it is written in.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or(Lang::En)
    }
}
