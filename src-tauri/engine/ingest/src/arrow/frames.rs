//! The messages of an Arrow IPC stream or file, one batch of rows after the other.
//!
//! A file is a stream between two marks, with an index behind: it is read as that stream, so that
//! packed files and members of archives are read alike. Lengths are believed only as far as there
//! are bytes: a garbled file claims memory no machine has.

use crate::compress::{self, fill};
use crate::error::{IngestError, name_of};
use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::ipc::reader::StreamDecoder;
use arrow::ipc::{MessageHeader, root_as_message};
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// What an Arrow IPC file begins and ends with (a file of Feather version 2 too).
const MARK: &[u8] = b"ARROW1";

/// Stands before the length of a message.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// Longest message without its body.
const LONGEST: usize = 64 * 1024 * 1024;

/// Longest body: a batch lies in memory.
const LONGEST_BODY: usize = 4 * 1024 * 1024 * 1024;

/// Most empty words behind the mark of a file.
const PADDING: usize = 16;

/// How much longer a column may be unpacked than packed.
const RATIO: i64 = 100_000;

const ENDS: &str = "it ends before its last row";
const SENSE: &str = "a part of it makes no sense";

/// What a file begins like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begins {
    File,
    Stream,
    /// Feather version 1, another format.
    OldFeather,
}

/// What the first bytes of a file, unpacked, are.
pub(super) fn begins(first: &[u8]) -> Option<Begins> {
    if first.starts_with(MARK) {
        return Some(Begins::File);
    }
    if first.starts_with(b"FEA1") {
        return Some(Begins::OldFeather);
    }
    let length = first.get(4..8)?.try_into().map(u32::from_le_bytes).ok()?;
    // The schema's message: a length, the offset of its table, no more than that.
    let table = first.get(8..12)?.try_into().map(u32::from_le_bytes).ok()?;
    let stream = first.starts_with(&CONTINUATION) && table < length && length as usize <= LONGEST;
    stream.then_some(Begins::Stream)
}

/// Batches of rows as they come.
pub(super) struct Frames {
    file: String,
    kind: Begins,
    reader: Box<dyn Read>,
    decoder: StreamDecoder,
    pub(super) schema: SchemaRef,
    /// The stream ended with its mark.
    marked: bool,
    /// Bytes on disk.
    pub(super) bytes: u64,
    /// Some column was packed.
    pub(super) packed: bool,
    ended: bool,
}

impl Frames {
    pub(super) fn open(path: &Path) -> Result<Self, IngestError> {
        let opened = compress::open(path)?;
        let (mut reader, file) = (opened.reader, name_of(path));
        let mut first = Vec::new();
        let failed = |error: std::io::Error| IngestError::reading(path, &error);
        fill(&mut reader, &mut first, 12).map_err(failed)?;
        let damaged = |what: &str| IngestError::Damaged { file: file.clone(), what: what.into() };
        let kind = begins(&first).filter(|kind| *kind != Begins::OldFeather);
        let kind = kind.ok_or_else(|| damaged("it does not begin like Arrow"))?;
        // The mark of a file is padded to eight bytes.
        let behind = first.split_off(if kind == Begins::File { 8 } else { 0 });
        let mut frames = Self {
            file: file.clone(),
            kind,
            reader: Box::new(std::io::Cursor::new(behind).chain(reader)),
            decoder: StreamDecoder::new(),
            schema: SchemaRef::new(Schema::empty()),
            marked: false,
            bytes: opened.bytes,
            packed: false,
            ended: false,
        };
        // The schema comes first; some writers pad the mark of a file to 64 bytes.
        for _ in 0..if kind == Begins::File { PADDING } else { 1 } {
            frames.step()?;
            if !frames.ended {
                break;
            }
            (frames.ended, frames.marked) = (false, false);
        }
        frames.schema = frames.decoder.schema().ok_or_else(|| damaged(ENDS))?;
        Ok(frames)
    }

    fn damaged(&self, what: &str) -> IngestError {
        IngestError::Damaged { file: self.file.clone(), what: what.to_owned() }
    }

    /// What people call it.
    pub(super) fn title(&self) -> &'static str {
        match self.kind {
            Begins::File => "Arrow file",
            _ => "Arrow stream",
        }
    }

    /// A stream that was read to its end without a mark there, which it need not have.
    pub(super) fn unmarked(&self) -> bool {
        self.ended && !self.marked
    }

    /// The next batch; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>, IngestError> {
        while !self.ended {
            if let Some(batch) = self.step()? {
                return Ok(Some(batch));
            }
            if self.ended {
                self.check_end()?;
            }
        }
        Ok(None)
    }

    /// One message. A panic of the decoder becomes an error: it trusts what a file says.
    fn step(&mut self) -> Result<Option<RecordBatch>, IngestError> {
        let Some(message) = self.message()? else {
            self.ended = true;
            return Ok(None);
        };
        let decoder = &mut self.decoder;
        let mut message = Buffer::from(message);
        let decoded = catch_unwind(AssertUnwindSafe(|| {
            let batch = decoder.decode(&mut message)?;
            // What is left is the mark before the next message.
            decoder.decode(&mut message).map(|_| batch)
        }));
        match decoded {
            Ok(Ok(batch)) => Ok(batch),
            Ok(Err(_)) | Err(_) => Err(self.damaged(SENSE)),
        }
    }

    /// Exactly `count` bytes, taken as they come.
    fn take(&mut self, count: usize, into: &mut Vec<u8>) -> Result<(), IngestError> {
        let want = into.len() + count;
        match fill(&mut self.reader, into, want) {
            Ok(_) if into.len() == want => Ok(()),
            Ok(_) => Err(self.damaged(ENDS)),
            Err(error) => Err(self.damaged(&error.kind().to_string())),
        }
    }

    /// One message with its body, and the mark before the next one: the decoder needs a byte more
    /// to see that a message without a body is over. None at the end of the stream.
    fn message(&mut self) -> Result<Option<Vec<u8>>, IngestError> {
        let mut bytes = Vec::new();
        let ended = fill(&mut self.reader, &mut bytes, 4);
        match ended.map_err(|error| self.damaged(&error.kind().to_string()))? {
            true if bytes.is_empty() => return Ok(None),
            true => return Err(self.damaged(ENDS)),
            false => {}
        }
        if bytes == CONTINUATION {
            bytes.clear();
            self.take(4, &mut bytes)?;
        }
        let length = bytes.get(..4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
        if length == 0 {
            self.marked = true;
            return Ok(None);
        }
        if length as usize > LONGEST {
            return Err(self.damaged(SENSE));
        }
        self.take(length as usize, &mut bytes)?;
        let (body, packed) = self.body_of(&bytes[4..])?;
        let from = bytes.len();
        self.take(body, &mut bytes)?;
        if let Some(buffers) = packed {
            self.packed = true;
            if !buffers.iter().all(|(at, length)| fits(&bytes[from..], *at, *length)) {
                return Err(self.damaged(SENSE));
            }
        }
        bytes.extend_from_slice(&CONTINUATION);
        Ok(Some(bytes))
    }

    /// Bytes of a message's body, and where its packed columns lie in it.
    #[allow(clippy::type_complexity, reason = "a length and places, used once")]
    fn body_of(&self, message: &[u8]) -> Result<(usize, Option<Vec<(i64, i64)>>), IngestError> {
        let sense = || self.damaged(SENSE);
        let message = root_as_message(message).map_err(|_| sense())?;
        let length = usize::try_from(message.bodyLength()).map_err(|_| sense())?;
        if length > LONGEST_BODY {
            return Err(sense());
        }
        let batch = match message.header_type() {
            MessageHeader::RecordBatch => message.header_as_record_batch(),
            MessageHeader::DictionaryBatch => {
                message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data())
            }
            _ => None,
        };
        let packed = batch.filter(|batch| batch.compression().is_some());
        let places = packed.and_then(|batch| batch.buffers()).map(|buffers| {
            buffers.iter().map(|buffer| (buffer.offset(), buffer.length())).collect()
        });
        Ok((length, places))
    }

    /// A file ends with its index and its mark; what comes before them is not all without.
    fn check_end(&mut self) -> Result<(), IngestError> {
        if self.kind != Begins::File {
            return Ok(());
        }
        if !self.marked {
            return Err(self.damaged(ENDS));
        }
        let (mut chunk, mut tail) = (vec![0; 64 * 1024], Vec::new());
        loop {
            let read = self.reader.read(&mut chunk);
            match read.map_err(|error| self.damaged(&error.kind().to_string()))? {
                0 => break,
                read => tail.extend_from_slice(&chunk[..read]),
            }
            tail.drain(..tail.len().saturating_sub(MARK.len()));
        }
        if tail == MARK { Ok(()) } else { Err(self.damaged("its end is missing")) }
    }
}

/// Whether a packed column, which begins with its length unpacked, may be that long.
fn fits(body: &[u8], at: i64, length: i64) -> bool {
    if length == 0 {
        return true;
    }
    let place = usize::try_from(at).ok().zip(usize::try_from(length).ok());
    let packed = place.and_then(|(at, length)| body.get(at..at.checked_add(length)?));
    let Some(unpacked) = packed.and_then(|p| p.get(..8)).and_then(|p| p.try_into().ok()) else {
        return false;
    };
    // -1: this column was left as it is.
    let unpacked = i64::from_le_bytes(unpacked);
    (-1..=length.saturating_mul(RATIO)).contains(&unpacked)
}
