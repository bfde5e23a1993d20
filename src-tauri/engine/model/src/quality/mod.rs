//! Expectations over tables, what checking them found, and what is known of each load.

mod broken;
mod change;
mod check;
mod copies;
mod finding;
mod imputation;
mod load;
mod profile;
mod table_id;

pub(crate) use change::{put, remove, replace, set_copy_rule};
pub use check::{Check, Comparison, Expectation, Severity, Statistic, ValueType};
pub use copies::{CopyRule, SourceCopies};
pub use finding::{Finding, Outcome, QualitySummary};
pub use imputation::{
    Imputation, ImputeMethod, ImputeOffer, ImputeTrial, ImputedField, MOST_LOOKED_AT, MaskedError,
    fillable, filled_flag, filled_original,
};
pub(crate) use imputation::{forget as forget_imputation, put as put_imputation};
pub use load::{Anomaly, AnomalyKind, ColumnComparison, ComparedSide, LoadNote, TableComparison};
pub use profile::{
    AlertKind, ColumnKind, ColumnStats, Correlation, ExpectationSuggestion, Pii, ProfileAlert,
    TableProfile,
};
pub use table_id::TableId;
