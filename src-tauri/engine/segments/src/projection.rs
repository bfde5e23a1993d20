//! Principal components by a d x d covariance and Jacobi's rotations.

use ndarray::{Array1, Array2, ArrayView2, Axis};

/// The two first principal components.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// Mean of each feature.
    pub mean: Array1<f64>,
    /// features x 2; each column has length 1 and its largest entry is positive.
    pub axes: Array2<f64>,
    /// Share of the variance each axis shows; zeros without variance.
    pub explained: [f64; 2],
}

impl Projection {
    /// Coordinates of one person.
    pub fn point(&self, x: ndarray::ArrayView1<'_, f64>) -> [f64; 2] {
        let mut out = [0.0; 2];
        for (axis, to) in out.iter_mut().enumerate() {
            *to = (0..x.len()).map(|j| (x[j] - self.mean[j]) * self.axes[[j, axis]]).sum();
        }
        out
    }
}

fn covariance(x: &ArrayView2<'_, f64>, mean: &Array1<f64>) -> Array2<f64> {
    let d = x.ncols();
    let mut c = Array2::<f64>::zeros((d, d));
    let mut centred = vec![0.0; d];
    for row in x.rows() {
        for j in 0..d {
            centred[j] = row[j] - mean[j];
        }
        for i in 0..d {
            for j in i..d {
                c[[i, j]] += centred[i] * centred[j];
            }
        }
    }
    let n = x.nrows().max(1) as f64;
    for i in 0..d {
        for j in i..d {
            c[[i, j]] /= n;
            c[[j, i]] = c[[i, j]];
        }
    }
    c
}

/// Eigenvalues and eigenvectors (in columns) of a symmetric matrix, by cyclic Jacobi
/// rotations (Golub and Van Loan, section 8.5), in no particular order.
fn jacobi(mut a: Array2<f64>) -> (Vec<f64>, Array2<f64>) {
    let d = a.nrows();
    let mut v = Array2::eye(d);
    let scale: f64 = a.iter().map(|x| x * x).sum();
    for _ in 0..100 {
        let off: f64 = (0..d)
            .flat_map(|i| (i + 1..d).map(move |j| (i, j)))
            .map(|(i, j)| a[[i, j]] * a[[i, j]])
            .sum();
        if off <= 1e-30 * scale {
            break;
        }
        for p in 0..d {
            for q in p + 1..d {
                rotate(&mut a, &mut v, p, q);
            }
        }
    }
    ((0..d).map(|i| a[[i, i]]).collect(), v)
}

fn rotate(a: &mut Array2<f64>, v: &mut Array2<f64>, p: usize, q: usize) {
    if a[[p, q]] == 0.0 {
        return;
    }
    let theta = (a[[q, q]] - a[[p, p]]) / (2.0 * a[[p, q]]);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for i in 0..a.nrows() {
        let (x, y) = (a[[i, p]], a[[i, q]]);
        a[[i, p]] = c * x - s * y;
        a[[i, q]] = s * x + c * y;
    }
    for i in 0..a.nrows() {
        let (x, y) = (a[[p, i]], a[[q, i]]);
        a[[p, i]] = c * x - s * y;
        a[[q, i]] = s * x + c * y;
        let (x, y) = (v[[i, p]], v[[i, q]]);
        v[[i, p]] = c * x - s * y;
        v[[i, q]] = s * x + c * y;
    }
}

/// The two first principal components of `x` (people x features).
pub fn principal_components(x: &ArrayView2<'_, f64>) -> Projection {
    let d = x.ncols();
    let mean = x.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(d));
    let (values, vectors) = jacobi(covariance(x, &mean));
    let mut order: Vec<usize> = (0..d).collect();
    order.sort_by(|&i, &j| values[j].total_cmp(&values[i]).then(i.cmp(&j)));
    let total: f64 = values.iter().map(|v| v.max(0.0)).sum();
    let mut axes = Array2::zeros((d, 2));
    let mut explained = [0.0; 2];
    for (axis, &i) in order.iter().take(2).enumerate() {
        let column = vectors.column(i);
        let greatest =
            column.iter().copied().fold(0.0_f64, |m, v| if v.abs() > m.abs() { v } else { m });
        let sign = if greatest < 0.0 { -1.0 } else { 1.0 };
        for j in 0..d {
            axes[[j, axis]] = sign * column[j];
        }
        if total > 0.0 {
            explained[axis] = values[i].max(0.0) / total;
        }
    }
    Projection { mean, axes, explained }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_known_ellipse() {
        // Variance 4 along (1, 1), 1 across.
        let (a, b) = (2.0_f64.sqrt(), 0.5_f64.sqrt());
        let x = array![[a, a], [-a, -a], [b, -b], [-b, b]];
        let p = principal_components(&x.view());
        assert!((p.axes[[0, 0]] - 0.5_f64.sqrt()).abs() < 1e-12);
        assert!((p.axes[[1, 0]] - 0.5_f64.sqrt()).abs() < 1e-12);
        assert!((p.explained[0] - 0.8).abs() < 1e-12 && (p.explained[1] - 0.2).abs() < 1e-12);
        assert!((p.point(x.row(0))[0] - 2.0).abs() < 1e-12);
    }

    #[test]
    fn eigenvectors_rebuild_the_matrix() {
        let a = array![[4.0, 1.0, -2.0], [1.0, 3.0, 0.5], [-2.0, 0.5, 5.0]];
        let (values, v) = jacobi(a.clone());
        let rebuilt = v.dot(&Array2::from_diag(&Array1::from(values))).dot(&v.t());
        assert!((&rebuilt - &a).iter().all(|e| e.abs() < 1e-12));
    }

    #[test]
    fn one_feature_or_no_variance_is_no_trouble() {
        let p = principal_components(&array![[1.0], [3.0]].view());
        assert_eq!((p.explained, p.point(array![3.0].view())), ([1.0, 0.0], [1.0, 0.0]));
        assert_eq!(
            principal_components(&array![[1.0, 1.0], [1.0, 1.0]].view()).explained,
            [0.0; 2]
        );
    }
}
