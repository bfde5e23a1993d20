//! Greedy k-means++: starting centres far apart.
//!
//! Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding" (2007), in the
//! greedy form: of `2 + ln k` candidates drawn in proportion to their squared distance the one
//! that lowers the sum of squared distances most.

use crate::SegmentError;
use crate::kernel::{squared_distances, sum};
use crate::tiles::{CHUNK, TILE, Tiles};
use rand::Rng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

/// Squared distances of all points to `point`, padding included.
fn to_point(tiles: &Tiles, point: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; tiles.padded()];
    out.par_chunks_mut(CHUNK * TILE)
        .zip(tiles.data.par_chunks(CHUNK * tiles.tile_len()))
        .for_each(|(out, chunk)| squared_distances(chunk, point, out));
    out
}

/// Draws centres one after the other.
pub(crate) struct Seeds<'a> {
    tiles: &'a Tiles,
    /// Squared distance of each point to the nearest centre so far.
    nearest: Vec<f32>,
    centres: usize,
}

impl<'a> Seeds<'a> {
    /// No centre yet.
    pub(crate) fn new(tiles: &'a Tiles) -> Self {
        Self { tiles, nearest: vec![f32::INFINITY; tiles.n], centres: 0 }
    }

    /// Goes on from `centres` (k x d).
    pub(crate) fn from_centres(tiles: &'a Tiles, centres: &[f64]) -> Self {
        let mut seeds = Self::new(tiles);
        for centre in centres.chunks_exact(tiles.d) {
            let centre: Vec<f32> = centre.iter().map(|&x| x as f32).collect();
            seeds.take(&to_point(tiles, &centre));
        }
        seeds
    }

    fn take(&mut self, distances: &[f32]) {
        for (nearest, &d) in self.nearest.iter_mut().zip(distances) {
            *nearest = nearest.min(d);
        }
        self.centres += 1;
    }

    /// The next centre: the best of `tries` candidates. `k` is only for the error.
    pub(crate) fn next(
        &mut self,
        rng: &mut Xoshiro256Plus,
        tries: usize,
        k: usize,
    ) -> Result<Vec<f64>, SegmentError> {
        if self.centres == 0 {
            let point = self.tiles.point(rng.gen_range(0..self.tiles.n));
            self.take(&to_point(self.tiles, &point));
            return Ok(point.into_iter().map(f64::from).collect());
        }
        let mut running = 0.0;
        let cumulative: Vec<f64> = self
            .nearest
            .iter()
            .map(|&d| {
                running += f64::from(d);
                running
            })
            .collect();
        if running <= 0.0 {
            return Err(SegmentError::TooFewDistinct { distinct: self.centres, k });
        }
        let mut best: Option<(f64, usize, Vec<f32>)> = None;
        for _ in 0..tries {
            let aim = rng.gen_range(0.0..running);
            let row = cumulative.partition_point(|&c| c <= aim).min(self.tiles.n - 1);
            let mut apart = to_point(self.tiles, &self.tiles.point(row));
            apart.truncate(self.tiles.n);
            for (d, &nearest) in apart.iter_mut().zip(&self.nearest) {
                *d = d.min(nearest);
            }
            let potential = sum(&apart);
            if best.as_ref().is_none_or(|(least, ..)| potential < *least) {
                best = Some((potential, row, apart));
            }
        }
        let Some((_, row, apart)) = best else {
            return Err(SegmentError::TooFewDistinct { distinct: self.centres, k });
        };
        self.take(&apart);
        Ok(self.tiles.point(row).into_iter().map(f64::from).collect())
    }
}

/// Candidates a step for `k` centres.
pub(crate) fn tries(k: usize) -> usize {
    2 + (k.max(1) as f64).ln() as usize
}

/// `k` starting centres, k x d.
pub(crate) fn greedy(
    tiles: &Tiles,
    k: usize,
    rng: &mut Xoshiro256Plus,
) -> Result<Vec<f64>, SegmentError> {
    let mut seeds = Seeds::new(tiles);
    let mut centres = Vec::with_capacity(k * tiles.d);
    for _ in 0..k {
        centres.extend(seeds.next(rng, tries(k), k)?);
    }
    Ok(centres)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use rand::SeedableRng;

    #[test]
    fn far_groups_get_a_centre_each() {
        let x = array![[0.0, 0.0], [0.1, 0.0], [9.0, 9.0], [9.1, 9.0], [-9.0, 9.0], [-9.0, 9.1]];
        let tiles = Tiles::new(&x.view());
        for seed in 0..20 {
            let c = greedy(&tiles, 3, &mut Xoshiro256Plus::seed_from_u64(seed)).unwrap();
            let mut signs: Vec<_> = c.chunks(2).map(|c| c[0].round() as i32 / 5).collect();
            signs.sort_unstable();
            assert_eq!(signs, [-1, 0, 1]);
        }
    }

    #[test]
    fn too_few_different_points_are_said() {
        let x = array![[1.0], [1.0], [2.0], [2.0]];
        let tiles = Tiles::new(&x.view());
        let error = greedy(&tiles, 3, &mut Xoshiro256Plus::seed_from_u64(1)).unwrap_err();
        assert!(matches!(error, SegmentError::TooFewDistinct { distinct: 2, k: 3 }));
    }
}
