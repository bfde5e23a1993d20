//! Segments by K-means: settings and results.

use crate::valid::{BrokenRule, Checker, Valid};
use serde::{Deserialize, Serialize};

/// How a feature is brought to a common scale before distances are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    /// (x - mean) / standard deviation.
    Standard,
    /// (x - min) / (max - min).
    MinMax,
    /// (x - median) / interquartile range.
    Robust,
    /// log1p of non-negative skewed features, then standard.
    #[default]
    LogStandard,
}

/// What the user tunes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SegmentParams {
    /// Number of segments.
    pub k: u32,
    /// Feature names; empty: the engine's default choice.
    pub features: Vec<String>,
    /// Scaling.
    pub scaling: Scaling,
    /// Restarts with other starting centres; the best inertia wins.
    pub restarts: u32,
    /// Iterations at most, per restart.
    pub max_iterations: u32,
    /// Stop when the inertia improves by less than this share.
    pub tolerance: f64,
    /// Seed of greedy k-means++.
    pub seed: u64,
}

impl Default for SegmentParams {
    fn default() -> Self {
        Self {
            k: 6,
            features: Vec::new(),
            scaling: Scaling::default(),
            restarts: 5,
            max_iterations: 100,
            tolerance: 1e-4,
            seed: 1,
        }
    }
}

impl SegmentParams {
    /// The checked settings, or every broken rule.
    pub fn check(self) -> Result<Valid<Self>, Vec<BrokenRule>> {
        Checker::default()
            .require((2..=50).contains(&self.k), "k", "Between 2 and 50 segments")
            .require((1..=100).contains(&self.restarts), "restarts", "Between 1 and 100 restarts")
            .require(
                (1..=10_000).contains(&self.max_iterations),
                "max_iterations",
                "Between 1 and 10,000 iterations",
            )
            .require(
                self.tolerance.is_finite() && (0.0..1.0).contains(&self.tolerance),
                "tolerance",
                "The tolerance is a share: from 0 to below 1",
            )
            .finish(self)
    }
}

/// A feature in which a segment stands out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trait {
    /// Feature name.
    pub feature: String,
    /// Its label.
    pub label: String,
    /// Segment mean minus population mean, in population standard deviations.
    pub z: f64,
    /// Segment mean in the feature's unit.
    pub mean: f64,
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentInfo {
    /// 0..k, by size, largest first.
    pub id: u32,
    /// A name from the traits that stand out, e.g. `Frequent big spenders`.
    pub name: String,
    /// People in it.
    pub size: u64,
    /// Share of all people clustered.
    pub share: f64,
    /// Mean silhouette of its people (sampled above 20,000).
    pub silhouette: f64,
    /// Every clustered feature, in the order of [`SegmentsSummary::features`].
    pub traits: Vec<Trait>,
    /// Three people nearest to its centre.
    pub examples: Vec<crate::ids::ProfileId>,
}

/// A number of segments tried.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ElbowPoint {
    /// Number of segments.
    pub k: u32,
    /// Sum of squared distances to the nearest centre.
    pub inertia: f64,
    /// Mean silhouette (sampled).
    pub silhouette: f64,
}

/// The segments stage's result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SegmentsSummary {
    /// People clustered (those with at least one order).
    pub people: u64,
    /// Features used, in column order.
    pub features: Vec<String>,
    /// Inertia after each iteration of the winning restart.
    pub inertia: Vec<f64>,
    /// Mean silhouette over all people, or over a sample above 20,000.
    pub silhouette: f64,
    /// Size of the silhouette's sample.
    pub silhouette_sample: u64,
    /// Calinski-Harabasz index.
    pub calinski_harabasz: f64,
    /// Davies-Bouldin index.
    pub davies_bouldin: f64,
    /// The segments, largest first.
    pub segments: Vec<SegmentInfo>,
    /// k = 2..=12, warm and quick.
    pub elbow: Vec<ElbowPoint>,
    /// Share of variance shown by the scatter's two axes (principal components).
    pub explained: [f64; 2],
    /// Adjusted Rand index against planted groups, where truth is known.
    pub truth_ari: Option<f64>,
}

/// Points of the scatter: principal components, at most 5,000 people.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scatter {
    /// First component.
    pub x: Vec<f32>,
    /// Second component.
    pub y: Vec<f32>,
    /// Segment of each point.
    pub segment: Vec<u32>,
    /// Person of each point.
    pub profile: Vec<u64>,
}

/// A fitted model: enough to assign anybody, and to export.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct KMeansModel {
    /// Feature names, in column order.
    pub features: Vec<String>,
    /// Which features take log1p first.
    pub log1p: Vec<bool>,
    /// Subtracted from each (transformed) feature.
    pub centre: Vec<f64>,
    /// Divides each feature afterwards; never 0.
    pub scale: Vec<f64>,
    /// Replaces a missing value, in the feature's own unit.
    pub fill: Vec<f64>,
    /// k rows of scaled coordinates, largest segment first.
    pub centroids: Vec<Vec<f64>>,
    /// Segment names, in the order of the centroids.
    pub names: Vec<String>,
}
