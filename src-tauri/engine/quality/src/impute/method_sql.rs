//! Methods as queries: `(key, value)` for the rows of `work` whose `y` is NULL.

use super::work_sql::Work;
use kith_sql::{real, text};

/// Rows that may give their value to a nearest-row search: a seeded draw.
const DONORS: u64 = 2_000;
/// Room for the number of a donor behind its distance.
const ROOM: u64 = 2_048;
/// Steps a distance of 1 is cut into, so that it and a donor's number fit 63 bits.
const STEPS: u64 = 1 << 40;

pub(super) fn mean() -> String {
    one("SELECT favg(y) AS value FROM work")
}

pub(super) fn median() -> String {
    one("SELECT median(y) AS value FROM work")
}

pub(super) fn mode() -> String {
    one("SELECT y AS value FROM work WHERE y IS NOT NULL GROUP BY y \
         ORDER BY count(*) DESC, y LIMIT 1")
}

pub(super) fn constant(work: &Work, value: &str) -> String {
    let value = match value.trim().parse::<f64>() {
        Ok(number) if work.number => real(number),
        _ => text(value.trim()),
    };
    format!("SELECT key, {value} AS value FROM work WHERE y IS NULL")
}

fn one(value: &str) -> String {
    format!("SELECT work.key, s.value FROM work, ({value}) AS s WHERE work.y IS NULL")
}

/// A donor is drawn inside the class of rows with the same categories; of all rows where the class
/// has none.
pub(super) fn hot_deck(work: &Work) -> String {
    let class: Vec<String> = work
        .by
        .iter()
        .enumerate()
        .filter(|(_, by)| !by.number)
        .map(|(at, _)| format!("coalesce(b{at}, '')"))
        .collect();
    let class = if class.is_empty() {
        "''".to_owned()
    } else {
        format!("concat_ws(chr(31), {})", class.join(", "))
    };
    let draw = work.drawn("draw", "q.key");
    format!(
        "SELECT q.key, coalesce(same.y, other.y) AS value\n\
         FROM (SELECT key, {class} AS class FROM work WHERE y IS NULL) AS q\n\
         LEFT JOIN (SELECT {class} AS class, count(y) AS n FROM work WHERE y IS NOT NULL \
         GROUP BY 1) AS size ON size.class = q.class\n\
         LEFT JOIN (SELECT {class} AS class, y, row_number() OVER (PARTITION BY {class} \
         ORDER BY key) - 1 AS place FROM work WHERE y IS NOT NULL) AS same \
         ON same.class = q.class AND same.place = {draw} % size.n\n\
         CROSS JOIN (SELECT count(y) AS n FROM work) AS total\n\
         LEFT JOIN (SELECT y, row_number() OVER (ORDER BY key) - 1 AS place FROM work \
         WHERE y IS NOT NULL) AS other ON other.place = {draw} % nullif(total.n, 0)"
    )
}

/// Gower's distance to every donor; ties go to the donor drawn first.
pub(super) fn nearest(work: &Work, k: u32) -> String {
    let mut apart = Vec::new();
    let mut both = Vec::new();
    for (at, by) in work.by.iter().enumerate() {
        apart.push(if by.number {
            format!("coalesce(abs(q.b{at} - d.b{at}), 0)")
        } else {
            format!("coalesce((q.b{at} <> d.b{at})::INTEGER, 0)")
        });
        both.push(format!("(q.b{at} IS NOT NULL AND d.b{at} IS NOT NULL)::INTEGER"));
    }
    let distance = if apart.is_empty() {
        "1".to_owned()
    } else {
        format!("coalesce(({}) / nullif({}, 0), 1)", apart.join(" + "), both.join(" + "))
    };
    let found =
        format!("arg_min(d.y, CAST({distance} * {STEPS} AS BIGINT) * {ROOM} + d.place, {k})");
    let value = if work.number { "list_avg(found)" } else { "list_aggregate(found, 'mode')" };
    format!(
        "SELECT key, {value} AS value FROM (\n\
         SELECT q.key, {found} AS found\nFROM work AS q CROSS JOIN (\n  \
         SELECT *, row_number() OVER (ORDER BY draw, key) - 1 AS place FROM (\n    \
         SELECT *, {} AS draw FROM work WHERE y IS NOT NULL ORDER BY draw, key LIMIT {DONORS}\n  )\n\
         ) AS d\nWHERE q.y IS NULL GROUP BY q.key)",
        work.drawn("donor", "key")
    )
}
