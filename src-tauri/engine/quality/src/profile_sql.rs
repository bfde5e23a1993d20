//! The queries that profile a table: counts of every column in one scan, measures and histograms
//! in one more each, the most frequent values a column, a few rows to look at.

use crate::check_sql::table_name;
use crate::value_sql::{Kind, Value, kind_of};
use kith_model::quality::{ColumnKind, TableId, filled_flag};
use kith_model::source::ColumnInfo;
use kith_sql::{Ident, real};

/// Intervals between the quantiles kept: distributions are compared to 1/128 of their mass.
pub(crate) const QUANTILES: usize = 128;

/// Bins of a histogram.
pub(crate) const BINS: usize = 24;

/// Rows up to which distinct values are counted exactly.
pub(crate) const EXACT_UP_TO: u64 = 100_000;

/// Rows up to which quantiles are taken of all values; above, of every n-th row.
const QUANTILES_UP_TO: u64 = 200_000;

/// Columns of numbers whose correlations are looked at.
pub(crate) const CORRELATED: usize = 16;

/// Rows looked at for patterns and personal data.
const LOOKED_AT: u64 = 2_000;

/// Distinct values up to which all are counted: categories.
pub(crate) const CATEGORIES: u64 = 1_000;

/// Columns that are data of the user's.
pub(crate) fn own<'a>(table: &TableId, columns: &'a [ColumnInfo]) -> Vec<&'a ColumnInfo> {
    columns.iter().filter(|column| !table.is_row_number(&column.name)).collect()
}

/// Columns whose gaps were filled, each with the column that marks where.
pub(crate) fn flags(columns: &[ColumnInfo]) -> Vec<(&str, String)> {
    let is_there = |name: &str| columns.iter().any(|c| c.name == name && c.sql_type == "BOOLEAN");
    let pairs = columns.iter().map(|c| (c.name.as_str(), filled_flag(&c.name)));
    pairs.filter(|(_, flag)| is_there(flag)).collect()
}

/// `SELECT` of one row: `filled_N` (BIGINT) of the N-th flag.
pub(crate) fn filled_sql(table: &TableId, flags: &[(&str, String)]) -> String {
    let counts = flags.iter().enumerate().map(|(at, (_, flag))| {
        format!("count(*) FILTER (WHERE {})::BIGINT AS filled_{at}", Ident::new(flag))
    });
    format!("SELECT {}\nFROM {}", counts.collect::<Vec<_>>().join(", "), table_name(table))
}

/// `SELECT` of one row: `present_N`, `distinct_N`, `numbers_N`, `moments_N`, `short_N`, `long_N`
/// (BIGINT) of the N-th column.
pub(crate) fn counts_sql(table: &TableId, columns: &[&ColumnInfo], rows: u64) -> String {
    let mut select = vec!["count(*)::BIGINT AS total".to_owned()];
    for (at, column) in columns.iter().enumerate() {
        let value = Value::of(column);
        let (name, present) = (value.name(), value.present());
        let only = format!("FILTER (WHERE {present})");
        select.push(format!("count(*) {only}::BIGINT AS present_{at}"));
        let distinct = match (value.kind(), rows <= EXACT_UP_TO) {
            (Kind::Other, _) => format!("approx_count_distinct(CAST({name} AS VARCHAR)) {only}"),
            (_, true) => format!("count(DISTINCT {name}) {only}"),
            (_, false) => format!("approx_count_distinct({name}) {only}"),
        };
        select.push(format!("{distinct}::BIGINT AS distinct_{at}"));
        if value.kind() == Kind::Text {
            // Only what begins like a date is tried as one: casts of any text are slow.
            select
                .push(format!("count(TRY_CAST({name} AS DOUBLE)) {only}::BIGINT AS numbers_{at}"));
            select.push(format!(
                "count(CASE WHEN {name} LIKE '____-__-__%' THEN TRY_CAST({name} AS TIMESTAMP) END) \
                 {only}::BIGINT AS moments_{at}"
            ));
            select.push(format!("min(length({name})) {only}::BIGINT AS short_{at}"));
            select.push(format!("max(length({name}))::BIGINT AS long_{at}"));
        }
    }
    format!("SELECT {}\nFROM {}", select.join(",\n  "), table_name(table))
}

/// How a column reads, given how many of its texts are numbers and moments.
pub(crate) fn reads_as(
    column: &ColumnInfo,
    present: u64,
    numbers: u64,
    moments: u64,
) -> ColumnKind {
    match kind_of(&column.sql_type) {
        Kind::Number => ColumnKind::Number,
        Kind::Moment => ColumnKind::Moment,
        Kind::Truth => ColumnKind::Truth,
        Kind::Other => ColumnKind::Other,
        Kind::Text if present > 0 && numbers == present => ColumnKind::Number,
        Kind::Text if present > 0 && moments == present => ColumnKind::Moment,
        Kind::Text => ColumnKind::Text,
    }
}

/// The finite number that stands for a value: itself, or seconds since 1970.
fn measure(column: &ColumnInfo, kind: ColumnKind) -> Option<String> {
    let value = Value::of(column);
    match kind {
        ColumnKind::Number => value.number(),
        ColumnKind::Moment => value.moment().map(|m| format!("epoch({m})")),
        _ => None,
    }
}

/// `SELECT` of one row over the columns of numbers and moments: `mean_N`, `stdev_N`, `skew_N`,
/// `low_N`, `high_N` (DOUBLE), `zeros_N`, `infinite_N` (BIGINT), `least_N`, `greatest_N` (VARCHAR) and
/// `quantiles_N` (VARCHAR, JSON list). `None` without such columns.
pub(crate) fn measures_sql(
    table: &TableId,
    columns: &[(&ColumnInfo, ColumnKind)],
    rows: u64,
) -> Option<String> {
    let shares: Vec<_> = (0..=QUANTILES).map(|k| real(k as f64 / QUANTILES as f64)).collect();
    let shares = shares.join(", ");
    let every = rows.div_ceil(QUANTILES_UP_TO).max(1);
    let sampled = if every > 1 { format!(" AND rowid % {every} = 0") } else { String::new() };
    let mut select = Vec::new();
    for (at, (column, kind)) in columns.iter().enumerate() {
        let Some(x) = measure(column, *kind) else { continue };
        let finite = format!("FILTER (WHERE isfinite({x}))");
        if *kind == ColumnKind::Number {
            select.push(format!("favg({x}) {finite} AS mean_{at}"));
            select.push(format!("stddev_samp({x}) {finite} AS stdev_{at}"));
            select.push(format!("skewness({x}) {finite} AS skew_{at}"));
            select.push(format!("count(*) FILTER (WHERE {x} = 0)::BIGINT AS zeros_{at}"));
            select.push(format!("count(*) FILTER (WHERE isinf({x}))::BIGINT AS infinite_{at}"));
        }
        select.push(format!("CAST(min({x}) {finite} AS DOUBLE) AS low_{at}"));
        select.push(format!("CAST(max({x}) {finite} AS DOUBLE) AS high_{at}"));
        let name = Ident::new(&column.name);
        select.push(format!("CAST(min_by({name}, {x}) {finite} AS VARCHAR) AS least_{at}"));
        select.push(format!("CAST(max_by({name}, {x}) {finite} AS VARCHAR) AS greatest_{at}"));
        select.push(format!(
            "to_json(quantile_disc({x}, [{shares}]) FILTER (WHERE isfinite({x}){sampled}))::VARCHAR \
             AS quantiles_{at}"
        ));
    }
    (!select.is_empty())
        .then(|| format!("SELECT {}\nFROM {}", select.join(",\n  "), table_name(table)))
}

/// A column, how it reads, and its least and greatest value where it has any.
pub(crate) type Bounded<'a> = (&'a ColumnInfo, ColumnKind, Option<(f64, f64)>);

/// `SELECT` of one row: `bins_N` (VARCHAR, JSON object of bin and count) of the columns whose
/// bounds are given. `None` without such columns.
pub(crate) fn histogram_sql(table: &TableId, columns: &[Bounded<'_>]) -> Option<String> {
    let mut select = Vec::new();
    for (at, (column, kind, bounds)) in columns.iter().enumerate() {
        let (Some(x), Some((low, high))) = (measure(column, *kind), bounds) else { continue };
        let width = (high - low) / BINS as f64;
        let bin = if width > 0.0 {
            format!(
                "least({last}, floor(({x} - {low}) / {width}))::INTEGER",
                last = BINS - 1,
                low = real(*low),
                width = real(width)
            )
        } else {
            "0".to_owned()
        };
        select.push(format!(
            "to_json(histogram({bin}) FILTER (WHERE {x} BETWEEN {} AND {}))::VARCHAR AS bins_{at}",
            real(*low),
            real(*high)
        ));
    }
    (!select.is_empty())
        .then(|| format!("SELECT {}\nFROM {}", select.join(",\n  "), table_name(table)))
}

/// The most frequent values (`v`, VARCHAR) with counts (`n`, BIGINT), most frequent first.
pub(crate) fn top_sql(table: &TableId, column: &ColumnInfo, distinct: u64) -> String {
    let value = Value::of(column);
    let limit = if distinct <= CATEGORIES { CATEGORIES } else { 10 };
    format!(
        "SELECT {} AS v, count(*)::BIGINT AS n FROM {} WHERE {} GROUP BY 1 \
         ORDER BY n DESC, v LIMIT {limit}",
        value.text(),
        table_name(table),
        value.present()
    )
}

/// Distinct values counted exactly, as `n`.
pub(crate) fn distinct_sql(table: &TableId, column: &ColumnInfo) -> String {
    let value = Value::of(column);
    format!(
        "SELECT count(DISTINCT {})::BIGINT AS n FROM {} WHERE {}",
        value.name(),
        table_name(table),
        value.present()
    )
}

/// Pearson's `r_A_B` (DOUBLE) of each pair of the columns of numbers. `None` without a pair.
pub(crate) fn correlations_sql(
    table: &TableId,
    columns: &[(&ColumnInfo, ColumnKind)],
) -> Option<String> {
    let numbers: Vec<_> = columns
        .iter()
        .enumerate()
        .filter(|(_, (_, kind))| *kind == ColumnKind::Number)
        .filter_map(|(at, (column, kind))| Some((at, measure(column, *kind)?)))
        .take(CORRELATED)
        .collect();
    let mut select = Vec::new();
    for (place, (a, x)) in numbers.iter().enumerate() {
        for (b, y) in &numbers[place + 1..] {
            select.push(format!(
                "corr({x}, {y}) FILTER (WHERE isfinite({x}) AND isfinite({y})) AS r_{a}_{b}"
            ));
        }
    }
    (!select.is_empty())
        .then(|| format!("SELECT {}\nFROM {}", select.join(",\n  "), table_name(table)))
}

/// A few rows from everywhere in the table, every value as text, in the order of `columns`.
pub(crate) fn sample_sql(table: &TableId, columns: &[&ColumnInfo], rows: u64) -> String {
    let every = rows.div_ceil(LOOKED_AT).max(1);
    let select: Vec<_> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| format!("{} AS s_{at}", Value::of(column).text()))
        .collect();
    format!(
        "SELECT {} FROM {} WHERE rowid % {every} = 0 LIMIT {LOOKED_AT}",
        select.join(", "),
        table_name(table)
    )
}
