//! How the numbers, dates and times of a file are written, told from its first values.
//!
//! Nothing is converted here: columns stay text as they are loaded. What is found is evidence for
//! whoever maps the columns.

use crate::typed::zones::meanings as zone_meanings;
use kith_model::source::Evidence;
use std::collections::BTreeMap;

/// Share of a column's values that must look alike.
const ALIKE: f64 = 0.9;

/// Evidence on each way of writing numbers and times, with the columns written so.
pub(crate) fn evidence(names: &[String], rows: &[Vec<Option<String>>]) -> Vec<Evidence> {
    let mut found: BTreeMap<(&'static str, String, String), Vec<&str>> = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        let filled = || rows.iter().filter_map(|row| row.get(at)?.as_deref());
        let values: Vec<&str> = filled().map(str::trim).filter(|v| !v.is_empty()).collect();
        if values.len() < 3 {
            continue;
        }
        if let Some((value, reason)) = numbers(&values) {
            found.entry(("numbers", value, reason)).or_default().push(name);
        } else if let Some((value, reason)) = times(&values) {
            found.entry(("dates", value, reason)).or_default().push(name);
        }
    }
    let said = |((about, value, reason), columns): ((&str, String, String), Vec<&str>)| Evidence {
        about: about.to_owned(),
        value,
        reason: format!("{}: {reason}", columns.join(", ")),
    };
    found.into_iter().map(said).collect()
}

fn enough(matching: usize, all: usize) -> bool {
    matching as f64 >= ALIKE * all as f64
}

/// What the signs in one number tell.
#[derive(Default)]
struct Signs {
    /// The decimal sign for certain.
    decimal: Option<char>,
    /// The thousands sign for certain.
    thousands: Option<char>,
    /// A sign with three digits behind it, which may be either.
    either: Option<char>,
}

/// The signs of a number; `None` for what is none.
fn signs(value: &str) -> Option<Signs> {
    let bare = value.trim_matches(|c: char| "+-%$€£¥() ".contains(c) || c == '\u{a0}');
    let sign = |c: char| matches!(c, '.' | ',' | '\'' | ' ' | '\u{a0}' | '\u{202f}');
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    if digits == 0 || !bare.chars().all(|c| c.is_ascii_digit() || sign(c)) {
        return None;
    }
    let groups: Vec<&str> = bare.split(sign).collect();
    let marks: Vec<char> = bare.chars().filter(|c| sign(*c)).collect();
    let (first, rest) = groups.split_first()?;
    let three = |group: &&str| group.len() == 3;
    let mut signs = Signs::default();
    match marks.as_slice() {
        [] => {}
        [one @ ('.' | ',')] => {
            let grouped = rest.iter().all(three) && (1..=3).contains(&first.len()) && *first != "0";
            let place = if grouped { &mut signs.either } else { &mut signs.decimal };
            *place = Some(*one);
        }
        [inner @ .., last] if inner.first() != Some(last) && !inner.is_empty() => {
            let same = inner.iter().all(|mark| *mark == inner[0]);
            if !same || !rest[..rest.len() - 1].iter().all(three) {
                return None;
            }
            (signs.thousands, signs.decimal) = (Some(inner[0]), Some(*last));
        }
        [one, ..] if rest.iter().all(three) && (1..=3).contains(&first.len()) => {
            signs.thousands = Some(*one);
        }
        _ => return None,
    }
    Some(signs)
}

fn name(sign: char) -> &'static str {
    match sign {
        '.' => "point",
        ',' => "comma",
        '\'' => "apostrophe",
        _ => "space",
    }
}

/// How a column's numbers are written; `None` where it holds none, or plain ones.
fn numbers(values: &[&str]) -> Option<(String, String)> {
    let seen: Vec<Signs> = values.iter().filter_map(|value| signs(value)).collect();
    if !enough(seen.len(), values.len()) {
        return None;
    }
    let count = |of: fn(&Signs) -> Option<char>| {
        let mut counts: BTreeMap<char, usize> = BTreeMap::new();
        seen.iter().filter_map(of).for_each(|sign| *counts.entry(sign).or_default() += 1);
        counts.into_iter().max_by_key(|(_, count)| *count)
    };
    let (decimal, thousands, either) =
        (count(|s| s.decimal), count(|s| s.thousands), count(|s| s.either));
    match (decimal, thousands, either) {
        (Some((d, n)), Some((t, m)), _) if d != t => Some((
            format!("decimal {}, thousands {}", name(d), name(t)),
            format!("{m} values have both signs, {n} the decimal one"),
        )),
        (Some((',', n)), None, _) => {
            Some(("decimal comma".to_owned(), format!("{n} values have a comma before decimals")))
        }
        (None, Some((t, m)), _) => Some((
            format!("thousands {}", name(t)),
            format!("{m} values have it before groups of three digits"),
        )),
        (None, None, Some((sign, n))) => Some((
            format!("thousands {} (or decimal)", name(sign)),
            format!("{n} values have it before three digits; no value tells which it is: check"),
        )),
        _ => None,
    }
}

/// What one date or time tells.
struct Moment {
    /// `YYYY-MM-DD`, `DD/MM/YYYY` ... with `?` where day and month cannot be told.
    order: Order,
    sign: char,
    time: bool,
    zone: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    YearFirst,
    DayFirst,
    MonthFirst,
    Either,
}

fn moment(value: &str) -> Option<Moment> {
    let end = value.find(['T', ' ']).unwrap_or(value.len());
    let (date, rest) = value.split_at(end);
    let sign = date.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(sign, '-' | '/' | '.') {
        return None;
    }
    let parts: Vec<u32> = date.split(sign).map(|p| p.parse().ok()).collect::<Option<_>>()?;
    let [a, b, c] = parts.as_slice() else { return None };
    let (day, month) = (1..=31, 1..=12);
    let order = match () {
        () if *a > 999 && month.contains(b) && day.contains(c) => Order::YearFirst,
        () if month.contains(a) && month.contains(b) => Order::Either,
        () if day.contains(a) && month.contains(b) => Order::DayFirst,
        () if month.contains(a) && day.contains(b) => Order::MonthFirst,
        () => return None,
    };
    let rest = rest.trim_start_matches(['T', ' ']);
    let clock = rest.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.' && c != ',');
    let (time, zone) = rest.split_at(clock.unwrap_or(rest.len()));
    if !time.is_empty() && !time.contains(':') {
        return None;
    }
    let zone = zone.trim();
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | ':');
    // Short ones are offsets and abbreviations, long ones names such as `Europe/Oslo`.
    let named = zone.len() <= 48 && zone.contains('/');
    let known = (zone.len() <= 6 && zone.chars().all(letters))
        || named && zone.chars().all(|c| letters(c) || matches!(c, '/' | '_' | '[' | ']'));
    if !known {
        return None;
    }
    let zone = (!zone.is_empty()).then(|| zone.to_owned());
    Some(Moment { order, sign, time: !time.is_empty(), zone })
}

/// How a column's dates are written; `None` where it holds none.
fn times(values: &[&str]) -> Option<(String, String)> {
    let seen: Vec<Moment> = values.iter().filter_map(|value| moment(value)).collect();
    if !enough(seen.len(), values.len()) {
        return None;
    }
    let has = |order: Order| seen.iter().filter(|m| m.order == order).count();
    let (year, day, month) = (has(Order::YearFirst), has(Order::DayFirst), has(Order::MonthFirst));
    let sign = seen[0].sign;
    let (date, why) = match (year, day, month) {
        (1.., _, _) => (format!("YYYY{sign}MM{sign}DD"), "the year stands first".to_owned()),
        (0, 1.., 0) => {
            (format!("DD{sign}MM{sign}YYYY"), format!("{day} values have more than 12 in front"))
        }
        (0, 0, 1..) => {
            let why = format!("{month} values have more than 12 in the middle");
            (format!("MM{sign}DD{sign}YYYY"), why)
        }
        (0, 0, 0) => {
            let why = "no value has a day above 12, so day and month may be swapped: check";
            (format!("DD{sign}MM{sign}YYYY or MM{sign}DD{sign}YYYY"), why.to_owned())
        }
        _ => (
            "mixed orders".to_owned(),
            format!("{day} values with the day first, {month} with the month first: check"),
        ),
    };
    let time = if seen.iter().any(|m| m.time) { " HH:MM" } else { "" };
    let mut zones: Vec<&str> = seen.iter().filter_map(|m| m.zone.as_deref()).collect();
    let zoned = zones.len();
    zones.sort_unstable();
    zones.dedup();
    let zone = match (zoned, time) {
        (_, "") => String::new(),
        (0, _) => ", no zone given".to_owned(),
        (n, _) if n == seen.len() && zones.len() <= 3 => format!(", zone {}", zones.join(", ")),
        (n, _) if n == seen.len() => format!(", {} zones", zones.len()),
        _ => ", zone on some values only".to_owned(),
    };
    let asked = zones.iter().find_map(|name| Some((*name, zone_meanings(name)?)));
    let why = match asked {
        Some((name, meanings)) => {
            format!("{why}; {name} may be {meanings}: set the column's zone")
        }
        None => why,
    };
    Some((format!("{date}{time}{zone}"), why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(values: &[&str]) -> (String, String) {
        let rows: Vec<_> = values.iter().map(|v| vec![Some((*v).to_owned())]).collect();
        let evidence = evidence(&["x".to_owned()], &rows);
        evidence.into_iter().next().map_or_else(Default::default, |e| (e.value, e.reason))
    }

    #[test]
    fn decimal_and_thousands_signs() {
        assert_eq!(found(&["1.234,50", "12,00", "7,5"]).0, "decimal comma, thousands point");
        assert_eq!(found(&["1,234.50", "€ 12.00", "-7.5"]).0, "decimal point, thousands comma");
        assert_eq!(found(&["1'234.50", "12.00", "7.5"]).0, "decimal point, thousands apostrophe");
        assert_eq!(found(&["3,5", "4,25", "10"]).0, "decimal comma");
        assert_eq!(found(&["1 234 567", "12", "2 000"]).0, "thousands space");
        let (value, reason) = found(&["1,025", "800", "1,900"]);
        assert_eq!(value, "thousands comma (or decimal)");
        assert!(reason.starts_with("x: 2 values") && reason.ends_with("check"), "{reason}");
        for plain in [["1", "2", "3"], ["1.5", "2.25", "3.0"], ["a", "b", "1,5"]] {
            assert_eq!(found(&plain).0, "", "{plain:?}");
        }
    }

    #[test]
    fn dates_with_and_without_zone() {
        assert_eq!(found(&["2026-05-01", "2026-12-24", "2025-01-31"]).0, "YYYY-MM-DD");
        assert_eq!(
            found(&["2026-05-01T10:00:00Z", "2026-05-02T11:30:00Z", "2026-05-03T09:00:00.5Z"]).0,
            "YYYY-MM-DD HH:MM, zone Z"
        );
        assert_eq!(
            found(&["2026-05-01 10:00 +0200", "2026-11-02 11:30 +0100", "2026-05-03 09:00 +0200"])
                .0,
            "YYYY-MM-DD HH:MM, zone +0100, +0200"
        );
        let oslo = [
            "2026-05-01 10:00 Europe/Oslo",
            "2026-05-02 11:30 Europe/Oslo",
            "2026-05-03 9:00 Europe/Oslo",
        ];
        assert_eq!(found(&oslo).0, "YYYY-MM-DD HH:MM, zone Europe/Oslo");
        let est = found(&["2026-05-01 10:00 EST", "2026-05-02 11:30 EST", "2026-05-03 09:00 EST"]);
        assert!(est.1.contains("Australia/Sydney") && est.1.contains("set the column"), "{est:?}");
        assert_eq!(found(&["31/12/2025", "01/02/2026", "15/03/2026"]).0, "DD/MM/YYYY");
        assert_eq!(found(&["12/31/2025", "01/02/2026", "03/15/2026"]).0, "MM/DD/YYYY");
        assert_eq!(
            found(&["31.12.2025 10:00", "1.2.2026 9:30", "2.2.2026 8:00"]).0,
            "DD.MM.YYYY HH:MM, no zone given"
        );
        assert!(found(&["01/02/2026", "03/04/2026", "05/06/2026"]).1.contains("swapped"));
        assert_eq!(found(&["31/12/2025", "12/31/2025", "01/02/2026"]).0, "mixed orders");
        assert_eq!(found(&["10.0.0.1", "10.0.0.2", "10.0.0.3"]).0, "");
    }
}
