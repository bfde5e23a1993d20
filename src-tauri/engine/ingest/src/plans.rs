//! What each kind of file gives to a load.

use crate::cells_sql::cells_call;
use crate::compress::Compression;
use crate::database::attach_sql::{attach, attached_rows_sql, copy_step, detach};
use crate::database::{postgres, sqlite};
use crate::delimited::Survey;
use crate::error::{IngestError, name_of};
use crate::head::Head;
use crate::inspect::{check_parquet_end, no_such, say};
use crate::json_rows::{Gather, read_document};
use crate::load::{At, delimited, into_scratch};
use crate::load_sql::{
    drop_loading, json_call, loading, parquet_select, parquet_step, raw_select, raw_steps,
    raw_table,
};
use crate::many_sql::{union_step, without_row};
use crate::reject::{Count, Scratch};
use crate::shape::Shape;
use crate::unfold::{Flat, lay_flat};
use crate::unfold_sql::flat_select;
use crate::{arrow, compress, folder, json_table, kinds, many, ndjson, workbook};
use encoding_rs::UTF_8;
use kith_model::SourceId;
use kith_model::source::{ColumnInfo, Evidence, FileFormat, Nested, ReadOptions, Source};
use kith_sql::{Pipeline, Step};
use std::path::PathBuf;

/// Where rows come from.
pub(crate) enum Rows {
    /// A Parquet file, read by DuckDB alone.
    Parquet(PathBuf),
    /// A table of a DuckDB file.
    Attached { path: PathBuf, schema: String, table: String },
    /// A table function's columns under their names.
    Call { columns: Vec<(String, ColumnInfo)>, call: String },
    /// A table function's columns, nested ones laid flat.
    Flat { flat: Flat, fields: Vec<String>, call: String },
    /// Several files, by name; the column that holds the names.
    Many { files: Vec<(String, Self)>, column: String },
}

impl Rows {
    /// Our own reader has counted them.
    pub(crate) fn counted(&self) -> bool {
        match self {
            Self::Parquet(_) | Self::Attached { .. } => false,
            Self::Call { .. } | Self::Flat { .. } => true,
            Self::Many { files, .. } => files.iter().all(|(_, rows)| rows.counted()),
        }
    }

    /// What is read before the raw table is touched.
    pub(crate) fn loading(&self, source: &SourceId) -> Pipeline {
        match self {
            Self::Call { columns, call } => loading(source, columns, call),
            _ => Pipeline::default(),
        }
    }

    /// Lets go of it when something failed.
    pub(crate) fn drop_loading(&self, source: &SourceId) -> Option<Pipeline> {
        matches!(self, Self::Call { .. }).then(|| drop_loading(source))
    }

    /// Makes the raw table.
    pub(crate) fn steps(&self, source: &SourceId) -> Pipeline {
        let one = |step: Step| Pipeline::default().then(step);
        match self {
            Self::Attached { path, schema, table } => one(copy_step(source, path, (schema, table))),
            Self::Many { files, column } => {
                let selects: Vec<_> =
                    files.iter().map(|(file, rows)| (file.clone(), rows.plain())).collect();
                one(union_step(source, &selects, column))
            }
            Self::Parquet(path) => one(parquet_step(source, path)),
            Self::Call { .. } => raw_steps(source),
            Self::Flat { flat, fields, call } => {
                one(Step::table(raw_table(source), Vec::new(), flat_select(flat, fields, call)))
            }
        }
    }

    /// The rows of one file among several, without numbers.
    fn plain(&self) -> String {
        match self {
            Self::Parquet(path) => without_row(&parquet_select(path)),
            Self::Call { columns, call } => without_row(&raw_select(columns, call)),
            Self::Flat { flat, fields, call } => without_row(&flat_select(flat, fields, call)),
            Self::Attached { path, schema, table } => attached_rows_sql(path, (schema, table)),
            // Folders are not looked into.
            Self::Many { files, .. } => {
                files.first().map_or(String::new(), |(_, rows)| rows.plain())
            }
        }
    }

    /// Names of the columns, as far as they are known here.
    fn names(&self) -> Vec<&str> {
        match self {
            Self::Call { columns, .. } => columns.iter().map(|(_, c)| c.name.as_str()).collect(),
            Self::Flat { flat, .. } => flat.leaves.iter().map(|l| l.info.name.as_str()).collect(),
            _ => Vec::new(),
        }
    }
}

/// A load, planned.
pub(crate) struct Plan {
    pub(crate) rows: Rows,
    pub(crate) survey: Survey,
    /// Scratch files of rejects; of several files, with the file's name.
    pub(crate) rejects: Vec<(Option<String>, PathBuf)>,
    pub(crate) cleanup: Vec<PathBuf>,
    pub(crate) notes: Vec<Evidence>,
    /// Before rows can be read.
    pub(crate) before: Pipeline,
    /// After they were, or could not be.
    pub(crate) release: Option<Pipeline>,
}

impl Plan {
    pub(crate) fn new(rows: Rows, survey: Survey) -> Self {
        Self {
            rows,
            survey,
            rejects: Vec::new(),
            cleanup: Vec::new(),
            notes: Vec::new(),
            before: Pipeline::default(),
            release: None,
        }
    }

    /// Rows that were written to scratch files.
    pub(crate) fn of(rows: Rows, survey: Survey, scratch: Scratch) -> Self {
        let cleanup = vec![scratch.good_path.clone(), scratch.refused_path.clone()];
        let rejects = match survey.refused {
            0 => Vec::new(),
            _ => vec![(None, scratch.refused_path)],
        };
        Self { rejects, cleanup, ..Self::new(rows, survey) }
    }

    /// Cells that were written to scratch files.
    pub(crate) fn of_cells(survey: Survey, columns: Vec<ColumnInfo>, scratch: Scratch) -> Self {
        let types: Vec<_> = columns.iter().map(|c| (c.name.clone(), c.sql_type.clone())).collect();
        let call = cells_call(&scratch.good_path, survey.longest, &types);
        let columns = columns.into_iter().map(|c| (c.name.clone(), c)).collect();
        Self::of(Rows::Call { columns, call }, survey, scratch)
    }
}

/// Reads the source wholly, as far as DuckDB does not.
pub(crate) fn plan(at: &At<'_>) -> Result<Plan, IngestError> {
    let server = at.source.format == FileFormat::Postgres;
    if !server && (folder::means_several(at.path) || !at.source.options.also.is_empty()) {
        return several(at);
    }
    match at.source.format {
        FileFormat::Parquet => parquet(at),
        FileFormat::Delimited => delimited(at),
        FileFormat::Ndjson => lines(at),
        FileFormat::Json => document(at),
        FileFormat::Workbook => sheet(at),
        FileFormat::Arrow => {
            let (read, scratch) = into_scratch(at, |scratch| {
                arrow::read(at.path, &at.source.options, scratch, at.monitor)
            })?;
            some(at, &read.survey)?;
            Ok(Plan { notes: read.notes, ..Plan::of_cells(read.survey, read.columns, scratch) })
        }
        FileFormat::Sqlite => {
            compress::open(at.path)?;
            let (read, scratch) = into_scratch(at, |scratch| {
                sqlite::read(at.path, &at.source.options, scratch, at.monitor)
            })?;
            Ok(Plan::of_cells(read.0, read.1, scratch))
        }
        FileFormat::Postgres => {
            let address = kinds::address(at.path).unwrap_or_default();
            let (read, scratch) = into_scratch(at, |scratch| {
                postgres::read(address, &at.source.options, scratch, at.monitor)
            })?;
            Ok(Plan::of_cells(read.0, read.1, scratch))
        }
        FileFormat::Duckdb => duckdb(at),
    }
}

fn parquet(at: &At<'_>) -> Result<Plan, IngestError> {
    compress::open(at.path)?;
    check_parquet_end(at.path)?;
    Ok(Plan::new(Rows::Parquet(at.path.to_owned()), Survey::default()))
}

/// A table of a DuckDB file; `schema.table` outside `main`.
fn duckdb(at: &At<'_>) -> Result<Plan, IngestError> {
    compress::open(at.path)?;
    let table = at
        .source
        .options
        .table
        .clone()
        .ok_or_else(|| IngestError::NoTables { file: name_of(at.path) })?;
    let (schema, table) = match table.split_once('.') {
        Some((schema, table)) => (schema.to_owned(), table.to_owned()),
        None => ("main".to_owned(), table),
    };
    let rows = Rows::Attached { path: at.path.to_owned(), schema, table };
    let (before, release) = (attach(at.path), Some(detach(at.path)));
    Ok(Plan { before, release, ..Plan::new(rows, Survey::default()) })
}

/// A sheet of a workbook.
fn sheet(at: &At<'_>) -> Result<Plan, IngestError> {
    compress::open(at.path)?;
    let kind = workbook::Kind::of(at.path)?;
    let kind = kind.ok_or_else(|| no_such(at.path, FileFormat::Workbook))?;
    let (read, scratch) = into_scratch(at, |scratch| {
        workbook::read(at.path, kind, &at.source.options, scratch, at.monitor)
    })?;
    Ok(Plan { notes: read.notes, ..Plan::of_cells(read.survey, read.columns, scratch) })
}

fn some(at: &At<'_>, survey: &Survey) -> Result<(), IngestError> {
    match survey.good + survey.refused {
        0 => Err(IngestError::NoRows { file: name_of(at.path), line: 1 }),
        _ => Ok(()),
    }
}

/// One JSON object a line.
fn lines(at: &At<'_>) -> Result<Plan, IngestError> {
    let At { source, path, repairs, monitor, .. } = *at;
    let head = Head::read(path, &source.options)?;
    let unfolded = source.options.unfold.as_deref();
    if head.encoding == UTF_8 && head.bom == 0 && head.compression.known_to_duckdb() {
        let mut count = Count;
        let gather = Gather::new(path, repairs, unfolded, &mut count);
        let (survey, fields) = ndjson::read(path, &head, gather, monitor)?;
        some(at, &survey)?;
        if survey.refused + survey.repaired == 0 {
            let rows = objects(at, path, head.compression, &survey, &fields)?;
            return Ok(Plan::new(rows, survey));
        }
    }
    let ((survey, fields), scratch) = into_scratch(at, |scratch| {
        let gather = Gather::new(path, repairs, unfolded, scratch);
        let read = ndjson::read(path, &head, gather, monitor)?;
        some(at, &read.0)?;
        Ok(read)
    })?;
    let rows = objects(at, &scratch.good_path, Compression::None, &survey, &fields)?;
    Ok(Plan::of(rows, survey, scratch))
}

/// One JSON document.
fn document(at: &At<'_>) -> Result<Plan, IngestError> {
    let At { source, path, repairs, monitor, .. } = *at;
    let head = Head::read(path, &source.options)?;
    let pointer = source.options.records.as_deref().unwrap_or_default();
    let (read, scratch) = into_scratch(at, |scratch| {
        let gather = Gather::new(path, repairs, source.options.unfold.as_deref(), scratch);
        let read = read_document(&head, pointer, gather, monitor)?;
        some(at, &read.survey)?;
        Ok(read)
    })?;
    let rows = objects(at, &scratch.good_path, Compression::None, &read.survey, &read.fields)?;
    let mut plan = Plan::of(rows, read.survey, scratch);
    if read.cut_off {
        let reason = "The document ends before its brackets are closed: export it again";
        plan.notes.push(say("end", "cut off", reason));
    }
    Ok(plan)
}

/// Objects on lines, nested fields as the options say.
fn objects(
    at: &At<'_>,
    path: &std::path::Path,
    compression: Compression,
    survey: &Survey,
    fields: &[(String, Shape)],
) -> Result<Rows, IngestError> {
    let columns = json_table::columns_of(fields);
    let types: Vec<_> = columns.iter().map(|(n, c)| (n.clone(), c.sql_type.clone())).collect();
    let call = json_call(path, compression, survey.longest, &types);
    let options = &at.source.options;
    if options.nested != Some(Nested::Columns) && options.unfold.is_none() {
        return Ok(Rows::Call { columns, call });
    }
    let flat = lay_flat(&name_of(at.path), &columns, options)?;
    let fields = columns.into_iter().map(|(name, _)| name).collect();
    Ok(Rows::Flat { flat, fields, call })
}

/// The files of a folder or pattern, one behind the other. A file of another kind than the
/// source's is an error: it would vanish.
fn several(at: &At<'_>) -> Result<Plan, IngestError> {
    let mut files = folder::files(at.path)?;
    files.extend(at.source.options.also.iter().map(|file| PathBuf::from(&file.0)));
    let options = ReadOptions { also: Vec::new(), ..at.source.options.clone() };
    let (mut all, mut union) =
        (Plan::new(Rows::Parquet(PathBuf::new()), Survey::default()), Vec::new());
    for (number, file) in files.iter().enumerate() {
        if at.monitor.cancelled() {
            return Err(IngestError::Cancelled);
        }
        let source = Source {
            id: SourceId(format!("{}_{number}", at.source.id)),
            options: crate::inspect_as(file, at.source.format, &options)?.options,
            ..at.source.clone()
        };
        let one = match plan(&At { source: &source, path: file, repairs: &[], ..*at }) {
            Ok(one) => one,
            Err(error) => {
                for scratch in &all.cleanup {
                    // The first error is the one to tell.
                    std::fs::remove_file(scratch).unwrap_or_default();
                }
                return Err(error);
            }
        };
        let name = name_of(file);
        all.survey.good += one.survey.good;
        all.survey.refused += one.survey.refused;
        all.rejects.extend(one.rejects.into_iter().map(|(_, path)| (Some(name.clone()), path)));
        all.cleanup.extend(one.cleanup);
        all.notes.extend(
            one.notes
                .into_iter()
                .map(|note| Evidence { reason: format!("{name}: {}", note.reason), ..note }),
        );
        all.before = all.before.append(one.before);
        all.release = match (all.release, one.release) {
            (Some(all), Some(one)) => Some(all.append(one)),
            (all, one) => all.or(one),
        };
        union.push((name, one.rows));
    }
    let column = many::file_column(union.iter().flat_map(|(_, rows)| rows.names()));
    all.rows = Rows::Many { files: union, column };
    Ok(all)
}
