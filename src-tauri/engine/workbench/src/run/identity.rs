//! Identity: records into people.

use super::basis::{self, Basis};
use super::{Ctx, Outcome, counted, grouped};
use crate::error::{identity_error, settings_error, store_error};
use crate::{lineage, truth};
use kith_api::ApiError;
use kith_identity::{RecordKey, Resolution};
use kith_model::document::Decision;
use kith_model::identity::{IdentityParams, IdentitySummary};
use kith_model::lineage::{LineageKind, LineageRun, RunKind};
use kith_model::{Frame, PairKey, Texts, Valid};
use kith_sql::TableName;
use std::collections::BTreeMap;

/// What a run reads.
struct Input {
    records: Frame,
    keys: Vec<RecordKey>,
    truth: Option<Texts>,
    params: Valid<IdentityParams>,
    decisions: BTreeMap<PairKey, Decision>,
}

pub(super) fn run(ctx: &Ctx<'_>) -> Result<Outcome, ApiError> {
    let store = &ctx.session.store;
    let records = crate::people::records_sql(store)?;
    let records = store.frame(&records, &ctx.part(0.0, 0.1)).map_err(store_error)?;
    let input = Input {
        keys: kith_identity::record_keys(&records).map_err(|e| identity_error(&e))?,
        truth: truth::labels(ctx, &records)?,
        params: ctx.document.identity.clone().check().map_err(settings_error)?,
        decisions: ctx.document.decisions.clone(),
        records,
    };
    let basis = basis::read(ctx, (&input.records, &input.keys))?;
    let (mut resolution, how) = match &basis {
        Some(basis) => (linked(ctx, &input, basis)?, RunKind::Linked),
        None => (resolved(ctx, &input)?, RunKind::Full),
    };
    resolution.summary.contradictions = kith_identity::contradictions(&input.decisions);
    basis::forget(ctx)?;
    let settled = lineage::settle(ctx.session, &input.keys, &mut resolution, how, ctx.monitor)?;
    let write = |name: &str, frame| {
        store.write(&TableName::new("ident", name), frame, ctx.monitor).map_err(store_error)
    };
    write("record", &resolution.record_profile)?;
    write("pair", &resolution.pairs)?;
    let guards = kith_identity::contact_guards(&input.records, &resolution.record_profile)
        .map_err(|e| identity_error(&e))?;
    write("guard_contact", &guards)?;
    let golden = ctx.document.golden.in_order(ctx.document);
    let plan = kith_identity::golden_plan(&golden, &ctx.document.pins);
    store.run(&plan, &ctx.part(0.85, 1.0)).map_err(store_error)?;
    let guards = store.frame("SELECT * FROM ident.guard", ctx.monitor).map_err(store_error)?;
    resolution.summary.guards =
        kith_identity::guard_findings(&guards).map_err(|e| identity_error(&e))?;
    let learned_on = basis.map_or(resolution.summary.records, |b| b.learned_on);
    basis::keep(ctx, learned_on, &settled.mark)?;
    outcome(&resolution.summary, settled.run.as_ref())?
        .output(settled.mark)
        .model(&resolution.model)
}

/// Every pair compared, parameters learned or those of the frozen training.
fn resolved(ctx: &Ctx<'_>, input: &Input) -> Result<Resolution, ApiError> {
    let Input { records, params, decisions, .. } = input;
    let truth = input.truth.as_ref();
    let monitor = ctx.part(0.1, 0.8);
    let frozen = crate::freezing::frozen(ctx.session, ctx.document)?;
    let given = (params, frozen.as_ref());
    kith_identity::resolve_with(records, given, decisions, truth, &monitor)
        .map_err(|e| identity_error(&e))
}

/// What changed since the last run linked to the profiles there are.
fn linked(ctx: &Ctx<'_>, input: &Input, basis: &Basis) -> Result<Resolution, ApiError> {
    let settled = kith_identity::Settled {
        model: &basis.model,
        profiles: &basis.profiles,
        loosened: &basis.loosened,
    };
    let Input { records, keys, truth, params, decisions } = input;
    let measured = (truth.as_ref(), &ctx.part(0.1, 0.8) as &dyn kith_model::Monitor);
    let linked = kith_identity::link(records, &settled, params, decisions, measured)
        .map_err(|e| identity_error(&e))?;
    let before = kith_identity::Before {
        summary: &basis.summary,
        pairs: &basis.pairs,
        records: &basis.records,
    };
    kith_identity::carry_on(linked, &before, (records, keys), params, decisions)
        .map_err(|e| identity_error(&e))
}

/// Merges and splits of a run in words; nothing for the first run, which only gives ids.
fn changes(run: &LineageRun) -> Option<String> {
    let said = |kind: LineageKind, word: &str| {
        let n = run.count(kind);
        (n > 0).then(|| format!("{} {word}", grouped(n)))
    };
    let parts: Vec<String> = [
        said(LineageKind::Merged, "merged"),
        said(LineageKind::Split, "split"),
        said(LineageKind::Regrouped, "regrouped"),
        said(LineageKind::Gone, "gone"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| format!("since the last run {}", parts.join(", ")))
}

fn outcome(summary: &IdentitySummary, run: Option<&LineageRun>) -> Result<Outcome, ApiError> {
    let mut verdict = format!(
        "{} from {}",
        counted(summary.people, "person", "people"),
        counted(summary.records, "record", "records")
    );
    if let Some(truth) = &summary.truth {
        verdict.push_str(&format!(
            " · precision {:.3}, recall {:.3} against the known truth",
            truth.precision, truth.recall
        ));
    }
    if let Some(linked) = summary.linked.filter(|l| l.new > 0) {
        verdict.push_str(&format!(
            " · {} linked without a full run",
            counted(linked.new, "new record", "new records")
        ));
    }
    if summary.review > 0 {
        verdict.push_str(&format!(
            " · {} to review",
            counted(summary.review, "doubtful pair", "doubtful pairs")
        ));
    }
    if let Some(changes) = run.and_then(changes) {
        verdict.push_str(&format!(" · {changes}"));
    }
    let headline = format!("{} people", grouped(summary.people));
    Ok(Outcome::new(summary, headline, verdict)?.attention(summary.review > 0))
}
