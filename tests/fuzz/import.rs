//! Fuzzes the detector and the readers: spoiled files are spoiled further, at random but
//! repeatably, and read to the end as choices say: dialects by hand, one of several tables, columns
//! of numbers and dates. The laws are those of `laws.rs`; every fiftieth file of delimited text
//! also goes through DuckDB, which must count what we count.
//!
//! `cargo run -p kith-ingest --example fuzz_import -- SECONDS [SEED]`; ends with 1 at the first
//! file that breaks a law, and leaves it in the temporary folder. `-- seeds FOLDER` writes what the
//! targets of `cargo fuzz` start from.

#![allow(clippy::print_stdout, reason = "stdout is this program's product")]

#[allow(dead_code, reason = "workbooks and Arrow are for `cargo fuzz` alone")]
mod laws;
mod seeds;

use kith_ingest::Load;
use kith_model::Quiet;
use kith_store::{Store, StoreOptions};
use laws::{Choices, Place};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// What text is spoiled with.
const BITS: [&[u8]; 26] = [
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
    b"\n\nOrders\nid,total\n1,2\n2,3\n3,4\n",
    b"1.234,50",
    b"31.12.2024 10:00 CET",
    b"[{",
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

/// Runs a plan: DuckDB's count must be ours.
fn prove(plan: &Load) -> Result<(), String> {
    let store = Store::in_memory(&StoreOptions::default()).map_err(|e| e.to_string())?;
    // Its last step compares DuckDB's count with ours.
    store.run(&plan.pipeline, &Quiet).map_err(|e| e.to_string())?;
    let count = |sql| store.value_i64(sql).map_err(|e| e.to_string());
    let kept = count("SELECT count(*) FROM src.reject")?;
    let loaded = count("SELECT count(*) FROM src.input")?;
    let rows_in = plan.rows_in.unwrap_or(0);
    match kept + loaded == i64::try_from(rows_in).unwrap_or(i64::MAX) {
        true => Ok(()),
        false => Err(format!("{rows_in} rows in, {loaded} loaded, {kept} refused")),
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [word, folder] = &args[..]
        && word == "seeds"
    {
        seeds::write(Path::new(folder), 1).expect("a folder for seeds");
        return;
    }
    let numbers: Vec<u64> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
    let time = Duration::from_secs(numbers.first().copied().unwrap_or(60));
    fuzz(time, numbers.get(1).copied().unwrap_or(1));
}

fn fuzz(time: Duration, seed: u64) {
    let place = Place::new();
    let (texts, documents) = (seeds::texts(seed), seeds::DOCUMENTS.map(str::as_bytes));
    let (mut chance, mut files) = (Chance(seed), 0_u64);
    let begun = Instant::now();
    while begun.elapsed() < time {
        let document = chance.below(10) == 0;
        let pick = |chance: &mut Chance| match document {
            true => documents[chance.below(documents.len())].to_vec(),
            false => texts[chance.below(texts.len())].clone(),
        };
        let mut bytes = pick(&mut chance);
        for _ in 0..1 + chance.below(8) {
            let other = pick(&mut chance);
            spoil(&mut chance, &mut bytes, &other);
        }
        let mut choices = [0; 16];
        if chance.below(2) == 0 {
            choices.fill_with(|| chance.below(256) as u8);
        }
        let with_duckdb = !document && files % 50 == 0;
        let target = if document { 2 } else { usize::from(chance.below(8) == 0) };
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let (choose, mut duckdb) = (Choices(&choices), prove);
            let duckdb: Option<laws::Prove<'_>> =
                if with_duckdb { Some(&mut duckdb) } else { None };
            match target {
                0 => laws::delimited(&place, &bytes, choose, duckdb),
                1 => laws::anything(&place, &bytes, choose),
                _ => laws::json(&place, &bytes, choose),
            }
        }));
        let law = match outcome {
            Ok(Ok(())) => None,
            Ok(Err(law)) => Some(law),
            Err(_) => Some("a panic".to_owned()),
        };
        if let Some(law) = law {
            let kept = std::env::temp_dir().join(format!("kith-fuzz-{seed}-{files}"));
            std::fs::write(&kept, &bytes).unwrap_or_default();
            println!("file {files} of seed {seed}, reader {target}: {law}\nchoices {choices:?}");
            println!("{}", kept.display());
            std::process::exit(1);
        }
        files += 1;
    }
    println!(
        "{files} files in {} s, slowest {:.3} s a megabyte",
        time.as_secs(),
        laws::slowest(0.0)
    );
}
