//! Running stages: which are stale, in which order, and what to keep of each.

pub(crate) mod basis;
mod export;
mod features;
mod identity;
mod imputing;
mod mapping;
mod predict;
pub(crate) mod quality;
mod recommend;
mod rules;
mod segments;
mod sources;

pub(crate) use kith_model::grouped;

use crate::error::{internal, not_ready};
use crate::results::StageResult;
use crate::session::Session;
use kith_api::ApiError;
use kith_model::document::Document;
use kith_model::{Monitor, Stage};
use serde::Serialize;
use std::time::Instant;

/// What a stage's run needs.
pub(crate) struct Ctx<'a> {
    pub(crate) session: &'a Session,
    /// The document as it stood when the stage began.
    pub(crate) document: &'a Document,
    pub(crate) monitor: &'a dyn Monitor,
    /// Fingerprint of the stage's inputs and settings.
    pub(crate) fingerprint: &'a str,
}

/// What a stage's run gave, besides tables.
pub(crate) struct Outcome {
    headline: String,
    verdict: String,
    attention: bool,
    summary: String,
    model: String,
    output: String,
}

impl Outcome {
    /// An outcome that needs nobody's attention.
    pub(crate) fn new(
        summary: &impl Serialize,
        headline: impl Into<String>,
        verdict: impl Into<String>,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            headline: headline.into(),
            verdict: verdict.into(),
            attention: false,
            summary: serde_json::to_string(summary).map_err(internal)?,
            model: String::new(),
            output: String::new(),
        })
    }

    /// Somebody should look when `attention`.
    #[must_use]
    pub(crate) fn attention(mut self, attention: bool) -> Self {
        self.attention = attention;
        self
    }

    /// Marks what the stage gave, where that follows from more than its inputs and settings.
    #[must_use]
    pub(crate) fn output(mut self, mark: String) -> Self {
        self.output = mark;
        self
    }

    /// Keeps a fitted model.
    pub(crate) fn model(mut self, model: &impl Serialize) -> Result<Self, ApiError> {
        self.model = serde_json::to_string(model).map_err(internal)?;
        Ok(self)
    }
}

/// The stages to run so that `upto` holds, in order: those among its needs (and itself) whose
/// fingerprint differs from the stored one.
pub(crate) fn stale_stages(session: &Session, upto: Stage) -> Vec<Stage> {
    let prints = session.results.fingerprints(&session.document());
    let mut wanted = vec![upto];
    let mut at = 0;
    while at < wanted.len() {
        for need in wanted[at].needs() {
            if !wanted.contains(need) {
                wanted.push(*need);
            }
        }
        at += 1;
    }
    wanted.sort_unstable();
    wanted.retain(|stage| {
        session.results.get(*stage).is_none_or(|result| result.fingerprint != prints[stage])
    });
    wanted
}

/// Expected share of time: what the last run took, or a first guess.
pub(crate) fn weight(session: &Session, stage: Stage) -> f32 {
    let guess: u64 = match stage {
        Stage::Sources => 3000,
        Stage::Mapping | Stage::Identity | Stage::Recommend => 2000,
        Stage::Quality | Stage::Predict => 500,
        Stage::Features | Stage::Segments | Stage::Rules | Stage::Export => 1000,
    };
    session.results.get(stage).map_or(guess, |result| result.took_ms.max(20)) as f32
}

/// Runs one stage and keeps its result; on failure the earlier result stays, marked stale.
pub(crate) fn run_stage(
    session: &Session,
    stage: Stage,
    monitor: &dyn Monitor,
) -> Result<(), ApiError> {
    let document = session.document();
    let fingerprint = session.results.fingerprints(&document).remove(&stage).unwrap_or_default();
    let started = Instant::now();
    let ctx = Ctx { session, document: &document, monitor, fingerprint: &fingerprint };
    session.results.invalidate(&session.store, stage)?;
    let outcome = match stage {
        Stage::Sources => sources::run(&ctx),
        Stage::Mapping => mapping::run(&ctx),
        Stage::Quality => quality::run(&ctx),
        Stage::Identity => identity::run(&ctx),
        Stage::Features => features::run(&ctx),
        Stage::Segments => segments::run(&ctx),
        Stage::Predict => predict::run(&ctx),
        Stage::Recommend => recommend::run(&ctx),
        Stage::Rules => rules::run(&ctx),
        Stage::Export => export::run(&ctx),
    }?;
    let result = StageResult {
        fingerprint: fingerprint.clone(),
        took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        headline: outcome.headline,
        verdict: outcome.verdict,
        attention: outcome.attention,
        summary: outcome.summary,
        model: outcome.model,
        output: outcome.output,
    };
    session.note_run(stage, &result)?;
    session.results.put(&session.store, stage, result)
}

impl Ctx<'_> {
    /// The summary of a stage this one needs.
    pub(crate) fn needed<T: serde::de::DeserializeOwned>(
        &self,
        stage: Stage,
    ) -> Result<T, ApiError> {
        self.session.results.summary(stage)?.ok_or_else(|| not_ready(stage))
    }

    /// The fitted model of a stage this one needs.
    pub(crate) fn needed_model<T: serde::de::DeserializeOwned>(
        &self,
        stage: Stage,
    ) -> Result<T, ApiError> {
        self.session.results.model(stage)?.ok_or_else(|| not_ready(stage))
    }

    /// Progress inside a part of the stage: maps `0..=1` into `from..=to`.
    pub(crate) fn part(&self, from: f32, to: f32) -> Part<'_> {
        Part { monitor: self.monitor, from, to }
    }
}

/// A monitor for a part of a stage.
pub(crate) struct Part<'a> {
    monitor: &'a dyn Monitor,
    from: f32,
    to: f32,
}

impl Monitor for Part<'_> {
    fn progress(&self, done: f32, doing: &str) {
        self.monitor.progress(self.from + (self.to - self.from) * done.clamp(0.0, 1.0), doing);
    }
    fn metric(&self, metric: kith_model::Metric) {
        self.monitor.metric(metric);
    }
    fn cancelled(&self) -> bool {
        self.monitor.cancelled()
    }
}

/// `1 person`, `2 people`.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(231_402), "231,402");
        assert_eq!(counted(1, "person", "people"), "1 person");
    }
}
