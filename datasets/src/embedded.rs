//! The checked-in sample, inside the program.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::DatasetError;
use crate::folder::Folder;
use crate::generate::known_files;
use crate::manifest::Manifest;

macro_rules! northpeak {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_bytes!(concat!("../northpeak/", $name)).as_slice())),*]
    };
}

/// Name and bytes of every file of the sample.
const FILES: [(&str, &[u8]); 15] = northpeak![
    "Contact.csv.gz",
    "hubspot-crm-exports-all-contacts-2026-10-31.csv.gz",
    "customers_export.csv.gz",
    "subscribed_members_export_8f3c1a2b9d.csv.gz",
    "products_export.csv",
    "orders_export_1.csv.gz",
    "unified_payments.csv.gz",
    "events_20241101_20251031.ndjson.gz",
    "events_20251101_20261031.ndjson.gz",
    "truth/truth_records.csv.gz",
    "truth/truth_people.csv.gz",
    "truth/truth_orders.csv.gz",
    "truth/truth_devices.csv.gz",
    "truth/truth_experiment.json",
    "truth/faults.csv",
];

const MANIFEST_TEXT: &str = include_str!("../northpeak/manifest.json");

/// The checked-in sample in the source tree, for tests and developers. It need not exist where
/// the installed program runs: there, use [`unpack_northpeak`].
#[must_use]
pub fn northpeak_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("northpeak")
}

/// The manifest of the checked-in sample, without unpacking it.
///
/// # Errors
/// `Manifest` when the checked-in manifest is damaged.
pub fn northpeak_manifest() -> Result<Manifest, DatasetError> {
    Manifest::parse(MANIFEST_TEXT)
}

/// Writes the checked-in sample into `dir`, which must be missing, empty, or hold an earlier
/// sample. Needs no network. All files appear or none.
///
/// # Errors
/// `FolderNotEmpty`, or `Io` with the action and the path that failed.
pub fn unpack_northpeak(dir: &Path) -> Result<Manifest, DatasetError> {
    let manifest = northpeak_manifest()?;
    let folder = Folder::open(dir, &known_files())?;
    for (name, bytes) in FILES {
        let path = folder.path(name);
        fs::write(&path, bytes).map_err(DatasetError::io("write", &path))?;
    }
    folder.commit(&manifest)?;
    Ok(manifest)
}
