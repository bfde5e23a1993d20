//! What a threshold does: links, people, expected and true precision and recall; the threshold
//! proposed without labels; the histogram of weights.

use crate::cluster::Join;
use crate::density::{Density, bins, density, valley};
use crate::forest::Forest;
use crate::intern::Numbers;
use crate::labelled::{Label, calibrated};
use crate::model::{MatchModel, probability, weight_of};
use crate::pairs::Candidates;
use crate::sorting::sorted;
use crate::{IdentityError, ask};
use kith_model::identity::{
    BlockingCount, BlockingEstimate, PairQuality, ThresholdPoint, WeightBin,
};
use kith_model::{Monitor, Texts};

/// Thresholds of the curve, and those the program may propose.
const THRESHOLDS: [f64; 29] = [
    0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75,
    0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999, 0.999999,
];

/// Between 1 % and 99 % the curve has a point for every hundredth, so that a threshold can be
/// dragged over it.
const HUNDREDTHS: std::ops::Range<u32> = 1..100;

/// Proposed when there is nothing to weigh.
const UNINFORMED: f64 = 0.9;

/// What a bit of evidence loses where people share addresses and names: their fields are not
/// independent, so a weight promises more than it holds.
const DISCOUNT: f64 = 0.2;

/// Members of one household for each match from which the whole discount is made; records without
/// households, such as those of a register, show a thousandth of it.
const HOUSEHOLDS: f64 = 0.1;

/// Joins replayed between two looks at the monitor.
const STRIDE: usize = 1 << 12;

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
}

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
            by_rule: by_rule.0,
        })
    }

    /// Pairs at or above `threshold` and the expected number of true ones among them.
    fn at(&self, threshold: f64) -> (usize, f64) {
        let least = weight_of(threshold);
        let links = self.weights.partition_point(|&w| w >= least);
        (links, links.checked_sub(1).map_or(0.0, |last| self.sums[last]))
    }

    /// Expected true pairs among all candidates.
    fn total(&self) -> f64 {
        self.sums.last().copied().unwrap_or(0.0) + self.rest
    }

    /// The threshold proposed without labels: the one with the best expected F1 (missed pairs
    /// counting against recall), moved to the nearest place in the valley between the hump of
    /// weights that speak against a match and the hump that speaks for one. The model's own
    /// probabilities may be off, its order of pairs seldom is; where pairs are few, both kinds
    /// are rare.
    pub fn propose(&self) -> f64 {
        let Some(own) = self.best_expected() else { return UNINFORMED };
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

/// Clusters as a root for each record, at `threshold`.
pub(crate) fn cut(records: usize, joins: &[Join], threshold: f64) -> Vec<u32> {
    let least = weight_of(threshold);
    let mut forest = Forest::new(records);
    joins.iter().take_while(|j| j.height >= least).for_each(|j| {
        forest.join(j.a, j.b);
    });
    forest.roots()
}

/// The curve, with `extra` thresholds among the usual ones. `labels`: the known person of each
/// record.
pub(crate) fn curve(
    joins: &[Join],
    ranked: &Ranked,
    (records, labels): (usize, Option<&[Option<u32>]>),
    extra: &[f64],
    monitor: &dyn Monitor,
) -> Result<Vec<ThresholdPoint>, IdentityError> {
    let hundredths = HUNDREDTHS.map(|n| f64::from(n) / 100.0);
    let mut thresholds: Vec<f64> =
        THRESHOLDS.iter().chain(extra).copied().chain(hundredths).collect();
    thresholds.sort_unstable_by(|a, b| b.total_cmp(a));
    thresholds.dedup();
    let mut replay = Replay::new(records, labels);
    let mut at = 0;
    let mut points: Vec<ThresholdPoint> = thresholds
        .into_iter()
        .map(|threshold| {
            let least = weight_of(threshold);
            while let Some(join) = joins.get(at).filter(|j| j.height >= least) {
                replay.join(join.a, join.b);
                at += 1;
                if at.is_multiple_of(STRIDE) {
                    ask(monitor)?;
                }
            }
            let (links, hits) = ranked.at(threshold);
            let quality = labels.map(|_| replay.quality());
            Ok(ThresholdPoint {
                threshold,
                links: links as u64,
                people: replay.people as u64,
                expected_precision: if links == 0 { 1.0 } else { hits / links as f64 },
                expected_recall: if ranked.total() > 0.0 { hits / ranked.total() } else { 1.0 },
                precision: quality.map(|q| q.precision),
                recall: quality.map(|q| q.recall),
            })
        })
        .collect::<Result<_, _>>()?;
    points.reverse();
    Ok(points)
}

/// Pairwise quality of final clusters; pairs with an unlabelled record do not count.
pub(crate) fn quality(roots: &[u32], labels: &[Option<u32>]) -> PairQuality {
    let mut replay = Replay::new(roots.len(), Some(labels));
    (0..).zip(roots).for_each(|(i, &root)| replay.join(root, i));
    replay.quality()
}

/// Labels numbered by first sight; `None` stays.
pub(crate) fn number_labels(labels: &Texts) -> Vec<Option<u32>> {
    let mut numbers = Numbers::new();
    labels.iter().map(|l| l.map(|l| numbers.of(l).0)).collect()
}

fn pairs_among(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

/// Clusters growing join by join, with the pairs in them counted.
struct Replay<'a> {
    forest: Forest,
    people: usize,
    /// The label of each record; empty when none is known.
    label: &'a [Option<u32>],
    /// Records of each label in the cluster of a root that was joined to.
    labels: Vec<Vec<(u32, u64)>>,
    pairs: u64,
    true_pairs: u64,
    all_true: u64,
}

impl<'a> Replay<'a> {
    fn new(records: usize, labels: Option<&'a [Option<u32>]>) -> Self {
        let label = labels.unwrap_or_default();
        let most = label.iter().flatten().max().map_or(0, |&most| most as usize + 1);
        let mut all = vec![0; most];
        label.iter().flatten().for_each(|&l| all[l as usize] += 1);
        Self {
            forest: Forest::new(records),
            people: records,
            labels: vec![Vec::new(); label.len()],
            label,
            pairs: 0,
            true_pairs: 0,
            all_true: all.into_iter().map(pairs_among).sum(),
        }
    }

    /// Records of each label in the cluster of `root`.
    fn take(&mut self, root: u32) -> Vec<(u32, u64)> {
        let known = std::mem::take(&mut self.labels[root as usize]);
        let own = self.label[root as usize].map(|label| (label, 1));
        if known.is_empty() { own.into_iter().collect() } else { known }
    }

    fn join(&mut self, a: u32, b: u32) {
        let (x, y) = (self.forest.root(a), self.forest.root(b));
        if !self.forest.join(a, b) {
            return;
        }
        self.people -= 1;
        if self.label.is_empty() {
            return;
        }
        let (left, right) = (self.take(x), self.take(y));
        let records = |labels: &[(u32, u64)]| labels.iter().map(|l| l.1).sum::<u64>();
        self.pairs += records(&left) * records(&right);
        let (mut large, small) =
            if left.len() >= right.len() { (left, right) } else { (right, left) };
        for (label, n) in small {
            match large.binary_search_by_key(&label, |l| l.0) {
                Ok(at) => {
                    self.true_pairs += large[at].1 * n;
                    large[at].1 += n;
                }
                Err(at) => large.insert(at, (label, n)),
            }
        }
        self.labels[x.min(y) as usize] = large;
    }

    fn quality(&self) -> PairQuality {
        let share = |of: u64| if of == 0 { 1.0 } else { self.true_pairs as f64 / of as f64 };
        let (precision, recall) = (share(self.pairs), share(self.all_true));
        let f1 = 2.0 * precision * recall / (precision + recall).max(f64::MIN_POSITIVE);
        PairQuality { precision, recall, f1, true_pairs: self.all_true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Quiet;

    fn rank(weights: &[f64]) -> Ranked {
        Ranked::new(&Candidates::default(), weights, (-8.0, 0.8), &Quiet).unwrap()
    }

    #[test]
    fn quality_counts_pairs_blocking_missed() {
        // Two people of two and three records; one of the three was never linked.
        let labels = [Some(0), Some(0), Some(1), Some(1), Some(1)];
        let q = quality(&[0, 0, 2, 2, 4], &labels);
        assert_eq!((q.true_pairs, q.precision, q.recall), (4, 1.0, 0.5));
        let wrong = quality(&[0, 0, 0, 3, 4], &labels);
        assert!((wrong.precision - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn the_curve_falls_from_all_to_nobody_linked() {
        let joins = [Join { height: 9.0, a: 0, b: 1 }, Join { height: -3.0, a: 0, b: 2 }];
        let candidates = Candidates::default();
        let ranked = Ranked::new(&candidates, &[9.0, -3.0], (-8.0, 0.8), &Quiet).unwrap();
        let labels = [Some(0), Some(0), Some(1)];
        let points = curve(&joins, &ranked, (3, Some(&labels)), &[], &Quiet).unwrap();
        assert!(points.is_sorted_by(|a, b| a.people <= b.people && a.links >= b.links));
        let half = points.iter().find(|p| (p.threshold - 0.5).abs() < 1e-12).unwrap();
        assert_eq!((points[0].people, half.people), (1, 2));
        assert_eq!(half.precision, Some(1.0));
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
}
