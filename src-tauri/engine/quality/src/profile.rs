//! Profiling a table: asks its queries one after the other and puts the answers together.

use crate::alerts::alerts;
use crate::categories::dirty_groups;
use crate::copies_sql::copies_sql;
use crate::looks::{guess_pii, pattern};
use crate::profile_sql as sql;
use kith_model::quality::{ColumnKind, ColumnStats, Correlation, TableId, TableProfile};
use kith_model::source::ColumnInfo;
use kith_model::{Column, Frame};
use std::collections::BTreeMap;

/// Characters of a value kept.
const SHOWN: usize = 60;

/// Values kept of the most frequent ones.
const TOP: usize = 10;

/// Correlations below are not worth a line.
const WORTH_A_LINE: f64 = 0.5;

/// Profiles a table of `rows` rows. `ask` runs one query: give it the store's `frame`.
///
/// # Errors
/// Whatever `ask` gives: the profile is abandoned.
pub fn profile<E>(
    table: &TableId,
    columns: &[ColumnInfo],
    rows: u64,
    mut ask: impl FnMut(&str) -> Result<Frame, E>,
) -> Result<TableProfile, E> {
    let own = sql::own(table, columns);
    let mut profile = TableProfile {
        table: table.clone(),
        rows,
        duplicates: 0,
        columns: Vec::new(),
        correlations: Vec::new(),
        alerts: Vec::new(),
    };
    if own.is_empty() {
        return Ok(profile);
    }
    profile.columns = counts(table, &own, rows, &mut ask)?;
    filled(table, columns, &mut profile, &mut ask)?;
    measures(table, &own, &mut profile, &mut ask)?;
    frequencies(table, &own, &mut profile, &mut ask)?;
    looks(table, &own, &mut profile, &mut ask)?;
    if rows > 0 {
        profile.duplicates = count(&ask(&copies_sql(table, columns))?, "failing");
    }
    profile.alerts = alerts(&profile);
    Ok(profile)
}

pub(crate) fn count(frame: &Frame, name: &str) -> u64 {
    let first = frame.column(name).and_then(Column::int).and_then(|v| v.first().copied());
    first.flatten().unwrap_or(0).unsigned_abs()
}

fn real(frame: &Frame, name: &str) -> Option<f64> {
    frame.column(name).and_then(Column::real).and_then(|v| v.first().copied()).flatten()
}

/// A figure to nine digits: sums differ in the last ones from run to run, because threads add in
/// any order.
pub(crate) fn figure(frame: &Frame, name: &str) -> Option<f64> {
    let value = real(frame, name).filter(|v| v.is_finite())?;
    format!("{value:.8e}").parse().ok()
}

fn text(frame: &Frame, name: &str) -> Option<String> {
    frame.column(name)?.text()?.first().map(str::to_owned)
}

fn short(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &value[..at]),
        None => value.to_owned(),
    }
}

/// Notes how many values of each column an imputation filled in.
fn filled<E>(
    table: &TableId,
    columns: &[ColumnInfo],
    profile: &mut TableProfile,
    ask: &mut impl FnMut(&str) -> Result<Frame, E>,
) -> Result<(), E> {
    let flags = sql::flags(columns);
    if flags.is_empty() {
        return Ok(());
    }
    let frame = ask(&sql::filled_sql(table, &flags))?;
    for (at, (field, _)) in flags.iter().enumerate() {
        let column = profile.columns.iter_mut().find(|column| column.name == *field);
        if let Some(column) = column {
            column.filled = count(&frame, &format!("filled_{at}"));
        }
    }
    Ok(())
}

fn counts<E>(
    table: &TableId,
    own: &[&ColumnInfo],
    rows: u64,
    ask: &mut impl FnMut(&str) -> Result<Frame, E>,
) -> Result<Vec<ColumnStats>, E> {
    let frame = ask(&sql::counts_sql(table, own, rows))?;
    let mut columns = Vec::new();
    for (at, column) in own.iter().enumerate() {
        let of = |name: &str| count(&frame, &format!("{name}_{at}"));
        let present = of("present");
        let mut distinct = of("distinct").min(present);
        // An estimate cannot tell whether all differ: count those that nearly do.
        if rows > sql::EXACT_UP_TO && distinct as f64 > 0.9 * present as f64 {
            distinct = count(&ask(&sql::distinct_sql(table, column))?, "n");
        }
        let kind = sql::reads_as(column, present, of("numbers"), of("moments"));
        columns.push(ColumnStats {
            name: column.name.clone(),
            sql_type: column.sql_type.clone(),
            kind,
            missing: rows.saturating_sub(present),
            distinct,
            length: (column.sql_type == "VARCHAR" && present > 0)
                .then(|| (of("short"), of("long"))),
            ..ColumnStats::default()
        });
    }
    Ok(columns)
}

fn measures<E>(
    table: &TableId,
    own: &[&ColumnInfo],
    profile: &mut TableProfile,
    ask: &mut impl FnMut(&str) -> Result<Frame, E>,
) -> Result<(), E> {
    let kinds: Vec<_> = own.iter().copied().zip(profile.columns.iter().map(|c| c.kind)).collect();
    let Some(query) = sql::measures_sql(table, &kinds, profile.rows) else { return Ok(()) };
    let frame = ask(&query)?;
    for (at, column) in profile.columns.iter_mut().enumerate() {
        let of = |name: &str| format!("{name}_{at}");
        column.mean = figure(&frame, &of("mean"));
        column.stdev = figure(&frame, &of("stdev"));
        column.skewness = figure(&frame, &of("skew"));
        column.zeros = count(&frame, &of("zeros"));
        column.infinite = count(&frame, &of("infinite"));
        column.min = text(&frame, &of("least"));
        column.max = text(&frame, &of("greatest"));
        let quantiles = text(&frame, &of("quantiles"));
        column.quantiles =
            quantiles.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        // The ends of a sample are not those of the column.
        let ends = (real(&frame, &of("low")), real(&frame, &of("high")));
        if let (Some(low), Some(high)) = ends
            && let [first, .., last] = column.quantiles.as_mut_slice()
        {
            (*first, *last) = (low, high);
        }
    }
    histograms(table, &kinds, profile, ask)?;
    let Some(query) = sql::correlations_sql(table, &kinds) else { return Ok(()) };
    let frame = ask(&query)?;
    for (a, left) in profile.columns.iter().enumerate() {
        for (b, right) in profile.columns.iter().enumerate().skip(a + 1) {
            if let Some(r) = figure(&frame, &format!("r_{a}_{b}"))
                && r.abs() >= WORTH_A_LINE
            {
                let (left, right) = (left.name.clone(), right.name.clone());
                profile.correlations.push(Correlation { left, right, r });
            }
        }
    }
    profile.correlations.sort_by(|a, b| b.r.abs().total_cmp(&a.r.abs()));
    Ok(())
}

fn histograms<E>(
    table: &TableId,
    kinds: &[(&ColumnInfo, ColumnKind)],
    profile: &mut TableProfile,
    ask: &mut impl FnMut(&str) -> Result<Frame, E>,
) -> Result<(), E> {
    let bounds =
        |column: &ColumnStats| Some((*column.quantiles.first()?, *column.quantiles.last()?));
    let bounded: Vec<_> = kinds
        .iter()
        .zip(&profile.columns)
        .map(|((info, kind), column)| (*info, *kind, bounds(column)))
        .collect();
    let Some(query) = sql::histogram_sql(table, &bounded) else { return Ok(()) };
    let frame = ask(&query)?;
    for (at, column) in profile.columns.iter_mut().enumerate() {
        let Some(json) = text(&frame, &format!("bins_{at}")) else { continue };
        let bins: BTreeMap<String, u64> = serde_json::from_str(&json).unwrap_or_default();
        column.histogram = vec![0; sql::BINS];
        for (bin, n) in bins {
            let place = bin.parse::<usize>().unwrap_or_default().min(sql::BINS - 1);
            column.histogram[place] += n;
        }
    }
    Ok(())
}

fn frequencies<E>(
    table: &TableId,
    own: &[&ColumnInfo],
    profile: &mut TableProfile,
    ask: &mut impl FnMut(&str) -> Result<Frame, E>,
) -> Result<(), E> {
    for (info, column) in own.iter().zip(&mut profile.columns) {
        let present = profile.rows.saturating_sub(column.missing);
        // The most frequent of identifiers say nothing, and finding them is dear.
        let identifiers = column.distinct > 50_000 && column.distinct * 2 > present;
        if present == 0 || identifiers {
            continue;
        }
        let frame = ask(&sql::top_sql(table, info, column.distinct))?;
        let values = frame.column("v").and_then(Column::text).unwrap_or_default();
        let counts = frame.column("n").and_then(Column::int).unwrap_or_default();
        let all: Vec<(String, u64)> = values
            .iter()
            .zip(counts)
            .filter_map(|(v, n)| Some((v?.to_owned(), n.as_ref()?.unsigned_abs())))
            .collect();
        if column.kind == ColumnKind::Text && column.distinct <= sql::CATEGORIES {
            column.dirty = dirty_groups(&all, present);
        }
        column.top = all.into_iter().take(TOP).map(|(v, n)| (short(&v), n)).collect();
    }
    Ok(())
}

fn looks<E>(
    table: &TableId,
    own: &[&ColumnInfo],
    profile: &mut TableProfile,
    ask: &mut impl FnMut(&str) -> Result<Frame, E>,
) -> Result<(), E> {
    let frame = ask(&sql::sample_sql(table, own, profile.rows))?;
    for (at, column) in profile.columns.iter_mut().enumerate() {
        let values = frame.column(&format!("s_{at}")).and_then(Column::text).unwrap_or_default();
        let values: Vec<&str> = values.iter().flatten().filter(|v| !v.is_empty()).collect();
        if column.kind == ColumnKind::Text {
            column.pattern = pattern(&values);
        }
        column.pii = guess_pii(&column.name, column.kind, &values);
    }
    Ok(())
}
