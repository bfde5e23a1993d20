//! People as screens show them: a person's card, their recommendations.

use crate::error::{not_ready, recommend_error, settings_error, store_error};
use crate::session::Session;
use kith_api::ApiError;
use kith_model::document::Document;
use kith_model::identity::PersonCard;
use kith_model::recommend::PersonLists;
use kith_model::{Column, ProfileId, Quiet, Stage};
use kith_recommend::ProductText;
use kith_sql::text;
use kith_store::Store;
use std::collections::BTreeMap;

/// The records that matching reads: as they were before gaps were filled.
pub(crate) fn records_sql(store: &Store) -> Result<String, ApiError> {
    let columns = store.columns("SELECT * FROM canon.profile").map_err(store_error)?;
    let is_there = |name: &String| columns.iter().any(|column| column.name == *name);
    let filled: Vec<String> = columns
        .iter()
        .filter(|column| is_there(&kith_model::quality::filled_flag(&column.name)))
        .map(|column| column.name.clone())
        .collect();
    Ok(kith_identity::records_sql(&filled))
}

/// What each source is called on screen.
pub(crate) fn titles(document: &Document) -> BTreeMap<String, String> {
    document.sources.iter().map(|s| (s.id.0.clone(), s.title.clone())).collect()
}

/// People whose golden record contains `text`.
pub(crate) fn find(
    session: &Session,
    wanted: &str,
    limit: u32,
) -> Result<Vec<(ProfileId, String)>, ApiError> {
    let pattern = text(&format!(
        "%{}%",
        wanted.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
    ));
    let condition = if wanted.trim().is_empty() {
        String::new()
    } else {
        format!(
            "WHERE display_name ILIKE {pattern} ESCAPE '\\' OR email ILIKE {pattern} ESCAPE '\\' \
             OR phone LIKE {pattern} ESCAPE '\\'"
        )
    };
    let sql = format!(
        "SELECT profile_id, display_name FROM ident.golden {condition} \
         ORDER BY records DESC, profile_id LIMIT {limit}"
    );
    let frame = session.store.frame(&sql, &Quiet).map_err(store_error)?;
    let ids = frame.column("profile_id").and_then(Column::int).unwrap_or_default();
    let names = frame.column("display_name").and_then(Column::text).unwrap_or_default();
    let rows = ids.iter().zip(names);
    Ok(rows
        .filter_map(|(id, name)| Some((ProfileId((*id)?.unsigned_abs()), name?.to_owned())))
        .collect())
}

/// A person with everything known.
pub(crate) fn card(session: &Session, profile: ProfileId) -> Result<PersonCard, ApiError> {
    let name = one_text(
        session,
        &format!("SELECT display_name FROM ident.golden WHERE profile_id = {}", profile.0),
    )?
    .ok_or_else(|| crate::error::usage("There is no such person").hint("Search again"))?;
    let records = crate::reviewing::records_of(session, &[profile], &titles(&session.document()))?;
    Ok(PersonCard {
        profile,
        name,
        golden: crate::golden::of_person(session, profile)?,
        records: records.into_values().flatten().collect(),
        features: features(session, profile)?,
        segment: segment(session, profile)?,
        propensity: one_real(
            session,
            "pred",
            "score",
            &format!("SELECT propensity FROM pred.score WHERE profile_id = {}", profile.0),
        )?,
    })
}

fn one_text(session: &Session, sql: &str) -> Result<Option<String>, ApiError> {
    let frame = session.store.frame(sql, &Quiet).map_err(store_error)?;
    let first = frame.columns.first().and_then(|(_, c)| c.text()?.first());
    Ok(first.map(str::to_owned))
}

fn has(session: &Session, schema: &str, table: &str) -> Result<bool, ApiError> {
    session.store.exists(&kith_sql::TableName::new(schema, table)).map_err(store_error)
}

fn one_real(
    session: &Session,
    schema: &str,
    table: &str,
    sql: &str,
) -> Result<Option<f64>, ApiError> {
    if !has(session, schema, table)? {
        return Ok(None);
    }
    let frame = session.store.frame(sql, &Quiet).map_err(store_error)?;
    let first = frame.columns.first().and_then(|(_, c)| c.real()).and_then(|v| v.first().copied());
    Ok(first.flatten())
}

fn features(session: &Session, profile: ProfileId) -> Result<Vec<(String, String)>, ApiError> {
    let summary: Option<kith_model::features::FeaturesSummary> =
        session.results.summary(Stage::Features)?;
    let Some(summary) = summary else { return Ok(Vec::new()) };
    let sql = format!("SELECT * FROM feat.customer WHERE profile_id = {}", profile.0);
    let frame = session.store.frame(&sql, &Quiet).map_err(store_error)?;
    Ok(summary
        .features
        .iter()
        .filter_map(|info| {
            let value = match frame.column(&info.name)? {
                Column::Real(v) => v.first().copied().flatten().map(rounded),
                Column::Int(v) => v.first().copied().flatten().map(|v| v.to_string()),
                Column::Bool(v) => {
                    v.first().copied().flatten().map(|v| if v { "yes" } else { "no" }.to_owned())
                }
                Column::Text(v) => v.first().map(str::to_owned),
            };
            Some((info.label.clone(), format!("{} {}", value?, info.unit).trim().to_owned()))
        })
        .collect())
}

fn rounded(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn segment(session: &Session, profile: ProfileId) -> Result<Option<String>, ApiError> {
    if !has(session, "seg", "assignment")? {
        return Ok(None);
    }
    let sql = format!("SELECT segment FROM seg.assignment WHERE profile_id = {}", profile.0);
    let frame = session.store.frame(&sql, &Quiet).map_err(store_error)?;
    let id = frame.columns.first().and_then(|(_, c)| c.int()).and_then(|v| v.first().copied());
    let summary: Option<kith_model::segments::SegmentsSummary> =
        session.results.summary(Stage::Segments)?;
    let (Some(Some(id)), Some(summary)) = (id, summary) else { return Ok(None) };
    Ok(summary.segments.into_iter().find(|s| i64::from(s.id) == id).map(|s| s.name))
}

/// A person's lists with the reason of each item.
pub(crate) fn lists(session: &Session, profile: ProfileId) -> Result<PersonLists, ApiError> {
    let model =
        session.results.model(Stage::Recommend)?.ok_or_else(|| not_ready(Stage::Recommend))?;
    let params = session.document().recommend.check().map_err(settings_error)?;
    let history = kith_recommend::person_interactions_sql(&params, profile);
    let history = session.store.frame(&history, &Quiet).map_err(store_error)?;
    kith_recommend::lists(&model, &history, &catalogue(session)?, &params)
        .map_err(|e| recommend_error(&e))
}

/// Title and category of each product, one entry a product whatever variants are listed.
fn catalogue(session: &Session) -> Result<BTreeMap<String, ProductText>, ApiError> {
    let sql = "SELECT product_id, min(title) AS title, min(category) AS category \
               FROM canon.product WHERE product_id IS NOT NULL GROUP BY product_id ORDER BY 1";
    let frame = session.store.frame(sql, &Quiet).map_err(store_error)?;
    let text = |name: &str| frame.column(name).and_then(Column::text).unwrap_or_default();
    let rows = text("product_id").iter().zip(text("title")).zip(text("category"));
    Ok(rows
        .filter_map(|((id, title), category)| {
            let title = title.or(id)?.to_owned();
            let category = category.unwrap_or_default().to_owned();
            Some((id?.to_owned(), ProductText { title, category }))
        })
        .collect())
}
