//! Measures quality and time; not part of the suite. Run with
//! `cargo test -p kith-identity --test measure -- --ignored --nocapture`.
#![allow(clippy::print_stdout, reason = "prints figures")]

mod people;

use kith_identity::{Before, Settled, carry_on, link, record_keys, resolve};
use kith_model::identity::IdentityParams;
use kith_model::{Column, Frame, Metric, Monitor, Quiet, Texts};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::{Duration, Instant};

fn report(name: &str, rows: &[people::Row]) {
    let (frame, truth) = people::frame(rows);
    let scope = if std::env::var("KITH_LINK").is_ok() && name.contains("link") {
        kith_model::identity::MatchScope::Link
    } else {
        kith_model::identity::MatchScope::Both
    };
    let params = IdentityParams { review_from: 0.0, scope, ..IdentityParams::default() };
    let params = params.check().expect("valid");
    let start = Instant::now();
    let found = resolve(&frame, &params, &BTreeMap::new(), Some(&truth), &Quiet).expect("resolves");
    let took = start.elapsed();
    let s = &found.summary;
    let best = s.curve.iter().max_by(|a, b| f1(a).total_cmp(&f1(b))).expect("a curve");
    println!("{name}: {} records, {} people, {} pairs, {took:.2?}", s.records, s.people, s.pairs);
    println!("  truth {:?}", s.truth);
    println!("  threshold {} best {} f1 {:.4}", s.threshold, best.threshold, f1(best));
    let points = s.curve.iter().map(|p| format!("{}:{:.4}", p.threshold, f1(p)));
    println!("  curve {}", points.collect::<Vec<_>>().join(" "));
    println!(
        "  prior {:.2e} household {:.2e} review {} iterations {}",
        s.prior, found.model.household, s.review, s.iterations
    );
    for p in s.curve.iter().filter(|p| [0.01, 0.1, 0.5, 0.9, 0.99, 0.9999].contains(&p.threshold)) {
        println!(
            "  {:?}",
            (
                p.threshold,
                p.links,
                p.people,
                p.expected_precision,
                p.expected_recall,
                p.precision,
                p.recall
            )
        );
    }
    spread(rows, &found, &truth);
    for c in &s.comparisons {
        let levels: Vec<String> = c
            .levels
            .iter()
            .map(|l| {
                format!(
                    "{} m{:.3} u{:.1e} w{:.1}",
                    &l.label[..l.label.len().min(10)],
                    l.m,
                    l.u,
                    l.weight
                )
            })
            .collect();
        println!("  {:?}: {}", c.field, levels.join(" | "));
    }
    for b in &s.blocking {
        println!("  {b:?}");
    }
    println!("  notes {:?} sizes {:?}", s.notes, s.cluster_sizes);
}

/// True and false candidate pairs by weight, and the true pairs no rule made.
fn spread(rows: &[people::Row], found: &kith_identity::Resolution, truth: &Texts) {
    let ids = |name| found.pairs.column(name).and_then(Column::int).expect("a column");
    let weights = found.pairs.column("weight").and_then(Column::real).expect("weights");
    let levels = found.pairs.column("levels").and_then(Column::text).expect("levels");
    let mut bins: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    let mut blocked = 0;
    let mut odd = Vec::new();
    for (i, weight) in weights.iter().enumerate() {
        let (a, b) = (ids("left_record")[i].expect("id"), ids("right_record")[i].expect("id"));
        let weight = weight.expect("a weight");
        let same = truth.get(a as usize) == truth.get(b as usize);
        let bin = bins.entry((weight / 4.0).floor() as i64 * 4).or_default();
        if same {
            bin.0 += 1;
            blocked += 1;
        } else {
            bin.1 += 1;
        }
        if same == (weight < 2.0) {
            odd.push((weight, same, levels.get(i), a, b));
        }
    }
    println!("  blocked true pairs {blocked}; weight: true false {bins:?}");
    odd.sort_by(|x, y| y.0.total_cmp(&x.0));
    let shown =
        |row: &people::Row| row.text.iter().flatten().cloned().collect::<Vec<_>>().join("|");
    for (weight, same, levels, a, b) in odd.iter().step_by(odd.len() / 12 + 1) {
        let (a, b) = (&rows[*a as usize], &rows[*b as usize]);
        println!(
            "    {weight:.1} {same} {levels:?} {} {:?} / {} {:?}",
            shown(a),
            a.birth,
            shown(b),
            b.birth
        );
    }
}

fn f1(p: &kith_model::identity::ThresholdPoint) -> f64 {
    let (a, b) = (p.precision.unwrap_or(0.0), p.recall.unwrap_or(0.0));
    2.0 * a * b / (a + b).max(1e-9)
}

#[test]
#[ignore = "a measurement"]
fn town() {
    for people in [500, 5_000] {
        report(&format!("town of {people}"), &people::town(people, 7));
    }
}

/// How long, what was being done before and after.
type Gap = (Duration, String, String);

/// Listens for the longest time in which nobody asked whether to stop: when somebody last did,
/// what was being done, and the gaps so far.
struct Silence(Mutex<(Instant, String, Vec<Gap>)>);

impl Silence {
    fn new() -> Self {
        Self(Mutex::new((Instant::now(), String::new(), Vec::new())))
    }

    fn heard(&self, doing: Option<&str>) {
        let mut state = self.0.lock().expect("no panic");
        let (since, before) = (state.0.elapsed(), state.1.clone());
        if since > Duration::from_millis(20) {
            state.2.push((since, before, doing.unwrap_or("").to_owned()));
        }
        if let Some(doing) = doing {
            doing.clone_into(&mut state.1);
        }
        state.0 = Instant::now();
    }
}

impl Monitor for Silence {
    fn progress(&self, _done: f32, doing: &str) {
        self.heard(Some(doing));
    }
    fn metric(&self, _metric: Metric) {}
    fn cancelled(&self) -> bool {
        self.heard(None);
        false
    }
}

/// How long a cancel may go unnoticed, and where.
#[test]
#[ignore = "a measurement"]
fn silence() {
    let people = std::env::var("PEOPLE").ok().and_then(|p| p.parse().ok()).unwrap_or(150_000);
    let (frame, _) = people::frame(&people::town(people, 7));
    let params = IdentityParams::default().check().expect("defaults are valid");
    // The allocator tidies what making the rows freed at the next large request: not ours to time.
    drop(std::hint::black_box(Vec::<u64>::with_capacity(people * 2)));
    let silence = Silence::new();
    let start = Instant::now();
    let found = resolve(&frame, &params, &BTreeMap::new(), None, &silence).expect("resolves");
    silence.heard(Some("end"));
    let (records, pairs) = (found.summary.records, found.summary.pairs);
    println!("{records} records, {pairs} pairs, {:.2?}", start.elapsed());
    let mut silences = silence.0.into_inner().expect("no panic").2;
    silences.sort_by_key(|gap| std::cmp::Reverse(gap.0));
    for (took, from, to) in silences.iter().take(20) {
        println!("  {took:.0?} after {from:?} until {to:?}");
    }
}

/// The records of a CSV file under canonical headers, with the true person in `truth` or, as the
/// bench's sets have it, `person`.
fn read(path: &std::path::Path) -> Vec<people::Row> {
    let mut reader = csv::Reader::from_path(path).expect("a file");
    let headers = reader.headers().expect("headers").clone();
    let row = |record: csv::StringRecord| {
        let cells = headers.iter().zip(record.iter());
        cells.fold(people::Row::default(), |row, (name, cell)| match name {
            "birth_date" => people::Row { birth: days(cell), ..row },
            "record_id" => row.set("native_id", cell),
            "person" => row.set("truth", cell),
            name => row.set(name, cell),
        })
    };
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

/// Days from 1970-01-01 to `YYYY-MM-DD` (Hinnant 2013).
fn days(text: &str) -> Option<i64> {
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (y, m, d) = (part(0..4)?, part(5..7)?, part(8..10)?);
    let y = if m <= 2 { y - 1 } else { y };
    let (era, yoe) = (y.div_euclid(400), y.rem_euclid(400));
    let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + d - 1;
    Some(era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468)
}

/// Processor seconds of this process so far, by the kernel's hundredths.
fn processor_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> =
        after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse().ok()).collect();
    ticks.iter().sum::<f64>() / 100.0
}

/// Processor seconds of each phase.
struct Phases(Mutex<(String, f64)>);

impl Monitor for Phases {
    fn progress(&self, done: f32, doing: &str) {
        let mut state = self.0.lock().expect("no panic");
        if state.0 != doing {
            let now = processor_s();
            let (took, [peak, held]) = (now - state.1, memory_mb());
            println!(
                "  {took:5.2} s {}, then at {:.0} %, {held:.0} MB, peak {peak:.0} MB",
                state.0,
                100.0 * done
            );
            *state = (doing.to_owned(), now);
        }
    }
    fn metric(&self, _metric: Metric) {}
    fn cancelled(&self) -> bool {
        false
    }
}

/// Where the processor time goes, for every CSV file in the folder `KITH_SETS`.
#[test]
#[ignore = "a measurement"]
fn phases() {
    let folder = std::env::var("KITH_SETS").expect("KITH_SETS names a folder of CSV files");
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let (frame, truth) = columns(&entry.expect("an entry").path());
        let params = IdentityParams::default().check().expect("defaults are valid");
        let phases = Phases(Mutex::new(("reading the file".to_owned(), 0.0)));
        let start = processor_s();
        let found = resolve(frame, &params, &BTreeMap::new(), Some(&truth), &phases);
        let s = found.expect("resolves").summary;
        phases.progress(1.0, "end");
        println!("{} records, {} pairs: {:.2} s", s.records, s.pairs, processor_s() - start);
    }
}

/// The records of a CSV file as a frame, column by column, and the true person of each.
fn columns(path: &std::path::Path) -> (Frame, Texts) {
    let mut reader = csv::Reader::from_path(path).expect("a file");
    let headers = reader.headers().expect("headers").clone();
    let mut cells = vec![Texts::new(); headers.len()];
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).expect("a row") {
        let filled = |cell| Some(cell).filter(|cell: &&str| !cell.is_empty());
        cells.iter_mut().zip(&record).for_each(|(column, cell)| column.push(filled(cell)));
    }
    let rows = cells[0].len();
    let mut take = |name: &str| {
        let at = headers.iter().position(|header| header == name);
        let none = || vec![None::<&str>; rows].into();
        at.map_or_else(none, |at| std::mem::take(&mut cells[at]))
    };
    let ids = (0..rows as i64).map(Some).collect();
    let mut frame = Frame::default().with("record_id", Column::Int(ids));
    for name in people::TEXTS.into_iter().filter(|name| *name != "truth") {
        let header = if name == "native_id" { "record_id" } else { name };
        frame = frame.with(name, Column::Text(take(header)));
    }
    let born = take("birth_date").iter().map(|day| day.and_then(days)).collect();
    (frame.with("birth_date", Column::Int(born)), take("person"))
}

/// Most memory this process has had and what it has now, in MB.
fn memory_mb() -> [f64; 2] {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ["VmHWM:", "VmRSS:"].map(|name| {
        let line = status.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default();
        let kb = line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok());
        kb.unwrap_or(f64::NAN) / 1024.0
    })
}

/// What training, predicting and clustering the records of the CSV file `KITH_SET` cost once they
/// are in memory, as one line of JSON: `cargo xtask bench identity` reads it. `peak_mb` counts the
/// records themselves, `read_mb` is what they alone took.
#[test]
#[ignore = "a measurement"]
fn cost() {
    let path = std::env::var("KITH_SET").expect("KITH_SET names a CSV file");
    let (frame, truth) = columns(path.as_ref());
    let params = IdentityParams::default().check().expect("defaults are valid");
    let (read_mb, cpu, start) = (memory_mb()[0], processor_s(), Instant::now());
    let truth = std::env::var("KITH_BLIND").is_err().then_some(&truth);
    let found = resolve(frame, &params, &BTreeMap::new(), truth, &Quiet).expect("resolves");
    let (cpu_s, wall_s) = (processor_s() - cpu, start.elapsed().as_secs_f64());
    let s = &found.summary;
    let best = s.curve.iter().map(f1).fold(0.0, f64::max);
    let told = serde_json::json!({
        "records": s.records, "pairs": s.pairs, "people": s.people, "cpu_s": cpu_s,
        "wall_s": wall_s, "peak_mb": memory_mb()[0], "read_mb": read_mb, "threshold": s.threshold,
        "best_f1": best, "f1": s.truth.as_ref().map(|truth| truth.f1),
    });
    println!("{told}");
}

/// Every CSV file in the folder `KITH_SETS`.
#[test]
#[ignore = "a measurement"]
fn sets() {
    let folder = std::env::var("KITH_SETS").expect("KITH_SETS names a folder of CSV files");
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<_> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    for path in paths.iter().filter(|p| p.extension().is_some_and(|e| e == "csv")) {
        report(&path.file_stem().expect("a name").to_string_lossy(), &read(path));
    }
}

/// Processor seconds of linking the last hundredth of the records to the others, beside a full run
/// over all of them, and what the linking spends them on.
#[test]
#[ignore = "a measurement"]
fn linking_new_records() {
    let people = std::env::var("PEOPLE").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let rows = people::town(people, 7);
    let old = rows.len() - (rows.len() / 100).max(1);
    let params = IdentityParams::default().check().expect("valid");
    let nobody = BTreeMap::new();
    let (before, _) = people::frame(&rows[..old]);
    let first = resolve(&before, &params, &nobody, None, &Quiet).expect("resolves");
    let (all, _) = people::frame(&rows);

    let at = processor_s();
    let keys = record_keys(&all).expect("keys");
    let keying = processor_s() - at;
    let at = processor_s();
    let full = resolve(&all, &params, &nobody, None, &Quiet).expect("resolves");
    let whole = processor_s() - at;

    let profiles = first.record_profile.column("profile_id").and_then(Column::int);
    let mut profiles = profiles.expect("a column").to_vec();
    profiles.resize(rows.len(), None);
    let loosened = BTreeSet::new();
    let settled = Settled { model: &first.model, profiles: &profiles, loosened: &loosened };
    let at = processor_s();
    let phases = Phases(Mutex::new(("the beginning".to_owned(), at)));
    let linked = link(&all, &settled, &params, &nobody, (None, &phases)).expect("links");
    phases.progress(1.0, "end");
    let run = linked.run;
    let part = processor_s() - at;
    let mut records = first.record_profile.clone();
    let old_keys = keys[..old].iter().map(|k| Some(k.key.cast_signed())).collect();
    records = records.with("record_key", Column::Int(old_keys));
    let left = Before { summary: &first.summary, pairs: &first.pairs, records: &records };
    let at = processor_s();
    let carried = carry_on(linked, &left, (&all, &keys), &params, &nobody).expect("carries on");
    let carrying = processor_s() - at;
    println!(
        "{} records, {} new, {} looked at: full {whole:.2} s, linking {part:.2} s, carrying on \
         {carrying:.2} s, keys of records in either {keying:.2} s: {:.3} of a full run; {} and {} \
         people",
        rows.len(),
        run.new,
        run.touched,
        (keying + part + carrying) / (keying + whole),
        full.summary.people,
        carried.summary.people
    );
}
