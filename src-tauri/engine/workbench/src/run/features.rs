//! Features: one row of numbers a person, as of a day.

use super::{Ctx, Outcome, counted};
use crate::error::{not_ready_with, settings_error, store_error};
use kith_api::ApiError;
use kith_features::FeatureSpec;
use kith_model::features::{FeatureParams, FeaturesSummary};
use kith_model::{Column, Valid};

pub(super) fn run(ctx: &Ctx<'_>) -> Result<Outcome, ApiError> {
    let store = &ctx.session.store;
    let params = ctx.document.features.clone().check().map_err(settings_error)?;
    let broken = kith_features::broken_custom(&params);
    if !broken.is_empty() {
        return Err(settings_error(broken));
    }
    let as_of = match &params.as_of {
        Some(day) => day.clone(),
        None => newest_day(ctx)?,
    };
    let pipeline = kith_features::plan(&params, &as_of);
    store.run(&pipeline, &ctx.part(0.0, 0.8)).map_err(store_error)?;
    let sql = "SELECT * FROM feat.customer ORDER BY profile_id";
    let frame = store.frame(sql, &ctx.part(0.8, 0.9)).map_err(store_error)?;
    let mut summary = kith_features::summarise(&frame, &as_of, &params);
    let catalogue = named_catalogue(ctx, &params)?;
    for info in &mut summary.features {
        if let Some(spec) = catalogue.iter().find(|spec| spec.name == info.name) {
            info.label.clone_from(&spec.label);
            info.description.clone_from(&spec.description);
        }
    }
    outcome(&summary)
}

/// Every feature, the shares of categories under the categories' own names.
pub(super) fn named_catalogue(
    ctx: &Ctx<'_>,
    params: &Valid<FeatureParams>,
) -> Result<Vec<FeatureSpec>, ApiError> {
    let mut catalogue = kith_features::catalogue(params);
    let sql = kith_features::categories_sql();
    let frame = ctx.session.store.frame(&sql, ctx.monitor).map_err(store_error)?;
    let names = frame.column("category").and_then(Column::text).unwrap_or_default();
    let names: Vec<String> = names.iter().flatten().map(str::to_owned).collect();
    kith_features::name_categories(&mut catalogue, &names);
    Ok(catalogue)
}

fn newest_day(ctx: &Ctx<'_>) -> Result<String, ApiError> {
    let frame =
        ctx.session.store.frame(&kith_features::as_of_sql(), ctx.monitor).map_err(store_error)?;
    let day = frame.columns.first().and_then(|(_, c)| c.text()?.first());
    day.map(str::to_owned).ok_or_else(|| {
        not_ready_with(
            "There is neither an order nor an event to compute features from",
            "Map a source to orders or events, or set the as-of day",
        )
    })
}

fn outcome(summary: &FeaturesSummary) -> Result<Outcome, ApiError> {
    let features = summary.features.len() as u64;
    let verdict = format!(
        "{} of {}, {} of them buyers, as of {}",
        counted(features, "feature", "features"),
        counted(summary.people, "person", "people"),
        super::grouped(summary.buyers),
        summary.as_of
    );
    Outcome::new(summary, counted(features, "feature", "features"), verdict)
}
