//! What each expectation asks of the data: conditions on rows, aggregates, or a query of its own.

use crate::builtin::Listed;
use crate::column_sql::column;
use crate::copies_sql::copies_sql;
use crate::failing_sql::{failing_sql, orphan};
use crate::value_sql::Value;
use crate::words;
use kith_model::quality::{Check, Expectation, TableId};
use kith_model::source::ColumnInfo;
use kith_sql::{Ident, TableName};
use std::collections::BTreeMap;

/// The columns of every table there is.
pub type Shapes = BTreeMap<TableId, Vec<ColumnInfo>>;

/// The moment of the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At<'a> {
    /// Now, RFC 3339 UTC: freshness counts from here.
    pub now: &'a str,
    /// The last sensible day (`YYYY-MM-DD`). Without it a moment more than a year after 99.5 % of
    /// its column counts as the future, because exports are often looked at long after they
    /// were made.
    pub as_of: Option<&'a str>,
}

/// An expectation ready to be measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// The expectation.
    pub listed: Listed,
    /// It in words.
    pub title: String,
    /// `SELECT` that lists the failing rows; empty where no row alone is to blame.
    pub failing: String,
    pub(crate) measure: Measure,
}

/// How an expectation is measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Measure {
    /// The columns alone decide.
    Decided { holds: bool, observed: String },
    /// It cannot be measured: why, and what to do.
    Impossible(String),
    /// Aggregates over its table, one scan with all others.
    Scan(Aggregates),
    /// A query of its own that gives `looked` and `failing`.
    Alone(String),
}

/// Aggregates of one expectation over its table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Aggregates {
    /// Condition: the row is looked at.
    pub looked: String,
    /// Condition: the row fails.
    pub bad: Option<String>,
    /// A number with bounds that decides instead of the failing rows.
    pub aim: Option<Aim>,
}

/// A number and where it should lie.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Aim {
    /// Aggregate that gives it.
    pub value: String,
    /// Aggregate that shows it, where the number alone says little.
    pub shown: Option<String>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// It is a share of one.
    pub share: bool,
}

/// Why an expectation cannot be measured.
pub(crate) struct Unfit(pub String);

/// Plans an expectation. Purely: nothing is asked of a database.
pub fn plan(listed: &Listed, shapes: &Shapes, at: &At<'_>) -> Planned {
    let expectation = &listed.expectation;
    let title = words::title(expectation);
    let (measure, failing) = match measure(expectation, shapes, at) {
        Ok(measure) => {
            let failing = failing_sql(expectation, &measure, shapes);
            (measure, failing)
        }
        Err(Unfit(why)) => (Measure::Impossible(why), String::new()),
    };
    Planned { listed: listed.clone(), title, failing, measure }
}

pub(crate) fn table_name(table: &TableId) -> TableName {
    TableName::new(table.schema(), table.name())
}

fn measure(expectation: &Expectation, shapes: &Shapes, at: &At<'_>) -> Result<Measure, Unfit> {
    let table = &expectation.table;
    let columns = shapes.get(table).ok_or_else(|| {
        Unfit(format!("There is no table {table}: load and map the sources first"))
    })?;
    let broken = expectation.broken(Some(&names(table, columns, true)));
    if let Some(rule) = broken.first() {
        return Err(Unfit(format!("{}: edit the expectation", rule.message)));
    }
    match &expectation.check {
        Check::ColumnSet { .. } | Check::ColumnOrder { .. } | Check::ColumnExists { .. } => {
            Ok(schema(&expectation.check, &names(table, columns, false)))
        }
        Check::Unique { fields } => unique(table, columns, fields),
        Check::NoDuplicates => Ok(Measure::Alone(copies_sql(table, columns))),
        Check::Exists { field, table: other, other: key } => {
            exists((table, field), (other, key), shapes)
        }
        Check::Holds { condition } => {
            kith_mapping::check_expression(condition)
                .map_err(|why| Unfit(format!("The condition {why}: edit the expectation")))?;
            Ok(Measure::Alone(format!(
                "SELECT count(*)::BIGINT AS looked, \
                 count(*) FILTER (WHERE NOT ({condition}))::BIGINT AS failing\nFROM {}",
                table_name(table)
            )))
        }
        Check::NoRows { query } => Ok(Measure::Alone(format!(
            "SELECT (SELECT count(*) FROM {})::BIGINT AS looked, count(*)::BIGINT AS failing\n\
             FROM (\n{}\n)",
            table_name(table),
            query.trim().trim_end_matches(';')
        ))),
        Check::RowCount { .. } | Check::RowCountEquals { .. } => {
            Ok(Measure::Scan(row_count(&expectation.check, shapes)?))
        }
        check => {
            let fields = check.fields();
            let value = value_of(columns, fields.first().copied().unwrap_or_default())?;
            let other = fields.get(1).map(|name| value_of(columns, name)).transpose()?;
            column(check, table, (&value, other.as_ref()), at).map(Measure::Scan)
        }
    }
}

/// Column names; row numbers among them when `all`.
fn names(table: &TableId, columns: &[ColumnInfo], all: bool) -> Vec<String> {
    let own = columns.iter().filter(|c| all || !table.is_row_number(&c.name));
    own.map(|c| c.name.clone()).collect()
}

pub(crate) fn own_columns(table: &TableId, columns: &[ColumnInfo]) -> String {
    let own = columns.iter().filter(|c| !table.is_row_number(&c.name));
    own.map(|c| Ident::new(&c.name).to_string()).collect::<Vec<_>>().join(", ")
}

pub(crate) fn value_of(columns: &[ColumnInfo], name: &str) -> Result<Value, Unfit> {
    let found = columns.iter().find(|column| column.name == name);
    found
        .map(Value::of)
        .ok_or_else(|| Unfit(format!("There is no column {name}: choose another, or map it")))
}

fn schema(check: &Check, present: &[String]) -> Measure {
    let lacking = |wanted: &[String]| -> Vec<String> {
        wanted.iter().filter(|name| !present.contains(name)).cloned().collect()
    };
    let (holds, observed) = match check {
        Check::ColumnExists { field } => {
            let there = present.contains(field);
            (there, if there { "it is there" } else { "it is missing" }.to_owned())
        }
        Check::ColumnOrder { columns } => (columns == present, present.join(", ")),
        Check::ColumnSet { columns } => {
            let (missing, extra) = (
                lacking(columns),
                present.iter().filter(|n| !columns.contains(n)).cloned().collect::<Vec<_>>(),
            );
            let mut said = Vec::new();
            if !missing.is_empty() {
                said.push(format!("missing: {}", missing.join(", ")));
            }
            if !extra.is_empty() {
                said.push(format!("unexpected: {}", extra.join(", ")));
            }
            (said.is_empty(), if said.is_empty() { "as expected".into() } else { said.join("; ") })
        }
        _ => (true, String::new()),
    };
    Measure::Decided { holds, observed }
}

fn unique(table: &TableId, columns: &[ColumnInfo], fields: &[String]) -> Result<Measure, Unfit> {
    let values = fields.iter().map(|f| value_of(columns, f)).collect::<Result<Vec<_>, _>>()?;
    let present: Vec<_> = values.iter().map(Value::present).collect();
    let keys: Vec<_> = values.iter().map(|v| v.name().to_string()).collect();
    Ok(Measure::Alone(format!(
        "SELECT coalesce(sum(n), 0)::BIGINT AS looked, \
         coalesce(sum(n) FILTER (WHERE n > 1), 0)::BIGINT AS failing\n\
         FROM (SELECT count(*) AS n FROM {} WHERE {} GROUP BY {})",
        table_name(table),
        present.join(" AND "),
        keys.join(", ")
    )))
}

fn exists(
    (table, field): (&TableId, &str),
    (other, key): (&TableId, &str),
    shapes: &Shapes,
) -> Result<Measure, Unfit> {
    let found = shapes.get(other).ok_or_else(|| {
        Unfit(format!("There is no table {other}: load and map it, or choose another"))
    })?;
    let known = value_of(found, key)?;
    let value = value_of(shapes.get(table).map_or(&[][..], Vec::as_slice), field)?;
    let bad = orphan(&value, &known, other);
    Ok(Measure::Alone(format!(
        "SELECT count(*)::BIGINT AS looked, count(*) FILTER (WHERE {bad})::BIGINT AS failing\n\
         FROM {} WHERE {}",
        table_name(table),
        value.present()
    )))
}

fn row_count(check: &Check, shapes: &Shapes) -> Result<Aggregates, Unfit> {
    let aim = match check {
        Check::RowCountEquals { other } => {
            if !shapes.contains_key(other) {
                return Err(Unfit(format!(
                    "There is no table {other}: load it, or choose another"
                )));
            }
            let theirs = format!("(SELECT count(*) FROM {})", table_name(other));
            Aim {
                value: format!("CAST(count(*) - {theirs} AS DOUBLE)"),
                shown: Some(format!("concat(count(*), ' against ', {theirs})")),
                min: Some(0.0),
                max: Some(0.0),
                share: false,
            }
        }
        Check::RowCount { min, max } => Aim {
            value: "CAST(count(*) AS DOUBLE)".to_owned(),
            shown: None,
            min: min.map(|n| n as f64),
            max: max.map(|n| n as f64),
            share: false,
        },
        _ => return Err(Unfit("This is no count of rows".to_owned())),
    };
    Ok(Aggregates { looked: "true".to_owned(), bad: None, aim: Some(aim) })
}
