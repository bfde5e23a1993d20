//! Suggesting links for a file nobody has described: names and values of every column against
//! every field, assigned jointly.

mod assign;
mod calibration;
mod evidence;
mod header;
mod looks;
mod neighbours;
mod overlap;
mod relations;
mod score;
mod short_forms;
mod split;
mod traits;
mod vocabulary;

use crate::columns::ROW;
use calibration::confidence;
use header::{Words, is_coded};
use kith_model::Entity;
use kith_model::mapping::{EntityMapping, Link, Mapping, Origin, Transform};
use kith_model::source::ColumnProfile;
pub use overlap::{Names, Overlaps, Shared};
use relations::relations;
use score::{Candidate, Seen};
use std::collections::BTreeSet;
use traits::Traits;

/// Suggestions with less evidence (log-odds) are not made.
const LEAST_EVIDENCE: f64 = -0.4;
/// From this confidence on in all it needs, what happened is taken for what the file tells.
const FIRM: f64 = 0.75;
/// What is expected of people must be greater than this share of what is expected of events.
const SLACK: f64 = 0.8;
/// Rows looked at.
const SAMPLE: usize = 200;

/// Suggested links for a file with these columns; `confirmed` is false. Every entity the file
/// can feed is there, sorted; within one each column is linked at most once.
///
/// `rows` are some of the file's rows, cells in the order of `columns`; none are needed, but
/// they show what columns have to do with each other.
///
/// **Evidence.** For each column and field the name (how well the header's words are those of a
/// phrase the field is called by, in ten languages), the values (how many are e-mail addresses,
/// dates, countries, words of a list ...), the columns beside it and the rows (names that stand
/// in the e-mail address, amounts that add up) are weighed as log-odds. The weights are set by
/// hand.
///
/// **Confidence.** Isotonic regression over the labelled cases that were not kept aside turns
/// evidence into the share of true links (`data/calibration.txt`).
///
/// **Assignment.** Per entity the links are those with the greatest sum of evidence above a
/// threshold (Hungarian method), so a column goes where it is needed most.
///
/// **Entities.** An entity is fed when every group of columns it cannot do without has a link
/// at 0.5 or more: an order needs a number, a time and a total; a contact record a name or an
/// address to reach somebody, and two such columns in all. Between entities that read the same
/// columns the better covered one is taken: orders over payments, order lines over products,
/// and what happened over who it happened to. When nothing is fed, the best covered entity is
/// suggested all the same, for a person to complete.
pub fn suggest(columns: &[ColumnProfile], rows: &[Vec<Option<String>>]) -> Mapping {
    suggest_among(columns, rows, &Overlaps::new())
}

/// [`suggest`] for a file beside others: `overlaps` says which of its values are identifiers
/// that others have, and that speaks for the fields that name the same.
pub fn suggest_among(
    columns: &[ColumnProfile],
    rows: &[Vec<Option<String>>],
    overlaps: &Overlaps,
) -> Mapping {
    let fitting = Fitting { calibration: &confidence, without: &BTreeSet::new(), overlaps };
    suggest_by(columns, rows, &fitting)
}

/// What [`suggest_by`] does otherwise than [`suggest`].
pub struct Fitting<'a> {
    /// From evidence (log-odds) to confidence. It changes confidences alone: which links are
    /// made does not depend on it.
    pub calibration: &'a dyn Fn(f64) -> f64,
    /// Phrases of the word lists that are not to be used.
    pub without: &'a BTreeSet<String>,
    /// Values shared with other files.
    pub overlaps: &'a Overlaps,
}

/// [`suggest`] with another calibration or fewer words: for fitting and judging it.
pub fn suggest_by(
    columns: &[ColumnProfile],
    rows: &[Vec<Option<String>>],
    fitting: &Fitting<'_>,
) -> Mapping {
    let shown: Vec<usize> = (0..columns.len()).filter(|at| columns[*at].name != ROW).collect();
    let own = |row: &Vec<Option<String>>| -> Vec<Option<String>> {
        shown.iter().map(|at| row.get(*at).cloned().flatten()).collect()
    };
    let cells: Vec<Vec<Option<String>>> = rows.iter().take(SAMPLE).map(own).collect();
    let columns: Vec<_> = shown.iter().map(|at| &columns[*at]).collect();
    let seen = look(&columns, &cells, fitting.overlaps);
    let drafts: Vec<_> =
        Entity::ALL.iter().map(|entity| draft(*entity, &columns, &seen, fitting.without)).collect();
    let entities = choose(drafts, fitting.calibration);
    Mapping { confirmed: false, entities }
}

/// Everything that is known of every column.
fn look(
    columns: &[&ColumnProfile],
    cells: &[Vec<Option<String>>],
    overlaps: &Overlaps,
) -> Vec<Seen> {
    let rows = columns.iter().map(|c| least_rows(c)).max().unwrap_or(0);
    let traits: Vec<Traits> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let values: Vec<&str> = cells.iter().filter_map(|row| row[at].as_deref()).collect();
            Traits::of(column, rows, &values)
        })
        .collect();
    let relations = relations(&traits, cells);
    let parts = columns.iter().zip(traits).zip(relations).enumerate();
    parts
        .map(|(place, ((column, traits), relation))| Seen {
            words: Words::of(&column.name),
            coded: is_coded(&column.name),
            traits,
            relation,
            shared: overlaps.get(&column.name).cloned().unwrap_or_default(),
            place,
        })
        .collect()
}

/// Rows a column proves there to be.
fn least_rows(column: &ColumnProfile) -> u64 {
    let counted: u64 = column.top.iter().map(|(_, n)| n).sum();
    column.missing + counted + column.distinct.saturating_sub(column.top.len() as u64)
}

/// What an entity could take from a file.
struct Draft {
    entity: Entity,
    links: Vec<Drawn>,
    /// Mean probability over the groups it needs, 0 for one without a link.
    coverage: f64,
    /// The least of them.
    weakest: f64,
    /// True links to be expected: the sum of probabilities.
    expected: f64,
}

/// A link with the evidence it rests on.
struct Drawn {
    link: Link,
    log_odds: f64,
}

impl Drawn {
    /// The logistic of the evidence, not calibrated.
    fn probability(&self) -> f64 {
        1.0 / (1.0 + (-self.log_odds).exp())
    }
}

impl Draft {
    /// The probability of the link to `field`, 0 when there is none.
    fn probability(&self, field: &str) -> f64 {
        self.links.iter().find(|d| d.link.field == field).map_or(0.0, Drawn::probability)
    }

    /// Every group has a link more likely true than not.
    fn fed(&self) -> bool {
        self.weakest >= 0.5
    }
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
        Entity::OrderLine => &[&["order_id"], &["product_id", "title"], &["quantity"]],
        Entity::Product => {
            &[&["product_id"], &["title"], &["price", "category", "brand", "description"]]
        }
        Entity::Payment => &[&["payment_id"], &["at"], &["amount"]],
        Entity::Consent => &[&["subject"], &["purpose"], &["granted"]],
        Entity::Exposure => &[&["subject"], &["experiment"], &["variant"], &["at"]],
    }
}

fn draft(
    entity: Entity,
    columns: &[&ColumnProfile],
    seen: &[Seen],
    without: &BTreeSet<String>,
) -> Draft {
    let fields = entity.fields();
    let mut candidates: Vec<Vec<Candidate>> = fields
        .iter()
        .map(|spec| {
            seen.iter().map(|column| score::candidate(entity, spec, column, without)).collect()
        })
        .collect();
    neighbours::add(fields, &mut candidates);
    let gain: Vec<Vec<f64>> = candidates
        .iter()
        .map(|row| row.iter().map(|c| c.log_odds - LEAST_EVIDENCE).collect())
        .collect();
    let chosen = assign::assign(&gain);
    let mut links: Vec<Drawn> = Vec::new();
    for (row, column) in chosen.iter().enumerate() {
        if let Some(column) = *column {
            let found = &candidates[row][column];
            let link = Link {
                field: fields[row].name.to_owned(),
                column: Some(columns[column].name.clone()),
                transform: if found.negated { Transform::Negate } else { Transform::None },
                origin: Origin::Suggested,
                confidence: 0.0,
                reason: found.reason.clone(),
            };
            links.push(Drawn { link, log_odds: found.log_odds });
        }
    }
    links.sort_by(|a, b| a.link.field.cmp(&b.link.field));
    covered(entity, links)
}

fn covered(entity: Entity, links: Vec<Drawn>) -> Draft {
    let expected = links.iter().map(Drawn::probability).sum();
    let draft = Draft { entity, links, coverage: 0.0, weakest: 0.0, expected };
    let confidence = |field: &str| draft.probability(field);
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
    let weakest = covered.iter().copied().fold(1.0, f64::min);
    Draft { coverage, weakest, ..draft }
}

/// Which entities a file feeds.
fn choose(drafts: Vec<Draft>, calibration: impl Fn(f64) -> f64) -> Vec<EntityMapping> {
    let of = |entity: Entity| drafts.iter().find(|d| d.entity == entity && d.fed());
    let fed = |entity: Entity| of(entity).is_some();
    let coverage = |entity: Entity| of(entity).map_or(0.0, |d| d.coverage);
    let happened = [
        Entity::Event,
        Entity::Order,
        Entity::OrderLine,
        Entity::Payment,
        Entity::Consent,
        Entity::Exposure,
    ];
    // What happened goes before who it happened to, unless it rests on a weak link and the
    // columns tell about as much of people.
    let expected = |entity: Entity| of(entity).map_or(0.0, |d| d.expected);
    let people = expected(Entity::Profile);
    let strong = |entity: &Entity| {
        of(*entity).is_some_and(|d| d.weakest >= FIRM || d.expected * SLACK >= people)
    };
    let event = happened.iter().any(strong);
    // A number of the payment beside one of the order, and no more about the order than about
    // the payment: a payment.
    let both = of(Entity::Payment).is_some_and(|d| {
        d.probability("payment_id").min(d.probability("order_id")) >= FIRM
            && d.expected >= SLACK * expected(Entity::Order)
    });
    let paid = both || coverage(Entity::Payment) > coverage(Entity::Order);
    let keep = |entity: Entity| match entity {
        Entity::Profile => !event && people >= expected(Entity::Product),
        other if happened.contains(&other) && !event => false,
        Entity::Order => !paid || fed(Entity::OrderLine),
        Entity::Payment => !fed(Entity::OrderLine) && paid,
        Entity::Product => {
            !fed(Entity::OrderLine)
                && !fed(Entity::Event)
                && (event || expected(Entity::Product) > people)
        }
        Entity::Event => !fed(Entity::Exposure) && !fed(Entity::Order),
        _ => true,
    };
    // Lines come with the heads of their orders, even without a total.
    let head = |d: &Draft| {
        let has = |f: &str| d.probability(f) >= 0.5;
        d.entity == Entity::Order && event && has("order_id") && has("at") && fed(Entity::OrderLine)
    };
    let kept: Vec<Entity> = drafts
        .iter()
        .filter(|d| (d.fed() && keep(d.entity)) || head(d))
        .map(|d| d.entity)
        .collect();
    let lines = kept.contains(&Entity::OrderLine);
    let likely = |d: &Draft| d.expected * d.coverage;
    let fallback = drafts
        .iter()
        .filter(|d| kept.is_empty() && !d.links.is_empty() && d.coverage >= 0.3)
        .max_by(|a, b| likely(a).total_cmp(&likely(b)).then(b.entity.cmp(&a.entity)))
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
            links: d
                .links
                .into_iter()
                .map(|drawn| Link { confidence: calibration(drawn.log_odds) as f32, ..drawn.link })
                .collect(),
        })
        .collect()
}
