//! `kith convert` and `kith map-columns`.

use super::Bench;
use crate::sources;
use kith_api::ApiError;
use kith_model::mapping::Mapping;
use kith_model::source::Evidence;
use kith_sql::TableName;
use serde::Serialize;
use std::path::Path;

/// What converting found.
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
}

/// Reads any file of stage 1 by detection and writes it as CSV or Parquet.
pub fn convert(file: &Path, target: &Path) -> Result<ConvertReport, ApiError> {
    let bench = Bench::open()?;
    let seen = bench.load(file, "input")?;
    let [rows_in, loaded, rejected] = bench.counts(&seen)?;
    let table = TableName::new("src", "input");
    bench.save(&format!("SELECT * EXCLUDE (_row) FROM {table} ORDER BY _row"), target)?;
    Ok(ConvertReport {
        evidence: seen.evidence,
        columns: seen.columns.into_iter().map(|c| c.name).collect(),
        rows_in,
        loaded,
        rejected,
    })
}

/// Suggested mapping of each file.
pub fn map_columns(files: &[&Path]) -> Result<Vec<(String, Mapping)>, ApiError> {
    let bench = Bench::open()?;
    let mut all = Vec::with_capacity(files.len());
    for (at, file) in files.iter().enumerate() {
        let id = format!("input_{at}");
        let seen = bench.load(file, &id)?;
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
