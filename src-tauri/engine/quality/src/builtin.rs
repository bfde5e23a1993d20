//! What is expected of every project, without anybody asking.

use crate::quality_sql::NO_BOUND;
use kith_model::quality::{Check, Expectation, Severity};
use kith_model::{Entity, FieldKind};

/// E-mail addresses as mail servers take them, not as RFC 5322 allows them.
pub(crate) const EMAIL: &str = "[^@\\s]+@[^@\\s]+\\.[^@\\s]+";

/// The built-in expectations followed by the project's own that differ from all of them.
pub fn expectations(own: &[Expectation]) -> Vec<Expectation> {
    let mut all = Vec::new();
    for entity in Entity::ALL {
        required(entity, &mut all);
        by_kind(entity, &mut all);
    }
    all.extend(unique());
    all.extend(ranges());
    all.extend(references());
    for expectation in own {
        if !all.contains(expectation) {
            all.push(expectation.clone());
        }
    }
    all
}

fn error(entity: Entity, check: Check) -> Expectation {
    Expectation { entity, severity: Severity::Error, check }
}

fn warning(entity: Entity, check: Check) -> Expectation {
    Expectation { entity, severity: Severity::Warning, check }
}

fn required(entity: Entity, all: &mut Vec<Expectation>) {
    for spec in entity.fields().iter().filter(|spec| spec.required) {
        let field = spec.name.to_owned();
        // A shop order without a phone, an event of a visitor never seen again: worth a look,
        // no reason to distrust the rest.
        let check = Check::NotNull { field };
        let id = spec.kind == FieldKind::Id && entity != Entity::Event;
        all.push(if id { error(entity, check) } else { warning(entity, check) });
    }
}

fn by_kind(entity: Entity, all: &mut Vec<Expectation>) {
    for spec in entity.fields() {
        let field = spec.name.to_owned();
        match spec.kind {
            FieldKind::Email => {
                all.push(warning(entity, Check::Matches { field, pattern: EMAIL.to_owned() }));
            }
            FieldKind::Timestamp | FieldKind::Date => {
                all.push(warning(entity, Check::NotFuture { field }));
            }
            _ => {}
        }
    }
}

fn unique() -> Vec<Expectation> {
    let one = |entity, field: &str| error(entity, Check::Unique { fields: vec![field.to_owned()] });
    vec![
        one(Entity::Order, "order_id"),
        one(Entity::Product, "product_id"),
        one(Entity::Payment, "payment_id"),
        warning(Entity::Event, Check::Unique { fields: vec!["event_id".to_owned()] }),
        warning(
            Entity::Profile,
            Check::Unique { fields: vec!["source".to_owned(), "native_id".to_owned()] },
        ),
    ]
}

fn ranges() -> Vec<Expectation> {
    let positive = |entity, field: &str| {
        let check = Check::Between { field: field.to_owned(), min: 0.0, max: NO_BOUND };
        warning(entity, check)
    };
    vec![
        positive(Entity::Order, "total"),
        positive(Entity::Order, "refunded"),
        positive(Entity::Payment, "amount"),
        positive(Entity::Payment, "refunded"),
        positive(Entity::Product, "price"),
        warning(
            Entity::OrderLine,
            Check::Between { field: "quantity".to_owned(), min: 1.0, max: 10_000.0 },
        ),
        positive(Entity::OrderLine, "unit_price"),
    ]
}

fn references() -> Vec<Expectation> {
    let exists = |entity, field: &str, other: Entity| {
        let check =
            Check::Exists { field: field.to_owned(), entity: other, other: field.to_owned() };
        warning(entity, check)
    };
    vec![
        exists(Entity::OrderLine, "order_id", Entity::Order),
        exists(Entity::OrderLine, "product_id", Entity::Product),
        exists(Entity::Event, "product_id", Entity::Product),
        exists(Entity::Payment, "order_id", Entity::Order),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_built_in_expectation_is_broken() {
        for expectation in expectations(&[]) {
            assert_eq!(crate::validate(&expectation), [], "{expectation:?}");
        }
    }

    #[test]
    fn the_projects_own_come_once() {
        let own = expectations(&[]).swap_remove(0);
        let extra = warning(Entity::Order, Check::RowCount { min: 10 });
        let all = expectations(&[own, extra.clone()]);
        assert_eq!(all.len(), expectations(&[]).len() + 1);
        assert_eq!(all.last(), Some(&extra));
    }
}
