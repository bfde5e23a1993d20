//! Databases, read and never written: SQLite files, DuckDB files, Postgres servers.
//!
//! A table becomes a source. SQLite and Postgres stream through [`crate::cells`] into a scratch
//! file; a DuckDB file is attached read-only by DuckDB itself.

pub(crate) mod attach_sql;
pub(crate) mod iso;
pub(crate) mod postgres;
pub(crate) mod postgres_sql;
pub(crate) mod sqlite;
pub(crate) mod sqlite_sql;

use crate::error::IngestError;
use crate::inspect::{Detected, SHOWN, say};
use kith_model::FileRef;
use kith_model::source::{ColumnInfo, Evidence, FileFormat, Part, ReadOptions};

/// The first rows of a table.
pub(crate) struct Glimpse {
    pub(crate) columns: Vec<ColumnInfo>,
    pub(crate) rows: Vec<Vec<Option<String>>>,
}

/// The table a user means among those listed: its name exactly, or without regard to case; the
/// first when none is meant.
///
/// # Errors
/// [`IngestError::NoTables`], [`IngestError::NoTable`].
pub fn choose(
    database: &str,
    tables: &[String],
    wanted: Option<&str>,
) -> Result<String, IngestError> {
    let Some(wanted) = wanted else {
        let none = || IngestError::NoTables { file: database.to_owned() };
        return tables.first().cloned().ok_or_else(none);
    };
    let exact = tables.iter().find(|table| *table == wanted);
    let alike = || tables.iter().find(|table| table.eq_ignore_ascii_case(wanted.trim()));
    exact.or_else(alike).cloned().ok_or_else(|| IngestError::NoTable {
        file: database.to_owned(),
        table: wanted.to_owned(),
        known: listed(tables),
    })
}

/// Names for a message, cut when there are many.
fn listed(tables: &[String]) -> String {
    let shown: Vec<_> = tables.iter().take(12).map(String::as_str).collect();
    let more = if tables.len() > shown.len() { " …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// A table as an inspection.
pub(crate) fn detected(
    (format, kind): (FileFormat, &str),
    file: &FileRef,
    (tables, chosen): (&[String], &str),
    options: &ReadOptions,
    glimpse: Glimpse,
) -> Detected {
    Detected {
        format,
        options: select(chosen),
        evidence: evidence(kind, tables, chosen, options),
        header: glimpse.columns.iter().map(|column| column.name.clone()).collect(),
        columns: glimpse.columns,
        raw_lines: Vec::new(),
        rows: glimpse.rows.into_iter().take(SHOWN).collect(),
        bytes: std::fs::metadata(&file.0).map_or(0, |meta| meta.len()),
        parts: parts(format, file, tables),
    }
}

fn select(table: &str) -> ReadOptions {
    ReadOptions { table: Some(table.to_owned()), ..ReadOptions::default() }
}

/// Each table of a database as a part, when there are several.
pub fn parts(format: FileFormat, file: &FileRef, tables: &[String]) -> Vec<Part> {
    let part = |table: &String| Part {
        name: table.clone(),
        file: file.clone(),
        format,
        options: select(table),
    };
    if tables.len() > 1 { tables.iter().map(part).collect() } else { Vec::new() }
}

/// Why a table of a database is read.
pub fn evidence(
    kind: &str,
    tables: &[String],
    chosen: &str,
    options: &ReadOptions,
) -> Vec<Evidence> {
    let reason = match (&options.table, tables.len()) {
        (Some(_), _) => "Set by hand".to_owned(),
        (None, 1) => "The only table".to_owned(),
        (None, count) => format!("The first of {count}: {}", listed(tables)),
    };
    vec![say("format", kind, "Its content says so"), say("table", chosen, &reason)]
}
