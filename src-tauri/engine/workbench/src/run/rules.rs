//! Rules: replayed on history.

use super::{Ctx, Outcome, counted, grouped};
use crate::error::{rule_error, store_error};
use kith_api::ApiError;
use kith_model::rules::RulesSummary;
use kith_model::segments::SegmentsSummary;
use kith_model::{Column, Stage};
use kith_rules::{Replay, RuleContext};
use std::collections::BTreeSet;

pub(super) fn run(ctx: &Ctx<'_>) -> Result<Outcome, ApiError> {
    let store = &ctx.session.store;
    let segments: SegmentsSummary = ctx.needed(Stage::Segments)?;
    let context = RuleContext {
        segments: segments.segments.iter().map(|s| (s.id, s.name.clone())).collect(),
        features: numeric_features(ctx)?,
        events: event_types(ctx)?,
    };
    let plan = kith_rules::plan(&ctx.document.rules, &context).map_err(|e| rule_error(&e))?;
    store.run(&plan, &ctx.part(0.0, 0.8)).map_err(store_error)?;
    let frame = |sql: String| store.frame(&sql, &ctx.part(0.8, 1.0)).map_err(store_error);
    let replay = Replay {
        counts: &frame(kith_rules::counts_sql())?,
        daily: &frame(kith_rules::daily_sql())?,
        overlap: &frame(kith_rules::overlap_sql())?,
        window: &frame(kith_rules::window_sql())?,
    };
    let summary = kith_rules::summarise(&ctx.document.rules, &context, &replay)
        .map_err(|e| rule_error(&e))?;
    outcome(&summary)
}

fn numeric_features(ctx: &Ctx<'_>) -> Result<BTreeSet<String>, ApiError> {
    let columns = ctx.session.store.columns("SELECT * FROM feat.customer").map_err(store_error)?;
    let text = |sql_type: &str| sql_type.starts_with("VARCHAR");
    Ok(columns.into_iter().filter(|c| !text(&c.sql_type)).map(|c| c.name).collect())
}

fn event_types(ctx: &Ctx<'_>) -> Result<BTreeSet<String>, ApiError> {
    let sql = "SELECT DISTINCT type FROM feat.visit WHERE type IS NOT NULL ORDER BY type";
    let frame = ctx.session.store.frame(sql, ctx.monitor).map_err(store_error)?;
    let types = frame.column("type").and_then(Column::text).unwrap_or_default();
    Ok(types.iter().flatten().map(str::to_owned).collect())
}

fn outcome(summary: &RulesSummary) -> Result<Outcome, ApiError> {
    let fired: u64 = summary.rules.iter().map(|r| r.fired).sum();
    let rules = counted(summary.rules.len() as u64, "rule", "rules");
    let mut verdict = format!(
        "{rules} replayed on {} events: {} firings",
        grouped(summary.events),
        grouped(fired)
    );
    if !summary.conflicts.is_empty() {
        let conflicts = counted(summary.conflicts.len() as u64, "conflict", "conflicts");
        verdict.push_str(&format!(" · {conflicts} to look at"));
    }
    Ok(Outcome::new(summary, rules, verdict)?.attention(!summary.conflicts.is_empty()))
}
