//! Recommendations: item-item neighbours beside the baselines.

use super::{Ctx, Outcome};
use crate::error::{recommend_error, settings_error, store_error};
use kith_api::ApiError;
use kith_model::recommend::RecommendSummary;
use kith_model::{Column, Frame};
use kith_recommend::Interactions;
use kith_sql::TableName;
use std::collections::BTreeMap;

pub(super) fn run(ctx: &Ctx<'_>) -> Result<Outcome, ApiError> {
    let store = &ctx.session.store;
    let params = ctx.document.recommend.clone().check().map_err(settings_error)?;
    let frame = store
        .frame(&kith_recommend::interactions_sql(&params, None), &ctx.part(0.0, 0.1))
        .map_err(store_error)?;
    let input = Interactions { frame, segments: lifecycles(ctx)? };
    let fitted = kith_recommend::fit(&input, &params, &ctx.part(0.1, 0.9))
        .map_err(|e| recommend_error(&e))?;
    store.write(&TableName::new("rec", "top"), &fitted.top, ctx.monitor).map_err(store_error)?;
    outcome(&fitted.summary)?.model(&fitted.model)
}

/// Lifecycle stage of each person. Not the K-means segment: recommendations must not become
/// stale when somebody tunes k.
fn lifecycles(ctx: &Ctx<'_>) -> Result<BTreeMap<u64, String>, ApiError> {
    let sql = "SELECT profile_id, lifecycle FROM feat.customer ORDER BY profile_id";
    let frame: Frame = ctx.session.store.frame(sql, ctx.monitor).map_err(store_error)?;
    let people = frame.column("profile_id").and_then(Column::int).unwrap_or_default();
    let stages = frame.column("lifecycle").and_then(Column::text).unwrap_or_default();
    let pairs = people.iter().zip(stages);
    Ok(pairs.filter_map(|(p, s)| Some(((*p)?.unsigned_abs(), s?.to_owned()))).collect())
}

fn outcome(summary: &RecommendSummary) -> Result<Outcome, ApiError> {
    let score = |name: &str| summary.scores.iter().find(|s| s.model == name);
    let best = summary.scores.iter().max_by(|a, b| a.ndcg.total_cmp(&b.ndcg));
    let verdict = match (score("popular"), best) {
        (Some(popular), Some(best)) => format!(
            "{}: NDCG@10 {:.3} on {} people, popularity alone {:.3}",
            best.model,
            best.ndcg,
            super::grouped(summary.tested),
            popular.ndcg
        ),
        _ => "Nobody bought in the test window: nothing could be measured".to_owned(),
    };
    let headline = best.map_or_else(String::new, |b| format!("NDCG {:.3}", b.ndcg));
    Ok(Outcome::new(summary, headline, verdict)?.attention(!summary.notes.is_empty()))
}
