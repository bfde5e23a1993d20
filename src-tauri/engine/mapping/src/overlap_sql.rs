//! SQL that finds which values of a new file stand in columns that are mapped already.

use crate::suggest::{Names, Overlaps, Shared};
use kith_model::mapping::{Mapping, Transform};
use kith_model::source::Source;
use kith_model::{Column, Frame, SourceId};
use kith_sql::{Ident, TableName, text_list};
use std::collections::{BTreeMap, BTreeSet};

/// Different values of a column that are looked for.
const VALUES: usize = 100;

/// Longer values are no identifiers.
const LONGEST: usize = 64;

/// A column whose values are known to name something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownColumn {
    /// What they name.
    pub names: Names,
    /// The source, as it is called on screen.
    pub title: String,
    /// Its table.
    pub table: TableName,
    /// The column.
    pub column: String,
}

/// The identifiers of every accepted mapping but that of `except`, in the order of `sources`. A
/// column that is changed on its way is left out: what stands in the file is not what it means.
pub fn known_columns(
    sources: &[Source],
    mappings: &BTreeMap<SourceId, Mapping>,
    except: Option<&SourceId>,
) -> Vec<KnownColumn> {
    let mut known: Vec<KnownColumn> = Vec::new();
    for source in sources.iter().filter(|s| Some(&s.id) != except) {
        let accepted = mappings.get(&source.id).filter(|m| m.confirmed);
        for part in accepted.into_iter().flat_map(|m| &m.entities) {
            for link in part.links.iter().filter(|l| l.transform == Transform::None) {
                let names = Names::of(part.entity, &link.field);
                let (Some(names), Some(column)) = (names, link.column.clone()) else { continue };
                let table = TableName::new("src", source.id.0.clone());
                let new = KnownColumn { names, title: source.title.clone(), table, column };
                if !known.contains(&new) {
                    known.push(new);
                }
            }
        }
    }
    known
}

/// A value as it is compared.
fn plain(value: &str) -> String {
    value.trim().to_lowercase()
}

/// The values of each column that are looked for; `rows` hold cells in the order of columns.
fn looked_for(rows: &[Vec<Option<String>>], columns: usize) -> Vec<BTreeSet<String>> {
    let of = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)?.as_deref());
        let values = cells.map(plain).filter(|v| !v.is_empty() && v.len() <= LONGEST);
        let mut different = BTreeSet::new();
        for value in values {
            if different.len() == VALUES {
                break;
            }
            different.insert(value);
        }
        different
    };
    (0..columns).map(of).collect()
}

/// Which of the values in `rows` stand in which of the `known` columns: `at`, the place in
/// `known`, and `value`. None when there is nothing to look for or in.
pub fn overlap_sql(
    known: &[KnownColumn],
    rows: &[Vec<Option<String>>],
    columns: usize,
) -> Option<String> {
    let values: BTreeSet<String> = looked_for(rows, columns).into_iter().flatten().collect();
    if known.is_empty() || values.is_empty() {
        return None;
    }
    let list = text_list(values.iter().map(String::as_str));
    let parts: Vec<String> = known
        .iter()
        .enumerate()
        .map(|(at, k)| {
            let value = format!("lower(trim(CAST({} AS VARCHAR)))", Ident::new(&k.column));
            format!("SELECT DISTINCT {at} AS \"at\", {value} AS value FROM {}", k.table)
        })
        .collect();
    let all = parts.join("\n    UNION ALL\n    ");
    Some(format!("SELECT \"at\", value\nFROM (\n    {all}\n)\nWHERE value IN {list}\nORDER BY ALL"))
}

/// What [`overlap_sql`] found, by header; `headers` in the order of the cells of `rows`.
pub fn read_overlaps(
    frame: &Frame,
    known: &[KnownColumn],
    headers: &[&str],
    rows: &[Vec<Option<String>>],
) -> Overlaps {
    let places = frame.column("at").and_then(Column::int).unwrap_or_default();
    let values = frame.column("value").and_then(Column::text).unwrap_or_default();
    let mut found: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for (place, value) in places.iter().zip(values) {
        if let (Some(place), Some(value)) = (place, value) {
            found.entry(place.unsigned_abs() as usize).or_default().insert(value);
        }
    }
    let mut overlaps = Overlaps::new();
    for (header, wanted) in headers.iter().zip(looked_for(rows, headers.len())) {
        for (at, values) in &found {
            let hits = wanted.iter().filter(|v| values.contains(v.as_str())).count();
            if let (true, Some(k)) = (hits > 0, known.get(*at)) {
                let share = hits as f64 / wanted.len() as f64;
                let shared = Shared { names: k.names, share, title: k.title.clone() };
                overlaps.entry((*header).to_owned()).or_default().push(shared);
            }
        }
    }
    overlaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<KnownColumn> {
        let (title, column) = ("Shop \"B\"".to_owned(), "Variant SKU".to_owned());
        let table = TableName::new("src", "shop");
        vec![KnownColumn { names: Names::Product, title, table, column }]
    }

    fn rows() -> Vec<Vec<Option<String>>> {
        let row = |a: &str, b: Option<&str>| vec![Some(a.to_owned()), b.map(str::to_owned)];
        vec![row("SKU-1 ", Some("o'hara")), row("sku-2", None), row("SKU-1", Some("o'hara"))]
    }

    #[test]
    fn the_query_reads_as_written() {
        insta::assert_snapshot!(overlap_sql(&known(), &rows(), 2).unwrap());
        assert_eq!(overlap_sql(&[], &rows(), 2), None);
        assert_eq!(overlap_sql(&known(), &[], 2), None);
    }

    #[test]
    fn shares_count_different_values() {
        let column = |c| Column::Text(vec![Some(c)].into());
        let frame = Frame {
            columns: vec![
                ("at".to_owned(), Column::Int(vec![Some(0)])),
                ("value".to_owned(), column("sku-2".to_owned())),
            ],
        };
        let found = read_overlaps(&frame, &known(), &["Article", "Name"], &rows());
        assert_eq!(found.len(), 1);
        assert_eq!(found["Article"][0].share, 0.5);
    }
}
