//! Identity: records into people.

use super::{Ctx, Outcome, counted, grouped};
use crate::error::{identity_error, settings_error, store_error};
use crate::truth;
use kith_api::ApiError;
use kith_model::identity::IdentitySummary;
use kith_sql::TableName;

pub(super) fn run(ctx: &Ctx<'_>) -> Result<Outcome, ApiError> {
    let store = &ctx.session.store;
    let records = crate::people::records_sql(store)?;
    let records = store.frame(&records, &ctx.part(0.0, 0.1)).map_err(store_error)?;
    let truth = truth::labels(ctx, &records)?;
    let params = ctx.document.identity.clone().check().map_err(settings_error)?;
    let decisions =
        ctx.document.decisions.iter().map(|(pair, d)| (pair.clone(), d.verdict)).collect();
    let resolution = kith_identity::resolve(
        &records,
        &params,
        &decisions,
        truth.as_deref(),
        &ctx.part(0.1, 0.8),
    )
    .map_err(|e| identity_error(&e))?;
    let write = |name: &str, frame| {
        store.write(&TableName::new("ident", name), frame, ctx.monitor).map_err(store_error)
    };
    write("record", &resolution.record_profile)?;
    write("pair", &resolution.pairs)?;
    store.run(&kith_identity::golden_plan(), &ctx.part(0.85, 1.0)).map_err(store_error)?;
    outcome(&resolution.summary)?.model(&resolution.model)
}

fn outcome(summary: &IdentitySummary) -> Result<Outcome, ApiError> {
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
    if summary.review > 0 {
        verdict.push_str(&format!(
            " · {} to review",
            counted(summary.review, "doubtful pair", "doubtful pairs")
        ));
    }
    let headline = format!("{} people", grouped(summary.people));
    Ok(Outcome::new(summary, headline, verdict)?.attention(summary.review > 0))
}
