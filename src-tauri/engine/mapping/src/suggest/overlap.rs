//! Values shared with columns that are mapped already: a column full of known products' numbers
//! names products, whatever its header says.

use super::traits::Traits;
use kith_model::Entity;
use std::collections::BTreeMap;

/// Evidence (log-odds) of a column all of whose values are known.
const ALL_KNOWN: f64 = 3.2;

/// Less than this share of known values says nothing: numbers meet by chance.
const LEAST_SHARE: f64 = 0.2;

/// Fewer different values say nothing.
const LEAST_VALUES: u64 = 4;

/// What is left of the evidence where the values are short whole numbers, which are counted up
/// alike in every table.
const SHORT_NUMBERS: f64 = 0.3;

/// What an identifier names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Names {
    /// A customer.
    Customer,
    /// An order.
    Order,
    /// A product.
    Product,
    /// A browser.
    Visitor,
}

impl Names {
    /// What a field's values name; none for a field that is no identifier others refer to.
    pub fn of(entity: Entity, field: &str) -> Option<Self> {
        Some(match (entity, field) {
            (_, "product_id") => Self::Product,
            (_, "order_id") => Self::Order,
            (_, "anonymous_id") => Self::Visitor,
            (_, "user_id" | "customer_id" | "subject" | "loyalty_id")
            | (Entity::Profile, "native_id") => Self::Customer,
            _ => return None,
        })
    }

    fn words(self) -> &'static str {
        match self {
            Self::Customer => "known customers",
            Self::Order => "known orders",
            Self::Product => "known products",
            Self::Visitor => "known browsers",
        }
    }
}

/// What a column shares with a column of another source.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// What that column names.
    pub names: Names,
    /// Share of this column's different sampled values found there, in `0..=1`.
    pub share: f64,
    /// The other source, as it is called on screen.
    pub title: String,
}

/// What each column shares, by header.
pub type Overlaps = BTreeMap<String, Vec<Shared>>;

/// What `shared` says for a field (log-odds, never against it), and in plain words.
pub(crate) fn shared_evidence(
    entity: Entity,
    field: &str,
    shared: &[Shared],
    traits: &Traits,
) -> (f64, Option<String>) {
    let names = Names::of(entity, field);
    let of_kind = shared.iter().filter(|s| Some(s.names) == names && s.share >= LEAST_SHARE);
    let most = of_kind.max_by(|a, b| a.share.total_cmp(&b.share));
    let Some(most) = most.filter(|_| traits.distinct >= LEAST_VALUES) else { return (0.0, None) };
    let short = traits.whole > 0.9 && traits.length <= 4.0;
    let weight = if short { SHORT_NUMBERS } else { 1.0 };
    let words = most.names.words();
    let reason = format!("{:.0} % are {words} of {}", most.share * 100.0, most.title);
    (ALL_KNOWN * most.share * weight, Some(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(share: f64) -> [Shared; 1] {
        [Shared { names: Names::Product, share, title: "Catalogue".to_owned() }]
    }

    fn traits(length: f64) -> Traits {
        Traits { distinct: 50, whole: 1.0, length, ..Traits::default() }
    }

    #[test]
    fn a_field_gains_by_what_its_values_name_alone() {
        let long = traits(8.0);
        let of = |field| shared_evidence(Entity::OrderLine, field, &shared(0.5), &long);
        let (gain, reason) = of("product_id");
        assert!((gain - 1.6).abs() < 1e-9);
        assert_eq!(reason.unwrap(), "50 % are known products of Catalogue");
        assert_eq!(of("order_id"), (0.0, None));
        assert_eq!(of("quantity"), (0.0, None));
    }

    #[test]
    fn chance_says_nothing_and_short_numbers_little() {
        let of = |share, length| {
            let traits = traits(length);
            shared_evidence(Entity::Product, "product_id", &shared(share), &traits).0
        };
        assert_eq!(of(0.1, 8.0), 0.0);
        assert!(of(1.0, 2.0) < of(1.0, 8.0) / 2.0);
        let few = Traits { distinct: 2, ..traits(8.0) };
        let none = shared_evidence(Entity::Product, "product_id", &shared(1.0), &few);
        assert_eq!(none, (0.0, None));
    }
}
