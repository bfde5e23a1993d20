//! Plans the load of one source.

use crate::delimited::{self, Survey, Table};
use crate::error::{IngestError, name_of};
use crate::head::Head;
use crate::load_sql::{CsvCall, check_count, empty_rejects, insert_rejects};
use crate::many_sql::insert_rejects_of;
use crate::parts;
use crate::plans::{self, Plan, Rows};
use crate::reading::Reading;
use crate::reject::{Count, Scratch};
use crate::typed::Typed;
use encoding_rs::UTF_8;
use kith_model::repair::Repair;
use kith_model::source::{ColumnInfo, Evidence, Source};
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
    /// To be run when the load has ended, well or not: lets go of what the pipeline holds on to.
    pub release: Option<Pipeline>,
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
    let at = At { source, path, folder: scratch, repairs, monitor };
    let plan = plans::plan(&at)?;
    let mut pipeline = Pipeline::new(format!("load {}", source.title))
        .append(plan.before)
        .append(plan.rows.loading(&source.id))
        .append(empty_rejects(&source.id))
        .append(plan.rows.steps(&source.id));
    for (file, rejects) in &plan.rejects {
        pipeline = pipeline.then(match file {
            None => insert_rejects(&source.id, rejects),
            Some(file) => insert_rejects_of(&source.id, file, rejects),
        });
    }
    let counted = plan.rows.counted();
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
        release: match (plan.release, plan.rows.drop_loading(&source.id)) {
            (Some(own), Some(loading)) => Some(own.append(loading)),
            (own, loading) => own.or(loading),
        },
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

/// What is loaded, from where, and with whom.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) source: &'a Source,
    pub(crate) path: &'a Path,
    /// For scratch files.
    pub(crate) folder: &'a Path,
    pub(crate) repairs: &'a [Repair],
    pub(crate) monitor: &'a dyn Monitor,
}

/// Runs `read` into scratch files, which are gone again when it fails.
pub(crate) fn into_scratch<T>(
    at: &At<'_>,
    read: impl FnOnce(&mut Scratch) -> Result<T, IngestError>,
) -> Result<(T, Scratch), IngestError> {
    let failed = |error: std::io::Error| IngestError::writing(at.path, &error);
    let mut scratch = Scratch::new(at.folder, &at.source.id.0).map_err(failed)?;
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

/// The table of a delimited file. Where rows were refused, tables behind it are looked for: their
/// lines are no rows of this one, and that they are there is said.
pub(crate) fn delimited(at: &At<'_>) -> Result<Plan, IngestError> {
    let head = Head::read(at.path, &at.source.options)?;
    let mut reading = Reading::decide(at.path, &head, &at.source.options)?;
    let plan = table(at, &head, &reading)?;
    let clean = plan.survey.refused == 0 && !plan.survey.odd;
    if clean || !reading.end_behind(at.path, &head, at.monitor)? {
        return Ok(plan);
    }
    // Scratch files of the first reading are written over.
    let mut plan = table(at, &head, &reading)?;
    plan.notes.extend(reading.tables_evidence(&at.source.options));
    Ok(plan)
}

fn table(at: &At<'_>, head: &Head, reading: &Reading) -> Result<Plan, IngestError> {
    let At { source, path, repairs, monitor, .. } = *at;
    let Reading { sniffed, layout, .. } = reading;
    let typed = Typed::of(path, &layout.names, &source.options)?;
    let table = Table { dialect: &sniffed.dialect, layout, repairs, typed: typed.as_ref() };
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
    let plain = head.compression.known_to_duckdb() && sniffed.dialect.is_plain();
    if head.encoding == UTF_8 && plain && typed.is_none() {
        let survey = match parts::survey(path, head, table, monitor)? {
            Some(survey) => survey,
            None => delimited::read(path, head, table, &mut Count, monitor)?,
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
            return Ok(Plan::new(rows, survey));
        }
    }
    let (survey, scratch) = into_scratch(at, |scratch| {
        let survey = delimited::read(path, head, table, scratch, monitor)?;
        not_empty(&survey)?;
        Ok(survey)
    })?;
    if let Some(typed) = &typed {
        return Ok(Plan::of_cells(survey, typed.columns().to_vec(), scratch));
    }
    let call = CsvCall { longest: 2 * survey.longest, ..CsvCall::scratch(&scratch.good_path) };
    let rows = Rows::Call { call: call.render(&types), columns };
    Ok(Plan::of(rows, survey, scratch))
}

fn text_column(name: &str) -> (String, ColumnInfo) {
    let info = ColumnInfo { name: name.to_owned(), sql_type: "VARCHAR".to_owned() };
    (name.to_owned(), info)
}
