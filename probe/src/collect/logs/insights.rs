//! CloudWatch Logs Insights: a query is started, asked for until it is done, and stopped when nobody wants it any more.

use aws_sdk_cloudwatchlogs::{
    config::{Builder, Region},
    types::ResultField,
};
use chrono::{DateTime, Utc};

use crate::{
    collect::{Clients, failure::unobserved},
    snapshot::{Observed, QueryAnswer},
};

/// A query as CloudWatch takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryCall {
    /// Where the log groups are; `None` for the Region of the service.
    pub region: Option<String>,
    /// Names of the log groups.
    pub groups: Vec<String>,
    /// The query.
    pub text: String,
    /// First moment.
    pub from: DateTime<Utc>,
    /// Last moment.
    pub until: DateTime<Utc>,
}

impl QueryCall {
    fn there(&self, clients: &Clients) -> Builder {
        let region = self.region.as_ref().unwrap_or(&clients.region);
        Builder::new().region(Region::new(region.clone()))
    }
}

/// Starts a query and gives its id. It reads, and is charged by the bytes that it reads.
///
/// # Errors
/// When the call did not answer, the query is malformed (`MalformedQueryException`) or a log group does not exist.
pub async fn start_query(clients: &Clients, call: &QueryCall) -> Observed<String> {
    let answer = clients
        .logs
        .start_query()
        .set_log_group_names(Some(call.groups.clone()))
        .query_string(&call.text)
        .start_time(call.from.timestamp())
        .end_time(call.until.timestamp())
        .customize()
        .config_override(call.there(clients))
        .send()
        .await
        .map_err(|error| unobserved("logs:StartQuery", &error))?;
    Ok(answer.query_id.unwrap_or_default())
}

/// What a query has answered so far.
///
/// # Errors
/// When the call did not answer.
pub async fn query_answer(clients: &Clients, call: &QueryCall, id: &str) -> Observed<QueryAnswer> {
    let answer = clients
        .logs
        .get_query_results()
        .query_id(id)
        .customize()
        .config_override(call.there(clients))
        .send()
        .await
        .map_err(|error| unobserved("logs:GetQueryResults", &error))?;
    let (columns, rows) = table(answer.results());
    let count = |count: f64| count.max(0.0) as u64;
    let statistics = answer.statistics();
    Ok(QueryAnswer {
        status: answer
            .status()
            .map_or("Unknown", |status| status.as_str())
            .to_owned(),
        columns,
        rows,
        matched: statistics.map_or(0, |it| count(it.records_matched())),
        scanned: statistics.map_or(0, |it| count(it.records_scanned())),
        bytes_scanned: statistics.map_or(0, |it| count(it.bytes_scanned())),
    })
}

/// Stops a query that nobody waits for.
///
/// # Errors
/// When the call did not answer.
pub async fn stop_query(clients: &Clients, call: &QueryCall, id: &str) -> Observed<()> {
    let stopped = clients
        .logs
        .stop_query()
        .query_id(id)
        .customize()
        .config_override(call.there(clients));
    let stopped = stopped.send().await;
    stopped
        .map(drop)
        .map_err(|error| unobserved("logs:StopQuery", &error))
}

/// Columns in the order in which they first stand in a row; a row names only what it has.
fn table(results: &[Vec<ResultField>]) -> (Vec<String>, Vec<Vec<Option<crate::snapshot::Text>>>) {
    let mut columns: Vec<String> = vec![];
    for name in results.iter().flatten().filter_map(ResultField::field) {
        // A handle for the console, no value.
        if name != "@ptr" && !columns.iter().any(|known| known == name) {
            columns.push(name.to_owned());
        }
    }
    let row = |fields: &Vec<ResultField>| {
        let value = |column: &String| {
            let field = fields
                .iter()
                .find(|field| field.field() == Some(column.as_str()));
            field.and_then(ResultField::value).map(Into::into)
        };
        columns.iter().map(value).collect()
    };
    let rows = results.iter().map(row).collect();
    (columns, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_only_what_it_has() {
        let field =
            |name: &str, value: &str| ResultField::builder().field(name).value(value).build();
        let (columns, rows) = table(&[
            vec![field("path", "/"), field("@ptr", "x")],
            vec![
                field("path", "/events"),
                field("user", "password=hunter2"),
                field("@ptr", "y"),
            ],
        ]);
        assert_eq!(columns, ["path", "user"]);
        let rows: Vec<Vec<Option<&str>>> = rows
            .iter()
            .map(|row| row.iter().map(|value| value.as_deref()).collect())
            .collect();
        assert_eq!(
            rows,
            [
                [Some("/"), None],
                [Some("/events"), Some("password=[redacted]")]
            ]
        );
    }
}
