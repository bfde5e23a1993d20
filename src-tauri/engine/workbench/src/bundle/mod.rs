//! Bundles read back: to verify what was written, to check one from elsewhere, to serve it.

mod index;

pub use index::{Index, Person};

use crate::error::{export_error, store_error};
use index::Parts;
use kith_api::ApiError;
use kith_export::{BundleModels, Models, ParquetPart};
use kith_model::export::Verification;
use kith_model::{Column, Frame, Monitor, Quiet};
use kith_sql::text;
use kith_store::{Store, StoreOptions};
use std::path::Path;

/// Tables a bundle holds, by their file.
const FEATURES: &str = "features.parquet";
const PROFILES: &str = "profiles.parquet";
const RECOMMENDATIONS: &str = "recommendations.parquet";
const SCORES: &str = "scores.parquet";
const SEGMENTS: &str = "segments.parquet";

fn table(store: &Store, dir: &Path, file: &str, monitor: &dyn Monitor) -> Result<Frame, ApiError> {
    let path = dir.join(file);
    let sql = format!("SELECT * FROM read_parquet({})", text(&path.to_string_lossy()));
    store.frame(&sql, monitor).map_err(|e| store_error(e).at(file.to_owned()))
}

/// Reads a fresh bundle back and compares it with the project: each table row by row, each model
/// by scoring everybody through its bytes, the rules, and every hash.
pub(crate) fn verify(
    dir: &Path,
    store: &Store,
    parts: &[ParquetPart],
    models: &Models,
    monitor: &dyn Monitor,
) -> Result<Vec<Verification>, ApiError> {
    let mut checks = own_checks(dir, store, monitor)?;
    for (at, part) in parts.iter().enumerate() {
        monitor.progress(at as f32 / parts.len() as f32, &format!("reading back {}", part.path));
        let expected = store.frame(&part.select, monitor).map_err(store_error)?;
        let found = table(store, dir, &part.path, monitor)?;
        let check = format!("{} against the project", part.path);
        checks.push(kith_export::verify_table(&check, &expected, &found));
    }
    checks.push(kith_export::verify_rules(dir, &models.rules).map_err(|e| export_error(&e))?);
    Ok(checks)
}

/// What a bundle says of itself: its hashes, and its models against its own tables.
fn own_checks(
    dir: &Path,
    store: &Store,
    monitor: &dyn Monitor,
) -> Result<Vec<Verification>, ApiError> {
    let manifest = kith_export::read_manifest(dir).map_err(|e| export_error(&e))?;
    let files = kith_export::verify_files(dir, &manifest);
    if !files.holds {
        // Whatever else a damaged bundle says is not worth reading.
        return Ok(vec![files]);
    }
    let BundleModels { scorer, .. } =
        kith_export::read_models(dir).map_err(|e| export_error(&e))?;
    let features = table(store, dir, FEATURES, monitor)?;
    let segments = table(store, dir, SEGMENTS, monitor)?;
    let scores = table(store, dir, SCORES, monitor)?;
    let by_segment = kith_export::verify_segments(scorer.segments(), &features, &segments);
    let by_score = kith_export::verify_scores(scorer.propensity(), &features, &scores);
    Ok(vec![
        files,
        by_segment.map_err(|e| export_error(&e))?,
        by_score.map_err(|e| export_error(&e))?,
    ])
}

fn scratch() -> Result<Store, ApiError> {
    Store::in_memory(&StoreOptions::default()).map_err(store_error)
}

/// Checks a bundle without the project it came from.
pub fn check(dir: &Path) -> Result<Vec<Verification>, ApiError> {
    own_checks(dir, &scratch()?, &Quiet)
}

/// Loads a bundle for serving; a damaged one is refused.
pub fn load(dir: &Path) -> Result<Index, ApiError> {
    let manifest = kith_export::read_manifest(dir).map_err(|e| export_error(&e))?;
    let hashes = kith_export::verify_files(dir, &manifest);
    if !hashes.holds {
        return Err(crate::error::damaged_bundle(hashes.differing));
    }
    let models = kith_export::read_models(dir).map_err(|e| export_error(&e))?;
    let store = scratch()?;
    let read = |file: &str| table(&store, dir, file, &Quiet);
    Ok(Index::new(Parts {
        version: manifest.fingerprint,
        profiles: read(PROFILES)?,
        features: read(FEATURES)?,
        segments: read(SEGMENTS)?,
        scores: read(SCORES)?,
        recommendations: read(RECOMMENDATIONS)?,
        models,
    }))
}

/// Person and row, for every row of a table that names one.
fn ids(frame: &Frame) -> impl Iterator<Item = (u64, usize)> + '_ {
    let ids = frame.column("profile_id").and_then(Column::int).unwrap_or_default();
    ids.iter().enumerate().filter_map(|(row, id)| Some((id.as_ref()?.unsigned_abs(), row)))
}
