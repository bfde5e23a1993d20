//! The composition root: projects, journal, jobs, and one handler for each request.
//!
//! Not for: algorithms or SQL text (the domain crates), running SQL (`kith-store`), drawing or
//! transport (the hosts).
//!
//! Its one law: nothing changes but through the journal, and derived data is recomputed when,
//! and only when, the fingerprint of its inputs and settings changed.

pub mod bundle;
mod drawing;
mod engine;
mod error;
mod explaining;
mod freezing;
mod golden;
mod hand;
mod handlers;
mod jobs;
mod lineage;
mod looking;
mod mappings;
mod overlap;
mod page;
mod people;
mod project;
mod quality;
mod rejects;
mod report;
mod results;
mod reviewing;
mod run;
mod sample;
mod secrets;
mod session;
mod sources;
pub mod tools;
mod truth;

pub use engine::{Engine, EngineOptions};
pub use page::decode_page;
pub use project::FORMAT_VERSION;
pub use truth::truth_says;
