//! The manifest: what a bundle holds, what it was made from, and how good it is.

use crate::ExportError;
use crate::cards::ModelCard;
use kith_model::export::BundleFile;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The newest bundle format this version writes and reads.
pub const FORMAT: u32 = 1;

/// Name of the manifest inside a bundle.
pub(crate) const MANIFEST: &str = "manifest.json";

/// One stage a bundle rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// The stage's key, e.g. `segments`.
    pub stage: String,
    /// Fingerprint of its inputs and settings.
    pub fingerprint: String,
    /// Its result in one sentence.
    pub verdict: String,
}

/// A bundle's table of contents. The same project gives the same bytes: no clock, no host name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manifest {
    /// Format of the bundle.
    pub format: u32,
    /// Version of Kith that wrote it.
    pub version: String,
    /// The project's name.
    pub project: String,
    /// Fingerprint of everything it was made from.
    pub fingerprint: String,
    /// Its files but this one, sorted by path.
    pub files: Vec<BundleFile>,
    /// The stages it rests on, in their order.
    pub lineage: Vec<Lineage>,
    /// The SELECT behind each table, by path.
    pub tables: BTreeMap<String, String>,
    /// Figures by name, e.g. `predict.auc`.
    pub metrics: BTreeMap<String, f64>,
    /// One card a model.
    pub cards: Vec<ModelCard>,
}

/// Writes `manifest.json`: sorted, readable, the same bytes for the same contents.
pub fn write_manifest(dir: &Path, manifest: &Manifest) -> Result<(), ExportError> {
    let mut text =
        serde_json::to_string_pretty(manifest).map_err(|e| ExportError::damaged(MANIFEST, e))?;
    text.push('\n');
    std::fs::write(dir.join(MANIFEST), text).map_err(|e| ExportError::io(MANIFEST, &e))
}

/// Reads `manifest.json`. A newer format is refused by its number before anything else is
/// looked at; a path that leaves the folder is damage.
pub fn read_manifest(dir: &Path) -> Result<Manifest, ExportError> {
    let text = match std::fs::read_to_string(dir.join(MANIFEST)) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(ExportError::NoBundle),
        Err(e) => return Err(ExportError::io(MANIFEST, &e)),
    };
    let value: serde_json::Value =
        serde_json::from_str(&text).map_err(|e| ExportError::damaged(MANIFEST, e))?;
    let format = value["format"].as_u64().and_then(|f| u32::try_from(f).ok());
    match format {
        Some(1..=FORMAT) => {}
        Some(found) if found > FORMAT => {
            return Err(ExportError::NewerFormat { found, known: FORMAT });
        }
        _ => return Err(ExportError::damaged(MANIFEST, "it names no format")),
    }
    let manifest: Manifest =
        serde_json::from_value(value).map_err(|e| ExportError::damaged(MANIFEST, e))?;
    let outside = manifest.files.iter().any(|f| !stays_inside(&f.path));
    if outside {
        return Err(ExportError::damaged(MANIFEST, "a path leaves the folder"));
    }
    Ok(manifest)
}

/// True for a relative path of plain names, `/`-separated.
fn stays_inside(path: &str) -> bool {
    !path.contains(['\\', ':'])
        && path.split('/').all(|name| !name.is_empty() && name != "." && name != "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> BundleFile {
        BundleFile {
            path: path.into(),
            about: "x".into(),
            rows: None,
            bytes: 1,
            sha256: String::new(),
        }
    }

    #[test]
    fn what_is_written_is_read_and_twice_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let manifest = Manifest {
            format: FORMAT,
            files: vec![file("models/segments.onnx")],
            metrics: BTreeMap::from([("predict.auc".to_owned(), 0.1 + 0.2)]),
            ..Manifest::default()
        };
        write_manifest(dir.path(), &manifest).unwrap();
        let first = std::fs::read(dir.path().join(MANIFEST)).unwrap();
        let back = read_manifest(dir.path()).unwrap();
        assert_eq!(back, manifest);
        write_manifest(dir.path(), &back).unwrap();
        assert_eq!(std::fs::read(dir.path().join(MANIFEST)).unwrap(), first);
    }

    #[test]
    fn other_folders_newer_formats_and_roaming_paths_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(read_manifest(dir.path()), Err(ExportError::NoBundle)));
        let write = |text: &str| std::fs::write(dir.path().join(MANIFEST), text).unwrap();
        write("{");
        assert!(matches!(read_manifest(dir.path()), Err(ExportError::Damaged { .. })));
        write(r#"{"format": 2, "files": "of another kind"}"#);
        assert!(matches!(
            read_manifest(dir.path()),
            Err(ExportError::NewerFormat { found: 2, known: 1 })
        ));
        for path in ["../x", "/etc/x", "a//b", "c:\\x", ""] {
            let manifest =
                Manifest { format: FORMAT, files: vec![file(path)], ..Manifest::default() };
            write_manifest(dir.path(), &manifest).unwrap();
            assert!(
                matches!(read_manifest(dir.path()), Err(ExportError::Damaged { .. })),
                "{path}"
            );
        }
    }
}
