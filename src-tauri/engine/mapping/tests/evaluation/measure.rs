//! How good suggestions are: precision, recall and F1 of links, and whether a confidence means
//! what it says.

use crate::cases::Case;
use kith_model::mapping::Mapping;
use serde::Serialize;
use std::collections::BTreeSet;

/// Confidences are judged in ten bins of equal width.
const BINS: usize = 10;

/// The figures of one part of the cases.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Score {
    /// Tables.
    pub cases: usize,
    /// True links.
    pub wanted: usize,
    /// Links suggested.
    pub made: usize,
    /// Of those, true ones.
    pub right: usize,
    /// `right / made`.
    pub precision: f64,
    /// `right / wanted`.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
    /// Expected calibration error: the gap between mean confidence and share of true links,
    /// over ten bins of confidence, weighed by links (Naeini, Cooper and Hauskrecht 2015).
    pub ece: f64,
    /// Links, sum of confidences and true links by bin of confidence.
    pub bins: Vec<(usize, f64, usize)>,
}

/// One judged link or one that was missed.
pub struct Judged {
    /// The case.
    pub case: String,
    /// `entity.field` and header.
    pub link: (String, String),
    /// The confidence given; none for a link that was missed.
    pub confidence: Option<f64>,
    /// Whether the link is true.
    pub right: bool,
}

/// Suggests for every case and judges every link.
pub fn judge<'a>(
    cases: impl IntoIterator<Item = &'a Case>,
    suggest: impl Fn(&Case) -> Mapping,
) -> (Score, Vec<Judged>) {
    let mut score = Score { bins: vec![(0, 0.0, 0); BINS], ..Score::default() };
    let mut judged = Vec::new();
    for case in cases {
        score.cases += 1;
        score.wanted += case.truth.len();
        let mapping = suggest(case);
        let mut found = BTreeSet::new();
        for em in &mapping.entities {
            for link in &em.links {
                let column = link.column.clone().unwrap_or_default();
                let key = (format!("{}.{}", em.entity.key(), link.field), column);
                let (right, p) = (case.truth.contains(&key), f64::from(link.confidence));
                let bin = &mut score.bins[((p * BINS as f64) as usize).min(BINS - 1)];
                *bin = (bin.0 + 1, bin.1 + p, bin.2 + usize::from(right));
                score.made += 1;
                score.right += usize::from(right);
                found.insert(key.clone());
                judged.push(Judged {
                    case: case.name.clone(),
                    link: key,
                    confidence: Some(p),
                    right,
                });
            }
        }
        for link in case.truth.difference(&found) {
            let (case, link) = (case.name.clone(), link.clone());
            judged.push(Judged { case, link, confidence: None, right: true });
        }
    }
    score.precision = score.right as f64 / score.made.max(1) as f64;
    score.recall = score.right as f64 / score.wanted.max(1) as f64;
    score.f1 = 2.0 * score.right as f64 / (score.made + score.wanted).max(1) as f64;
    let gap: f64 = score.bins.iter().map(|(_, p, hits)| (p - *hits as f64).abs()).sum();
    score.ece = gap / score.made.max(1) as f64;
    (score, judged)
}
