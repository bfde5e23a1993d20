//! What is learned from: people's decisions and, where the settings say so, the known truth.

use crate::decided::{Decided, Taught};
use crate::forest::both;
use crate::labelled::Label;
use crate::outcome::number_labels;
use crate::pairs::Candidates;
use crate::ranked::Ranked;
use crate::records::Records;
use kith_model::Texts;
use kith_model::identity::{IdentityParams, Verdict};

/// Answers on candidate pairs.
pub(crate) struct Lessons {
    /// By pattern, for m and the prior.
    pub taught: Taught,
    /// Place among the candidates, and whether the pair is one person, for the threshold.
    pairs: Vec<(usize, bool)>,
}

impl Lessons {
    /// Those of `decided`, which say `taught` of patterns, and of `truth`, the person of each row.
    pub fn new(
        (decided, taught): (&Decided, &Taught),
        (r, candidates): (&Records, &Candidates),
        truth: Option<&Texts>,
        params: &IdentityParams,
    ) -> Self {
        let mut lessons = Self { taught: taught.clone(), pairs: decided.places(r, candidates) };
        let Some(truth) = truth.filter(|_| params.learn_truth) else { return lessons };
        let numbers = number_labels(truth);
        let of = |i: usize| numbers.get(r.row[i] as usize).copied().flatten();
        for (at, &pair) in candidates.pairs.iter().enumerate() {
            let (a, b) = both(pair);
            let Some((a, b)) = of(a).zip(of(b)) else { continue };
            lessons.pairs.push((at, a == b));
            // A key links whatever names say: it is no example of its pattern.
            if candidates.rules[at] & 1 == 0 {
                let verdict = if a == b { Verdict::Same } else { Verdict::Different };
                lessons.taught.add(candidates.patterns[at], verdict);
            }
        }
        lessons
    }

    /// How many there are.
    pub fn answers(&self) -> u64 {
        self.pairs.len() as u64
    }

    /// The threshold to propose, `weights` being those of the candidates.
    pub fn threshold(&self, ranked: &Ranked, weights: &[f64]) -> f64 {
        let labels: Vec<Label> = self.pairs.iter().map(|&(at, one)| (weights[at], one)).collect();
        ranked.calibrated(&labels)
    }
}
