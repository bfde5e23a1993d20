//! What the database holds: tables, columns, and whether a user's query only reads.

use crate::error::StoreError;
use crate::store::{Fault, Store};
use duckdb::Connection;
use kith_model::Quiet;
use kith_model::source::ColumnInfo;
use kith_sql::TableName;

/// A table of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTable {
    /// Schema.
    pub schema: String,
    /// Name.
    pub name: String,
    /// Rows.
    pub rows: u64,
    /// Columns in order.
    pub columns: Vec<ColumnInfo>,
}

impl Store {
    /// Names and DuckDB types of the columns `select` gives.
    pub fn columns(&self, select: &str) -> Result<Vec<ColumnInfo>, StoreError> {
        self.read("read columns", &Quiet, |connection| describe(connection, select))
    }

    /// Every table, sorted by schema and name.
    pub fn tables(&self) -> Result<Vec<StoredTable>, StoreError> {
        self.read("list tables", &Quiet, |connection| {
            let names = names(
                connection,
                "SELECT schema_name, table_name FROM duckdb_tables() \
                 WHERE NOT internal AND NOT temporary ORDER BY 1, 2",
            )?;
            names
                .into_iter()
                .map(|(schema, name)| {
                    let table = TableName::new(&schema, &name);
                    let count = format!("SELECT count(*) FROM {table}");
                    let rows = connection.query_row(&count, [], |row| row.get(0))?;
                    let columns = describe(connection, &format!("SELECT * FROM {table}"))?;
                    Ok(StoredTable { schema, name, rows, columns })
                })
                .collect()
        })
    }

    /// Whether there is a table or view of that name.
    pub fn exists(&self, table: &TableName) -> Result<bool, StoreError> {
        self.read("look for table", &Quiet, |connection| {
            let found: bool = connection.query_row(
                "SELECT count(*) > 0 FROM information_schema.tables \
                 WHERE lower(table_schema) = lower(?) AND lower(table_name) = lower(?)",
                [table.schema().name(), table.table().name()],
                |row| row.get(0),
            )?;
            Ok(found)
        })
    }

    /// A user's query, proven to be a single reading statement, without a trailing semicolon:
    /// fit for [`Store::page`] and [`Store::frame`]. DuckDB's own parser decides; reading calls
    /// run in a read-only transaction besides.
    ///
    /// # Errors
    /// [`StoreError::NotReadOnly`] with the parser's words or the reason.
    pub fn read_only(&self, sql: &str) -> Result<String, StoreError> {
        let sql = sql.trim().trim_end_matches([';', ' ', '\n', '\r', '\t']);
        let (wrong, message, count): (bool, Option<String>, Option<i64>) =
            self.read("check query", &Quiet, |connection| {
                Ok(connection.query_row(
                    "SELECT (tree->>'error')::BOOLEAN, tree->>'error_message', \
                     json_array_length(tree, '$.statements')::BIGINT \
                     FROM (SELECT json_serialize_sql(?::VARCHAR) AS tree)",
                    [sql],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )?)
            })?;
        match (wrong, count) {
            (false, Some(1)) => Ok(sql.to_owned()),
            (false, Some(n)) if n > 1 => {
                Err(StoreError::NotReadOnly(format!("there are {n} statements")))
            }
            (true, _) if message.as_deref().is_some_and(|m| m.contains("Only SELECT")) => {
                Err(StoreError::NotReadOnly("this one changes something".to_owned()))
            }
            (true, _) => Err(StoreError::NotReadOnly(message.unwrap_or_default())),
            _ => Err(StoreError::NotReadOnly("there is none".to_owned())),
        }
    }
}

/// The columns of `select`.
pub(crate) fn describe(connection: &Connection, select: &str) -> Result<Vec<ColumnInfo>, Fault> {
    Ok(names(connection, &format!("DESCRIBE (\n{select}\n)"))?
        .into_iter()
        .map(|(name, sql_type)| ColumnInfo { name, sql_type })
        .collect())
}

fn names(connection: &Connection, sql: &str) -> Result<Vec<(String, String)>, duckdb::Error> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}
