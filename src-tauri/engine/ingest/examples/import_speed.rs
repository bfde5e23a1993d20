//! Times the import of a clean CSV file: ours (detection, our reader's count, DuckDB's load) beside
//! DuckDB's own `CREATE TABLE AS FROM read_csv` with the dialect given, in turn in one run.
//!
//! `cargo run --release -p kith-ingest --example import_speed -- MEGABYTES [ROUNDS] [MEMORY_MB]`
//! prints one JSON object. With a memory limit the tables go to database files, as in a project.

#![allow(clippy::print_stdout, reason = "stdout is this program's product")]

use kith_ingest::{inspect, load};
use kith_model::source::Source;
use kith_model::{FileRef, Quiet, SourceId};
use kith_sql::{Pipeline, Step, TableName, text};
use kith_store::{Store, StoreOptions};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let megabytes = numbers.first().copied().unwrap_or(100);
    let rounds = numbers.get(1).copied().unwrap_or(3);
    let limit = numbers.get(2).copied();
    let folder = tempfile::tempdir().expect("a scratch folder");
    let path = folder.path().join("clean.csv");
    let rows = write(&path, megabytes * 1_000_000).expect("scratch space");
    let (mut ours, mut duckdb) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let store = || {
            let options = StoreOptions {
                memory_limit_mb: limit,
                temp_dir: Some(folder.path().join("spill")),
                ..StoreOptions::default()
            };
            let file = folder.path().join("data.duckdb");
            std::fs::remove_file(&file).ok();
            Store::open(&file, &options).expect("a database")
        };
        // Whoever goes second finds the file in memory: take turns.
        if round % 2 == 0 {
            ours.push(time_ours(&store(), &path, rows));
            duckdb.push(time_duckdb(&store(), &path, rows));
        } else {
            duckdb.push(time_duckdb(&store(), &path, rows));
            ours.push(time_ours(&store(), &path, rows));
        }
    }
    let report = serde_json::json!({
        "megabytes": megabytes, "rows": rows, "memory_limit_mb": limit,
        "ours_s": ours, "duckdb_s": duckdb,
        "ours_median_s": median(&mut ours.clone()), "duckdb_median_s": median(&mut duckdb.clone()),
    });
    println!("{report}");
}

fn median(seconds: &mut [f64]) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// A file of orders of about `bytes` bytes; its number of rows.
fn write(path: &Path, bytes: u64) -> std::io::Result<u64> {
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    let header = "order_id,customer,email,city,ordered_at,quantity,unit_price,currency,note\n";
    out.write_all(header.as_bytes())?;
    let (mut written, mut rows, mut state) = (header.len() as u64, 0_u64, 1_u64);
    let cities = ["Oslo", "Bergen", "Köln", "Lyon", "New York", "Graz", "\"York, UK\""];
    let notes = ["", "gift", "call first", "\"left at door, twice\"", "returned once"];
    while written < bytes {
        // An LCG (Knuth, MMIX) is enough for values nobody looks at.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let r = state >> 33;
        let line = format!(
            "{},Customer {},user{}@example.org,{},2026-{:02}-{:02}T{:02}:{:02}:00Z,{},{}.{:02},EUR,{}\n",
            100_000 + rows,
            r % 90_000,
            r % 90_000,
            cities[(r % 7) as usize],
            1 + r % 12,
            1 + r % 28,
            r % 24,
            r % 60,
            1 + r % 9,
            r % 400,
            r % 100,
            notes[(r % 5) as usize]
        );
        out.write_all(line.as_bytes())?;
        written += line.len() as u64;
        rows += 1;
    }
    out.flush()?;
    Ok(rows)
}

fn time_ours(store: &Store, path: &Path, rows: u64) -> f64 {
    let start = Instant::now();
    let seen = inspect(path).expect("a clean file");
    let source = Source {
        id: SourceId("input".to_owned()),
        title: "input".to_owned(),
        file: FileRef(path.display().to_string()),
        format: seen.format,
        options: seen.options,
        preset: None,
    };
    let (inspected, busy_before) = (start.elapsed().as_secs_f64(), busy());
    let plan = load(&source, path, path.parent().expect("a folder")).expect("a clean file");
    let (read, busy_read) = (start.elapsed().as_secs_f64(), busy());
    let steps = store.run(&plan.pipeline, &Quiet).expect("it loads");
    for step in steps.iter().filter(|step| step.took_ms > 50) {
        eprintln!("    {}: {:.2} s", step.name, step.took_ms as f64 / 1000.0);
    }
    let took = start.elapsed().as_secs_f64();
    assert_eq!(plan.rows_in, Some(rows));
    eprintln!(
        "    processor seconds: read {:.2}, load {:.2}",
        busy_read - busy_before,
        busy() - busy_read
    );
    eprintln!(
        "  ours: inspect {inspected:.2} s, read {:.2} s, load {:.2} s",
        read - inspected,
        took - read
    );
    took
}

fn time_duckdb(store: &Store, path: &Path, rows: u64) -> f64 {
    let names = "order_id,customer,email,city,ordered_at,quantity,unit_price,currency,note";
    let columns: Vec<_> = names.split(',').map(|n| format!("'{n}': 'VARCHAR'")).collect();
    let call = format!(
        "SELECT * FROM read_csv({}, auto_detect = false, header = true, delim = ',', quote = '\"', \
         escape = '\"', new_line = '\\n', columns = {{{}}})",
        text(&path.to_string_lossy()),
        columns.join(", ")
    );
    let (start, busy_before) = (Instant::now(), busy());
    let step = Step::table(TableName::new("src", "input"), Vec::new(), call);
    let reports = store.run(&Pipeline::new("duckdb").then(step), &Quiet).expect("it loads");
    let took = start.elapsed().as_secs_f64();
    assert_eq!(reports[0].rows, rows);
    eprintln!("  DuckDB: {took:.2} s, processor seconds {:.2}", busy() - busy_before);
    took
}

/// Seconds of processor time so far, where the system tells.
fn busy() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the program's name: user and system time in hundredths.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    fields.split_whitespace().skip(11).take(2).filter_map(|f| f.parse::<f64>().ok()).sum::<f64>()
        / 100.0
}
