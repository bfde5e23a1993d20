//! How match weights are spread: the histogram, and the valley between its two humps.

use kith_model::identity::WeightBin;

/// Bins of the histogram, at most.
const BINS: f64 = 60.0;

/// Pairs by whole bits of weight, from [`LOWEST`] up; what lies beyond either end is left out.
pub(crate) type Density = [f64; SPAN];

/// Lowest weight the density looks at, in bits.
const LOWEST: i64 = -40;

/// Bits the density spans.
const SPAN: usize = 80;

/// Weights a proposal may have: probabilities of about 1 % to 99.9 %.
const PROPOSED: std::ops::RangeInclusive<i64> = -6..=10;

/// Spread of the smoothing kernel in bits.
const SMOOTH: f64 = 1.5;

/// How much denser than its lowest place a valley may be.
const FLOOR: f64 = 1.5;

/// How far a hump must rise above the valley.
const RISE: f64 = 1.25;

/// Fewest pairs a hump must have.
const HUMP: f64 = 30.0;

/// Counts by weight, smoothed by a Gaussian kernel.
pub(crate) fn density(weights: &[f64]) -> Density {
    let mut counts = [0.0; SPAN];
    for w in weights {
        let at = w.round() as i64 - LOWEST;
        if let Some(count) = usize::try_from(at).ok().and_then(|at| counts.get_mut(at)) {
            *count += 1.0;
        }
    }
    let kernel = |d: usize| (-0.5 * (d as f64 / SMOOTH).powi(2)).exp();
    let total: f64 = kernel(0) + 2.0 * (1..8).map(kernel).sum::<f64>();
    let mut smooth = [0.0; SPAN];
    for (at, slot) in smooth.iter_mut().enumerate() {
        let near = at.saturating_sub(7)..SPAN.min(at + 8);
        *slot = near.map(|i| counts[i] * kernel(i.abs_diff(at)) / total).sum();
    }
    smooth
}

/// Where the valley ends towards the hump against: what is denser by so much is, but for one part,
/// the hump's.
const FOOT: f64 = 2.0;

/// The weight in bits at the foot of the hump against, where every other pair is of the hump, the
/// valley being as dense there as at its lowest place; `None` when there are not two humps.
pub(crate) fn foot(density: &Density) -> Option<f64> {
    let valley = between(density, FOOT)?;
    // A bit of the density reaches half a bit to either side.
    Some(*valley.first()? as f64 - 0.5)
}

/// The weights between the two humps where pairs are about as few as anywhere there; `None` when
/// there are not two humps.
pub(crate) fn valley(density: &Density) -> Option<Vec<i64>> {
    between(density, FLOOR)
}

/// The weights between the two humps that are `floor` times as dense as the lowest, at most.
fn between(density: &Density, floor: f64) -> Option<Vec<i64>> {
    let of = |w: i64| density[(w - LOWEST) as usize];
    let lowest = PROPOSED.map(of).fold(f64::INFINITY, f64::min);
    let deep = |top: f64, pairs: f64| pairs >= HUMP && top > RISE * lowest;
    let hump = |range: std::ops::Range<i64>| {
        let tops = range.clone().map(of).fold(0.0, f64::max);
        deep(tops, range.map(of).sum())
    };
    let middle = PROPOSED.min_by(|a, b| of(*a).total_cmp(&of(*b)))?;
    if !hump(LOWEST..middle) || !hump(middle..LOWEST + SPAN as i64) {
        return None;
    }
    // One pair a bit is noise, not a slope.
    let most = floor * lowest + 0.5;
    let mut from = middle;
    while from > *PROPOSED.start() && of(from - 1) <= most {
        from -= 1;
    }
    let mut to = middle;
    while to < *PROPOSED.end() && of(to + 1) <= most {
        to += 1;
    }
    Some((from..=to).collect())
}

/// The histogram of every weight: bins of equal width, a multiple of half a bit.
pub(crate) fn bins(weights: &[f64]) -> Vec<WeightBin> {
    let ends = weights.iter().fold(None, |ends: Option<(f64, f64)>, &w| {
        Some(ends.map_or((w, w), |(low, high)| (low.min(w), high.max(w))))
    });
    let Some((bottom, top)) = ends else { return Vec::new() };
    let width = (((top - bottom) / BINS * 2.0).ceil() / 2.0).max(0.5);
    let first = (bottom / width).floor();
    let bins = ((top / width).floor() - first) as usize + 1;
    let mut counts = vec![0; bins];
    for w in weights {
        counts[((w / width).floor() - first) as usize] += 1;
    }
    let edge = |i: usize| (first + i as f64) * width;
    let bin = |(i, &pairs): (usize, &u64)| WeightBin { from: edge(i), to: edge(i + 1), pairs };
    counts.iter().enumerate().map(bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `pairs` weights around `middle`, spread over `width` bits either side.
    fn hump(middle: f64, width: i64, pairs: i64) -> Vec<f64> {
        let step = |i: i64| middle + (i % (2 * width + 1) - width) as f64;
        (0..pairs).map(step).collect()
    }

    #[test]
    fn the_valley_lies_between_two_humps() {
        let weights = [hump(-18.0, 6, 900), hump(12.0, 6, 500)].concat();
        let found = valley(&density(&weights)).unwrap();
        assert!(found.contains(&-4) && !found.contains(&8), "{found:?}");
        // However the model is off, the valley moves along.
        let shifted: Vec<f64> = weights.iter().map(|w| w + 4.0).collect();
        assert!(valley(&density(&shifted)).unwrap().contains(&0));
    }

    #[test]
    fn the_foot_is_where_half_of_the_pairs_are_the_humps() {
        // A hundred pairs a bit against, up to -4, over ten of one person's.
        let flat: Vec<f64> = (0..300).map(|i| f64::from(i % 30) - 10.0).collect();
        let weights = [hump(-10.0, 6, 1_300), flat, hump(14.0, 4, 300)].concat();
        let density = density(&weights);
        let (foot, valley) = (foot(&density).unwrap(), valley(&density).unwrap());
        assert!((-3.0..=-1.0).contains(&foot), "{foot}");
        assert!(foot < valley[0] as f64, "{valley:?}");
    }

    #[test]
    fn one_hump_has_no_valley() {
        assert_eq!(valley(&density(&hump(-15.0, 9, 900))), None);
        assert_eq!(valley(&density(&hump(20.0, 9, 900))), None);
        assert_eq!(valley(&density(&[])), None);
    }
}
