//! Silhouettes: how much nearer people are to their own cluster than to the next.
//!
//! Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster
//! analysis" (1987). Exact over the given rows, in memory proportional to the rows.

use crate::SegmentError;
use crate::kernel::{distances, sum};
use crate::tiles::{TILE, Tiles};
use kith_model::Monitor;
use ndarray::ArrayView2;
use rayon::prelude::*;

/// People looked at between two looks at the monitor.
const BLOCK: usize = 64;

/// The silhouette of each of `rows` among `rows`, in their order, from -1 to 1. A person alone
/// in a cluster has 0, as in Rousseeuw's definition; with one cluster everybody has 0.
///
/// `x` is people x scaled features, `labels` one of `k` clusters a person of `x`.
///
/// # Errors
/// The user cancelled.
pub fn silhouettes(
    x: &ArrayView2<'_, f64>,
    labels: &[u32],
    k: usize,
    rows: &[usize],
    monitor: &dyn Monitor,
) -> Result<Vec<f64>, SegmentError> {
    let mut members = vec![Vec::new(); k];
    for &row in rows {
        members[labels[row] as usize].push(row);
    }
    let clusters: Vec<Tiles> = members.iter().map(|own| Tiles::of_rows(x, own)).collect();
    let blocks: Vec<Vec<f64>> = rows
        .par_chunks(BLOCK)
        .map(|block| {
            if monitor.cancelled() {
                return Err(SegmentError::Cancelled);
            }
            let mut room = Vec::new();
            Ok(block
                .iter()
                .map(|&row| {
                    let point: Vec<f32> = x.row(row).iter().map(|&v| v as f32).collect();
                    one(&clusters, labels[row] as usize, &point, &mut room)
                })
                .collect())
        })
        .collect::<Result<_, _>>()?;
    Ok(blocks.concat())
}

/// The silhouette of one member of cluster `own`.
fn one(clusters: &[Tiles], own: usize, point: &[f32], room: &mut Vec<f32>) -> f64 {
    let mut within = 0.0;
    let mut next = f64::INFINITY;
    for (j, cluster) in clusters.iter().enumerate().filter(|(_, c)| c.n > 0) {
        let mut total = 0.0;
        // A cache-sized piece at a time.
        for (c, piece) in cluster.data.chunks(32 * cluster.tile_len()).enumerate() {
            let first = c * 32 * TILE;
            let real = (cluster.n - first).min(32 * TILE);
            room.resize(piece.len() / cluster.d, 0.0);
            distances(piece, point, room);
            total += sum(&room[..real]);
        }
        if j == own {
            within = total / (cluster.n.max(2) - 1) as f64;
        } else {
            next = next.min(total / cluster.n as f64);
        }
    }
    from_means(clusters[own].n, within, next)
}

/// The silhouette from the mean distance within and the least mean distance to another
/// cluster, for somebody in a cluster of `size`.
pub(crate) fn from_means(size: usize, within: f64, next: f64) -> f64 {
    let greater = within.max(next);
    if size < 2 || !next.is_finite() || greater <= 0.0 { 0.0 } else { (next - within) / greater }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Quiet;
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    fn all(x: &Array2<f64>, labels: &[u32], k: usize) -> Vec<f64> {
        let rows: Vec<usize> = (0..x.nrows()).collect();
        silhouettes(&x.view(), labels, k, &rows, &Quiet).unwrap()
    }

    #[test]
    fn a_hand_computed_case() {
        // 0 and 1 in one cluster, 4 and 6 in the other.
        let s = all(&array![[0.0], [1.0], [4.0], [6.0]], &[0, 0, 1, 1], 2);
        let want = [1.0 - 1.0 / 5.0, 1.0 - 1.0 / 4.0, 1.0 - 2.0 / 3.5, 1.0 - 2.0 / 5.5];
        for (s, want) in s.iter().zip(want) {
            assert!((s - want).abs() < 1e-6, "{s} is not {want}");
        }
    }

    #[test]
    fn alone_or_without_others_it_is_0() {
        let x = array![[0.0], [1.0], [9.0]];
        assert_eq!(all(&x, &[0, 0, 1], 2)[2], 0.0);
        assert_eq!(all(&x, &[0, 0, 0], 1), [0.0; 3]);
        assert_eq!(all(&array![[3.0], [3.0], [3.0]], &[0, 0, 1], 2), [0.0; 3]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(30))]

        #[test]
        fn always_between_minus_1_and_1(
            values in prop::collection::vec((-9.0..9.0_f64, -9.0..9.0_f64, 0..4_u32), 2..150)
        ) {
            let x = Array2::from_shape_fn((values.len(), 2), |(i, j)| {
                if j == 0 { values[i].0 } else { values[i].1 }
            });
            let labels: Vec<u32> = values.iter().map(|v| v.2).collect();
            let s = all(&x, &labels, 4);
            prop_assert!(s.iter().all(|s| (-1.0..=1.0).contains(s)));
        }
    }
}
