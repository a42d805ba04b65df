//! What CloudWatch Logs Insights answers to a query.

use super::Text;

/// The rows of a query, as far as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QueryAnswer {
    /// `Scheduled`, `Running`, `Complete`, `Failed`, `Cancelled` or `Timeout`.
    pub status: String,
    /// Names of the columns, in their order.
    pub columns: Vec<String>,
    /// The values of each row, a column after the other; `None` where a row has none.
    pub rows: Vec<Vec<Option<Text>>>,
    /// How many log lines matched.
    pub matched: u64,
    /// How many were looked at.
    pub scanned: u64,
    /// How many bytes these are: what the query is charged by.
    pub bytes_scanned: u64,
}
