//! What long work reports to and is stopped by.

/// One live number of a running job, e.g. the inertia after an iteration.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Metric {
    /// Series name, e.g. `inertia`, `log_likelihood`, `log_loss`.
    pub series: String,
    /// Usually the iteration, from 0.
    pub x: f64,
    /// The value.
    pub y: f64,
}

/// Event sink and cancel token in one. Long work calls it at least every 100 ms.
pub trait Monitor: Sync {
    /// `done` in `0..=1`; `doing` is a short phrase such as `comparing pairs`.
    fn progress(&self, done: f32, doing: &str);
    /// A live metric.
    fn metric(&self, metric: Metric);
    /// True once the user asked to stop: return your crate's `Cancelled` error.
    fn cancelled(&self) -> bool;
}

/// Listens to nothing and never cancels: for tests and one-shot tools.
pub struct Quiet;

impl Monitor for Quiet {
    fn progress(&self, _done: f32, _doing: &str) {}
    fn metric(&self, _metric: Metric) {}
    fn cancelled(&self) -> bool {
        false
    }
}
