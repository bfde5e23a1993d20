//! The SQL that reads refused rows.

use crate::load_sql::{raw_table, reject_table};
use kith_model::SourceId;
use kith_sql::text;

/// A source's refused rows in file order: `line`, `byte` (BIGINT), `col`, `reason`, `raw`
/// (VARCHAR).
pub fn rejects_sql(source: &SourceId) -> String {
    format!(
        "SELECT line, byte, col, reason, raw FROM {} WHERE source = {} ORDER BY line",
        reject_table(),
        text(&source.0)
    )
}

/// A source's refused rows for a file that people edit and bring back: `line`, `byte`, `column`,
/// `reason`, `row`.
pub fn rejects_csv_sql(source: &SourceId) -> String {
    format!(
        "SELECT line, byte, col AS \"column\", reason, raw AS \"row\"\nFROM ({})",
        rejects_sql(source)
    )
}

/// `line` (BIGINT, NULL where it is no number) and `row` of a brought-back file, loaded as `source`.
pub fn edited_rows_sql(source: &SourceId) -> String {
    format!("SELECT try_cast(line AS BIGINT) AS line, \"row\" FROM {}", raw_table(source))
}
