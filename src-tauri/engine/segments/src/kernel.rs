//! The two inner loops: nearest centre, and distances to a point.
//!
//! Both run at the widest vectors the processor has, chosen at run time. Every lane does the
//! same separate multiplications and additions in the same order, so the result has the same
//! bits on every processor.

use crate::tiles::TILE;
use pulp::{Arch, Simd, WithSimd};

/// Vectors worked on at once: hides the latency of an addition.
const GROUP: usize = 4;

/// Centres as the kernel wants them.
pub(crate) struct Centres {
    /// k x d, negated.
    negated: Vec<f32>,
    /// Half the squared length of each.
    half: Vec<f32>,
    d: usize,
}

impl Centres {
    /// `centres` is k x d, row by row.
    pub(crate) fn new(centres: &[f64], d: usize) -> Self {
        let half = centres
            .chunks_exact(d)
            .map(|c| (c.iter().map(|x| x * x).sum::<f64>() / 2.0) as f32)
            .collect();
        Self { negated: centres.iter().map(|&x| -x as f32).collect(), half, d }
    }
}

struct Nearest<'a> {
    tiles: &'a [f32],
    centres: &'a Centres,
    labels: &'a mut [u32],
}

impl WithSimd for Nearest<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let d = self.centres.d;
        let wide = TILE / S::F32_LANES;
        for (tile, labels) in
            self.tiles.chunks_exact(d * TILE).zip(self.labels.chunks_exact_mut(TILE))
        {
            let (x, _) = S::as_simd_f32s(tile);
            let (labels, _) = S::as_mut_simd_u32s(labels);
            for (group, out) in labels.chunks_exact_mut(GROUP).enumerate() {
                let mut best = [simd.splat_f32s(f32::INFINITY); GROUP];
                let mut label = [simd.splat_u32s(0); GROUP];
                let rows = self.centres.negated.chunks_exact(d).zip(&self.centres.half);
                for (j, (centre, &half)) in rows.enumerate() {
                    // |x - c|^2 / 2 less the part all centres share: c^2 / 2 - x c.
                    let mut score = [simd.splat_f32s(half); GROUP];
                    for (coordinate, &c) in centre.iter().enumerate() {
                        let c = simd.splat_f32s(c);
                        let at = coordinate * wide + group * GROUP;
                        for (s, &x) in score.iter_mut().zip(&x[at..at + GROUP]) {
                            *s = simd.add_f32s(*s, simd.mul_f32s(x, c));
                        }
                    }
                    let j = simd.splat_u32s(j as u32);
                    for i in 0..GROUP {
                        let nearer = simd.less_than_f32s(score[i], best[i]);
                        best[i] = simd.select_f32s(nearer, score[i], best[i]);
                        label[i] = simd.select_u32s(nearer, j, label[i]);
                    }
                }
                out.copy_from_slice(&label);
            }
        }
    }
}

/// The nearest centre of each point in whole tiles; of equally near ones the first.
pub(crate) fn nearest(tiles: &[f32], centres: &Centres, labels: &mut [u32]) {
    Arch::new().dispatch(Nearest { tiles, centres, labels });
}

struct Squared<'a> {
    tiles: &'a [f32],
    point: &'a [f32],
    out: &'a mut [f32],
    root: bool,
}

impl WithSimd for Squared<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let d = self.point.len();
        let wide = TILE / S::F32_LANES;
        for (tile, out) in self.tiles.chunks_exact(d * TILE).zip(self.out.chunks_exact_mut(TILE)) {
            let (x, _) = S::as_simd_f32s(tile);
            let (out, _) = S::as_mut_simd_f32s(out);
            for (group, out) in out.chunks_exact_mut(GROUP).enumerate() {
                let mut sum = [simd.splat_f32s(0.0); GROUP];
                for (coordinate, &p) in self.point.iter().enumerate() {
                    let p = simd.splat_f32s(p);
                    let at = coordinate * wide + group * GROUP;
                    for (s, &x) in sum.iter_mut().zip(&x[at..at + GROUP]) {
                        let apart = simd.sub_f32s(x, p);
                        *s = simd.add_f32s(*s, simd.mul_f32s(apart, apart));
                    }
                }
                if self.root {
                    for s in &mut sum {
                        *s = simd.sqrt_f32s(*s);
                    }
                }
                out.copy_from_slice(&sum);
            }
        }
    }
}

/// Squared distances from `point` to each point in whole tiles, padding included.
pub(crate) fn squared_distances(tiles: &[f32], point: &[f32], out: &mut [f32]) {
    Arch::new().dispatch(Squared { tiles, point, out, root: false });
}

/// Distances from `point` to each point in whole tiles, padding included.
pub(crate) fn distances(tiles: &[f32], point: &[f32], out: &mut [f32]) {
    Arch::new().dispatch(Squared { tiles, point, out, root: true });
}

/// Sum in f64 over eight fixed lanes: the same bits on every processor, and fast.
pub(crate) fn sum(values: &[f32]) -> f64 {
    let mut lanes = [0.0_f64; 8];
    let chunks = values.chunks_exact(8);
    let rest: f64 = chunks.remainder().iter().map(|&v| f64::from(v)).sum();
    for chunk in chunks {
        for (lane, &v) in lanes.iter_mut().zip(chunk) {
            *lane += f64::from(v);
        }
    }
    lanes.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::Tiles;
    use ndarray::Array2;
    use proptest::prelude::*;

    fn points(n: usize, d: usize) -> impl Strategy<Value = Array2<f64>> {
        prop::collection::vec(-5.0..5.0_f64, n * d)
            .prop_map(move |v| Array2::from_shape_vec((n, d), v).unwrap())
    }

    /// The same with ordinary numbers on the scalar path.
    struct Plain<'a>(&'a [f32], &'a Centres, Vec<u32>);
    impl Plain<'_> {
        fn run(mut self) -> Vec<u32> {
            Nearest { tiles: self.0, centres: self.1, labels: &mut self.2 }.with_simd(pulp::Scalar);
            self.2
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn the_nearest_is_the_nearest(
            (x, c) in (1..6_usize, 1..90_usize, 1..9_usize)
                .prop_flat_map(|(d, n, k)| (points(n, d), points(k, d)))
        ) {
            let tiles = Tiles::new(&x.view());
            let centres = Centres::new(c.as_slice().unwrap(), c.ncols());
            let mut labels = vec![0; tiles.padded()];
            nearest(&tiles.data, &centres, &mut labels);
            let apart = |i: usize, j: usize| -> f64 {
                x.row(i).iter().zip(c.row(j)).map(|(a, b)| (a - b).powi(2)).sum()
            };
            for (i, &label) in labels.iter().enumerate().take(x.nrows()) {
                let least = (0..c.nrows()).map(|j| apart(i, j)).fold(f64::INFINITY, f64::min);
                prop_assert!(apart(i, label as usize) <= least + 1e-4);
            }
            prop_assert_eq!(&labels, &Plain(&tiles.data, &centres, vec![0; tiles.padded()]).run());
        }

        #[test]
        fn distances_agree_with_plain_arithmetic(x in points(70, 3)) {
            let tiles = Tiles::new(&x.view());
            let mut out = vec![0.0; tiles.padded()];
            distances(&tiles.data, &tiles.point(5), &mut out);
            for (i, &got) in out.iter().enumerate().take(70) {
                let want: f64 = x.row(i).iter().zip(x.row(5)).map(|(a, b)| (a - b).powi(2)).sum();
                prop_assert!((f64::from(got) - want.sqrt()).abs() < 1e-4);
            }
            let total: f64 = out.iter().map(|&v| f64::from(v)).sum();
            prop_assert!((sum(&out) - total).abs() < 1e-9 * total);
        }
    }
}
