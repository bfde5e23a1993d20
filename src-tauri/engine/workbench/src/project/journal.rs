//! The journal: one JSON object a line, appended and synced before a change is acknowledged.

use crate::error::io_error;
use kith_api::{ApiError, ErrorCode};
use kith_model::document::Document;
use kith_model::{Command, Stage};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// What one line records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "entry")]
pub(crate) enum Entry {
    /// First line: who wrote it.
    Begin {
        /// Layout version.
        format: u32,
        /// Version of Kith.
        kith: String,
        /// The document to start from.
        base: Box<Document>,
    },
    /// A change.
    Change {
        /// What.
        command: Box<Command>,
    },
    /// The last change taken back.
    Undo,
    /// ... and done again.
    Redo,
    /// A stage was computed.
    Ran {
        /// Which.
        stage: Stage,
        /// Fingerprint of its inputs and settings.
        fingerprint: String,
        /// Milliseconds it took.
        took_ms: u64,
    },
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    /// 0, 1, 2 ...
    pub seq: u64,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// What.
    #[serde(flatten)]
    pub entry: Entry,
}

/// An open journal.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    next: u64,
    /// Bytes known to be good: a failed append is cut back to here.
    length: u64,
}

/// Refuses a format this version does not know.
pub(super) fn check_format(format: u64) -> Result<(), ApiError> {
    if format > u64::from(super::FORMAT_VERSION) {
        return Err(ApiError::new(
            ErrorCode::NewerVersion,
            format!("The project was written by a newer version of Kith (format {format}, this one knows {})", super::FORMAT_VERSION),
        )
        .hint("Update Kith, or ask the author for a project in the older format"));
    }
    Ok(())
}

impl Journal {
    /// Starts a journal with `base`.
    pub(crate) fn create(path: &Path, base: &Document, at: &str) -> Result<Self, ApiError> {
        let file = File::options()
            .create_new(true)
            .read(true)
            .write(true)
            .open(path)
            .map_err(|e| io_error(&e, path))?;
        let mut journal = Self { file, next: 0, length: 0 };
        let begin = Entry::Begin {
            format: super::FORMAT_VERSION,
            kith: env!("CARGO_PKG_VERSION").to_owned(),
            base: Box::new(base.clone()),
        };
        journal.append(at, begin)?;
        Ok(journal)
    }

    /// Opens a journal and reads its lines. A last line cut off by a crash was never
    /// acknowledged: it is dropped. Damage anywhere else is an error.
    pub(crate) fn open(path: &Path) -> Result<(Self, Vec<Line>), ApiError> {
        let mut file =
            File::options().read(true).write(true).open(path).map_err(|e| io_error(&e, path))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|e| io_error(&e, path))?;
        let whole = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let mut lines = Vec::new();
        for (number, raw) in bytes[..whole].split(|&b| b == b'\n').enumerate() {
            if raw.is_empty() {
                continue;
            }
            if number == 0 {
                check_first(raw)?;
            }
            lines.push(parse(raw, number)?);
        }
        let next = lines.last().map_or(0, |line: &Line| line.seq + 1);
        let length = whole as u64;
        file.set_len(length).map_err(|e| io_error(&e, path))?;
        file.seek(SeekFrom::End(0)).map_err(|e| io_error(&e, path))?;
        Ok((Self { file, next, length }, lines))
    }

    /// Appends and syncs; returns the sequence number. After an error the file is as before.
    pub(crate) fn append(&mut self, at: &str, entry: Entry) -> Result<Line, ApiError> {
        let line = Line { seq: self.next, at: at.to_owned(), entry };
        let mut bytes = serde_json::to_vec(&line).map_err(|e| {
            ApiError::new(ErrorCode::Internal, format!("Cannot write the journal: {e}"))
        })?;
        bytes.push(b'\n');
        let written = self.file.write_all(&bytes).and_then(|()| self.file.sync_data());
        if let Err(e) = written {
            let _ = self.file.set_len(self.length);
            let _ = self.file.seek(SeekFrom::Start(self.length));
            return Err(io_error(&e, Path::new("journal.ndjson")));
        }
        self.length += bytes.len() as u64;
        self.next += 1;
        Ok(line)
    }
}

/// A newer journal may hold entries this version cannot parse: look at its format first.
fn check_first(raw: &[u8]) -> Result<(), ApiError> {
    let head: serde_json::Value = serde_json::from_slice(raw).map_err(|e| damaged(0, &e))?;
    check_format(head.get("format").and_then(serde_json::Value::as_u64).unwrap_or(0))
}

fn parse(raw: &[u8], number: usize) -> Result<Line, ApiError> {
    serde_json::from_slice(raw).map_err(|e| damaged(number, &e))
}

fn damaged(number: usize, e: &serde_json::Error) -> ApiError {
    ApiError::new(ErrorCode::BadInput, format!("The journal is damaged: {:?} error", e.classify()))
        .at(format!("journal.ndjson, line {}", number + 1))
        .hint("Restore the file from a copy, or remove that line and all after it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rename(name: &str) -> Entry {
        Entry::Change { command: Box::new(Command::Rename { name: name.into() }) }
    }

    #[test]
    fn a_line_cut_off_by_a_crash_is_dropped_and_the_rest_stands() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.ndjson");
        let mut journal = Journal::create(&path, &Document::default(), "t0").unwrap();
        journal.append("t1", rename("a")).unwrap();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        for cut in 1..30 {
            let mut torn = whole.clone();
            torn.extend_from_slice(&whole[whole.len() - 30..whole.len() - cut]);
            std::fs::write(&path, &torn).unwrap();
            let (mut journal, lines) = Journal::open(&path).unwrap();
            assert_eq!(lines.len(), 2);
            assert_eq!(journal.append("t2", rename("b")).unwrap().seq, 2);
            assert_eq!(Journal::open(&path).unwrap().1.len(), 3);
        }
    }

    #[test]
    fn a_newer_format_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.ndjson");
        std::fs::write(&path, "{\"seq\":0,\"format\":99,\"entry\":\"begin2\"}\n").unwrap();
        assert_eq!(Journal::open(&path).unwrap_err().code, ErrorCode::NewerVersion);
    }
}
