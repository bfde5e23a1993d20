//! Least squares as set work: the sums of products are asked for, the coefficients go back in.

use super::work_sql::{Rows, Work};
use kith_sql::{real, text};

/// Categories of one column that get a coefficient of their own, beside the most frequent one.
pub(super) const LEVELS: usize = 8;
/// Categories of the field that are told apart.
pub(super) const CLASSES: usize = 12;

/// `SELECT level`: the most frequent categories of a column gone by, or of the field.
pub(super) fn levels_sql(work: &Work, rows: Rows, column: Option<usize>) -> String {
    let (name, most) = match column {
        Some(at) => (format!("b{at}"), LEVELS + 1),
        None => ("y".to_owned(), CLASSES),
    };
    format!(
        "WITH {}\nSELECT {name} AS level FROM work WHERE y IS NOT NULL AND {name} IS NOT NULL\n\
         GROUP BY 1 ORDER BY count(*) DESC, level LIMIT {most}",
        work.work(rows)
    )
}

/// What the coefficients multiply: 1, numbers with their absence, an indicator a category. The
/// most frequent category is what the others are measured against.
pub(super) fn terms(work: &Work, levels: &[Vec<String>]) -> Vec<String> {
    let mut terms = vec!["1.0::DOUBLE".to_owned()];
    for (at, by) in work.by.iter().enumerate() {
        if by.number {
            terms.push(format!("coalesce(b{at}, 0.5)"));
            terms.push(format!("(b{at} IS NULL)::INTEGER::DOUBLE"));
        } else {
            let others = levels[at].iter().skip(1);
            terms.extend(
                others.map(|level| {
                    format!("coalesce((b{at} = {})::INTEGER, 0)::DOUBLE", text(level))
                }),
            );
        }
    }
    terms
}

/// `SELECT` of one row: `m_I_J`, the sums of products of the terms, J from I on; `v_I_C`, those
/// of a term and the field (or of the indicator of its C-th category); `least` and `most` of
/// numbers (DOUBLE).
pub(super) fn moments_sql(work: &Work, rows: Rows, terms: &[String], classes: &[String]) -> String {
    let mut sums = Vec::new();
    let responses: Vec<String> = if work.number {
        sums.extend(["min(y) AS least".to_owned(), "max(y) AS most".to_owned()]);
        vec!["y".to_owned()]
    } else {
        classes.iter().map(|c| format!("(y = {})::INTEGER::DOUBLE", text(c))).collect()
    };
    let mut columns: Vec<String> =
        terms.iter().enumerate().map(|(at, term)| format!("{term} AS t{at}")).collect();
    columns.extend(responses.iter().enumerate().map(|(at, r)| format!("{r} AS r{at}")));
    for i in 0..terms.len() {
        sums.extend((i..terms.len()).map(|j| format!("fsum(t{i} * t{j}) AS m_{i}_{j}")));
        sums.extend((0..responses.len()).map(|c| format!("fsum(t{i} * r{c}) AS v_{i}_{c}")));
    }
    // A sum over a column alone keeps `y` in reach for its bounds.
    format!(
        "WITH {}\nSELECT {}\nFROM (SELECT y, {} FROM work WHERE y IS NOT NULL)",
        work.work(rows),
        sums.join(",\n  "),
        columns.join(",\n  ")
    )
}

/// `(key, value)`: the prediction, inside `bounds`; of categories the one predicted highest.
pub(super) fn predicted_sql(
    terms: &[String],
    coefficients: &[Vec<f64>],
    (classes, bounds): (&[String], (f64, f64)),
) -> String {
    let sum = |of: &[f64]| {
        let each = terms.iter().zip(of).map(|(term, b)| format!("{} * {term}", real(*b)));
        each.collect::<Vec<_>>().join(" + ")
    };
    let value = match coefficients {
        [] => "NULL".to_owned(),
        [only] if classes.is_empty() => {
            format!("greatest({}, least({}, {}))", real(bounds.0), real(bounds.1), sum(only))
        }
        many => {
            let scores: Vec<String> = many.iter().map(|of| sum(of)).collect();
            let names: Vec<String> = classes.iter().map(|c| text(c)).collect();
            format!(
                "list_transform([[{}]], lambda s: list_extract([{}], list_position(s, list_max(s))))[1]",
                scores.join(", "),
                names.join(", ")
            )
        }
    };
    format!("SELECT key, {value} AS value FROM work WHERE y IS NULL")
}
