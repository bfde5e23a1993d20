//! Measures quality and time; not part of the suite. Run with
//! `cargo test -p kith-identity --test measure -- --ignored --nocapture`.
#![allow(clippy::print_stdout, reason = "prints figures")]

mod people;

use kith_identity::resolve;
use kith_model::identity::IdentityParams;
use kith_model::{Metric, Monitor, Quiet};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

fn report(name: &str, rows: &[people::Row]) {
    let (frame, truth) = people::frame(rows);
    let params = IdentityParams::default().check().expect("defaults are valid");
    let start = Instant::now();
    let found = resolve(&frame, &params, &BTreeMap::new(), Some(&truth), &Quiet).expect("resolves");
    let took = start.elapsed();
    let s = &found.summary;
    let best = s.curve.iter().max_by(|a, b| f1(a).total_cmp(&f1(b))).expect("a curve");
    println!("{name}: {} records, {} people, {} pairs, {took:.2?}", s.records, s.people, s.pairs);
    println!("  truth {:?}", s.truth);
    println!("  threshold {} best {} f1 {:.4}", s.threshold, best.threshold, f1(best));
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

fn f1(p: &kith_model::identity::ThresholdPoint) -> f64 {
    let (a, b) = (p.precision.unwrap_or(0.0), p.recall.unwrap_or(0.0));
    2.0 * a * b / (a + b).max(1e-9)
}

#[test]
#[ignore = "a measurement"]
fn town() {
    for people in [500, 5_000, 50_000] {
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
