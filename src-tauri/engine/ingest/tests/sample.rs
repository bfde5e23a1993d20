//! The checked-in sample: every file loads with exactly the rejects its truth promises.

use kith_ingest::{counts_sql, inspect, load};
use kith_model::source::Source;
use kith_model::{FileRef, Quiet, SourceId};
use kith_store::{Store, StoreOptions};
use std::collections::BTreeSet;
use std::path::Path;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../datasets/northpeak");

/// The lines of `file` that must be refused, counted like the truth from 1 in the unpacked file.
fn promised(file: &str) -> BTreeSet<i64> {
    let faults = std::fs::read_to_string(Path::new(SAMPLE).join("truth/faults.csv")).unwrap();
    faults
        .lines()
        .filter_map(|line| match line.split(',').collect::<Vec<_>>()[..] {
            [name, line, _, "yes"] if name == file => line.parse().ok(),
            _ => None,
        })
        .collect()
}

#[test]
fn every_file_loads_with_the_rejects_its_truth_promises() {
    let manifest = std::fs::read(Path::new(SAMPLE).join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let mut seen = 0;
    for entry in manifest["files"].as_array().unwrap() {
        let name = entry["name"].as_str().unwrap();
        let path = Path::new(SAMPLE).join(name);
        let detected = inspect(&path).unwrap();
        let single = detected.evidence.iter().any(|e| e.about == "columns" && e.value == "1");
        assert!(!single, "{name}");
        let source = Source {
            id: SourceId::slug(name),
            title: name.to_owned(),
            file: FileRef(name.to_owned()),
            format: detected.format,
            options: detected.options,
            preset: None,
        };
        let plan = load(&source, &path, scratch.path()).unwrap();
        store.run(&plan.pipeline, &Quiet).unwrap();
        let counts = store.frame(&counts_sql(&source), &Quiet).unwrap();
        let count = |of: &str| counts.column(of).unwrap().int().unwrap()[0].unwrap();
        let (rows, rejects) = (entry["rows"].as_i64(), entry["rejects"].as_i64());
        assert_eq!((Some(count("rows_in")), Some(count("rejected"))), (rows, rejects), "{name}");
        let lines = store
            .frame(&format!("SELECT line FROM src.reject WHERE source = '{}'", source.id), &Quiet)
            .unwrap();
        let lines = lines.columns[0].1.int().unwrap().iter().map(|line| line.unwrap()).collect();
        assert_eq!(promised(name), lines, "{name}");
        seen += 1;
    }
    assert!(seen >= 8);
}
