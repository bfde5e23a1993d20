//! Apache Arrow's own files: IPC files (Feather version 2) and IPC streams, whatever packs them.
//!
//! Batches stream through a scratch file as those of databases do, their columns with the types the
//! schema gives them.

mod frames;
mod values;

use crate::compress::{self, fill};
use crate::delimited::Survey;
use crate::error::{IngestError, name_of};
use crate::head::binary;
use crate::inspect::{Detected, SHOWN, say};
use crate::reject::{Refused, Scratch, Sink};
use arrow::array::RecordBatch;
use frames::{Begins, Frames};
use kith_model::Monitor;
use kith_model::source::{ColumnInfo, Evidence, FileFormat, ReadOptions};
use std::path::Path;
use values::{Column, Leaf};

/// What a load of a file gives.
pub(crate) struct ArrowRead {
    pub(crate) survey: Survey,
    pub(crate) columns: Vec<ColumnInfo>,
    pub(crate) notes: Vec<Evidence>,
}

/// Whether a file begins as one of Arrow's does.
///
/// # Errors
/// [`IngestError::Binary`] for a file of Feather version 1, which is another format.
pub(crate) fn is_arrow(path: &Path) -> Result<bool, IngestError> {
    let mut first = Vec::new();
    // A file that cannot be read is told of where it is read.
    if let Ok(mut opened) = compress::open(path) {
        fill(&mut opened.reader, &mut first, 12).unwrap_or_default();
    }
    match frames::begins(&first) {
        Some(Begins::OldFeather) => {
            let way_out = "write it again as Feather version 2, Parquet or CSV";
            Err(binary(path, "a file of Feather version 1", way_out))
        }
        found => Ok(found.is_some()),
    }
}

/// What an Arrow file holds.
pub(crate) fn inspect(path: &Path, options: &ReadOptions) -> Result<Detected, IngestError> {
    check(path, options)?;
    let mut frames = Frames::open(path)?;
    let leaves = values::leaves(&frames.schema);
    let mut rows = Vec::new();
    while rows.len() < SHOWN
        && let Some(batch) = frames.next()?
    {
        let columns = columns(path, &batch, &leaves)?;
        for row in 0..batch.num_rows().min(SHOWN) {
            // A row that cannot be loaded is none of the preview's.
            rows.extend(columns.iter().map(|c| c.text(row)).collect::<Result<Vec<_>, _>>().ok());
        }
    }
    rows.truncate(SHOWN);
    let columns: Vec<ColumnInfo> = leaves.iter().map(|leaf| leaf.info.clone()).collect();
    Ok(Detected {
        format: FileFormat::Arrow,
        options: ReadOptions::default(),
        evidence: evidence(&frames, &leaves),
        header: columns.iter().map(|column| column.name.clone()).collect(),
        columns,
        raw_lines: Vec::new(),
        rows,
        bytes: frames.bytes,
        parts: Vec::new(),
    })
}

/// Lists stay in their row.
fn check(path: &Path, options: &ReadOptions) -> Result<(), IngestError> {
    match &options.unfold {
        None => Ok(()),
        Some(list) => Err(IngestError::Option {
            file: name_of(path),
            option: "unfold",
            value: list.clone(),
            rule: "lists of an Arrow file become JSON text; write it as Parquet to unfold one",
        }),
    }
}

fn evidence(frames: &Frames, leaves: &[Leaf]) -> Vec<Evidence> {
    let mut all = vec![say("format", frames.title(), "Its first bytes say so")];
    if frames.packed {
        all.push(say("compression", "batches", "Its columns are packed one by one"));
    }
    let count = leaves.len().to_string();
    all.push(say("columns", &count, "As its schema has them, structures laid flat"));
    for leaf in leaves {
        if let Some(zone) = &leaf.zone {
            let about = format!("column {}", leaf.info.name);
            all.push(say(&about, "UTC", &format!("Its moments name the zone {zone}")));
        }
    }
    all
}

fn columns<'a>(
    path: &Path,
    batch: &'a RecordBatch,
    leaves: &[Leaf],
) -> Result<Vec<Column<'a>>, IngestError> {
    let columns: Option<Vec<_>> = leaves.iter().map(|leaf| Column::of(batch, leaf)).collect();
    columns.ok_or_else(|| IngestError::Damaged {
        file: name_of(path),
        what: "its rows are not what its schema says".to_owned(),
    })
}

/// Reads every batch into scratch files.
pub(crate) fn read(
    path: &Path,
    options: &ReadOptions,
    scratch: &mut Scratch,
    monitor: &dyn Monitor,
) -> Result<ArrowRead, IngestError> {
    check(path, options)?;
    let mut frames = Frames::open(path)?;
    let leaves = values::leaves(&frames.schema);
    let (mut survey, mut line) = (Survey::default(), 0_u64);
    let write = |error: std::io::Error| IngestError::writing(path, &error);
    while let Some(batch) = frames.next()? {
        if monitor.cancelled() {
            return Err(IngestError::Cancelled);
        }
        monitor.progress(0.5, &format!("reading row {line}"));
        let columns = columns(path, &batch, &leaves)?;
        for row in 0..batch.num_rows() {
            line += 1;
            let mut cells = Vec::with_capacity(columns.len());
            let mut refused = None;
            for (at, column) in columns.iter().enumerate() {
                match column.text(row) {
                    Ok(cell) => cells.push(cell),
                    Err(reason) => refused = refused.or(Some((at, reason))),
                }
            }
            if let Some((at, reason)) = refused {
                survey.refused += 1;
                let column = leaves.get(at).map(|leaf| leaf.info.name.as_str());
                let refused = Refused { line, byte: None, column, reason, raw: b"" };
                scratch.refused(&refused).map_err(write)?;
            } else {
                survey.good += 1;
                let bytes = cells.iter().flatten().map(|cell| cell.len() + 3).sum();
                survey.longest = survey.longest.max(bytes);
                scratch.cells(&cells).map_err(write)?;
            }
        }
    }
    let mut notes = Vec::new();
    if frames.unmarked() {
        let reason = "The stream ends without its mark: rows behind may be missing";
        notes.push(say("end", "not marked", reason));
    }
    let columns = leaves.into_iter().map(|leaf| leaf.info).collect();
    Ok(ArrowRead { survey, columns, notes })
}
