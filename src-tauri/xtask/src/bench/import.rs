//! Import of delimited text: spoiled files read by guess, and the time a clean file takes, both
//! beside DuckDB in the same run.

use super::Row;
use crate::{paths, setup, shell};
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::collections::BTreeMap;

const REPEAT: &str = "cargo xtask bench import";
/// Sum of the ten Pollock means.
const SCORE: &str = "of 10";

/// Scores and times; `quick` times 100 MB instead of 1 GB.
pub fn measure(quick: bool) -> Result<Vec<Row>> {
    setup::library()?;
    let mut build = shell::cargo();
    build.args(["build", "--release", "--package", "kith-ingest"]);
    shell::run(build.args(["--example", "pollution", "--example", "import_speed"]))?;
    eprintln!("  spoiled files");
    let files = example("pollution", &["--json"])?;
    let files = files.as_array().context("`pollution --json` prints a list")?;
    let aside: Vec<_> = files.iter().filter(|file| file["kept_aside"] == true).collect();
    let mut rows = vec![
        score("guessing, all spoiled files", &files.iter().collect::<Vec<_>>(), Some(9.6)),
        score("guessing, files kept aside", &aside, Some(9.6)),
    ];
    let mut kinds: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for file in files {
        kinds.entry(file["kind"].as_str().unwrap_or_default()).or_default().push(file);
    }
    rows.extend(kinds.iter().map(|(kind, files)| score(kind, files, None)));
    rows.extend(times(quick)?);
    Ok(rows)
}

/// The mean score of some files, ours and the peer's.
fn score(name: &str, files: &[&Value], bar: Option<f64>) -> Row {
    let mean = |whose: &str| {
        let sum = |value: &Value| match value {
            Value::Array(parts) => parts.iter().filter_map(Value::as_f64).sum(),
            other => other.as_f64().unwrap_or(0.0),
        };
        let one = |file: &&Value| {
            let parts = ["success", "header", "records", "cells"];
            parts.iter().map(|part| sum(&file[whose][part])).sum::<f64>()
        };
        files.iter().map(one).sum::<f64>() / files.len().max(1) as f64
    };
    Row::beside(name, (mean("ours"), mean("duckdb")), SCORE, REPEAT).at_least(bar)
}

/// A clean file, and one four times the memory limit.
fn times(quick: bool) -> Result<Vec<Row>> {
    let (size, title) = if quick { ("100", "100 MB") } else { ("1000", "1 GB") };
    let limit = if quick { "100" } else { "250" };
    eprintln!("  clean file of {title}");
    let plain = example("import_speed", &[size, "3"])?;
    eprintln!("  clean file of {title}, memory limit {limit} MiB");
    let bounded = example("import_speed", &[size, "1", limit])?;
    let row = |name: String, report: &Value| -> Result<Row> {
        let seconds = |key: &str| report[key].as_f64().context("`import_speed` tells no time");
        let pair = (seconds("ours_median_s")?, seconds("duckdb_median_s")?);
        Ok(Row::beside(&name, pair, "s", REPEAT))
    };
    Ok(vec![
        row(format!("import of a clean CSV file of {title}"), &plain)?.at_most_times(1.3),
        row(format!("the same with {limit} MiB of memory"), &bounded)?,
    ])
}

fn example(name: &str, args: &[&str]) -> Result<Value> {
    let folder = paths::target().join("release/examples");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    Ok(serde_json::from_str(&shell::capture(shell::command(program).args(args))?)?)
}
