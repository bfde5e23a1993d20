//! The laws of the house, read off `cargo metadata`: which room may use which door.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

fn metadata() -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let version = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    // Only this platform's packages: those of others need not have been downloaded.
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", host])
        .current_dir(root)
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Direct dependencies of each workspace member, tests left out.
fn edges(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let members: BTreeSet<&str> = metadata["workspace_members"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .filter(|package| members.contains(text(package, "id")))
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap().iter();
            let normal = dependencies.filter(|d| d["kind"].is_null()).map(|d| text(d, "name"));
            (text(package, "name").to_owned(), normal.map(str::to_owned).collect())
        })
        .collect()
}

/// Every package a member reaches through normal dependencies of the resolved graph.
fn reach(metadata: &Value, from: &str) -> BTreeSet<String> {
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| (text(node, "id"), node))
        .collect();
    let names: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (text(package, "id"), text(package, "name")))
        .collect();
    let start = names.iter().find(|(_, name)| **name == from).map(|(id, _)| *id).unwrap();
    let mut seen = BTreeSet::new();
    let mut open = vec![start];
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"].is_null()) {
                open.push(text(dependency, "pkg"));
            }
        }
    }
    seen.into_iter().filter(|id| *id != start).map(|id| names[id].to_owned()).collect()
}

const DOMAIN: [&str; 10] = [
    "kith-export",
    "kith-features",
    "kith-identity",
    "kith-ingest",
    "kith-mapping",
    "kith-predict",
    "kith-quality",
    "kith-recommend",
    "kith-rules",
    "kith-segments",
];

/// Rooms each room may use directly, besides crates that are not ours.
fn allowed(room: &str) -> Option<Vec<&'static str>> {
    let base = ["kith-model", "kith-sql"];
    let with = |extra: &[&'static str]| Some([&base[..], extra].concat());
    match room {
        "kith-model" | "kith-datasets" | "kith-xtask" => Some(vec![]),
        "kith-api" | "kith-sql" => Some(vec!["kith-model"]),
        "kith-store" => with(&[]),
        "kith-segments" | "kith-predict" | "kith-recommend" => with(&["kith-features"]),
        "kith-export" => with(&[
            "kith-features",
            "kith-segments",
            "kith-predict",
            "kith-recommend",
            "kith-rules",
        ]),
        "kith-quality" => with(&["kith-mapping"]),
        "kith-features" | "kith-identity" | "kith-ingest" | "kith-mapping" | "kith-rules" => {
            with(&[])
        }
        "kith-workbench" => {
            let own = ["kith-api", "kith-store", "kith-datasets"];
            Some([&base[..], &own, &DOMAIN].concat())
        }
        // A host: the engine and the contract; `kith` also starts the server and makes samples.
        "kith-desktop" | "kith-server" => Some(vec!["kith-api", "kith-model", "kith-workbench"]),
        "kith-native" => Some(vec!["kith-api", "kith-model", "kith-ui", "kith-workbench"]),
        "kith-cli" => {
            Some(vec!["kith-api", "kith-datasets", "kith-model", "kith-server", "kith-workbench"])
        }
        "kith-ui" => Some(vec!["kith-api", "kith-model"]),
        "kith-web" => Some(vec!["kith-api", "kith-model", "kith-ui"]),
        "kith-tests" => None,
        other => panic!("{other} has no row in the architecture test: give it one"),
    }
}

#[test]
fn rooms_use_only_the_doors_they_may() {
    let edges = edges(&metadata());
    let mut broken = Vec::new();
    for (room, uses) in &edges {
        let Some(allowed) = allowed(room) else { continue };
        for used in uses.iter().filter(|name| edges.contains_key(*name)) {
            if !allowed.contains(&used.as_str()) {
                broken.push(format!("{room} must not depend on {used}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_interface_never_reaches_engine_parts() {
    let metadata = metadata();
    for room in ["kith-ui", "kith-web", "kith-api"] {
        let reached = reach(&metadata, room);
        for banned in ["duckdb", "tauri", "linfa", "kith-store", "kith-workbench"] {
            assert!(!reached.contains(banned), "{room} reaches {banned}");
        }
    }
}

#[test]
fn domain_rooms_never_reach_the_store_a_window_or_a_shell() {
    let metadata = metadata();
    for room in DOMAIN {
        let reached = reach(&metadata, room);
        for banned in ["duckdb", "egui", "tauri"] {
            assert!(!reached.contains(banned), "{room} reaches {banned}");
        }
    }
}

#[test]
fn only_the_store_links_duckdb_and_only_the_shell_links_tauri() {
    let edges = edges(&metadata());
    let users = |wanted: &str| -> Vec<&str> {
        edges
            .iter()
            .filter(|(_, uses)| uses.contains(wanted))
            .map(|(room, _)| room.as_str())
            .collect()
    };
    assert_eq!(users("duckdb"), ["kith-store"]);
    assert_eq!(users("tauri"), ["kith-desktop"]);
}

/// Lines of each Rust file, with its path from the root.
fn rust_files() -> Vec<(String, usize)> {
    fn walk(dir: &Path, root: &Path, out: &mut Vec<(String, usize)>) {
        for entry in dir.read_dir().unwrap().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !name.starts_with('.') && !name.starts_with("target") && name != "gen" {
                    walk(&path, root, out);
                }
            } else if name.ends_with(".rs") {
                let lines = std::fs::read_to_string(&path).unwrap().lines().count();
                let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                out.push((path, lines));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut out = Vec::new();
    walk(root, root, &mut out);
    out
}

#[test]
fn no_file_outgrows_600_lines() {
    let long: Vec<_> = rust_files().into_iter().filter(|(_, lines)| *lines > 600).collect();
    assert!(long.is_empty(), "a second file beats a 600-line one: {long:?}");
}

#[test]
fn every_library_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for (path, _) in rust_files().iter().filter(|(path, _)| path.ends_with("src/lib.rs")) {
        let text = std::fs::read_to_string(root.join(path)).unwrap();
        assert!(text.starts_with("//!"), "{path} does not open with //!");
        assert!(text.contains("law"), "{path} does not name its law");
    }
}

#[test]
fn every_room_has_a_row_in_the_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let missing: Vec<_> = edges(&metadata())
        .into_keys()
        .filter(|room| !readme.contains(&format!("`{room}`")))
        .collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
}

#[test]
fn only_the_theme_names_colours() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut seen = 0;
    let mut wrong = Vec::new();
    for (path, _) in rust_files() {
        if !path.starts_with("ui/") || path.starts_with("ui/src/theme/") {
            continue;
        }
        seen += 1;
        let code = std::fs::read_to_string(root.join(&path)).unwrap();
        // `TRANSPARENT` is no colour; `PLACEHOLDER` is egui's word for "the surrounding colour".
        let named = code.split("Color32::").skip(1).filter(|rest| {
            rest.starts_with(|c: char| c.is_ascii_uppercase())
                && !["TRANSPARENT", "PLACEHOLDER"].iter().any(|fine| rest.starts_with(fine))
        });
        wrong.extend(
            named.map(|rest| {
                format!("{path}: Color32::{}", rest.chars().take(16).collect::<String>())
            }),
        );
    }
    assert!(seen > 50, "the interface was not found");
    assert!(wrong.is_empty(), "take these from the theme's tokens: {wrong:#?}");
}
