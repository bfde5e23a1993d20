//! Refused rows: tried as edited, exported, brought back.

use crate::error::{ingest_error, io_error, store_error, usage};
use crate::session::Session;
use crate::tools::Bench;
use kith_api::ApiError;
use kith_model::repair::{Repair, RowCheck};
use kith_model::source::Source;
use kith_model::{Column, Command, FileRef, Frame, Quiet, SourceId};
use kith_sql::{Pipeline, Step, text};
use std::collections::BTreeMap;
use std::path::Path;

fn source(session: &Session, id: &SourceId) -> Result<Source, ApiError> {
    let document = session.document();
    let found = document.source(id).cloned();
    found.ok_or_else(|| usage(format!("There is no source named {id}")))
}

/// How a refused row would be read if it were edited so.
pub(crate) fn check(session: &Session, id: &SourceId, row: &str) -> Result<RowCheck, ApiError> {
    let source = source(session, id)?;
    let path = Path::new(&source.file.0);
    kith_ingest::check_row(&source, path, row).map_err(|e| ingest_error(&e))
}

/// Writes a source's refused rows as CSV; a half-written file never stays.
pub(crate) fn export(session: &Session, id: &SourceId, to: &FileRef) -> Result<FileRef, ApiError> {
    source(session, id)?;
    let target = std::path::absolute(&to.0).map_err(|e| io_error(&e, Path::new(&to.0)))?;
    let part = target.with_extension("part");
    let copy = format!(
        "COPY ({}) TO {} (FORMAT csv, HEADER, FORCE_QUOTE (\"row\"))",
        kith_ingest::rejects_csv_sql(id),
        text(&part.to_string_lossy())
    );
    let step = Pipeline::new("export rejects").then(Step::statement("write rejects", copy));
    let written = session.store.run(&step, &Quiet).map_err(store_error).and_then(|_| {
        std::fs::rename(&part, &target).map_err(|e| io_error(&e, &target))?;
        Ok(FileRef(target.to_string_lossy().into_owned()))
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written
}

/// The refused rows of a source: line and row.
fn refused(session: &Session, id: &SourceId) -> Result<BTreeMap<u64, String>, ApiError> {
    let sql = kith_ingest::rejects_sql(id);
    let frame = session.store.frame(&sql, &Quiet).map_err(store_error)?;
    Ok(by_line(&frame, "raw"))
}

/// Line and text of each row that has both.
fn by_line(frame: &Frame, column: &str) -> BTreeMap<u64, String> {
    let lines = frame.column("line").and_then(Column::int).unwrap_or_default();
    let rows = frame.column(column).and_then(Column::text).unwrap_or_default();
    let pairs = lines.iter().zip(rows);
    pairs.filter_map(|(l, r)| Some((l.as_ref()?.unsigned_abs(), r?.to_owned()))).collect()
}

/// Takes an exported and edited file back: each row that differs becomes a repair.
pub(crate) fn bring_back(
    session: &Session,
    id: &SourceId,
    file: &FileRef,
) -> Result<u64, ApiError> {
    let title = source(session, id)?.title;
    let refused = refused(session, id)?;
    let commands: Vec<_> = edited(Path::new(&file.0))?
        .into_iter()
        .filter_map(|(line, text)| {
            let was = refused.get(&line).filter(|was| **was != text)?.clone();
            let repair = Repair { line, was, text };
            Some(Command::RepairRow { source: id.clone(), repair })
        })
        .collect();
    if commands.is_empty() {
        return Err(usage(format!("No row of {} differs from what was refused", file.name()))
            .hint("Edit the column `row`, leave the column `line` as it is"));
    }
    let title = format!("Edit {} refused rows of {title}", commands.len());
    session.apply(Command::Batch { title, commands })
}

/// Line and row of every record of an exported file, whatever program saved it since.
fn edited(file: &Path) -> Result<BTreeMap<u64, String>, ApiError> {
    let bench = Bench::open()?;
    let seen = bench.load(file, "edited")?;
    bench.require(&seen, "line")?;
    bench.require(&seen, "row")?;
    let frame = bench.frame(&kith_ingest::edited_rows_sql(&seen.source.id))?;
    Ok(by_line(&frame, "row"))
}
