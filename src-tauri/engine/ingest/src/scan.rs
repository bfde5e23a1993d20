//! Looks through a whole delimited file for its tables, keeping the first records of each run of
//! one width and counting the rest.

use crate::dialect::Dialect;
use crate::error::IngestError;
use crate::extent::{self, Span};
use crate::head::Head;
use crate::layout::Placed;
use crate::lines;
use crate::record::{Fields, Next, Reader, next, next_near};
use crate::stream::Stream;
use kith_model::{Monitor, Quiet};
use std::path::Path;

/// Records of a run that are kept.
const FIRST: usize = 20;

/// Most records kept: a file of more has no tables to tell apart.
const MOST: usize = 100_000;

/// Bytes of a table that are looked at.
const WINDOW: usize = 256 * 1024;

/// The tables of a file.
pub(crate) struct Scan {
    spans: Vec<Span>,
    /// Where each begins in the text, with its titles.
    pub(crate) starts: Vec<u64>,
}

impl Scan {
    /// The tables, none when there is but one.
    pub(crate) fn tables(&self) -> Vec<Span> {
        if self.spans.len() > 1 { self.spans.clone() } else { Vec::new() }
    }
}

/// Records as they come, few of each run.
struct Kept {
    placed: Vec<Placed>,
    starts: Vec<u64>,
    width: usize,
    /// Records of the run at hand that were kept.
    run: usize,
    gap: bool,
    line: u32,
}

impl Kept {
    fn put(&mut self, fields: &mut Fields, start: u64) {
        if fields.is_blank() {
            (self.gap, self.run) = (true, 0);
            return;
        }
        if self.run == 0 || fields.len() != self.width {
            (self.width, self.run) = (fields.len(), 0);
        }
        match self.placed.last_mut() {
            Some(last) if self.run >= FIRST => last.stands += 1,
            _ => {
                let gap = self.gap && !self.placed.is_empty();
                let fields = std::mem::take(fields);
                self.placed.push(Placed { fields, line: self.line, gap, stands: 1 });
                self.starts.push(start);
                self.run += 1;
            }
        }
        self.gap = false;
    }
}

/// Looks through the file; `None` when it is too ragged to tell tables apart.
pub(crate) fn scan(
    path: &Path,
    head: &Head,
    dialect: &Dialect,
    monitor: &dyn Monitor,
) -> Result<Option<Scan>, IngestError> {
    let mut stream = Stream::open(path, head, monitor)?;
    let mut kept =
        Kept { placed: Vec::new(), starts: Vec::new(), width: 0, run: 0, gap: false, line: 0 };
    let (mut fields, mut near_until) = (Fields::default(), 0);
    while kept.placed.len() <= MOST {
        if kept.run >= FIRST
            && let Some(last) = kept.placed.last_mut()
        {
            let found = lines::plain(dialect, kept.width, stream.ahead());
            last.stands += found.lines;
            kept.line += u32::try_from(found.lines).unwrap_or(u32::MAX);
            stream.skip(found.bytes);
        }
        let near = stream.place() < near_until;
        let read: Reader = if near { next_near } else { next };
        let length = match read(dialect, stream.ahead(), stream.ended, &mut fields) {
            Next::End => return Ok(Some(told(&kept))),
            Next::More => {
                stream.more()?;
                continue;
            }
            Next::Record(length) => {
                kept.put(&mut fields, stream.place());
                length
            }
            Next::Unclosed => {
                if !near {
                    near_until = stream.place() + stream.ahead().len() as u64;
                }
                dialect.first_line(stream.ahead())
            }
        };
        kept.line += dialect.lines_in(&stream.ahead()[..length]);
        stream.skip(length);
    }
    Ok(None)
}

fn told(kept: &Kept) -> Scan {
    let spans = extent::spans(&kept.placed);
    let start = |span: &Span| {
        let at = kept.placed.partition_point(|record| record.line < span.from_line);
        kept.starts.get(at).copied().unwrap_or_default()
    };
    Scan { starts: spans.iter().map(start).collect(), spans }
}

/// The text from a place on that [`scan`] named, and whether nothing follows it.
pub(crate) fn text_at(path: &Path, head: &Head, at: u64) -> Result<(Vec<u8>, bool), IngestError> {
    let mut stream = Stream::open(path, head, &Quiet)?;
    if stream.byte().is_some() {
        stream = stream.seek(at)?;
    }
    while stream.place() < at && !(stream.ended && stream.ahead().is_empty()) {
        let missing = usize::try_from(at - stream.place()).unwrap_or(usize::MAX);
        stream.skip(missing.min(stream.ahead().len()));
        if stream.ahead().is_empty() {
            stream.more()?;
        }
    }
    while stream.ahead().len() < WINDOW && !stream.ended {
        stream.more()?;
    }
    let whole = stream.ended && stream.ahead().len() <= WINDOW;
    Ok((stream.ahead()[..stream.ahead().len().min(WINDOW)].to_vec(), whole))
}
