//! What the engine says unasked.

use crate::ApiError;
use kith_model::{JobId, Metric, Stage};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Receives events. Called from worker threads.
pub type EventSink = Arc<dyn Fn(&Event) + Send + Sync>;

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobOutcome {
    /// Everything asked for is ready.
    Done,
    /// The user stopped it; earlier results stand.
    Cancelled,
    /// It failed; earlier results stand.
    Failed(ApiError),
}

/// A job as the tray shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobStatus {
    /// Its number.
    pub id: JobId,
    /// The stage asked for.
    pub upto: Stage,
    /// The stage at work.
    pub stage: Stage,
    /// Overall share done, `0..=1`.
    pub done: f32,
    /// What it is doing.
    pub doing: String,
    /// Milliseconds it has run.
    pub elapsed_ms: u64,
    /// Estimated milliseconds left, once one can be made.
    pub left_ms: Option<u64>,
    /// How it ended, when it has.
    pub outcome: Option<JobOutcome>,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// A job moved (at most 30 a second) or ended.
    Job(JobStatus),
    /// A live number of a running job.
    Metric {
        /// The job.
        job: JobId,
        /// The stage.
        stage: Stage,
        /// The number.
        metric: Metric,
    },
    /// A stage's result was replaced: ask for it again.
    StageChanged {
        /// Which.
        stage: Stage,
    },
    /// The document changed (command, undo, redo): ask for what shows it.
    DocumentChanged {
        /// Journal sequence number.
        seq: u64,
    },
    /// Another project is open, or none.
    ProjectChanged,
}
