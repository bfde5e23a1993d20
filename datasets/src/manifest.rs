//! What a sample consists of.

use serde::{Deserialize, Serialize};

use crate::error::DatasetError;

/// Name of the manifest in a sample's folder.
pub const MANIFEST: &str = "manifest.json";

/// Value of [`Manifest::made_by`].
const MADE_BY: &str = "kith-datasets";

/// The files of a sample, with what is known to be in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always `kith-datasets`.
    pub made_by: String,
    /// Version of the generator: other versions write other bytes for the same seed.
    pub format: u32,
    /// People in the sample.
    pub people: u64,
    /// The seed.
    pub seed: u64,
    /// First day of the history, `YYYY-MM-DD`.
    pub from: String,
    /// The sample's "today": the day after the last one of the history, `YYYY-MM-DD`.
    pub today: String,
    /// Exports, in the order in which a person would import them.
    pub files: Vec<SampleFile>,
    /// The truth beside them, in folder `truth/`.
    pub truth: Vec<SampleFile>,
}

/// A file of a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleFile {
    /// Path relative to the folder, with `/`.
    pub name: String,
    /// The import preset that should recognise it, such as `shopify_orders`; none for truth files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Data rows, the header not counted, the faulty ones counted.
    pub rows: u64,
    /// Rows that a reader must reject: loaded rows are `rows - rejects`.
    #[serde(default)]
    pub rejects: u64,
    /// Other faults planted, as listed in `truth/faults.csv`.
    #[serde(default)]
    pub faults: u64,
    /// Size on disk.
    pub bytes: u64,
    /// SHA-256 of the file as it is on disk, in lower-case hexadecimal digits.
    pub sha256: String,
}

impl Manifest {
    pub(crate) fn new(people: u64, seed: u64) -> Self {
        Manifest {
            made_by: MADE_BY.to_owned(),
            format: 1,
            people,
            seed,
            from: "2024-11-01".to_owned(),
            today: "2026-11-01".to_owned(),
            files: Vec::new(),
            truth: Vec::new(),
        }
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// `Manifest` when the text is not one of ours.
    pub fn parse(text: &str) -> Result<Self, DatasetError> {
        let manifest: Manifest = serde_json::from_str(text)?;
        if manifest.made_by == MADE_BY {
            Ok(manifest)
        } else {
            use serde::de::Error;
            Err(DatasetError::Manifest(serde_json::Error::custom("made by another program")))
        }
    }

    /// The file whose import preset is `preset`; the first, where there are several.
    #[must_use]
    pub fn by_preset(&self, preset: &str) -> Option<&SampleFile> {
        self.files.iter().find(|file| file.preset.as_deref() == Some(preset))
    }
}
