//! What is remembered of each load, and what stands out between two.

use super::{ColumnKind, TableId};
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

/// A table as it stands now, or as a load found it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ComparedSide {
    /// The table.
    pub table: TableId,
    /// A load: the beginning of its fingerprint, or `previous` for the last one of other files;
    /// none: as the table stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<String>,
}

impl ComparedSide {
    /// The name on screen.
    pub fn title(&self) -> String {
        match &self.load {
            Some(load) => format!("{}@{load}", self.table),
            None => self.table.to_string(),
        }
    }
}

/// Two columns side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnComparison {
    /// Name, the same in both tables.
    pub name: String,
    /// How it reads, left and right; none where a load of an older version did not keep it.
    pub kinds: (Option<ColumnKind>, Option<ColumnKind>),
    /// Share of rows without a value, left and right.
    pub missing: (f64, f64),
    /// Distinct values, left and right; none where a load of an older version did not keep them.
    pub distinct: (Option<u64>, Option<u64>),
    /// Population stability index of the right against the left.
    pub psi: Option<f64>,
    /// Kolmogorov-Smirnov statistic.
    pub ks: Option<f64>,
}

impl ColumnComparison {
    /// How far apart the columns are: the greatest of the indices and of the change of missing
    /// values; another type comes before any of them.
    pub fn apart(&self) -> f64 {
        let other_kind = matches!(self.kinds, (Some(a), Some(b)) if a != b);
        let missing = (self.missing.0 - self.missing.1).abs();
        let shift = self.psi.unwrap_or(0.0).max(self.ks.unwrap_or(0.0)).max(missing);
        if other_kind { f64::INFINITY } else { shift }
    }
}

/// Two tables side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableComparison {
    /// The left table.
    pub left: ComparedSide,
    /// The right table.
    pub right: ComparedSide,
    /// Rows, left and right.
    pub rows: (u64, u64),
    /// Columns that both have, the most different first.
    pub columns: Vec<ColumnComparison>,
    /// Columns that only the left has.
    pub only_left: Vec<String>,
    /// Columns that only the right has.
    pub only_right: Vec<String>,
}
