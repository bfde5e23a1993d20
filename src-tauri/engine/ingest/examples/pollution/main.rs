//! Scores reading of spoiled files: ours (inspect, load: the code behind `kith convert`) beside
//! DuckDB's own guess, file by file in the same run.
//!
//! `cargo run --release -p kith-ingest --example pollution -- [--json] [--tuning | --aside]
//! [--files] [--kind NAME] [--seed N] [--keep FOLDER]`; `cargo xtask bench import` calls it.

#![allow(clippy::print_stdout, reason = "stdout is this program's product")]

mod score;

use kith_datasets::polluted::{Polluted, polluted};
use kith_ingest::{IngestError, inspect, load};
use kith_model::source::Source;
use kith_model::{FileRef, Frame, Quiet, SourceId};
use kith_sql::{Pipeline, Step, TableName, text};
use kith_store::{Store, StoreOptions};
use score::{Found, Measures, measure, named};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Seed of the corpus whose figures are reported.
const SEED: u64 = 20_261_101;

#[derive(Serialize)]
struct File {
    kind: &'static str,
    name: String,
    kept_aside: bool,
    ours: Measures,
    duckdb: Measures,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| args.iter().any(|arg| arg == flag);
    let after = |flag: &str| args.iter().skip_while(|arg| *arg != flag).nth(1).cloned();
    let seed = after("--seed").and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let kind = after("--kind");
    let keep = after("--keep");
    let folder = tempfile::tempdir().expect("a scratch folder");
    let files: Vec<File> = polluted(seed)
        .into_iter()
        .filter(|file| !(has("--tuning") && file.kept_aside || has("--aside") && !file.kept_aside))
        .filter(|file| kind.as_ref().is_none_or(|kind| file.kind == kind))
        .map(|file| score_file(&file, keep.as_deref().map_or(folder.path(), Path::new)))
        .collect();
    if has("--json") {
        println!("{}", serde_json::to_string(&files).expect("figures serialize"));
        return;
    }
    if has("--files") {
        for file in files.iter().filter(|file| file.ours.score() < 9.9) {
            let problem = file.problem.as_deref().unwrap_or("");
            println!(
                "{:6.3} {:6.3} {} {problem}",
                file.ours.score(),
                file.duckdb.score(),
                file.name
            );
        }
    }
    let mut kinds: BTreeMap<&str, Vec<&File>> = BTreeMap::new();
    for file in &files {
        kinds.entry(file.kind).or_default().push(file);
    }
    println!("| Kind | Kith | DuckDB guessing |\n|---|--:|--:|");
    for (kind, files) in &kinds {
        row(kind, files);
    }
    row("all", &files.iter().collect::<Vec<_>>());
    row("kept aside", &files.iter().filter(|f| f.kept_aside).collect::<Vec<_>>());
}

fn row(name: &str, files: &[&File]) {
    let ours = Measures::mean(files.iter().map(|f| &f.ours)).score();
    let duckdb = Measures::mean(files.iter().map(|f| &f.duckdb)).score();
    println!("| {name} | {ours:.3} | {duckdb:.3} |");
}

fn score_file(file: &Polluted, folder: &Path) -> File {
    let path = folder.join(&file.name);
    std::fs::write(&path, &file.bytes).expect("a scratch file");
    let ours = ours(&path, &folder.join("scratch"));
    let duckdb = duckdb(&path);
    let problem = match &ours {
        Err(problem) => Some(problem.clone()),
        Ok(found) => {
            let names: Vec<_> = found.header.iter().take(4).map(String::as_str).collect();
            Some(format!("{} x {} {}", found.rows.len(), found.header.len(), names.join("|")))
        }
    };
    File {
        kind: file.kind,
        name: file.name.clone(),
        kept_aside: file.kept_aside,
        ours: measure(&file.truth, ours.as_ref().ok()),
        duckdb: measure(&file.truth, duckdb.as_ref()),
        problem,
    }
}

fn rows(frame: &Frame) -> Vec<Vec<String>> {
    let columns: Vec<_> = frame.columns.iter().filter_map(|(_, c)| c.text()).collect();
    (0..frame.rows())
        .map(|row| columns.iter().map(|c| c.get(row).unwrap_or_default().to_owned()).collect())
        .collect()
}

fn ours(path: &Path, scratch: &Path) -> Result<Found, String> {
    let said = |error: IngestError| error.to_string();
    let store = Store::in_memory(&StoreOptions::default()).map_err(|e| e.to_string())?;
    let seen = inspect(path).map_err(said)?;
    let id = SourceId("input".to_owned());
    let source = Source {
        id,
        title: "input".to_owned(),
        file: FileRef(path.display().to_string()),
        format: seen.format,
        options: seen.options,
        preset: None,
    };
    let plan = load(&source, path, scratch).map_err(said)?;
    let ran = store.run(&plan.pipeline, &Quiet).map_err(|e| e.to_string());
    for file in &plan.cleanup {
        std::fs::remove_file(file).ok();
    }
    ran?;
    let frame = store
        .frame("SELECT * EXCLUDE (_row) FROM src.input ORDER BY _row", &Quiet)
        .map_err(|e| e.to_string())?;
    let names = frame.columns.iter().map(|(name, _)| name.clone()).collect();
    Ok(Found { header: named(names), rows: rows(&frame) })
}

/// DuckDB's own guess, every column as text so that no value is rewritten; where that fails, its
/// second chance with bad rows left out.
fn duckdb(path: &Path) -> Option<Found> {
    let attempt = |options: &str| {
        let store = Store::in_memory(&StoreOptions::default()).ok()?;
        let call = format!(
            "SELECT * FROM read_csv({}, all_varchar = true{options})",
            text(&path.to_string_lossy())
        );
        let step = Step::table(TableName::new("src", "guess"), Vec::new(), call);
        store.run(&Pipeline::new("guess").then(step), &Quiet).ok()?;
        let frame = store.frame("SELECT * FROM src.guess", &Quiet).ok()?;
        let names = frame.columns.iter().map(|(name, _)| name.clone()).collect();
        Some(Found { header: named(names), rows: rows(&frame) })
    };
    attempt("").or_else(|| attempt(", ignore_errors = true"))
}
