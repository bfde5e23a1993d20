//! The text of a file as it goes by: unpacked, in UTF-8, with what lies ahead at hand.

use crate::compress::{self, Compression, fill};
use crate::dialect::Dialect;
use crate::encoding::Transcode;
use crate::error::IngestError;
use crate::head::Head;
use encoding_rs::UTF_8;
use kith_model::{Monitor, Quiet};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes read at a time.
const CHUNK: usize = 1024 * 1024;

/// A text stream with what lies ahead in a buffer.
pub(crate) struct Stream<'a> {
    reader: Box<dyn Read>,
    path: &'a Path,
    monitor: &'a dyn Monitor,
    bytes: u64,
    packed: bool,
    buffer: Vec<u8>,
    at: usize,
    /// Bytes of the file before the buffer (of its text, when it is packed or transcoded).
    before: u64,
    pub(crate) ended: bool,
}

impl<'a> Stream<'a> {
    /// The text of `path` in UTF-8, without byte order mark.
    pub(crate) fn open(
        path: &'a Path,
        head: &Head,
        monitor: &'a dyn Monitor,
    ) -> Result<Self, IngestError> {
        let opened = compress::open(path)?;
        let transcoded = head.encoding != UTF_8;
        let reader = if transcoded {
            Box::new(Transcode::new(opened.reader, head.encoding))
        } else {
            opened.reader
        };
        let packed = transcoded || opened.compression != Compression::None;
        let mut stream = Self {
            reader,
            path,
            monitor,
            bytes: opened.bytes,
            packed,
            buffer: Vec::new(),
            at: 0,
            before: 0,
            ended: false,
        };
        stream.more()?;
        stream.skip(head.bom);
        Ok(stream)
    }

    /// The same file from another byte on; only for one that is read as it lies.
    pub(crate) fn seek(self, from: u64) -> Result<Self, IngestError> {
        let failed = |error: std::io::Error| IngestError::reading(self.path, &error);
        let mut file = std::fs::File::open(self.path).map_err(failed)?;
        file.seek(SeekFrom::Start(from)).map_err(failed)?;
        let mut there = Self {
            reader: Box::new(file),
            buffer: Vec::new(),
            at: 0,
            before: from,
            ended: false,
            ..self
        };
        there.more()?;
        Ok(there)
    }

    /// Reads on.
    pub(crate) fn more(&mut self) -> Result<(), IngestError> {
        if self.monitor.cancelled() {
            return Err(IngestError::Cancelled);
        }
        self.buffer.drain(..self.at);
        self.before += self.at as u64;
        self.at = 0;
        let want = self.buffer.len() + CHUNK.max(self.buffer.len());
        self.ended = fill(&mut self.reader, &mut self.buffer, want)
            .map_err(|error| IngestError::reading(self.path, &error))?;
        if !self.packed && self.bytes > 0 {
            let done = self.before as f64 / self.bytes as f64;
            self.monitor.progress(done as f32, "reading file");
        }
        Ok(())
    }

    /// What lies ahead.
    pub(crate) fn ahead(&self) -> &[u8] {
        &self.buffer[self.at..]
    }

    pub(crate) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Where we are in the text.
    pub(crate) fn place(&self) -> u64 {
        self.before + self.at as u64
    }

    /// Where we are in the file, when it is read as it lies.
    pub(crate) fn byte(&self) -> Option<u64> {
        (!self.packed).then(|| self.place())
    }
}

/// Lines of a whole file, blank ones at its end left out.
pub(crate) fn count_lines(path: &Path, head: &Head, dialect: &Dialect) -> Result<u64, IngestError> {
    let mut stream = Stream::open(path, head, &Quiet)?;
    let (mut lines, mut filled) = (0, 0);
    loop {
        let ahead = stream.ahead();
        let length = dialect.first_line(ahead);
        if length == ahead.len() && !stream.ended {
            stream.more()?;
        } else if length == 0 {
            return Ok(filled);
        } else {
            lines += 1;
            if !ahead[..length].trim_ascii().is_empty() {
                filled = lines;
            }
            stream.skip(length);
        }
    }
}
