//! Rules: replayed on history.

use super::{Ctx, Outcome, counted, grouped};
use crate::error::{rule_error, store_error};
use kith_api::ApiError;
use kith_model::rules::RulesSummary;
use kith_model::segments::SegmentsSummary;
use kith_model::Stage;
use kith_rules::RuleContext;

pub(super) fn run(ctx: &Ctx<'_>) -> Result<Outcome, ApiError> {
    let store = &ctx.session.store;
    let segments: SegmentsSummary = ctx.needed(Stage::Segments)?;
    let context = RuleContext {
        segments: segments.segments.iter().map(|s| (s.id, s.name.clone())).collect(),
        ..rule_context(ctx)?
    };
    let plan = kith_rules::plan(&ctx.document.rules, &context).map_err(|e| rule_error(&e))?;
    store.run(&plan, &ctx.part(0.0, 0.8)).map_err(store_error)?;
    let counts =
        store.frame(&kith_rules::counts_sql(), &ctx.part(0.8, 0.9)).map_err(store_error)?;
    let overlaps =
        store.frame(&kith_rules::overlaps_sql(), &ctx.part(0.9, 1.0)).map_err(store_error)?;
    let window = store.frame(&kith_rules::window_sql(), ctx.monitor).map_err(store_error)?;
    let summary =
        kith_rules::summarise(&ctx.document.rules, &context, &counts, &overlaps, &window)
            .map_err(|e| rule_error(&e))?;
    outcome(&summary)
}

fn rule_context(_ctx: &Ctx<'_>) -> Result<RuleContext, ApiError> {
    Ok(RuleContext::default())
}

fn outcome(summary: &RulesSummary) -> Result<Outcome, ApiError> {
    let fired: u64 = summary.rules.iter().map(|r| r.fired).sum();
    let rules = counted(summary.rules.len() as u64, "rule", "rules");
    let mut verdict =
        format!("{rules} replayed on {} events: {} firings", grouped(summary.events), grouped(fired));
    if !summary.conflicts.is_empty() {
        let conflicts = counted(summary.conflicts.len() as u64, "conflict", "conflicts");
        verdict.push_str(&format!(" · {conflicts} to look at"));
    }
    Ok(Outcome::new(summary, rules, verdict)?.attention(!summary.conflicts.is_empty()))
}
