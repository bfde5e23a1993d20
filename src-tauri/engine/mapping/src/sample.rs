//! Column profiles out of a few rows: what is known before a file is loaded.

use kith_model::source::{ColumnInfo, ColumnProfile};
use std::collections::BTreeMap;

/// Frequent values a profile holds.
const TOP: usize = 5;

/// The profile of each column over `rows`, whose cells stand in the order of `columns`. Empty
/// texts count as missing; counts are exact; no histograms.
pub fn profiles(columns: &[ColumnInfo], rows: &[Vec<Option<String>>]) -> Vec<ColumnProfile> {
    let profile = |(at, column): (usize, &ColumnInfo)| {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        let mut missing = 0;
        for row in rows {
            match row.get(at).and_then(Option::as_deref).filter(|v| !v.is_empty()) {
                Some(value) => *counts.entry(value).or_default() += 1,
                None => missing += 1,
            }
        }
        let (min, max) = (counts.keys().next().copied(), counts.keys().last().copied());
        let mut top: Vec<_> = counts.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect();
        top.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        top.truncate(TOP);
        ColumnProfile {
            name: column.name.clone(),
            sql_type: column.sql_type.clone(),
            missing,
            distinct: counts.len() as u64,
            min: min.map(str::to_owned),
            max: max.map(str::to_owned),
            top,
            histogram: Vec::new(),
        }
    };
    columns.iter().enumerate().map(profile).collect()
}
