//! The first bytes of a file: packed how, in which encoding, text or not, which format.

use crate::compress::{self, Compression, fill};
use crate::encoding::{self, Transcode};
use crate::error::{IngestError, name_of};
use crate::{json, json_table};
use encoding_rs::{Encoding, UTF_8};
use kith_model::source::{FileFormat, ReadOptions};
use std::io::Read;
use std::path::Path;

/// Bytes that detection looks at.
const HEAD: usize = 256 * 1024;

/// How far an all-ASCII head is followed in search of a letter that tells the encoding.
const FAR: usize = 64 * 1024 * 1024;

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
    pub(crate) parquet: bool,
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

    pub(crate) fn format(&self, path: &Path) -> FileFormat {
        if self.parquet {
            return FileFormat::Parquet;
        }
        let name = name_of(path).to_lowercase();
        let stem = name.trim_end_matches(".gz").trim_end_matches(".zst");
        let called_json = [".ndjson", ".jsonl", ".json"].iter().any(|end| stem.ends_with(end));
        let json_lines = || self.text.split(|&b| b == b'\n').take(20).any(json::is_object);
        if called_json || json::begins_document(&self.text) || json_lines() {
            json_table::format_of(path, self)
        } else {
            FileFormat::Delimited
        }
    }

    /// The encoding's name as in `ReadOptions`.
    pub(crate) fn encoding_label(&self) -> String {
        self.encoding.name().to_lowercase()
    }
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

pub(crate) fn binary(path: &Path, looks_like: &str, way_out: &str) -> IngestError {
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
