//! Expectations and what they found.

use kith_model::Entity;
use kith_model::quality::{
    Check, Expectation, Finding, Outcome, QualitySummary, Severity, TableId,
};

/// An expectation with its outcome: rows looked at, rows that fail.
fn finding(
    (entity, severity): (Entity, Severity),
    check: Check,
    title: &str,
    (rows, failing): (u64, u64),
) -> Finding {
    Finding {
        expectation: Expectation::new(TableId::Canon(entity), severity, check),
        built_in: true,
        title: title.to_owned(),
        outcome: if failing > 0 { Outcome::Fails } else { Outcome::Holds },
        rows,
        failing,
        observed: None,
        problem: None,
        sql: format!("SELECT * FROM canon.{} WHERE NOT ok", Entity::key(entity)),
    }
}

pub fn summary() -> QualitySummary {
    use Severity::{Error, Warning};
    let null = |f: &str| Check::NotNull { field: f.to_owned() };
    let future = |f: &str| Check::NotFuture { field: f.to_owned() };
    let unique = Check::Unique { fields: vec!["order_id".into()] };
    let exists = Check::Exists {
        field: "product_id".into(),
        table: TableId::Canon(Entity::Product),
        other: "product_id".into(),
    };
    let price = Check::Between { field: "price".into(), min: Some(0.0), max: Some(10_000.0) };
    let (order, event) = (Entity::Order, Entity::Event);
    QualitySummary {
        checked_at: "2026-03-02T08:59:20Z".into(),
        findings: vec![
            finding((order, Error), unique, "order_id of orders is unique", (19_306, 4)),
            finding(
                (Entity::Profile, Warning),
                future("birth_date"),
                "birth_date of contact records is not in the future",
                (8_140, 7),
            ),
            finding(
                (Entity::OrderLine, Warning),
                exists,
                "product_id of order lines exists in products",
                (41_212, 301),
            ),
            finding((order, Error), null("total"), "total of orders is never missing", (19_306, 0)),
            finding((order, Error), null("at"), "at of orders is never missing", (19_306, 0)),
            finding(
                (event, Error),
                null("anonymous_id"),
                "anonymous_id of events is never missing",
                (200_000, 0),
            ),
            finding(
                (event, Warning),
                future("at"),
                "at of events is not in the future",
                (200_000, 0),
            ),
            finding(
                (Entity::Product, Warning),
                price,
                "price of products lies between 0 and 10,000",
                (400, 0),
            ),
        ],
    }
}
