//! Expectations that hold now and are worth guarding.
//!
//! The profile proposes; the same queries that check expectations decide: only what holds is
//! suggested.

use crate::builtin::Listed;
use crate::words::{number, share, title};
use crate::worth::ranked;
use kith_model::quality::{
    Check, ColumnKind, ColumnStats, Comparison, Expectation, ExpectationSuggestion, Finding,
    Outcome, Severity, TableId, TableProfile, ValueType,
};

/// Rows from which a profile says something about the rows to come.
const ENOUGH_ROWS: u64 = 30;
/// Categories up to which the set is worth guarding.
const SET: u64 = 12;
/// Rows a category on average, so that the set is closed rather than a sample of an open one.
const ROWS_A_VALUE: u64 = 20;
/// Share of texts of one shape from which the shape is a rule.
const SHAPE: f64 = 0.999_999;

/// Expectations to try, with why each would be worth guarding, those of `known` left out. Check
/// them and hand the findings to [`suggestions`].
pub fn candidates(profiles: &[TableProfile], known: &[Listed]) -> Vec<(Expectation, String)> {
    let mut all: Vec<(Expectation, String)> = Vec::new();
    for profile in profiles.iter().filter(|p| p.rows >= ENOUGH_ROWS) {
        let mut add = |severity, check, reason: String| {
            let expectation = Expectation::new(profile.table.clone(), severity, check);
            let same = |one: &Listed| {
                one.expectation.table == expectation.table
                    && (one.expectation.check == expectation.check
                        || one.expectation.check.kind() == expectation.check.kind()
                            && !expectation.check.fields().is_empty()
                            && one.expectation.check.fields() == expectation.check.fields())
            };
            if !known.iter().any(same) {
                all.push((expectation, reason));
            }
        };
        of_table(profile, &mut add);
        for column in &profile.columns {
            of_column(profile, column, &mut add);
        }
    }
    all
}

/// Those candidates whose findings hold and that no other implies: by table, the ones most worth
/// guarding first, a few of each marked to be taken by default.
pub fn suggestions(
    candidates: Vec<(Expectation, String)>,
    (profiles, findings): (&[TableProfile], &[Finding]),
    known: &[Listed],
) -> Vec<ExpectationSuggestion> {
    let holds = |expectation: &Expectation| {
        let of = |f: &&Finding| f.expectation.id == expectation.id;
        findings.iter().find(of).is_some_and(|f| f.outcome == Outcome::Holds)
    };
    let holding = candidates
        .into_iter()
        .filter(|(expectation, _)| holds(expectation))
        .map(|(expectation, reason)| ExpectationSuggestion {
            title: title(&expectation),
            expectation,
            reason,
            worth: 0.0,
            by_default: false,
        })
        .collect();
    ranked(holding, profiles, known)
}

fn of_table(profile: &TableProfile, add: &mut impl FnMut(Severity, Check, String)) {
    let rows = profile.rows;
    let check = Check::RowCount { min: Some(rows / 2), max: Some(rows.saturating_mul(2)) };
    let reason =
        format!("{} rows now: half or twice as many would be a surprise", number(rows as f64));
    add(Severity::Warning, check, reason);
    if let TableId::Source(_) = profile.table {
        let columns = profile.columns.iter().map(|c| c.name.clone()).collect();
        let reason = "a column that comes or goes breaks the mapping".to_owned();
        add(Severity::Error, Check::ColumnSet { columns }, reason);
        if profile.duplicates == 0 {
            let reason = "no row repeats another now".to_owned();
            add(Severity::Warning, Check::NoDuplicates, reason);
        }
    }
    let moments: Vec<_> = profile.columns.iter().filter(|c| c.kind == ColumnKind::Moment).collect();
    for (first, last) in [("created", "updated"), ("start", "end"), ("birth", "created")] {
        let find = |word: &str| {
            moments.iter().find(|c| c.name.to_lowercase().contains(word)).map(|c| c.name.clone())
        };
        if let (Some(other), Some(field)) = (find(first), find(last)) {
            let reason = format!("{field} follows {other} wherever both are there");
            add(Severity::Warning, Check::Pair { field, is: Comparison::Ge, other }, reason);
        }
    }
}

fn of_column(
    profile: &TableProfile,
    column: &ColumnStats,
    add: &mut impl FnMut(Severity, Check, String),
) {
    let rows = profile.rows;
    let present = rows.saturating_sub(column.missing);
    if present < ENOUGH_ROWS {
        return;
    }
    let field = column.name.clone();
    let there = 1.0 - column.missing_share(rows);
    if column.missing == 0 {
        let reason = format!("there in all {} rows", number(rows as f64));
        add(Severity::Warning, Check::NotNull { field: field.clone() }, reason);
    } else if there >= 0.5 {
        let at_least = ((there - 0.02) * 100.0).floor() / 100.0;
        let reason = format!("there in {} of rows now", share(there));
        add(Severity::Warning, Check::Completeness { field: field.clone(), at_least }, reason);
    }
    if column.distinct == present && matches!(column.kind, ColumnKind::Text | ColumnKind::Number) {
        let reason = format!("all {} values differ", number(present as f64));
        add(Severity::Error, Check::Unique { fields: vec![field.clone()] }, reason);
    }
    match column.kind {
        ColumnKind::Number => of_numbers(column, add),
        ColumnKind::Text => of_texts(column, present, add),
        _ => {}
    }
    let raw = column.sql_type == "VARCHAR" && matches!(profile.table, TableId::Source(_));
    let of = match column.kind {
        ColumnKind::Number => Some(ValueType::Number),
        ColumnKind::Moment => Some(ValueType::Timestamp),
        _ => None,
    };
    if let (true, Some(of)) = (raw, of) {
        let reason = format!("every text is {} now", of.words());
        add(Severity::Error, Check::Type { field, of }, reason);
    }
}

fn of_numbers(column: &ColumnStats, add: &mut impl FnMut(Severity, Check, String)) {
    let (Some(low), Some(high)) = (column.quantiles.first(), column.quantiles.last()) else {
        return;
    };
    if *low >= 0.0 && low < high {
        let check = Check::Between { field: column.name.clone(), min: Some(0.0), max: None };
        let reason = format!("from {} to {} now, never below 0", number(*low), number(*high));
        add(Severity::Warning, check, reason);
    }
}

fn of_texts(column: &ColumnStats, present: u64, add: &mut impl FnMut(Severity, Check, String)) {
    let field = column.name.clone();
    let closed = column.distinct <= SET
        && column.distinct as usize == column.top.len()
        && present >= ROWS_A_VALUE * column.distinct
        && column.pii.is_none();
    if closed {
        let mut values: Vec<_> = column.top.iter().map(|(value, _)| value.clone()).collect();
        values.sort();
        let reason = format!("{} values in {} rows", values.len(), number(present as f64));
        add(Severity::Warning, Check::InSet { field: field.clone(), values }, reason);
        return;
    }
    if column.pii == Some(kith_model::quality::Pii::Email) {
        let reason = "the values are e-mail addresses".to_owned();
        add(Severity::Warning, Check::Email { field: field.clone() }, reason);
    }
    if let Some((low, high)) = column.length.filter(|(low, high)| low == high && *high > 1) {
        let check = Check::Length { field: field.clone(), min: Some(low), max: Some(high) };
        add(Severity::Warning, check, format!("every value has {low} characters"));
    }
    if let Some((shape, share)) = &column.pattern
        && *share >= SHAPE
        && let Some(pattern) = regex_of(shape)
    {
        let reason = format!("every value looks like {shape}");
        add(Severity::Warning, Check::Matches { field, pattern }, reason);
    }
}

/// The regular expression of a shape; `None` for shapes of letters and blanks, which any word has.
fn regex_of(shape: &str) -> Option<String> {
    if !shape.contains('9') {
        return None;
    }
    let mut pattern = String::new();
    for c in shape.chars() {
        match c {
            '9' => pattern.push_str("[0-9]"),
            'A' => pattern.push_str("\\p{Lu}"),
            'a' => pattern.push_str("\\p{L}"),
            ' ' => pattern.push_str("\\s"),
            '+' if pattern.ends_with([']', '}']) => pattern.push('+'),
            other if other.is_ascii_punctuation() => {
                pattern.push('\\');
                pattern.push(other);
            }
            other => pattern.push(other),
        }
    }
    Some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::SourceId;

    #[test]
    fn shapes_become_expressions() {
        assert_eq!(regex_of("AA-99").as_deref(), Some("\\p{Lu}\\p{Lu}\\-[0-9][0-9]"));
        assert_eq!(regex_of("9+").as_deref(), Some("[0-9]+"));
        assert_eq!(regex_of("Aa+"), None);
    }

    #[test]
    fn what_is_known_is_not_tried_again() {
        let column = ColumnStats { name: "id".into(), distinct: 100, ..ColumnStats::default() };
        let table = TableId::Source(SourceId("crm".into()));
        let profile = TableProfile {
            table: table.clone(),
            rows: 100,
            duplicates: 0,
            columns: vec![column],
            correlations: vec![],
            alerts: vec![],
        };
        let kinds = |known: &[Listed]| -> Vec<&'static str> {
            candidates(std::slice::from_ref(&profile), known)
                .iter()
                .map(|(e, _)| e.check.kind())
                .collect()
        };
        let all = ["row_count", "column_set", "no_duplicates", "not_null", "unique"];
        assert_eq!(kinds(&[]), all);
        let check = Check::NotNull { field: "id".into() };
        let expectation = Expectation::new(table, Severity::Error, check);
        let known = [Listed { expectation, built_in: false }];
        assert_eq!(kinds(&known), ["row_count", "column_set", "no_duplicates", "unique"]);
    }
}
