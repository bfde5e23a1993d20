//! Predictions: the propensity to buy again within a horizon.

use super::segments::{choose, matrix};
use super::{Ctx, Outcome};
use crate::error::{not_ready_with, predict_error, settings_error, store_error};
use kith_api::ApiError;
use kith_features::Matrix;
use kith_model::features::FeaturesSummary;
use kith_model::predict::PredictSummary;
use kith_model::{Column, Frame, Stage};
use kith_sql::{TableName, text};

pub(super) fn run(ctx: &Ctx<'_>) -> Result<Outcome, ApiError> {
    let store = &ctx.session.store;
    let params = ctx.document.predict.clone().check().map_err(settings_error)?;
    let features = ctx.document.features.clone().check().map_err(settings_error)?;
    let as_of: FeaturesSummary = ctx.needed(Stage::Features)?;
    let cut = cut(ctx, &as_of.as_of, params.horizon_days)?;
    let plan = kith_features::training_plan(&features, &cut, params.horizon_days);
    store.run(&plan, &ctx.part(0.0, 0.5)).map_err(store_error)?;
    let catalogue = super::features::named_catalogue(ctx, &features)?;
    let chosen = choose(&catalogue, &params.features, |spec| spec.timed)?;
    let training = matrix(ctx, &chosen, "feat.training", "", ctx.monitor)?;
    let labels = labels(ctx)?;
    if !labels.contains(&true) || !labels.contains(&false) {
        return Err(not_ready_with(
            "Everybody or nobody bought within the horizon: there is nothing to learn",
            "Choose another horizon, or load a longer history",
        ));
    }
    let fitted = kith_predict::fit(&training, &labels, &chosen, &params, &cut, &ctx.part(0.6, 0.9))
        .map_err(|e| predict_error(&e))?;
    let today = matrix(ctx, &chosen, "feat.customer", "", ctx.monitor)?;
    let scores = score_frame(&today, &kith_predict::score(&fitted.model, &today));
    store.write(&TableName::new("pred", "score"), &scores, ctx.monitor).map_err(store_error)?;
    outcome(&fitted.summary)?.model(&fitted.model)
}

/// The day `horizon` days before the as-of day.
fn cut(ctx: &Ctx<'_>, as_of: &str, horizon: u32) -> Result<String, ApiError> {
    let sql = format!("SELECT strftime({}::DATE - {horizon}, '%Y-%m-%d')", text(as_of));
    let frame = ctx.session.store.frame(&sql, ctx.monitor).map_err(store_error)?;
    let day = frame.columns.first().and_then(|(_, c)| c.text()?.first());
    day.map(str::to_owned)
        .ok_or_else(|| not_ready_with("The as-of day is not a day", "Write it as YYYY-MM-DD"))
}

fn labels(ctx: &Ctx<'_>) -> Result<Vec<bool>, ApiError> {
    let sql = "SELECT label FROM feat.training ORDER BY profile_id";
    let frame = ctx.session.store.frame(sql, ctx.monitor).map_err(store_error)?;
    let labels = frame.column("label").and_then(Column::truth).unwrap_or_default();
    Ok(labels.iter().map(|l| l.unwrap_or(false)).collect())
}

fn score_frame(matrix: &Matrix, scores: &[f64]) -> Frame {
    let people = matrix.profile.iter().map(|p| i64::try_from(*p).ok()).collect();
    Frame::default()
        .with("profile_id", Column::Int(people))
        .with("propensity", Column::Real(scores.iter().map(|s| Some(*s)).collect()))
}

fn outcome(summary: &PredictSummary) -> Result<Outcome, ApiError> {
    let verdict = format!(
        "Propensity to buy within {} days: AUC {:.3} on {} people kept aside ({:.0} % bought)",
        summary.horizon_days,
        summary.auc,
        super::grouped(summary.test),
        summary.positive_share * 100.0
    );
    Ok(Outcome::new(summary, format!("AUC {:.2}", summary.auc), verdict)?
        .attention(!summary.notes.is_empty()))
}
