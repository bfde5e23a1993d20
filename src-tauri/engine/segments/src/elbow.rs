//! The elbow curve: k = 2..12, quick and warm.

use crate::SegmentError;
use crate::kernel::distances;
use crate::lloyd::{Clustering, Run};
use crate::sample;
use crate::seeding::{Seeds, tries};
use crate::silhouette::from_means;
use crate::tiles::Tiles;
use kith_features::person_hash;
use kith_model::segments::ElbowPoint;
use kith_model::{Metric, Monitor};
use ndarray::ArrayView2;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

/// Largest number of segments tried.
const MOST: usize = 12;
/// Above this many people a sample stands for them.
const ROWS: usize = 20_000;
/// People whose silhouettes are looked at.
const SILHOUETTE_ROWS: usize = 2_000;
/// Iterations at most: the curve needs no more.
const ITERATIONS: usize = 30;

/// The curve from k = 2 to 12, or to the number of different people. Each k starts from the
/// centres of the one before and one more, drawn as k-means++ does. The inertia is scaled up
/// when a sample stands for all. Emits the metric `elbow` for each k.
///
/// `x` is people x scaled features, `keys` the people.
pub(crate) fn elbow(
    x: &ArrayView2<'_, f64>,
    keys: &[u64],
    seed: u64,
    monitor: &dyn Monitor,
) -> Result<Vec<ElbowPoint>, SegmentError> {
    let rows = sample::by_hash(keys, ROWS, seed);
    let tiles = Tiles::of_rows(x, &rows);
    let up = x.nrows() as f64 / rows.len().max(1) as f64;
    let mut rng = Xoshiro256Plus::seed_from_u64(person_hash(0, seed));
    let mut centres = Vec::new();
    let mut curves: Vec<Clustering> = Vec::new();
    for k in 1..=MOST.min(tiles.n) {
        let next = Seeds::from_centres(&tiles, &centres).next(&mut rng, tries(k), k);
        match next {
            Ok(next) => centres.extend(next),
            Err(SegmentError::TooFewDistinct { .. }) => break,
            Err(other) => return Err(other),
        }
        if k < 2 {
            // The mean of all: where the second centre is best drawn from.
            let whole = Run::new(&tiles, centres).finish(1, 0.0, &|_, _| !monitor.cancelled())?;
            centres = whole.centres.iter().copied().collect();
            continue;
        }
        let found =
            Run::new(&tiles, centres).finish(ITERATIONS, 1e-4, &|_, _| !monitor.cancelled())?;
        let inertia = up * found.last_inertia();
        monitor.metric(Metric { series: "elbow".to_owned(), x: k as f64, y: inertia });
        centres = found.centres.iter().copied().collect();
        curves.push(found);
    }
    let silhouettes = mean_silhouettes(&tiles, &curves, seed, monitor)?;
    Ok(curves
        .iter()
        .zip(silhouettes)
        .map(|(found, silhouette)| ElbowPoint {
            k: found.centres.nrows() as u32,
            inertia: up * found.last_inertia(),
            silhouette,
        })
        .collect())
}

/// Mean silhouette of each clustering over one sample: distances are taken once for all.
fn mean_silhouettes(
    tiles: &Tiles,
    curves: &[Clustering],
    seed: u64,
    monitor: &dyn Monitor,
) -> Result<Vec<f64>, SegmentError> {
    let keys: Vec<u64> = (0..tiles.n as u64).collect();
    let rows = sample::by_hash(&keys, SILHOUETTE_ROWS, seed);
    let points = ndarray::Array2::from_shape_fn((rows.len(), tiles.d), |(i, j)| {
        f64::from(tiles.at(rows[i], j))
    });
    let few = Tiles::new(&points.view());
    let blocks: Vec<Vec<f64>> = (0..rows.len())
        .collect::<Vec<_>>()
        .par_chunks(64)
        .map(|block| {
            if monitor.cancelled() {
                return Err(SegmentError::Cancelled);
            }
            let mut apart = vec![0.0; few.padded()];
            let mut sums = vec![0.0; curves.len()];
            for &i in block {
                distances(&few.data, &few.point(i), &mut apart);
                for (sum, found) in sums.iter_mut().zip(curves) {
                    *sum += one(found, &rows, i, &apart);
                }
            }
            Ok(sums)
        })
        .collect::<Result<_, _>>()?;
    Ok((0..curves.len())
        .map(|c| blocks.iter().map(|b| b[c]).sum::<f64>() / rows.len().max(1) as f64)
        .collect())
}

fn one(found: &Clustering, rows: &[usize], i: usize, apart: &[f32]) -> f64 {
    let k = found.centres.nrows();
    let (mut total, mut size) = (vec![0.0; k], vec![0_usize; k]);
    for (&row, &d) in rows.iter().zip(apart) {
        let label = found.labels[row] as usize;
        total[label] += f64::from(d);
        size[label] += 1;
    }
    let own = found.labels[rows[i]] as usize;
    let next = (0..k)
        .filter(|&j| j != own && size[j] > 0)
        .map(|j| total[j] / size[j] as f64)
        .fold(f64::INFINITY, f64::min);
    from_means(size[own], total[own] / (size[own].max(2) - 1) as f64, next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Quiet;
    use ndarray::Array2;

    #[test]
    fn four_far_groups_show_at_four() {
        let x = Array2::from_shape_fn((400, 2), |(i, j)| {
            let corner = if j == 0 { i % 2 } else { i / 2 % 2 };
            corner as f64 * 20.0 + (person_hash((i * 2 + j) as u64, 1) % 1000) as f64 / 1000.0
        });
        let keys: Vec<u64> = (0..400).collect();
        let curve = elbow(&x.view(), &keys, 1, &Quiet).unwrap();
        assert_eq!(curve.iter().map(|p| p.k).collect::<Vec<_>>(), (2..=12).collect::<Vec<_>>());
        let best = curve.iter().max_by(|a, b| a.silhouette.total_cmp(&b.silhouette)).unwrap();
        assert_eq!(best.k, 4);
        assert!(curve.windows(2).all(|p| p[1].inertia <= p[0].inertia));
        assert!(curve[1].inertia > 10.0 * curve[2].inertia);
    }

    #[test]
    fn it_ends_where_people_stop_differing() {
        let x = Array2::from_shape_fn((30, 1), |(i, _)| (i % 3) as f64);
        let keys: Vec<u64> = (0..30).collect();
        let curve = elbow(&x.view(), &keys, 1, &Quiet).unwrap();
        assert_eq!(curve.iter().map(|p| p.k).collect::<Vec<_>>(), [2, 3]);
    }
}
