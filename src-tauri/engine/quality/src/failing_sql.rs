//! The queries that list failing rows.

use crate::check_sql::{Aggregates, Measure, Shapes, table_name, value_of};
use crate::copies_sql::copies_listed_sql;
use crate::value_sql::Value;
use kith_model::quality::{Check, Expectation, TableId};
use kith_sql::Ident;

/// The query that lists the failing rows; empty where no row alone is to blame.
pub(crate) fn failing_sql(expectation: &Expectation, measure: &Measure, shapes: &Shapes) -> String {
    let table = &expectation.table;
    let from = table_name(table);
    let columns = shapes.get(table).map_or(&[][..], Vec::as_slice);
    let star = match table {
        TableId::Source(_) if columns.iter().any(|c| c.name == "_row") => "* EXCLUDE (_row)",
        _ => "*",
    };
    match (&expectation.check, measure) {
        (_, Measure::Scan(Aggregates { bad: Some(bad), .. })) => {
            format!("SELECT {star} FROM {from} WHERE {bad}")
        }
        (Check::Unique { fields }, Measure::Alone(_)) => {
            let keys: Vec<_> = fields.iter().map(|f| Ident::new(f).to_string()).collect();
            let keys = keys.join(", ");
            let values = fields.iter().filter_map(|f| value_of(columns, f).ok());
            let present: Vec<_> = values.map(|v| v.present()).collect();
            let present = present.join(" AND ");
            format!(
                "SELECT {star} FROM {from} WHERE {present} AND ({keys}) IN (SELECT ({keys}) \
                 FROM {from} WHERE {present} GROUP BY {keys} HAVING count(*) > 1) ORDER BY {keys}"
            )
        }
        (Check::NoDuplicates, Measure::Alone(_)) => copies_listed_sql(table, columns),
        (Check::Exists { field, table: other, other: key }, Measure::Alone(_)) => {
            let known = shapes.get(other).and_then(|c| value_of(c, key).ok());
            match (value_of(columns, field).ok(), known) {
                (Some(value), Some(known)) => {
                    format!("SELECT {star} FROM {from} WHERE {}", orphan(&value, &known, other))
                }
                _ => String::new(),
            }
        }
        (Check::Holds { condition }, Measure::Alone(_)) => {
            format!("SELECT {star} FROM {from} WHERE NOT ({condition})")
        }
        (Check::NoRows { query }, Measure::Alone(_)) => {
            query.trim().trim_end_matches(';').to_owned()
        }
        _ => String::new(),
    }
}

/// Condition: the value is not among the other table's.
pub(crate) fn orphan(value: &Value, known: &Value, other: &TableId) -> String {
    let list =
        format!("SELECT {} FROM {} WHERE {}", known.text(), table_name(other), known.present());
    // A table nobody mapped is no reason to complain about every row.
    format!("{} AND {} NOT IN ({list}) AND EXISTS ({list})", value.present(), value.text())
}
