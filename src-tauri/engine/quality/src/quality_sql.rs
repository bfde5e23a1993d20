//! Each check as SQL and in words.

use kith_model::Entity;
use kith_model::quality::{Check, Expectation};
use kith_sql::{Ident, TableName, real, text};

/// The greatest number there is: no bound. JSON has no infinity, and expectations travel as JSON.
pub(crate) const NO_BOUND: f64 = f64::MAX;

fn is_bound(value: f64) -> bool {
    value.is_finite() && value.abs() < NO_BOUND
}

/// The two queries of an expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingPlan {
    /// `SELECT` of one row: `rows` looked at and `failing`.
    pub count: String,
    /// `SELECT` that lists the failing rows.
    pub failing: String,
}

fn table(entity: Entity) -> TableName {
    TableName::new("canon", entity.key())
}

/// The queries of an expectation. `as_of` (`YYYY-MM-DD`) is the last sensible day; without it a
/// moment more than a year after 99.5 % of its column counts as the future, because exports are
/// often looked at long after they were made.
pub fn finding_sql(expectation: &Expectation, as_of: Option<&str>) -> FindingPlan {
    let from = table(expectation.entity);
    if let Check::RowCount { min } = &expectation.check {
        return FindingPlan {
            count: format!(
                "SELECT count(*)::BIGINT AS rows, \
                 greatest({min} - count(*), 0)::BIGINT AS failing FROM {from}"
            ),
            failing: format!("SELECT * FROM {from} WHERE false"),
        };
    }
    let (bad, looked_at) = conditions(expectation, as_of);
    FindingPlan {
        count: format!(
            "SELECT count(*) FILTER (WHERE {looked_at})::BIGINT AS rows, \
             count(*) FILTER (WHERE {bad})::BIGINT AS failing FROM {from}"
        ),
        failing: format!("SELECT * FROM {from} WHERE {bad}"),
    }
}

/// SQL conditions: a row fails; a row is looked at.
fn conditions(expectation: &Expectation, as_of: Option<&str>) -> (String, String) {
    let from = table(expectation.entity);
    match &expectation.check {
        Check::NotNull { field } => (format!("{} IS NULL", Ident::new(field)), "true".to_owned()),
        Check::Unique { fields } => {
            let names: Vec<_> = fields.iter().map(|f| Ident::new(f).to_string()).collect();
            let present: Vec<_> = names.iter().map(|n| format!("{n} IS NOT NULL")).collect();
            let (list, present) = (names.join(", "), present.join(" AND "));
            let repeated = format!(
                "({list}) IN (SELECT ({list}) FROM {from} WHERE {present} \
                 GROUP BY {list} HAVING count(*) > 1)"
            );
            (format!("{present} AND {repeated}"), present)
        }
        Check::Between { field, min, max } => {
            let name = Ident::new(field);
            let value = format!("CAST({name} AS DOUBLE)");
            let below = is_bound(*min).then(|| format!("{value} < {}", real(*min)));
            let above = is_bound(*max).then(|| format!("{value} > {}", real(*max)));
            let bad: Vec<_> = below.into_iter().chain(above).collect();
            let bad = if bad.is_empty() { "false".to_owned() } else { bad.join(" OR ") };
            (format!("({bad})"), format!("{name} IS NOT NULL"))
        }
        Check::Matches { field, pattern } => {
            let name = Ident::new(field);
            let bad = format!("NOT regexp_full_match(CAST({name} AS VARCHAR), {})", text(pattern));
            (format!("{name} IS NOT NULL AND {bad}"), format!("{name} IS NOT NULL"))
        }
        Check::Exists { field, entity, other } => {
            let name = Ident::new(field);
            let other = Ident::new(other);
            let known = format!("SELECT {other} FROM {} WHERE {other} IS NOT NULL", table(*entity));
            // A table nobody mapped is no reason to complain about every row.
            let bad =
                format!("{name} IS NOT NULL AND {name} NOT IN ({known}) AND EXISTS ({known})");
            (bad, format!("{name} IS NOT NULL"))
        }
        Check::NotFuture { field } => {
            let name = Ident::new(field);
            let limit = match as_of {
                Some(day) => format!("{}::TIMESTAMP", text(day)),
                None => format!(
                    "(SELECT CAST(quantile_disc({name}, 0.995) AS TIMESTAMP) + INTERVAL 366 DAY \
                     FROM {from})"
                ),
            };
            (format!("{name} > {limit}"), format!("{name} IS NOT NULL"))
        }
        Check::RowCount { .. } => ("false".to_owned(), "true".to_owned()),
    }
}

/// The expectation in words: `order_id of orders is never missing`.
pub fn title(expectation: &Expectation) -> String {
    let of = expectation.entity.title().to_lowercase();
    match &expectation.check {
        Check::NotNull { field } => format!("{field} of {of} is never missing"),
        Check::Unique { fields } => format!("{} of {of} is unique", fields.join(" + ")),
        Check::Between { field, min, max } if !is_bound(*max) => {
            format!("{field} of {of} is at least {min}")
        }
        Check::Between { field, min, max } if !is_bound(*min) => {
            format!("{field} of {of} is at most {max}")
        }
        Check::Between { field, min, max } => {
            format!("{field} of {of} lies between {min} and {max}")
        }
        Check::Matches { field, pattern } if pattern == crate::builtin::EMAIL => {
            format!("{field} of {of} looks like an e-mail address")
        }
        Check::Matches { field, pattern } => format!("{field} of {of} matches {pattern}"),
        Check::Exists { field, entity, .. } => {
            format!("{field} of {of} exists in {}", entity.title().to_lowercase())
        }
        Check::NotFuture { field } => format!("{field} of {of} is not in the future"),
        Check::RowCount { min } => format!("there are at least {min} {of}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::quality::Severity;

    #[test]
    fn each_kind_of_check_as_sql() {
        let checks = [
            Check::NotNull { field: "order_id".into() },
            Check::Unique { fields: vec!["source".into(), "native_id".into()] },
            Check::Between { field: "total".into(), min: 0.0, max: NO_BOUND },
            Check::Between { field: "total".into(), min: 1.5, max: 9.0 },
            Check::Matches { field: "email".into(), pattern: "it's".into() },
            Check::Exists {
                field: "order_id".into(),
                entity: Entity::Order,
                other: "order_id".into(),
            },
            Check::NotFuture { field: "at".into() },
            Check::RowCount { min: 3 },
        ];
        let mut script = String::new();
        for check in checks {
            let expectation =
                Expectation { entity: Entity::Order, severity: Severity::Error, check };
            let plan = finding_sql(&expectation, Some("2026-11-01"));
            script.push_str(&format!(
                "-- {}\n{};\n{};\n\n",
                title(&expectation),
                plan.count,
                plan.failing
            ));
        }
        insta::assert_snapshot!(script);
    }
}
