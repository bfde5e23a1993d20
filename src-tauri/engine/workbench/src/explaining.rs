//! Any two records explained, as the last run of the identity stage left them.

use crate::error::{identity_error, not_ready, settings_error, store_error};
use crate::people::titles;
use crate::session::Session;
use kith_api::ApiError;
use kith_identity::{ExplainInput, people_of_sql};
use kith_model::explain::PairExplanation;
use kith_model::identity::IdentitySummary;
use kith_model::{Frame, PairKey, ProfileId, Quiet, Stage};

/// Why `pair` is, or is not, one person.
pub(crate) fn explain(session: &Session, pair: &PairKey) -> Result<PairExplanation, ApiError> {
    let document = session.document();
    let model =
        session.results.model(Stage::Identity)?.ok_or_else(|| not_ready(Stage::Identity))?;
    let params = document.identity.clone().check().map_err(settings_error)?;
    let summary: Option<IdentitySummary> = session.results.summary(Stage::Identity)?;
    let frame = |sql: &str| session.store.frame(sql, &Quiet).map_err(store_error);
    let records = frame(&crate::people::records_sql(&session.store)?)?;
    let people = frame(&people_of_sql())?;
    let named = kith_identity::people_of_pair(&records, &people, pair);
    let pairs: Frame = named
        .map_err(|e| identity_error(&e))
        .and_then(|of: [ProfileId; 2]| frame(&kith_identity::pairs_of_people_sql(&of)))?;
    kith_identity::explain(&ExplainInput {
        key: pair,
        records: &records,
        people: &people,
        pairs: &pairs,
        model: &model,
        params: &params,
        estimates: &summary.map(|s| s.estimates).unwrap_or_default(),
        decisions: &document.decisions,
        titles: &titles(&document),
    })
    .map_err(|e| identity_error(&e))
}
