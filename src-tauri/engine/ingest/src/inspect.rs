//! Looks at a file without loading it: what it is and how it would be read, with reasons.

use crate::compress::{self, Compression, fill};
use crate::dialect::{Dialect, spell};
use crate::encoding::{self, Transcode};
use crate::error::{IngestError, name_of};
use crate::json;
use crate::layout::{self, Layout};
use crate::shape::Shape;
use crate::sniff::{self, Fixed, Sniffed};
use encoding_rs::{Encoding, UTF_8};
use kith_model::source::{ColumnInfo, Evidence, FileFormat, ReadOptions};
use std::io::Read;
use std::path::Path;

/// Bytes that detection looks at.
const HEAD: usize = 256 * 1024;

/// How far an all-ASCII head is followed in search of a letter that tells the encoding.
const FAR: usize = 64 * 1024 * 1024;

/// Lines and rows shown.
const SHOWN: usize = 50;

/// Characters of a raw line shown.
const LINE_SHOWN: usize = 400;

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
    let head = Head::read(path, options)?;
    match format.unwrap_or_else(|| head.format(path)) {
        FileFormat::Parquet => parquet(path, head),
        FileFormat::Ndjson => ndjson(path, &head),
        FileFormat::Delimited => delimited(path, &head, options),
    }
}

/// The first bytes of a file as text.
pub(crate) struct Head {
    pub(crate) compression: Compression,
    pub(crate) encoding: &'static Encoding,
    pub(crate) encoding_reason: String,
    /// Length of a UTF-8 byte order mark.
    pub(crate) bom: usize,
    /// UTF-8, without byte order mark.
    pub(crate) text: Vec<u8>,
    /// Nothing follows it.
    pub(crate) whole: bool,
    pub(crate) bytes: u64,
    parquet: bool,
}

impl Head {
    pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Self, IngestError> {
        let mut opened = compress::open(path)?;
        let mut raw = Vec::new();
        let failed = |error: std::io::Error| IngestError::reading(path, &error);
        let whole = fill(&mut opened.reader, &mut raw, HEAD).map_err(failed)?;
        if raw.starts_with(b"PAR1") {
            return Ok(Self::of_parquet(opened.compression, opened.bytes));
        }
        if let Some((looks_like, way_out)) = known_binary(&raw) {
            return Err(binary(path, looks_like, way_out));
        }
        let (encoding, encoding_reason) = match &options.encoding {
            Some(label) => (named(path, label)?, "Set by hand".to_owned()),
            None => {
                let rest = if whole { None } else { Some(&mut opened.reader) };
                decide(&raw, whole, rest).map_err(failed)?
            }
        };
        let bom = if encoding == UTF_8 { encoding::utf8_bom(&raw) } else { 0 };
        let text = if encoding == UTF_8 {
            raw.split_off(bom)
        } else {
            let mut text = Vec::new();
            Transcode::new(&raw[..], encoding).read_to_end(&mut text).map_err(failed)?;
            text
        };
        if text.trim_ascii().is_empty() && whole {
            return Err(IngestError::Empty { file: name_of(path) });
        }
        if is_binary(&text) {
            return Err(binary(path, "binary data", "choose a text file such as CSV"));
        }
        let (compression, bytes) = (opened.compression, opened.bytes);
        Ok(Self { compression, encoding, encoding_reason, bom, text, whole, bytes, parquet: false })
    }

    fn of_parquet(compression: Compression, bytes: u64) -> Self {
        Self {
            compression,
            encoding: UTF_8,
            encoding_reason: String::new(),
            bom: 0,
            text: Vec::new(),
            whole: true,
            bytes,
            parquet: true,
        }
    }

    fn format(&self, path: &Path) -> FileFormat {
        if self.parquet {
            return FileFormat::Parquet;
        }
        let name = name_of(path).to_lowercase();
        let stem = name.trim_end_matches(".gz").trim_end_matches(".zst");
        let called_json = [".ndjson", ".jsonl", ".json"].iter().any(|end| stem.ends_with(end));
        let json_lines = self.text.split(|&b| b == b'\n').take(20).any(json::is_object);
        if called_json || json_lines { FileFormat::Ndjson } else { FileFormat::Delimited }
    }

    /// The encoding's name as in `ReadOptions`.
    pub(crate) fn encoding_label(&self) -> String {
        self.encoding.name().to_lowercase()
    }

    fn common_evidence(&self, format: &str, reason: &str) -> Vec<Evidence> {
        let mut evidence = vec![say("format", format, reason)];
        if self.compression != Compression::None {
            let name = self.compression.duckdb();
            evidence.push(say("compression", name, "Its first bytes say so"));
        }
        evidence.push(say("encoding", &self.encoding_label(), &self.encoding_reason));
        evidence
    }
}

fn say(about: &str, value: &str, reason: &str) -> Evidence {
    Evidence { about: about.to_owned(), value: value.to_owned(), reason: reason.to_owned() }
}

fn named(path: &Path, label: &str) -> Result<&'static Encoding, IngestError> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| IngestError::Option {
        file: name_of(path),
        option: "encoding",
        value: label.to_owned(),
        rule: "use a name such as utf-8, windows-1252, shift_jis or utf-16le",
    })
}

/// The encoding of a file that starts with `raw`; an ASCII head is followed into the `rest`.
fn decide(
    raw: &[u8],
    whole: bool,
    rest: Option<&mut Box<dyn Read>>,
) -> std::io::Result<(&'static Encoding, String)> {
    if let Some(guess) = encoding::guess(raw, whole) {
        return Ok((guess.encoding, guess.reason));
    }
    let mut seen = raw.len();
    if let Some(reader) = rest {
        let mut chunk = Vec::new();
        let mut ended = false;
        while !ended && seen < FAR {
            chunk.clear();
            ended = fill(reader, &mut chunk, HEAD)?;
            if let Some(guess) = encoding::guess(&chunk, ended).filter(|_| !chunk.is_ascii()) {
                let reason = format!("{} (ASCII alone before byte {seen})", guess.reason);
                return Ok((guess.encoding, reason));
            }
            seen += chunk.len();
        }
    }
    Ok((UTF_8, format!("Nothing but ASCII in the first {seen} bytes")))
}

fn binary(path: &Path, looks_like: &str, way_out: &str) -> IngestError {
    IngestError::Binary {
        file: name_of(path),
        looks_like: looks_like.to_owned(),
        way_out: way_out.to_owned(),
    }
}

fn known_binary(raw: &[u8]) -> Option<(&'static str, &'static str)> {
    let sheet = "open it in a spreadsheet program and save it as CSV";
    let unpack = "unpack it and choose the file inside";
    Some(match raw {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => {
            ("a ZIP archive or an Excel workbook", "unpack it, or save the sheet as CSV")
        }
        [0xd0, 0xcf, 0x11, 0xe0, ..] => ("an old Excel workbook", sheet),
        [b'%', b'P', b'D', b'F', ..] => ("a PDF document", "export the data as CSV instead"),
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] => {
            ("a picture", "export the data as CSV instead")
        }
        [b'B', b'Z', b'h', ..] => ("a bzip2 archive", unpack),
        [0xfd, b'7', b'z', b'X', b'Z', ..] | [b'7', b'z', 0xbc, 0xaf, ..] => ("an archive", unpack),
        raw if raw.starts_with(b"SQLite format 3\0") || raw.get(8..12) == Some(b"DUCK") => {
            ("a database file", "export its tables as CSV or Parquet")
        }
        _ => return None,
    })
}

/// More than a stray control character here and there.
fn is_binary(text: &[u8]) -> bool {
    let odd = |b: &&u8| matches!(**b, 0 | 2..=8 | 0x0e..=0x1a | 0x1c..=0x1e | 0x7f);
    text.iter().filter(odd).count() * 100 > text.len()
}

fn parquet(path: &Path, head: Head) -> Result<Detected, IngestError> {
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
    let mut evidence = head.common_evidence("ndjson", "Its lines are JSON objects");
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
        raw_lines: raw_lines(&head.text, b'\n'),
        rows,
        bytes: head.bytes,
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

fn raw_lines(text: &[u8], line_end: u8) -> Vec<String> {
    text.split(|&b| b == line_end)
        .take(SHOWN)
        .map(|line| {
            let line = String::from_utf8_lossy(line);
            line.trim_end_matches(['\r', '\n']).chars().take(LINE_SHOWN).collect()
        })
        .collect()
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
        let (skip, header) = (options.skip_lines, options.header);
        let layout = layout::find(&sniffed.dialect, &head.text, head.whole, skip, header);
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
    let data = &placed[usize::from(layout.header).min(placed.len())..];
    if data.is_empty() && head.whole {
        let line = u64::from(layout.skip_lines) + 1;
        return Err(IngestError::NoRows { file: name_of(path), line });
    }
    let width = layout.names.len();
    let rows = data
        .iter()
        .filter(|p| p.fields.len() == width)
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
            header: Some(layout.header),
            skip_lines: Some(layout.skip_lines),
        },
        evidence,
        columns: layout.names.iter().map(|name| text_column(name)).collect(),
        header: layout.names,
        raw_lines: raw_lines(&head.text, dialect.line_end()),
        rows,
        bytes: head.bytes,
    })
}

fn text_column(name: &str) -> ColumnInfo {
    ColumnInfo { name: name.to_owned(), sql_type: "VARCHAR".to_owned() }
}

fn delimited_evidence(head: &Head, sniffed: &Sniffed, layout: &Layout) -> Vec<Evidence> {
    let dialect: &Dialect = &sniffed.dialect;
    let character =
        |byte: Option<u8>| spell(&byte.map(char::from).map_or(String::new(), String::from));
    let mut evidence = head.common_evidence("delimited text", "Lines of separated fields");
    let delimiter =
        if sniffed.single { "none".to_owned() } else { spell(&dialect.delimiter_text()) };
    evidence.push(say("delimiter", &delimiter, &sniffed.delimiter_reason));
    evidence.push(say("quote", &character(dialect.quote), &sniffed.quote_reason));
    evidence.push(say("escape", &character(dialect.escape), &sniffed.escape_reason));
    evidence.push(say("preamble", &format!("{} lines", layout.skip_lines), &layout.skip_reason));
    let header = if layout.header { "yes" } else { "no" };
    evidence.push(say("header", header, &layout.header_reason));
    let columns = layout.names.len();
    let suspicion = "Only one column was found: check the delimiter before loading";
    let reason = if columns == 1 { suspicion } else { "Fields a record must have" };
    evidence.push(say("columns", &columns.to_string(), reason));
    if let Some(reason) = &layout.names_reason {
        evidence.push(say("names", "changed", reason));
    }
    evidence
}
