//! The nouns both sides of the contract use: what a project holds, what a user may
//! change, and what each stage found.
//!
//! Not for: I/O, SQL, algorithms, drawing. Everything here compiles to WASM.
//!
//! Its one law: a value that was checked stays checked ([`Valid`]), and a document only
//! changes through a [`Command`].

pub mod canonical;
pub mod chart;
pub mod column_format;
pub mod command;
pub mod document;
pub mod explain;
pub mod export;
pub mod features;
pub mod golden;
pub mod guard;
pub mod identity;
pub mod ids;
pub mod lineage;
pub mod mapping;
pub mod monitor;
pub mod number;
pub mod person_graph;
pub mod predict;
pub mod quality;
pub mod recommend;
pub mod repair;
pub mod review_desk;
pub mod rows;
pub mod rules;
pub mod segments;
pub mod source;
pub mod stage;
pub mod table;
pub mod texts;
pub mod training;
pub mod valid;

pub use canonical::{Entity, FieldKind, FieldSpec};
pub use command::{Command, CommandError};
pub use document::Document;
pub use ids::{FileRef, JobId, PairKey, ProfileId, RecordId, RuleId, SourceId};
pub use monitor::{Metric, Monitor, Quiet};
pub use number::grouped;
pub use rows::{CellTest, ColumnFilter};
pub use stage::{Stage, StageState};
pub use table::{Column, Frame};
pub use texts::Texts;
pub use valid::{BrokenRule, Valid};
