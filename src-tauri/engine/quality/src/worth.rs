//! Which suggestions are worth guarding: what implies another goes, what is left is ranked, and a
//! few a table are kept by default.

use crate::builtin::Listed;
use kith_model::FieldKind;
use kith_model::quality::{
    Check, ColumnKind, Expectation, ExpectationSuggestion, TableId, TableProfile,
};

/// Worth from which a suggestion is kept by default.
const WORTH_GUARDING: f64 = 0.5;
/// Suggestions kept by default in a mapped table, and in a source's raw rows.
const A_FEW: (usize, usize) = (4, 2);
/// What a suggestion about a raw column is worth beside the same about a mapped one: the mapped
/// table is what the later stages read.
const RAW: f64 = 0.6;

/// Suggestions without those that another one or a known expectation implies, each table's best first; marks those kept by
/// default.
pub(crate) fn ranked(
    suggestions: Vec<ExpectationSuggestion>,
    profiles: &[TableProfile],
    known: &[Listed],
) -> Vec<ExpectationSuggestion> {
    let known = known.iter().map(|l| &l.expectation).filter(|known| !known.off);
    let all: Vec<Expectation> =
        suggestions.iter().map(|s| &s.expectation).chain(known).cloned().collect();
    let mut kept: Vec<_> = suggestions
        .into_iter()
        .filter(|s| !all.iter().any(|o| implies(o, &s.expectation)))
        .collect();
    for one in &mut kept {
        let profile = profiles.iter().find(|p| p.table == one.expectation.table);
        one.worth = profile.map_or(0.0, |profile| worth(profile, &one.expectation.check));
    }
    kept.sort_by(|a, b| {
        a.expectation
            .table
            .cmp(&b.expectation.table)
            .then_with(|| b.worth.total_cmp(&a.worth))
            .then_with(|| a.title.cmp(&b.title))
    });
    let mut table: Option<TableId> = None;
    let mut taken = 0;
    for one in &mut kept {
        if table.as_ref() != Some(&one.expectation.table) {
            table = Some(one.expectation.table.clone());
            taken = 0;
        }
        let few = match one.expectation.table {
            TableId::Canon(_) => A_FEW.0,
            TableId::Source(_) => A_FEW.1,
        };
        one.by_default = taken < few && one.worth >= WORTH_GUARDING;
        taken += usize::from(one.by_default);
    }
    kept
}

/// Where the first holds the second does.
fn implies(one: &Expectation, other: &Expectation) -> bool {
    if one.table != other.table || one.check.fields() != other.check.fields() {
        return false;
    }
    matches!(
        (&one.check, &other.check),
        (Check::InSet { .. }, Check::Length { .. } | Check::Matches { .. } | Check::Type { .. })
            | (Check::Email { .. }, Check::Length { .. } | Check::Matches { .. })
            | (Check::Matches { .. }, Check::Length { .. })
            | (Check::NotNull { .. }, Check::Completeness { .. })
    )
}

/// How much would be lost if it broke unnoticed, 0 to 1: keys before closed sets before ranges
/// before shapes.
fn worth(profile: &TableProfile, check: &Check) -> f64 {
    let field = check.fields().first().copied().unwrap_or_default();
    let kind = match &profile.table {
        TableId::Canon(entity) => entity.field(field).map(|spec| spec.kind),
        TableId::Source(_) => None,
    };
    let key = match kind {
        Some(kind) => matches!(kind, FieldKind::Id | FieldKind::Email),
        None => is_key(field),
    };
    let worth = match check {
        Check::Unique { .. } if key => 0.95,
        Check::Unique { .. } => 0.3,
        Check::ColumnSet { .. } => return 0.9,
        Check::InSet { .. } => 0.8,
        Check::Pair { .. } => 0.72,
        Check::RowCount { .. } => 0.7,
        Check::NotNull { .. } if key || guides(kind) => 0.66,
        Check::NotNull { .. } => 0.45,
        Check::Between { .. } if kind == Some(FieldKind::Money) => 0.62,
        Check::Between { .. } => 0.48,
        Check::Email { .. } => 0.6,
        Check::Type { .. } => 0.58,
        Check::Matches { .. } if key => 0.55,
        Check::NoDuplicates => 0.5,
        Check::Matches { .. } => 0.42,
        Check::Completeness { at_least, .. } => 0.2 + 0.25 * at_least,
        Check::Length { .. } => 0.35,
        _ => 0.4,
    };
    let raw = matches!(profile.table, TableId::Source(_));
    let constant = profile
        .columns
        .iter()
        .any(|c| c.name == field && c.distinct <= 1 && c.kind != ColumnKind::Other);
    worth * if raw { RAW } else { 1.0 } * if constant { 0.5 } else { 1.0 }
}

/// A raw column that reads like a key.
fn is_key(field: &str) -> bool {
    let name = field.to_lowercase();
    name == "id" || name.ends_with("_id") || name.ends_with(" id") || name.contains("email")
}

/// Without it a row leads nowhere.
fn guides(kind: Option<FieldKind>) -> bool {
    matches!(kind, Some(FieldKind::Timestamp | FieldKind::Money))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Entity;
    use kith_model::quality::{ColumnStats, Severity};

    fn orders() -> TableProfile {
        let column = |name: &str, distinct| ColumnStats {
            name: name.to_owned(),
            distinct,
            ..ColumnStats::default()
        };
        TableProfile {
            table: TableId::Canon(Entity::Order),
            rows: 100,
            duplicates: 0,
            columns: ["order_id", "status", "total", "tax", "discount_code", "shipping"]
                .map(|name| column(name, 9))
                .to_vec(),
            correlations: vec![],
            alerts: vec![],
        }
    }

    fn suggestion(check: Check) -> ExpectationSuggestion {
        let table = TableId::Canon(Entity::Order);
        let expectation = Expectation::new(table, Severity::Warning, check);
        let title = expectation.id.clone();
        ExpectationSuggestion {
            expectation,
            title,
            reason: String::new(),
            worth: 0.0,
            by_default: false,
        }
    }

    #[test]
    fn what_is_implied_goes_and_a_few_are_kept() {
        let text = str::to_owned;
        let between = |f: &str| Check::Between { field: text(f), min: Some(0.0), max: None };
        let all = vec![
            suggestion(Check::Length { field: text("status"), min: Some(4), max: Some(4) }),
            suggestion(Check::InSet { field: text("status"), values: vec![text("paid")] }),
            suggestion(between("tax")),
            suggestion(between("shipping")),
            suggestion(between("total")),
            suggestion(Check::RowCount { min: Some(50), max: Some(200) }),
            suggestion(Check::NotNull { field: text("discount_code") }),
            suggestion(Check::Unique { fields: vec![text("order_id")] }),
        ];
        let ranked = ranked(all, &[orders()], &[]);
        let ids: Vec<(&str, bool)> =
            ranked.iter().map(|s| (s.expectation.id.as_str(), s.by_default)).collect();
        assert_eq!(
            ids,
            [
                ("order.order_id.unique", true),
                ("order.status.in_set", true),
                ("order.row_count", true),
                ("order.shipping.between", true),
                ("order.tax.between", false),
                ("order.total.between", false),
                ("order.discount_code.not_null", false),
            ]
        );
    }
}
