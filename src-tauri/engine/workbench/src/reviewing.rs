//! The review as screens and scripts show it: the queue, where it stands, a person's graph, the
//! charts of matching.

use crate::error::{identity_error, not_ready, settings_error, store_error};
use crate::people::{records_sql, titles};
use crate::session::Session;
use kith_api::ApiError;
use kith_identity::{ChartInput, GraphInput, MatchModel, ReviewInput, Said};
use kith_model::chart::Chart;
use kith_model::document::Document;
use kith_model::identity::{
    BlockingEstimate, IdentityParams, IdentitySummary, RecordCard, ReviewPair,
};
use kith_model::person_graph::PersonGraph;
use kith_model::review_desk::ReviewDesk;
use kith_model::{Column, Frame, ProfileId, Quiet, Stage, Valid};
use std::collections::{BTreeMap, BTreeSet};

/// Other records of a person shown beside the one asked about, at most.
const OTHERS: usize = 4;

/// What every answer about matched records rests on.
pub(crate) struct Ground {
    pub(crate) document: Document,
    pub(crate) model: MatchModel,
    pub(crate) params: Valid<IdentityParams>,
    pub(crate) titles: BTreeMap<String, String>,
}

impl Ground {
    pub(crate) fn of(session: &Session) -> Result<Self, ApiError> {
        let document = session.document();
        let model =
            session.results.model(Stage::Identity)?.ok_or_else(|| not_ready(Stage::Identity))?;
        let params = document.identity.clone().check().map_err(settings_error)?;
        let titles = titles(&document);
        Ok(Self { document, model, params, titles })
    }

    /// What the review goes by: the pairs it may ask about and their records, `limit` of them.
    fn review<'a>(&'a self, [pairs, records]: &'a [Frame; 2], limit: u32) -> ReviewInput<'a> {
        ReviewInput {
            pairs,
            records,
            model: &self.model,
            params: &self.params,
            decisions: &self.document.decisions,
            titles: &self.titles,
            limit,
        }
    }
}

pub(crate) fn frame(session: &Session, sql: &str) -> Result<Frame, ApiError> {
    session.store.frame(sql, &Quiet).map_err(store_error)
}

/// The pairs of the review and their records.
fn asked(session: &Session, document: &Document) -> Result<[Frame; 2], ApiError> {
    let pairs = kith_identity::review_pairs_sql(document.decisions.keys());
    let records = kith_identity::review_records_sql(&records_sql(&session.store)?, &pairs);
    Ok([frame(session, &pairs)?, frame(session, &records)?])
}

/// Pairs worth a decision, most instructive first, with the other records of both people.
pub(crate) fn queue(session: &Session, limit: u32) -> Result<Vec<ReviewPair>, ApiError> {
    let ground = Ground::of(session)?;
    let asked = asked(session, &ground.document)?;
    let queue = kith_identity::review(&ground.review(&asked, limit));
    let mut queue = queue.map_err(|e| identity_error(&e))?;
    let people: BTreeSet<ProfileId> = queue.iter().flat_map(|pair| pair.people).collect();
    let of = records_of(session, &people.into_iter().collect::<Vec<_>>(), &ground.titles)?;
    for pair in &mut queue {
        let asked = [pair.left.name.clone(), pair.right.name.clone()];
        for (side, person) in pair.people.into_iter().enumerate() {
            let cards = of.get(&person).into_iter().flatten();
            let others = cards.filter(|card| !asked.contains(&card.name));
            pair.others[side] = others.take(OTHERS).cloned().collect();
        }
        if pair.people[0] == pair.people[1] {
            pair.others[1].clear();
        }
    }
    Ok(queue)
}

/// The records of some people as matching reads them, and whose each is.
fn rows_of(session: &Session, people: &[ProfileId]) -> Result<Frame, ApiError> {
    let records = records_sql(&session.store)?;
    frame(session, &kith_identity::records_of_people_sql(&records, people))
}

/// The cards of some people's records, by person.
pub(crate) fn records_of(
    session: &Session,
    people: &[ProfileId],
    titles: &BTreeMap<String, String>,
) -> Result<BTreeMap<ProfileId, Vec<RecordCard>>, ApiError> {
    let mut records = rows_of(session, people)?;
    let owners: Vec<Option<i64>> =
        records.column("profile_id").and_then(Column::int).unwrap_or_default().to_vec();
    records.columns.retain(|(name, _)| name != "profile_id");
    let cards = kith_identity::cards(&records, titles).map_err(|e| identity_error(&e))?;
    let mut of: BTreeMap<ProfileId, Vec<RecordCard>> = BTreeMap::new();
    for (owner, card) in owners.into_iter().zip(cards) {
        if let Some(owner) = owner {
            of.entry(ProfileId(owner.unsigned_abs())).or_default().push(card);
        }
    }
    Ok(of)
}

/// Where the review stands.
pub(crate) fn desk(session: &Session) -> Result<ReviewDesk, ApiError> {
    desk_of(session, &Ground::of(session)?, &summary(session)?)
}

fn summary(session: &Session) -> Result<IdentitySummary, ApiError> {
    session.results.summary(Stage::Identity)?.ok_or_else(|| not_ready(Stage::Identity))
}

fn desk_of(
    session: &Session,
    ground: &Ground,
    summary: &IdentitySummary,
) -> Result<ReviewDesk, ApiError> {
    let asked = asked(session, &ground.document)?;
    let said: Vec<Said> = session.said();
    kith_identity::desk(&ground.review(&asked, 0), summary, &said).map_err(|e| identity_error(&e))
}

/// One person as a graph.
pub(crate) fn graph(session: &Session, profile: ProfileId) -> Result<PersonGraph, ApiError> {
    let ground = Ground::of(session)?;
    let records = rows_of(session, &[profile])?;
    if records.rows() == 0 {
        return Err(crate::error::usage("There is no such person").hint("Search again"));
    }
    kith_identity::graph(&GraphInput {
        profile,
        records: &records,
        pairs: &frame(session, &kith_identity::pairs_of_people_sql(&[profile]))?,
        model: &ground.model,
        params: &ground.params,
        decisions: &ground.document.decisions,
        titles: &ground.titles,
    })
    .map_err(|e| identity_error(&e))
}

/// The charts of matching.
pub(crate) fn charts(session: &Session) -> Result<Vec<Chart>, ApiError> {
    let ground = Ground::of(session)?;
    let summary = summary(session)?;
    let desk = desk_of(session, &ground, &summary)?;
    kith_identity::charts(&ChartInput {
        summary: &summary,
        desk: &desk,
        records: &frame(session, &records_sql(&session.store)?)?,
        model: &ground.model,
        params: &ground.params,
        titles: &ground.titles,
    })
    .map_err(|e| identity_error(&e))
}

/// What the blocking rules of `params` would make of the mapped records.
pub(crate) fn estimate_blocking(
    session: &Session,
    params: IdentityParams,
) -> Result<Vec<BlockingEstimate>, ApiError> {
    let params = params.check().map_err(settings_error)?;
    let mapped = kith_sql::TableName::new("canon", "profile");
    if !session.store.exists(&mapped).map_err(store_error)? {
        return Err(not_ready(Stage::Mapping));
    }
    let records = frame(session, &crate::people::records_sql(&session.store)?)?;
    kith_identity::estimate_blocking(&records, &params, &Quiet).map_err(|e| identity_error(&e))
}
