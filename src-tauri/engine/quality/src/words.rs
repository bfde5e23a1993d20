//! Expectations in words.

use kith_model::quality::{Check, Comparison, Expectation, Statistic};

/// The expectation in words: `order_id of orders is never missing`.
pub fn title(expectation: &Expectation) -> String {
    let of = expectation.table.words();
    let mut title = sentence(&expectation.check, &of);
    if expectation.tolerance > 0.0 {
        title.push_str(&format!(", in all but {} of rows", share(expectation.tolerance)));
    }
    title
}

fn sentence(check: &Check, of: &str) -> String {
    match check {
        Check::RowCount { min, max } => {
            let number = |n: &Option<u64>| n.map(|n| n as f64);
            format!("the number of {of} {}", range(number(min), number(max)))
        }
        Check::RowCountEquals { other } => format!("there are as many {of} as {}", other.words()),
        Check::ColumnSet { columns } => {
            format!("{of} has exactly the {} columns it should", columns.len())
        }
        Check::ColumnOrder { columns } => {
            format!("{of} has its {} columns in their order", columns.len())
        }
        Check::ColumnExists { field } => format!("{of} has a column {field}"),
        Check::Type { field, of: value } => format!("{field} of {of} is {}", value.words()),
        Check::NotNull { field } => format!("{field} of {of} is never missing"),
        Check::Completeness { field, at_least } => {
            format!("{field} of {of} is there in at least {} of rows", share(*at_least))
        }
        Check::Unique { fields } => format!("{} of {of} is unique", fields.join(" + ")),
        Check::UniqueRatio { field, min, max } => {
            format!("the share of distinct values in {field} of {of} {}", range(*min, *max))
        }
        Check::InSet { field, values } => {
            format!("{field} of {of} is one of {}", listed(values))
        }
        Check::NotInSet { field, values } => {
            format!("{field} of {of} is none of {}", listed(values))
        }
        Check::Between { field, min, max } => {
            format!("{field} of {of} {}", range(*min, *max))
        }
        Check::DateBetween { field, from, to } => {
            let words = match (from, to) {
                (Some(from), Some(to)) => format!("lies between {from} and {to}"),
                (Some(from), None) => format!("is not before {from}"),
                (None, Some(to)) => format!("is not after {to}"),
                (None, None) => "is any day".to_owned(),
            };
            format!("{field} of {of} {words}")
        }
        Check::Statistic { field, statistic, q, min, max } => {
            let what = match (statistic, q) {
                (Statistic::Quantile, Some(q)) => format!("{q} quantile"),
                (statistic, _) => statistic.words().to_owned(),
            };
            format!("the {what} of {field} of {of} {}", range(*min, *max))
        }
        Check::Length { field, min, max } => {
            let number = |n: &Option<u64>| n.map(|n| n as f64);
            format!("the length of {field} of {of} {}", range(number(min), number(max)))
        }
        Check::Matches { field, pattern } => format!("{field} of {of} matches {pattern}"),
        Check::DateFormat { field, format } => format!("{field} of {of} is written {format}"),
        Check::Email { field } => format!("{field} of {of} looks like an e-mail address"),
        Check::Url { field } => format!("{field} of {of} looks like a web address"),
        Check::Pair { field, is, other } => {
            let word = match is {
                Comparison::Eq => "equals",
                Comparison::Gt => "is above",
                Comparison::Ge => "is not below",
            };
            format!("{field} of {of} {word} {other}")
        }
        Check::Fresh { field, within_hours } => {
            format!("the newest {field} of {of} is at most {} old", hours(*within_hours))
        }
        Check::NotFuture { field } => format!("{field} of {of} is not in the future"),
        Check::Exists { field, table, .. } => {
            format!("{field} of {of} exists in {}", table.words())
        }
        Check::NoDuplicates => format!("no row of {of} repeats another"),
        Check::Holds { condition } => format!("{of}: {}", one_line(condition)),
        Check::NoRows { query } => format!("no rows from {}", one_line(query)),
    }
}

fn range(min: Option<f64>, max: Option<f64>) -> String {
    match (min.filter(|v| is_bound(*v)), max.filter(|v| is_bound(*v))) {
        (Some(min), Some(max)) if min == max => format!("is {}", number(min)),
        (Some(min), Some(max)) => format!("lies between {} and {}", number(min), number(max)),
        (Some(min), None) => format!("is at least {}", number(min)),
        (None, Some(max)) => format!("is at most {}", number(max)),
        (None, None) => "is a number".to_owned(),
    }
}

/// The greatest number there is meant no bound in what was written at first.
pub(crate) fn is_bound(value: f64) -> bool {
    value.is_finite() && value.abs() < f64::MAX
}

fn listed(values: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<_> = values.iter().take(SHOWN).map(String::as_str).collect();
    match values.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn one_line(sql: &str) -> String {
    const SHOWN: usize = 100;
    let line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// A number grouped by thousands, decimals as far as they say something.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let decimals = if value.fract() == 0.0 || value.abs() >= 1e6 {
        0
    } else if value.abs() >= 1.0 {
        2
    } else {
        4
    };
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = match text.split_once('.') {
        Some((whole, rest)) => (whole, format!(".{}", rest.trim_end_matches('0'))),
        None => (text.as_str(), String::new()),
    };
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{out}{}", if rest == "." { "" } else { &rest })
}

/// A share as a percentage.
pub(crate) fn share(value: f64) -> String {
    let percent = value * 100.0;
    let text = format!("{percent:.2}");
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Hours, or days from three on.
pub(crate) fn hours(value: f64) -> String {
    if value >= 72.0 {
        format!("{} days", number((value / 24.0 * 10.0).round() / 10.0))
    } else {
        format!("{} hours", number((value * 10.0).round() / 10.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!(number(1_234_567.0), "1,234,567");
        assert_eq!(number(-1234.5), "-1,234.5");
        assert_eq!(number(0.25), "0.25");
        assert_eq!(share(0.995), "99.5 %");
        assert_eq!(share(0.5), "50 %");
        assert_eq!(hours(48.0), "48 hours");
        assert_eq!(hours(168.0), "7 days");
        assert_eq!(range(Some(0.0), Some(f64::MAX)), "is at least 0");
    }
}
