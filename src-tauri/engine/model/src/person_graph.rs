//! One person as a graph: records, and what ties them together.

use crate::identity::{RecordCard, Verdict};
use crate::ids::{PairKey, ProfileId};
use serde::{Deserialize, Serialize};

/// What a link rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// A reviewer's word.
    Said,
    /// A deterministic key.
    Key,
    /// A match weight at or above the threshold.
    Strong,
    /// A match weight below the threshold: the average of all pairs holds the two together.
    Weak,
}

/// A link between two records of the graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphLink {
    /// Place of one record among the graph's.
    pub from: u32,
    /// Place of the other.
    pub to: u32,
    /// Their names.
    pub key: PairKey,
    /// Match weight in bits.
    pub weight: f64,
    /// Match probability.
    pub probability: f64,
    /// What it rests on.
    pub kind: LinkKind,
    /// Without it the person would fall into two: places of the records on the smaller side.
    /// Empty for a link that others back up.
    pub cuts_off: Vec<u32>,
    /// What a reviewer said of it.
    pub verdict: Option<Verdict>,
}

/// One person as a graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonGraph {
    /// Who.
    pub profile: ProfileId,
    /// Threshold in force, a match probability.
    pub threshold: f64,
    /// The records.
    pub records: Vec<RecordCard>,
    /// Links that hold, then weak ones, each from strongest to weakest.
    pub links: Vec<GraphLink>,
}
