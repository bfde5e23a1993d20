//! One pass over the records of a delimited file.

use super::{Survey, Table};
use crate::dialect::Dialect;
use crate::error::IngestError;
use crate::head::Head;
use crate::lines;
use crate::record::{Fields, Next, Reader, next, next_near};
use crate::reject::{Good, Sink};
use crate::repair;
use crate::stream::Stream;
use crate::typed::Typed;
use encoding_rs::UTF_8;
use kith_model::repair::Repair;

/// One pass over a file.
pub(super) struct Pass<'a> {
    pub(super) stream: Stream<'a>,
    pub(super) dialect: &'a Dialect,
    pub(super) names: &'a [String],
    pub(super) repairs: &'a [Repair],
    pub(super) typed: Option<&'a Typed>,
    pub(super) end_line: Option<u64>,
    /// The line another table begins on; what stands there is not ours.
    pub(super) until_line: Option<u64>,
    /// Where another thread goes on.
    pub(super) until: Option<u64>,
    /// Whether malformed bytes stand there as U+FFFD.
    pub(super) transcoded: Option<&'static str>,
    pub(super) sink: &'a mut dyn Sink,
    pub(super) fields: Fields,
    /// Up to here a quote was found that never closes, or closes far beyond its line.
    pub(super) near_until: u64,
    pub(super) line: u64,
    pub(super) survey: Survey,
    /// Line breaks seen: LF alone, CR and LF.
    pub(super) breaks: (bool, bool),
}

pub(super) enum Stop {
    Ingest(IngestError),
    Sink(std::io::Error),
}

impl Stop {
    pub(super) fn into_ingest(
        self,
        failed: &impl Fn(std::io::Error) -> IngestError,
    ) -> IngestError {
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
    pub(super) fn new(
        stream: Stream<'a>,
        head: &Head,
        table: Table<'a>,
        sink: &'a mut dyn Sink,
    ) -> Self {
        Self {
            stream,
            dialect: table.dialect,
            names: &table.layout.names,
            repairs: table.repairs,
            typed: table.typed,
            end_line: table.layout.end_line,
            until_line: table.layout.until_line,
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
    pub(super) fn skip_lines(&mut self, lines: u32) -> Result<(), IngestError> {
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
    pub(super) fn header(&mut self) -> Result<(), IngestError> {
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

    pub(super) fn advance(&mut self, length: usize) {
        self.line += u64::from(self.dialect.lines_in(&self.stream.ahead()[..length]));
        self.stream.skip(length);
    }

    /// Reads one record and tells the sink; false at the end.
    pub(super) fn record(&mut self) -> Result<bool, Stop> {
        // Taken out and put back: one allocation serves the whole file.
        let mut fields = std::mem::take(&mut self.fields);
        let more = self.record_into(&mut fields);
        self.fields = fields;
        more
    }

    fn record_into(&mut self, fields: &mut Fields) -> Result<bool, Stop> {
        self.plain_lines();
        if self.until_line.is_some_and(|line| self.line >= line) {
            return Ok(false);
        }
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
        if let Some(typed) = self.typed {
            return self.typed_record(typed, fields, length).map(|()| true);
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

    /// A record whose values mean more than text.
    fn typed_record(&mut self, typed: &Typed, fields: &Fields, length: usize) -> Result<(), Stop> {
        let cells = match typed.cells(fields.iter()) {
            Ok(cells) => cells,
            Err((column, reason)) => return self.refuse(length, Some(column), reason),
        };
        self.good_cells(&cells)?;
        self.advance(length);
        Ok(())
    }

    /// Counts and writes a record of cells.
    pub(super) fn good_cells(&mut self, cells: &[Option<String>]) -> Result<(), Stop> {
        let bytes = cells.iter().flatten().map(|cell| cell.len() + 3).sum();
        self.survey.good += 1;
        self.survey.longest = self.survey.longest.max(bytes);
        self.sink.good(Good::Cells(cells))?;
        Ok(())
    }

    /// Counts the plain lines ahead, where counting is all that is wanted.
    fn plain_lines(&mut self) {
        if self.end_line.or(self.until_line).is_some() || !self.sink.counts_only() {
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
}
