//! Candidate pairs ranked by weight: what they are expected to hold, the histogram, and the
//! threshold proposed without labels.

use crate::density::{Density, bins, density, foot, valley};
use crate::labelled::{Label, calibrated};
use crate::model::{MatchModel, probability, weight_of};
use crate::pairs::Candidates;
use crate::sorting::sorted;
use crate::{IdentityError, ask};
use kith_model::Monitor;
use kith_model::identity::{BlockingCount, BlockingEstimate, WeightBin};

/// Thresholds of the curve, and those the program may propose.
pub(crate) const THRESHOLDS: [f64; 29] = [
    0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75,
    0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999, 0.999999,
];

/// Proposed when there is nothing to weigh.
const UNINFORMED: f64 = 0.9;

/// What a bit of evidence loses where people share addresses and names: their fields are not
/// independent, so a weight promises more than it holds.
const DISCOUNT: f64 = 0.2;

/// Members of one household for each match from which the whole discount is made; records without
/// households, such as those of a register, show a thousandth of it.
const HOUSEHOLDS: f64 = 0.1;

/// Weights of the likelier candidate pairs in descending order, with running sums of the
/// probability that each pair is true, evidence discounted.
pub(crate) struct Ranked {
    weights: Vec<f64>,
    sums: Vec<f64>,
    /// Expected true pairs among the pairs below every threshold.
    rest: f64,
    bins: Vec<WeightBin>,
    density: Density,
    /// Expected true pairs that blocking missed.
    pub missed: f64,
    /// Expected true pairs of each rule.
    by_rule: Vec<f64>,
    /// Expected true pairs of all rules.
    found: f64,
    /// Hardly any pair is of two members of one household.
    strangers: bool,
}

/// What a bit of evidence is worth at least where hardly anybody shares a household.
const STRANGERS: f64 = 0.99;

/// The prior's weight in bits, and what a bit of evidence on top of it is worth, 0 to 1.
pub(crate) fn sobriety(model: &MatchModel) -> (f64, f64) {
    let shared = model.household / (HOUSEHOLDS * model.prior);
    (weight_of(model.prior), 1.0 - DISCOUNT * shared.min(1.0))
}

impl Ranked {
    /// Ranks `weights`, one for each of `candidates`; `prior`: as of [`sobriety`].
    pub fn new(
        candidates: &Candidates,
        weights: &[f64],
        prior: (f64, f64),
        monitor: &dyn Monitor,
    ) -> Result<Self, IdentityError> {
        let (prior, worth) = prior;
        let sober = |w: f64| probability(prior + worth * (w - prior));
        let least = weight_of(THRESHOLDS[0]);
        let (missed, by_rule) = missed(candidates, weights, monitor)?;
        let (mut likely, mut rest) = (Vec::new(), 0.0);
        for chunk in weights.chunks(1 << 18) {
            ask(monitor)?;
            likely.extend(chunk.iter().filter(|w| **w >= least));
            rest += chunk.iter().filter(|w| **w < least).map(|&w| sober(w)).sum::<f64>();
        }
        let likely: Vec<f64> = sorted(likely, |a: &f64, b| b.total_cmp(a), monitor)?;
        let mut sum = 0.0;
        let sums = likely
            .iter()
            .map(|&w| {
                sum += sober(w);
                sum
            })
            .collect();
        Ok(Self {
            weights: likely,
            sums,
            rest,
            bins: bins(weights),
            density: density(weights),
            missed,
            found: by_rule.1,
            strangers: worth >= STRANGERS,
            by_rule: by_rule.0,
        })
    }

    /// Pairs at or above `threshold` and the expected number of true ones among them.
    pub fn at(&self, threshold: f64) -> (usize, f64) {
        let least = weight_of(threshold);
        let links = self.weights.partition_point(|&w| w >= least);
        (links, links.checked_sub(1).map_or(0.0, |last| self.sums[last]))
    }

    /// Expected true pairs among all candidates.
    pub fn total(&self) -> f64 {
        self.sums.last().copied().unwrap_or(0.0) + self.rest
    }

    /// The threshold proposed without labels: the one with the best expected F1 (missed pairs
    /// counting against recall), moved to the nearest place in the valley between the hump of
    /// weights that speak against a match and the hump that speaks for one. The model's own
    /// probabilities may be off, its order of pairs seldom is; where pairs are few, both kinds
    /// are rare. Where everybody else is a stranger, moved to the foot of the hump against: pairs
    /// of strangers fall off steeply, while those of a person's worst records, whose errors come
    /// together, reach far down.
    pub fn propose(&self) -> f64 {
        let Some(own) = self.best_expected() else { return UNINFORMED };
        if let Some(foot) = foot(&self.density).filter(|_| self.strangers) {
            return probability(foot);
        }
        let Some(valley) = valley(&self.density) else { return own };
        let at = weight_of(own).round() as i64;
        let near = valley.into_iter().min_by_key(|w| ((w - at).abs(), *w)).unwrap_or(at);
        if near == at { own } else { probability(near as f64) }
    }

    fn best_expected(&self) -> Option<f64> {
        let truth = self.total() + self.missed;
        let f1 = |t: f64| {
            let (links, hits) = self.at(t);
            2.0 * hits / (links as f64 + truth).max(f64::MIN_POSITIVE)
        };
        let inner = THRESHOLDS.iter().copied().filter(|t| (0.1..=0.999).contains(t));
        let best = inner
            .map(|t| (f1(t), t))
            .max_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        best.filter(|(f1, _)| *f1 > 0.0).map(|(_, t)| t)
    }

    /// The threshold that answers on pairs call for; the proposed one where they say too little.
    pub fn calibrated(&self, labels: &[Label]) -> f64 {
        let inner = THRESHOLDS.iter().copied().filter(|t| (0.1..=0.999).contains(t));
        calibrated(&self.bins, labels, self.propose(), inner)
    }

    /// Pairs at or above `threshold`.
    pub fn links(&self, threshold: f64) -> u64 {
        self.at(threshold).0 as u64
    }

    /// The histogram of every weight: bins of equal width, a multiple of half a bit.
    pub fn histogram(&self) -> Vec<WeightBin> {
        self.bins.clone()
    }
}

/// Notes the expected recall of each rule that ran, against everything that is expected to be
/// true, the pairs that blocking missed among it.
pub(crate) fn recalls(
    estimates: &mut [BlockingEstimate],
    counts: &[BlockingCount],
    ranked: &Ranked,
) {
    let all = ranked.found + ranked.missed;
    for (count, found) in counts.iter().zip(&ranked.by_rule) {
        let of = estimates.iter_mut().find(|e| e.rule == count.rule);
        if let Some(estimate) = of.filter(|_| all > 0.0) {
            estimate.recall = Some(found / all);
        }
    }
}

/// Expected true pairs that no rule made: rules on contacts and rules on names, birth date and
/// address taken as two independent catches (Lincoln and Petersen; Chapman's estimator 1951), at
/// most half of what was found.
fn missed(
    candidates: &Candidates,
    weights: &[f64],
    monitor: &dyn Monitor,
) -> Result<(f64, (Vec<f64>, f64)), IdentityError> {
    let mask = |by_contact: bool| {
        let rules = candidates.by_contact.iter().enumerate();
        rules.filter(|(_, c)| **c == by_contact).fold(0_u32, |m, (i, _)| m | 1 << i)
    };
    let (contact, name) = (mask(true), mask(false));
    let mut by_rule = vec![0.0; candidates.counts.len()];
    let (mut by_contact, mut by_name, mut by_both, mut found) = (0.0, 0.0, 0.0, 0.0);
    for (at, (&rules, &w)) in candidates.rules.iter().zip(weights).enumerate() {
        if at.is_multiple_of(1 << 16) {
            ask(monitor)?;
        }
        let p = probability(w);
        found += p;
        let mut left = if p > 0.01 { rules } else { 0 };
        while left != 0 {
            by_rule[left.trailing_zeros() as usize] += p;
            left &= left - 1;
        }
        by_contact += if rules & contact != 0 { p } else { 0.0 };
        by_name += if rules & name != 0 { p } else { 0.0 };
        by_both += if rules & contact != 0 && rules & name != 0 { p } else { 0.0 };
    }
    if by_both < 10.0 {
        return Ok((0.0, (by_rule, found)));
    }
    let all = (by_contact + 1.0) * (by_name + 1.0) / (by_both + 1.0) - 1.0;
    Ok(((all - found).clamp(0.0, found / 2.0), (by_rule, found)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Quiet;

    fn rank(weights: &[f64]) -> Ranked {
        Ranked::new(&Candidates::default(), weights, (-8.0, 0.8), &Quiet).unwrap()
    }

    #[test]
    fn the_histogram_holds_every_pair() {
        let ranked = rank(&[-22.3, 0.0, 3.0, 41.9, 41.9]);
        let bins = ranked.histogram();
        assert!(bins.len() <= 61);
        assert_eq!(bins.iter().map(|b| b.pairs).sum::<u64>(), 5);
        assert!(rank(&[1.0]).histogram().len() == 1);
    }

    #[test]
    fn a_clear_gap_is_cut_inside() {
        let ranked = rank(&[12.0, 11.0, 9.0, -9.0, -12.0]);
        assert!((0.1..=0.999).contains(&ranked.propose()));
        assert_eq!(ranked.links(ranked.propose()), 3);
        assert_eq!(rank(&[]).propose(), UNINFORMED);
    }

    #[test]
    fn among_strangers_the_foot_of_their_hump_is_proposed() {
        // Strangers' pairs end at -10 bits, those of one person reach down from 20.
        let fall = (0..400).map(|i| -14.0 + f64::from(i % 5));
        let weights: Vec<f64> = fall.chain((0..120).map(|i| -5.0 + f64::from(i % 26))).collect();
        let propose = |worth: f64| {
            let ranked = Ranked::new(&Candidates::default(), &weights, (-8.0, worth), &Quiet);
            ranked.unwrap().propose()
        };
        assert!(propose(1.0) < 0.05, "{}", propose(1.0));
        // Where households are about, the place nearest to the model's own word is.
        assert!(propose(0.8) > propose(1.0), "{}", propose(0.8));
    }
}
