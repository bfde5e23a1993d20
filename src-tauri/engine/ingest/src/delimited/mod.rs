//! Reads a delimited file from beginning to end: which records are good, which are refused, and
//! whether DuckDB would read the file as we do.

mod pass;
mod refuse;

use crate::dialect::Dialect;
use crate::error::IngestError;
use crate::head::Head;
use crate::layout::Layout;
use crate::reject::{Count, Sink};
use crate::stream::Stream;
use crate::typed::Typed;
use kith_model::Monitor;
use kith_model::repair::Repair;
use pass::Pass;
use std::path::Path;

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

/// How a file's table is read.
#[derive(Clone, Copy)]
pub(crate) struct Table<'a> {
    pub(crate) dialect: &'a Dialect,
    pub(crate) layout: &'a Layout,
    /// Refused rows put right by hand, sorted by line.
    pub(crate) repairs: &'a [Repair],
    /// Columns that mean more than text.
    pub(crate) typed: Option<&'a Typed>,
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
