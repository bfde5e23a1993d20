//! The SQL that makes one table of many files.

use crate::layout::ROW;
use crate::load_sql::{raw_table, reject_table, rejects_file};
use kith_model::SourceId;
use kith_sql::{Ident, Step, text};
use std::path::Path;

/// The raw table of several: each a file's name and a `SELECT` of its columns. Columns meet by
/// name; one that a file lacks is missing in its rows. `column` holds the file's name.
pub(crate) fn union_step(source: &SourceId, files: &[(String, String)], column: &str) -> Step {
    let (row, column) = (Ident::new(ROW), Ident::new(column));
    let selects: Vec<_> = files
        .iter()
        .map(|(file, select)| format!("SELECT *, {} AS {column} FROM ({select})", text(file)))
        .collect();
    let select = format!(
        "SELECT * EXCLUDE ({column}), {column}, row_number() OVER () - 1 AS {row}\nFROM (\n{}\n)",
        selects.join("\nUNION ALL BY NAME\n")
    );
    Step::table(raw_table(source), Vec::new(), select)
}

/// A file's rows without their numbers, which count within the file.
pub(crate) fn without_row(select: &str) -> String {
    format!("SELECT * EXCLUDE ({}) FROM ({select})", Ident::new(ROW))
}

/// Adds one file's rejects, its name before each reason.
pub(crate) fn insert_rejects_of(source: &SourceId, file: &str, path: &Path) -> Step {
    Step::statement(
        format!("load rejects of {file}"),
        format!(
            "INSERT INTO {}\nSELECT {}, line, byte, col, {} || reason, raw\nFROM {}",
            reject_table(),
            text(&source.0),
            text(&format!("{file}: ")),
            rejects_file(path)
        ),
    )
}
