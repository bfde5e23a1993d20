//! Purchase propensity by logistic regression: settings and results.

use crate::valid::{BrokenRule, Checker, Valid};
use serde::{Deserialize, Serialize};

/// What the user tunes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PredictParams {
    /// The label: an order within this many days after the cut.
    pub horizon_days: u32,
    /// Feature names; empty: all that do not leak.
    pub features: Vec<String>,
    /// L2 penalty (the inverse of scikit-learn's `C`).
    pub l2: f64,
    /// Newton iterations at most.
    pub max_iterations: u32,
    /// Share of people kept aside for the test.
    pub test_share: f64,
    /// Seed of the split.
    pub seed: u64,
}

impl Default for PredictParams {
    fn default() -> Self {
        Self {
            horizon_days: 90,
            features: Vec::new(),
            l2: 1.0,
            max_iterations: 50,
            test_share: 0.3,
            seed: 1,
        }
    }
}

impl PredictParams {
    /// The checked settings, or every broken rule.
    pub fn check(self) -> Result<Valid<Self>, Vec<BrokenRule>> {
        Checker::default()
            .require((1..=730).contains(&self.horizon_days), "horizon_days", "1 to 730 days")
            .require(self.l2.is_finite() && self.l2 >= 0.0, "l2", "The penalty is 0 or more")
            .require((1..=1000).contains(&self.max_iterations), "max_iterations", "1 to 1,000")
            .require(
                (0.05..=0.8).contains(&self.test_share),
                "test_share",
                "Keep between 5 % and 80 % aside for the test",
            )
            .finish(self)
    }
}

/// A feature's part in the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// Feature name.
    pub feature: String,
    /// Its label.
    pub label: String,
    /// Log-odds for one standard deviation.
    pub weight: f64,
}

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Abscissa.
    pub x: f64,
    /// Ordinate.
    pub y: f64,
}

/// The predictions stage's result. Figures are of the test part unless said otherwise.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PredictSummary {
    /// Day at which features were frozen for training.
    pub cut: String,
    /// Days after the cut in which an order counts.
    pub horizon_days: u32,
    /// People trained on.
    pub train: u64,
    /// People tested on.
    pub test: u64,
    /// Share of buyers in the horizon, over both.
    pub positive_share: f64,
    /// Area under the ROC curve, ties counted half.
    pub auc: f64,
    /// The same on the training part: a large gap means overfitting.
    pub train_auc: f64,
    /// Mean log loss.
    pub log_loss: f64,
    /// Brier score.
    pub brier: f64,
    /// Training log loss after each iteration.
    pub loss: Vec<f64>,
    /// False positive rate against true positive rate.
    pub roc: Vec<CurvePoint>,
    /// Recall against precision.
    pub precision_recall: Vec<CurvePoint>,
    /// Share of people contacted (best first) against share of buyers reached.
    pub gain: Vec<CurvePoint>,
    /// Mean predicted against observed share in ten equal groups.
    pub calibration: Vec<CurvePoint>,
    /// Sorted by absolute weight, largest first.
    pub coefficients: Vec<Coefficient>,
    /// Warnings, e.g. of leakage.
    pub notes: Vec<String>,
}

/// A fitted model: enough to score anybody, and to export.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LogisticModel {
    /// Feature names, in column order.
    pub features: Vec<String>,
    /// Which features take log1p first.
    pub log1p: Vec<bool>,
    /// Subtracted from each (transformed) feature.
    pub centre: Vec<f64>,
    /// Divides each feature afterwards; never 0.
    pub scale: Vec<f64>,
    /// Replaces a missing value, in the feature's own unit.
    pub fill: Vec<f64>,
    /// One weight a scaled feature.
    pub weights: Vec<f64>,
    /// Intercept.
    pub intercept: f64,
}
