//! Checks on one column, or on two of a row: conditions and aggregates of the one scan.

use crate::check_sql::{Aggregates, Aim, At, Unfit, table_name};
use crate::value_sql::{EMAIL, Kind, URL, Value};
use crate::words::is_bound;
use kith_model::quality::{Check, Comparison, Statistic, TableId, ValueType};
use kith_sql::{real, text};

/// Aggregates of a check on one column, or two.
pub(crate) fn column(
    check: &Check,
    table: &TableId,
    (value, other): (&Value, Option<&Value>),
    at: &At<'_>,
) -> Result<Aggregates, Unfit> {
    let present = value.present();
    let rows = |bad: String| Aggregates {
        looked: present.clone(),
        bad: Some(format!("{present} AND {bad}")),
        aim: None,
    };
    Ok(match check {
        Check::NotNull { .. } => {
            Aggregates { looked: "true".to_owned(), bad: Some(value.missing()), aim: None }
        }
        Check::Completeness { at_least, .. } => Aggregates {
            looked: "true".to_owned(),
            bad: Some(value.missing()),
            aim: Some(Aim {
                value: format!("count(*) FILTER (WHERE {present}) / nullif(count(*), 0)"),
                shown: None,
                min: Some(*at_least),
                max: None,
                share: true,
            }),
        },
        Check::UniqueRatio { min, max, .. } => Aggregates {
            looked: present.clone(),
            bad: None,
            aim: Some(Aim {
                value: format!(
                    "count(DISTINCT {name}) FILTER (WHERE {present}) \
                     / nullif(count(*) FILTER (WHERE {present}), 0)",
                    name = value.name()
                ),
                shown: None,
                min: *min,
                max: *max,
                share: true,
            }),
        },
        Check::Statistic { statistic, q, min, max, .. } => {
            statistic_of(value, (*statistic, *q), (*min, *max))?
        }
        Check::Fresh { within_hours, .. } => fresh(value, *within_hours, at)?,
        Check::InSet { values, .. } => rows(format!("NOT ({})", in_set(value, values))),
        Check::NotInSet { values, .. } => rows(in_set(value, values)),
        Check::Between { min, max, .. } => rows(outside(&number(value)?, *min, *max)),
        Check::DateBetween { from, to, .. } => {
            rows(outside_days(&moment(value)?, from.as_deref(), to.as_deref()))
        }
        Check::Length { min, max, .. } => {
            let length = format!("length({})", value.text());
            let number = |n: &Option<u64>| n.map(|n| n as f64);
            rows(outside(&length, number(min), number(max)))
        }
        Check::Type { of, .. } => rows(unreadable(value, *of)),
        Check::Matches { pattern, .. } => rows(mismatch(value, pattern)),
        Check::Email { .. } => rows(mismatch(value, EMAIL)),
        Check::Url { .. } => rows(mismatch(value, URL)),
        Check::DateFormat { format, .. } => match value.kind() {
            Kind::Moment => rows("false".to_owned()),
            _ => rows(format!("try_strptime({}, {}) IS NULL", value.text(), text(format))),
        },
        Check::NotFuture { .. } => {
            let moment = moment(value)?;
            rows(format!("{moment} >= {}", horizon(table, value, &moment, at)))
        }
        Check::Pair { is, .. } => {
            let other = other.ok_or_else(|| Unfit("Choose the other column".to_owned()))?;
            pair(value, *is, other)
        }
        other => return Err(Unfit(format!("A check of kind {} reads no column", other.kind()))),
    })
}

fn number(value: &Value) -> Result<String, Unfit> {
    value.number().ok_or_else(|| {
        Unfit(format!("{} holds no numbers: choose another column", value.name().name()))
    })
}

fn moment(value: &Value) -> Result<String, Unfit> {
    value.moment().ok_or_else(|| {
        Unfit(format!("{} holds no moments: choose another column", value.name().name()))
    })
}

/// Condition: no number, or a number beyond the bounds.
fn outside(number: &str, min: Option<f64>, max: Option<f64>) -> String {
    let bound = |value: Option<f64>| value.filter(|v| is_bound(*v));
    let mut bad = vec![format!("{number} IS NULL")];
    bad.extend(bound(min).map(|v| format!("{number} < {}", real(v))));
    bad.extend(bound(max).map(|v| format!("{number} > {}", real(v))));
    format!("({})", bad.join(" OR "))
}

/// Condition: no moment, or one beyond the days. A last day without a time counts whole.
fn outside_days(moment: &str, from: Option<&str>, to: Option<&str>) -> String {
    let mut bad = vec![format!("{moment} IS NULL")];
    bad.extend(from.map(|day| format!("{moment} < CAST({} AS TIMESTAMP)", text(day))));
    bad.extend(to.map(|day| match day.len() {
        10 => format!("{moment} >= CAST({} AS TIMESTAMP) + INTERVAL 1 DAY", text(day)),
        _ => format!("{moment} > CAST({} AS TIMESTAMP)", text(day)),
    }));
    format!("({})", bad.join(" OR "))
}

fn in_set(value: &Value, values: &[String]) -> String {
    let numbers: Option<Vec<f64>> = values.iter().map(|v| v.trim().parse().ok()).collect();
    match (value.kind(), numbers) {
        (Kind::Number, Some(numbers)) => {
            let list: Vec<_> = numbers.into_iter().map(real).collect();
            format!("CAST({} AS DOUBLE) IN ({})", value.name(), list.join(", "))
        }
        _ => {
            let list = kith_sql::text_list(values.iter().map(String::as_str));
            format!("{} IN {list}", value.text())
        }
    }
}

fn mismatch(value: &Value, pattern: &str) -> String {
    format!("NOT regexp_full_match({}, {})", value.text(), text(pattern))
}

fn unreadable(value: &Value, of: ValueType) -> String {
    let sql_type = match of {
        ValueType::Integer => "HUGEINT",
        ValueType::Number => "DOUBLE",
        ValueType::Boolean => "BOOLEAN",
        ValueType::Date => "DATE",
        ValueType::Timestamp => "TIMESTAMP",
    };
    let text = value.text();
    match of {
        // A cast to a whole number rounds: 1.5 would pass.
        ValueType::Integer => format!("NOT regexp_full_match({text}, '\\s*[+-]?\\d+(\\.0*)?\\s*')"),
        _ => format!("TRY_CAST({text} AS {sql_type}) IS NULL"),
    }
}

fn pair(value: &Value, is: Comparison, other: &Value) -> Aggregates {
    let sign = match is {
        Comparison::Eq => "=",
        Comparison::Gt => ">",
        Comparison::Ge => ">=",
    };
    let looked = format!("{} AND {}", value.present(), other.present());
    let (a, b) = (value.name(), other.name());
    let holds = match (value.kind(), other.kind()) {
        (Kind::Moment, _) | (_, Kind::Moment) => {
            format!("TRY_CAST({a} AS TIMESTAMP) {sign} TRY_CAST({b} AS TIMESTAMP)")
        }
        (Kind::Number, _) | (_, Kind::Number) => {
            format!("TRY_CAST({a} AS DOUBLE) {sign} TRY_CAST({b} AS DOUBLE)")
        }
        (Kind::Text, Kind::Text) => format!(
            "coalesce(TRY_CAST({a} AS DOUBLE) {sign} TRY_CAST({b} AS DOUBLE), {a} {sign} {b})"
        ),
        _ => format!("{} {sign} {}", value.text(), other.text()),
    };
    let bad = format!("{looked} AND ({holds}) IS DISTINCT FROM true");
    Aggregates { looked, bad: Some(bad), aim: None }
}

fn statistic_of(
    value: &Value,
    (statistic, q): (Statistic, Option<f64>),
    (min, max): (Option<f64>, Option<f64>),
) -> Result<Aggregates, Unfit> {
    let n = number(value)?;
    let aggregate = match statistic {
        Statistic::Min => format!("min({n})"),
        Statistic::Max => format!("max({n})"),
        // Compensated sums: the order in which threads add must not show.
        Statistic::Mean => format!("favg({n})"),
        Statistic::Median => format!("median({n})"),
        Statistic::Quantile => format!("quantile_cont({n}, {})", real(q.unwrap_or(0.5))),
        Statistic::Stdev => format!("stddev_samp({n})"),
        Statistic::Sum => format!("fsum({n})"),
    };
    let (min, max) = (min.filter(|v| is_bound(*v)), max.filter(|v| is_bound(*v)));
    let present = value.present();
    // Of extremes the rows beyond the bound can be shown; of sums no row alone is to blame.
    let bad = match statistic {
        Statistic::Min => min.map(|v| format!("{present} AND {n} < {}", real(v))),
        Statistic::Max => max.map(|v| format!("{present} AND {n} > {}", real(v))),
        _ => None,
    };
    let aim = Aim { value: aggregate, shown: None, min, max, share: false };
    Ok(Aggregates { looked: present, bad, aim: Some(aim) })
}

fn fresh(value: &Value, within_hours: f64, at: &At<'_>) -> Result<Aggregates, Unfit> {
    let moment = moment(value)?;
    let aim = Aim {
        value: format!("epoch(CAST({} AS TIMESTAMP) - max({moment})) / 3600", text(at.now)),
        shown: Some(format!("max({moment})::VARCHAR")),
        min: None,
        max: Some(within_hours),
        share: false,
    };
    Ok(Aggregates { looked: value.present(), bad: None, aim: Some(aim) })
}

/// The first moment that counts as the future.
fn horizon(table: &TableId, value: &Value, moment: &str, at: &At<'_>) -> String {
    match at.as_of {
        Some(day) => format!("CAST({} AS TIMESTAMP) + INTERVAL 1 DAY", text(day)),
        None => format!(
            "(SELECT quantile_disc({moment}, 0.995) + INTERVAL 366 DAY FROM {} WHERE {})",
            table_name(table),
            value.present()
        ),
    }
}
