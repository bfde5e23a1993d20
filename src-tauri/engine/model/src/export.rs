//! The bundle: settings and what was written.

use serde::{Deserialize, Serialize};

/// What the user chooses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportParams {
    /// Leave out people without e-mail consent from profiles.
    pub consent_only: bool,
    /// Leave direct identifiers (names, e-mail, phone, street) out of the profiles.
    pub pseudonymous: bool,
}

impl Default for ExportParams {
    fn default() -> Self {
        Self { consent_only: false, pseudonymous: true }
    }
}

/// One file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleFile {
    /// Path inside the bundle, `/`-separated.
    pub path: String,
    /// What it is, one line.
    pub about: String,
    /// Rows, where it is a table.
    pub rows: Option<u64>,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, lower-case hex.
    pub sha256: String,
}

/// One thing checked by reading the bundle back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// What was compared, e.g. `segments.onnx against seg.assignment`.
    pub check: String,
    /// Rows compared.
    pub rows: u64,
    /// Rows that differ.
    pub differing: u64,
    /// Largest absolute difference, for numbers.
    pub largest_difference: f64,
    /// True when it is as it should be.
    pub holds: bool,
}

/// The export stage's result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ExportSummary {
    /// Folder name of the bundle inside the project's `exports/`, e.g. `bundle-3f2a91`.
    pub bundle: String,
    /// Its files, sorted by path.
    pub files: Vec<BundleFile>,
    /// Read back and compared.
    pub verification: Vec<Verification>,
    /// Fingerprint of everything it was made from.
    pub fingerprint: String,
}
