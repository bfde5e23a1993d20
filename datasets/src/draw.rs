//! Random draws that depend on (seed, stream, index) and on nothing else.
//!
//! Every person, household, record and product has streams of its own, so each can be derived
//! alone, in any order, without holding the others. The generator is SplitMix64 (Steele, Lea and
//! Flood, 2014), whose output is fixed for good, unlike that of a library's default generator.

use crate::math;

/// What a stream of draws is for. The number is part of the data format: never reuse one.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    Household = 1,
    Person = 2,
    Behaviour = 3,
    Basket = 4,
    Record = 5,
    Shop = 6,
    Audience = 7,
    Payment = 8,
    Device = 9,
    Product = 10,
    Experiment = 11,
    Interest = 12,
    Polluted = 13,
}

/// A stream of draws.
pub(crate) struct Draw(u64);

fn scramble(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Draw {
    /// The stream of `index` within `stream`.
    pub(crate) fn new(seed: u64, stream: Stream, index: u64) -> Self {
        let stream = scramble(seed ^ scramble(stream as u64));
        Draw(scramble(stream ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scramble(self.0)
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in [0, n); 0 when n is 0.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// Uniform in [low, high].
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as u64) as i64
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of a non-empty list.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }

    /// One of a non-empty list, early entries more often (weight 1 / (rank + 4)).
    pub(crate) fn pick_early<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        // Inverse of the continuous distribution with density 1 / (x + 4) on [0, n).
        let n = list.len() as f64;
        let x = 4.0 * (math::exp(self.unit() * math::ln((n + 4.0) / 4.0)) - 1.0);
        &list[(x as usize).min(list.len() - 1)]
    }

    /// Index into cumulative weights.
    pub(crate) fn cumulative(&mut self, cumulative: &[f64]) -> usize {
        let total = cumulative.last().copied().unwrap_or(0.0);
        let at = self.unit() * total;
        cumulative.partition_point(|&c| c <= at).min(cumulative.len().saturating_sub(1))
    }

    /// Index into weights.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut at = self.unit() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            at -= weight;
            if at < 0.0 {
                return index;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// Standard normal, as the sum of twelve uniforms (tails end at 6).
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// Exponential with this mean.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * math::ln(1.0 - self.unit())
    }
}

/// A fixed reordering of 0..n: position -> index, another one for every `round`.
///
/// Files list people in this order, so that neighbouring rows say nothing about each other.
pub(crate) fn reorder(n: u64, round: u64, position: u64) -> u64 {
    if n < 3 {
        return position % n.max(1);
    }
    let golden = [
        0.618_033_988_7,
        0.381_966_011_3,
        0.724_492_0,
        0.569_840_3,
        0.802_130_1,
        0.682_327_8,
        0.754_877_7,
    ];
    let mut step = (n as f64 * golden[(round % 7) as usize]) as u64 + 1;
    while greatest_common_divisor(step, n) != 1 {
        step += 1;
    }
    ((u128::from(step) * u128::from(position) + u128::from(round * 17)) % u128::from(n)) as u64
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reordering_visits_everyone_once() {
        for n in [1, 2, 3, 10, 97, 1000] {
            for round in 0..8 {
                let mut seen: Vec<u64> = (0..n).map(|p| reorder(n, round, p)).collect();
                seen.sort_unstable();
                assert_eq!(seen, (0..n).collect::<Vec<_>>(), "n {n}, round {round}");
            }
        }
    }

    #[test]
    fn draws_have_the_moments_they_claim() {
        let mut draw = Draw::new(7, Stream::Person, 3);
        let n = 20_000;
        let mean = (0..n).map(|_| draw.normal()).sum::<f64>() / f64::from(n);
        let spread = (0..n).map(|_| draw.normal().powi(2)).sum::<f64>() / f64::from(n);
        let wait = (0..n).map(|_| draw.exponential(5.0)).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.03 && (spread - 1.0).abs() < 0.05 && (wait - 5.0).abs() < 0.2);
    }

    #[test]
    fn streams_differ_by_seed_stream_and_index() {
        let first = Draw::new(1, Stream::Person, 1).next();
        assert_ne!(first, Draw::new(2, Stream::Person, 1).next());
        assert_ne!(first, Draw::new(1, Stream::Record, 1).next());
        assert_ne!(first, Draw::new(1, Stream::Person, 2).next());
    }
}
