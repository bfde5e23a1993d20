//! What a profile warns of.
//!
//! The kinds are those of the profiling reports people know; each threshold is a constant here.

use crate::words::{number, share};
use kith_model::quality::{AlertKind, ColumnKind, ColumnStats, ProfileAlert, TableProfile};

/// Share of zeros from which a column is said to have many.
const ZEROS: f64 = 0.5;
/// Pearson's coefficient from which two columns say the same.
const CORRELATED: f64 = 0.9;
/// Distinct texts above which a column that is not unique has high cardinality.
const CARDINALITY: u64 = 50;
/// Distinct values as a share of all from which cardinality is high.
const CARDINALITY_SHARE: f64 = 0.5;
/// Absolute skewness from which a distribution has a long tail.
const SKEWED: f64 = 5.0;
/// Imbalance from which one category outweighs all others: 1 - H / log2(k), H the entropy of the
/// k categories in bits; 0 when all are as frequent.
const IMBALANCED: f64 = 0.5;
/// Share of missing values worth a word.
const MISSING: f64 = 0.05;

/// What to look at, table first, then column by column.
pub(crate) fn alerts(profile: &TableProfile) -> Vec<ProfileAlert> {
    let mut all = Vec::new();
    if profile.rows == 0 {
        return all;
    }
    let mut say = |kind, column: Option<&str>, message: String| {
        all.push(ProfileAlert { kind, column: column.map(str::to_owned), message });
    };
    if profile.duplicates > 0 {
        let of = share(profile.duplicates as f64 / profile.rows as f64);
        let message = format!("{} rows repeat others ({of})", number(profile.duplicates as f64));
        say(AlertKind::Duplicates, None, message);
    }
    for column in &profile.columns {
        for (kind, message) in of_column(column, profile.rows) {
            say(kind, Some(&column.name), message);
        }
    }
    for pair in profile.correlations.iter().filter(|pair| pair.r.abs() >= CORRELATED) {
        let message = format!("{} goes with {} (r = {:.2})", pair.left, pair.right, pair.r);
        say(AlertKind::Correlated, Some(&pair.left), message);
    }
    all
}

fn of_column(column: &ColumnStats, rows: u64) -> Vec<(AlertKind, String)> {
    let mut all = Vec::new();
    let present = rows.saturating_sub(column.missing);
    let name = &column.name;
    let missing = column.missing_share(rows);
    if missing >= MISSING {
        all.push((AlertKind::Missing, format!("{name} is missing in {} of rows", share(missing))));
    }
    if present == 0 {
        return all;
    }
    if column.distinct == 1 {
        let value = column.top.first().map_or("one value", |(value, _)| value);
        all.push((AlertKind::Constant, format!("{name} is always {value}")));
        return all;
    }
    if column.distinct == present {
        all.push((AlertKind::Unique, format!("every value of {name} comes once")));
    } else if column.kind == ColumnKind::Text
        && column.distinct > CARDINALITY
        && column.distinct as f64 > CARDINALITY_SHARE * present as f64
    {
        let message = format!("{name} has {} distinct values", number(column.distinct as f64));
        all.push((AlertKind::HighCardinality, message));
    }
    let zeros = column.zeros as f64 / present as f64;
    if zeros >= ZEROS {
        all.push((AlertKind::Zeros, format!("{name} is 0 in {} of values", share(zeros))));
    }
    if column.infinite > 0 {
        let message = format!("{name} is infinite in {} rows", number(column.infinite as f64));
        all.push((AlertKind::Infinite, message));
    }
    if let Some(skew) = column.skewness.filter(|s| s.abs() >= SKEWED) {
        all.push((AlertKind::Skewed, format!("{name} has a long tail (skewness {skew:.1})")));
    }
    if let Some(imbalance) = imbalance(column).filter(|i| *i >= IMBALANCED) {
        let (value, n) = &column.top[0];
        let of = share(*n as f64 / present as f64);
        let message = format!("{value} is {of} of {name} (imbalance {imbalance:.2})");
        all.push((AlertKind::Imbalanced, message));
    }
    if let Some(group) = column.dirty.first() {
        let more = match column.dirty.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let message =
            format!("{name} writes one value in several ways: {}{more}", group.join(" | "));
        all.push((AlertKind::DirtyCategories, message));
    }
    all
}

/// 1 - H / log2(k) of a column whose every category is known; `None` of others.
pub(crate) fn imbalance(column: &ColumnStats) -> Option<f64> {
    let categorical = matches!(column.kind, ColumnKind::Text | ColumnKind::Truth);
    let k = column.top.len();
    if !categorical || k < 2 || column.distinct != k as u64 {
        return None;
    }
    let total: u64 = column.top.iter().map(|(_, n)| n).sum();
    let entropy: f64 =
        column.top.iter().map(|(_, n)| *n as f64 / total as f64).map(|p| -p * p.log2()).sum();
    Some(1.0 - entropy / (k as f64).log2())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(top: &[(&str, u64)]) -> ColumnStats {
        ColumnStats {
            name: "status".into(),
            distinct: top.len() as u64,
            top: top.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect(),
            ..ColumnStats::default()
        }
    }

    fn kinds(column: &ColumnStats, rows: u64) -> Vec<AlertKind> {
        of_column(column, rows).into_iter().map(|(kind, _)| kind).collect()
    }

    #[test]
    fn imbalance_is_one_minus_relative_entropy() {
        assert!(imbalance(&column(&[("a", 50), ("b", 50)])).unwrap().abs() < 1e-12);
        // H(0.9, 0.1) = 0.468996 bits.
        let uneven = imbalance(&column(&[("a", 90), ("b", 10)])).unwrap();
        assert!((uneven - 0.531_004).abs() < 1e-6);
    }

    #[test]
    fn each_kind_of_alert_is_raised_where_it_belongs() {
        assert_eq!(kinds(&column(&[("a", 10)]), 10), [AlertKind::Constant]);
        assert_eq!(kinds(&column(&[("a", 90), ("b", 10)]), 100), [AlertKind::Imbalanced]);
        assert_eq!(kinds(&column(&[("a", 1), ("b", 1)]), 2), [AlertKind::Unique]);
        let numbers = ColumnStats {
            kind: ColumnKind::Number,
            missing: 20,
            distinct: 30,
            zeros: 60,
            infinite: 1,
            skewness: Some(-7.0),
            ..column(&[])
        };
        let numbers = ColumnStats { distinct: 30, ..numbers };
        let expected =
            [AlertKind::Missing, AlertKind::Zeros, AlertKind::Infinite, AlertKind::Skewed];
        assert_eq!(kinds(&numbers, 100), expected);
        let many = ColumnStats { distinct: 80, ..column(&[]) };
        assert_eq!(kinds(&many, 100), [AlertKind::HighCardinality]);
        let dirty = ColumnStats {
            dirty: vec![vec!["paid".into(), "Paid".into()]],
            ..column(&[("paid", 50), ("Paid", 50)])
        };
        assert_eq!(kinds(&dirty, 100), [AlertKind::DirtyCategories]);
    }
}
