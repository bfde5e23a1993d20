//! What a file's values share with those of the project's other sources.

use crate::error::store_error;
use crate::session::Session;
use kith_api::ApiError;
use kith_mapping::{KnownColumn, Overlaps};
use kith_model::source::SourcesSummary;
use kith_model::{Quiet, SourceId, Stage};
use kith_sql::TableName;
use std::collections::BTreeSet;

/// The identifiers in `rows` (cells in the order of `headers`) that stand in loaded sources whose
/// mapping is accepted, but for `except`.
pub(crate) fn overlaps(
    session: &Session,
    except: Option<&SourceId>,
    headers: &[&str],
    rows: &[Vec<Option<String>>],
) -> Result<Overlaps, ApiError> {
    let document = session.document();
    let known = kith_mapping::known_columns(&document.sources, &document.mappings, except);
    let known = loaded(session, known)?;
    let Some(sql) = kith_mapping::overlap_sql(&known, rows, headers.len()) else {
        return Ok(Overlaps::new());
    };
    let found = session.store.frame(&sql, &Quiet).map_err(store_error)?;
    Ok(kith_mapping::read_overlaps(&found, &known, headers, rows))
}

/// Those whose column is there: a source may wait to be loaded, or have changed.
fn loaded(session: &Session, known: Vec<KnownColumn>) -> Result<Vec<KnownColumn>, ApiError> {
    let summary: Option<SourcesSummary> = session.results.summary(Stage::Sources)?;
    let there: BTreeSet<(TableName, String)> = summary
        .iter()
        .flat_map(|summary| &summary.sources)
        .flat_map(|s| {
            s.columns.iter().map(|c| (TableName::new("src", s.id.0.clone()), c.name.clone()))
        })
        .collect();
    let is_there =
        |known: &KnownColumn| there.contains(&(known.table.clone(), known.column.clone()));
    Ok(known.into_iter().filter(is_there).collect())
}
