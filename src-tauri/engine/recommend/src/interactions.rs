//! Rows from the store, numbered, sorted and weighed.

use crate::RecommendError;
use crate::csr::Csr;
use kith_model::Frame;
use kith_model::recommend::RecommendParams;
use std::collections::{BTreeSet, HashMap};

/// Microseconds of a day.
pub(crate) const DAY_US: i64 = 86_400_000_000;

/// What a person did with a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// An event type with a weight of its own: its place among them.
    Event(u8),
    View,
    Cart,
    Purchase,
}

/// One interaction; `user` and `item` are indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) user: u32,
    pub(crate) item: u32,
    /// Microseconds since 1970; `i64::MIN` when the time is unknown (before every split).
    pub(crate) at: i64,
    pub(crate) kind: Kind,
}

/// All interactions, sorted by user, item, time: independent of the order they came in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dataset {
    /// Profile ids by user index, ascending; people without interactions included.
    pub(crate) users: Vec<u64>,
    /// Product ids by item index, ascending.
    pub(crate) items: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

impl Kind {
    /// Its place in the counts of a pair.
    fn place(self) -> usize {
        match self {
            Self::View => 0,
            Self::Cart => 1,
            Self::Purchase => 2,
            Self::Event(at) => 3 + usize::from(at),
        }
    }
}

fn kind_of(name: &str) -> Option<Kind> {
    match name {
        "purchase" => Some(Kind::Purchase),
        "cart" => Some(Kind::Cart),
        "view" => Some(Kind::View),
        own => own.strip_prefix("event:")?.parse().ok().map(Kind::Event),
    }
}

impl Dataset {
    /// Reads `profile_id, product_id, at, kind`; rows without person are skipped, rows without
    /// product only make the person known, as do the people of `known`.
    pub(crate) fn read(
        frame: &Frame,
        known: impl IntoIterator<Item = u64>,
    ) -> Result<Self, RecommendError> {
        let column = |name, expected| {
            frame.column(name).ok_or(RecommendError::Column { name, expected }).map(|c| (c, name))
        };
        let wrong = |name, expected| RecommendError::Column { name, expected };
        let (people, _) = column("profile_id", "whole numbers")?;
        let people = people.int().ok_or(wrong("profile_id", "whole numbers"))?;
        let (products, _) = column("product_id", "text")?;
        let products = products.text().ok_or(wrong("product_id", "text"))?;
        let (times, _) = column("at", "times")?;
        let times = times.int().ok_or(wrong("at", "times"))?;
        let (kinds, _) = column("kind", "text")?;
        let kinds = kinds.text().ok_or(wrong("kind", "text"))?;

        let person = |id: &Option<i64>| id.and_then(|id| u64::try_from(id).ok());
        let users: BTreeSet<u64> = people.iter().filter_map(person).chain(known).collect();
        let users: Vec<u64> = users.into_iter().collect();
        let mut items: Vec<&str> = products.iter().flatten().collect();
        items.sort_unstable();
        items.dedup();
        let item_index: HashMap<&str, u32> = items.iter().copied().zip(0u32..).collect();

        let mut rows = Vec::with_capacity(people.len());
        let cells = people.iter().zip(products).zip(times).zip(kinds);
        for (((id, product), at), kind) in cells {
            let kind = kind.and_then(kind_of);
            if let (Some(person), Some(product), Some(kind)) = (person(id), product, kind) {
                let Ok(user) = users.binary_search(&person) else { continue };
                rows.push(Row {
                    user: u32::try_from(user).unwrap_or(u32::MAX),
                    item: item_index[product],
                    at: at.unwrap_or(i64::MIN),
                    kind,
                });
            }
        }
        rows.sort_unstable();
        let items = items.into_iter().map(str::to_owned).collect();
        Ok(Self { users, items, rows })
    }

    /// Midnight (UTC, microseconds) at which the test part begins: the day of the newest
    /// purchase is its last day.
    pub(crate) fn split_at(&self, test_days: u32) -> Option<i64> {
        let newest = self.rows.iter().filter(|r| r.kind == Kind::Purchase).map(|r| r.at).max()?;
        Some((newest.div_euclid(DAY_US) + 1 - i64::from(test_days)) * DAY_US)
    }
}

/// What is known at a moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    /// users x items: how much a person cared for a product.
    pub(crate) weights: Csr,
    /// users x items: how often a person bought it.
    pub(crate) bought: Csr,
    /// Distinct buyers of each item.
    pub(crate) buyers: Vec<u32>,
    /// Items with any interaction.
    pub(crate) seen_items: usize,
}

/// Weight of a person-product pair: for each kind its weight times `log2(1 + times)`, so the
/// first time counts once and repeats ever less.
fn pair_weight(counts: &[u32], params: &RecommendParams) -> f32 {
    let usual = [params.view_weight, params.cart_weight, params.purchase_weight];
    let weights = usual.into_iter().chain(params.event_weights.values().copied());
    let sum: f64 = counts.iter().zip(weights).map(|(n, w)| w * (1.0 + f64::from(*n)).log2()).sum();
    sum as f32
}

impl History {
    /// Everything strictly before `until`.
    pub(crate) fn before(data: &Dataset, until: i64, params: &RecommendParams) -> Self {
        let mut counts = vec![0u32; 3 + params.event_weights.len()];
        let mut weights = Vec::new();
        let mut bought = Vec::new();
        let mut buyers = vec![0u32; data.items.len()];
        let mut touched = vec![false; data.items.len()];
        for pair in data.rows.chunk_by(|a, b| (a.user, a.item) == (b.user, b.item)) {
            counts.fill(0);
            for row in pair.iter().filter(|r| r.at < until) {
                if let Some(count) = counts.get_mut(row.kind.place()) {
                    *count += 1;
                }
            }
            let Row { user, item, .. } = pair[0];
            let weight = pair_weight(&counts, params);
            if weight > 0.0 {
                weights.push((user, item, weight));
                touched[item as usize] = true;
            }
            let times = counts[Kind::Purchase.place()];
            if times > 0 {
                bought.push((user, item, times as f32));
                buyers[item as usize] += 1;
                touched[item as usize] = true;
            }
        }
        Self {
            weights: Csr::from_sorted(data.users.len(), weights),
            bought: Csr::from_sorted(data.users.len(), bought),
            buyers,
            seen_items: touched.iter().filter(|t| **t).count(),
        }
    }

    /// Popularity of each item in `0..=1`: buyers over those of the most bought.
    pub(crate) fn popularity(&self) -> Vec<f32> {
        let most = self.buyers.iter().copied().max().unwrap_or(0).max(1) as f32;
        self.buyers.iter().map(|&b| b as f32 / most).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use kith_model::Column;

    /// A frame of `(person, product, day, kind)`.
    pub(crate) fn frame(rows: &[(i64, &str, i64, &str)]) -> Frame {
        let text = |v: &str| Some(v.to_owned());
        Frame::default()
            .with("profile_id", Column::Int(rows.iter().map(|r| Some(r.0)).collect()))
            .with("product_id", Column::Text(rows.iter().map(|r| text(r.1)).collect()))
            .with("at", Column::Int(rows.iter().map(|r| Some(r.2 * DAY_US)).collect()))
            .with("kind", Column::Text(rows.iter().map(|r| text(r.3)).collect()))
    }

    #[test]
    fn repeats_count_ever_less_and_kinds_add_up() {
        let params = RecommendParams::default();
        assert!((pair_weight(&[0, 0, 1], &params) - 1.0).abs() < 1e-6);
        assert!((pair_weight(&[0, 0, 3], &params) - 2.0).abs() < 1e-6);
        assert!((pair_weight(&[1, 1, 1], &params) - 1.7).abs() < 1e-6);
        let mut own = params.clone();
        own.event_weights.insert("wishlist_add".into(), 0.4);
        assert!((pair_weight(&[0, 0, 0, 3], &own) - 0.8).abs() < 1e-6);
    }

    #[test]
    fn history_stops_at_the_split() {
        let data = Dataset::read(
            &frame(&[
                (1, "a", 0, "purchase"),
                (1, "b", 5, "purchase"),
                (2, "a", 9, "purchase"),
                (2, "b", 9, "view"),
            ]),
            [3],
        )
        .unwrap();
        assert_eq!(data.users, [1, 2, 3]);
        let split = data.split_at(3).unwrap();
        assert_eq!(split, 7 * DAY_US);
        let history = History::before(&data, split, &RecommendParams::default());
        assert_eq!(history.bought.row(0), (&[0, 1][..], &[1.0, 1.0][..]));
        assert_eq!(history.bought.row(1), (&[][..], &[][..]));
        assert_eq!(history.buyers, [1, 1]);
    }

    #[test]
    fn a_missing_column_is_named() {
        let error = Dataset::read(&Frame::default(), []).unwrap_err();
        assert_eq!(error, RecommendError::Column { name: "profile_id", expected: "whole numbers" });
    }
}
