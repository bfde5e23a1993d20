//! What is expected of every project, without anybody asking.

use kith_model::quality::{Check, Expectation, Severity, TableId};
use kith_model::{Entity, FieldKind};

/// An expectation to check.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The expectation.
    pub expectation: Expectation,
    /// Kith expects it of every project.
    pub built_in: bool,
}

/// The built-in expectations, those of the project's own that bear the same name in their
/// place, followed by the rest of the project's own. Those that are switched off are listed too.
pub fn expectations(own: &[Expectation]) -> Vec<Listed> {
    let mut all = Vec::new();
    for entity in Entity::ALL {
        required(entity, &mut all);
        by_kind(entity, &mut all);
    }
    all.extend(unique());
    all.extend(ranges());
    all.extend(references());
    let mut listed: Vec<Listed> = all
        .into_iter()
        .map(|expectation| Listed {
            expectation: own
                .iter()
                .find(|o| o.id == expectation.id)
                .cloned()
                .unwrap_or(expectation),
            built_in: true,
        })
        .collect();
    for one in own {
        if listed.iter().all(|l| l.expectation.id != one.id) {
            listed.push(Listed { expectation: one.clone(), built_in: false });
        }
    }
    listed
}

fn error(entity: Entity, check: Check) -> Expectation {
    Expectation::new(TableId::Canon(entity), Severity::Error, check)
}

fn warning(entity: Entity, check: Check) -> Expectation {
    Expectation::new(TableId::Canon(entity), Severity::Warning, check)
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
            FieldKind::Email => all.push(warning(entity, Check::Email { field })),
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
        let check = Check::Between { field: field.to_owned(), min: Some(0.0), max: None };
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
            Check::Between { field: "quantity".to_owned(), min: Some(1.0), max: Some(10_000.0) },
        ),
        positive(Entity::OrderLine, "unit_price"),
    ]
}

fn references() -> Vec<Expectation> {
    let exists = |entity, field: &str, other: Entity| {
        let table = TableId::Canon(other);
        warning(entity, Check::Exists { field: field.to_owned(), table, other: field.to_owned() })
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
    use std::collections::BTreeSet;

    #[test]
    fn no_built_in_expectation_is_broken_and_each_has_its_name() {
        let all = expectations(&[]);
        for listed in &all {
            assert_eq!(listed.expectation.broken(None), [], "{listed:?}");
        }
        let ids: BTreeSet<_> = all.iter().map(|l| &l.expectation.id).collect();
        assert_eq!(ids.len(), all.len());
    }

    #[test]
    fn the_projects_own_stand_in_place_or_beside() {
        let mut own = expectations(&[]).swap_remove(0).expectation;
        own.off = true;
        let extra = warning(Entity::Order, Check::RowCount { min: Some(10), max: None });
        let all = expectations(&[own.clone(), extra.clone()]);
        assert_eq!(all.len(), expectations(&[]).len() + 1);
        assert_eq!(all[0], Listed { expectation: own, built_in: true });
        assert_eq!(all.last(), Some(&Listed { expectation: extra, built_in: false }));
    }
}
