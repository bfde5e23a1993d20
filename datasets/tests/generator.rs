//! Laws of the generator: same input, same bytes; all files or none.

#[allow(dead_code)] // each test binary uses its own part of the support
mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};

use kith_datasets::{DatasetError, SampleSpec, generate};
use proptest::prelude::*;
use support::{Table, snapshot};

fn small(people: u64, seed: u64) -> SampleSpec {
    SampleSpec { people, seed }
}

#[test]
fn the_same_spec_gives_the_same_bytes_and_another_seed_others() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, spec: SampleSpec| {
        let target = folder.path().join(name);
        generate(&spec, &target, &mut |_| {}).unwrap();
        snapshot(&target)
    };
    let first = write("first", small(250, 1));
    assert!(first == write("again", small(250, 1)));
    let other = write("other", small(250, 2));
    for (name, bytes) in &first {
        assert!(*bytes != other[name], "{name} does not depend on the seed");
    }
}

#[test]
fn an_interrupted_run_leaves_nothing_and_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("sample");
    let spec = small(600, 3);
    let interrupt = |at: &'static str| {
        catch_unwind(AssertUnwindSafe(|| {
            generate(&spec, &target, &mut |progress| {
                assert!(progress.step != at, "interrupted");
            })
        }))
        .unwrap_err();
    };
    interrupt("People");
    assert!(!target.exists(), "the folder was made by the run that failed");
    generate(&spec, &target, &mut |_| {}).unwrap();
    let before = snapshot(&target);
    interrupt("Orders");
    assert!(before == snapshot(&target), "an earlier sample stays as it was");
}

#[test]
fn what_a_killed_run_leaves_behind_is_cleared_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let staging = folder.path().join(".northpeak.partial/truth");
    std::fs::create_dir_all(&staging).unwrap();
    std::fs::write(staging.join("faults.csv"), "half a li").unwrap();
    generate(&small(50, 4), folder.path(), &mut |_| {}).unwrap();
    assert!(snapshot(folder.path()).keys().all(|name| !name.contains("partial")));
}

#[test]
fn a_folder_with_other_things_in_it_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    // The user's own export, which happens to have the name of one of ours.
    std::fs::write(folder.path().join("products_export.csv"), "Handle\nmine\n").unwrap();
    let before = snapshot(folder.path());
    let refused = generate(&small(10, 1), folder.path(), &mut |_| {}).unwrap_err();
    assert!(matches!(refused, DatasetError::FolderNotEmpty { .. }), "{refused}");
    assert!(before == snapshot(folder.path()));
}

#[test]
fn impossible_sizes_are_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("sample");
    for people in [0, 10_000_001] {
        let refused = generate(&small(people, 1), &target, &mut |_| {}).unwrap_err();
        assert!(matches!(refused, DatasetError::PeopleOutOfRange { .. }), "{refused}");
    }
    assert!(!target.exists());
}

#[cfg(unix)]
#[test]
fn a_file_in_place_of_the_folder_is_an_error_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("sample");
    std::fs::write(&target, "a file").unwrap();
    let refused = generate(&small(10, 1), &target, &mut |_| {}).unwrap_err();
    assert!(refused.to_string().contains("sample"), "{refused}");
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "a file");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Every size works, down to one person, and every order has its truth.
    #[test]
    fn any_size_is_complete(people in 1_u64..120, seed in any::<u64>()) {
        let folder = tempfile::tempdir().unwrap();
        let manifest = generate(&small(people, seed), folder.path(), &mut |_| {}).unwrap();
        let orders = Table::read(folder.path(), "orders_export_1.csv.gz");
        let truth = Table::read(folder.path(), "truth/truth_orders.csv.gz");
        let mut named: Vec<&str> = orders.column("Name").collect();
        named.dedup();
        prop_assert_eq!(named.len(), truth.rows.len());
        prop_assert_eq!(manifest.by_preset("shopify_orders").unwrap().rows, orders.rows.len() as u64);
        let people_rows = Table::read(folder.path(), "truth/truth_people.csv.gz").rows.len() as u64;
        prop_assert_eq!(people_rows, people);
    }
}
