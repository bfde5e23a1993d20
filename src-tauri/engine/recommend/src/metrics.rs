//! Ranking metrics of one person, and the bootstrap over people.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

/// One person's figures.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Figures {
    /// Binary gain, discount `log2(rank + 1)`, over the best possible (Jarvelin and Kekalainen
    /// 2002).
    pub(crate) ndcg: f64,
    /// Hits over the smaller of k and the person's targets.
    pub(crate) recall: f64,
    /// Mean of the precision at each hit, over the same denominator.
    pub(crate) average_precision: f64,
    /// 1 when anything hit.
    pub(crate) hit: f64,
}

impl Figures {
    /// A ranked list of length k against `targets` (sorted).
    pub(crate) fn of(list: impl Iterator<Item = u32>, targets: &[u32], k: usize) -> Self {
        let possible = targets.len().min(k);
        if possible == 0 {
            return Self::default();
        }
        let discount = |rank: usize| 1.0 / ((rank + 2) as f64).log2();
        let (mut gain, mut hits, mut precision) = (0.0, 0.0, 0.0);
        for (rank, item) in list.take(k).enumerate() {
            if targets.binary_search(&item).is_ok() {
                hits += 1.0;
                gain += discount(rank);
                precision += hits / (rank + 1) as f64;
            }
        }
        let ideal: f64 = (0..possible).map(discount).sum();
        Self {
            ndcg: gain / ideal,
            recall: hits / possible as f64,
            average_precision: precision / possible as f64,
            hit: f64::from(u8::from(hits > 0.0)),
        }
    }
}

/// Resamples drawn for an interval.
const RESAMPLES: u64 = 1000;

/// Seed of the resamples: fixed, so that the same lists give the same interval.
const SEED: u64 = 0x4b69_7468;

/// 95 % percentile interval of the mean by resampling people (Efron 1979), for several models
/// over the same resamples. `values[model][person]`.
pub(crate) fn bootstrap(values: &[Vec<f64>]) -> Vec<[f64; 2]> {
    let people = values.first().map_or(0, Vec::len);
    if people == 0 {
        return vec![[0.0; 2]; values.len()];
    }
    let means: Vec<Vec<f64>> = (0..RESAMPLES)
        .into_par_iter()
        .map(|resample| {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(SEED ^ (resample << 32));
            let mut sums = vec![0.0; values.len()];
            for _ in 0..people {
                let person = random.gen_range(0..people);
                for (sum, model) in sums.iter_mut().zip(values) {
                    *sum += model[person];
                }
            }
            sums.into_iter().map(|s| s / people as f64).collect()
        })
        .collect();
    (0..values.len())
        .map(|model| {
            let mut of_model: Vec<f64> = means.iter().map(|m| m[model]).collect();
            of_model.sort_unstable_by(f64::total_cmp);
            let at = |share: f64| of_model[((of_model.len() - 1) as f64 * share).round() as usize];
            [at(0.025), at(0.975)]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_by_hand() {
        // Hits at ranks 1 and 3 of three targets: DCG 1 + 1/2, ideal 1 + 1/log2(3) + 1/2.
        let f = Figures::of([5, 9, 7, 8].into_iter(), &[2, 5, 7], 4);
        assert!((f.ndcg - 1.5 / 2.130_929_75).abs() < 1e-8);
        assert!((f.recall - 2.0 / 3.0).abs() < 1e-12);
        assert!((f.average_precision - (1.0 + 2.0 / 3.0) / 3.0).abs() < 1e-12);
        assert!((f.hit - 1.0).abs() < 1e-12);
    }

    #[test]
    fn more_targets_than_places_can_still_be_perfect() {
        let f = Figures::of([1, 2].into_iter(), &[1, 2, 3, 4], 2);
        assert_eq!((f.ndcg, f.recall, f.average_precision), (1.0, 1.0, 1.0));
    }

    #[test]
    fn nothing_hit_is_zero() {
        assert_eq!(Figures::of([1, 2].into_iter(), &[3], 2), Figures::default());
    }

    #[test]
    fn the_interval_has_the_width_of_theory() {
        // 400 people, half 0, half 1: standard error .025, so about .5 +- .049.
        let values: Vec<f64> = (0..400).map(|i| f64::from(i % 2)).collect();
        let interval = bootstrap(&[values.clone(), values])[0];
        assert!((interval[0] - 0.451).abs() < 0.006, "{interval:?}");
        assert!((interval[1] - 0.549).abs() < 0.006, "{interval:?}");
    }
}
