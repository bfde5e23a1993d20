//! `kith cluster`, `kith train`, `kith suggest`: the numeric stages over plain files.

use super::Bench;
use crate::error::{feature_error, predict_error, recommend_error, segment_error, settings_error};
use crate::project::write_atomically;
use kith_api::{ApiError, ErrorCode};
use kith_features::{FeatureSpec, Matrix};
use kith_model::predict::{PredictParams, PredictSummary};
use kith_model::recommend::{RecommendParams, RecommendSummary};
use kith_model::segments::{SegmentParams, SegmentsSummary};
use kith_model::source::Inspection;
use kith_model::{Column, Quiet};
use kith_recommend::Interactions;
use kith_sql::Ident;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// `kith cluster`.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// File of rows.
    pub file: PathBuf,
    /// Feature columns and all other settings.
    pub params: SegmentParams,
    /// Labels to write: `row`, `cluster`, `distance`.
    pub out: PathBuf,
}

/// Groups the rows of a file; labels are numbered by size, largest 0.
pub fn cluster(options: &ClusterOptions) -> Result<SegmentsSummary, ApiError> {
    let bench = Bench::open()?;
    let seen = bench.load(&options.file, "input")?;
    let params = options.params.clone().check().map_err(settings_error)?;
    let matrix = matrix(&bench, &seen, &params.features)?;
    let specs: Vec<_> = params.features.iter().map(|name| spec(name)).collect();
    let fitted =
        kith_segments::fit(&matrix, &specs, &params, &Quiet).map_err(|e| segment_error(&e))?;
    bench.write("seg", "assignment", &fitted.assignment)?;
    let rows = "SELECT profile_id AS row, segment AS cluster, distance FROM seg.assignment \
                ORDER BY profile_id";
    bench.save(rows, &options.out)?;
    Ok(fitted.summary)
}

/// A column of a plain file as a feature: taken as it is.
fn spec(name: &str) -> FeatureSpec {
    FeatureSpec {
        name: name.to_owned(),
        label: name.to_owned(),
        description: String::new(),
        unit: String::new(),
        family: String::new(),
        sql: Ident::new(name).to_string(),
        skewed: false,
        default_for_segments: true,
        timed: true,
    }
}

/// Rows times columns; the row number stands where a person would.
fn matrix(bench: &Bench, seen: &Inspection, names: &[String]) -> Result<Matrix, ApiError> {
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        bench.require(seen, name)?;
        let ident = Ident::new(name);
        columns.push(format!("TRY_CAST({ident} AS DOUBLE) AS {ident}"));
    }
    let sql =
        format!("SELECT _row AS profile_id, {} FROM src.input ORDER BY _row", columns.join(", "));
    Matrix::from_frame(&bench.frame(&sql)?, names).map_err(|e| feature_error(&e))
}

/// `kith train`.
#[derive(Debug, Clone)]
pub struct TrainOptions {
    /// File of rows.
    pub file: PathBuf,
    /// Label column.
    pub label: String,
    /// Feature columns and all other settings; no feature named: every numeric column.
    pub params: PredictParams,
    /// ONNX file to write.
    pub out: PathBuf,
}

/// Trains a logistic regression and writes it as ONNX.
pub fn train(options: &TrainOptions) -> Result<PredictSummary, ApiError> {
    let bench = Bench::open()?;
    let seen = bench.load(&options.file, "input")?;
    bench.require(&seen, &options.label)?;
    let mut params = options.params.clone();
    if params.features.is_empty() {
        params.features = numeric_columns(&bench, &seen, &options.label)?;
    }
    let names = params.features.clone();
    let params = params.check().map_err(settings_error)?;
    let matrix = matrix(&bench, &seen, &names)?;
    let labels = labels(&bench, &seen, &options.label)?;
    let specs: Vec<_> = names.iter().map(|name| spec(name)).collect();
    let fitted = kith_predict::fit(&matrix, &labels, &specs, &params, "", &Quiet)
        .map_err(|e| predict_error(&e))?;
    let bytes = kith_export::onnx::logistic(&fitted.model);
    write_atomically(&options.out, &bytes)?;
    Ok(fitted.summary)
}

fn numeric_columns(bench: &Bench, seen: &Inspection, label: &str) -> Result<Vec<String>, ApiError> {
    let mut names = Vec::new();
    for column in seen.columns.iter().filter(|c| c.name != label) {
        let ident = Ident::new(&column.name);
        let sql = format!(
            "SELECT count({ident}) > 0 AND count({ident}) = count(TRY_CAST({ident} AS DOUBLE)) AS ok \
             FROM src.input"
        );
        let frame = bench.frame(&sql)?;
        if frame.column("ok").and_then(Column::truth).is_some_and(|v| v[0] == Some(true)) {
            names.push(column.name.clone());
        }
    }
    if names.is_empty() {
        return Err(ApiError::new(ErrorCode::BadInput, "No column but the label is numeric")
            .at(seen.source.title.clone())
            .hint("Name the feature columns with --features"));
    }
    Ok(names)
}

fn labels(bench: &Bench, seen: &Inspection, label: &str) -> Result<Vec<bool>, ApiError> {
    let ident = Ident::new(label);
    let sql = format!(
        "SELECT CASE WHEN lower(trim(CAST({ident} AS VARCHAR))) IN ('1', '1.0', 'true', 'yes', 'y', 't') \
         THEN true WHEN lower(trim(CAST({ident} AS VARCHAR))) IN ('0', '0.0', 'false', 'no', 'n', 'f') \
         THEN false END AS label FROM src.input ORDER BY _row"
    );
    let frame = bench.frame(&sql)?;
    let values = frame.column("label").and_then(Column::truth).unwrap_or_default();
    if let Some(row) = values.iter().position(Option::is_none) {
        return Err(ApiError::new(
            ErrorCode::BadInput,
            format!("The label {label} is neither yes nor no"),
        )
        .at(format!("{}, row {}", seen.source.title, row + 1))
        .hint("Write labels as 0 and 1, true and false, or yes and no"));
    }
    Ok(values.iter().map(|v| v.unwrap_or(false)).collect())
}

/// `kith suggest`.
#[derive(Debug, Clone)]
pub struct SuggestOptions {
    /// File of interactions.
    pub file: PathBuf,
    /// Column of the user.
    pub user: String,
    /// Column of the item.
    pub item: String,
    /// Column of the time.
    pub time: String,
    /// Settings.
    pub params: RecommendParams,
    /// Lists to write: `user`, `rank`, `item`, `score`.
    pub out: PathBuf,
}

/// Measures the recommenders on a temporal split, refits on everything, writes everybody's list.
pub fn suggest(options: &SuggestOptions) -> Result<RecommendSummary, ApiError> {
    let bench = Bench::open()?;
    let seen = bench.load(&options.file, "input")?;
    for column in [&options.user, &options.item, &options.time] {
        bench.require(&seen, column)?;
    }
    let (user, item, time) =
        (Ident::new(&options.user), Ident::new(&options.item), Ident::new(&options.time));
    let users = format!(
        "SELECT CAST({user} AS VARCHAR) AS name, row_number() OVER (ORDER BY CAST({user} AS VARCHAR)) \
         AS profile_id FROM src.input WHERE {user} IS NOT NULL GROUP BY 1"
    );
    let moment = format!(
        "coalesce(TRY_CAST({time} AS TIMESTAMP), \
         to_timestamp(TRY_CAST({time} AS DOUBLE))::TIMESTAMP)"
    );
    let sql = format!(
        "SELECT u.profile_id, CAST({item} AS VARCHAR) AS product_id, epoch_us({moment}) AS \"at\", \
         'purchase' AS kind FROM src.input i JOIN ({users}) u ON u.name = CAST(i.{user} AS VARCHAR) \
         WHERE {item} IS NOT NULL AND {moment} IS NOT NULL ORDER BY \"at\", u.profile_id, product_id"
    );
    let input = Interactions { frame: bench.frame(&sql)?, segments: BTreeMap::new() };
    let params = options.params.clone().check().map_err(settings_error)?;
    let fitted = kith_recommend::fit(&input, &params, &Quiet).map_err(|e| recommend_error(&e))?;
    bench.write("rec", "top", &fitted.top)?;
    let lists = format!(
        "SELECT u.name AS {user}, t.rank, t.product_id AS {item}, t.score FROM rec.top t \
         JOIN ({users}) u USING (profile_id) ORDER BY t.profile_id, t.rank"
    );
    bench.save(&lists, &options.out)?;
    Ok(fitted.summary)
}
