//! Kill the process at any point and open again: nothing acknowledged is lost.

use kith_api::{Request, Response};
use kith_tests::{Bench, file_ref, program};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Runs `kith run` on a project and kills it after a while; the project must open and finish.
#[test]
fn killed_at_any_point_the_project_opens_and_finishes() {
    let dir = tempfile::tempdir().unwrap();
    let kith = program("kith");
    let data = dir.path().join("data");
    let made = Command::new(&kith)
        .args(["demo", "--people", "120", "--folder", "shop"])
        .current_dir(dir.path())
        .env("KITH_DATA_DIR", &data)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let project = dir.path().join("shop.kith");
    for (round, wait_ms) in [3, 30, 80, 150, 300, 600, 1000].into_iter().enumerate() {
        let k = (3 + round).to_string();
        let mut child = Command::new(&kith)
            .args(["segments", "shop.kith", "--k", &k])
            .current_dir(dir.path())
            .env("KITH_DATA_DIR", &data)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(wait_ms));
        let _ = child.kill();
        let _ = child.wait();
        let bench = Bench::new();
        bench.ask(Request::OpenProject { folder: file_ref(&project) });
        bench.run(kith_model::Stage::Export);
        let stages = bench.overview().stages;
        assert!(stages.iter().all(|stage| stage.has_result && stage.error.is_none()));
    }
}

/// Writes changes one by one, each acknowledged on stdout, and is killed in the middle: every
/// acknowledged change is in the journal.
#[test]
fn every_acknowledged_change_survives_a_kill() {
    for wait_ms in [40, 120, 250] {
        let dir = tempfile::tempdir().unwrap();
        let project = dir.path().join("p.kith");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_writer_that_is_killed", "--ignored", "--nocapture"])
            .env("KITH_CRASH_PROJECT", &project)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(wait_ms + 150));
        let _ = child.kill();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let acknowledged = said.lines().filter_map(|l| l.strip_prefix("ack ")?.parse().ok()).max();
        let Some(acknowledged) = acknowledged else { continue };
        let acknowledged: u64 = acknowledged;
        let bench = Bench::new();
        bench.ask(Request::OpenProject { folder: file_ref(&project) });
        assert!(bench.overview().seq >= acknowledged);
        let Response::Document(document) = bench.ask(Request::Document) else { panic!() };
        let number: u64 = document.name.trim_start_matches("Name ").parse().unwrap();
        assert!(number >= acknowledged, "{number} of {acknowledged}");
    }
}

/// Not a test of its own: the process the test above kills.
#[test]
#[ignore = "started by another test"]
fn the_writer_that_is_killed() {
    let project = std::env::var_os("KITH_CRASH_PROJECT").expect("started by another test");
    let bench = Bench::new();
    let folder = file_ref(std::path::Path::new(&project));
    bench.ask(Request::NewProject { folder, name: "Name 0".into() });
    for number in 1..100_000u64 {
        let command = kith_model::Command::Rename { name: format!("Name {number}") };
        let Response::Applied { seq } = bench.ask(Request::Apply { command }) else { panic!() };
        assert_eq!(seq, number);
        #[allow(clippy::print_stdout, reason = "the acknowledgement the test reads")]
        {
            println!("ack {seq}");
        }
    }
}
