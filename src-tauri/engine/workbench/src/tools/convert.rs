//! `kith convert` and `kith map-columns`.

use super::Bench;
use crate::sources;
use kith_api::ApiError;
use kith_model::SourceId;
use kith_model::mapping::Mapping;
use kith_model::source::{Evidence, Inspection, ReadOptions};
use kith_sql::TableName;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What converting found. Counts are totals over `tables`; `evidence` and `columns` are those of
/// the first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConvertReport {
    /// Each decision with its reason.
    pub evidence: Vec<Evidence>,
    /// Column names.
    pub columns: Vec<String>,
    /// Records found.
    pub rows_in: u64,
    /// Records written.
    pub loaded: u64,
    /// Records refused.
    pub rejected: u64,
    /// Each table of the file, in its order.
    pub tables: Vec<ConvertedTable>,
}

/// One table, converted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConvertedTable {
    /// The file's name, and what it calls the table.
    pub title: String,
    /// The file written.
    pub out: PathBuf,
    /// Each decision with its reason.
    pub evidence: Vec<Evidence>,
    /// Column names.
    pub columns: Vec<String>,
    /// Records found.
    pub rows_in: u64,
    /// Records written.
    pub loaded: u64,
    /// Records refused.
    pub rejected: u64,
}

/// Reads any file of stage 1 by detection and writes it as CSV or Parquet. Of a file with several
/// tables the first goes to `target`, the others beside it, under their names. Options that are
/// given count; those that pick a table leave the others out.
pub fn convert(
    file: &Path,
    target: &Path,
    options: &ReadOptions,
) -> Result<ConvertReport, ApiError> {
    let bench = Bench::open()?;
    let file = super::file_ref(file);
    let seen = if options == &ReadOptions::default() {
        sources::inspect_all(&file)?
    } else {
        let mut source = sources::inspect(&file)?.source;
        source.options = options.clone();
        vec![sources::inspect_as(&source)?]
    };
    let mut tables = Vec::new();
    for (at, seen) in seen.into_iter().enumerate() {
        let out =
            if at == 0 { target.to_owned() } else { beside(target, &seen.source.id, &tables) };
        tables.push(table(&bench, seen, at, out)?);
    }
    let sum = |count: fn(&ConvertedTable) -> u64| tables.iter().map(count).sum();
    Ok(ConvertReport {
        evidence: tables.first().map_or_else(Vec::new, |t| t.evidence.clone()),
        columns: tables.first().map_or_else(Vec::new, |t| t.columns.clone()),
        rows_in: sum(|t| t.rows_in),
        loaded: sum(|t| t.loaded),
        rejected: sum(|t| t.rejected),
        tables,
    })
}

fn table(
    bench: &Bench,
    seen: Inspection,
    at: usize,
    out: PathBuf,
) -> Result<ConvertedTable, ApiError> {
    let (mut source, name) = (seen.source, format!("input_{at}"));
    source.id = SourceId(name.clone());
    let notes = bench.load_source(&source)?;
    let [rows_in, loaded, rejected] = bench.counts(&source)?;
    let raw = TableName::new("src", name);
    let all = format!("SELECT * EXCLUDE (_row) FROM {raw} ORDER BY _row");
    let columns = bench.store.columns(&all).map_err(crate::error::store_error)?;
    bench.save(&all, &out)?;
    Ok(ConvertedTable {
        title: source.title,
        out,
        evidence: [seen.evidence, notes].concat(),
        columns: columns.into_iter().map(|c| c.name).collect(),
        rows_in,
        loaded,
        rejected,
    })
}

/// `OUT-name.csv` for `OUT.csv`, numbered when the name is taken.
fn beside(target: &Path, id: &SourceId, written: &[ConvertedTable]) -> PathBuf {
    let stem = target.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ending = target.extension().map_or(String::new(), |e| format!(".{}", e.to_string_lossy()));
    let mut name = target.with_file_name(format!("{stem}-{id}{ending}"));
    let mut number = 2;
    while written.iter().any(|table| table.out == name) {
        name = target.with_file_name(format!("{stem}-{id}-{number}{ending}"));
        number += 1;
    }
    name
}

/// Suggested mapping of each table of each file.
pub fn map_columns(files: &[&Path]) -> Result<Vec<(String, Mapping)>, ApiError> {
    let bench = Bench::open()?;
    let mut all = Vec::with_capacity(files.len());
    let mut seen = Vec::new();
    for file in files {
        seen.extend(sources::inspect_all(&super::file_ref(file))?);
    }
    for (at, mut seen) in seen.into_iter().enumerate() {
        let id = format!("input_{at}");
        seen.source.id = SourceId(id.clone());
        bench.load_source(&seen.source)?;
        let table = TableName::new("src", id);
        let columns = bench
            .store
            .columns(&format!("SELECT * FROM {table}"))
            .map_err(crate::error::store_error)?;
        let profiles = sources::profile(&bench.store, &seen.source, &columns, &kith_model::Quiet)?;
        let mapping = match seen.source.preset.as_deref().and_then(kith_mapping::preset) {
            Some(preset) => preset.mapping_for(&columns),
            None => {
                let rows = sources::sample(&bench.store, &table, &profiles)?;
                kith_mapping::suggest(&profiles, &rows)
            }
        };
        all.push((seen.source.title, mapping));
    }
    Ok(all)
}
