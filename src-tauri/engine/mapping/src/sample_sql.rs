//! Some rows of a loaded file, as suggestions want them.

use kith_model::source::ColumnInfo;
use kith_model::{Column, Frame};
use kith_sql::{Ident, TableName};

/// Rows asked for.
const ROWS: u32 = 200;

/// A query for the first rows of `table`, every column as text, in the order of `columns`.
pub fn sample_sql(table: &TableName, columns: &[ColumnInfo]) -> String {
    let cells: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, c)| format!("CAST({} AS VARCHAR) AS \"c{at}\"", Ident::new(&c.name)))
        .collect();
    format!("SELECT {}\nFROM {table}\nORDER BY \"_row\"\nLIMIT {ROWS}", cells.join(", "))
}

/// The rows that [`sample_sql`] gave.
pub fn sample_rows(frame: &Frame) -> Vec<Vec<Option<String>>> {
    let cell = |column: &Column, row: usize| column.text()?.get(row).map(str::to_owned);
    (0..frame.rows())
        .map(|row| frame.columns.iter().map(|(_, column)| cell(column, row)).collect())
        .collect()
}
