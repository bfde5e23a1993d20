//! Refused records on their way into `src.reject`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Characters of a refused record that are kept.
const RAW_KEPT: usize = 4000;

/// A refused record as the reject table holds it: without its line break, cut to 4,000 characters.
pub(crate) fn kept(raw: &[u8]) -> String {
    // Four bytes a character at most: no need to decode more.
    let raw = String::from_utf8_lossy(&raw[..raw.len().min(4 * RAW_KEPT + 4)]);
    raw.trim_end_matches(['\r', '\n'])
        .chars()
        .take(RAW_KEPT)
        .map(|c| if c == '\0' { '\u{2400}' } else { c })
        .collect()
}

/// A refused record.
pub(crate) struct Refused<'a> {
    /// Line in the file, from 1.
    pub(crate) line: u64,
    /// Byte in the file, where the file is read as it lies.
    pub(crate) byte: Option<u64>,
    pub(crate) column: Option<&'a str>,
    pub(crate) reason: String,
    pub(crate) raw: &'a [u8],
}

/// Where rows go while a file is read.
pub(crate) trait Sink {
    /// A good record.
    fn good(&mut self, record: Good<'_>) -> std::io::Result<()>;
    /// A refused one.
    fn refused(&mut self, refused: &Refused<'_>) -> std::io::Result<()>;
    /// Whether good records need not be shown one by one.
    fn counts_only(&self) -> bool {
        false
    }
}

/// A good record: fields, a JSON line, or cells whose columns have types.
pub(crate) enum Good<'a> {
    Fields(&'a crate::record::Fields),
    Line(&'a [u8]),
    Cells(&'a [Option<String>]),
}

/// Counts only.
pub(crate) struct Count;

impl Sink for Count {
    fn counts_only(&self) -> bool {
        true
    }

    fn good(&mut self, _: Good<'_>) -> std::io::Result<()> {
        Ok(())
    }

    fn refused(&mut self, _: &Refused<'_>) -> std::io::Result<()> {
        Ok(())
    }
}

/// Writes good records and refused ones to scratch files.
pub(crate) struct Scratch {
    pub(crate) good: BufWriter<File>,
    refused: BufWriter<File>,
    pub(crate) good_path: PathBuf,
    pub(crate) refused_path: PathBuf,
}

impl Scratch {
    /// Makes the files `<name>.rows` and `<name>.rejects` in `folder`.
    pub(crate) fn new(folder: &Path, name: &str) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let good_path = folder.join(format!("{name}.rows"));
        let refused_path = folder.join(format!("{name}.rejects"));
        Ok(Self {
            good: BufWriter::new(File::create(&good_path)?),
            refused: BufWriter::new(File::create(&refused_path)?),
            good_path,
            refused_path,
        })
    }

    /// Everything is in the files.
    pub(crate) fn finish(&mut self) -> std::io::Result<()> {
        self.good.flush()?;
        self.refused.flush()
    }
}

impl Sink for Scratch {
    fn good(&mut self, record: Good<'_>) -> std::io::Result<()> {
        match record {
            Good::Line(line) => {
                self.good.write_all(line)?;
                self.good.write_all(b"\n")
            }
            Good::Cells(cells) => self.cells(cells),
            Good::Fields(fields) => write_record(&mut self.good, fields.len(), fields.iter()),
        }
    }

    fn refused(&mut self, refused: &Refused<'_>) -> std::io::Result<()> {
        let raw = kept(refused.raw);
        let line = refused.line.to_string();
        let byte = refused.byte.map_or(String::new(), |byte| byte.to_string());
        let column = refused.column.unwrap_or_default();
        let fields = [&line, &byte, column, &refused.reason, &raw];
        write_record(&mut self.refused, fields.len(), fields.into_iter().map(str::as_bytes))
    }
}

/// A record in the one dialect: commas, quotes around all but nothing, quotes doubled, LF.
fn write_record<'a>(
    to: &mut impl Write,
    width: usize,
    fields: impl Iterator<Item = &'a [u8]>,
) -> std::io::Result<()> {
    for (at, field) in fields.enumerate() {
        if at > 0 {
            to.write_all(b",")?;
        }
        // An empty field stays bare, unless the line would be blank.
        if field.is_empty() && width > 1 {
            continue;
        }
        to.write_all(b"\"")?;
        for (part, bytes) in field.split(|&b| b == b'"').enumerate() {
            if part > 0 {
                to.write_all(b"\"\"")?;
            }
            to.write_all(bytes)?;
        }
        to.write_all(b"\"")?;
    }
    to.write_all(b"\n")
}
