//! Points laid out for the processor: tiles of 64 people, feature by feature.

use ndarray::ArrayView2;

/// People in a tile.
pub(crate) const TILE: usize = 64;
/// Tiles in a chunk of parallel work. Fixed, so that sums do not depend on the thread count.
pub(crate) const CHUNK: usize = 128;

/// `n` points of `d` coordinates in f32; coordinate `j` of point `i` lies at
/// `(i / 64 * d + j) * 64 + i % 64`. The last tile is padded with zeros.
pub(crate) struct Tiles {
    pub n: usize,
    pub d: usize,
    pub data: Vec<f32>,
}

impl Tiles {
    /// The rows of `points`.
    pub(crate) fn new(points: &ArrayView2<'_, f64>) -> Self {
        let rows: Vec<usize> = (0..points.nrows()).collect();
        Self::of_rows(points, &rows)
    }

    /// The given rows of `points`.
    pub(crate) fn of_rows(points: &ArrayView2<'_, f64>, rows: &[usize]) -> Self {
        let (n, d) = (rows.len(), points.ncols());
        let mut data = vec![0.0; n.div_ceil(TILE) * TILE * d];
        for (i, &row) in rows.iter().enumerate() {
            let base = i / TILE * d * TILE + i % TILE;
            for (j, &x) in points.row(row).iter().enumerate() {
                data[base + j * TILE] = x as f32;
            }
        }
        Self { n, d, data }
    }

    /// Coordinate `j` of point `i`.
    #[inline]
    pub(crate) fn at(&self, i: usize, j: usize) -> f32 {
        self.data[(i / TILE * self.d + j) * TILE + i % TILE]
    }

    /// All coordinates of point `i`.
    pub(crate) fn point(&self, i: usize) -> Vec<f32> {
        (0..self.d).map(|j| self.at(i, j)).collect()
    }

    /// Length of a tile in `data`.
    pub(crate) fn tile_len(&self) -> usize {
        self.d * TILE
    }

    /// Number of people, padding included.
    pub(crate) fn padded(&self) -> usize {
        self.n.div_ceil(TILE) * TILE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn every_coordinate_is_found_again() {
        let points = Array2::from_shape_fn((130, 3), |(i, j)| (i * 10 + j) as f64);
        let tiles = Tiles::new(&points.view());
        assert_eq!((tiles.padded(), tiles.data.len()), (192, 192 * 3));
        for i in [0, 63, 64, 129] {
            let want: Vec<f32> = points.row(i).iter().map(|&x| x as f32).collect();
            assert_eq!(tiles.point(i), want);
        }
    }
}
