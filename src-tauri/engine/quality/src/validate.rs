//! Whether an expectation can be checked at all.

use kith_model::quality::{Check, Expectation};
use kith_model::{BrokenRule, Entity};

/// What is wrong with an expectation somebody wrote: unknown fields, bounds the wrong way round,
/// an empty pattern. Nothing wrong: its SQL runs on the canonical tables.
pub fn validate(expectation: &Expectation) -> Vec<BrokenRule> {
    let entity = expectation.entity;
    let mut broken = Vec::new();
    let mut needs = |entity: Entity, setting: &str, field: &str| {
        if !has(entity, field) {
            let of = entity.title().to_lowercase();
            broken.push(BrokenRule::new(setting, format!("There is no field {field} in {of}")));
        }
    };
    match &expectation.check {
        Check::NotNull { field }
        | Check::Between { field, .. }
        | Check::Matches { field, .. }
        | Check::NotFuture { field } => needs(entity, "field", field),
        Check::Unique { fields } => fields.iter().for_each(|field| needs(entity, "fields", field)),
        Check::Exists { field, entity: other_entity, other } => {
            needs(entity, "field", field);
            needs(*other_entity, "other", other);
        }
        Check::RowCount { .. } => {}
    }
    broken.extend(own_rules(&expectation.check));
    broken
}

fn has(entity: Entity, field: &str) -> bool {
    let record = entity == Entity::Profile && field == "record_id";
    record || matches!(field, "source" | "row_id") || entity.field(field).is_some()
}

fn own_rules(check: &Check) -> Option<BrokenRule> {
    match check {
        Check::Unique { fields } if fields.is_empty() => {
            Some(BrokenRule::new("fields", "Name at least one field"))
        }
        Check::Between { min, max, .. } if !matches!(min.partial_cmp(max), Some(o) if o.is_le()) => {
            Some(BrokenRule::new("min", "The least value must not be above the greatest"))
        }
        Check::Matches { pattern, .. } if pattern.is_empty() => {
            Some(BrokenRule::new("pattern", "Give a pattern"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::quality::Severity;

    fn broken(check: Check) -> Vec<String> {
        let expectation = Expectation { entity: Entity::Order, severity: Severity::Error, check };
        validate(&expectation).into_iter().map(|rule| rule.setting).collect()
    }

    #[test]
    fn each_broken_rule_is_named() {
        let fields = vec!["order_id".to_owned(), "nope".to_owned()];
        assert_eq!(broken(Check::Unique { fields }), ["fields"]);
        assert_eq!(broken(Check::Unique { fields: vec![] }), ["fields"]);
        let between = |min, max| Check::Between { field: "total".into(), min, max };
        assert_eq!(broken(between(2.0, 1.0)), ["min"]);
        assert_eq!(broken(between(f64::NAN, 1.0)), ["min"]);
        assert!(broken(between(1.0, 1.0)).is_empty());
        let exists = Check::Exists {
            field: "nope".into(),
            entity: Entity::Product,
            other: "order_id".into(),
        };
        assert_eq!(broken(exists), ["field", "other"]);
        let empty = Check::Matches { field: "status".into(), pattern: String::new() };
        assert_eq!(broken(empty), ["pattern"]);
        assert!(broken(Check::NotNull { field: "source".into() }).is_empty());
    }
}
