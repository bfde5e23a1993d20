//! The grid over a million and ten million rows: what a frame costs, how soon rows are there.

use super::Row;
use crate::{setup, shell};
use anyhow::{Context as _, Result};
use serde::Deserialize;

const REPEAT: &str = "cargo xtask bench grid";

#[derive(Deserialize)]
struct Line {
    name: String,
    value: f64,
    unit: String,
    limit: f64,
}

/// Measures in release: the ignored test `grid` of `kith-tests` prints a JSON object a figure.
pub fn measure(quick: bool) -> Result<Vec<Row>> {
    setup::library()?;
    let mut test = shell::cargo();
    test.args(["test", "--release", "--package", "kith-tests", "--test", "grid", "--"]);
    test.args(["--ignored", "--nocapture"]);
    if quick {
        test.env("KITH_BENCH_QUICK", "1");
    }
    let text = shell::capture(&mut test)?;
    let lines = text.lines().filter(|line| line.starts_with('{'));
    lines
        .map(|line| {
            let line: Line = serde_json::from_str(line).context("the test prints JSON")?;
            let unit = if line.unit == "ms" { "ms" } else { "s" };
            Ok(Row::at_most(&line.name, line.value, unit, line.limit, REPEAT))
        })
        .collect()
}
