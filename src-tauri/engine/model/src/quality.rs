//! Expectations over canonical tables and what they found.

use crate::canonical::Entity;
use serde::{Deserialize, Serialize};

/// How bad a broken expectation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Look at it.
    Warning,
    /// Do not trust what follows.
    Error,
}

/// What is expected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Check {
    /// The field is never missing.
    NotNull {
        /// Field.
        field: String,
    },
    /// The fields together are unique among rows where they are present.
    Unique {
        /// Fields.
        fields: Vec<String>,
    },
    /// The number lies between the bounds (both included).
    Between {
        /// Field.
        field: String,
        /// Least.
        min: f64,
        /// Greatest.
        max: f64,
    },
    /// The text matches a regular expression (RE2 syntax) wholly.
    Matches {
        /// Field.
        field: String,
        /// Pattern.
        pattern: String,
    },
    /// The value exists in another table's field.
    Exists {
        /// Field.
        field: String,
        /// The other table.
        entity: Entity,
        /// Its field.
        other: String,
    },
    /// The moment is not after the data's newest sensible day (the project's as-of date).
    NotFuture {
        /// Field.
        field: String,
    },
    /// At least that many rows.
    RowCount {
        /// Least number.
        min: u64,
    },
}

/// An expectation in the project file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    /// Table.
    pub entity: Entity,
    /// How bad a failure is.
    pub severity: Severity,
    /// What is expected.
    pub check: Check,
}

/// An expectation's outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The expectation.
    pub expectation: Expectation,
    /// The expectation in words: `order_id of orders is never missing`.
    pub title: String,
    /// Rows looked at.
    pub rows: u64,
    /// Rows that fail.
    pub failing: u64,
    /// `SELECT` that lists the failing rows.
    pub sql: String,
}

/// The quality stage's result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct QualitySummary {
    /// One entry an expectation, failing ones first, then by entity and title.
    pub findings: Vec<Finding>,
}
