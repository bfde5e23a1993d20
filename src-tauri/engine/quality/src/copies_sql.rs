//! Rows of a source that repeat an earlier one in every column: counted, listed, left out.

use crate::check_sql::{own_columns, table_name};
use kith_model::SourceId;
use kith_model::quality::TableId;
use kith_model::source::ColumnInfo;
use kith_sql::{Pipeline, Step, TableName};

/// The later copies of a source's rows, by row number.
fn copies_table(source: &SourceId) -> TableName {
    TableName::new("quality", format!("copies_{}", source.0))
}

/// `SELECT` of one row: `looked` rows and those `failing`, that is repeating an earlier one
/// (BIGINT).
pub fn copies_sql(table: &TableId, columns: &[ColumnInfo]) -> String {
    format!(
        "SELECT coalesce(sum(n), 0)::BIGINT AS looked, coalesce(sum(n - 1), 0)::BIGINT AS failing\n\
         FROM (SELECT count(*) AS n FROM {} GROUP BY {})",
        table_name(table),
        own_columns(table, columns)
    )
}

/// `SELECT` that lists the rows of which there are copies, with how many there are.
pub fn copies_listed_sql(table: &TableId, columns: &[ColumnInfo]) -> String {
    let own = own_columns(table, columns);
    format!(
        "SELECT count(*) AS copies, {own} FROM {} GROUP BY {own} HAVING count(*) > 1 \
         ORDER BY copies DESC, {own}",
        table_name(table)
    )
}

/// The step that notes a source's later copies by row number, so that a mapping can leave them
/// out. The raw rows stay as they are.
pub fn note_copies(source: &SourceId, columns: &[ColumnInfo]) -> Pipeline {
    let table = TableId::Source(source.clone());
    let raw = table_name(&table);
    let select = format!(
        "SELECT \"_row\" AS copy FROM {raw}\n\
         QUALIFY row_number() OVER (PARTITION BY {} ORDER BY \"_row\") > 1",
        own_columns(&table, columns)
    );
    let step = Step::table(copies_table(source), vec![raw], select);
    Pipeline::new("note exact copies").then(step)
}

/// A mapping's filter that also leaves out the copies noted by [`note_copies`].
pub fn without_copies(source: &SourceId, filter: Option<&str>) -> String {
    // A source's id is a slug: it needs no quotes, and a filter may quote columns alone.
    let kept = format!("_row NOT IN (SELECT copy FROM quality.copies_{})", source.0);
    match filter {
        Some(filter) => format!("({filter}) AND {kept}"),
        None => kept,
    }
}
