//! Conditions on columns: as a person types them, and as they are said.

use crate::widgets::format;
use kith_model::CellTest;

/// What may be typed into a column's filter.
pub const SYNTAX: &str =
    "text contained · =exact or =one|other · >=5 · <=5 · 5..10 · ∅ missing · * any value";

/// Reads what was typed; `Ok(None)` is no condition.
///
/// # Errors
/// How to write it instead.
pub fn parse(typed: &str) -> Result<Option<CellTest>, &'static str> {
    let typed = typed.trim();
    let bound = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let range = |from, to| match (&from, &to) {
        (None, None) => Err("Name at least one end: 5.. or ..10"),
        _ => Ok(Some(CellTest::Range { from, to })),
    };
    match typed {
        "" => return Ok(None),
        "∅" | "=" => return Ok(Some(CellTest::Missing)),
        "*" => return Ok(Some(CellTest::Present)),
        _ => {}
    }
    if let Some(values) = typed.strip_prefix('=') {
        let values = values.split('|').map(|v| v.trim().to_owned()).collect();
        return Ok(Some(CellTest::OneOf { values }));
    }
    for (sign, low) in [(">=", true), ("≥", true), ("<=", false), ("≤", false)] {
        if let Some(end) = typed.strip_prefix(sign) {
            return if low { range(bound(end), None) } else { range(None, bound(end)) };
        }
    }
    if typed.starts_with(['>', '<']) {
        return Err("Write >= or <=: bounds count");
    }
    if let Some((from, to)) = typed.split_once("..") {
        return range(bound(from), bound(to));
    }
    Ok(Some(CellTest::Contains { text: typed.to_owned() }))
}

/// The condition as it would be typed; empty for what can only be clicked.
pub fn typed(test: &CellTest) -> String {
    match test {
        CellTest::OneOf { values } if values.iter().all(|v| !v.contains('|')) => {
            format!("={}", values.join("|"))
        }
        CellTest::OneOf { .. } | CellTest::Begins { .. } | CellTest::Bin { .. } => String::new(),
        CellTest::Contains { text } => text.clone(),
        CellTest::Missing => "∅".to_owned(),
        CellTest::Present => "*".to_owned(),
        CellTest::Range { from, to } => {
            let end = |end: &Option<String>| end.clone().unwrap_or_default();
            format!("{}..{}", end(from), end(to))
        }
    }
}

/// The condition in words, to follow a column's name.
pub fn said(test: &CellTest) -> String {
    match test {
        CellTest::OneOf { values } => values.join(" or "),
        CellTest::Begins { text } => format!("begins with {text}"),
        CellTest::Contains { text } => format!("contains {text}"),
        CellTest::Missing => "is missing".to_owned(),
        CellTest::Present => "has a value".to_owned(),
        CellTest::Range { from: Some(from), to: Some(to) } => format!("{from} to {to}"),
        CellTest::Range { from: Some(from), to: None } => format!("from {from}"),
        CellTest::Range { from: None, to: Some(to) } => format!("up to {to}"),
        CellTest::Range { from: None, to: None } => "any value".to_owned(),
        CellTest::Bin { min, max, bin, of } => {
            let (low, high) = (edge(min, max, *bin, *of), edge(min, max, bin + 1, *of));
            format!("{low} to {high}")
        }
    }
}

/// Where bar `n` of `of` begins, rounded to what can be read.
fn edge(min: &str, max: &str, n: u32, of: u32) -> String {
    let share = f64::from(n) / f64::from(of.max(1));
    let at = |low: f64, high: f64| low + (high - low) * share;
    if let (Ok(low), Ok(high)) = (min.parse::<f64>(), max.parse::<f64>()) {
        return format::real(at(low, high));
    }
    match (day(min), day(max)) {
        (Some(low), Some(high)) => written(at(low, high).floor() as i64),
        _ => format!("{} of {of}", n + 1),
    }
}

/// Days since 1970-01-01 of an ISO date (what follows the day is left out).
fn day(text: &str) -> Option<f64> {
    let mut parts = text.get(..10)?.split('-').map(str::parse::<i64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    // Years that begin in March end with the leap day (H. Hinnant, chrono-compatible date
    // algorithms, 2013).
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some((era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468) as f64)
}

/// The ISO date of a day since 1970-01-01; the inverse of [`day`].
fn written(days: i64) -> String {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read() {
        let one = |values: &[&str]| CellTest::OneOf {
            values: values.iter().map(|v| (*v).to_owned()).collect(),
        };
        let range = |from: &str, to: &str| CellTest::Range {
            from: (!from.is_empty()).then(|| from.to_owned()),
            to: (!to.is_empty()).then(|| to.to_owned()),
        };
        for (typed, test) in [
            (" ", None),
            ("oslo", Some(CellTest::Contains { text: "oslo".to_owned() })),
            ("=Oslo | Bergen", Some(one(&["Oslo", "Bergen"]))),
            (">= 5", Some(range("5", ""))),
            ("≤2024-01-01", Some(range("", "2024-01-01"))),
            ("5..10", Some(range("5", "10"))),
            ("..10", Some(range("", "10"))),
            ("∅", Some(CellTest::Missing)),
            ("*", Some(CellTest::Present)),
        ] {
            assert_eq!(parse(typed), Ok(test), "{typed}");
        }
        assert!(parse(">5").is_err() && parse("..").is_err() && parse(">=").is_err());
    }

    #[test]
    fn a_condition_is_typed_as_it_is_read() {
        for text in ["oslo", "=Oslo|Bergen", "5..10", "..10", "∅", "*"] {
            assert_eq!(typed(&parse(text).unwrap().unwrap()), text);
        }
    }

    #[test]
    fn bars_say_where_they_begin_and_end() {
        let bin = |min: &str, max: &str, bin| {
            said(&CellTest::Bin { min: min.into(), max: max.into(), bin, of: 12 })
        };
        assert_eq!(bin("0", "120", 3), "30.0 to 40.0");
        assert_eq!(bin("2024-01-01", "2024-12-31 10:00:00", 0), "2024-01-01 to 2024-01-31");
    }

    #[test]
    fn days_come_back() {
        assert_eq!(day("1970-01-01"), Some(0.0));
        assert_eq!(day("2000-02-29"), Some(11_016.0));
        for days in [-700_000, -1, 0, 59, 60, 11_016, 20_000, 400_000] {
            assert_eq!(day(&written(days)), Some(days as f64));
        }
    }
}
