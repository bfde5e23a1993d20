//! Recommendations: settings and results.

use crate::valid::{BrokenRule, Checker, Valid};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Event types that count as looking at a product, as [`plain_event`] spells them.
pub const VIEW_EVENTS: [&str; 6] = [
    "product_view",
    "product_viewed",
    "view_content",
    "view_item",
    "view_product",
    "viewed_product",
];

/// Event types that count as putting a product into the cart.
pub const CART_EVENTS: [&str; 5] =
    ["add_to_cart", "added_to_cart", "cart_add", "product_added", "product_added_to_cart"];

/// Event types with a weight of their own at most.
const MOST_EVENTS: usize = 100;

/// An event type in lower case with `_` for blanks and hyphens: `Product Viewed` is
/// `product_viewed`.
pub fn plain_event(name: &str) -> String {
    let words = name.trim().split([' ', '-']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_").to_lowercase()
}

/// What the user tunes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecommendParams {
    /// Length of a list.
    pub k: u32,
    /// Neighbours kept for each item.
    pub neighbours: u32,
    /// Subtracted from co-occurrence to tame rare pairs (shrinkage in the cosine's
    /// denominator).
    pub shrinkage: f64,
    /// Share of the popularity score mixed into the final score, `0..=1`.
    pub popularity_mix: f64,
    /// Weight of a purchase.
    pub purchase_weight: f64,
    /// Weight of a cart.
    pub cart_weight: f64,
    /// Weight of a product view.
    pub view_weight: f64,
    /// Weights of event types, by their plain spelling: in place of the weight of a view or a cart
    /// where the type counts as one, and of nothing where it does not.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub event_weights: BTreeMap<String, f64>,
    /// Leave out what a person already bought.
    pub hide_bought: bool,
    /// Days at the end of history kept aside for the test.
    pub test_days: u32,
}

impl Default for RecommendParams {
    fn default() -> Self {
        Self {
            k: 10,
            neighbours: 100,
            shrinkage: 10.0,
            popularity_mix: 0.0,
            purchase_weight: 1.0,
            cart_weight: 0.5,
            view_weight: 0.2,
            event_weights: BTreeMap::new(),
            hide_bought: true,
            test_days: 60,
        }
    }
}

impl RecommendParams {
    /// The checked settings, or every broken rule.
    pub fn check(self) -> Result<Valid<Self>, Vec<BrokenRule>> {
        let weight = |w: f64| w.is_finite() && w >= 0.0;
        Checker::default()
            .require((1..=100).contains(&self.k), "k", "Lists of 1 to 100")
            .require((1..=5000).contains(&self.neighbours), "neighbours", "1 to 5,000 neighbours")
            .require(weight(self.shrinkage), "shrinkage", "0 or more")
            .require((0.0..=1.0).contains(&self.popularity_mix), "popularity_mix", "From 0 to 1")
            .require(
                weight(self.purchase_weight)
                    && weight(self.cart_weight)
                    && weight(self.view_weight),
                "purchase_weight",
                "Weights are 0 or more",
            )
            .require(
                self.event_weights.len() <= MOST_EVENTS
                    && self.event_weights.iter().all(|(name, w)| {
                        weight(*w) && !name.is_empty() && *name == plain_event(name)
                    }),
                "event_weights",
                "At most 100 event types in lower case, each with a weight of 0 or more",
            )
            .require(
                self.purchase_weight + self.cart_weight + self.view_weight > 0.0,
                "purchase_weight",
                "At least one weight must be above 0",
            )
            .require((1..=730).contains(&self.test_days), "test_days", "1 to 730 days")
            .finish(self)
    }

    /// What an event of this type counts; purchases count by their orders.
    pub fn weight_of(&self, event: &str) -> f64 {
        let plain = plain_event(event);
        let usual = match plain.as_str() {
            cart if CART_EVENTS.contains(&cart) => self.cart_weight,
            view if VIEW_EVENTS.contains(&view) => self.view_weight,
            _ => 0.0,
        };
        self.event_weights.get(&plain).copied().unwrap_or(usual)
    }
}

/// A model's figures under the summary's protocol, means over tested people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelScore {
    /// `popular`, `own frequency`, `item-item`, `item-item + popular`.
    pub model: String,
    /// NDCG at k, binary gain.
    pub ndcg: f64,
    /// 95 % bootstrap interval of the NDCG.
    pub ndcg_interval: [f64; 2],
    /// Recall at k; the denominator is the smaller of k and the person's test items.
    pub recall: f64,
    /// Mean average precision at k.
    pub map: f64,
    /// People with at least one hit.
    pub hit_rate: f64,
    /// Share of the catalogue that appears in at least one list.
    pub coverage: f64,
}

/// The recommendations stage's result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RecommendSummary {
    /// Split, candidates, filters and ties in one sentence.
    pub protocol: String,
    /// First day of the test part.
    pub split_at: String,
    /// People with history.
    pub users: u64,
    /// Products.
    pub items: u64,
    /// Person-product pairs with weight.
    pub interactions: u64,
    /// People tested.
    pub tested: u64,
    /// Baselines first, then models.
    pub scores: Vec<ModelScore>,
    /// NDCG of the chosen model by lifecycle stage, sorted.
    pub by_segment: Vec<(String, f64)>,
    /// Running mean NDCG while people are evaluated: person count and mean.
    pub curve: Vec<(u64, f64)>,
    /// Warnings, e.g. that a model loses to a baseline.
    pub notes: Vec<String>,
}

/// One recommended product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// 1 is best.
    pub rank: u32,
    /// Product.
    pub product_id: String,
    /// Its title.
    pub title: String,
    /// Category path.
    pub category: String,
    /// Score; comparable within one list only.
    pub score: f64,
    /// Why: `because they bought Ridge 40 backpack`.
    pub reason: String,
}

/// One person's lists.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PersonLists {
    /// Products bought, newest first: title and day.
    pub bought: Vec<(String, String)>,
    /// The chosen model's list.
    pub list: Vec<Recommendation>,
    /// What everybody would get.
    pub popular: Vec<Recommendation>,
}

/// A fitted item-item model: for each item its neighbours.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ItemItemModel {
    /// Product ids, by index, sorted.
    pub items: Vec<String>,
    /// Popularity of each item in `0..=1`.
    pub popularity: Vec<f32>,
    /// For each *target* item: source item index and weight, best first.
    pub neighbours: Vec<Vec<(u32, f32)>>,
    /// Share of popularity mixed in.
    pub popularity_mix: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_counts_as_it_is_weighed_or_as_its_kind_does() {
        let mut params = RecommendParams::default();
        let weights = |p: &RecommendParams| {
            ["Product Viewed", "add-to-cart", "Wishlist Add"].map(|event| p.weight_of(event))
        };
        assert_eq!(weights(&params), [0.2, 0.5, 0.0]);
        params.event_weights.insert("wishlist_add".into(), 0.4);
        params.event_weights.insert("product_viewed".into(), 0.0);
        assert_eq!(weights(&params), [0.0, 0.5, 0.4]);
        assert!(params.clone().check().is_ok());
        params.event_weights.insert("Page View".into(), 1.0);
        assert_eq!(params.check().unwrap_err()[0].setting, "event_weights");
    }
}
