//! Reads a clean file in parts, one thread each.
//!
//! A part begins behind some line break, on the guess that a record does too. The guess is right
//! when the part before it ends a record exactly there; when one is wrong, or a part is not clean,
//! nothing is said and the file is read in one go.

use crate::compress::Compression;
use crate::delimited::{Survey, Table, read_part};
use crate::error::IngestError;
use crate::head::Head;
use encoding_rs::UTF_8;
use kith_model::Monitor;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Smallest part that is worth a thread.
const LEAST: u64 = 4 * 1024 * 1024;

/// Most threads.
const MOST: u64 = 8;

/// How far a line break is looked for.
const FAR: u64 = 1024 * 1024;

/// The survey of a clean file; `None` when it has to be read in one go.
pub(crate) fn survey(
    path: &Path,
    head: &Head,
    table: Table<'_>,
    monitor: &dyn Monitor,
) -> Result<Option<Survey>, IngestError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let count = (head.bytes / LEAST).min(threads).min(MOST);
    let plain = head.compression == Compression::None && head.encoding == UTF_8;
    let whole =
        table.layout.end_line.or(table.layout.until_line).is_none() && table.repairs.is_empty();
    if count < 2 || !plain || !whole || !table.dialect.is_plain() {
        return Ok(None);
    }
    in_parts(path, table, &cuts(path, head, count)?, (head, monitor))
}

/// Where parts begin: behind line breaks, the first at 0; the end of the file last.
fn cuts(path: &Path, head: &Head, count: u64) -> Result<Vec<u64>, IngestError> {
    let failed = |error: std::io::Error| IngestError::reading(path, &error);
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let mut cuts = vec![0];
    let mut near = Vec::new();
    for at in (1..count).map(|part| part * (head.bytes / count)) {
        file.seek(SeekFrom::Start(at)).map_err(failed)?;
        near.clear();
        Read::by_ref(&mut file).take(FAR).read_to_end(&mut near).map_err(failed)?;
        let found = memchr::memchr(b'\n', &near).map(|line| at + line as u64 + 1);
        cuts.extend(found.filter(|cut| cuts.last() < Some(cut)));
    }
    cuts.push(head.bytes);
    Ok(cuts)
}

fn in_parts(
    path: &Path,
    table: Table<'_>,
    cuts: &[u64],
    (head, monitor): (&Head, &dyn Monitor),
) -> Result<Option<Survey>, IngestError> {
    let parts = std::thread::scope(|scope| {
        let threads: Vec<_> = cuts
            .windows(2)
            .map(|ends| {
                let range = (ends[0], ends[1]);
                scope.spawn(move || read_part(path, head, table, range, monitor))
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| match thread.join() {
                Ok(part) => part,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect::<Result<Vec<_>, _>>()
    })?;
    let mut all = Survey::default();
    for ((part, end), cut) in parts.into_iter().zip(&cuts[1..]) {
        // Another break than elsewhere: the file mixes them.
        let mixed = all.good > 0 && part.good > 0 && all.crlf != part.crlf;
        if end != *cut || part.odd || part.refused > 0 || mixed {
            return Ok(None);
        }
        all.good += part.good;
        all.crlf |= part.crlf;
        all.longest = all.longest.max(part.longest);
    }
    Ok(Some(all))
}
