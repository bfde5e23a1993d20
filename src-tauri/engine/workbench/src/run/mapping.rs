//! Mapping: raw tables into the canonical schema.

use super::{Ctx, Outcome, counted, grouped};
use crate::error::{mapping_error, not_ready_with, store_error};
use kith_api::ApiError;
use kith_mapping::MappedSource;
use kith_model::mapping::{MappedCount, Mapping, MappingSummary};
use kith_model::quality::CopyRule;
use kith_model::source::ColumnInfo;
use kith_model::{Entity, SourceId};
use kith_sql::TableName;

pub(super) fn run(ctx: &Ctx<'_>) -> Result<Outcome, ApiError> {
    let store = &ctx.session.store;
    let mut mapped = Vec::new();
    let mut unmapped = Vec::new();
    for source in &ctx.document.sources {
        match ctx.document.mappings.get(&source.id) {
            Some(mapping) if mapping.confirmed && !mapping.entities.is_empty() => {
                let table = TableName::new("src", source.id.0.clone());
                let columns =
                    store.columns(&format!("SELECT * FROM {table}")).map_err(store_error)?;
                let mut mapping = mapping.clone();
                if ctx.document.copies.get(&source.id) == Some(&CopyRule::KeepFirst) {
                    leave_copies_out(ctx, &source.id, &columns, &mut mapping)?;
                }
                mapped.push(MappedSource { id: source.id.clone(), columns, mapping });
            }
            // A known export with nothing for the schema: that is settled, not waiting.
            Some(mapping) if mapping.confirmed && source.preset.is_some() => {}
            _ => unmapped.push(source.id.clone()),
        }
    }
    if mapped.is_empty() {
        return Err(not_ready_with(
            "No mapping is accepted yet",
            "Look at the suggested links of each source and accept them",
        ));
    }
    let pipeline = kith_mapping::plan(&mapped).map_err(|e| mapping_error(&e))?;
    store.run(&pipeline, &ctx.part(0.0, 0.7)).map_err(store_error)?;
    let mapped = counts(ctx, &mapped)?;
    let imputed = super::imputing::run(ctx)?;
    let summary = MappingSummary { mapped, unmapped, imputed };
    outcome(&summary)
}

/// Makes the mapping pass over rows that repeat an earlier one.
fn leave_copies_out(
    ctx: &Ctx<'_>,
    source: &SourceId,
    columns: &[ColumnInfo],
    mapping: &mut Mapping,
) -> Result<(), ApiError> {
    let note = kith_quality::note_copies(source, columns);
    ctx.session.store.run(&note, &ctx.part(0.0, 0.0)).map_err(store_error)?;
    for part in &mut mapping.entities {
        part.filter = Some(kith_quality::without_copies(source, part.filter.as_deref()));
    }
    Ok(())
}

fn counts(ctx: &Ctx<'_>, mapped: &[MappedSource]) -> Result<Vec<MappedCount>, ApiError> {
    let frame = ctx
        .session
        .store
        .frame(&kith_mapping::count_sql(mapped), &ctx.part(0.7, 0.8))
        .map_err(store_error)?;
    kith_mapping::read_counts(&frame).map_err(|e| mapping_error(&e))
}

fn outcome(summary: &MappingSummary) -> Result<Outcome, ApiError> {
    let rows = |entity: Entity| {
        let of = summary.mapped.iter().filter(|m| m.entity == entity);
        of.map(|m| m.rows).sum::<u64>()
    };
    let failures: u64 = summary.mapped.iter().flat_map(|m| &m.failures).map(|(_, n)| n).sum();
    let mut verdict = format!(
        "{}, {} and {} in one schema",
        counted(rows(Entity::Profile), "contact record", "contact records"),
        counted(rows(Entity::Order), "order", "orders"),
        counted(rows(Entity::Event), "event", "events"),
    );
    if failures > 0 {
        verdict.push_str(&format!(
            "; {} could not be converted",
            counted(failures, "value", "values")
        ));
    }
    let filled: u64 = summary.imputed.iter().map(|one| one.filled).sum();
    if filled > 0 {
        let columns = counted(summary.imputed.len() as u64, "column", "columns");
        verdict.push_str(&format!("; {} filled in {columns}", counted(filled, "gap", "gaps")));
    }
    if !summary.unmapped.is_empty() {
        let names: Vec<&SourceId> = summary.unmapped.iter().collect();
        let names: Vec<_> = names.iter().map(|id| id.0.as_str()).collect();
        verdict.push_str(&format!("; not mapped yet: {}", names.join(", ")));
    }
    let headline = format!("{} records", grouped(rows(Entity::Profile)));
    Ok(Outcome::new(summary, headline, verdict)?.attention(!summary.unmapped.is_empty()))
}
