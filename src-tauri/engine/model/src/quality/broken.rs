//! Whether an expectation can be checked at all.

use super::{Check, Expectation, Statistic, TableId};
use crate::{BrokenRule, Entity};

impl Expectation {
    /// What is wrong with it, one entry a setting: unknown columns, bounds the wrong way round,
    /// an empty pattern. `columns` are those of its table where they are known; a canonical
    /// table's are always known.
    pub fn broken(&self, columns: Option<&[String]>) -> Vec<BrokenRule> {
        let mut broken = Vec::new();
        let setting = match &self.check {
            Check::Unique { .. } => "fields",
            _ => "field",
        };
        for (at, field) in self.check.fields().into_iter().enumerate() {
            let setting =
                if at == 1 && matches!(self.check, Check::Pair { .. }) { "other" } else { setting };
            if field.is_empty() {
                broken.push(BrokenRule::new(setting, "Choose a column"));
            } else if !has(&self.table, field, columns) {
                let of = self.table.words();
                let message = format!("There is no column {field} in {of}");
                broken.push(BrokenRule::new(setting, message));
            }
        }
        if let Check::Exists { table, other, .. } = &self.check
            && !has(table, other, None)
        {
            let message = format!("There is no column {other} in {}", table.words());
            broken.push(BrokenRule::new("other", message));
        }
        if !(0.0..=1.0).contains(&self.tolerance) {
            broken.push(BrokenRule::new("tolerance", "The tolerance is a share from 0 to 1"));
        }
        broken.extend(own_rules(&self.check));
        broken
    }
}

fn has(table: &TableId, field: &str, columns: Option<&[String]>) -> bool {
    match (table, columns) {
        (TableId::Canon(entity), _) => is_canonical(*entity, field),
        (_, Some(columns)) => columns.iter().any(|column| column == field),
        (TableId::Source(_), None) => !field.is_empty(),
    }
}

fn is_canonical(entity: Entity, field: &str) -> bool {
    TableId::Canon(entity).is_row_number(field) || entity.field(field).is_some()
}

fn own_rules(check: &Check) -> Vec<BrokenRule> {
    let rule = |broken: bool, setting: &str, message: &str| {
        broken.then(|| BrokenRule::new(setting, message))
    };
    match check {
        Check::RowCount { min, max } | Check::Length { min, max, .. } => {
            counts(*min, *max).into_iter().collect()
        }
        Check::Between { min, max, .. } => bounds(*min, *max),
        Check::UniqueRatio { min, max, .. } => {
            let share = |v: &Option<f64>| v.is_some_and(|v| !(0.0..=1.0).contains(&v));
            let mut rules = bounds(*min, *max);
            rules.extend(rule(share(min), "min", "A ratio lies between 0 and 1"));
            rules.extend(rule(share(max), "max", "A ratio lies between 0 and 1"));
            rules
        }
        Check::Statistic { statistic, q, min, max, .. } => {
            let quantile = *statistic == Statistic::Quantile;
            let inside = q.is_some_and(|q| (0.0..=1.0).contains(&q));
            let mut rules = bounds(*min, *max);
            rules.extend(rule(quantile && !inside, "q", "Say which quantile, from 0 to 1"));
            rules
        }
        Check::Completeness { at_least, .. } => {
            let wrong = !(0.0..=1.0).contains(at_least);
            rule(wrong, "at_least", "The share lies between 0 and 1").into_iter().collect()
        }
        Check::DateBetween { from, to, .. } => dates(from.as_deref(), to.as_deref()),
        Check::Unique { fields } => {
            rule(fields.is_empty(), "fields", "Name at least one column").into_iter().collect()
        }
        Check::ColumnSet { columns } | Check::ColumnOrder { columns } => {
            rule(columns.is_empty(), "columns", "Name at least one column").into_iter().collect()
        }
        Check::ColumnExists { field } => {
            rule(field.is_empty(), "field", "Name a column").into_iter().collect()
        }
        Check::InSet { values, .. } | Check::NotInSet { values, .. } => {
            rule(values.is_empty(), "values", "Name at least one value").into_iter().collect()
        }
        Check::Matches { pattern, .. } => {
            rule(pattern.is_empty(), "pattern", "Give a pattern").into_iter().collect()
        }
        Check::DateFormat { format, .. } => {
            let wrong = !format.contains('%');
            rule(wrong, "format", "Give a format such as %d.%m.%Y").into_iter().collect()
        }
        Check::Fresh { within_hours, .. } => {
            let wrong = !(within_hours.is_finite() && *within_hours > 0.0);
            rule(wrong, "within_hours", "Give a number of hours above 0").into_iter().collect()
        }
        Check::Holds { condition } => {
            rule(condition.trim().is_empty(), "condition", "Write a condition, e.g. total >= tax")
                .into_iter()
                .collect()
        }
        Check::NoRows { query } => {
            rule(query.trim().is_empty(), "query", "Write a SELECT that lists failing rows")
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The greatest number there is stands for no bound in what was written at first.
fn bounds(min: Option<f64>, max: Option<f64>) -> Vec<BrokenRule> {
    let mut rules = Vec::new();
    if min.is_none() && max.is_none() {
        rules.push(BrokenRule::new("min", "Give at least one bound"));
    }
    for (setting, value) in [("min", min), ("max", max)] {
        if value.is_some_and(|v| !v.is_finite()) {
            rules.push(BrokenRule::new(setting, "A bound is a finite number"));
        }
    }
    if matches!((min, max), (Some(a), Some(b)) if a > b) {
        rules.push(BrokenRule::new("min", "The least value must not be above the greatest"));
    }
    rules
}

fn counts(min: Option<u64>, max: Option<u64>) -> Option<BrokenRule> {
    match (min, max) {
        (None, None) => Some(BrokenRule::new("min", "Give at least one bound")),
        (Some(a), Some(b)) if a > b => {
            Some(BrokenRule::new("min", "The least number must not be above the greatest"))
        }
        _ => None,
    }
}

fn dates(from: Option<&str>, to: Option<&str>) -> Vec<BrokenRule> {
    let mut rules = Vec::new();
    if from.is_none() && to.is_none() {
        rules.push(BrokenRule::new("from", "Give at least one bound"));
    }
    for (setting, value) in [("from", from), ("to", to)] {
        if value.is_some_and(|v| !is_day(v)) {
            rules.push(BrokenRule::new(setting, "Write the day as YYYY-MM-DD"));
        }
    }
    if matches!((from, to), (Some(a), Some(b)) if a > b) {
        rules.push(BrokenRule::new("from", "The first day must not be after the last"));
    }
    rules
}

/// Begins with `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourceId;
    use crate::quality::{Comparison, Severity};

    fn broken(check: Check) -> Vec<String> {
        let expectation = Expectation::new(TableId::Canon(Entity::Order), Severity::Error, check);
        expectation.broken(None).into_iter().map(|rule| rule.setting).collect()
    }

    fn total() -> String {
        "total".to_owned()
    }

    #[test]
    fn each_broken_rule_is_named() {
        let fields = vec!["order_id".to_owned(), "nope".to_owned()];
        assert_eq!(broken(Check::Unique { fields }), ["fields"]);
        assert_eq!(broken(Check::Unique { fields: vec![] }), ["fields"]);
        let between = |min, max| Check::Between { field: total(), min, max };
        assert_eq!(broken(between(Some(2.0), Some(1.0))), ["min"]);
        assert_eq!(broken(between(Some(f64::NAN), None)), ["min"]);
        assert_eq!(broken(between(None, None)), ["min"]);
        assert!(broken(between(Some(1.0), Some(1.0))).is_empty());
        let pair = Check::Pair { field: total(), is: Comparison::Ge, other: "nope".into() };
        assert_eq!(broken(pair), ["other"]);
        let exists = Check::Exists {
            field: "nope".into(),
            table: TableId::Canon(Entity::Product),
            other: "nope".into(),
        };
        assert_eq!(broken(exists), ["field", "other"]);
        let quantile = Check::Statistic {
            field: total(),
            statistic: Statistic::Quantile,
            q: None,
            min: Some(1.0),
            max: None,
        };
        assert_eq!(broken(quantile), ["q"]);
        let dates =
            Check::DateBetween { field: "at".into(), from: Some("1.2.26".into()), to: None };
        assert_eq!(broken(dates), ["from"]);
    }

    #[test]
    fn a_sources_columns_count_where_they_are_known() {
        let check = Check::NotNull { field: "Email".into() };
        let table = TableId::Source(SourceId("crm".into()));
        let expectation = Expectation::new(table, Severity::Error, check);
        assert!(expectation.broken(None).is_empty());
        assert_eq!(expectation.broken(Some(&["e-mail".to_owned()])).len(), 1);
        assert!(expectation.broken(Some(&["Email".to_owned()])).is_empty());
    }
}
