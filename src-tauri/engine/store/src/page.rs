//! Pages of rows for a grid.

use crate::catalog::describe;
use crate::connect::lock;
use crate::error::StoreError;
use crate::store::{Fault, Store};
use arrow::array::{Array, ArrayRef, StringArray};
use arrow::compute::concat;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use arrow::record_batch::RecordBatch;
use duckdb::Connection;
use kith_model::Quiet;
use kith_model::source::ColumnInfo;
use kith_sql::text;
use std::collections::HashMap;
use std::sync::Arc;

/// Which rows of which query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAsk {
    /// The query; `SELECT * FROM "schema"."table"` pages fastest.
    pub select: String,
    /// Column to sort by, and whether greatest first; `None`: the query's own order. Missing
    /// values come last; texts that are numbers sort as numbers before other texts.
    pub order: Option<(String, bool)>,
    /// Only rows in which some column contains this text, whatever the case.
    pub find: Option<String>,
    /// First row, from 0.
    pub offset: u64,
    /// How many.
    pub limit: u32,
}

/// Some rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Every column with its DuckDB type.
    pub columns: Vec<ColumnInfo>,
    /// Rows in all, after `find`.
    pub total: u64,
    /// Arrow IPC stream of one record batch; every column `Utf8`, NULL kept, nested values as
    /// JSON.
    pub arrow: Vec<u8>,
}

/// Columns and totals of queries asked lately.
#[derive(Default)]
pub(crate) struct PageCache {
    version: u64,
    known: HashMap<(String, Option<String>), (Vec<ColumnInfo>, u64)>,
}

/// Queries remembered; scrolling asks the same one over and over.
const REMEMBERED: usize = 64;

impl Store {
    /// A page of rows. Runs on a connection of its own: it never waits for a job.
    ///
    /// # Errors
    /// [`StoreError::Sql`] when the query fails or has no column to sort by.
    pub fn page(&self, ask: &PageAsk) -> Result<Page, StoreError> {
        let version = self.data_version();
        let known = self.known(version, ask);
        let (columns, total, arrow) = self.read("read page", &Quiet, |connection| {
            let (columns, total) = match known {
                Some(known) => known,
                None => shape(connection, ask)?,
            };
            let sql = page_sql(ask, &columns)?;
            let arrow = rows(connection, &sql, &columns)?;
            Ok((columns, total, arrow))
        })?;
        self.remember(version, ask, &columns, total);
        Ok(Page { columns, total, arrow })
    }

    fn known(&self, version: u64, ask: &PageAsk) -> Option<(Vec<ColumnInfo>, u64)> {
        let cache = lock(&self.pages);
        let key = (ask.select.clone(), ask.find.clone());
        (cache.version == version).then(|| cache.known.get(&key).cloned()).flatten()
    }

    fn remember(&self, version: u64, ask: &PageAsk, columns: &[ColumnInfo], total: u64) {
        let mut cache = lock(&self.pages);
        if cache.version != version || cache.known.len() >= REMEMBERED {
            cache.known.clear();
            cache.version = version;
        }
        cache.known.insert((ask.select.clone(), ask.find.clone()), (columns.to_vec(), total));
    }
}

fn shape(connection: &Connection, ask: &PageAsk) -> Result<(Vec<ColumnInfo>, u64), Fault> {
    let columns = describe(connection, &ask.select)?;
    let sql = format!("SELECT count(*)\n{}", from_where(ask, &columns));
    let total = connection.query_row(&sql, [], |row| row.get(0))?;
    Ok((columns, total))
}

/// The table when `select` is a bare `SELECT * FROM "schema"."table"`: only its rows have a
/// `rowid`.
fn base_table(select: &str) -> Option<&str> {
    let table = select.trim().strip_prefix("SELECT * FROM ")?.trim();
    let rest = quoted(quoted(table)?.strip_prefix('.')?)?;
    rest.is_empty().then_some(table)
}

/// What follows one quoted identifier.
fn quoted(sql: &str) -> Option<&str> {
    let mut rest = sql.strip_prefix('"')?;
    loop {
        let end = rest.find('"')?;
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(more) => rest = more,
            None => return Some(rest),
        }
    }
}

fn column_list(columns: &[ColumnInfo]) -> String {
    (0..columns.len()).map(|at| format!("c{at}")).collect::<Vec<_>>().join(", ")
}

fn from_where(ask: &PageAsk, columns: &[ColumnInfo]) -> String {
    let names = column_list(columns);
    let from = match base_table(&ask.select) {
        Some(table) => format!("FROM {table} AS t({names})"),
        None => format!("FROM (\n{}\n) AS t({names})", ask.select),
    };
    match ask.find.as_deref().filter(|find| !find.is_empty()) {
        None => from,
        Some(find) => {
            let texts: Vec<_> = (0..columns.len()).map(|at| format!("c{at}::VARCHAR")).collect();
            format!(
                "{from}\nWHERE contains(lower(concat_ws(chr(31), {})), lower({}))",
                texts.join(", "),
                text(find)
            )
        }
    }
}

/// The statement of a page. A sorted page of a base table first finds its rows' ids reading the
/// sort column alone.
fn page_sql(ask: &PageAsk, columns: &[ColumnInfo]) -> Result<String, StoreError> {
    let values: Vec<_> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| shown(&format!("c{at}"), &column.sql_type))
        .collect();
    let values = values.join(", ");
    let from = from_where(ask, columns);
    let window = format!("LIMIT {} OFFSET {}", ask.limit, ask.offset);
    let Some((name, descending)) = &ask.order else {
        return Ok(format!("SELECT {values}\n{from}\n{window}"));
    };
    let at =
        columns.iter().position(|column| &column.name == name).ok_or_else(|| StoreError::Sql {
            step: "read page".to_owned(),
            message: format!("There is no column \"{name}\" to sort by"),
        })?;
    let key = sort_key(&format!("c{at}"), &columns[at].sql_type, *descending);
    Ok(match base_table(&ask.select) {
        Some(table) => format!(
            "SELECT {values}\nFROM {table} AS t({})\nWHERE rowid IN (\nSELECT rowid\n{from}\n\
             ORDER BY {key}, rowid\n{window}\n)\nORDER BY {key}, rowid",
            column_list(columns)
        ),
        None => {
            let ties = column_list(columns);
            format!("SELECT {values}\n{from}\nORDER BY {key}, {ties}\n{window}")
        }
    })
}

fn is_nested(sql_type: &str) -> bool {
    sql_type.ends_with(']') || sql_type.starts_with("STRUCT(") || sql_type.starts_with("MAP(")
}

fn shown(name: &str, sql_type: &str) -> String {
    if is_nested(sql_type) {
        format!("to_json({name})::VARCHAR")
    } else {
        format!("{name}::VARCHAR")
    }
}

fn sort_key(name: &str, sql_type: &str, descending: bool) -> String {
    let way = if descending { "DESC" } else { "ASC" };
    if sql_type == "VARCHAR" {
        format!("TRY_CAST({name} AS DECIMAL(38,9)) {way} NULLS LAST, {name} {way} NULLS LAST")
    } else {
        format!("{name} {way} NULLS LAST")
    }
}

fn rows(connection: &Connection, sql: &str, columns: &[ColumnInfo]) -> Result<Vec<u8>, Fault> {
    let mut statement = connection.prepare(sql)?;
    drop(statement.stream_arrow([])?);
    let mut parts: Vec<Vec<ArrayRef>> = vec![Vec::new(); columns.len()];
    while let Some(chunk) = statement.step()? {
        for (part, array) in parts.iter_mut().zip(chunk.columns()) {
            part.push(Arc::clone(array));
        }
    }
    ipc(columns, &parts).map_err(|error| {
        Fault::Store(StoreError::Sql { step: "read page".to_owned(), message: error.to_string() })
    })
}

fn ipc(columns: &[ColumnInfo], parts: &[Vec<ArrayRef>]) -> Result<Vec<u8>, ArrowError> {
    let fields: Vec<_> =
        columns.iter().map(|column| Field::new(&column.name, DataType::Utf8, true)).collect();
    let arrays = parts
        .iter()
        .map(|part| match part.as_slice() {
            [] => Ok(Arc::new(StringArray::new_null(0)) as ArrayRef),
            [one] => Ok(Arc::clone(one)),
            many => concat(&many.iter().map(AsRef::as_ref).collect::<Vec<&dyn Array>>()),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &schema)?;
    writer.write(&batch)?;
    writer.finish()?;
    drop(writer);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(select: &str) -> PageAsk {
        PageAsk { select: select.to_owned(), order: None, find: None, offset: 900_000, limit: 100 }
    }

    fn columns() -> Vec<ColumnInfo> {
        [("name", "VARCHAR"), ("items", "STRUCT(id VARCHAR)[]")]
            .map(|(name, sql_type)| ColumnInfo { name: name.into(), sql_type: sql_type.into() })
            .to_vec()
    }

    #[test]
    fn a_page_is_limit_and_offset_on_the_table_itself() {
        let sql = page_sql(&ask("SELECT * FROM \"src\".\"big\""), &columns()).unwrap();
        insta::assert_snapshot!(sql);
    }

    #[test]
    fn a_sorted_page_finds_its_rows_by_the_sort_column_alone() {
        let sorted = PageAsk {
            order: Some(("name".to_owned(), true)),
            find: Some("O'Brien".to_owned()),
            ..ask("SELECT * FROM \"src\".\"big\"")
        };
        insta::assert_snapshot!(page_sql(&sorted, &columns()).unwrap());
    }

    #[test]
    fn a_sorted_query_breaks_ties_by_every_column() {
        let sorted = PageAsk { order: Some(("name".to_owned(), false)), ..ask("VALUES (1, 2)") };
        insta::assert_snapshot!(page_sql(&sorted, &columns()).unwrap());
    }

    #[test]
    fn an_unknown_sort_column_is_named() {
        let sorted = PageAsk { order: Some(("nope".to_owned(), false)), ..ask("SELECT 1") };
        let error = page_sql(&sorted, &columns()).unwrap_err();
        assert!(error.to_string().contains("\"nope\""), "{error}");
    }

    #[test]
    fn only_a_bare_table_has_row_ids() {
        assert_eq!(base_table("SELECT * FROM \"a\".\"b\"\"c\""), Some("\"a\".\"b\"\"c\""));
        for other in ["SELECT * FROM \"a\"", "SELECT * FROM \"a\".\"b\" WHERE 1", "SELECT 1"] {
            assert_eq!(base_table(other), None, "{other}");
        }
    }
}
