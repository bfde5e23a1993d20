//! Reads a file of JSON lines from beginning to end: which are good, which are refused, and the
//! shape that holds all good ones.

use crate::delimited::Survey;
use crate::error::IngestError;
use crate::head::Head;
use crate::json_rows::Gather;
use crate::shape::Shape;
use crate::stream::Stream;
use kith_model::Monitor;
use std::path::Path;

/// A line longer than this cannot be loaded.
const MAX_LINE: usize = 256 * 1024 * 1024;

/// Reads every line of `path`, giving each to `gather`; the fields of all good ones.
pub(crate) fn read(
    path: &Path,
    head: &Head,
    mut gather: Gather<'_>,
    monitor: &dyn Monitor,
) -> Result<(Survey, Vec<(String, Shape)>), IngestError> {
    let mut stream = Stream::open(path, head, monitor)?;
    let mut line = 0_u64;
    loop {
        let ahead = stream.ahead();
        let end = ahead.iter().position(|&b| b == b'\n');
        if end.is_none() && !stream.ended && ahead.len() < MAX_LINE {
            stream.more()?;
            continue;
        }
        let length = end.map_or(ahead.len(), |at| at + 1);
        if length == 0 {
            return Ok(gather.end());
        }
        line += 1;
        let raw = &ahead[..length];
        gather.survey.longest = gather.survey.longest.max(length);
        if !raw.trim_ascii().is_empty() {
            gather.take(line, stream.byte(), raw)?;
        }
        stream.skip(length);
    }
}
