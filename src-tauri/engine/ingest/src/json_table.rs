//! JSON as a table: one object a line, or one document.

use crate::dialect::Dialect;
use crate::error::{IngestError, name_of};
use crate::head::Head;
use crate::inspect::{Detected, SHOWN, common_evidence, raw_lines, say};
use crate::json;
use crate::json_document::{Records, Walk};
use crate::shape::Shape;
use crate::unfold::{self, Flat, Type};
use kith_model::FileRef;
use kith_model::source::{ColumnInfo, FileFormat, Nested, Part, ReadOptions};
use std::path::Path;

/// Members beside an array of records that an object may have and still be but its wrapping.
const WRAPPING: usize = 6;

/// Lines, or one document? An object on a single line is a record, unless all it does is to hold
/// one array of objects.
pub(crate) fn format_of(path: &Path, head: &Head) -> FileFormat {
    let name = name_of(path).to_lowercase();
    let lines = head.text.split(|&b| b == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let (mut objects, mut all) = (0, 0);
    for line in lines.take(20) {
        all += 1;
        objects += usize::from(json::is_object(line));
    }
    let called_lines = [".ndjson", ".jsonl"].iter().any(|end| name.contains(end));
    let called_document = name.ends_with(".json");
    let wrapped = || {
        let records = Records::find(&head.text);
        let arrays = records.arrays.len();
        (arrays == 1 || arrays > 1 && called_document) && records.beside.len() <= WRAPPING
    };
    let document = match (objects, all) {
        _ if called_lines => false,
        _ if head.text.trim_ascii_start().starts_with(b"[") => true,
        (1, 1) => head.whole && wrapped(),
        (0, _) => true,
        // Some lines are objects: is the first of them part of one over several lines?
        (objects, all) => objects < all && first_over_lines(&head.text),
    };
    if document { FileFormat::Json } else { FileFormat::Ndjson }
}

/// True when the text begins with an object that its first line does not end.
fn first_over_lines(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let mut walk = Walk::new(text);
    let first = walk.enter("").and_then(|_| walk.next()).ok().flatten();
    first.is_some_and(|extent| {
        let object = &walk.ahead()[..extent.bytes];
        extent.whole && object.contains(&b'\n') && json::is_object(object)
    })
}

/// What the head shows of a table.
struct Seen {
    shape: Shape,
    objects: Vec<serde_json::Value>,
    good: u64,
}

impl Seen {
    fn take(&mut self, text: &[u8]) {
        let Ok(shape) = json::observe(text) else { return };
        self.good += 1;
        self.shape = std::mem::replace(&mut self.shape, Shape::Null).merge(shape);
        if self.objects.len() < SHOWN {
            self.objects.extend(serde_json::from_slice(text).ok());
        }
    }
}

/// What a JSON file is and how it would be read.
pub(crate) fn inspect(
    path: &Path,
    head: &Head,
    format: FileFormat,
    options: &ReadOptions,
) -> Result<Detected, IngestError> {
    let document = format == FileFormat::Json;
    let found = if document { Records::find(&head.text) } else { Records::default() };
    let pointer = options.records.clone().unwrap_or_else(|| found.main().to_owned());
    let seen = if document { in_document(head, &pointer)? } else { in_lines(head) };
    let array = head.text.trim_ascii_start().starts_with(b"[");
    if seen.good == 0 || !document && array {
        let file = name_of(path);
        return Err(match document {
            true => IngestError::NoRecords { file, pointer },
            false => IngestError::JsonDocument { file },
        });
    }
    let fields = columns_of(&seen.shape.into_fields());
    let flat = unfold::lay_flat(&name_of(path), &fields, options)?;
    let mut evidence = match document {
        true => common_evidence(head, "json", "It is one JSON document"),
        false => common_evidence(head, "ndjson", "Its lines are JSON objects"),
    };
    if document {
        evidence.push(records_evidence(&found, &pointer, options));
    }
    evidence.extend(nested_evidence(&fields, &flat, options));
    let columns: Vec<ColumnInfo> = flat.leaves.iter().map(|leaf| leaf.info.clone()).collect();
    let count = columns.len().to_string();
    let reason = "Fields of all objects looked at, in order of appearance";
    evidence.push(say("columns", &count, reason));
    Ok(Detected {
        format,
        options: ReadOptions {
            encoding: Some(head.encoding_label()),
            records: document.then_some(pointer),
            nested: options.nested,
            unfold: options.unfold.clone(),
            ..ReadOptions::default()
        },
        evidence,
        header: columns.iter().map(|column| column.name.clone()).collect(),
        columns,
        raw_lines: raw_lines(&Dialect::new(",", None, None), &head.text),
        rows: unfold::preview(&seen.objects, &flat, SHOWN),
        bytes: head.bytes,
        parts: parts(path, &found, options),
    })
}

/// An object's fields: their names, and the columns they would be.
pub(crate) fn columns_of(fields: &[(String, Shape)]) -> Vec<(String, ColumnInfo)> {
    let infos = json::columns(fields);
    fields.iter().map(|(name, _)| name.clone()).zip(infos).collect()
}

fn in_lines(head: &Head) -> Seen {
    let mut seen = Seen { shape: Shape::Null, objects: Vec::new(), good: 0 };
    let lines: Vec<_> = head.text.split(|&b| b == b'\n').collect();
    let usable = if head.whole { lines.len() } else { lines.len().saturating_sub(1) };
    for line in lines[..usable].iter().filter(|line| !line.trim_ascii().is_empty()) {
        seen.take(line);
    }
    seen
}

fn in_document(head: &Head, pointer: &str) -> Result<Seen, IngestError> {
    let mut seen = Seen { shape: Shape::Null, objects: Vec::new(), good: 0 };
    let mut walk = Walk::new(head.text.as_slice());
    if !walk.enter(pointer)? {
        return Ok(seen);
    }
    while let Some(extent) = walk.next()? {
        if extent.whole {
            seen.take(&walk.ahead()[..extent.bytes]);
        }
        walk.skip(extent.bytes);
    }
    Ok(seen)
}

fn records_evidence(
    found: &Records,
    pointer: &str,
    options: &ReadOptions,
) -> kith_model::source::Evidence {
    let value = if pointer.is_empty() { "the document" } else { pointer };
    let beside = match found.beside.len() {
        0 => String::new(),
        1..=8 => format!(". Beside them, left out: {}", found.beside.join(", ")),
        many => format!(". Beside them {many} other members, left out"),
    };
    let reason = match (&options.records, found.arrays.len()) {
        (Some(_), _) => "Set by hand".to_owned(),
        (None, 0) => "The objects of the document, or of its array".to_owned(),
        (None, 1) => format!("The only array of objects{beside}"),
        (None, count) => {
            let names: Vec<_> = found.arrays.iter().map(|(name, _)| name.as_str()).collect();
            format!("The longest of {count} arrays of objects: {}{beside}", names.join(", "))
        }
    };
    say("records", value, &reason)
}

fn nested_evidence(
    fields: &[(String, ColumnInfo)],
    flat: &Flat,
    options: &ReadOptions,
) -> Option<kith_model::source::Evidence> {
    let nested: Vec<&str> = fields
        .iter()
        .filter(|(_, column)| !matches!(Type::parse(&column.sql_type), Type::Plain(_)))
        .map(|(_, column)| column.name.as_str())
        .collect();
    if nested.is_empty() {
        return None;
    }
    let names = nested.join(", ");
    Some(match (&options.unfold, options.nested) {
        (Some(list), _) => say("nested", "rows", &format!("Each element of {list} is a row")),
        (None, Some(Nested::Columns)) => {
            let lists = flat.leaves.iter().filter(|leaf| leaf.as_json).count();
            let reason = format!("Objects in {names} became columns; {lists} lists stay JSON");
            say("nested", "columns", &reason)
        }
        (None, _) => say("nested", "kept", &format!("Structures and lists in {names}")),
    })
}

fn parts(path: &Path, found: &Records, options: &ReadOptions) -> Vec<Part> {
    if found.arrays.len() < 2 || options.records.is_some() {
        return Vec::new();
    }
    let part = |(pointer, _): &(String, u64)| Part {
        name: pointer.trim_start_matches('/').replace('/', "."),
        file: FileRef(path.to_string_lossy().into_owned()),
        format: FileFormat::Json,
        options: ReadOptions { records: Some(pointer.clone()), ..ReadOptions::default() },
    };
    found.arrays.iter().map(part).collect()
}
