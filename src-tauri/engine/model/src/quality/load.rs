//! What is remembered of each load, and what stands out between two.

use super::TableId;
use serde::{Deserialize, Serialize};

/// A load as the page shows it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LoadNote {
    /// Fingerprint of the files' contents: another one is another load.
    pub load: String,
    /// When it was checked last, RFC 3339 UTC.
    pub at: String,
    /// Expectations that hold, fail as errors, fail as warnings, could not be checked.
    pub counts: [u64; 4],
    /// Rows of each table.
    pub rows: Vec<(TableId, u64)>,
    /// Share of rows that fail, by id of the expectation; 1 where it fails without rows.
    pub failing: Vec<(String, f64)>,
}

impl LoadNote {
    /// Share of failing rows of an expectation; none when it was not checked in this load.
    pub fn failing_share(&self, id: &str) -> Option<f64> {
        self.failing.iter().find(|(one, _)| one == id).map(|(_, share)| *share)
    }
}

/// What stands out between two loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnomalyKind {
    /// Many more or fewer rows.
    Volume,
    /// A column is missing more or less often.
    Missing,
    /// A column's values are distributed otherwise.
    Distribution,
    /// A table or column came or went.
    Shape,
}

impl AnomalyKind {
    /// The name on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Volume => "Volume",
            Self::Missing => "Missing values",
            Self::Distribution => "Distribution",
            Self::Shape => "Columns",
        }
    }
}

/// A difference between this load and the one before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Anomaly {
    /// What kind.
    pub kind: AnomalyKind,
    /// In which table.
    pub table: TableId,
    /// In which column; none: the whole table.
    pub column: Option<String>,
    /// In words, with the figures.
    pub message: String,
    /// Before.
    pub before: f64,
    /// Now.
    pub now: f64,
    /// Population stability index, where distributions were compared.
    pub psi: Option<f64>,
    /// Kolmogorov-Smirnov statistic, where numbers were compared.
    pub ks: Option<f64>,
}

/// Two columns side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnComparison {
    /// Name, the same in both tables.
    pub name: String,
    /// Share of rows without a value, left and right.
    pub missing: (f64, f64),
    /// Population stability index of the right against the left.
    pub psi: Option<f64>,
    /// Kolmogorov-Smirnov statistic.
    pub ks: Option<f64>,
}

/// Two tables side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableComparison {
    /// The left table.
    pub left: TableId,
    /// The right table.
    pub right: TableId,
    /// Rows, left and right.
    pub rows: (u64, u64),
    /// Columns that both have, the most different first.
    pub columns: Vec<ColumnComparison>,
    /// Columns that only the left has.
    pub only_left: Vec<String>,
    /// Columns that only the right has.
    pub only_right: Vec<String>,
}
