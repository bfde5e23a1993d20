//! Golden records as asked for: one person's values with those that lost, and what other rules
//! would change.

use crate::error::{command_error, store_error};
use crate::session::Session;
use kith_api::ApiError;
use kith_model::golden::{GoldenChange, GoldenParams, LosingValue};
use kith_model::identity::GoldenValue;
use kith_model::{Column, Command, Entity, Frame, ProfileId, Quiet};
use std::collections::{BTreeMap, BTreeSet};

/// A person's golden values, each with its record, its rule and what lost.
pub(crate) fn of_person(
    session: &Session,
    profile: ProfileId,
) -> Result<Vec<GoldenValue>, ApiError> {
    let sql = format!(
        "SELECT g.field, g.value, g.source || '/' || coalesce(g.native_id, '') AS origin, g.rule \
         FROM ident.golden_value g WHERE profile_id = {} ORDER BY g.field",
        profile.0
    );
    let frame = session.store.frame(&sql, &Quiet).map_err(store_error)?;
    let text = |name: &str| frame.column(name).and_then(Column::text).unwrap_or_default();
    let (fields, values, origins, rules) =
        (text("field"), text("value"), text("origin"), text("rule"));
    let held = held(session, profile)?;
    let owned = |v: Option<&str>| v.unwrap_or_default().to_owned();
    let rows = fields.iter().zip(values).zip(origins.iter().zip(rules));
    Ok(rows
        .map(|((field, value), (from, rule))| {
            let (field, value) = (owned(field), owned(value));
            let same = value.trim().to_lowercase();
            let lost: Vec<LosingValue> = held
                .get(&field)
                .into_iter()
                .flatten()
                .filter(|(other, _)| other.trim().to_lowercase() != same)
                .map(|(value, from)| LosingValue {
                    value: value.clone(),
                    from: from.iter().cloned().collect(),
                })
                .collect();
            GoldenValue {
                field: label(&field).to_owned(),
                value,
                from: owned(from),
                rule: owned(rule),
                others: lost.iter().map(|l| l.value.clone()).collect(),
                lost,
            }
        })
        .collect())
}

fn label(field: &str) -> &str {
    Entity::Profile.field(field).map_or(field, |f| f.label)
}

/// A field's values, each with the names of the records that hold it.
type Held = BTreeMap<String, BTreeSet<String>>;

/// Every value a person's records hold, by golden field.
fn held(session: &Session, profile: ProfileId) -> Result<BTreeMap<String, Held>, ApiError> {
    let sql = format!(
        "SELECT p.* REPLACE (CAST(birth_date AS VARCHAR) AS birth_date), \
         p.source || '/' || coalesce(p.native_id, '') AS record_name \
         FROM canon.profile p JOIN ident.record i USING (record_id) \
         WHERE i.profile_id = {} ORDER BY record_id",
        profile.0
    );
    let frame: Frame = session.store.frame(&sql, &Quiet).map_err(store_error)?;
    let names = frame.column("record_name").and_then(Column::text).unwrap_or_default();
    let mut all: BTreeMap<String, Held> = BTreeMap::new();
    for (name, column) in &frame.columns {
        let Some(values) = column.text() else { continue };
        // A second address or number loses to the first like any other.
        let field = name.strip_suffix("_alt").unwrap_or(name);
        let held = all.entry(field.to_owned()).or_default();
        for (value, record) in values.iter().zip(names) {
            let (Some(value), Some(record)) = (value, record) else { continue };
            if !value.trim().is_empty() {
                held.entry(value.to_owned()).or_default().insert(record.to_owned());
            }
        }
    }
    Ok(all)
}

/// How many golden values other rules would change, by field; fields without any are left out.
pub(crate) fn preview(
    session: &Session,
    params: &GoldenParams,
) -> Result<Vec<GoldenChange>, ApiError> {
    let document = session.document();
    // Refused as it would be if it were to be set: a source or field misspelt changes nothing.
    let params = params.clone();
    let would = Command::SetGolden { params }.apply(&document).map_err(command_error)?;
    let rules = would.golden.in_order(&would);
    let sql = kith_identity::golden_changes_sql(&rules, &would.pins);
    let frame = session.store.frame(&sql, &Quiet).map_err(store_error)?;
    let fields = frame.column("field").and_then(Column::text).unwrap_or_default();
    let count = |name: &str, row: usize| {
        let values = frame.column(name).and_then(Column::int).unwrap_or_default();
        values.get(row).copied().flatten().unwrap_or_default().unsigned_abs()
    };
    let change = |(row, field): (usize, Option<&str>)| {
        Some(GoldenChange {
            field: field?.to_owned(),
            values: count("values", row),
            changed: count("changed", row),
            gained: count("gained", row),
            lost: count("lost", row),
        })
    };
    Ok(fields.iter().enumerate().filter_map(change).collect())
}
