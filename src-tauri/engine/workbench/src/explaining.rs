//! Any two records explained, as the last run of the identity stage left them.

use crate::error::identity_error;
use crate::reviewing::{Ground, frame};
use crate::session::Session;
use kith_api::ApiError;
use kith_identity::{ExplainInput, people_of_sql};
use kith_model::explain::PairExplanation;
use kith_model::identity::IdentitySummary;
use kith_model::{Frame, PairKey, ProfileId, Stage};

/// Why `pair` is, or is not, one person.
pub(crate) fn explain(session: &Session, pair: &PairKey) -> Result<PairExplanation, ApiError> {
    let ground = Ground::of(session)?;
    let summary: Option<IdentitySummary> = session.results.summary(Stage::Identity)?;
    let records = frame(session, &crate::people::records_sql(&session.store)?)?;
    let people = frame(session, &people_of_sql())?;
    let named = kith_identity::people_of_pair(&records, &people, pair);
    let pairs: Frame = named
        .map_err(|e| identity_error(&e))
        .and_then(|of: [ProfileId; 2]| frame(session, &kith_identity::pairs_of_people_sql(&of)))?;
    kith_identity::explain(&ExplainInput {
        key: pair,
        records: &records,
        people: &people,
        pairs: &pairs,
        model: &ground.model,
        params: &ground.params,
        estimates: &summary.map(|s| s.estimates).unwrap_or_default(),
        decisions: &ground.document.decisions,
        titles: &ground.titles,
    })
    .map_err(|e| identity_error(&e))
}
