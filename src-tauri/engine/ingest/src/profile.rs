//! What the columns of a loaded table look like.
//!
//! One query a column, each giving one row: `missing`, `distinct_values` (BIGINT), `least`,
//! `greatest` (VARCHAR), `top` (VARCHAR, JSON list of `[value, count]`) and `bins` (VARCHAR, JSON
//! list of `[bin, count]`). Run them in order with the store's `frame` and give the frames to
//! [`profile`].

use crate::error::IngestError;
use kith_model::source::{ColumnInfo, ColumnProfile, Source};
use kith_model::{Column, Frame};
use kith_sql::{Ident, cell};

/// Bins of a histogram.
const BINS: usize = 12;

/// Rows up to which distinct values are counted exactly.
const EXACT: u32 = 10_000;

/// Distinct values above which the most frequent ones are not looked for: they are identifiers.
const TOP_UP_TO: u32 = 50_000;

/// Characters of a value shown.
const SHOWN: u32 = 60;

/// The queries that profile a loaded source's columns, in the order of `columns`.
///
/// A text column whose values are all numbers or all times is measured as such (least, greatest,
/// histogram); its type stays text. Nested values are profiled as their JSON.
pub fn profile_sql(source: &Source, columns: &[ColumnInfo]) -> Vec<String> {
    let table = crate::load_sql::raw_table(&source.id);
    columns
        .iter()
        .map(|column| {
            let name = Ident::new(&column.name).to_string();
            let value = cell::present(&name, &column.sql_type);
            let measure = cell::measure(&name, &column.sql_type);
            render(&format!("SELECT {value} AS v, {measure} AS x FROM {table}"))
        })
        .collect()
}

fn render(values: &str) -> String {
    let last = BINS - 1;
    format!(
        "WITH v AS (SELECT v, CASE WHEN isfinite(x) THEN x END AS x FROM ({values})),
s AS (
  SELECT count(*) AS n, count(v) AS present, count(x) AS measured, min(x) AS lo, max(x) AS hi,
    CASE WHEN count(*) <= {EXACT} THEN count(DISTINCT v) ELSE approx_count_distinct(v) END AS d,
    min(v) AS first_text, max(v) AS last_text, min_by(v, x) AS least_x, max_by(v, x) AS greatest_x
  FROM v
),
top AS (
  SELECT v, count(*) AS k FROM v
  WHERE v IS NOT NULL AND (SELECT d <= {TOP_UP_TO} FROM s)
  GROUP BY v ORDER BY k DESC, v LIMIT 5
),
bins AS (
  SELECT CASE WHEN hi = lo THEN 0
    ELSE least({last}, floor((x - lo) / (hi - lo) * {BINS}))::BIGINT END AS bin, count(*) AS k
  FROM v, s WHERE measured = present AND x IS NOT NULL GROUP BY bin
)
SELECT n - present AS missing, d AS distinct_values,
  left(CASE WHEN measured = present THEN least_x ELSE first_text END, {SHOWN}) AS least,
  left(CASE WHEN measured = present THEN greatest_x ELSE last_text END, {SHOWN}) AS greatest,
  (SELECT to_json(list([left(v, {SHOWN}), k::VARCHAR] ORDER BY k DESC, v)) FROM top)::VARCHAR AS top,
  (SELECT to_json(list([bin, k] ORDER BY bin)) FROM bins)::VARCHAR AS bins
FROM s"
    )
}

/// The profiles out of the frames that the queries of [`profile_sql`] gave, in the same order.
///
/// # Errors
/// [`IngestError::Profile`] naming the column whose frame has another form.
pub fn profile(
    columns: &[ColumnInfo],
    frames: &[Frame],
) -> Result<Vec<ColumnProfile>, IngestError> {
    columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            frames
                .get(at)
                .and_then(|frame| one(column, frame))
                .ok_or_else(|| IngestError::Profile(column.name.clone()))
        })
        .collect()
}

fn one(column: &ColumnInfo, frame: &Frame) -> Option<ColumnProfile> {
    let count = |name: &str| u64::try_from(frame.column(name)?.int()?.first().copied()??).ok();
    let text = |name: &str| match frame.column(name)? {
        Column::Text(values) if !values.is_empty() => Some(values.first()),
        _ => None,
    };
    let top: Vec<(String, String)> =
        text("top")?.map_or(Some(Vec::new()), |json| serde_json::from_str(json).ok())?;
    let bins: Vec<(usize, u64)> =
        text("bins")?.map_or(Some(Vec::new()), |json| serde_json::from_str(json).ok())?;
    let mut histogram = vec![0; if bins.is_empty() { 0 } else { BINS }];
    for (bin, count) in bins {
        *histogram.get_mut(bin)? = count;
    }
    Some(ColumnProfile {
        name: column.name.clone(),
        sql_type: column.sql_type.clone(),
        missing: count("missing")?,
        distinct: count("distinct_values")?,
        top: top
            .into_iter()
            .map(|(value, count)| Some((value, count.parse().ok()?)))
            .collect::<Option<_>>()?,
        histogram,
        min: text("least")?.map(str::to_owned),
        max: text("greatest")?.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::source::{FileFormat, ReadOptions};
    use kith_model::{FileRef, SourceId};

    fn column(sql_type: &str) -> ColumnInfo {
        ColumnInfo { name: "a \"b\"".to_owned(), sql_type: sql_type.to_owned() }
    }

    #[test]
    fn one_query_a_column() {
        let source = Source {
            id: SourceId("crm".into()),
            title: "crm.csv".into(),
            file: FileRef("crm.csv".into()),
            format: FileFormat::Delimited,
            options: ReadOptions::default(),
            preset: None,
        };
        let queries = profile_sql(&source, &[column("VARCHAR"), column("STRUCT(k BIGINT)[]")]);
        assert_eq!(queries.len(), 2);
        insta::assert_snapshot!(queries[0]);
        assert!(queries[1].contains("to_json(\"a \"\"b\"\"\")"));
    }

    #[test]
    fn a_wrong_frame_names_its_column() {
        let error = profile(&[column("VARCHAR")], &[Frame::default()]).unwrap_err();
        assert_eq!(error, IngestError::Profile("a \"b\"".to_owned()));
    }
}
