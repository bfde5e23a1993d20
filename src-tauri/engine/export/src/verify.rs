//! Reading a bundle back: hashes, rows, and the models recomputed from their own bytes.

use crate::ExportError;
use crate::bundle::{JDM, RULES, fingerprint, read_json};
use crate::manifest::Manifest;
use crate::onnx::{Session, Tensor};
use kith_model::export::Verification;
use kith_model::rules::Rule;
use kith_model::{Column, Frame};
use std::collections::HashMap;
use std::path::Path;

/// A distance (in scaled units) or a probability may differ by this much from the engine's: the
/// files compute in 32-bit floats, the engine in 64.
const TOLERANCE: f64 = 1e-3;

/// People scored at once.
const BATCH: usize = 4096;

fn verification(check: &str, rows: u64, differing: u64, largest_difference: f64) -> Verification {
    Verification {
        check: check.to_owned(),
        rows,
        differing,
        largest_difference,
        holds: differing == 0,
    }
}

/// Every file against its size and hash in the manifest. A file that is gone differs.
pub fn verify_files(dir: &Path, manifest: &Manifest) -> Verification {
    let differs = |file: &&kith_model::export::BundleFile| match fingerprint(dir, &file.path) {
        Ok((bytes, sha256)) => bytes != file.bytes || sha256 != file.sha256,
        Err(_) => true,
    };
    let differing = manifest.files.iter().filter(differs).count() as u64;
    verification("files against their hashes", manifest.files.len() as u64, differing, 0.0)
}

/// A table read back against the table it was made from, both in the same order. A row differs
/// when any value does; a missing column or row counts for all its rows.
pub fn verify_table(check: &str, expected: &Frame, found: &Frame) -> Verification {
    let rows = expected.rows().max(found.rows());
    let same_shape = expected.rows() == found.rows()
        && expected.columns.len() == found.columns.len()
        && expected.columns.iter().all(|(name, _)| found.column(name).is_some());
    if !same_shape {
        return verification(check, rows as u64, rows.max(1) as u64, f64::INFINITY);
    }
    let mut differs = vec![false; rows];
    let mut largest = 0.0_f64;
    for (name, column) in &expected.columns {
        let Some(other) = found.column(name) else { continue };
        for (row, differs) in differs.iter_mut().enumerate() {
            let apart = apart(column, other, row);
            *differs |= apart > 0.0;
            if apart.is_finite() {
                largest = largest.max(apart);
            }
        }
    }
    let differing = differs.iter().filter(|d| **d).count() as u64;
    verification(check, rows as u64, differing, largest)
}

/// How far two values lie apart: 0 when equal, infinite when not comparable.
fn apart(a: &Column, b: &Column, row: usize) -> f64 {
    let unequal = |equal: bool| if equal { 0.0 } else { f64::INFINITY };
    match (a, b) {
        (Column::Text(a), Column::Text(b)) => unequal(a.get(row) == b.get(row)),
        (Column::Bool(a), Column::Bool(b)) => unequal(a[row] == b[row]),
        (Column::Int(a), Column::Int(b)) if a[row] == b[row] => 0.0,
        (Column::Real(a), Column::Real(b)) => real_apart(a[row], b[row]),
        _ => match (number(a, row), number(b, row)) {
            (Some(x), Some(y)) => real_apart(x, y),
            _ => f64::INFINITY,
        },
    }
}

fn real_apart(a: Option<f64>, b: Option<f64>) -> f64 {
    match (a, b) {
        (None, None) => 0.0,
        (Some(x), Some(y)) if x == y || (x.is_nan() && y.is_nan()) => 0.0,
        (Some(x), Some(y)) if (x - y).is_finite() => (x - y).abs(),
        _ => f64::INFINITY,
    }
}

fn number(column: &Column, row: usize) -> Option<Option<f64>> {
    match column {
        Column::Int(v) => Some(v[row].map(|x| x as f64)),
        Column::Real(v) => Some(v[row]),
        Column::Bool(v) => Some(v[row].map(|b| f64::from(u8::from(b)))),
        Column::Text(_) => None,
    }
}

fn missing(table: &str, column: &str) -> ExportError {
    ExportError::Column { table: table.to_owned(), column: column.to_owned() }
}

/// People in the order of `frame` with their row, by id.
fn people(frame: &Frame, table: &str) -> Result<HashMap<i64, usize>, ExportError> {
    let ids = frame.column("profile_id").and_then(Column::int);
    let ids = ids.ok_or_else(|| missing(table, "profile_id"))?;
    Ok(ids.iter().enumerate().filter_map(|(row, id)| Some(((*id)?, row))).collect())
}

/// Rows of raw features as a tensor, NULL and what is not finite as NaN.
fn features(names: &[String], frame: &Frame, rows: &[usize]) -> Result<Tensor, ExportError> {
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let column = frame.column(name).filter(|c| c.text().is_none());
        columns.push(column.ok_or_else(|| missing("features", name))?);
    }
    let mut values = Vec::with_capacity(rows.len() * names.len());
    for &row in rows {
        for column in &columns {
            let value = number(column, row).flatten().filter(|v| v.is_finite());
            values.push(value.map_or(f32::NAN, |v| v as f32));
        }
    }
    Ok(Tensor::floats(&[rows.len(), names.len()], values))
}

/// Runs a model for everybody of `expected` and hands the named values of each batch with its
/// rows to `compare`. Gives the number of people without features.
fn recompute(
    (model, values): (&Session, &[&str]),
    frame: &Frame,
    expected: &HashMap<i64, usize>,
    mut compare: impl FnMut(&HashMap<String, Tensor>, &[usize]) -> Option<()>,
) -> Result<u64, ExportError> {
    let known = people(frame, "features")?;
    let mut pairs: Vec<(i64, usize)> = expected.iter().map(|(id, row)| (*id, *row)).collect();
    pairs.sort_unstable();
    let names = model.features();
    let mut absent = 0;
    for batch in pairs.chunks(BATCH) {
        let (mut rows, mut wanted) = (Vec::new(), Vec::new());
        for (id, row) in batch {
            match known.get(id) {
                Some(at) => {
                    rows.push(*at);
                    wanted.push(*row);
                }
                None => absent += 1,
            }
        }
        let damaged = |what: &dyn std::fmt::Display| ExportError::damaged("models", what);
        let outputs = model
            .values(features(&names, frame, &rows)?, values.iter().copied())
            .map_err(|e| damaged(&e))?;
        compare(&outputs, &wanted).ok_or_else(|| damaged(&"an output is missing"))?;
    }
    Ok(absent)
}

/// Everybody of `assignment` (`profile_id, segment, distance`) assigned again by the model's
/// bytes from `features` (raw, `profile_id` and features by name). Another segment differs
/// unless both are equally near, by float precision; so does another distance.
pub fn verify_segments(
    model: &Session,
    features: &Frame,
    assignment: &Frame,
) -> Result<Verification, ExportError> {
    let expected = people(assignment, "segments")?;
    let segments = assignment.column("segment").and_then(Column::int);
    let segments = segments.ok_or_else(|| missing("segments", "segment"))?;
    let distances = assignment.column("distance").and_then(Column::real);
    let distances = distances.ok_or_else(|| missing("segments", "distance"))?;
    let (mut differing, mut largest) = (0, 0.0_f64);
    let values = ["segment", "distance", "closeness"];
    let absent = recompute((model, &values), features, &expected, |outputs, rows| {
        let found = outputs.get("segment")?.as_ints()?;
        let away = outputs.get("distance")?.as_floats()?;
        let closeness = outputs.get("closeness")?.as_floats()?;
        let k = closeness.len() / rows.len().max(1);
        for (i, &row) in rows.iter().enumerate() {
            let distance = f64::from(away[i]);
            let apart = real_apart(Some(distance), distances[row]);
            largest = largest.max(apart);
            // How much farther the stored centre is, squared: 0 when it is the nearest.
            let at = |segment: i64| {
                let segment = usize::try_from(segment).ok().filter(|s| *s < k)?;
                Some(f64::from(closeness[i * k + segment]))
            };
            let farther = segments[row].and_then(at).zip(at(found[i])).map(|(s, f)| s - f);
            let scale = 1.0 + distance * distance;
            let same = farther.is_some_and(|f| f <= TOLERANCE / 10.0 * scale);
            differing += u64::from(!(same && apart <= TOLERANCE * scale));
        }
        Some(())
    })?;
    Ok(verification(
        "segments.onnx against the segments",
        expected.len() as u64,
        differing + absent,
        largest,
    ))
}

/// Everybody of `scores` (`profile_id, propensity`) scored again by the model's bytes from
/// `features`.
pub fn verify_scores(
    model: &Session,
    features: &Frame,
    scores: &Frame,
) -> Result<Verification, ExportError> {
    let expected = people(scores, "scores")?;
    let propensity = scores.column("propensity").and_then(Column::real);
    let propensity = propensity.ok_or_else(|| missing("scores", "propensity"))?;
    let (mut differing, mut largest) = (0, 0.0_f64);
    let absent = recompute((model, &["propensity"]), features, &expected, |outputs, rows| {
        for (&row, found) in rows.iter().zip(outputs.get("propensity")?.as_floats()?) {
            let apart = real_apart(Some(f64::from(*found)), propensity[row]);
            largest = largest.max(apart);
            differing += u64::from(apart > TOLERANCE);
        }
        Some(())
    })?;
    Ok(verification(
        "propensity.onnx against the scores",
        expected.len() as u64,
        differing + absent,
        largest,
    ))
}

/// The rule book read back against the project's, and the decision graph against the book.
pub fn verify_rules(dir: &Path, rules: &[Rule]) -> Result<Verification, ExportError> {
    let found: Vec<Rule> = read_json(dir, RULES)?;
    let graph: serde_json::Value = read_json(dir, JDM)?;
    let pairs = rules.iter().zip(&found).filter(|(a, b)| a != b).count();
    let mut differing = (pairs + rules.len().abs_diff(found.len())) as u64;
    differing += u64::from(graph != kith_rules::to_jdm(&found));
    Ok(verification("rules against the rule book", rules.len() as u64, differing, 0.0))
}
