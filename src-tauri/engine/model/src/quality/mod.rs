//! Expectations over tables, what checking them found, and what is known of each load.

mod broken;
mod change;
mod check;
mod finding;
mod table_id;

pub(crate) use change::{put, remove, replace};
pub use check::{Check, Comparison, Expectation, Severity, Statistic, ValueType};
pub use finding::{Finding, Outcome, QualitySummary};
pub use table_id::TableId;
