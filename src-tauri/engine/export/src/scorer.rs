//! People who are not in the bundle: raw features in, segment and propensity out, through the
//! very files that are handed over.

use crate::onnx::{OnnxError, Session, Tensor};
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// The models of a bundle, ready to score.
#[derive(Debug, Clone, Default)]
pub struct Scorer {
    segments: Session,
    propensity: Session,
    segment_features: Vec<String>,
    propensity_features: Vec<String>,
}

/// One row of features in a model's order; what is missing is NaN, which the model fills.
fn row(names: &[String], features: &BTreeMap<String, f64>) -> Tensor {
    let values = names.iter().map(|n| features.get(n).map_or(f32::NAN, |v| *v as f32)).collect();
    Tensor::floats(&[1, names.len()], values)
}

impl Scorer {
    /// From the bytes of the two models.
    pub fn read(segments: &[u8], propensity: &[u8]) -> Result<Self, OnnxError> {
        let (segments, propensity) = (Session::read(segments)?, Session::read(propensity)?);
        let (segment_features, propensity_features) = (segments.features(), propensity.features());
        Ok(Self { segments, propensity, segment_features, propensity_features })
    }

    /// Names of the features either model takes, sorted.
    pub fn features(&self) -> Vec<String> {
        let both = self.segment_features.iter().chain(&self.propensity_features);
        both.cloned().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Segment names by number.
    pub fn segment_names(&self) -> Vec<String> {
        self.segments.segments()
    }

    /// The K-means model.
    pub fn segments(&self) -> &Session {
        &self.segments
    }

    /// The propensity model.
    pub fn propensity(&self) -> &Session {
        &self.propensity
    }

    /// Segment number and propensity of one person. Features by name, in their own units; what
    /// is missing or not finite is filled as in training.
    pub fn score(&self, features: &BTreeMap<String, f64>) -> Result<(u32, f64), OnnxError> {
        let segment = self.segments.run(row(&self.segment_features, features))?;
        let segment = segment
            .get("segment")
            .and_then(Tensor::as_ints)
            .and_then(|s| u32::try_from(*s.first()?).ok())
            .ok_or(OnnxError::Damaged)?;
        let propensity = self.propensity.run(row(&self.propensity_features, features))?;
        let propensity = propensity
            .get("propensity")
            .and_then(Tensor::as_floats)
            .and_then(|p| p.first().copied())
            .ok_or(OnnxError::Damaged)?;
        Ok((segment, f64::from(propensity)))
    }
}
