//! Reads a delimited file from beginning to end: which records are good, which are refused, and
//! whether DuckDB would read the file as we do.

use crate::compress::{self, Compression, fill};
use crate::dialect::Dialect;
use crate::encoding::Transcode;
use crate::error::IngestError;
use crate::head::Head;
use crate::layout::Layout;
use crate::lines;
use crate::record::{Fields, MAX_RECORD, Next, Reader, next, next_near};
use crate::reject::{Count, Good, Refused, Sink};
use crate::repair;
use encoding_rs::UTF_8;
use kith_model::repair::Repair;
use kith_model::{Monitor, Quiet};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes read at a time.
const CHUNK: usize = 1024 * 1024;

/// What a whole file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    pub(crate) good: u64,
    pub(crate) refused: u64,
    /// Good records that would have been refused, had nobody edited them.
    pub(crate) repaired: u64,
    /// Another reader might read a good record differently.
    pub(crate) odd: bool,
    /// Its records end with CR and LF.
    pub(crate) crlf: bool,
    /// Bytes of the longest record or line.
    pub(crate) longest: usize,
}

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
    fn seek(self, from: u64) -> Result<Self, IngestError> {
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
    fn place(&self) -> u64 {
        self.before + self.at as u64
    }

    /// Where we are in the file, when it is read as it lies.
    pub(crate) fn byte(&self) -> Option<u64> {
        (!self.packed).then(|| self.place())
    }
}

/// One pass over a file.
struct Pass<'a> {
    stream: Stream<'a>,
    dialect: &'a Dialect,
    names: &'a [String],
    repairs: &'a [Repair],
    end_line: Option<u64>,
    /// Where another thread goes on.
    until: Option<u64>,
    /// Whether malformed bytes stand there as U+FFFD.
    transcoded: Option<&'static str>,
    sink: &'a mut dyn Sink,
    fields: Fields,
    /// Up to here a quote was found that never closes, or closes far beyond its line.
    near_until: u64,
    line: u64,
    survey: Survey,
    /// Line breaks seen: LF alone, CR and LF.
    breaks: (bool, bool),
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

/// How a file's table is read.
#[derive(Clone, Copy)]
pub(crate) struct Table<'a> {
    pub(crate) dialect: &'a Dialect,
    pub(crate) layout: &'a Layout,
    /// Refused rows put right by hand, sorted by line.
    pub(crate) repairs: &'a [Repair],
}

/// Reads the table of `path`, giving every record to `sink`.
pub(crate) fn read(
    path: &Path,
    head: &Head,
    table: Table<'_>,
    sink: &mut dyn Sink,
    monitor: &dyn Monitor,
) -> Result<Survey, IngestError> {
    let stream = Stream::open(path, head, monitor)?;
    let mut pass = Pass::new(stream, head, table, sink);
    let layout = table.layout;
    pass.skip_lines(layout.skip_lines)?;
    let failed = |error: std::io::Error| IngestError::writing(path, &error);
    for _ in 0..layout.header_rows {
        pass.header()?;
    }
    while pass.record().map_err(|error| error.into_ingest(&failed))? {}
    pass.survey.crlf = pass.breaks.1;
    pass.survey.odd |= pass.breaks == (true, true) || layout.skip_lines > 0;
    Ok(pass.survey)
}

/// Reads the records that begin in a part of a plain file, counting them; where the last one ends.
/// Gives up at the first that is not clean.
pub(crate) fn read_part(
    path: &Path,
    head: &Head,
    table: Table<'_>,
    (from, to): (u64, u64),
    monitor: &dyn Monitor,
) -> Result<(Survey, u64), IngestError> {
    let mut stream = Stream::open(path, head, monitor)?;
    if from > 0 {
        stream = stream.seek(from)?;
    }
    let mut sink = Count;
    let mut pass = Pass::new(stream, head, table, &mut sink);
    if from == 0 {
        pass.skip_lines(table.layout.skip_lines)?;
        for _ in 0..table.layout.header_rows {
            pass.header()?;
        }
        pass.survey.odd |= table.layout.skip_lines > 0;
    }
    pass.until = Some(to);
    let failed = |error: std::io::Error| IngestError::writing(path, &error);
    while pass.stream.place() < to && !pass.survey.odd && pass.survey.refused == 0 {
        if !pass.record().map_err(|error| error.into_ingest(&failed))? {
            break;
        }
    }
    pass.survey.crlf = pass.breaks.1;
    pass.survey.odd |= pass.breaks == (true, true);
    Ok((pass.survey, pass.stream.place()))
}

enum Stop {
    Ingest(IngestError),
    Sink(std::io::Error),
}

impl Stop {
    fn into_ingest(self, failed: &impl Fn(std::io::Error) -> IngestError) -> IngestError {
        match self {
            Self::Ingest(error) => error,
            Self::Sink(error) => failed(error),
        }
    }
}

impl From<IngestError> for Stop {
    fn from(error: IngestError) -> Self {
        Self::Ingest(error)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Sink(error)
    }
}

impl<'a> Pass<'a> {
    fn new(stream: Stream<'a>, head: &Head, table: Table<'a>, sink: &'a mut dyn Sink) -> Self {
        Self {
            stream,
            dialect: table.dialect,
            names: &table.layout.names,
            repairs: table.repairs,
            end_line: table.layout.end_line,
            until: None,
            transcoded: (head.encoding != UTF_8).then(|| head.encoding.name()),
            sink,
            fields: Fields::default(),
            near_until: 0,
            line: 1,
            survey: Survey::default(),
            breaks: (false, false),
        }
    }
}

impl Pass<'_> {
    fn skip_lines(&mut self, lines: u32) -> Result<(), IngestError> {
        for _ in 0..lines {
            loop {
                let ahead = self.stream.ahead();
                let length = self.dialect.first_line(ahead);
                // A break at the very end of what is at hand may go on.
                if length < ahead.len() || self.stream.ended {
                    self.stream.skip(length);
                    self.line += 1;
                    break;
                }
                self.stream.more()?;
            }
        }
        Ok(())
    }

    /// Reads one record into `fields`; its length. `None` at the end.
    fn next(&mut self, fields: &mut Fields) -> Result<Option<(Next, usize)>, IngestError> {
        loop {
            let ahead = self.stream.ahead();
            let near = self.stream.place() < self.near_until;
            let read: Reader = if near { next_near } else { next };
            match read(self.dialect, ahead, self.stream.ended, fields) {
                Next::End => return Ok(None),
                Next::More => self.stream.more()?,
                Next::Record(length) => return Ok(Some((Next::Record(length), length))),
                Next::Unclosed => {
                    if !near {
                        self.near_until = self.stream.place() + ahead.len() as u64;
                    }
                    return Ok(Some((Next::Unclosed, self.dialect.first_line(ahead))));
                }
            }
        }
    }

    /// The header is the first record that is not blank.
    fn header(&mut self) -> Result<(), IngestError> {
        let mut fields = Fields::default();
        while let Some((_, length)) = self.next(&mut fields)? {
            let blank = fields.is_blank();
            // DuckDB skips lines, not records: a header of several lines is rewritten away.
            self.survey.odd |= fields.breaks > 0 || blank;
            self.note_break(length);
            self.advance(length);
            if !blank {
                break;
            }
        }
        Ok(())
    }

    /// Notes how the record ahead ends; true for CR and LF.
    fn note_break(&mut self, length: usize) -> bool {
        let record = &self.stream.ahead()[..length];
        let crlf = record.ends_with(b"\r\n");
        self.breaks.1 |= crlf;
        self.breaks.0 |= !crlf && record.ends_with(b"\n");
        crlf
    }

    fn advance(&mut self, length: usize) {
        self.line += u64::from(self.dialect.lines_in(&self.stream.ahead()[..length]));
        self.stream.skip(length);
    }

    /// Reads one record and tells the sink; false at the end.
    fn record(&mut self) -> Result<bool, Stop> {
        // Taken out and put back: one allocation serves the whole file.
        let mut fields = std::mem::take(&mut self.fields);
        let more = self.record_into(&mut fields);
        self.fields = fields;
        more
    }

    fn record_into(&mut self, fields: &mut Fields) -> Result<bool, Stop> {
        self.plain_lines();
        if self.until.is_some_and(|until| self.stream.place() >= until) {
            return Ok(true);
        }
        if self.end_line.is_some_and(|end| self.line >= end) {
            return self.line_below();
        }
        let Some((found, length)) = self.next(fields)? else { return Ok(false) };
        if found == Next::Unclosed {
            self.refuse(length, None, "A quote opened here is never closed".to_owned())?;
            return Ok(true);
        }
        if fields.is_blank() {
            self.survey.odd = true;
            self.advance(length);
            return Ok(true);
        }
        let suspect = fields.len() != self.names.len() || fields.odd;
        if suspect
            && fields.breaks > 0
            && let Some(line) = self.first_line_alone()?
        {
            self.near_until = self.near_until.max(self.stream.place() + length as u64);
            self.refuse(line, None, "A quote opened here is not closed on this line".to_owned())?;
            return Ok(true);
        }
        if fields.len() != self.names.len() {
            let count = fields.len();
            let reason = repair::width_reason(count, self.names.len());
            self.refuse(length, self.names.get(count).map(|_| count), reason)?;
            return Ok(true);
        }
        if let Some((column, reason)) = self.fault(fields, length) {
            self.refuse(length, Some(column), reason)?;
            return Ok(true);
        }
        let crlf = self.note_break(length);
        // DuckDB must be told the line break, and told CR LF it loses rows: it is left to find
        // it, for which no field may hold one.
        let hidden = fields.bytes().contains(&b'\r') || crlf && fields.breaks > 0;
        self.survey.odd |= fields.odd || hidden;
        self.survey.good += 1;
        self.survey.longest = self.survey.longest.max(length);
        self.sink.good(Good::Fields(fields))?;
        self.advance(length);
        Ok(true)
    }

    /// Counts the plain lines ahead, where counting is all that is wanted.
    fn plain_lines(&mut self) {
        if self.end_line.is_some() || !self.sink.counts_only() {
            return;
        }
        let mut ahead = self.stream.ahead();
        if let Some(until) = self.until {
            let left = usize::try_from(until.saturating_sub(self.stream.place()));
            ahead = &ahead[..left.unwrap_or(usize::MAX).min(ahead.len())];
        }
        let found = lines::plain(self.dialect, self.names.len(), ahead);
        if found.lines > 0 && self.transcoded.is_none() {
            self.survey.good += found.lines;
            self.survey.longest = self.survey.longest.max(found.longest);
            self.breaks.0 |= found.lf;
            self.breaks.1 |= found.crlf;
            self.line += found.lines;
            self.stream.skip(found.bytes);
        }
    }

    /// Refuses one line below the table; false at the end.
    fn line_below(&mut self) -> Result<bool, Stop> {
        self.survey.odd = true;
        loop {
            let ahead = self.stream.ahead();
            let length = self.dialect.first_line(ahead);
            if length == ahead.len() && !self.stream.ended && length <= MAX_RECORD {
                self.stream.more()?;
                continue;
            }
            if length == 0 {
                return Ok(false);
            }
            if ahead[..length].trim_ascii().is_empty() {
                self.advance(length);
            } else {
                let reason = "Below the table: a footer or another table".to_owned();
                self.refuse(length, None, reason)?;
            }
            return Ok(true);
        }
    }

    /// Of a suspect record over several lines: bytes of its first line, when the second line is a
    /// good record by itself. Then the quote on the first one was a mistake, and only that line
    /// is lost.
    fn first_line_alone(&mut self) -> Result<Option<usize>, IngestError> {
        let line = self.dialect.first_line(self.stream.ahead());
        let mut second = Fields::default();
        loop {
            let rest = &self.stream.ahead()[line..];
            match next_near(self.dialect, rest, self.stream.ended, &mut second) {
                Next::More => self.stream.more()?,
                Next::Record(_) if second.breaks == 0 && second.len() == self.names.len() => {
                    return Ok(Some(line));
                }
                _ => return Ok(None),
            }
        }
    }

    /// What makes a record of the right width unusable.
    fn fault(&self, fields: &Fields, length: usize) -> Option<(usize, String)> {
        let bytes = fields.bytes();
        if bytes.contains(&0) {
            let at = fields.iter().position(|field| field.contains(&0))?;
            return Some((at, "A NUL byte".to_owned()));
        }
        match self.transcoded {
            Some(encoding) => {
                let lost = "\u{fffd}".as_bytes();
                let has = |field: &[u8]| field.windows(3).any(|window| window == lost);
                if !has(bytes) {
                    return None;
                }
                let at = fields.iter().position(has)?;
                Some((at, format!("Bytes that are not {encoding}")))
            }
            None => {
                let error = std::str::from_utf8(&self.stream.ahead()[..length]).err()?;
                let byte = self.stream.ahead()[error.valid_up_to()];
                let at = fields.iter().position(|field| std::str::from_utf8(field).is_err());
                Some((at.unwrap_or(0), format!("Byte 0x{byte:02X} is not UTF-8")))
            }
        }
    }

    /// Refuses the record ahead, unless somebody has put it right.
    fn refuse(
        &mut self,
        length: usize,
        column: Option<usize>,
        mut reason: String,
    ) -> Result<(), Stop> {
        let raw = &self.stream.ahead()[..length];
        if let Some(edit) = repair::of(self.repairs, self.line, raw) {
            let mut fields = Fields::default();
            match repair::read(self.dialect, self.names.len(), &edit.text, &mut fields) {
                Ok(()) => {
                    self.survey.good += 1;
                    self.survey.repaired += 1;
                    // What is loaded is not what the file says.
                    self.survey.odd = true;
                    self.survey.longest = self.survey.longest.max(edit.text.len());
                    self.sink.good(Good::Fields(&fields))?;
                    self.advance(length);
                    return Ok(());
                }
                Err(why) => reason = format!("As edited: {why}"),
            }
        }
        let refused = Refused {
            line: self.line,
            byte: self.stream.byte(),
            column: column.and_then(|at| self.names.get(at)).map(String::as_str),
            reason,
            raw: &self.stream.ahead()[..length],
        };
        self.sink.refused(&refused)?;
        self.survey.refused += 1;
        self.advance(length);
        Ok(())
    }
}
