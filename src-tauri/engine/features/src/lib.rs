//! Features: one row of numbers per person, as of a day.
//!
//! For: planning `feat.order`, `feat.purchase`, `feat.visit`, `feat.category`, `feat.product`,
//! `feat.customer` and `feat.training` from `canon.*` and `ident.*`; the catalogue that says
//! what each feature means; the matrix and the scaling that clustering and prediction share.
//!
//! Not for: running SQL (`kith-store` does), clustering (`kith-segments`) or training
//! (`kith-predict`).
//!
//! Its one law: no feature looks at anything that happened on or after its day.

mod catalogue;
mod custom;
mod customer_sql;
mod definitions;
mod features_sql;
mod matrix;
mod sampling;
mod scaling;
mod summary;
mod taste_sql;

pub use catalogue::{CATEGORY_POSITIONS, FeatureSpec, catalogue, name_categories};
pub use custom::broken_custom;
pub use features_sql::{
    as_of_sql, categories_sql, matrix_sql, plan, training_matrix_sql, training_plan,
};
pub use matrix::Matrix;
pub use sampling::person_hash;
pub use scaling::Scaler;
pub use summary::summarise;

/// What can go wrong with features in memory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeatureError {
    /// No feature was asked for.
    #[error("No feature is chosen: choose at least one")]
    NoFeatures,
    /// A feature is not there.
    #[error("There is no feature called {name}: run the features stage again or choose another")]
    Missing {
        /// Its name.
        name: String,
    },
    /// A feature holds text.
    #[error("The feature {name} holds text, not numbers: choose another")]
    NotNumeric {
        /// Its name.
        name: String,
    },
    /// The person column is missing, empty in places, or not whole numbers.
    #[error("The features have no usable profile_id column: run the features stage again")]
    NoProfile,
    /// Columns of different lengths.
    #[error("The feature {name} has {found} rows where {expected} people are")]
    Ragged {
        /// Its name.
        name: String,
        /// People.
        expected: usize,
        /// Rows of this column.
        found: usize,
    },
}
