//! Precision and recall as reviewers' answers tell them.
//!
//! The candidate pairs are cut into strata by match weight. In each, the share of true pairs is a
//! beta posterior: the model's mean probability there counts as [`OWN_WORD`] answers, every answer
//! as one. Precision and recall at a threshold are sums over strata (stratified sampling; Cochran
//! 1977), their intervals come from the posterior variances. Where nobody was asked, the model's
//! own word counts: the interval says how little that is.

use crate::model::{probability, weight_of};
use kith_model::identity::WeightBin;
use kith_model::review_desk::{Estimate, LabelledPoint};

/// Edges of the strata, in bits.
const EDGES: [f64; 14] =
    [-8.0, -6.0, -4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0];

/// Answers that the model's own word is worth in a stratum.
const OWN_WORD: f64 = 4.0;

/// Standard deviations of a 95 % interval.
const WIDTH: f64 = 1.96;

/// A weight and what was said of the pair: true for one person.
pub(crate) type Label = (f64, bool);

/// Pairs of one histogram bin, with the share of true ones.
struct Part {
    from: f64,
    pairs: f64,
    stratum: usize,
}

struct Stratum {
    mean: f64,
    variance: f64,
}

fn stratum_of(weight: f64) -> usize {
    EDGES.partition_point(|edge| *edge <= weight)
}

fn strata(bins: &[WeightBin], labels: &[Label]) -> Vec<Stratum> {
    (0..=EDGES.len())
        .map(|at| {
            let inside = bins.iter().filter(|b| stratum_of(f64::midpoint(b.from, b.to)) == at);
            let (mut pairs, mut expected) = (0.0, 0.0);
            for bin in inside {
                pairs += bin.pairs as f64;
                expected += bin.pairs as f64 * probability(f64::midpoint(bin.from, bin.to));
            }
            let own = if pairs > 0.0 { expected / pairs } else { 0.5 };
            let said = labels.iter().filter(|(weight, _)| stratum_of(*weight) == at);
            let (mut same, mut all) = (OWN_WORD * own, OWN_WORD);
            for (_, one) in said {
                same += f64::from(u8::from(*one));
                all += 1.0;
            }
            let mean = same / all;
            Stratum { mean, variance: mean * (1.0 - mean) / (all + 1.0) }
        })
        .collect()
}

/// Quality at each of `thresholds`; empty without labels.
pub(crate) fn labelled(
    bins: &[WeightBin],
    labels: &[Label],
    thresholds: impl Iterator<Item = f64>,
) -> Vec<LabelledPoint> {
    if labels.is_empty() {
        return Vec::new();
    }
    let strata = strata(bins, labels);
    let parts: Vec<Part> = bins
        .iter()
        .map(|b| Part {
            from: b.from,
            pairs: b.pairs as f64,
            stratum: stratum_of(f64::midpoint(b.from, b.to)),
        })
        .collect();
    thresholds.map(|threshold| point(threshold, &parts, &strata)).collect()
}

/// The threshold with the best F1 by the answers, among `own` and those of `thresholds` that lie no
/// further from it than people have been heard: every stratum on the way holds more answers than
/// the model's own word is worth. Of equals the one nearest to `own`.
pub(crate) fn calibrated(
    bins: &[WeightBin],
    labels: &[Label],
    own: f64,
    thresholds: impl Iterator<Item = f64>,
) -> f64 {
    let mut answers = [0.0; EDGES.len() + 1];
    labels.iter().for_each(|(weight, _)| answers[stratum_of(*weight)] += 1.0);
    let at = |threshold: f64| stratum_of(weight_of(threshold));
    let heard = |t: &f64| {
        let (from, to) = (at(own).min(at(*t)), at(own).max(at(*t)));
        answers[from..=to].iter().all(|n| *n > OWN_WORD)
    };
    let mut near: Vec<f64> = thresholds.filter(heard).collect();
    near.sort_by(|a, b| (a - own).abs().total_cmp(&(b - own).abs()).then(a.total_cmp(b)));
    let points = labelled(bins, labels, std::iter::once(own).chain(near));
    let better = |best: LabelledPoint, p: LabelledPoint| {
        if p.f1.value > best.f1.value { p } else { best }
    };
    points.into_iter().reduce(better).map_or(own, |best| best.threshold)
}

fn point(threshold: f64, parts: &[Part], strata: &[Stratum]) -> LabelledPoint {
    let least = weight_of(threshold);
    // Pairs of each stratum above and below the threshold.
    let mut above = vec![0.0; strata.len()];
    let mut below = vec![0.0; strata.len()];
    for part in parts {
        let side = if part.from >= least { &mut above } else { &mut below };
        side[part.stratum] += part.pairs;
    }
    let sum = |n: &[f64]| n.iter().zip(strata).map(|(n, s)| n * s.mean).sum::<f64>();
    let spread = |n: &[f64]| n.iter().zip(strata).map(|(n, s)| n * n * s.variance).sum::<f64>();
    let linked: f64 = above.iter().sum();
    let (hits, misses) = (sum(&above), sum(&below));
    let (hit_variance, miss_variance) = (spread(&above), spread(&below));
    let precision = if linked > 0.0 { hits / linked } else { 1.0 };
    let precision_sd = if linked > 0.0 { hit_variance.sqrt() / linked } else { 0.0 };
    let all = hits + misses;
    let recall = if all > 0.0 { hits / all } else { 1.0 };
    // Delta method on hits / (hits + misses).
    let recall_sd = if all > 0.0 {
        (misses * misses * hit_variance + hits * hits * miss_variance).sqrt() / (all * all)
    } else {
        0.0
    };
    let f1 = |p: f64, r: f64| if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
    let estimate = |value: f64, sd: f64| Estimate {
        value,
        low: (value - WIDTH * sd).max(0.0),
        high: (value + WIDTH * sd).min(1.0),
    };
    let (p, r) = (estimate(precision, precision_sd), estimate(recall, recall_sd));
    // Hits help both: the ends of both together are the ends of F1, a little too wide.
    let f =
        Estimate { value: f1(p.value, r.value), low: f1(p.low, r.low), high: f1(p.high, r.high) };
    LabelledPoint { threshold, precision: p, recall: r, f1: f }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins() -> Vec<WeightBin> {
        vec![
            WeightBin { from: -10.0, to: -9.0, pairs: 1_000 },
            WeightBin { from: 1.0, to: 2.0, pairs: 100 },
            WeightBin { from: 12.0, to: 13.0, pairs: 200 },
        ]
    }

    #[test]
    fn answers_move_their_stratum_as_worked_out_by_hand() {
        // The model says 2^1.5 / (1 + 2^1.5) = 0.7388 of the middle bin; six answers say 1 in 6.
        let said: Vec<Label> = (0..6).map(|i| (1.4, i == 0)).collect();
        let points = labelled(&bins(), &said, [0.5].into_iter());
        let mean = (4.0 * probability(1.5) + 1.0) / 10.0;
        let top = 4.0 * probability(12.5) / 4.0;
        let precision = (100.0 * mean + 200.0 * top) / 300.0;
        assert!((points[0].precision.value - precision).abs() < 1e-12);
        let low = 1_000.0 * probability(-9.5);
        let hits = 100.0 * mean + 200.0 * top;
        assert!((points[0].recall.value - hits / (hits + low)).abs() < 1e-12);
        assert!(points[0].precision.low < precision && precision < points[0].precision.high);
    }

    #[test]
    fn more_answers_narrow_the_interval_and_none_give_no_curve() {
        let width = |n: usize| {
            let said: Vec<Label> = (0..n).map(|i| (1.4, i % 2 == 0)).collect();
            let point = labelled(&bins(), &said, [0.5].into_iter())[0];
            point.precision.high - point.precision.low
        };
        assert!(width(100) < width(10) && width(10) < width(2));
        assert!(labelled(&bins(), &[], [0.5].into_iter()).is_empty());
    }

    #[test]
    fn the_threshold_moves_only_where_people_were_heard() {
        // Doubtful pairs lie at 1.5 to 2 bits; a threshold of 0.7 is 1.2 bits, 0.91 is 3.3.
        let bins = [
            WeightBin { from: -10.0, to: -9.0, pairs: 1_000 },
            WeightBin { from: 1.5, to: 2.0, pairs: 100 },
            WeightBin { from: 12.0, to: 13.0, pairs: 200 },
        ];
        let from = |own: f64, said: &[Label]| calibrated(&bins, said, own, [0.7, 0.91].into_iter());
        let said = |n: usize, same: bool| -> Vec<Label> {
            let heard = [2.5, 3.2].into_iter().flat_map(|w| [(w, true); 5]);
            heard.chain((0..n).map(|_| (1.6, same))).collect()
        };
        assert_eq!(from(0.91, &[]), 0.91);
        assert_eq!(from(0.91, &said(4, true)), 0.91, "too few");
        assert_eq!(from(0.91, &said(40, true)), 0.7, "what lies below are matches");
        assert_eq!(from(0.91, &said(40, false)), 0.91, "what lies below are none");
        assert_eq!(from(0.7, &said(40, false)), 0.91, "what lies above are none");
    }

    #[test]
    fn a_higher_threshold_is_more_precise_and_finds_less() {
        let points = labelled(&bins(), &[(1.4, true)], [0.5, 0.99].into_iter());
        assert!(points[1].precision.value > points[0].precision.value);
        assert!(points[1].recall.value < points[0].recall.value);
    }
}
