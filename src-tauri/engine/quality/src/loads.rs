//! What is remembered of a load, and what stands out against the load before.
//!
//! Remembered are counts, quantiles of numbers and the names of few categories: no row, and no
//! value of a column that seems to hold personal data.

use crate::drift::{categories_apart, ks_chance, numbers_apart};
use crate::words::{number, share};
use kith_model::quality::{
    Anomaly, AnomalyKind, ColumnKind, ColumnStats, Finding, LoadNote, Outcome, TableId,
    TableProfile,
};
use serde::{Deserialize, Serialize};

/// Change of the number of rows, against the load before, that stands out while there are few.
const VOLUME: f64 = 0.3;
/// Loads from which the spread of earlier ones says what stands out.
const ENOUGH_LOADS: usize = 4;
/// Robust deviations (1.4826 times the median absolute deviation) that stand out: 3.5, after
/// Iglewicz and Hoaglin (1993).
const DEVIATIONS: f64 = 3.5;
/// Least change of a share of missing values that stands out.
const MISSING: f64 = 0.02;
/// z of the two-proportion test from which it is no chance (one in a thousand).
const MISSING_Z: f64 = 3.29;
/// Population stability index that stands out (Siddiqi 2006).
const PSI: f64 = 0.25;
/// Kolmogorov-Smirnov statistic that stands out, when chance is below [`KS_CHANCE`].
const KS: f64 = 0.1;
const KS_CHANCE: f64 = 0.001;
/// Categories up to which a column's shares are remembered.
const CATEGORIES: u64 = 10;

/// One load in the project's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// What the page shows.
    #[serde(flatten)]
    pub note: LoadNote,
    /// What distributions are compared by.
    #[serde(default)]
    pub tables: Vec<TableTrace>,
}

/// A table in a load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableTrace {
    /// Which.
    pub table: TableId,
    /// Rows.
    pub rows: u64,
    /// Its columns.
    pub columns: Vec<ColumnTrace>,
    /// Of a source: what its raw rows were made of; the same again need not be profiled again.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mark: String,
}

/// A column in a load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnTrace {
    /// Name.
    pub name: String,
    /// How it reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ColumnKind>,
    /// Rows without a value.
    pub missing: u64,
    /// Distinct values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinct: Option<u64>,
    /// Quantiles of numbers, to five digits; empty for others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quantiles: Vec<f64>,
    /// Categories with counts, where they are few; empty for others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<(String, u64)>,
}

/// What to remember of a load: the mapped tables as profiled, and the sources' raw rows.
pub fn remember(
    (load, at): (&str, &str),
    findings: &[Finding],
    profiles: &[TableProfile],
    sources: Vec<TableTrace>,
) -> Load {
    let mut counts = [0; 4];
    for finding in findings {
        let place = match finding.outcome {
            Outcome::Holds => 0,
            Outcome::Fails if finding.is_error() => 1,
            Outcome::Fails => 2,
            Outcome::Unchecked => 3,
        };
        counts[place] += 1;
    }
    let failing = |f: &Finding| match (f.outcome, f.failing) {
        (Outcome::Fails, 0) => 1.0,
        (_, failing) => failing as f64 / f.rows.max(1) as f64,
    };
    let checked = findings.iter().filter(|f| f.outcome != Outcome::Unchecked);
    let note = LoadNote {
        load: load.to_owned(),
        at: at.to_owned(),
        counts,
        rows: profiles.iter().map(|p| (p.table.clone(), p.rows)).collect(),
        failing: checked.map(|f| (f.expectation.id.clone(), failing(f))).collect(),
    };
    Load { note, tables: profiles.iter().map(trace).chain(sources).collect() }
}

/// What distributions are compared by: no value of a column that seems to hold personal data.
pub fn trace(profile: &TableProfile) -> TableTrace {
    let column = |c: &ColumnStats| {
        let telling = c.pii.is_none() && c.distinct > 1;
        let numbers = telling && c.kind == ColumnKind::Number;
        let few =
            c.distinct <= CATEGORIES && matches!(c.kind, ColumnKind::Text | ColumnKind::Truth);
        ColumnTrace {
            name: c.name.clone(),
            kind: Some(c.kind),
            // What was filled in came without a value.
            missing: c.missing + c.filled,
            distinct: Some(c.distinct),
            quantiles: if numbers {
                c.quantiles.iter().map(|q| digits(*q)).collect()
            } else {
                vec![]
            },
            categories: if telling && few { c.top.clone() } else { vec![] },
        }
    };
    TableTrace {
        table: profile.table.clone(),
        rows: profile.rows,
        columns: profile.columns.iter().map(column).collect(),
        mark: String::new(),
    }
}

fn digits(value: f64) -> f64 {
    format!("{value:.4e}").parse().unwrap_or(value)
}

/// What stands out in `now` against the load before it, the last of `before`.
pub fn anomalies(before: &[Load], now: &Load) -> Vec<Anomaly> {
    let Some(last) = before.last() else { return Vec::new() };
    let mut all = Vec::new();
    // What changed in a source shows in the mapped tables: it is told once.
    for table in now.tables.iter().filter(|t| matches!(t.table, TableId::Canon(_))) {
        let Some(old) = last.tables.iter().find(|t| t.table == table.table) else {
            all.push(came_or_went(&table.table, None, "is new", (0.0, table.rows as f64)));
            continue;
        };
        all.extend(volume(before, old, table));
        for column in &table.columns {
            match old.columns.iter().find(|c| c.name == column.name) {
                Some(earlier) => all.extend(column_anomalies((old, earlier), (table, column))),
                None => {
                    let new = came_or_went(&table.table, Some(&column.name), "is new", (0.0, 1.0));
                    all.push(new);
                }
            }
        }
        for gone in old.columns.iter().filter(|c| table.columns.iter().all(|n| n.name != c.name)) {
            all.push(came_or_went(&table.table, Some(&gone.name), "is gone", (1.0, 0.0)));
        }
    }
    let mapped = last.tables.iter().filter(|t| matches!(t.table, TableId::Canon(_)));
    for gone in mapped.filter(|t| now.tables.iter().all(|n| n.table != t.table)) {
        all.push(came_or_went(&gone.table, None, "is gone or empty", (gone.rows as f64, 0.0)));
    }
    all
}

fn came_or_went(
    table: &TableId,
    column: Option<&str>,
    how: &str,
    (before, now): (f64, f64),
) -> Anomaly {
    let what = match column {
        Some(column) => format!("{column} of {}", table.words()),
        None => table.words(),
    };
    Anomaly {
        kind: AnomalyKind::Shape,
        table: table.clone(),
        column: column.map(str::to_owned),
        message: format!("{what} {how} since the load before"),
        before,
        now,
        psi: None,
        ks: None,
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

/// With few loads a change by a share stands out; with more, what lies beyond their spread too.
fn volume(before: &[Load], old: &TableTrace, new: &TableTrace) -> Option<Anomaly> {
    let (was, is) = (old.rows as f64, new.rows as f64);
    let mut counts: Vec<f64> = before
        .iter()
        .filter_map(|load| load.tables.iter().find(|t| t.table == new.table))
        .map(|table| table.rows as f64)
        .collect();
    let stands_out = if counts.len() >= ENOUGH_LOADS {
        let middle = median(&mut counts);
        let mut away: Vec<f64> = counts.iter().map(|n| (n - middle).abs()).collect();
        // Loads that were all alike have no spread: a hundredth of the middle stands for it.
        let spread = (1.4826 * median(&mut away)).max(middle * 0.01);
        (is - middle).abs() > DEVIATIONS * spread
    } else {
        (is - was).abs() > VOLUME * was.max(1.0)
    };
    stands_out.then(|| Anomaly {
        kind: AnomalyKind::Volume,
        table: new.table.clone(),
        column: None,
        message: format!("{} rows of {}, {} before", number(is), new.table.words(), number(was)),
        before: was,
        now: is,
        psi: None,
        ks: None,
    })
}

fn column_anomalies(
    (old, before): (&TableTrace, &ColumnTrace),
    (new, now): (&TableTrace, &ColumnTrace),
) -> Vec<Anomaly> {
    let mut all = Vec::new();
    let name = format!("{} of {}", now.name, new.table.words());
    let (n, m) = (old.rows as f64, new.rows as f64);
    let blank = |kind, message, figures: (f64, f64), (psi, ks)| Anomaly {
        kind,
        table: new.table.clone(),
        column: Some(now.name.clone()),
        message,
        before: figures.0,
        now: figures.1,
        psi,
        ks,
    };
    let (was, is) = (before.missing as f64 / n.max(1.0), now.missing as f64 / m.max(1.0));
    if (is - was).abs() >= MISSING && two_proportions((was, n), (is, m)).abs() >= MISSING_Z {
        let message = format!("{name} is missing in {}, {} before", share(is), share(was));
        all.push(blank(AnomalyKind::Missing, message, (was, is), (None, None)));
    }
    if let Some((psi, ks)) = numbers_apart(&before.quantiles, &now.quantiles) {
        let (values, others) = (n * (1.0 - was), m * (1.0 - is));
        if psi >= PSI || ks >= KS && ks_chance(ks, values, others) < KS_CHANCE {
            let message =
                format!("{name} is distributed otherwise than before (PSI {psi:.2}, KS {ks:.2})");
            let middle = |q: &[f64]| q.get(q.len() / 2).copied().unwrap_or_default();
            let figures = (middle(&before.quantiles), middle(&now.quantiles));
            all.push(blank(AnomalyKind::Distribution, message, figures, (Some(psi), Some(ks))));
        }
    } else if let Some(psi) =
        categories_apart(&before.categories, &now.categories).filter(|psi| *psi >= PSI)
    {
        let message = format!("the shares in {name} differ from before (PSI {psi:.2})");
        all.push(blank(AnomalyKind::Distribution, message, (0.0, psi), (Some(psi), None)));
    }
    all
}

/// z of the pooled two-proportion test; 0 where nothing varies.
fn two_proportions((p, n): (f64, f64), (q, m): (f64, f64)) -> f64 {
    let pooled = (p * n + q * m) / (n + m).max(1.0);
    let error = (pooled * (1.0 - pooled) * (1.0 / n.max(1.0) + 1.0 / m.max(1.0))).sqrt();
    if error > 0.0 { (q - p) / error } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Entity;

    fn load(rows: u64, missing: u64, shift: f64) -> Load {
        let quantiles = (0..=128).map(|k| f64::from(k) + shift).collect();
        let total = ColumnTrace {
            name: "total".into(),
            kind: None,
            missing,
            distinct: None,
            quantiles,
            categories: vec![],
        };
        let n = (rows - missing) / 2;
        let status = ColumnTrace {
            name: "status".into(),
            kind: None,
            missing: 0,
            distinct: None,
            quantiles: vec![],
            categories: vec![("paid".into(), n), ("open".into(), n)],
        };
        let columns = vec![total, status];
        let table = TableId::Canon(Entity::Order);
        Load {
            note: LoadNote::default(),
            tables: vec![TableTrace { table, rows, columns, mark: String::new() }],
        }
    }

    fn kinds(before: &[Load], now: &Load) -> Vec<AnomalyKind> {
        anomalies(before, now).into_iter().map(|a| a.kind).collect()
    }

    #[test]
    fn the_same_again_is_no_anomaly() {
        assert!(kinds(&[], &load(1000, 10, 0.0)).is_empty());
        assert!(kinds(&[load(1000, 10, 0.0)], &load(1040, 12, 0.0)).is_empty());
    }

    #[test]
    fn volume_missing_and_distribution_stand_out() {
        let before = [load(1000, 10, 0.0)];
        assert_eq!(kinds(&before, &load(400, 4, 0.0)), [AnomalyKind::Volume]);
        assert_eq!(kinds(&before, &load(1000, 90, 0.0)), [AnomalyKind::Missing]);
        assert_eq!(kinds(&before, &load(1000, 10, 40.0)), [AnomalyKind::Distribution]);
        let mut other = load(1000, 10, 0.0);
        other.tables[0].columns[1].categories = vec![("paid".into(), 950), ("open".into(), 50)];
        assert_eq!(kinds(&before, &other), [AnomalyKind::Distribution]);
        other.tables[0].columns.remove(1);
        assert_eq!(kinds(&before, &other), [AnomalyKind::Shape]);
    }

    #[test]
    fn many_loads_say_themselves_what_is_usual() {
        let before: Vec<_> = [1000, 1500, 900, 1400, 1100].map(|n| load(n, 10, 0.0)).into();
        assert!(kinds(&before, &load(1550, 10, 0.0)).is_empty());
        assert_eq!(kinds(&before, &load(3000, 10, 0.0)), [AnomalyKind::Volume]);
    }

    #[test]
    fn what_is_remembered_holds_no_personal_values() {
        let column = |pii| ColumnStats {
            name: "x".into(),
            distinct: 2,
            top: vec![("ada@x.org".into(), 3), ("b@x.org".into(), 1)],
            pii,
            ..ColumnStats::default()
        };
        let profile = TableProfile {
            table: TableId::Canon(Entity::Profile),
            rows: 4,
            duplicates: 0,
            columns: vec![column(Some(kith_model::quality::Pii::Email)), column(None)],
            correlations: vec![],
            alerts: vec![],
        };
        let kept = remember(("l", "t"), &[], std::slice::from_ref(&profile), vec![]);
        let counts: Vec<_> = kept.tables[0].columns.iter().map(|c| c.categories.len()).collect();
        assert_eq!(counts, [0, 2]);
    }
}
