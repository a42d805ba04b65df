//! Spreadsheets, as CSV: what comes out of the service, and the old list of events that comes in.

pub mod columns;
mod decode;
pub mod read;
mod when;
pub mod write;

use crate::domain::Reason;
use columns::Column;

/// The largest file that is read, in bytes. With [`ROW_LIMIT`], an import takes half as long as a statement may.
pub const FILE_LIMIT: usize = 512 * 1024;
/// The most events that one file brings.
pub const ROW_LIMIT: usize = 500;

/// Something that is wrong with a spreadsheet, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The number of the row as a spreadsheet shows it, the first being 1; `None` if the whole file is meant.
    pub row: Option<usize>,
    /// The column as the file calls it; `None` if the whole row is meant.
    pub column: Option<String>,
    /// What stands there.
    pub value: String,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What can be wrong with a spreadsheet. The text shown to people is made where their language is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is the workbook itself, not a CSV of it.
    Workbook,
    /// It is neither UTF-8 nor Shift_JIS.
    NotText,
    /// There is no row below the names of the columns.
    NoRows,
    /// There are more rows than [`ROW_LIMIT`].
    TooManyRows,
    /// No column has this.
    NoColumn(Column),
    /// A row has more cells than there are columns.
    TooManyCells,
    /// The day, with its year, cannot be read.
    NotDay,
    /// The time cannot be read.
    NotTime,
    /// There is a day, but no time.
    NoTime,
    /// Another row is the same event.
    RepeatsRow(usize),
    /// Somebody else organises it, for whom the reader may not act.
    NotYours,
    /// The value is not accepted.
    Value(Reason),
}
