//! Segments: buyers grouped by K-means.

use super::{Ctx, Outcome, counted};
use crate::error::{feature_error, not_ready_with, segment_error, settings_error, store_error};
use crate::truth;
use kith_api::ApiError;
use kith_features::{FeatureSpec, Matrix};
use kith_model::Monitor;
use kith_model::segments::SegmentsSummary;
use kith_sql::{Ident, TableName};

/// People clustered: those with an order before the as-of day.
const PEOPLE: &str = "WHERE frequency > 0";

pub(super) fn run(ctx: &Ctx<'_>) -> Result<Outcome, ApiError> {
    let store = &ctx.session.store;
    let params = ctx.document.segments.clone().check().map_err(settings_error)?;
    let features = ctx.document.features.clone().check().map_err(settings_error)?;
    let catalogue = super::features::named_catalogue(ctx, &features)?;
    let chosen = choose(&catalogue, &params.features, |spec| spec.default_for_segments)?;
    let matrix = matrix(ctx, &chosen, "feat.customer", PEOPLE, &ctx.part(0.0, 0.1))?;
    let mut fitted = kith_segments::fit(&matrix, &chosen, &params, &ctx.part(0.1, 0.9))
        .map_err(|e| segment_error(&e))?;
    fitted.summary.truth_ari = truth::segment_agreement(ctx, &fitted.assignment)?;
    let table = TableName::new("seg", "assignment");
    store.write(&table, &fitted.assignment, ctx.monitor).map_err(store_error)?;
    let scatter = serde_json::to_vec(&fitted.scatter).map_err(crate::error::internal)?;
    let path = ctx.session.folder.models().join("segments-scatter.json");
    crate::project::write_atomically(&path, &scatter)?;
    outcome(&fitted.summary)?.model(&fitted.model)
}

/// The specs of the features a user chose, or the catalogue's own choice.
pub(super) fn choose(
    catalogue: &[FeatureSpec],
    names: &[String],
    by_default: impl Fn(&FeatureSpec) -> bool,
) -> Result<Vec<FeatureSpec>, ApiError> {
    if names.is_empty() {
        return Ok(catalogue.iter().filter(|s| by_default(s)).cloned().collect());
    }
    names
        .iter()
        .map(|name| {
            catalogue.iter().find(|s| &s.name == name).cloned().ok_or_else(|| {
                not_ready_with(
                    &format!("There is no feature named {name}"),
                    "Choose another feature, or add it on the features page",
                )
            })
        })
        .collect()
}

/// People times features out of a table of features.
pub(super) fn matrix(
    ctx: &Ctx<'_>,
    specs: &[FeatureSpec],
    table: &str,
    condition: &str,
    monitor: &dyn Monitor,
) -> Result<Matrix, ApiError> {
    let names: Vec<String> = specs.iter().map(|s| s.name.clone()).collect();
    let columns: Vec<String> = names
        .iter()
        .map(|n| format!("CAST({} AS DOUBLE) AS {}", Ident::new(n), Ident::new(n)))
        .collect();
    let sql = format!(
        "SELECT profile_id, {} FROM {table} {condition} ORDER BY profile_id",
        columns.join(", ")
    );
    let frame = ctx.session.store.frame(&sql, monitor).map_err(store_error)?;
    Matrix::from_frame(&frame, &names).map_err(|e| feature_error(&e))
}

fn outcome(summary: &SegmentsSummary) -> Result<Outcome, ApiError> {
    let k = summary.segments.len() as u64;
    let largest = summary.segments.first();
    let mut verdict = format!(
        "{} in {} · silhouette {:.2}",
        counted(summary.people, "buyer", "buyers"),
        counted(k, "segment", "segments"),
        summary.silhouette
    );
    if let Some(largest) = largest {
        verdict.push_str(&format!(" · largest: {}, {:.0} %", largest.name, largest.share * 100.0));
    }
    Outcome::new(summary, counted(k, "segment", "segments"), verdict)
}
