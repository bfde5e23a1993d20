//! The headless journey: on the sample under 60 s, on ten times the sample under 5 minutes.

use super::{Row, timed};
use crate::{paths, setup, shell};
use anyhow::Result;
use std::path::Path;

const REPEAT: &str = "cargo xtask bench demo";
/// People in the checked-in sample.
const PEOPLE: u32 = 5_000;

/// Measures in release.
pub fn measure(quick: bool) -> Result<Vec<Row>> {
    setup::library()?;
    shell::run(shell::cargo().args(["build", "--release", "--package", "kith-cli"]))?;
    let scratch = paths::target().join("bench-demo");
    std::fs::remove_dir_all(&scratch).ok();
    std::fs::create_dir_all(&scratch)?;
    eprintln!("  journey on the sample");
    let (sample, _) = timed(|| journey(&scratch.join("sample.kith"), None))?;
    let mut rows = vec![Row::at_most("journey on the sample", sample, "s", 60.0, REPEAT)];
    if !quick {
        let people = 10 * PEOPLE;
        let data = scratch.join("data");
        eprintln!("  making {people} people");
        let mut make = kith();
        make.args(["sample", "--people", &people.to_string(), "--seed", "7", "--out"]).arg(&data);
        shell::capture(&mut make)?;
        eprintln!("  journey on {people} people");
        let (large, _) = timed(|| journey(&scratch.join("large.kith"), Some(&data)))?;
        rows.push(Row::at_most("journey on 10 x the sample", large, "s", 300.0, REPEAT));
    }
    std::fs::remove_dir_all(&scratch)?;
    Ok(rows)
}

fn kith() -> std::process::Command {
    shell::command(paths::binary("release", "kith"))
}

fn journey(project: &Path, data: Option<&Path>) -> Result<String> {
    let mut command = kith();
    command.args(["demo", "--json", "--project"]).arg(project);
    if let Some(folder) = data {
        command.arg("--data").arg(folder);
    }
    shell::capture(&mut command)
}
