//! What is no plain text file: workbooks, archives, folders, databases. Told by content.

use crate::database::{postgres, sqlite};
use crate::error::{IngestError, name_of};
use crate::inspect::{Detected, say};
use crate::{archive, arrow, folder, many, workbook};
use kith_model::FileRef;
use kith_model::source::{FileFormat, Part, ReadOptions};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Looks at `path` if it is of such a kind, and is not to be read as another.
pub(crate) fn inspect(
    path: &Path,
    format: Option<FileFormat>,
    options: &ReadOptions,
) -> Result<Option<Detected>, IngestError> {
    let may = |kind: FileFormat| format.is_none_or(|format| format == kind);
    if let Some(address) = address(path) {
        return postgres::inspect(address, options).map(Some);
    }
    if folder::means_several(path) {
        return many::inspect(path, format, options).map(Some);
    }
    if may(FileFormat::Workbook)
        && path.is_file()
        && let Some(kind) = workbook::Kind::of(path)?
    {
        return workbook::inspect(path, kind, options).map(Some);
    }
    if may(FileFormat::Arrow) && arrow::is_arrow(path)? {
        return arrow::inspect(path, options).map(Some);
    }
    let magic = magic(path);
    if may(FileFormat::Sqlite) && magic.starts_with(b"SQLite format 3\0") {
        return sqlite::inspect(path, options).map(Some);
    }
    if may(FileFormat::Duckdb) && magic.get(8..12) == Some(b"DUCK") {
        return Ok(Some(duckdb(path, options)));
    }
    if format.is_none() && archive::is_archive(path) {
        return members(path).map(Some);
    }
    Ok(None)
}

/// The server's address a path is.
pub(crate) fn address(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| postgres::is_address(text))
}

fn magic(path: &Path) -> Vec<u8> {
    let mut magic = Vec::new();
    if path.is_file()
        && let Ok(file) = File::open(path)
    {
        // A file that cannot be read is told of where it is read.
        file.take(16).read_to_end(&mut magic).unwrap_or_default();
    }
    magic
}

/// A DuckDB file as far as it can be told without DuckDB: tables, columns and rows are asked for
/// with `attached_tables_sql` and `attached_rows_sql`.
fn duckdb(path: &Path, options: &ReadOptions) -> Detected {
    Detected {
        format: FileFormat::Duckdb,
        options: ReadOptions {
            table: options.table.clone(),
            nested: options.nested,
            unfold: options.unfold.clone(),
            ..ReadOptions::default()
        },
        evidence: vec![say("format", "DuckDB database", "Its content says so")],
        header: Vec::new(),
        columns: Vec::new(),
        raw_lines: Vec::new(),
        rows: Vec::new(),
        bytes: path.metadata().map_or(0, |meta| meta.len()),
        parts: Vec::new(),
    }
}

/// The first readable member of an archive, and the others as parts.
fn members(path: &Path) -> Result<Detected, IngestError> {
    let (mut first, mut parts, mut left_out) = (None, Vec::new(), Vec::new());
    for member in archive::members(path)? {
        let place = path.join(&member);
        match crate::inspect(&place) {
            Ok(seen) => {
                parts.push(Part {
                    name: name_of(&place),
                    file: FileRef(place.to_string_lossy().into_owned()),
                    format: seen.format,
                    options: ReadOptions::default(),
                });
                first.get_or_insert(seen);
            }
            Err(error) => left_out.push((member, error)),
        }
    }
    let Some(mut seen) = first else {
        let (_, error) = left_out.swap_remove(0);
        return Err(error);
    };
    let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
    let count = format!("{} of {}", parts.len(), parts.len() + left_out.len());
    seen.evidence.push(say("members", &count, &format!("Tables: {}", names.join(", "))));
    let left_out = left_out.iter().map(|(name, why)| say("left out", name, &why.to_string()));
    seen.evidence.extend(left_out);
    // Even an only member is named: its path, not the archive's, is what is read.
    seen.parts = parts;
    Ok(seen)
}
