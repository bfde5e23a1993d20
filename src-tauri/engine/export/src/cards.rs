//! Model cards: what a model is for, what it learned from, how good it is, what it cannot do
//! (Mitchell et al. 2019, shortened).

use kith_model::predict::PredictSummary;
use kith_model::recommend::RecommendSummary;
use kith_model::segments::SegmentsSummary;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What to know before using a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelCard {
    /// Name, also the prefix of its figures: `segments`, `predict`, `recommend`.
    pub model: String,
    /// What kind of model.
    pub kind: String,
    /// What it is for.
    pub purpose: String,
    /// What it learned from.
    pub data: String,
    /// How it was judged.
    pub protocol: String,
    /// Figures by name.
    pub metrics: BTreeMap<String, f64>,
    /// What it cannot do, and warnings of its training.
    pub limits: Vec<String>,
}

fn figures(list: &[(&str, f64)]) -> BTreeMap<String, f64> {
    list.iter().filter(|(_, v)| v.is_finite()).map(|(n, v)| ((*n).to_owned(), *v)).collect()
}

/// The card of the segments.
pub fn segment_card(summary: &SegmentsSummary) -> ModelCard {
    let mut metrics = figures(&[
        ("silhouette", summary.silhouette),
        ("calinski_harabasz", summary.calinski_harabasz),
        ("davies_bouldin", summary.davies_bouldin),
    ]);
    metrics.extend(summary.truth_ari.map(|ari| ("adjusted_rand_index".to_owned(), ari)));
    ModelCard {
        model: "segments".into(),
        kind: format!("K-means, {} segments", summary.segments.len()),
        purpose: "Groups people with orders by behaviour, for audiences and reports".into(),
        data: format!("{} people; features: {}", summary.people, summary.features.join(", ")),
        protocol: format!(
            "Silhouette over {} people of the data it was fitted on",
            summary.silhouette_sample
        ),
        metrics,
        limits: vec![
            "Describes people, explains nothing; numbers and names change when it is tuned".into(),
            "People without orders are in no segment".into(),
        ],
    }
}

/// The card of the propensity model.
pub fn predict_card(summary: &PredictSummary) -> ModelCard {
    let mut limits = vec![
        "Correlation, not cause: a high score does not mean that contact helps".to_owned(),
        format!("Says nothing beyond {} days", summary.horizon_days),
    ];
    limits.extend(summary.notes.iter().cloned());
    ModelCard {
        model: "predict".into(),
        kind: "Logistic regression with L2 penalty".into(),
        purpose: format!("Probability of an order within {} days", summary.horizon_days),
        data: format!(
            "Features frozen on {}; {} people trained on, {} kept aside; {:.1} % ordered",
            summary.cut,
            summary.train,
            summary.test,
            100.0 * summary.positive_share
        ),
        protocol: "Figures are of people kept aside".into(),
        metrics: figures(&[
            ("auc", summary.auc),
            ("train_auc", summary.train_auc),
            ("log_loss", summary.log_loss),
            ("brier", summary.brier),
        ]),
        limits,
    }
}

/// The card of the recommender.
pub fn recommend_card(summary: &RecommendSummary) -> ModelCard {
    let mut metrics = BTreeMap::new();
    for score in &summary.scores {
        let name = |figure: &str| format!("{}.{figure}", score.model.replace([' ', '+'], "_"));
        for (figure, value) in [
            ("ndcg", score.ndcg),
            ("recall", score.recall),
            ("hit_rate", score.hit_rate),
            ("coverage", score.coverage),
        ] {
            metrics.insert(name(figure), value);
        }
    }
    let mut limits = vec!["New products and strangers get what is popular".to_owned()];
    limits.extend(summary.notes.iter().cloned());
    ModelCard {
        model: "recommend".into(),
        kind: "Item-item neighbours by cosine".into(),
        purpose: "Ranked products for each person".into(),
        data: format!(
            "{} people, {} products, {} person-product pairs",
            summary.users, summary.items, summary.interactions
        ),
        protocol: summary.protocol.clone(),
        metrics,
        limits,
    }
}

impl ModelCard {
    /// The card as Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!(
            "## {}\n\n{}. {}.\n\n- Learned from: {}\n- Judged by: {}\n",
            self.model, self.kind, self.purpose, self.data, self.protocol
        );
        for (name, value) in &self.metrics {
            let _ = writeln!(text, "- {name}: {value:.4}");
        }
        for limit in &self.limits {
            let _ = writeln!(text, "- Mind: {limit}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::recommend::ModelScore;

    #[test]
    fn a_card_reads_well() {
        let summary = RecommendSummary {
            protocol: "Temporal split".into(),
            users: 10,
            items: 4,
            interactions: 20,
            scores: vec![ModelScore {
                model: "item-item".into(),
                ndcg: 0.25,
                ndcg_interval: [0.2, 0.3],
                recall: 0.5,
                map: 0.1,
                hit_rate: 0.6,
                coverage: 1.0,
            }],
            notes: vec!["item-item loses to the baseline popular".into()],
            ..RecommendSummary::default()
        };
        insta::assert_snapshot!(recommend_card(&summary).markdown());
    }

    #[test]
    fn a_figure_that_is_no_number_is_left_out() {
        let card = predict_card(&PredictSummary { auc: f64::NAN, ..PredictSummary::default() });
        assert!(!card.metrics.contains_key("auc"));
        assert!(card.metrics.contains_key("brier"));
    }
}
