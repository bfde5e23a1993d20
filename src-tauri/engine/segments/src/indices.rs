//! How well clusters are separated, from centres and distances.

use crate::lloyd::nearest_centre;
use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

/// Means of each cluster (k x d) and sizes.
pub(crate) fn means(
    x: &ArrayView2<'_, f64>,
    labels: &[u32],
    k: usize,
) -> (Array2<f64>, Vec<usize>) {
    let mut centres = Array2::zeros((k, x.ncols()));
    let mut sizes = vec![0; k];
    for (row, &label) in x.rows().into_iter().zip(labels) {
        sizes[label as usize] += 1;
        let mut own = centres.row_mut(label as usize);
        own += &row;
    }
    for (mut centre, &size) in centres.rows_mut().into_iter().zip(&sizes) {
        if size > 0 {
            centre /= size as f64;
        }
    }
    (centres, sizes)
}

fn squared(a: ndarray::ArrayView1<'_, f64>, b: ndarray::ArrayView1<'_, f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// Sum of squared distances to the own mean.
pub(crate) fn inertia(x: &ArrayView2<'_, f64>, labels: &[u32], centres: &Array2<f64>) -> f64 {
    x.rows().into_iter().zip(labels).map(|(row, &l)| squared(row, centres.row(l as usize))).sum()
}

/// Calinski-Harabasz index (1974): variance between over variance within, each by its degrees
/// of freedom. Greater is better; 0 where it is undefined (fewer than 2 clusters, or no more
/// people than clusters, or no variance within).
///
/// `x` is people x features, `labels` one cluster a person, `k` clusters.
pub fn calinski_harabasz(x: &ArrayView2<'_, f64>, labels: &[u32], k: usize) -> f64 {
    let (centres, sizes) = means(x, labels, k);
    let used = sizes.iter().filter(|&&s| s > 0).count();
    let (Some(mean), true) = (x.mean_axis(Axis(0)), used > 1 && x.nrows() > used) else {
        return 0.0;
    };
    let between: f64 = centres
        .rows()
        .into_iter()
        .zip(&sizes)
        .map(|(c, &size)| size as f64 * squared(c, mean.view()))
        .sum();
    let within = inertia(x, labels, &centres);
    if within <= 0.0 {
        return 0.0;
    }
    (between / (used - 1) as f64) / (within / (x.nrows() - used) as f64)
}

/// Davies-Bouldin index (1979): mean over clusters of the worst ratio of spread to distance.
/// Smaller is better; 0 with fewer than 2 clusters. Clusters with the same mean are left out
/// of each other's comparison.
pub fn davies_bouldin(x: &ArrayView2<'_, f64>, labels: &[u32], k: usize) -> f64 {
    let (centres, sizes) = means(x, labels, k);
    let mut spread = vec![0.0; k];
    for (row, &label) in x.rows().into_iter().zip(labels) {
        spread[label as usize] += squared(row, centres.row(label as usize)).sqrt();
    }
    let used: Vec<usize> = (0..k).filter(|&j| sizes[j] > 0).collect();
    for &j in &used {
        spread[j] /= sizes[j] as f64;
    }
    if used.len() < 2 {
        return 0.0;
    }
    let worst = |i: usize| {
        used.iter()
            .filter(|&&j| j != i)
            .map(|&j| (spread[i] + spread[j], squared(centres.row(i), centres.row(j)).sqrt()))
            .filter(|(_, apart)| *apart > 0.0)
            .map(|(spread, apart)| spread / apart)
            .fold(0.0, f64::max)
    };
    used.iter().map(|&i| worst(i)).sum::<f64>() / used.len() as f64
}

/// Labels and distances (not squared) to the nearest centre, in f64.
pub(crate) fn assign_all(x: &ArrayView2<'_, f64>, centres: &Array2<f64>) -> (Vec<u32>, Vec<f64>) {
    (0..x.nrows())
        .into_par_iter()
        .map(|i| {
            let (label, squared) = nearest_centre(centres, x.row(i));
            (label, squared.sqrt())
        })
        .unzip()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_hand_computed_pair_of_clusters() {
        // Means 1 and 9, grand mean 5; within 2 + 2, between 2 * 16 * 2.
        let x = array![[0.0], [2.0], [8.0], [10.0]];
        let labels = [0, 0, 1, 1];
        assert_eq!(calinski_harabasz(&x.view(), &labels, 2), (64.0 / 1.0) / (4.0 / 2.0));
        // Spreads 1 and 1, distance 8.
        assert_eq!(davies_bouldin(&x.view(), &labels, 2), 0.25);
        let (centres, sizes) = means(&x.view(), &labels, 2);
        assert_eq!((inertia(&x.view(), &labels, &centres), sizes), (4.0, vec![2, 2]));
    }

    #[test]
    fn one_cluster_has_no_index() {
        let x = array![[0.0], [2.0]];
        assert_eq!(calinski_harabasz(&x.view(), &[0, 0], 1), 0.0);
        assert_eq!(davies_bouldin(&x.view(), &[0, 0], 1), 0.0);
    }
}
