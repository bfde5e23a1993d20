//! The headless journey: on the sample under 60 s, on ten times the sample under 5 minutes.

use super::Row;
use crate::{paths, setup, shell};
use anyhow::{Context as _, Result};
use std::path::Path;

const REPEAT: &str = "cargo xtask bench demo";
/// Ten times the people in the checked-in sample.
const LARGE: &str = "50000";

/// Measures in release: from files to verified bundle, as `kith demo` times itself.
pub fn measure(quick: bool) -> Result<Vec<Row>> {
    setup::library()?;
    shell::run(shell::cargo().args(["build", "--release", "--package", "kith-cli"]))?;
    let scratch = paths::target().join("bench-demo");
    std::fs::remove_dir_all(&scratch).ok();
    std::fs::create_dir_all(&scratch)?;
    eprintln!("  journey on the sample");
    let sample = journey(&scratch.join("sample.kith"), &[])?;
    let mut rows = vec![Row::at_most("journey on the sample", sample, "s", 60.0, REPEAT)];
    if !quick {
        eprintln!("  journey on {LARGE} people");
        let large = journey(&scratch.join("large.kith"), &["--people", LARGE])?;
        rows.push(Row::at_most("journey on 10 x the sample", large, "s", 300.0, REPEAT));
    }
    std::fs::remove_dir_all(&scratch)?;
    Ok(rows)
}

fn journey(folder: &Path, more: &[&str]) -> Result<f64> {
    let mut command = shell::command(paths::binary("release", "kith"));
    command.args(["demo", "--json", "--folder"]).arg(folder).args(more);
    let report: serde_json::Value = serde_json::from_str(&shell::capture(&mut command)?)?;
    report["seconds"].as_f64().context("`kith demo --json` tells no seconds")
}
