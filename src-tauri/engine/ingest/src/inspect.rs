//! Looks at a file without loading it: what it is and how it would be read, with reasons.

use crate::compress::Compression;
use crate::delimited;
use crate::dialect::{Dialect, spell};
use crate::error::{IngestError, name_of};
use crate::head::{Head, binary};
use crate::json;
use crate::layout::{self, FixedLayout, Layout};
use crate::shape::Shape;
use crate::sniff::{self, Fixed, Sniffed};
use crate::workbook;
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
    if let Some(kind) = workbook_kind(path, format)? {
        return workbook::inspect(path, kind, options);
    }
    let head = Head::read(path, options)?;
    match format.unwrap_or_else(|| head.format(path)) {
        FileFormat::Parquet => parquet(path, &head),
        FileFormat::Ndjson => ndjson(path, &head),
        FileFormat::Delimited => delimited(path, &head, options),
        FileFormat::Workbook => Err(no_workbook(path)),
    }
}

/// The kind of workbook a file is; none for a file that is to be read as something else.
pub(crate) fn workbook_kind(
    path: &Path,
    format: Option<FileFormat>,
) -> Result<Option<workbook::Kind>, IngestError> {
    if format.is_some_and(|format| format != FileFormat::Workbook) || !path.is_file() {
        return Ok(None);
    }
    workbook::Kind::of(path)
}

pub(crate) fn no_workbook(path: &Path) -> IngestError {
    let what = "it does not begin like a workbook".to_owned();
    IngestError::Damaged { file: name_of(path), what }
}

pub(crate) fn say(about: &str, value: &str, reason: &str) -> Evidence {
    Evidence { about: about.to_owned(), value: value.to_owned(), reason: reason.to_owned() }
}

fn common_evidence(head: &Head, format: &str, reason: &str) -> Vec<Evidence> {
    let mut evidence = vec![say("format", format, reason)];
    if head.compression != Compression::None {
        let name = head.compression.duckdb();
        evidence.push(say("compression", name, "Its first bytes say so"));
    }
    evidence.push(say("encoding", &head.encoding_label(), &head.encoding_reason));
    evidence
}

fn parquet(path: &Path, head: &Head) -> Result<Detected, IngestError> {
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
        options: ReadOptions::default(),
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

fn ndjson(path: &Path, head: &Head) -> Result<Detected, IngestError> {
    let file = || name_of(path);
    let mut shape = Shape::Null;
    let mut shown: Vec<serde_json::Map<String, serde_json::Value>> = Vec::new();
    let mut good = 0;
    let lines: Vec<_> = head.text.split(|&b| b == b'\n').collect();
    let usable = if head.whole { lines.len() } else { lines.len().saturating_sub(1) };
    for line in lines[..usable].iter().filter(|line| !line.trim_ascii().is_empty()) {
        let Ok(seen) = json::observe(line) else { continue };
        good += 1;
        shape = shape.merge(seen);
        if shown.len() < SHOWN {
            shown.extend(serde_json::from_slice(line).ok());
        }
    }
    if good == 0 || is_array_document(&head.text) {
        return Err(IngestError::JsonDocument { file: file() });
    }
    let fields = shape.into_fields();
    let columns = json::columns(&fields);
    let rows = shown
        .iter()
        .map(|object| fields.iter().map(|(name, _)| cell(object.get(name))).collect())
        .collect();
    let mut evidence = common_evidence(head, "ndjson", "Its lines are JSON objects");
    let names = columns.len().to_string();
    evidence.push(say(
        "columns",
        &names,
        "Fields of all objects looked at, in order of appearance",
    ));
    Ok(Detected {
        format: FileFormat::Ndjson,
        options: ReadOptions { encoding: Some(head.encoding_label()), ..ReadOptions::default() },
        evidence,
        header: columns.iter().map(|c| c.name.clone()).collect(),
        columns,
        raw_lines: raw_lines(&Dialect::new(",", None, None), &head.text),
        rows,
        bytes: head.bytes,
        parts: Vec::new(),
    })
}

/// A JSON array over several lines.
fn is_array_document(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let first = text.split(|&b| b == b'\n').next().unwrap_or_default();
    text.starts_with(b"[") && serde_json::from_slice::<serde::de::IgnoredAny>(first).is_err()
}

fn cell(value: Option<&serde_json::Value>) -> Option<String> {
    match value? {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The first physical lines.
fn raw_lines(dialect: &Dialect, mut text: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    while lines.len() < SHOWN && !text.is_empty() {
        let (line, rest) = text.split_at(dialect.first_line(text));
        let line = String::from_utf8_lossy(&line[..line.len().min(4 * LINE_SHOWN)]);
        lines.push(line.trim_end_matches(['\r', '\n']).chars().take(LINE_SHOWN).collect());
        text = rest;
    }
    lines
}

/// A delimited file as it will be read.
pub(crate) struct Reading {
    pub(crate) sniffed: Sniffed,
    pub(crate) layout: Layout,
}

impl Reading {
    pub(crate) fn decide(
        path: &Path,
        head: &Head,
        options: &ReadOptions,
    ) -> Result<Self, IngestError> {
        let fixed = fixed(path, options)?;
        let sniffed = sniff::sniff(&head.text, head.whole, &fixed);
        let end_line = match options.footer_lines {
            None => None,
            Some(0) => Some(None),
            Some(below) => {
                let lines = delimited::count_lines(path, head, &sniffed.dialect)?;
                Some(Some((lines + 1).saturating_sub(u64::from(below)).max(1)))
            }
        };
        let fixed = FixedLayout {
            skip_lines: options.skip_lines,
            header: options.header,
            header_rows: options.header_rows.filter(|rows| *rows > 0),
            end_line,
        };
        let layout = layout::find(&sniffed.dialect, &head.text, head.whole, &fixed);
        Ok(Self { sniffed, layout })
    }
}

fn fixed(path: &Path, options: &ReadOptions) -> Result<Fixed, IngestError> {
    let wrong = |option, value: &str, rule| IngestError::Option {
        file: name_of(path),
        option,
        value: value.to_owned(),
        rule,
    };
    let delimiter = match options.delimiter.as_deref() {
        None => None,
        Some("\\t" | "tab") => Some("\t".to_owned()),
        Some("") => return Err(wrong("delimiter", "", "give at least one character")),
        Some(text) if text.contains(['\n', '\r']) => {
            return Err(wrong("delimiter", text, "lines are always separated by line breaks"));
        }
        Some(text) => Some(text.to_owned()),
    };
    let one = |option, text: &Option<String>| match text.as_deref().map(|t| (t, t.chars().count()))
    {
        None => Ok(None),
        Some((_, 0)) => Ok(Some(None)),
        Some((text, 1)) if text.is_ascii() => Ok(Some(text.chars().next())),
        Some((text, _)) => Err(wrong(option, text, "give one plain character, or none")),
    };
    let quote = one("quote", &options.quote)?;
    let escape = one("escape", &options.escape)?;
    Ok(Fixed { delimiter, quote, escape })
}

fn delimited(path: &Path, head: &Head, options: &ReadOptions) -> Result<Detected, IngestError> {
    let Reading { sniffed, layout } = Reading::decide(path, head, options)?;
    let dialect = &sniffed.dialect;
    let rest = layout::without_lines(dialect, &head.text, layout.skip_lines);
    let placed = layout::place(dialect, rest, head.whole);
    let data = &placed[(layout.header_rows as usize).min(placed.len())..];
    if data.is_empty() && head.whole {
        let line = u64::from(layout.skip_lines) + 1;
        return Err(IngestError::NoRows { file: name_of(path), line });
    }
    let width = layout.names.len();
    let rows = data
        .iter()
        .filter(|p| p.fields.len() == width)
        .filter(|p| {
            let line = u64::from(p.line) + u64::from(layout.skip_lines) + 1;
            layout.end_line.is_none_or(|end| line < end)
        })
        .take(SHOWN)
        .map(|p| p.fields.texts().into_iter().map(|t| Some(t).filter(|t| !t.is_empty())).collect())
        .collect();
    let evidence = delimited_evidence(head, &sniffed, &layout);
    let character =
        |byte: Option<u8>| Some(byte.map(char::from).map_or(String::new(), String::from));
    Ok(Detected {
        format: FileFormat::Delimited,
        options: ReadOptions {
            encoding: Some(head.encoding_label()),
            delimiter: Some(dialect.delimiter_text()),
            quote: character(dialect.quote),
            escape: character(dialect.escape),
            header: Some(layout.header_rows > 0),
            header_rows: (layout.header_rows > 1).then_some(layout.header_rows),
            skip_lines: Some(layout.skip_lines),
            footer_lines: layout.footer_lines,
            ..ReadOptions::default()
        },
        evidence,
        columns: layout.names.iter().map(|name| text_column(name)).collect(),
        header: layout.names,
        raw_lines: raw_lines(dialect, &head.text),
        rows,
        bytes: head.bytes,
        parts: Vec::new(),
    })
}

fn text_column(name: &str) -> ColumnInfo {
    ColumnInfo { name: name.to_owned(), sql_type: "VARCHAR".to_owned() }
}

fn delimited_evidence(head: &Head, sniffed: &Sniffed, layout: &Layout) -> Vec<Evidence> {
    let dialect: &Dialect = &sniffed.dialect;
    let character =
        |byte: Option<u8>| spell(&byte.map(char::from).map_or(String::new(), String::from));
    let mut evidence = common_evidence(head, "delimited text", "Lines of separated fields");
    let delimiter =
        if sniffed.single { "none".to_owned() } else { spell(&dialect.delimiter_text()) };
    evidence.push(say("delimiter", &delimiter, &sniffed.delimiter_reason));
    evidence.push(say("quote", &character(dialect.quote), &sniffed.quote_reason));
    evidence.push(say("escape", &character(dialect.escape), &sniffed.escape_reason));
    evidence.push(say("preamble", &format!("{} lines", layout.skip_lines), &layout.skip_reason));
    let header = match layout.header_rows {
        0 => "no".to_owned(),
        1 => "yes".to_owned(),
        rows => format!("{rows} rows"),
    };
    evidence.push(say("header", &header, &layout.header_reason));
    let end = match (layout.end_line, layout.footer_lines) {
        (None, _) => "none".to_owned(),
        (Some(line), None) => format!("from line {line}"),
        (Some(_), Some(lines)) => format!("{lines} lines"),
    };
    evidence.push(say("footer", &end, &layout.end_reason));
    if layout.tables.len() > 1 {
        let lines: Vec<_> = layout.tables.iter().map(|(line, _)| line.to_string()).collect();
        let reason = format!(
            "They begin on lines {}: the longest is read; skip lines to read another",
            lines.join(", ")
        );
        evidence.push(say("tables", &lines.len().to_string(), &reason));
    }
    let columns = layout.names.len();
    let suspicion = "Only one column was found: check the delimiter before loading";
    let reason = if columns == 1 { suspicion } else { "Fields a record must have" };
    evidence.push(say("columns", &columns.to_string(), reason));
    if let Some(reason) = &layout.names_reason {
        evidence.push(say("names", "changed", reason));
    }
    evidence
}
