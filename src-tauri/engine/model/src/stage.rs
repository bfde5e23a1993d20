//! The pipeline's stages, what each needs, and how each stands.

use serde::{Deserialize, Serialize};

/// A stage of the pipeline, in the order of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Files loaded into raw tables.
    Sources,
    /// Raw tables mapped into the canonical schema.
    Mapping,
    /// Expectations over the canonical tables.
    Quality,
    /// Records resolved into people.
    Identity,
    /// One row of numbers per person.
    Features,
    /// People grouped by K-means.
    Segments,
    /// Purchase propensity.
    Predict,
    /// What to show whom.
    Recommend,
    /// If-then rules replayed on history.
    Rules,
    /// The bundle for serving systems.
    Export,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 10] = [
        Self::Sources,
        Self::Mapping,
        Self::Quality,
        Self::Identity,
        Self::Features,
        Self::Segments,
        Self::Predict,
        Self::Recommend,
        Self::Rules,
        Self::Export,
    ];

    /// The stages whose results this one reads.
    pub fn needs(self) -> &'static [Self] {
        match self {
            Self::Sources => &[],
            Self::Mapping => &[Self::Sources],
            Self::Quality | Self::Identity => &[Self::Mapping],
            Self::Features => &[Self::Identity],
            Self::Segments | Self::Predict | Self::Recommend => &[Self::Features],
            Self::Rules => &[Self::Segments, Self::Predict],
            Self::Export => {
                &[Self::Segments, Self::Predict, Self::Recommend, Self::Rules, Self::Quality]
            }
        }
    }

    /// The name in commands, file names and JSON: `sources`, `mapping` ...
    pub fn key(self) -> &'static str {
        match self {
            Self::Sources => "sources",
            Self::Mapping => "mapping",
            Self::Quality => "quality",
            Self::Identity => "identity",
            Self::Features => "features",
            Self::Segments => "segments",
            Self::Predict => "predict",
            Self::Recommend => "recommend",
            Self::Rules => "rules",
            Self::Export => "export",
        }
    }

    /// The name on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Sources => "Sources",
            Self::Mapping => "Mapping",
            Self::Quality => "Quality",
            Self::Identity => "Identity",
            Self::Features => "Features",
            Self::Segments => "Segments",
            Self::Predict => "Predictions",
            Self::Recommend => "Recommendations",
            Self::Rules => "Rules",
            Self::Export => "Export",
        }
    }
}

/// How a stage stands; drawn by shape as well as colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageState {
    /// Nothing to work on yet.
    Empty,
    /// Never run with the present inputs and settings, or never at all.
    Stale,
    /// A job is at it.
    Running,
    /// Result and inputs agree.
    Ready,
    /// Ready, and a person should look: findings, doubtful pairs, a failed run.
    Attention,
}
