//! What checking gave.

use super::{Anomaly, Expectation, LoadNote, Severity, SourceCopies};
use serde::{Deserialize, Serialize};

/// How an expectation stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It does not hold.
    #[default]
    Fails,
    /// It could not be checked: a column is missing, a query does not run, there is no value.
    Unchecked,
    /// It holds.
    Holds,
}

/// An expectation's outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The expectation.
    pub expectation: Expectation,
    /// Kith expects it of every project.
    #[serde(default)]
    pub built_in: bool,
    /// The expectation in words: `order_id of orders is never missing`.
    pub title: String,
    /// How it stands.
    #[serde(default)]
    pub outcome: Outcome,
    /// Rows looked at.
    pub rows: u64,
    /// Rows that fail; 0 where no row alone is to blame.
    pub failing: u64,
    /// What was found instead of rows: a statistic, a number of rows, the newest moment.
    #[serde(default)]
    pub observed: Option<String>,
    /// Why it could not be checked, and what to do.
    #[serde(default)]
    pub problem: Option<String>,
    /// `SELECT` that lists the failing rows; empty where no row alone is to blame.
    pub sql: String,
}

impl Finding {
    /// It fails, and says not to trust what follows.
    pub fn is_error(&self) -> bool {
        self.outcome == Outcome::Fails && self.expectation.severity == Severity::Error
    }

    /// It fails, and asks for a look.
    pub fn is_warning(&self) -> bool {
        self.outcome == Outcome::Fails && self.expectation.severity == Severity::Warning
    }
}

/// The quality stage's result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct QualitySummary {
    /// When it was checked, RFC 3339 UTC: freshness counts from here.
    #[serde(default)]
    pub checked_at: String,
    /// One entry an expectation, failing ones first, then by table and title.
    pub findings: Vec<Finding>,
    /// What stands out against the load before.
    #[serde(default)]
    pub anomalies: Vec<Anomaly>,
    /// Exact copies of rows in each source that is loaded.
    #[serde(default)]
    pub copies: Vec<SourceCopies>,
    /// The loads so far, oldest first, this one last.
    #[serde(default)]
    pub loads: Vec<LoadNote>,
}

impl QualitySummary {
    /// Expectations that hold, that fail as errors, that fail as warnings, that could not be
    /// checked.
    pub fn counts(&self) -> [u64; 4] {
        let count = |of: &dyn Fn(&Finding) -> bool| {
            self.findings.iter().filter(|finding| of(finding)).count() as u64
        };
        [
            count(&|f| f.outcome == Outcome::Holds),
            count(&Finding::is_error),
            count(&Finding::is_warning),
            count(&|f| f.outcome == Outcome::Unchecked),
        ]
    }
}
