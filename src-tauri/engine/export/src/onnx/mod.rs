//! ONNX by hand: a small writer, and an evaluator of the graphs it writes.
//!
//! Opset 17, IR version 8. Raw features go in, missing ones as NaN: filling, `log1p` and
//! scaling are part of the graph, so no serving system can scale differently.
//!
//! - K-means: `features` float `[N, d]` -> `segment` int64 `[N]`, `distance` float `[N]` (Euclidean,
//!   in scaled units, to the segment's centre).
//! - Logistic regression: `features` float `[N, d]` -> `propensity` float `[N]`.

mod graph;
mod proto;
mod run;
mod session;
mod tensor;

pub use graph::{kmeans, kmeans_with, logistic, logistic_with};
pub use session::{OnnxError, Session};
pub use tensor::{Data, Tensor};
