//! Segments: groups of people who behave alike, by K-means on scaled features.
//!
//! For: clustering, its quality figures, the elbow curve, the scatter, names that say what a
//! segment is, and assigning anybody to a fitted model.
//!
//! Not for: reading or writing tables, features (`kith-features`), ONNX (`kith-export`).
//!
//! Its one law: the same people, settings and seed give the same segments, whatever the number
//! of threads and the order of the rows.

mod agreement;
mod elbow;
mod fit;
mod indices;
mod kernel;
mod lloyd;
mod naming;
mod projection;
mod sample;
mod seeding;
mod silhouette;
mod tiles;

pub use agreement::adjusted_rand_index;
pub use fit::{Fitted, assign, fit};
pub use indices::{calinski_harabasz, davies_bouldin};
pub use lloyd::{Clustering, KMeans};
pub use projection::principal_components;
pub use silhouette::silhouettes;

use kith_features::FeatureError;

/// Why there are no segments.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The user asked to stop.
    #[error("Segmenting was cancelled")]
    Cancelled,
    /// Too few people for so many segments.
    #[error(
        "{k} segments need at least {k} people with an order, and there are {people}: choose fewer \
         segments or add data"
    )]
    TooFewPeople {
        /// People with an order.
        people: usize,
        /// Segments asked for.
        k: usize,
    },
    /// Too few different people for so many segments.
    #[error(
        "Only {distinct} people differ in the chosen features, and {k} segments were asked for: \
         choose fewer segments or more features"
    )]
    TooFewDistinct {
        /// Different rows.
        distinct: usize,
        /// Segments asked for.
        k: usize,
    },
    /// A feature is missing or cannot be used.
    #[error(transparent)]
    Feature(#[from] FeatureError),
    /// Starting centres and data have different shapes, or the data set is malformed.
    #[error("The clustering data is malformed: {0}")]
    Data(#[from] linfa::Error),
}
