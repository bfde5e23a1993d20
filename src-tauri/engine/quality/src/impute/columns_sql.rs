//! Which columns say something about a field: the share of its variation each explains.

use super::work_sql::{Rows, Work};
use kith_sql::text;

/// Categories up to which a column can be gone by.
const MOST_LEVELS: u64 = 60;

/// `SELECT name, share`: one row a column, `share` of the field's variation that it explains, 0 to
/// 1 (DOUBLE). Of two numbers the squared correlation; of a number and a category the correlation
/// ratio; of two categories Goodman and Kruskal's tau (1954). What many categories explain by
/// chance is taken off. `None` where there is no other column.
pub(super) fn shares_sql(work: &Work, rows: Rows) -> Option<String> {
    let each: Vec<String> = work
        .candidates
        .iter()
        .enumerate()
        .map(|(at, by)| {
            let b = format!("b{at}");
            let share = match (work.number, by.number) {
                (true, true) => numbers(&b),
                (true, false) => ratio(("truth", &b), &b),
                (false, true) => ratio((&b, "truth"), &b),
                (false, false) => tau(&b),
            };
            format!("SELECT {} AS name, CAST(({share}) AS DOUBLE) AS share", text(&by.name))
        })
        .collect();
    if each.is_empty() {
        return None;
    }
    let known = work.known(rows, &work.candidates);
    Some(format!("WITH {known}\n{}", each.join("\nUNION ALL\n")))
}

/// Rows that have both must be at least half of those looked at.
const ENOUGH: &str = "2 * any_value(n) >= (SELECT count(*) FROM known)";

fn numbers(b: &str) -> String {
    format!(
        "SELECT CASE WHEN 2 * n >= total AND spread > 0 THEN r * r END FROM (SELECT corr({b}, truth) \
         AS r, stddev_pop({b}) AS spread, count({b}) AS n, count(*) AS total FROM known)"
    )
}

/// Variance of `number` between the groups of `group`, as a share of all.
fn ratio((number, group): (&str, &str), b: &str) -> String {
    format!(
        "SELECT CASE WHEN count(*) BETWEEN 2 AND {MOST_LEVELS} AND {ENOUGH} THEN \
         sum(size * (mean - middle) * (mean - middle)) / nullif(any_value(n) * any_value(v), 0) \
         - (count(*) - 1) / any_value(n) END FROM \
         (SELECT {group}, count(*) AS size, avg({number}) AS mean FROM known \
         WHERE {b} IS NOT NULL GROUP BY 1), \
         (SELECT count(*) AS n, avg({number}) AS middle, var_pop({number}) AS v FROM known \
         WHERE {b} IS NOT NULL)"
    )
}

fn tau(b: &str) -> String {
    format!(
        "SELECT CASE WHEN count(DISTINCT {b}) BETWEEN 2 AND {MOST_LEVELS} AND {ENOUGH} THEN \
         (sum(cell * cell / size) / any_value(n) - any_value(s)) / nullif(1 - any_value(s), 0) \
         - (count(DISTINCT {b}) - 1) / any_value(n) END FROM \
         (SELECT {b}, truth, count(*)::DOUBLE AS cell, \
         sum(count(*)) OVER (PARTITION BY {b})::DOUBLE AS size FROM known \
         WHERE {b} IS NOT NULL GROUP BY {b}, truth), \
         (SELECT sum(m)::DOUBLE AS n, sum(m * m)::DOUBLE / (sum(m) * sum(m)) AS s FROM \
         (SELECT count(*) AS m FROM known WHERE {b} IS NOT NULL GROUP BY truth))"
    )
}
