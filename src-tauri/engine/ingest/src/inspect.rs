//! Looks at a file without loading it: what it is and how it would be read, with reasons.

use crate::compress::Compression;
use crate::dialect::Dialect;
use crate::error::{IngestError, name_of};
use crate::head::{Head, binary};
use crate::inspect_delimited::delimited;
use crate::{json_table, kinds};
use kith_model::source::{ColumnInfo, Evidence, FileFormat, Part, ReadOptions};
use std::io::Read;
use std::path::Path;

/// Lines and rows shown.
pub(crate) const SHOWN: usize = 50;

/// Characters of a raw line shown.
pub(crate) const LINE_SHOWN: usize = 400;

/// What a file is and how it would be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Detected {
    /// Its kind.
    pub format: FileFormat,
    /// Every option decided (all `None` for Parquet; encoding alone for NDJSON).
    pub options: ReadOptions,
    /// Why it is read so.
    pub evidence: Vec<Evidence>,
    /// Column names as they will be in the raw table. Empty for Parquet: see
    /// [`crate::parquet_preview_sql`].
    pub header: Vec<String>,
    /// The columns with their DuckDB types; those of NDJSON as far as the head shows. Empty for
    /// Parquet.
    pub columns: Vec<ColumnInfo>,
    /// The first raw lines, at most 50, each at most 400 characters. Empty for Parquet.
    pub raw_lines: Vec<String>,
    /// The first rows that fit, at most 50; `None` is a missing value. Empty for Parquet.
    pub rows: Vec<Vec<Option<String>>>,
    /// File size in bytes.
    pub bytes: u64,
    /// Every table of the file, the one shown among them; empty when it holds one.
    pub parts: Vec<Part>,
}

/// Looks at `path` and decides everything.
///
/// # Errors
/// [`IngestError`] for what is no readable table: missing, a folder, empty, binary, no rows ...
pub fn inspect(path: &Path) -> Result<Detected, IngestError> {
    look(path, None, &ReadOptions::default())
}

/// Looks at `path` read as `format`; options that are `None` are decided.
///
/// # Errors
/// As [`inspect`], and [`IngestError::Option`] for an option that makes no sense.
pub fn inspect_as(
    path: &Path,
    format: FileFormat,
    options: &ReadOptions,
) -> Result<Detected, IngestError> {
    look(path, Some(format), options)
}

fn look(
    path: &Path,
    format: Option<FileFormat>,
    options: &ReadOptions,
) -> Result<Detected, IngestError> {
    if let Some(seen) = kinds::inspect(path, format, options)? {
        return Ok(seen);
    }
    let head = Head::read(path, options)?;
    match format.unwrap_or_else(|| head.format(path)) {
        FileFormat::Parquet => parquet(path, &head, options),
        FileFormat::Delimited => delimited(path, &head, options),
        json @ (FileFormat::Ndjson | FileFormat::Json) => {
            json_table::inspect(path, &head, json, options)
        }
        other => Err(no_such(path, other)),
    }
}

/// A file that is not of the kind it is to be read as.
pub(crate) fn no_such(path: &Path, format: FileFormat) -> IngestError {
    let what = match format {
        FileFormat::Arrow => "it does not begin like Arrow",
        FileFormat::Workbook => "it does not begin like a workbook",
        FileFormat::Sqlite | FileFormat::Duckdb => "it does not begin like a database",
        _ => "it is not what it was",
    };
    IngestError::Damaged { file: name_of(path), what: what.to_owned() }
}

pub(crate) fn say(about: &str, value: &str, reason: &str) -> Evidence {
    Evidence { about: about.to_owned(), value: value.to_owned(), reason: reason.to_owned() }
}

pub(crate) fn common_evidence(head: &Head, format: &str, reason: &str) -> Vec<Evidence> {
    let mut evidence = vec![say("format", format, reason)];
    if head.compression != Compression::None {
        let name = head.compression.duckdb();
        evidence.push(say("compression", name, "Its first bytes say so"));
    }
    evidence.push(say("encoding", &head.encoding_label(), &head.encoding_reason));
    evidence
}

fn parquet(path: &Path, head: &Head, options: &ReadOptions) -> Result<Detected, IngestError> {
    let file = name_of(path);
    if !head.parquet {
        return Err(IngestError::Damaged { file, what: "it does not begin like Parquet".into() });
    }
    if head.compression != Compression::None {
        let way_out = "unpack it first: Parquet compresses its own columns";
        return Err(binary(path, "a compressed Parquet file", way_out));
    }
    check_parquet_end(path)?;
    Ok(Detected {
        format: FileFormat::Parquet,
        options: ReadOptions {
            nested: options.nested,
            unfold: options.unfold.clone(),
            ..ReadOptions::default()
        },
        evidence: vec![say("format", "parquet", "It begins and ends with Parquet's mark")],
        header: Vec::new(),
        columns: Vec::new(),
        raw_lines: Vec::new(),
        rows: Vec::new(),
        bytes: head.bytes,
        parts: Vec::new(),
    })
}

/// A Parquet file that was cut off lacks its footer.
pub(crate) fn check_parquet_end(path: &Path) -> Result<(), IngestError> {
    use std::io::{Seek, SeekFrom};
    let failed = |error: std::io::Error| IngestError::reading(path, &error);
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let mut mark = [0; 4];
    if length >= 12 {
        file.seek(SeekFrom::End(-4)).map_err(failed)?;
        file.read_exact(&mut mark).map_err(failed)?;
    }
    if &mark == b"PAR1" {
        Ok(())
    } else {
        Err(IngestError::Damaged { file: name_of(path), what: "its end is missing".into() })
    }
}

/// The first physical lines.
pub(crate) fn raw_lines(dialect: &Dialect, mut text: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    while lines.len() < SHOWN && !text.is_empty() {
        let (line, rest) = text.split_at(dialect.first_line(text));
        let line = String::from_utf8_lossy(&line[..line.len().min(4 * LINE_SHOWN)]);
        lines.push(line.trim_end_matches(['\r', '\n']).chars().take(LINE_SHOWN).collect());
        text = rest;
    }
    lines
}
