//! JSON objects gathered into a table: which are good, which are refused, and the shape that holds
//! all good ones.

use crate::delimited::Survey;
use crate::error::{IngestError, name_of};
use crate::head::Head;
use crate::json::observe;
use crate::json_document::Walk;
use crate::reject::{Good, Refused, Sink};
use crate::repair;
use crate::shape::Shape;
use crate::stream::Stream;
use crate::unfold;
use kith_model::Monitor;
use kith_model::repair::Repair;
use std::collections::BTreeSet;
use std::path::Path;

/// Objects as they come.
pub(crate) struct Gather<'a> {
    path: &'a Path,
    repairs: &'a [Repair],
    /// The list whose elements become rows, if one does.
    unfolded: Option<&'a str>,
    sink: &'a mut dyn Sink,
    pub(crate) survey: Survey,
    shape: Shape,
    spellings: BTreeSet<String>,
}

impl<'a> Gather<'a> {
    pub(crate) fn new(
        path: &'a Path,
        repairs: &'a [Repair],
        unfolded: Option<&'a str>,
        sink: &'a mut dyn Sink,
    ) -> Self {
        let (survey, shape) = (Survey::default(), Shape::Null);
        Self { path, repairs, unfolded, sink, survey, shape, spellings: BTreeSet::new() }
    }

    /// One object as it stands in the file.
    pub(crate) fn take(
        &mut self,
        line: u64,
        byte: Option<u64>,
        raw: &[u8],
    ) -> Result<(), IngestError> {
        let text = raw.trim_ascii();
        let seen = observe(text);
        let edit = if seen.is_err() { repair::of(self.repairs, line, raw) } else { None };
        let text = edit.map_or(text, |edit| edit.text.trim().as_bytes());
        let seen = match edit {
            Some(_) => observe(text).map_err(|why| format!("As edited: {why}")),
            None => seen,
        };
        match seen {
            Ok(seen) => {
                self.survey.repaired += u64::from(edit.is_some());
                self.merge(seen, line)?;
                self.good(text)
            }
            Err(reason) => self.refuse(line, byte, reason, raw),
        }
    }

    fn good(&mut self, text: &[u8]) -> Result<(), IngestError> {
        self.survey.good += self.unfolded.map_or(1, |list| unfold::rows_of(text, list));
        self.survey.longest = self.survey.longest.max(text.len());
        let failed = |error: std::io::Error| IngestError::writing(self.path, &error);
        // Line breaks stand only between tokens: a space does as well.
        if text.contains(&b'\n') || text.contains(&b'\r') {
            let flat = |byte: &u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte };
            let flat: Vec<u8> = text.iter().map(flat).collect();
            return self.sink.good(Good::Line(&flat)).map_err(failed);
        }
        self.sink.good(Good::Line(text)).map_err(failed)
    }

    pub(crate) fn refuse(
        &mut self,
        line: u64,
        byte: Option<u64>,
        reason: String,
        raw: &[u8],
    ) -> Result<(), IngestError> {
        self.survey.refused += 1;
        let refused = Refused { line, byte, column: None, reason, raw };
        self.sink.refused(&refused).map_err(|error| IngestError::writing(self.path, &error))
    }

    fn merge(&mut self, seen: Shape, line: u64) -> Result<(), IngestError> {
        let known = if let Shape::Object(fields) = &self.shape { fields.len() } else { 0 };
        self.shape = std::mem::replace(&mut self.shape, Shape::Null).merge(seen);
        let Shape::Object(fields) = &self.shape else { return Ok(()) };
        for (field, _) in &fields[known..] {
            if !self.spellings.insert(field.to_lowercase()) {
                let (file, field) = (name_of(self.path), field.clone());
                return Err(IngestError::FieldClash { file, line, field });
            }
        }
        Ok(())
    }

    /// What was found, and the fields of all good objects.
    pub(crate) fn end(self) -> (Survey, Vec<(String, Shape)>) {
        (self.survey, self.shape.into_fields())
    }
}

/// What a whole document holds.
pub(crate) struct DocumentRead {
    pub(crate) survey: Survey,
    pub(crate) fields: Vec<(String, Shape)>,
    /// It ends before its brackets are closed.
    pub(crate) cut_off: bool,
}

/// Reads every record of a document at `pointer`.
pub(crate) fn read_document(
    head: &Head,
    pointer: &str,
    mut gather: Gather<'_>,
    monitor: &dyn Monitor,
) -> Result<DocumentRead, IngestError> {
    let mut walk = Walk::new(Stream::open(gather.path, head, monitor)?);
    if !walk.enter(pointer)? {
        return Err(IngestError::NoRecords {
            file: name_of(gather.path),
            pointer: pointer.to_owned(),
        });
    }
    while let Some(extent) = walk.next()? {
        let (line, byte) = (walk.line, walk.byte());
        let raw = &walk.ahead()[..extent.bytes];
        if extent.whole {
            gather.take(line, byte, raw)?;
        } else {
            let reason = "The document ends, or goes on too long, inside this object".to_owned();
            gather.refuse(line, byte, reason, raw)?;
        }
        walk.skip(extent.bytes);
    }
    let (survey, fields) = gather.end();
    Ok(DocumentRead { survey, fields, cut_off: walk.cut_off })
}
