//! How far two distributions lie apart: the population stability index and the two-sample
//! Kolmogorov-Smirnov statistic.
//!
//! - PSI = sum over bins of (a - e) ln(a / e), e the expected and a the actual share of a bin: the
//!   symmetric divergence of Jeffreys (1946), as used in credit scoring (Lewis 1994; Siddiqi 2006,
//!   whose rule of thumb reads below 0.1 as stable and from 0.25 as a shift).
//! - D = sup |F1 - F2| (Smirnov 1939). Its chance when both samples are of one distribution is
//!   Q(sqrt(n m / (n + m)) D) with Q(x) = 2 sum (-1)^(j-1) exp(-2 j^2 x^2) (Kolmogorov 1933), the
//!   argument corrected for small samples by Stephens (1970): x = (s + 0.12 + 0.11 / s) D.

/// Least share of a bin: an empty bin would make the index infinite.
const FLOOR: f64 = 1e-4;

/// Bins of numbers: the tenths of the earlier distribution.
const TENTHS: usize = 10;

/// The population stability index of two lists of shares, bin by bin; at least 0. Shares below
/// 0.0001 count as that.
pub fn psi(expected: &[f64], actual: &[f64]) -> f64 {
    expected
        .iter()
        .zip(actual)
        .map(|(e, a)| (e.max(FLOOR), a.max(FLOOR)))
        .map(|(e, a)| (a - e) * (a / e).ln())
        .sum()
}

/// The two-sample Kolmogorov-Smirnov statistic of two samples, 0 to 1; 0 when one is empty.
pub fn ks_statistic(left: &[f64], right: &[f64]) -> f64 {
    if left.is_empty() || right.is_empty() {
        return 0.0;
    }
    let (mut a, mut b) = (left.to_vec(), right.to_vec());
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let (mut i, mut j, mut most) = (0, 0, 0.0f64);
    while i < a.len() && j < b.len() {
        let x = a[i].min(b[j]);
        while i < a.len() && a[i] <= x {
            i += 1;
        }
        while j < b.len() && b[j] <= x {
            j += 1;
        }
        most = most.max((i as f64 / a.len() as f64 - j as f64 / b.len() as f64).abs());
    }
    most
}

/// The chance of a statistic of at least `d` between samples of `n` and `m` values of one
/// distribution, 0 to 1.
pub fn ks_chance(d: f64, n: f64, m: f64) -> f64 {
    let root = (n * m / (n + m)).sqrt();
    kolmogorov((root + 0.12 + 0.11 / root) * d)
}

/// Kolmogorov's Q: the chance that the limiting statistic exceeds `x`.
fn kolmogorov(x: f64) -> f64 {
    if x < 0.2 {
        // The series alternates too slowly here, and the chance is 1 to twelve digits.
        return 1.0;
    }
    let mut sum = 0.0;
    for j in 1..=100 {
        let j = f64::from(j);
        let term = (-2.0 * j * j * x * x).exp();
        sum += if j as u32 % 2 == 1 { term } else { -term };
        if term < 1e-16 {
            break;
        }
    }
    (2.0 * sum).clamp(0.0, 1.0)
}

/// Share of values at most `x`, read off equally spaced quantiles (least to greatest): exact to
/// one interval.
fn share_up_to(quantiles: &[f64], x: f64) -> f64 {
    let intervals = quantiles.len().saturating_sub(1);
    if intervals == 0 {
        return f64::from(quantiles.first().is_some_and(|q| *q <= x));
    }
    let passed = quantiles.partition_point(|q| *q <= x);
    if passed == 0 {
        return 0.0;
    }
    if passed > intervals {
        return 1.0;
    }
    let (low, high) = (quantiles[passed - 1], quantiles[passed]);
    let part = if high > low { (x - low) / (high - low) } else { 0.0 };
    ((passed - 1) as f64 + part) / intervals as f64
}

/// PSI and KS of two distributions of numbers given by their quantiles; `None` when one is empty.
///
/// The bins are the tenths of the left one; ties make fewer bins of unequal share. Both figures
/// are exact to one interval of the quantiles.
pub fn numbers_apart(left: &[f64], right: &[f64]) -> Option<(f64, f64)> {
    if left.len() < 2 || right.len() < 2 {
        return None;
    }
    let mut edges: Vec<f64> =
        (1..TENTHS).map(|tenth| left[tenth * (left.len() - 1) / TENTHS]).collect();
    edges.dedup();
    let shares = |quantiles: &[f64]| -> Vec<f64> {
        let mut before = 0.0;
        let mut shares = Vec::new();
        for up_to in edges.iter().map(|edge| share_up_to(quantiles, *edge)).chain([1.0]) {
            shares.push((up_to - before).max(0.0));
            before = up_to;
        }
        shares
    };
    let ks = left
        .iter()
        .chain(right)
        .map(|x| (share_up_to(left, *x) - share_up_to(right, *x)).abs())
        .fold(0.0, f64::max);
    Some((psi(&shares(left), &shares(right)), ks))
}

/// PSI of two lists of categories with counts; those that only one has count as empty in the
/// other. `None` when one is empty.
pub fn categories_apart(left: &[(String, u64)], right: &[(String, u64)]) -> Option<f64> {
    let total = |all: &[(String, u64)]| all.iter().map(|(_, n)| n).sum::<u64>() as f64;
    let (sum_left, sum_right) = (total(left), total(right));
    if sum_left == 0.0 || sum_right == 0.0 {
        return None;
    }
    let mut names: Vec<&String> = left.iter().chain(right).map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    let shares = |all: &[(String, u64)], sum: f64| -> Vec<f64> {
        let of = |name: &String| all.iter().find(|(n, _)| n == name).map_or(0, |(_, n)| *n);
        names.iter().map(|name| of(name) as f64 / sum).collect()
    };
    Some(psi(&shares(left, sum_left), &shares(right, sum_right)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quantiles(sample: &[f64]) -> Vec<f64> {
        let mut sorted = sample.to_vec();
        sorted.sort_by(f64::total_cmp);
        (0..=128).map(|k| sorted[(k * (sorted.len() - 1)) / 128]).collect()
    }

    #[test]
    fn the_index_is_jeffreys_divergence() {
        // (-.15) ln .4 + (-.05) ln .8 + .05 ln 1.2 + .15 ln 1.6, by hand.
        let apart = psi(&[0.25; 4], &[0.1, 0.2, 0.3, 0.4]);
        assert!((apart - 0.228_217).abs() < 1e-6, "{apart}");
        assert_eq!(psi(&[0.5, 0.5], &[0.5, 0.5]), 0.0);
    }

    #[test]
    fn the_chance_agrees_with_the_published_table() {
        // Critical values of the limiting distribution (Smirnov 1948): 10 %, 5 %, 1 %, 0.1 %.
        for (x, chance) in [(1.2238, 0.10), (1.3581, 0.05), (1.6276, 0.01), (1.9495, 0.001)] {
            assert!((kolmogorov(x) - chance).abs() < 5e-5, "{x}: {}", kolmogorov(x));
        }
        assert_eq!(kolmogorov(0.0), 1.0);
    }

    #[test]
    fn the_statistic_is_the_greatest_gap() {
        // Three of four lie below 2 on the left, none on the right.
        assert_eq!(ks_statistic(&[1.0, 1.5, 1.9, 4.0], &[2.0, 3.0]), 0.75);
        assert_eq!(ks_statistic(&[1.0, 2.0], &[1.0, 2.0]), 0.0);
        assert_eq!(ks_statistic(&[0.0], &[1.0]), 1.0);
    }

    #[test]
    fn categories_that_came_or_went_count() {
        let of = |all: &[(&str, u64)]| -> Vec<(String, u64)> {
            all.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect()
        };
        let same = categories_apart(&of(&[("a", 1), ("b", 1)]), &of(&[("b", 7), ("a", 7)]));
        assert_eq!(same, Some(0.0));
        assert!(categories_apart(&of(&[("a", 9), ("b", 1)]), &of(&[("c", 5)])).unwrap() > 1.0);
        assert_eq!(categories_apart(&[], &of(&[("c", 5)])), None);
    }

    proptest! {
        #[test]
        fn quantiles_give_the_statistic_to_an_interval(
            left in prop::collection::vec(-50.0f64..50.0, 200..600),
            right in prop::collection::vec(-30.0f64..70.0, 200..600),
        ) {
            let exact = ks_statistic(&left, &right);
            let (apart, ks) = numbers_apart(&quantiles(&left), &quantiles(&right)).unwrap();
            prop_assert!((ks - exact).abs() < 0.03, "{ks} {exact}");
            prop_assert!(apart >= 0.0);
        }
    }
}
