//! Refused rows that were put right by hand: found again in the file, and read as edited.

use crate::dialect::Dialect;
use crate::error::{IngestError, name_of};
use crate::head::Head;
use crate::json;
use crate::reading::Reading;
use crate::record::{Fields, Next, next};
use crate::reject::kept;
use crate::typed::Typed;
use kith_model::repair::{Repair, RowCheck};
use kith_model::source::{FileFormat, Source};
use std::path::Path;

/// The repair of the refused record `raw` that starts on `line`; `repairs` are sorted by line.
pub(crate) fn of<'a>(repairs: &'a [Repair], line: u64, raw: &[u8]) -> Option<&'a Repair> {
    let at = repairs.binary_search_by_key(&line, |repair| repair.line).ok()?;
    Some(&repairs[at]).filter(|repair| repair.was == kept(raw))
}

/// Reads an edited row of `width` fields into `fields`.
///
/// # Errors
/// Why it cannot be loaded, without any of its values.
pub(crate) fn read(
    dialect: &Dialect,
    width: usize,
    text: &str,
    fields: &mut Fields,
) -> Result<(), String> {
    let text = text.trim_end_matches(['\r', '\n']);
    match next(dialect, text.as_bytes(), true, fields) {
        Next::Record(length) if length == text.len() => {}
        Next::Record(_) => return Err("It holds several rows: one is expected".to_owned()),
        Next::Unclosed | Next::More => return Err("A quote in it is never closed".to_owned()),
        Next::End => return Err("It is empty".to_owned()),
    }
    if fields.len() != width {
        return Err(width_reason(fields.len(), width));
    }
    if fields.bytes().contains(&0) {
        return Err("A NUL byte".to_owned());
    }
    Ok(())
}

/// Why a record of `count` fields is refused.
pub(crate) fn width_reason(count: usize, width: usize) -> String {
    let plural = if count == 1 { "field" } else { "fields" };
    format!("{count} {plural} where {width} are expected")
}

/// How an edited row of `source`, whose file is `path`, would be read.
///
/// # Errors
/// [`IngestError`] when the file cannot be read, or is of a kind without single rows.
pub fn check_row(source: &Source, path: &Path, text: &str) -> Result<RowCheck, IngestError> {
    let value = |text: String| Some(text).filter(|text| !text.is_empty());
    match source.format {
        FileFormat::Delimited => {
            let head = Head::read(path, &source.options)?;
            let Reading { sniffed, layout, .. } = Reading::decide(path, &head, &source.options)?;
            let mut fields = Fields::default();
            let typed = Typed::of(path, &layout.names, &source.options)?;
            let refused = read(&sniffed.dialect, layout.names.len(), text, &mut fields)
                .and_then(|()| match &typed {
                    None => Ok(()),
                    Some(typed) => typed.cells(fields.iter()).map(drop).map_err(|(_, why)| why),
                })
                .err();
            let fields = fields.texts().into_iter().map(value).collect();
            Ok(RowCheck { names: layout.names, fields, refused })
        }
        FileFormat::Ndjson => {
            let refused = json::observe(text.trim().as_bytes()).err();
            Ok(RowCheck { names: Vec::new(), fields: vec![value(text.to_owned())], refused })
        }
        _ => Err(IngestError::NoTextRows { file: name_of(path) }),
    }
}
