//! What one link does, value by value, before it is carried out.

use crate::error::MappingError;
use crate::macros;
use crate::plan_sql::{MappedSource, Part, parts};
use kith_model::mapping::{EntityMapping, Link, LinkPreview, Mapping, PreviewRow};
use kith_model::{Column, Entity, Frame};
use kith_sql::{Ident, Pipeline};

/// Rows looked at.
const ROWS: u32 = 20_000;
/// Different values shown.
const SHOWN: u32 = 40;

/// The steps that make the macros [`preview_sql`] calls.
pub fn macro_steps() -> Pipeline {
    let mut pipeline = Pipeline::new("macros of the canonical schema");
    pipeline.steps.extend(macros::steps());
    pipeline
}

/// A query whose rows [`read_preview`] reads: what `link` makes of the values of `source`, over
/// its first rows. The entity's filter and its link to the country, by which telephone numbers
/// are read, count as they stand in the source's mapping.
///
/// # Errors
/// [`MappingError`], as for [`crate::plan`].
pub fn preview_sql(
    source: &MappedSource,
    entity: Entity,
    link: &Link,
) -> Result<String, MappingError> {
    let present = source.mapping.entities.iter().find(|e| e.entity == entity);
    let country = present
        .into_iter()
        .flat_map(|e| &e.links)
        .filter(|l| l.field == "country" && link.field != "country");
    let part = EntityMapping {
        entity,
        filter: present.and_then(|e| e.filter.clone()),
        dedupe_by: Vec::new(),
        unfold: present.and_then(|e| e.unfold.clone()),
        links: country.cloned().chain([link.clone()]).collect(),
    };
    let one = [MappedSource {
        mapping: Mapping { confirmed: true, entities: vec![part] },
        ..source.clone()
    }];
    let parts = parts(&one)?;
    Ok(parts.first().map(|part| select(part, link)).unwrap_or_default())
}

fn select(part: &Part<'_>, link: &Link) -> String {
    let fields: Vec<_> = part
        .fields
        .iter()
        .filter(|f| f.spec.name == link.field || f.spec.name == "country")
        .collect();
    let Some(field) = fields.iter().find(|f| f.spec.name == link.field) else {
        return String::new();
    };
    let raw = part.raw_select(&fields);
    let original = match &link.column {
        Some(name) => {
            let found = crate::columns::find(&part.source.columns, name);
            let name = found.map_or(name.as_str(), |c| c.name.as_str());
            format!("CAST(o.{} AS VARCHAR)", Ident::new(name))
        }
        None => "CAST(NULL AS VARCHAR)".to_owned(),
    };
    let table = kith_sql::TableName::new("src", part.source.id.0.clone());
    let name = Ident::new(field.spec.name);
    let present =
        if field.raw.is_some() { format!("v.{name} IS NOT NULL") } else { "false".to_owned() };
    let (after, failed) = (
        format!("CAST({} AS VARCHAR)", field.canonical),
        format!("{present} AND {} IS NULL", field.canonical),
    );
    format!(
        "WITH seen AS (\nSELECT {original} AS \"before\", {after} AS \"after\", ({failed}) AS \"failed\", ({present}) AS \"present\"\nFROM (\n{raw}\n  LIMIT {ROWS}\n) AS v JOIN {table} AS o ON o.\"_row\" = v.\"_row\"\n)\nSELECT \"before\", \"after\", \"failed\", count(*) AS \"n\", (SELECT count(*) FROM seen) AS \"looked\", (SELECT count(*) FROM seen WHERE \"present\") AS \"present\", (SELECT count(*) FROM seen WHERE \"failed\") AS \"failures\"\nFROM seen\nGROUP BY \"before\", \"after\", \"failed\"\nORDER BY \"failed\" DESC, \"before\" IS NULL, \"n\" DESC, \"before\", \"after\"\nLIMIT {SHOWN}"
    )
}

/// What [`preview_sql`]'s rows say.
///
/// # Errors
/// [`MappingError::Counts`] when the frame is not of that query.
pub fn read_preview(frame: &Frame) -> Result<LinkPreview, MappingError> {
    let texts = |name: &str| frame.column(name).and_then(Column::text).ok_or(MappingError::Counts);
    let (before, after) = (texts("before")?, texts("after")?);
    let failed = frame.column("failed").and_then(Column::truth).ok_or(MappingError::Counts)?;
    let number = |name: &str| -> u64 {
        let column = frame.column(name).and_then(Column::int).unwrap_or_default();
        column.first().copied().flatten().unwrap_or(0).unsigned_abs()
    };
    let rows = (0..frame.rows())
        .map(|row| PreviewRow {
            before: before.get(row).map(str::to_owned),
            after: after.get(row).map(str::to_owned),
            failed: failed[row].unwrap_or(false),
        })
        .collect();
    Ok(LinkPreview {
        rows,
        looked_at: number("looked"),
        present: number("present"),
        failed: number("failures"),
    })
}
