//! Fuzzes the detector and the readers of delimited text: spoiled files are spoiled further, at
//! random but repeatably, and read to the end. No panic, nothing slower than a second a megabyte,
//! no row lost; every fiftieth file also goes through DuckDB, which must count what we count.
//!
//! `cargo run -p kith-ingest --example fuzz_import -- SECONDS [SEED]`; ends with 1 at the first
//! file that breaks a law, and leaves it in the temporary folder.

#![allow(clippy::print_stdout, reason = "stdout is this program's product")]

use kith_datasets::polluted::polluted;
use kith_ingest::{check_row, inspect, load};
use kith_model::source::{FileFormat, ReadOptions, Source};
use kith_model::{FileRef, Quiet, SourceId};
use kith_store::{Store, StoreOptions};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// What delimited text is spoiled with.
const BITS: [&[u8]; 22] = [
    b"\"",
    b"'",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"||",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\\",
    b"\\\"",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3",
    b" ",
    b"\n\n\n",
    b"#",
    b"{\"a\":1}\n",
    b"\"\n",
];

/// Repeatable chance (an LCG after Knuth, MMIX).
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

fn spoil(chance: &mut Chance, bytes: &mut Vec<u8>, other: &[u8]) {
    let from = chance.below(bytes.len() + 1);
    let to = (from + chance.below(200)).min(bytes.len());
    match chance.below(9) {
        0 => drop(bytes.drain(from..to)),
        1 => {
            let part = bytes[from..to].to_vec();
            bytes.splice(from..from, part);
        }
        2 => bytes.truncate(from),
        3 => {
            let start = chance.below(other.len() + 1);
            bytes.splice(from..to, other[start..(start + 300).min(other.len())].iter().copied());
        }
        4 if !bytes.is_empty() => {
            let at = from.min(bytes.len() - 1);
            bytes[at] = chance.below(256) as u8;
        }
        5 if bytes.len() < 300_000 => {
            let part = bytes[from..to].repeat(1 + chance.below(400));
            bytes.splice(from..from, part);
        }
        _ => drop(bytes.splice(from..from, BITS[chance.below(BITS.len())].iter().copied())),
    }
}

/// Reads a file to the end; what law it breaks, if any.
fn read(
    path: &Path,
    scratch: &Path,
    options: ReadOptions,
    with_duckdb: bool,
) -> Result<(), String> {
    let Ok(seen) = inspect(path) else { return Ok(()) };
    let source = Source {
        id: SourceId("input".to_owned()),
        title: "input".to_owned(),
        file: FileRef(path.display().to_string()),
        format: FileFormat::Delimited,
        options: if options == ReadOptions::default() { seen.options } else { options },
        preset: None,
    };
    let _ = check_row(&source, path, "a,b\"c,d");
    let Ok(plan) = load(&source, path, scratch) else { return Ok(()) };
    let rows_in = plan.rows_in.unwrap_or(0);
    if plan.rejected > rows_in {
        return Err(format!("{} of {rows_in} rows refused", plan.rejected));
    }
    if with_duckdb {
        let store = Store::in_memory(&StoreOptions::default()).map_err(|e| e.to_string())?;
        // Its last step compares DuckDB's count with ours.
        store.run(&plan.pipeline, &Quiet).map_err(|e| e.to_string())?;
        let kept = store.value_i64("SELECT count(*) FROM src.reject").map_err(|e| e.to_string())?;
        let loaded =
            store.value_i64("SELECT count(*) FROM src.input").map_err(|e| e.to_string())?;
        if kept + loaded != i64::try_from(rows_in).unwrap_or(i64::MAX) {
            return Err(format!("{rows_in} rows in, {loaded} loaded, {kept} refused"));
        }
    }
    for file in plan.cleanup {
        std::fs::remove_file(file).ok();
    }
    Ok(())
}

/// Seconds of processor time so far, which other programs do not stretch; of wall time where the
/// system does not say.
fn busy() -> f64 {
    static BEGUN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let wall = BEGUN.get_or_init(Instant::now).elapsed().as_secs_f64();
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the program's name: user and system time in hundredths.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> =
        fields.split_whitespace().skip(11).take(2).filter_map(|f| f.parse().ok()).collect();
    if ticks.len() == 2 { (ticks[0] + ticks[1]) / 100.0 } else { wall }
}

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let time = Duration::from_secs(numbers.first().copied().unwrap_or(60));
    let seed = numbers.get(1).copied().unwrap_or(1);
    let folder = tempfile::tempdir().expect("a scratch folder");
    let (path, scratch) = (folder.path().join("input.csv"), folder.path().join("scratch"));
    let seeds: Vec<Vec<u8>> =
        polluted(seed).into_iter().map(|f| f.bytes).filter(|b| b.len() < 60_000).collect();
    let (mut chance, mut files, mut slowest) = (Chance(seed), 0_u64, 0.0_f64);
    let begun = Instant::now();
    while begun.elapsed() < time {
        let mut bytes = seeds[chance.below(seeds.len())].clone();
        for _ in 0..1 + chance.below(8) {
            let other = &seeds[chance.below(seeds.len())];
            spoil(&mut chance, &mut bytes, other);
        }
        std::fs::write(&path, &bytes).expect("a scratch file");
        let options = if chance.below(4) == 0 {
            let pick = |chance: &mut Chance, from: &[&str]| {
                Some(from[chance.below(from.len())].to_owned())
            };
            ReadOptions {
                delimiter: pick(&mut chance, &[",", "||", " ", "\t", "é", "\""]),
                quote: pick(&mut chance, &["\"", "'", "", ","]),
                escape: pick(&mut chance, &["\"", "\\", "", "^"]),
                footer_lines: Some(chance.below(3) as u32),
                skip_lines: Some(chance.below(4) as u32),
                ..ReadOptions::default()
            }
        } else {
            ReadOptions::default()
        };
        let start = busy();
        let with_duckdb = files % 50 == 0;
        let outcome =
            catch_unwind(AssertUnwindSafe(|| read(&path, &scratch, options.clone(), with_duckdb)));
        let seconds = busy() - start;
        if !with_duckdb {
            slowest = slowest.max(seconds / (bytes.len() as f64 / 1e6).max(1.0));
        }
        let broken = match outcome {
            Err(_) => Some("a panic".to_owned()),
            Ok(Err(law)) => Some(law),
            Ok(Ok(())) if !with_duckdb && seconds > (bytes.len() as f64 / 1e6).max(1.0) => {
                Some(format!("{seconds:.1} s for {} bytes", bytes.len()))
            }
            Ok(Ok(())) => None,
        };
        if let Some(law) = broken {
            let kept = std::env::temp_dir().join(format!("kith-fuzz-{seed}-{files}.csv"));
            std::fs::copy(&path, &kept).ok();
            println!("file {files} of seed {seed}: {law}\n{options:?}\n{}", kept.display());
            std::process::exit(1);
        }
        files += 1;
    }
    println!("{files} files in {} s, slowest {slowest:.3} s a megabyte", time.as_secs());
}
