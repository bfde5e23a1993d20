//! Reads a file of JSON lines from beginning to end: which are good, which are refused, and the
//! shape that holds all good ones.

use crate::delimited::{Stream, Survey};
use crate::error::{IngestError, name_of};
use crate::head::Head;
use crate::json::observe;
use crate::reject::{Good, Refused, Sink};
use crate::repair;
use crate::shape::Shape;
use kith_model::Monitor;
use kith_model::repair::Repair;
use std::collections::BTreeSet;
use std::path::Path;

/// A line longer than this cannot be loaded.
const MAX_LINE: usize = 256 * 1024 * 1024;

/// Reads every line of `path`, giving each to `sink`; the fields of all good ones.
pub(crate) fn read(
    path: &Path,
    head: &Head,
    repairs: &[Repair],
    sink: &mut dyn Sink,
    monitor: &dyn Monitor,
) -> Result<(Survey, Vec<(String, Shape)>), IngestError> {
    let mut stream = Stream::open(path, head, monitor)?;
    let failed = |error: std::io::Error| IngestError::writing(path, &error);
    let (mut survey, mut shape, mut line) = (Survey::default(), Shape::Null, 0_u64);
    let mut spellings = BTreeSet::new();
    loop {
        let ahead = stream.ahead();
        let end = ahead.iter().position(|&b| b == b'\n');
        if end.is_none() && !stream.ended && ahead.len() < MAX_LINE {
            stream.more()?;
            continue;
        }
        let length = end.map_or(ahead.len(), |at| at + 1);
        if length == 0 {
            return Ok((survey, shape.into_fields()));
        }
        line += 1;
        let raw = &ahead[..length];
        let text = raw.trim_ascii();
        survey.longest = survey.longest.max(length);
        let seen = if text.is_empty() {
            stream.skip(length);
            continue;
        } else {
            observe(text)
        };
        let edit = if seen.is_err() { repair::of(repairs, line, raw) } else { None };
        let text = edit.map_or(text, |edit| edit.text.trim().as_bytes());
        let seen = match edit {
            Some(_) => observe(text).map_err(|why| format!("As edited: {why}")),
            None => seen,
        };
        match seen {
            Ok(seen) => {
                survey.repaired += u64::from(edit.is_some());
                let known = shape_len(&shape);
                shape = shape.merge(seen);
                clash(&shape, known, &mut spellings).map_err(|field| IngestError::FieldClash {
                    file: name_of(path),
                    line,
                    field,
                })?;
                survey.good += 1;
                sink.good(Good::Line(text)).map_err(failed)?;
            }
            Err(reason) => {
                survey.refused += 1;
                let byte = stream.byte();
                let refused = Refused { line, byte, column: None, reason, raw };
                sink.refused(&refused).map_err(failed)?;
            }
        }
        stream.skip(length);
    }
}

fn shape_len(shape: &Shape) -> usize {
    if let Shape::Object(fields) = shape { fields.len() } else { 0 }
}

/// The first of the fields from `known` on that another one differs from only in case.
fn clash(shape: &Shape, known: usize, spellings: &mut BTreeSet<String>) -> Result<(), String> {
    let Shape::Object(fields) = shape else { return Ok(()) };
    for (name, _) in &fields[known..] {
        if !spellings.insert(name.to_lowercase()) {
            return Err(name.clone());
        }
    }
    Ok(())
}
