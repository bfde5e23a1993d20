//! `cargo xtask bench NAME`: ours and, where there is one, the peer, in turn in one run.

mod demo;
mod grid;
mod identity;
mod import;
mod mapping;

use crate::shell;
use anyhow::Result;
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::io::Write as _;

/// Arguments.
#[derive(Args)]
pub struct Options {
    /// What to measure
    #[arg(value_enum)]
    name: Name,
    /// Smaller data: tells whether it works, not how fast it is
    #[arg(long)]
    quick: bool,
    /// Print rows as JSON, nothing else
    #[arg(long)]
    json: bool,
}

/// Benchmarks.
#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// The headless journey on the sample and on ten times the sample
    Demo,
    /// Spoiled files read by guess, and the time a clean file takes
    Import,
    /// Frames and pages of the grid at a million and ten million rows
    Grid,
    /// Suggested links on labelled cases
    Mapping,
    /// Record matching beside Splink: cluster F1, time, memory
    Identity,
}

/// One measured line.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// Our figure.
    pub ours: f64,
    /// The peer's figure in the same run; none where there is no peer.
    pub peer: Option<f64>,
    /// Of both figures.
    pub unit: &'static str,
    /// `ours / peer`.
    pub ratio: Option<f64>,
    /// What must hold, in words.
    pub bar: String,
    /// Whether it does.
    pub holds: bool,
    /// How to measure it again.
    pub repeat_with: String,
}

impl Row {
    /// A figure that must stay at or under `limit`.
    pub fn at_most(name: &str, ours: f64, unit: &'static str, limit: f64, repeat: &str) -> Self {
        Self {
            name: name.to_owned(),
            ours,
            peer: None,
            unit,
            ratio: None,
            bar: format!("at most {limit} {unit}"),
            holds: ours <= limit,
            repeat_with: repeat.to_owned(),
        }
    }

    /// Our figure beside the peer's; no bar yet.
    pub fn beside(name: &str, pair: (f64, f64), unit: &'static str, repeat: &str) -> Self {
        let (ours, peer) = pair;
        let ratio = (peer > 0.0).then(|| ours / peer);
        let peer = Some(peer);
        let row = Self::at_most(name, ours, unit, f64::INFINITY, repeat);
        Self { peer, ratio, bar: String::new(), ..row }
    }

    /// Ours must reach `least`, if given.
    pub fn at_least(mut self, least: Option<f64>) -> Self {
        if let Some(least) = least {
            self.bar = format!("at least {least} {}", self.unit);
            self.holds = self.ours >= least;
        }
        self
    }

    /// Ours may be at most `limit` times the peer's.
    pub fn at_most_times(mut self, limit: f64) -> Self {
        self.bar = format!("at most {limit} x the peer");
        self.holds = self.ratio.is_some_and(|ratio| ratio <= limit);
        self
    }
}

/// Runs the task; fails when a bar does not hold.
pub fn run(options: &Options) -> Result<()> {
    let rows = match options.name {
        Name::Demo => demo::measure(options.quick)?,
        Name::Import => import::measure(options.quick)?,
        Name::Grid => grid::measure(options.quick)?,
        Name::Mapping => mapping::measure()?,
        Name::Identity => identity::measure(options.quick)?,
    };
    let mut out = std::io::stdout().lock();
    if options.json {
        serde_json::to_writer_pretty(&mut out, &rows)?;
        writeln!(out)?;
    } else {
        table(&mut out, &rows)?;
        writeln!(out, "\n{}", machine())?;
    }
    let broken: Vec<&str> = rows.iter().filter(|r| !r.holds).map(|r| r.name.as_str()).collect();
    anyhow::ensure!(broken.is_empty(), "these bars do not hold: {}", broken.join(", "));
    Ok(())
}

fn table(out: &mut impl std::io::Write, rows: &[Row]) -> Result<()> {
    writeln!(out, "| Measured | Kith | Peer | Ratio | Bar | Holds | Repeat with |")?;
    writeln!(out, "|---|--:|--:|--:|---|---|---|")?;
    let figure = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.2}"));
    for row in rows {
        let Row { name, unit, bar, repeat_with, .. } = row;
        writeln!(
            out,
            "| {name} | {:.2} {unit} | {} | {} | {bar} | {} | `{repeat_with}` |",
            row.ours,
            figure(row.peer),
            figure(row.ratio),
            if row.holds { "yes" } else { "no" },
        )?;
    }
    Ok(())
}

/// Processor and operating system, for the line under a table.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let date = shell::capture(shell::command("date").arg("+%Y-%m-%d")).unwrap_or_default();
    let model = std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|l| l.starts_with("model name"))?;
            Some(line.split(':').nth(1)?.trim().to_owned())
        })
        .unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    format!("{}, {cores} cores of {model}, {}", date.trim(), std::env::consts::OS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_breaks_when_it_is_passed() {
        assert!(Row::at_most("a", 60.0, "s", 60.0, "x").holds);
        assert!(!Row::at_most("a", 60.1, "s", 60.0, "x").holds);
        let beside = |ours, peer| Row::beside("a", (ours, peer), "s", "x");
        assert!(beside(1.3, 1.0).at_most_times(1.3).holds);
        assert!(!beside(1.4, 1.0).at_most_times(1.3).holds);
        assert!(!beside(9.5, 1.0).at_least(Some(9.6)).holds);
        assert!(beside(9.5, 1.0).at_least(None).holds);
    }

    #[test]
    fn a_table_has_one_line_per_row() {
        let mut text = Vec::new();
        table(&mut text, &[Row::at_most("journey", 1.0, "s", 60.0, "cargo xtask bench demo")])
            .unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().count(), 3);
        assert!(text.contains("| journey | 1.00 s | – | – | at most 60 s | yes |"));
    }
}
