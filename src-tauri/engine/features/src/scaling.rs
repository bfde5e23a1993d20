//! One scaling for segments and predictions, so that a model is applied as it was fitted.

use crate::matrix::Matrix;
use crate::summary::{mean_sd, quantile};
use crate::{FeatureError, FeatureSpec};
use kith_model::segments::Scaling;
use ndarray::Array2;

/// How each feature is filled, transformed and brought to a common scale:
/// `(f(x or fill) - centre) / scale`, where `f(x)` is `ln(1 + max(x, 0))` for log1p features
/// and `x` for the others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scaler {
    /// Feature names, in column order.
    pub features: Vec<String>,
    /// Which features take log1p first.
    pub log1p: Vec<bool>,
    /// Subtracted from each (transformed) feature.
    pub centre: Vec<f64>,
    /// Divides each feature afterwards; never 0.
    pub scale: Vec<f64>,
    /// Replaces a missing value, in the feature's own unit: the median.
    pub fill: Vec<f64>,
}

/// Centre and scale of transformed, sorted values.
fn centre_scale(sorted: &[f64], how: Scaling) -> (f64, f64) {
    let (mean, sd) = mean_sd(sorted);
    let (centre, scale) = match how {
        Scaling::Standard | Scaling::LogStandard => (mean, sd),
        Scaling::MinMax => {
            let min = sorted.first().copied().unwrap_or(0.0);
            (min, sorted.last().copied().unwrap_or(0.0) - min)
        }
        Scaling::Robust => {
            let range = quantile(sorted, 0.75) - quantile(sorted, 0.25);
            // More than half of the people alike, e.g. no refund: the spread of the others.
            (quantile(sorted, 0.5), if range > 0.0 { range } else { sd })
        }
    };
    // A constant feature stays at 0 rather than dividing by its rounding error.
    let tiny = 1e-12 * mean.abs().max(1.0);
    (centre, if scale.is_finite() && scale > tiny { scale } else { 1.0 })
}

impl Scaler {
    /// Learns the scaling of every feature of `matrix`. With [`Scaling::LogStandard`] the
    /// features that `specs` call skewed take log1p, unless one of their values is negative.
    /// A missing value counts as the median of the known ones.
    ///
    /// # Errors
    /// No feature.
    pub fn fit(matrix: &Matrix, specs: &[FeatureSpec], how: Scaling) -> Result<Self, FeatureError> {
        if matrix.names.is_empty() {
            return Err(FeatureError::NoFeatures);
        }
        let mut scaler = Self { features: matrix.names.clone(), ..Self::default() };
        for (name, column) in matrix.names.iter().zip(matrix.values.columns()) {
            let mut known: Vec<f64> = column.iter().copied().filter(|v| !v.is_nan()).collect();
            known.sort_by(f64::total_cmp);
            let fill = quantile(&known, 0.5);
            let skewed = specs.iter().any(|s| &s.name == name && s.skewed);
            let positive = known.first().is_none_or(|least| *least >= 0.0);
            let log1p = how == Scaling::LogStandard && skewed && positive;
            let mut all: Vec<f64> = column
                .iter()
                .map(|&v| transform(if v.is_nan() { fill } else { v }, log1p))
                .collect();
            all.sort_by(f64::total_cmp);
            let (centre, scale) = centre_scale(&all, how);
            scaler.log1p.push(log1p);
            scaler.fill.push(fill);
            scaler.centre.push(centre);
            scaler.scale.push(scale);
        }
        Ok(scaler)
    }

    /// The scaled value of feature `j`; `x` may be NaN.
    pub fn scaled(&self, j: usize, x: f64) -> f64 {
        let x = if x.is_nan() { self.fill[j] } else { x };
        (transform(x, self.log1p[j]) - self.centre[j]) / self.scale[j]
    }

    /// The value of feature `j` in its own unit that scales to `z`.
    pub fn unscaled(&self, j: usize, z: f64) -> f64 {
        let y = z * self.scale[j] + self.centre[j];
        if self.log1p[j] { y.exp_m1() } else { y }
    }

    /// People x features, scaled. Columns are found by name; a feature the matrix does not
    /// hold counts as missing for everybody.
    pub fn apply(&self, matrix: &Matrix) -> Array2<f64> {
        let mut scaled = Array2::zeros((matrix.people(), self.features.len()));
        for (j, name) in self.features.iter().enumerate() {
            match matrix.column(name) {
                Some(column) => {
                    for (to, &x) in scaled.column_mut(j).iter_mut().zip(column) {
                        *to = self.scaled(j, x);
                    }
                }
                None => scaled.column_mut(j).fill(self.scaled(j, f64::NAN)),
            }
        }
        scaled
    }
}

fn transform(x: f64, log1p: bool) -> f64 {
    if log1p { x.max(0.0).ln_1p() } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::features::FeatureParams;
    use ndarray::array;
    use proptest::prelude::*;

    fn matrix(values: Array2<f64>, names: &[&str]) -> Matrix {
        Matrix {
            profile: (1..=values.nrows() as u64).collect(),
            names: names.iter().map(|&n| n.to_owned()).collect(),
            values,
        }
    }

    fn specs() -> Vec<FeatureSpec> {
        crate::catalogue(&FeatureParams::default().check().unwrap())
    }

    #[test]
    fn standard_scaling_has_mean_0_and_deviation_1() {
        let m = matrix(array![[1.0], [3.0], [5.0]], &["weekend_share"]);
        let s = Scaler::fit(&m, &specs(), Scaling::Standard).unwrap();
        let z = s.apply(&m);
        let half = 1.5_f64.sqrt();
        assert!((z[[0, 0]] + half).abs() < 1e-12 && z[[1, 0]].abs() < 1e-12);
    }

    #[test]
    fn min_max_and_robust_by_hand() {
        let m = matrix(array![[0.0], [1.0], [2.0], [3.0], [10.0]], &["x"]);
        let s = Scaler::fit(&m, &[], Scaling::MinMax).unwrap();
        assert_eq!(s.apply(&m).column(0).to_vec(), [0.0, 0.1, 0.2, 0.3, 1.0]);
        let s = Scaler::fit(&m, &[], Scaling::Robust).unwrap();
        assert_eq!(s.apply(&m).column(0).to_vec(), [-1.0, -0.5, 0.0, 0.5, 4.0]);
    }

    #[test]
    fn only_skewed_and_positive_features_take_the_logarithm() {
        let m = matrix(array![[1.0, 1.0, -1.0], [9.0, 2.0, 4.0]], &["monetary", "x", "views"]);
        let s = Scaler::fit(&m, &specs(), Scaling::LogStandard).unwrap();
        assert_eq!(s.log1p, [true, false, false]);
    }

    #[test]
    fn missing_becomes_the_median_and_constants_become_0() {
        let m = matrix(array![[1.0, 7.0], [f64::NAN, 7.0], [4.0, 7.0], [2.0, 7.0]], &["x", "c"]);
        let s = Scaler::fit(&m, &[], Scaling::Standard).unwrap();
        assert_eq!(s.fill, [2.0, 7.0]);
        let z = s.apply(&m);
        assert_eq!(z[[1, 0]], z[[3, 0]]);
        assert!(z.column(1).iter().all(|v| *v == 0.0));
    }

    #[test]
    fn a_feature_that_is_not_there_counts_as_missing() {
        let m = matrix(array![[1.0, 2.0], [3.0, 6.0]], &["x", "y"]);
        let s = Scaler::fit(&m, &[], Scaling::Standard).unwrap();
        let z = s.apply(&m.select(&["y".to_owned()]).unwrap());
        assert_eq!(z.row(0).to_vec(), [0.0, -1.0]);
    }

    proptest! {
        #[test]
        fn unscaling_undoes_scaling(values in prop::collection::vec(0.0..1e6_f64, 2..40), how in 0..4) {
            let how = [Scaling::Standard, Scaling::MinMax, Scaling::Robust, Scaling::LogStandard]
                [how as usize];
            let m = matrix(Array2::from_shape_vec((values.len(), 1), values.clone()).unwrap(), &["monetary"]);
            let s = Scaler::fit(&m, &specs(), how).unwrap();
            for x in values {
                let back = s.unscaled(0, s.scaled(0, x));
                prop_assert!((back - x).abs() <= 1e-9 * (1.0 + x.abs()), "{x} came back as {back}");
            }
        }
    }
}
