//! Names that say what a segment is: an adjective and a noun from the traits that stand out.

use kith_features::FeatureSpec;
use std::collections::BTreeSet;

/// A trait counts from this many standard deviations.
const STANDS_OUT: f64 = 0.35;

/// What a feature says about somebody far above or below the mean.
struct Words {
    feature: &'static str,
    high: Word,
    low: Word,
}

#[derive(Clone, Copy)]
enum Word {
    /// Before the noun: `Frequent`.
    Adjective(&'static str),
    /// `big spenders`.
    Noun(&'static str),
    /// Says nothing worth a name.
    Nothing,
}

use Word::{Adjective as A, Nothing, Noun as N};

const WORDS: [Words; 20] = [
    Words { feature: "recency_days", high: A("Lapsed"), low: A("Recent") },
    Words { feature: "frequency", high: A("Frequent"), low: A("Occasional") },
    Words { feature: "orders_90d", high: A("Frequent"), low: Nothing },
    Words { feature: "orders_365d", high: A("Frequent"), low: A("Occasional") },
    Words { feature: "tenure_days", high: A("Long-standing"), low: A("New") },
    Words { feature: "inter_purchase_days", high: A("Slow"), low: A("Frequent") },
    Words { feature: "monetary", high: N("big spenders"), low: N("small spenders") },
    Words { feature: "spend_365d", high: N("big spenders"), low: N("small spenders") },
    Words { feature: "spend_90d", high: N("big spenders"), low: Nothing },
    Words {
        feature: "average_order_value",
        high: N("big-basket buyers"),
        low: N("small-basket buyers"),
    },
    Words { feature: "discount_share", high: N("bargain hunters"), low: N("full-price buyers") },
    Words { feature: "weekend_share", high: N("weekend shoppers"), low: N("weekday shoppers") },
    Words { feature: "evening_share", high: N("evening shoppers"), low: N("daytime shoppers") },
    Words { feature: "mobile_share", high: N("mobile shoppers"), low: N("desktop shoppers") },
    Words { feature: "distinct_categories", high: N("all-rounders"), low: N("specialists") },
    Words { feature: "distinct_products", high: N("collectors"), low: Nothing },
    Words { feature: "top_category_share", high: N("specialists"), low: N("all-rounders") },
    Words { feature: "cart_rate", high: N("decided buyers"), low: N("window shoppers") },
    Words { feature: "views", high: N("browsers"), low: N("rare visitors") },
    Words { feature: "refund_share", high: N("returners"), low: Nothing },
];

/// A word a segment could carry and how strongly.
struct Candidate {
    text: String,
    adjective: bool,
    strength: f64,
}

fn word(spec: &FeatureSpec, z: f64) -> Option<(String, bool)> {
    let name = spec.name.as_str();
    if name.starts_with("sessions_") {
        let noun = if z > 0.0 { "browsers" } else { "rare visitors" };
        return Some((noun.to_owned(), false));
    }
    if name.starts_with("category_") {
        let category = spec.label.strip_prefix("Share of ").unwrap_or(&spec.label);
        return (z > 0.0).then(|| (format!("{category} fans"), false));
    }
    let Some(words) = WORDS.iter().find(|w| w.feature == name) else {
        let much = if z > 0.0 { "much" } else { "little" };
        return Some((format!("people with {much} {}", spec.label), false));
    };
    match if z > 0.0 { words.high } else { words.low } {
        A(text) => Some((text.to_owned(), true)),
        N(text) => Some((text.to_owned(), false)),
        Nothing => None,
    }
}

fn candidates(specs: &[FeatureSpec], z: &[f64]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = specs
        .iter()
        .zip(z)
        .filter(|(_, z)| z.abs() >= STANDS_OUT)
        .filter_map(|(spec, &z)| {
            let (text, adjective) = word(spec, z)?;
            Some(Candidate { text, adjective, strength: z.abs() })
        })
        .collect();
    found.sort_by(|a, b| b.strength.total_cmp(&a.strength).then_with(|| a.text.cmp(&b.text)));
    let mut seen = BTreeSet::new();
    found.retain(|c| seen.insert(c.text.clone()));
    found
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}

/// Every name the segment could have, the most telling first.
fn names(found: &[Candidate]) -> Vec<String> {
    let (adjectives, nouns): (Vec<_>, Vec<_>) = found.iter().partition(|c| c.adjective);
    let mut pairs: Vec<(f64, String)> = Vec::new();
    for a in &adjectives {
        for n in &nouns {
            pairs.push((a.strength + n.strength, format!("{} {}", a.text, n.text)));
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut all: Vec<String> = pairs.into_iter().map(|(_, name)| name).collect();
    all.extend(adjectives.iter().map(|a| format!("{} customers", a.text)));
    all.extend(nouns.iter().map(|n| capital(&n.text)));
    for (i, first) in nouns.iter().enumerate() {
        all.extend(nouns[i + 1..].iter().map(|n| format!("{}, {}", capital(&first.text), n.text)));
    }
    all.push("Average customers".to_owned());
    all
}

/// A different name for each segment. `specs` are the clustered features; `z` holds, for each
/// segment, how many standard deviations its centre lies from everybody's mean. Earlier
/// (larger) segments choose first.
pub(crate) fn name_segments(specs: &[FeatureSpec], z: &[Vec<f64>]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    z.iter()
        .map(|z| {
            let wished = names(&candidates(specs, z));
            let free = wished.iter().find(|name| !taken.contains(*name)).cloned();
            let name = free.unwrap_or_else(|| {
                let base = &wished[0];
                (2..)
                    .map(|i| format!("{base} {i}"))
                    .find(|n| !taken.contains(n))
                    .unwrap_or_default()
            });
            taken.insert(name.clone());
            name
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::features::FeatureParams;

    fn specs(names: &[&str]) -> Vec<FeatureSpec> {
        let all = kith_features::catalogue(&FeatureParams::default().check().unwrap());
        names.iter().map(|n| all.iter().find(|s| &s.name == n).unwrap().clone()).collect()
    }

    #[test]
    fn the_traits_that_stand_out_make_the_name() {
        let specs = specs(&["recency_days", "frequency", "monetary", "discount_share"]);
        let z =
            vec![vec![-0.5, 1.4, 1.2, -0.1], vec![1.3, -0.2, -0.6, 0.9], vec![0.1, 0.0, 0.2, -0.1]];
        assert_eq!(
            name_segments(&specs, &z),
            ["Frequent big spenders", "Lapsed bargain hunters", "Average customers"]
        );
    }

    #[test]
    fn every_name_is_different() {
        let specs = specs(&["recency_days", "frequency"]);
        let z = vec![vec![0.0, 2.0]; 4];
        let names = name_segments(&specs, &z);
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 4);
        assert_eq!(names[0], "Frequent customers");
    }

    #[test]
    fn every_word_belongs_to_a_feature() {
        let all = kith_features::catalogue(&FeatureParams::default().check().unwrap());
        for w in &WORDS {
            assert!(all.iter().any(|s| s.name == w.feature), "{} is no feature", w.feature);
        }
    }
}
