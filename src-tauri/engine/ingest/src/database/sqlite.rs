//! SQLite files, read by SQLite itself.

use super::{Glimpse, choose, detected, iso, sqlite_sql};
use crate::cells::{Cell, Kinds};
use crate::delimited::Survey;
use crate::error::{IngestError, name_of};
use crate::inspect::{Detected, SHOWN};
use crate::layout::Names;
use crate::reject::{Refused, Scratch, Sink};
use kith_model::source::{ColumnInfo, FileFormat, ReadOptions};
use kith_model::{FileRef, Monitor};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row};
use std::path::Path;

/// Rows between looks at the monitor.
const LOOK: u64 = 1024;

fn open(path: &Path) -> Result<Connection, IngestError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(|error| fault(path, &error))
}

/// SQLite's words hold table and column names at most, never values.
fn fault(path: &Path, error: &rusqlite::Error) -> IngestError {
    let file = name_of(path);
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => IngestError::Damaged {
            file,
            what: "it is no SQLite file, or locked by a password".to_owned(),
        },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            IngestError::Unreadable { file, reason: "another program is writing to it".to_owned() }
        }
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
            IngestError::Unreadable { file, reason: "it cannot be opened".to_owned() }
        }
        _ => IngestError::Damaged { file, what: error.to_string() },
    }
}

fn tables(path: &Path, connection: &Connection) -> Result<Vec<String>, IngestError> {
    let failed = |error: rusqlite::Error| fault(path, &error);
    let mut statement = connection.prepare(sqlite_sql::TABLES).map_err(failed)?;
    let names = statement.query_map([], |row| row.get(0)).map_err(failed)?;
    names.collect::<Result<_, _>>().map_err(failed)
}

/// A table's columns while its rows stream by.
struct Columns {
    names: Vec<String>,
    /// Declared as dates or times: their texts are tried as such.
    moments: Vec<bool>,
    kinds: Vec<Kinds>,
}

impl Columns {
    fn of(statement: &rusqlite::Statement<'_>) -> Self {
        let mut taken = Names::new();
        let columns: Vec<_> = statement.columns().collect();
        let moment = |declared: Option<&str>| {
            let declared = declared.unwrap_or_default().to_ascii_uppercase();
            declared.contains("DATE") || declared.contains("TIME")
        };
        Self {
            names: columns.iter().map(|c| taken.unique(c.name())).collect(),
            moments: columns.iter().map(|c| moment(c.decl_type())).collect(),
            kinds: vec![Kinds::default(); columns.len()],
        }
    }

    /// A row's cells; the column and the reason when it cannot be loaded.
    fn cells(&mut self, row: &Row<'_>) -> Result<Vec<Cell>, (usize, String)> {
        let mut cells = Vec::with_capacity(self.names.len());
        for at in 0..self.names.len() {
            let value = row.get_ref(at).map_err(|error| (at, error.to_string()))?;
            cells.push(self.cell(at, value).map_err(|reason| (at, reason))?);
        }
        for (kinds, cell) in self.kinds.iter_mut().zip(&cells) {
            kinds.note(cell);
        }
        Ok(cells)
    }

    fn cell(&self, at: usize, value: ValueRef<'_>) -> Result<Cell, String> {
        Ok(match value {
            ValueRef::Integer(value) => Cell::Int(value),
            ValueRef::Real(value) if value.is_finite() => Cell::Real(value),
            // SQLite itself shows a number that is none as NULL.
            ValueRef::Null | ValueRef::Real(_) => Cell::Empty,
            ValueRef::Text(bytes) => {
                let text = std::str::from_utf8(bytes).map_err(|_| "A text that is not UTF-8")?;
                if text.contains('\0') {
                    return Err("A NUL byte".to_owned());
                }
                if self.moments[at] { iso::cell(text) } else { Cell::Text(text.to_owned()) }
            }
            ValueRef::Blob(bytes) => Cell::Text(hex(bytes)),
        })
    }

    fn infos(self) -> Vec<ColumnInfo> {
        let types = self.kinds.into_iter().map(|kinds| kinds.sql_type().to_owned());
        self.names
            .into_iter()
            .zip(types)
            .map(|(name, sql_type)| ColumnInfo { name, sql_type })
            .collect()
    }
}

/// Bytes as Postgres and others write them: `\x00ff`.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold("\\x".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a SQLite file's table is.
pub(crate) fn inspect(path: &Path, options: &ReadOptions) -> Result<Detected, IngestError> {
    let connection = open(path)?;
    let tables = tables(path, &connection)?;
    let table = choose(&name_of(path), &tables, options.table.as_deref())?;
    let failed = |error: rusqlite::Error| fault(path, &error);
    let mut statement = connection.prepare(&sqlite_sql::rows(&table)).map_err(failed)?;
    let mut columns = Columns::of(&statement);
    let mut found = statement.query([]).map_err(failed)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(failed)? {
        if let Ok(cells) = columns.cells(row) {
            rows.push(cells.iter().map(Cell::text).collect());
        }
        if rows.len() == SHOWN {
            break;
        }
    }
    let file = FileRef(path.to_string_lossy().into_owned());
    let glimpse = Glimpse { columns: columns.infos(), rows };
    let kind = (FileFormat::Sqlite, "SQLite database");
    Ok(detected(kind, &file, (&tables, &table), options, glimpse))
}

/// Reads a table into scratch files.
pub(crate) fn read(
    path: &Path,
    options: &ReadOptions,
    scratch: &mut Scratch,
    monitor: &dyn Monitor,
) -> Result<(Survey, Vec<ColumnInfo>), IngestError> {
    let connection = open(path)?;
    let tables = tables(path, &connection)?;
    let table = choose(&name_of(path), &tables, options.table.as_deref())?;
    let failed = |error: rusqlite::Error| fault(path, &error);
    let write = |error: std::io::Error| IngestError::writing(path, &error);
    let mut statement = connection.prepare(&sqlite_sql::rows(&table)).map_err(failed)?;
    let mut columns = Columns::of(&statement);
    let mut found = statement.query([]).map_err(failed)?;
    let (mut survey, mut line) = (Survey::default(), 0_u64);
    while let Some(row) = found.next().map_err(failed)? {
        line += 1;
        if line.is_multiple_of(LOOK) {
            if monitor.cancelled() {
                return Err(IngestError::Cancelled);
            }
            monitor.progress(0.5, &format!("reading row {line}"));
        }
        match columns.cells(row) {
            Ok(cells) => {
                let texts: Vec<_> = cells.iter().map(Cell::text).collect();
                let bytes = texts.iter().flatten().map(|text| text.len() + 3).sum();
                survey.longest = survey.longest.max(bytes);
                survey.good += 1;
                scratch.cells(&texts).map_err(write)?;
            }
            Err((at, reason)) => {
                survey.refused += 1;
                let column = columns.names.get(at).map(String::as_str);
                let refused = Refused { line, byte: None, column, reason, raw: b"" };
                scratch.refused(&refused).map_err(write)?;
            }
        }
    }
    Ok((survey, columns.infos()))
}
