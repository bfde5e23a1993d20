//! What a threshold does: links, people, expected and true precision and recall.

use crate::cluster::Join;
use crate::forest::Forest;
use crate::intern::Numbers;
use crate::model::weight_of;
use crate::ranked::{Ranked, THRESHOLDS};
use crate::{IdentityError, ask};
use kith_model::identity::{PairQuality, ThresholdPoint};
use kith_model::{Monitor, Texts};

/// Between 1 % and 99 % the curve has a point for every hundredth, so that a threshold can be
/// dragged over it.
const HUNDREDTHS: std::ops::Range<u32> = 1..100;

/// Joins replayed between two looks at the monitor.
const STRIDE: usize = 1 << 12;

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
    use crate::pairs::Candidates;
    use kith_model::Quiet;

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
}
