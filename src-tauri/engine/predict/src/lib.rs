//! Purchase propensity: who will order within the horizon, by logistic regression.
//!
//! For: fitting on features frozen at a cut, judging on people kept aside, and scoring anybody.
//!
//! Not for: making features or labels (`kith-features` plans them), ONNX (`kith-export`).
//!
//! Its one law: every figure that judges a model comes from people it was not trained on, unless
//! its name says otherwise.

mod fit;
mod metrics;
mod regression;
mod split;

pub use fit::{Fitted, fit, score};
pub use metrics::{area_under_roc, brier_score, mean_log_loss};
pub use regression::{LogisticRegression, Weights};
pub use split::stratified_split;

use kith_features::FeatureError;

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum PredictError {
    /// The user asked to stop.
    #[error("Training was cancelled")]
    Cancelled,
    /// Nobody, or next to nobody, has one of the two labels.
    #[error(
        "Of {people} people known before the cut {buyers} ordered within the horizon; both buyers \
         and others are needed, at least 2 of each: change the horizon or add data"
    )]
    OneClass {
        /// People with a label.
        people: usize,
        /// Those who ordered.
        buyers: usize,
    },
    /// Labels and people differ in number.
    #[error("There are {labels} labels for {people} people: run the features stage again")]
    Labels {
        /// People.
        people: usize,
        /// Labels.
        labels: usize,
    },
    /// A feature is missing or cannot be used.
    #[error(transparent)]
    Feature(#[from] FeatureError),
    /// The data set is malformed.
    #[error("The training data is malformed: {0}")]
    Data(#[from] linfa::Error),
}
