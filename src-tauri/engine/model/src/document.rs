//! The project document: every choice a user made, and nothing that can be recomputed.

use crate::export::ExportParams;
use crate::features::FeatureParams;
use crate::golden::{GoldenParams, Pin};
use crate::identity::{IdentityParams, Verdict};
use crate::ids::{FileRef, PairKey, SourceId};
use crate::mapping::Mapping;
use crate::predict::PredictParams;
use crate::quality::{CopyRule, Expectation, Imputation};
use crate::recommend::RecommendParams;
use crate::repair::Repair;
use crate::rules::Rule;
use crate::segments::SegmentParams;
use crate::source::Source;
use crate::training::FrozenTraining;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A project's choices. Changed only by [`crate::Command::apply`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Document {
    /// Name on screen.
    pub name: String,
    /// Folder with the known truth (sample projects only): live precision and recall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truth: Option<FileRef>,
    /// Sources, sorted by id.
    pub sources: Vec<Source>,
    /// Refused rows put right by hand, by source, each list sorted by line.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub repairs: BTreeMap<SourceId, Vec<Repair>>,
    /// A mapping for each source that has one.
    pub mappings: BTreeMap<SourceId, Mapping>,
    /// Expectations beside the built-in ones or in place of them, sorted by id.
    pub expectations: Vec<Expectation>,
    /// What becomes of exact copies of rows, for each source where they are not just reported.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub copies: BTreeMap<SourceId, CopyRule>,
    /// Columns whose gaps are filled, sorted by table and field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub imputations: Vec<Imputation>,
    /// Identity settings.
    pub identity: IdentityParams,
    /// What was learned of matching once and is used in later runs; none: each full run learns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub training: Option<FrozenTraining>,
    /// Rules of survivorship.
    #[serde(skip_serializing_if = "is_default")]
    pub golden: GoldenParams,
    /// Values set by hand, sorted by record and field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<Pin>,
    /// People's decisions on pairs. Kept in `decisions.ndjson`, not in `project.toml`.
    #[serde(skip)]
    pub decisions: BTreeMap<PairKey, Decision>,
    /// Feature settings.
    pub features: FeatureParams,
    /// Segment settings.
    pub segments: SegmentParams,
    /// Prediction settings.
    pub predict: PredictParams,
    /// Recommendation settings.
    pub recommend: RecommendParams,
    /// The rule book, sorted by priority, then id.
    pub rules: Vec<Rule>,
    /// Export settings.
    pub export: ExportParams,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A decision with who, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What was said.
    pub verdict: Verdict,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// By whom: the login name, or empty.
    pub by: String,
    /// Why, in the reviewer's words; empty when nothing was said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What it came out of.
    #[serde(default, skip_serializing_if = "DecisionOrigin::teaches")]
    pub origin: DecisionOrigin,
}

/// What a decision came out of. Every decision is honoured; only an answer to a question about the
/// pair is an example to learn from: who merges or splits knows more than the records say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionOrigin {
    /// The pair was looked at and answered.
    #[default]
    Review,
    /// Two or more people were merged.
    Merge,
    /// A person was split.
    Split,
}

impl From<Verdict> for Decision {
    /// An answer of nobody knows whom, at no known time.
    fn from(verdict: Verdict) -> Self {
        let [at, by, why] = [const { String::new() }; 3];
        Self { verdict, at, by, why, origin: DecisionOrigin::Review }
    }
}

impl DecisionOrigin {
    /// True when the decision counts as a label.
    pub fn teaches(&self) -> bool {
        *self == Self::Review
    }

    /// In words, of a merge or split; none of an answer.
    pub fn by_hand(self) -> Option<&'static str> {
        match self {
            Self::Review => None,
            Self::Merge => Some("by hand (merge)"),
            Self::Split => Some("by hand (split)"),
        }
    }
}

impl Document {
    /// The source called `id`.
    pub fn source(&self, id: &SourceId) -> Option<&Source> {
        self.sources.iter().find(|s| &s.id == id)
    }

    /// The repairs of a source's refused rows, sorted by line.
    pub fn repairs_of(&self, id: &SourceId) -> &[Repair] {
        self.repairs.get(id).map_or(&[], Vec::as_slice)
    }
}
