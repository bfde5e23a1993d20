//! The sample in the source tree is what the generator writes and what the program carries.

#[allow(dead_code)] // each test binary uses its own part of the support
mod support;

use kith_datasets::{
    DatasetError, SampleSpec, generate, northpeak_dir, northpeak_manifest, unpack_northpeak,
};
use sha2::{Digest, Sha256};
use support::snapshot;

#[test]
fn the_checked_in_files_are_what_the_generator_writes() {
    let folder = tempfile::tempdir().unwrap();
    let mut steps = Vec::new();
    let manifest = generate(&SampleSpec::northpeak(), folder.path(), &mut |progress| {
        assert!(progress.done <= progress.total);
        if steps.last() != Some(&progress.step) {
            steps.push(progress.step);
        }
    })
    .unwrap();
    assert_eq!(manifest, northpeak_manifest().unwrap());
    assert_eq!(steps, ["Contacts", "Products", "People", "Orders"]);
    let (fresh, kept) = (snapshot(folder.path()), snapshot(&northpeak_dir()));
    assert_eq!(fresh.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>());
    for (name, bytes) in &fresh {
        assert!(*bytes == kept[name], "{name} differs: run the example `regenerate`");
    }
}

#[test]
fn the_manifest_describes_the_files_and_they_are_small() {
    let manifest = northpeak_manifest().unwrap();
    let files = snapshot(&northpeak_dir());
    assert_eq!(files.len(), manifest.files.len() + manifest.truth.len() + 1);
    for file in manifest.files.iter().chain(&manifest.truth) {
        let bytes = &files[&file.name];
        assert_eq!(bytes.len() as u64, file.bytes, "{}", file.name);
        let hash: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hash, file.sha256, "{}", file.name);
    }
    let total: usize = files.values().map(Vec::len).sum();
    assert!(total <= 12_000_000, "{total} bytes checked in");
}

#[test]
fn the_program_unpacks_the_same_files_without_the_source_tree() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("new/northpeak");
    let manifest = unpack_northpeak(&target).unwrap();
    assert_eq!(manifest, northpeak_manifest().unwrap());
    assert!(snapshot(&target) == snapshot(&northpeak_dir()));
    // Once more over itself.
    unpack_northpeak(&target).unwrap();
    std::fs::write(target.join("notes.txt"), "mine").unwrap();
    let refused = unpack_northpeak(&target).unwrap_err();
    assert!(
        matches!(&refused, DatasetError::FolderNotEmpty { found, .. } if found == "notes.txt"),
        "{refused}"
    );
}

#[test]
fn sizes_are_those_promised() {
    let manifest = northpeak_manifest().unwrap();
    let rows = |preset: &str| -> u64 {
        let files = manifest.files.iter();
        files.filter(|f| f.preset.as_deref() == Some(preset)).map(|f| f.rows).sum()
    };
    let orders = manifest.truth.iter().find(|f| f.name.contains("truth_orders")).unwrap().rows;
    assert_eq!(manifest.people, 5_000);
    let near = |value: u64, wanted: u64| value.abs_diff(wanted) * 100 <= wanted * 3;
    assert!(near(rows("salesforce_contact") + rows("hubspot_contacts"), 8_000));
    assert!(near(orders, 20_000), "{orders} orders");
    assert!(near(rows("shopify_orders"), 45_000), "{} lines", rows("shopify_orders"));
    assert!(near(rows("ga4_events"), 200_000), "{} events", rows("ga4_events"));
    assert_eq!(rows("shopify_products"), 400);
    assert_eq!(manifest.by_preset("ga4_events").unwrap().rejects, 0);
    assert_eq!(manifest.files.iter().map(|f| f.rejects).sum::<u64>(), 6);
}
