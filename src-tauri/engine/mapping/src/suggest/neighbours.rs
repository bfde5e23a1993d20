//! What stands beside a column: files keep the parts of an address and of a name together.

use super::score::Candidate;
use kith_model::FieldSpec;

/// Columns at most so far away are neighbours.
const REACH: usize = 2;

/// Evidence (log-odds) from which a neighbour is taken for what it looks like.
const LEAST: f64 = -0.3;

/// Fields that stand together, and the evidence one gives for the other.
const TOGETHER: &[(&str, &str, f64)] = &[
    ("city", "postcode", 1.5),
    ("city", "street", 0.7),
    ("city", "country", 0.4),
    ("city", "region", 0.4),
    ("postcode", "city", 0.5),
    ("postcode", "street", 0.6),
    ("street", "postcode", 0.6),
    ("street", "city", 0.6),
    ("region", "city", 0.4),
    ("latitude", "longitude", 0.8),
    ("longitude", "latitude", 0.8),
    ("given_name", "family_name", 0.8),
    ("family_name", "given_name", 0.8),
    ("unit_price", "quantity", 0.8),
    ("title", "product_id", 0.8),
    ("product_id", "title", 0.4),
    ("quantity", "unit_price", 0.5),
];

/// Adds to each candidate what its neighbours give, once, from the evidence without it.
/// `candidates[field][column]`.
pub(crate) fn add(fields: &[FieldSpec], candidates: &mut [Vec<Candidate>]) {
    let width = candidates.first().map_or(0, Vec::len);
    let best: Vec<Option<&str>> = (0..width)
        .map(|column| {
            let each = candidates.iter().enumerate().map(|(f, row)| (f, row[column].log_odds));
            let best = each.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, odds)| *odds > LEAST);
            best.map(|(field, _)| fields[field].name)
        })
        .collect();
    for (field, row) in fields.iter().zip(candidates) {
        for (column, candidate) in row.iter_mut().enumerate() {
            let near = column.saturating_sub(REACH)..(column + REACH + 1).min(width);
            let gives = |other: &str| {
                let pair = TOGETHER.iter().find(|(f, o, _)| *f == field.name && *o == other);
                pair.map_or(0.0, |(_, _, evidence)| *evidence)
            };
            let others = near.filter(|at| *at != column).filter_map(|at| best[at]);
            candidate.log_odds += others.map(gives).fold(0.0, f64::max);
        }
    }
}
