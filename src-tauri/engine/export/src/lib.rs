//! The bundle: one versioned folder a serving system takes as it is.
//!
//! Not for: running SQL (the store copies the tables this room selects), or serving.
//!
//! Its one law: nothing is handed over unread. Models are written as ONNX and rules as an open
//! decision graph; every file has its hash in the manifest; and the whole is read back and
//! compared with what the project holds, the models through an evaluator of their own bytes.

mod bundle;
mod cards;
mod manifest;
pub mod onnx;
mod parquet_sql;
mod scorer;
mod verify;

pub use bundle::{BundleBuilder, BundleModels, Models, POPULAR_LENGTH, read_models};
pub use cards::{ModelCard, predict_card, recommend_card, segment_card};
pub use manifest::{FORMAT, Lineage, Manifest, read_manifest, write_manifest};
pub use parquet_sql::{ParquetPart, parquet_parts};
pub use scorer::Scorer;
pub use verify::{verify_files, verify_rules, verify_scores, verify_segments, verify_table};

/// Why a bundle cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file cannot be read or written.
    #[error("Cannot access {file} in the bundle: {kind}")]
    Io {
        /// Path inside the bundle.
        file: String,
        /// The system's word for it.
        kind: std::io::ErrorKind,
    },
    /// A file is not what the manifest or its ending says.
    #[error("{file} is damaged: {what}; export the bundle again")]
    Damaged {
        /// Path inside the bundle.
        file: String,
        /// What is wrong with it.
        what: String,
    },
    /// The bundle was written by a newer version.
    #[error(
        "The bundle has format {found}, this version reads up to {known}: use a newer version of Kith"
    )]
    NewerFormat {
        /// The bundle's format.
        found: u32,
        /// The newest known.
        known: u32,
    },
    /// The folder holds no bundle.
    #[error("There is no manifest.json in this folder: choose a folder made by the export")]
    NoBundle,
    /// A table lacks a column or holds another type.
    #[error("The table {table} needs a column {column}")]
    Column {
        /// Which table.
        table: String,
        /// Which column.
        column: String,
    },
}

impl ExportError {
    pub(crate) fn io(file: &str, error: &std::io::Error) -> Self {
        Self::Io { file: file.to_owned(), kind: error.kind() }
    }

    pub(crate) fn damaged(file: &str, what: impl std::fmt::Display) -> Self {
        Self::Damaged { file: file.to_owned(), what: what.to_string() }
    }
}
