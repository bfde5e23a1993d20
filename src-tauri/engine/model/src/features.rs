//! Features: one row of numbers per person, as of a date.

use crate::valid::{BrokenRule, Checker, Valid};
use serde::{Deserialize, Serialize};

/// What the user chooses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeatureParams {
    /// The day (`YYYY-MM-DD`, UTC midnight) no feature may look beyond; `None`: the day after
    /// the newest order or event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Features in SQL the user added, each an aggregate over one person's rows.
    pub custom: Vec<CustomFeature>,
}

/// A user's own feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomFeature {
    /// Column name, `[a-z][a-z0-9_]*`.
    pub name: String,
    /// SQL expression over the columns of `feat.customer`.
    pub sql: String,
}

impl FeatureParams {
    /// The checked settings, or every broken rule.
    pub fn check(self) -> Result<Valid<Self>, Vec<BrokenRule>> {
        let day = |s: &String| {
            s.len() == 10
                && s.bytes()
                    .enumerate()
                    .all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() })
        };
        let name = |s: &str| {
            s.starts_with(|c: char| c.is_ascii_lowercase())
                && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        Checker::default()
            .require(self.as_of.as_ref().is_none_or(day), "as_of", "Write the day as YYYY-MM-DD")
            .require(
                self.custom.iter().all(|c| name(&c.name)),
                "custom",
                "A feature's name is lower case letters, digits and _",
            )
            .finish(self)
    }
}

/// A feature and how its values lie.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureInfo {
    /// Column of `feat.customer`.
    pub name: String,
    /// Name on screen.
    pub label: String,
    /// What it measures, one sentence.
    pub description: String,
    /// Unit: `days`, `orders`, `EUR`, `share` ...
    pub unit: String,
    /// Family: `recency, frequency, monetary`, `engagement`, `taste` ...
    pub family: String,
    /// Its SQL.
    pub sql: String,
    /// Mean over people with a value.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
    /// Least value.
    pub min: f64,
    /// Median.
    pub median: f64,
    /// Greatest value.
    pub max: f64,
    /// People without a value.
    pub missing: u64,
    /// Counts in 24 equal bins between least and greatest.
    pub histogram: Vec<u64>,
}

/// The features stage's result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FeaturesSummary {
    /// The day nothing looks beyond.
    pub as_of: String,
    /// People, those without orders included.
    pub people: u64,
    /// People with at least one order.
    pub buyers: u64,
    /// One entry a feature.
    pub features: Vec<FeatureInfo>,
    /// People by lifecycle stage: new, active, dormant, churned, prospect.
    pub lifecycle: Vec<(String, u64)>,
}
