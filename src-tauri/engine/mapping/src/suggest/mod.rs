//! Suggesting links for a file nobody has described: names and values of every column against
//! every field, assigned jointly.

mod assign;
mod header;
mod score;
mod traits;

use crate::columns::ROW;
use header::Words;
use kith_model::Entity;
use kith_model::mapping::{EntityMapping, Link, Mapping, Origin, Transform};
use kith_model::source::ColumnProfile;
use score::Candidate;
use traits::Traits;

/// Suggestions below this are not made.
const LEAST_CONFIDENCE: f64 = 0.4;

/// Suggested links for a file with these columns; `confirmed` is false. Every entity the file
/// can feed is there, sorted; within one each column is linked at most once.
///
/// **Confidence.** For each column and field the evidence of the name (how well the header's
/// words are those of a phrase the field is called by, in nine languages) and of the values
/// (how many of the frequent values, the least and the greatest are e-mail addresses, dates,
/// countries ...; types; how many values repeat) is added up as log-odds; the confidence is
/// their logistic. The weights are set by hand, not fitted; this crate's tests hold the F1 and
/// the expected calibration error to bars on labelled columns written beside the word list, so
/// both flatter what a stranger's file will see.
///
/// **Assignment.** Per entity the links are those with the greatest sum of log-odds above the
/// threshold 0.4 (Hungarian method), so a column goes where it is needed most.
///
/// **Entities.** An entity is fed when every group of columns it cannot do without has a link
/// at 0.5 or more: an order needs a number, a time and a total; a contact record a name or an
/// address to reach somebody, and two such columns in all. Between entities that read the same
/// columns the better covered one is taken: orders over payments, order lines over products,
/// and what happened over who it happened to. When nothing is fed, the best covered entity is
/// suggested all the same, for a person to complete.
pub fn suggest(columns: &[ColumnProfile]) -> Mapping {
    let columns: Vec<_> = columns.iter().filter(|c| c.name != ROW).collect();
    let rows = columns.iter().map(|c| least_rows(c)).max().unwrap_or(0);
    let seen: Vec<_> = columns.iter().map(|c| (Words::of(&c.name), Traits::of(c, rows))).collect();
    let drafts: Vec<_> = Entity::ALL.iter().map(|entity| draft(*entity, &columns, &seen)).collect();
    let entities = choose(drafts);
    Mapping { confirmed: false, entities }
}

/// Rows a column proves there to be.
fn least_rows(column: &ColumnProfile) -> u64 {
    let counted: u64 = column.top.iter().map(|(_, n)| n).sum();
    column.missing + counted + column.distinct.saturating_sub(column.top.len() as u64)
}

/// What an entity could take from a file.
struct Draft {
    entity: Entity,
    links: Vec<Link>,
    /// Mean confidence over the groups it needs, 0 for one without a link.
    coverage: f64,
    /// Every group has a link at 0.5 or more.
    fed: bool,
}

/// Groups of fields of which an entity needs one each.
fn needs(entity: Entity) -> &'static [&'static [&'static str]] {
    match entity {
        Entity::Profile => &[
            &["email", "phone", "full_name", "family_name", "given_name", "loyalty_id"],
            &["email", "phone", "full_name", "family_name", "street", "birth_date", "city"],
        ],
        Entity::Event => &[&["anonymous_id", "user_id"], &["at"], &["type"]],
        Entity::Order => &[&["order_id"], &["at"], &["total"]],
        Entity::OrderLine => {
            &[&["order_id"], &["product_id", "title"], &["quantity"], &["unit_price"]]
        }
        Entity::Product => {
            &[&["product_id"], &["title"], &["price", "category", "brand", "description"]]
        }
        Entity::Payment => &[&["payment_id"], &["at"], &["amount"]],
        Entity::Consent => &[&["subject"], &["purpose"], &["granted"]],
        Entity::Exposure => &[&["subject"], &["experiment"], &["variant"], &["at"]],
    }
}

fn draft(entity: Entity, columns: &[&ColumnProfile], seen: &[(Words, Traits)]) -> Draft {
    let fields = entity.fields();
    let candidates: Vec<Vec<Candidate>> = fields
        .iter()
        .map(|spec| {
            let phrases = header::phrases(entity.key(), spec.name);
            seen.iter().map(|(w, t)| score::candidate(entity, spec, w, phrases, t)).collect()
        })
        .collect();
    let log_odds = |p: f64| (p / (1.0 - p).max(1e-12)).ln();
    let gain: Vec<Vec<f64>> = candidates
        .iter()
        .map(|row| {
            row.iter().map(|c| log_odds(c.confidence) - log_odds(LEAST_CONFIDENCE)).collect()
        })
        .collect();
    let chosen = assign::assign(&gain);
    let mut links: Vec<Link> = Vec::new();
    for (row, column) in chosen.iter().enumerate() {
        if let Some(column) = *column {
            let found = &candidates[row][column];
            links.push(Link {
                field: fields[row].name.to_owned(),
                column: Some(columns[column].name.clone()),
                transform: if found.negated { Transform::Negate } else { Transform::None },
                origin: Origin::Suggested,
                confidence: found.confidence as f32,
                reason: found.reason.clone(),
            });
        }
    }
    links.sort_by(|a, b| a.field.cmp(&b.field));
    covered(entity, links)
}

fn covered(entity: Entity, links: Vec<Link>) -> Draft {
    let confidence = |field: &str| {
        links.iter().find(|l| l.field == field).map_or(0.0, |l| f64::from(l.confidence))
    };
    let mut used: Vec<&str> = Vec::new();
    let mut best_of = |group: &[&'static str]| -> f64 {
        let free = group.iter().filter(|f| !used.contains(*f));
        let best = free.max_by(|a, b| confidence(a).total_cmp(&confidence(b)));
        let Some(field) = best else { return 0.0 };
        used.push(field);
        confidence(field)
    };
    let covered: Vec<f64> = needs(entity).iter().map(|group| best_of(group)).collect();
    let coverage = covered.iter().sum::<f64>() / covered.len() as f64;
    let fed = covered.iter().all(|c| *c >= 0.5);
    Draft { entity, links, coverage, fed }
}

/// Which entities a file feeds.
fn choose(drafts: Vec<Draft>) -> Vec<EntityMapping> {
    let coverage = |entity: Entity| {
        let fed = drafts.iter().find(|d| d.entity == entity && d.fed);
        fed.map_or(0.0, |d| d.coverage)
    };
    let fed = |entity: Entity| coverage(entity) > 0.0;
    let happened =
        [Entity::Event, Entity::Order, Entity::OrderLine, Entity::Payment, Entity::Exposure];
    let keep = |entity: Entity| match entity {
        Entity::Profile => !happened.into_iter().any(fed) && !fed(Entity::Consent),
        Entity::Order => {
            coverage(Entity::Order) >= coverage(Entity::Payment) || fed(Entity::OrderLine)
        }
        Entity::Payment => {
            !fed(Entity::OrderLine) && coverage(Entity::Payment) > coverage(Entity::Order)
        }
        Entity::Product => !fed(Entity::OrderLine) && !fed(Entity::Event),
        Entity::Event => !fed(Entity::Exposure) && !fed(Entity::Order),
        _ => true,
    };
    let kept: Vec<Entity> =
        drafts.iter().filter(|d| d.fed && keep(d.entity)).map(|d| d.entity).collect();
    let lines = kept.contains(&Entity::OrderLine);
    let fallback = drafts
        .iter()
        .filter(|d| kept.is_empty() && !d.links.is_empty() && d.coverage >= 0.3)
        .max_by(|a, b| a.coverage.total_cmp(&b.coverage).then(b.entity.cmp(&a.entity)))
        .map(|d| d.entity);
    drafts
        .into_iter()
        .filter(|d| kept.contains(&d.entity) || fallback == Some(d.entity))
        .map(|d| EntityMapping {
            entity: d.entity,
            filter: None,
            // One row a line: the order's head repeats.
            dedupe_by: match d.entity {
                Entity::Order if lines => vec!["order_id".to_owned()],
                _ => Vec::new(),
            },
            unfold: None,
            links: d.links,
        })
        .collect()
}
