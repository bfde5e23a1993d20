//! Rows of a source that repeat an earlier one in every column.

use crate::ids::SourceId;
use serde::{Deserialize, Serialize};

/// What becomes of exact copies of a row inside one source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyRule {
    /// They are counted and kept.
    #[default]
    Report,
    /// The mapping takes the first of them alone; the raw rows stay as they are.
    KeepFirst,
}

/// Exact copies found in one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCopies {
    /// Which source.
    pub source: SourceId,
    /// Its rows.
    pub rows: u64,
    /// Rows that repeat an earlier one.
    pub copies: u64,
    /// What becomes of them.
    pub rule: CopyRule,
    /// `SELECT` that lists them with the number of times they come.
    pub sql: String,
}
