//! Counting what was mapped: rows written, and values that were present but could not be read.

use crate::error::MappingError;
use crate::plan_sql::{MappedSource, Part, parts};
use kith_model::mapping::MappedCount;
use kith_model::{Column, Entity, Frame, SourceId};
use kith_sql::text;
use std::collections::BTreeMap;

/// A query over the raw tables whose rows [`read_counts`] reads: `source`, `entity`, `field`
/// and `n`. A row with an empty field holds the rows written, the others the values of that
/// field that were present in the file, no placeholder, and NULL in the canonical table.
///
/// Needs the macros, so run [`crate::plan`]'s pipeline first; mappings that cannot be planned
/// count nothing.
pub fn count_sql(sources: &[MappedSource]) -> String {
    let parts = parts(sources).unwrap_or_default();
    let selects: Vec<_> = parts.iter().map(select).collect();
    let all = if selects.is_empty() {
        "SELECT '' AS \"source\", '' AS \"entity\", '' AS \"field\", 0 AS \"n\" WHERE false"
            .to_owned()
    } else {
        selects.join("\nUNION ALL\n")
    };
    format!(
        "SELECT \"source\", \"entity\", \"field\", CAST(sum(\"n\") AS BIGINT) AS \"n\"\nFROM (\n{all}\n)\nGROUP BY ALL\nORDER BY ALL"
    )
}

fn select(part: &Part<'_>) -> String {
    let fallible: Vec<_> = part.fields.iter().filter(|f| f.fallible).collect();
    let key = |name: &str| part.dedupe_by.iter().any(|k| k == name);
    let read: Vec<_> = part
        .fields
        .iter()
        .filter(|f| f.fallible || key(f.spec.name) || f.spec.name == "country")
        .collect();
    let mut columns = vec!["v.\"_row\" AS \"row_id\"".to_owned()];
    for field in part.fields.iter().filter(|f| f.fallible || key(f.spec.name)) {
        columns.push(format!("{} AS \"{}\"", field.canonical, field.spec.name));
        if field.fallible {
            columns.push(format!("v.\"{0}\" IS NOT NULL AS \"{0} present\"", field.spec.name));
        }
    }
    let mut names = vec![text("")];
    let mut numbers = vec!["count(*)".to_owned()];
    for field in &fallible {
        let name = field.spec.name;
        names.push(text(name));
        numbers.push(format!("count(*) FILTER (\"{name} present\" AND \"{name}\" IS NULL)"));
    }
    let inner =
        format!("SELECT {}\nFROM (\n{}\n) AS v", columns.join(",\n  "), part.raw_select(&read));
    format!(
        "SELECT {} AS \"source\", {} AS \"entity\",\n  unnest([{}]) AS \"field\",\n  unnest([{}]) AS \"n\"\nFROM (\n{}\n)",
        text(&part.source.id.0),
        text(part.entity.key()),
        names.join(", "),
        numbers.join(",\n    "),
        part.deduped(&inner)
    )
}

/// What [`count_sql`]'s rows say, sorted by source and entity; fields without failures are
/// left out.
///
/// # Errors
/// [`MappingError::Counts`] when the frame is not of that query.
pub fn read_counts(frame: &Frame) -> Result<Vec<MappedCount>, MappingError> {
    let texts = |name: &str| frame.column(name).and_then(Column::text).ok_or(MappingError::Counts);
    let (sources, entities, fields) = (texts("source")?, texts("entity")?, texts("field")?);
    let numbers = frame.column("n").and_then(Column::int).ok_or(MappingError::Counts)?;
    let mut counts: BTreeMap<(&str, Entity), MappedCount> = BTreeMap::new();
    let rows = sources.iter().zip(entities).zip(fields).zip(numbers);
    for (((source, key), field), n) in rows {
        let (Some(source), Some(key), Some(field), Some(n)) = (source, key, field, *n) else {
            return Err(MappingError::Counts);
        };
        let entity =
            Entity::ALL.into_iter().find(|e| e.key() == key).ok_or(MappingError::Counts)?;
        let n = u64::try_from(n).map_err(|_| MappingError::Counts)?;
        let count = counts.entry((source, entity)).or_insert_with(|| MappedCount {
            source: SourceId(source.to_owned()),
            entity,
            rows: 0,
            failures: Vec::new(),
        });
        if field.is_empty() {
            count.rows = n;
        } else if n > 0 {
            count.failures.push((field.to_owned(), n));
        }
    }
    let mut counts: Vec<_> = counts.into_values().collect();
    for count in &mut counts {
        count.failures.sort();
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> Column {
        Column::Text(values.iter().map(|v| Some((*v).to_owned())).collect())
    }

    #[test]
    fn rows_and_failures_are_told_apart() {
        let frame = Frame::default()
            .with("source", texts(&["crm", "crm", "crm", "a"]))
            .with("entity", texts(&["profile", "profile", "profile", "order"]))
            .with("field", texts(&["", "phone", "email", ""]))
            .with("n", Column::Int(vec![Some(9), Some(0), Some(2), Some(4)]));
        let counts = read_counts(&frame).unwrap();
        assert_eq!(counts.len(), 2);
        assert_eq!((counts[0].source.0.as_str(), counts[0].rows), ("a", 4));
        assert_eq!(counts[1].rows, 9);
        assert_eq!(counts[1].failures, [("email".to_owned(), 2)]);
    }

    #[test]
    fn a_strange_frame_is_an_error() {
        assert_eq!(read_counts(&Frame::default()), Err(MappingError::Counts));
    }
}
