//! Plans the load of one source.

use crate::cells_sql::cells_call;
use crate::compress::{self, Compression};
use crate::delimited::{self, Survey, Table};
use crate::error::{IngestError, name_of};
use crate::head::Head;
use crate::inspect::{check_parquet_end, no_workbook, workbook_kind};
use crate::inspect_delimited::Reading;
use crate::json;
use crate::load_sql::{
    CsvCall, check_count, empty_rejects, insert_rejects, json_call, parquet_step, raw_steps,
};
use crate::ndjson;
use crate::parts;
use crate::reject::{Count, Scratch};
use crate::shape::Shape;
use crate::workbook;
use encoding_rs::UTF_8;
use kith_model::repair::Repair;
use kith_model::source::{ColumnInfo, Evidence, FileFormat, Source};
use kith_model::{Monitor, Quiet};
use kith_sql::{Pipeline, Step};
use std::path::{Path, PathBuf};

/// A planned load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Makes `src.<slug>` (the file's columns and `_row BIGINT`, the record's number from 0) and
    /// the source's rows in `src.reject`; fails when DuckDB's count of rows is not
    /// `rows_in - rejected`.
    pub pipeline: Pipeline,
    /// Scratch files to delete once the pipeline has run or failed.
    pub cleanup: Vec<PathBuf>,
    /// Records our reader found in the file; `None` for Parquet, which is not read here.
    pub rows_in: Option<u64>,
    /// Records it refused.
    pub rejected: u64,
    /// Records among the loaded ones that were refused and then put right by hand.
    pub repaired: u64,
    /// What only the whole file told, e.g. cells that hold errors.
    pub notes: Vec<Evidence>,
}

/// Reads `path` wholly and plans its load. Scratch data, when needed, goes to the folder
/// `scratch` (made when missing), which the database must be allowed to read.
///
/// # Errors
/// [`IngestError`]: the file is unusable as a whole; single bad records are rejects.
pub fn load(source: &Source, path: &Path, scratch: &Path) -> Result<Load, IngestError> {
    load_watched(source, path, scratch, &[], &Quiet)
}

/// [`load`] that reads refused rows as `repairs` (sorted by line) have them, tells its progress
/// and can be cancelled.
///
/// # Errors
/// As [`load`], and [`IngestError::Cancelled`]; scratch files are then gone.
pub fn load_watched(
    source: &Source,
    path: &Path,
    scratch: &Path,
    repairs: &[Repair],
    monitor: &dyn Monitor,
) -> Result<Load, IngestError> {
    if source.id.0 == "reject" {
        return Err(IngestError::ReservedName(source.id.0.clone()));
    }
    let plan = match source.format {
        FileFormat::Parquet => parquet(path),
        FileFormat::Delimited => delimited(source, path, scratch, repairs, monitor),
        FileFormat::Ndjson => ndjson(source, path, scratch, repairs, monitor),
        FileFormat::Workbook => sheet(source, path, scratch, monitor),
    }?;
    let mut pipeline =
        Pipeline::new(format!("load {}", source.title)).append(empty_rejects(&source.id));
    pipeline = match &plan.rows {
        Rows::Parquet => pipeline.then(parquet_step(&source.id, path)),
        Rows::Call { columns, call } => pipeline.append(raw_steps(&source.id, columns, call)),
    };
    if let Some(rejects) = plan.rejects.as_ref().filter(|_| plan.survey.refused > 0) {
        pipeline = pipeline.then(insert_rejects(&source.id, rejects));
    }
    let counted = !matches!(plan.rows, Rows::Parquet);
    if counted {
        pipeline = pipeline.then(check_count(&source.id, plan.survey.good));
    }
    Ok(Load {
        pipeline: numbered(pipeline, source),
        cleanup: plan.cleanup,
        rows_in: counted.then_some(plan.survey.good + plan.survey.refused),
        rejected: plan.survey.refused,
        repaired: plan.survey.repaired,
        notes: plan.notes,
    })
}

/// Steps named after their source, so that progress and errors tell which one.
fn numbered(mut pipeline: Pipeline, source: &Source) -> Pipeline {
    pipeline.steps = pipeline
        .steps
        .into_iter()
        .map(|step: Step| {
            let name = format!("{}: {}", source.title, step.name);
            step.named(name)
        })
        .collect();
    pipeline
}

enum Rows {
    Parquet,
    Call { columns: Vec<(String, ColumnInfo)>, call: String },
}

struct Plan {
    rows: Rows,
    survey: Survey,
    rejects: Option<PathBuf>,
    cleanup: Vec<PathBuf>,
    notes: Vec<Evidence>,
}

fn parquet(path: &Path) -> Result<Plan, IngestError> {
    crate::compress::open(path)?;
    check_parquet_end(path)?;
    let survey = Survey::default();
    Ok(Plan { rows: Rows::Parquet, survey, rejects: None, cleanup: Vec::new(), notes: Vec::new() })
}

/// Runs `read` into scratch files, which are gone again when it fails.
fn into_scratch<T>(
    source: &Source,
    path: &Path,
    folder: &Path,
    read: impl FnOnce(&mut Scratch) -> Result<T, IngestError>,
) -> Result<(T, Scratch), IngestError> {
    let failed = |error: std::io::Error| IngestError::writing(path, &error);
    let mut scratch = Scratch::new(folder, &source.id.0).map_err(failed)?;
    let result = read(&mut scratch).and_then(|value| {
        scratch.finish().map_err(failed)?;
        Ok(value)
    });
    match result {
        Ok(value) => Ok((value, scratch)),
        Err(error) => {
            for file in [&scratch.good_path, &scratch.refused_path] {
                // The first error is the one to tell.
                std::fs::remove_file(file).unwrap_or_default();
            }
            Err(error)
        }
    }
}

fn delimited(
    source: &Source,
    path: &Path,
    folder: &Path,
    repairs: &[Repair],
    monitor: &dyn Monitor,
) -> Result<Plan, IngestError> {
    let head = Head::read(path, &source.options)?;
    let Reading { sniffed, layout } = Reading::decide(path, &head, &source.options)?;
    let table = Table { dialect: &sniffed.dialect, layout: &layout, repairs };
    let line = u64::from(layout.skip_lines) + 1;
    let not_empty = |survey: &Survey| match survey.good + survey.refused {
        0 => Err(IngestError::NoRows { file: name_of(path), line }),
        _ => Ok(()),
    };
    if layout.names.is_empty() {
        return Err(IngestError::NoRows { file: name_of(path), line });
    }
    let columns: Vec<_> = layout.names.iter().map(|name| text_column(name)).collect();
    let types: Vec<_> = columns.iter().map(|(n, c)| (n.clone(), c.sql_type.clone())).collect();
    if head.encoding == UTF_8 && sniffed.dialect.is_plain() {
        let survey = match parts::survey(path, &head, table, monitor)? {
            Some(survey) => survey,
            None => delimited::read(path, &head, table, &mut Count, monitor)?,
        };
        not_empty(&survey)?;
        if survey.refused == 0 && !survey.odd {
            let call = CsvCall {
                path,
                compression: head.compression.duckdb(),
                delimiter: sniffed.dialect.delimiter_text(),
                quote: sniffed.dialect.quote.map_or(String::new(), |q| char::from(q).into()),
                skip: layout.skip_lines + layout.header_rows,
                crlf: survey.crlf,
                longest: survey.longest,
            };
            let rows = Rows::Call { call: call.render(&types), columns };
            return Ok(Plan {
                rows,
                survey,
                rejects: None,
                cleanup: Vec::new(),
                notes: Vec::new(),
            });
        }
    }
    let (survey, scratch) = into_scratch(source, path, folder, |scratch| {
        let survey = delimited::read(path, &head, table, scratch, monitor)?;
        not_empty(&survey)?;
        Ok(survey)
    })?;
    let call = CsvCall { longest: 2 * survey.longest, ..CsvCall::scratch(&scratch.good_path) };
    let rows = Rows::Call { call: call.render(&types), columns };
    Ok(Plan::of(rows, survey, scratch))
}

impl Plan {
    /// Cells that were written to scratch files.
    fn of_cells(survey: Survey, columns: Vec<ColumnInfo>, scratch: Scratch) -> Self {
        let types: Vec<_> = columns.iter().map(|c| (c.name.clone(), c.sql_type.clone())).collect();
        let call = cells_call(&scratch.good_path, survey.longest, &types);
        let columns = columns.into_iter().map(|c| (c.name.clone(), c)).collect();
        Self::of(Rows::Call { columns, call }, survey, scratch)
    }

    fn of(rows: Rows, survey: Survey, scratch: Scratch) -> Self {
        let cleanup = vec![scratch.good_path.clone(), scratch.refused_path.clone()];
        Self { rows, survey, rejects: Some(scratch.refused_path), cleanup, notes: Vec::new() }
    }
}

/// A sheet of a workbook.
fn sheet(
    source: &Source,
    path: &Path,
    folder: &Path,
    monitor: &dyn Monitor,
) -> Result<Plan, IngestError> {
    compress::open(path)?;
    let kind = workbook_kind(path, Some(FileFormat::Workbook))?.ok_or_else(|| no_workbook(path))?;
    let (read, scratch) = into_scratch(source, path, folder, |scratch| {
        workbook::read(path, kind, &source.options, scratch, monitor)
    })?;
    Ok(Plan { notes: read.notes, ..Plan::of_cells(read.survey, read.columns, scratch) })
}

fn text_column(name: &str) -> (String, ColumnInfo) {
    let info = ColumnInfo { name: name.to_owned(), sql_type: "VARCHAR".to_owned() };
    (name.to_owned(), info)
}

fn ndjson(
    source: &Source,
    path: &Path,
    folder: &Path,
    repairs: &[Repair],
    monitor: &dyn Monitor,
) -> Result<Plan, IngestError> {
    let head = Head::read(path, &source.options)?;
    let not_empty = |survey: &Survey| match survey.good + survey.refused {
        0 => Err(IngestError::NoRows { file: name_of(path), line: 1 }),
        _ => Ok(()),
    };
    if head.encoding == UTF_8 && head.bom == 0 {
        let (survey, fields) = ndjson::read(path, &head, repairs, &mut Count, monitor)?;
        not_empty(&survey)?;
        if survey.refused + survey.repaired == 0 {
            let rows = json_rows(path, head.compression, survey.longest, &fields);
            return Ok(Plan {
                rows,
                survey,
                rejects: None,
                cleanup: Vec::new(),
                notes: Vec::new(),
            });
        }
    }
    let ((survey, fields), scratch) = into_scratch(source, path, folder, |scratch| {
        let read = ndjson::read(path, &head, repairs, scratch, monitor)?;
        not_empty(&read.0)?;
        Ok(read)
    })?;
    let rows = json_rows(&scratch.good_path, Compression::None, survey.longest, &fields);
    Ok(Plan::of(rows, survey, scratch))
}

fn json_rows(
    path: &Path,
    compression: Compression,
    longest: usize,
    fields: &[(String, Shape)],
) -> Rows {
    let infos = json::columns(fields);
    let columns: Vec<_> = fields.iter().map(|(name, _)| name.clone()).zip(infos).collect();
    let types: Vec<_> = columns.iter().map(|(n, c)| (n.clone(), c.sql_type.clone())).collect();
    Rows::Call { call: json_call(path, compression, longest, &types), columns }
}
