//! Suggested links on the labelled cases: those tuned on and those kept aside.

use super::Row;
use crate::shell;
use anyhow::{Context as _, Result};

const REPEAT: &str = "cargo xtask bench mapping";

/// Precision, recall, F1 and expected calibration error of both parts, in percent. Nothing is
/// drawn by chance: every run gives the same figures.
pub fn measure() -> Result<Vec<Row>> {
    let example = ["run", "--quiet", "--package", "kith-mapping", "--example", "evaluate"];
    let printed = shell::capture(shell::cargo().args(example))?;
    let scores: serde_json::Value = serde_json::from_str(&printed)?;
    let mut rows = Vec::new();
    for (part, words) in [("aside", "kept aside"), ("tuning", "tuned on")] {
        let of = &scores[part];
        let cases = of["cases"].as_u64().context("no number of cases")?;
        let share = |key: &str| of[key].as_f64().map(|v| v * 100.0).context(key.to_owned());
        let name = |what: &str| format!("mapping, {what} on {cases} cases {words}");
        rows.push(at_least(&name("precision"), share("precision")?, 0.0));
        rows.push(at_least(&name("recall"), share("recall")?, 0.0));
        rows.push(at_least(&name("F1"), share("f1")?, 84.0));
        let error = name("calibration error");
        rows.push(Row::at_most(&error, share("ece")?, "%", 5.0, REPEAT));
    }
    Ok(rows)
}

/// A share that must reach `limit`; none is asked for at 0.
fn at_least(name: &str, ours: f64, limit: f64) -> Row {
    let bar = if limit > 0.0 { format!("at least {limit} %") } else { "–".to_owned() };
    let row = Row::at_most(name, ours, "%", f64::INFINITY, REPEAT);
    Row { bar, holds: ours >= limit, ..row }
}
