//! What is asked about tables outside a run: profiles, comparisons, suggested expectations.

use crate::error::{cancelled, not_ready, store_error, usage};
use crate::session::Session;
use kith_api::ApiError;
use kith_model::quality::{
    ComparedSide, ExpectationSuggestion, Imputation, ImputeMethod, ImputeOffer, TableComparison,
    TableId, TableProfile,
};
use kith_model::{Entity, Monitor, Quiet, Stage};
use kith_quality::{At, Listed, TableTrace};
use kith_sql::TableName;
use kith_store::Store;

/// Seed of draws and masks unless an imputation names its own.
const IMPUTE_SEED: u64 = 7;

/// What is known of a table.
pub(crate) fn profile(
    session: &Session,
    table: &TableId,
    monitor: &dyn Monitor,
) -> Result<TableProfile, ApiError> {
    let store = &session.store;
    let found = store
        .tables()
        .map_err(store_error)?
        .into_iter()
        .find(|stored| stored.schema == table.schema() && stored.name == table.name());
    let stored = found.ok_or_else(|| {
        usage(format!("There is no table {table}")).hint("Load and map the sources first")
    })?;
    kith_quality::profile(table, &stored.columns, stored.rows, |sql| store.frame(sql, monitor))
        .map_err(store_error)
}

/// Every way of filling a mapped column's gaps, measured.
pub(crate) fn offer_imputations(
    session: &Session,
    table: Entity,
    field: &str,
) -> Result<ImputeOffer, ApiError> {
    let probe = Imputation {
        table,
        field: field.to_owned(),
        method: ImputeMethod::Mode,
        columns: Vec::new(),
        seed: IMPUTE_SEED,
    };
    if let Some(rule) = probe.broken().into_iter().next() {
        return Err(usage(rule.message));
    }
    let store = &session.store;
    let name = TableName::new("canon", table.key());
    if !store.exists(&name).map_err(store_error)? {
        return Err(not_ready(Stage::Mapping));
    }
    let columns = store.columns(&format!("SELECT * FROM {name}")).map_err(store_error)?;
    let ask = |sql: &str| store.frame(sql, &Quiet);
    kith_quality::offer_imputations((table, field), &columns, IMPUTE_SEED, ask).map_err(store_error)
}

/// The profiles of all tables that hold rows: the canonical ones, and the sources' raw rows when
/// `raw`.
pub(crate) fn profiles(
    store: &Store,
    raw: bool,
    monitor: &dyn Monitor,
) -> Result<Vec<TableProfile>, ApiError> {
    let (shapes, _) = crate::run::quality::shapes(store)?;
    let rows = store.tables().map_err(store_error)?;
    let mut profiles = Vec::new();
    for (at, (table, columns)) in shapes.iter().enumerate() {
        if monitor.cancelled() {
            return Err(cancelled());
        }
        let stored = rows.iter().find(|t| t.schema == table.schema() && t.name == table.name());
        let rows = stored.map_or(0, |stored| stored.rows);
        if rows == 0 || !raw && matches!(table, TableId::Source(_)) {
            continue;
        }
        monitor.progress(at as f32 / shapes.len() as f32, "profiling tables");
        let ask = |sql: &str| store.frame(sql, monitor);
        profiles.push(kith_quality::profile(table, columns, rows, ask).map_err(store_error)?);
    }
    Ok(profiles)
}

/// Two tables side by side, each as it stands or as a load found it.
pub(crate) fn compare(
    session: &Session,
    left: ComparedSide,
    right: ComparedSide,
) -> Result<TableComparison, ApiError> {
    let (a, b) = (side(session, &left)?, side(session, &right)?);
    Ok(kith_quality::compare((left, &a), (right, &b)))
}

fn side(session: &Session, side: &ComparedSide) -> Result<TableTrace, ApiError> {
    let Some(wanted) = &side.load else {
        return Ok(kith_quality::trace(&profile(session, &side.table, &Quiet)?));
    };
    let loads = crate::project::read_loads(&session.folder)?;
    let present = crate::run::quality::fingerprint(&session.results.contents(&session.document()));
    let load = match wanted.as_str() {
        "previous" => loads.iter().rev().find(|load| load.note.load != present),
        begins => loads.iter().rev().find(|load| load.note.load.starts_with(begins)),
    };
    let load = load.ok_or_else(|| {
        usage(format!("There is no load {wanted}")).hint(match loads.is_empty() {
            true => "Check the project first: each check remembers its load".to_owned(),
            false => {
                let known: Vec<String> =
                    loads.iter().map(|l| format!("{} ({})", l.note.load, l.note.at)).collect();
                format!("The loads are {}", known.join(", "))
            }
        })
    })?;
    let trace = load.tables.iter().find(|table| table.table == side.table);
    trace.cloned().ok_or_else(|| {
        usage(format!("The load {} had no {}", load.note.load, side.table))
            .hint("Choose another table or load")
    })
}

/// Expectations that hold now and are worth guarding.
pub(crate) fn suggestions(session: &Session) -> Result<Vec<ExpectationSuggestion>, ApiError> {
    let store = &session.store;
    let document = session.document();
    let known = kith_quality::expectations(&document.expectations);
    let profiles = profiles(store, true, &Quiet)?;
    let candidates = kith_quality::candidates(&profiles, &known);
    let (shapes, _) = crate::run::quality::shapes(store)?;
    let now = session.now();
    let at = At { now: &now, as_of: document.features.as_of.as_deref() };
    let listed: Vec<_> = candidates
        .iter()
        .map(|(expectation, _)| Listed { expectation: expectation.clone(), built_in: false })
        .collect();
    let findings = crate::run::quality::check(store, &listed, (&shapes, &at), &Quiet)?;
    Ok(kith_quality::suggestions(candidates, (&profiles, &findings), &known))
}
