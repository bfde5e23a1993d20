//! Measures quality and time; not part of the suite. Run with
//! `cargo test -p kith-identity --test measure -- --ignored --nocapture`.
#![allow(clippy::print_stdout, reason = "prints figures")]

mod people;

use kith_identity::resolve;
use kith_model::Quiet;
use kith_model::identity::IdentityParams;
use std::collections::BTreeMap;
use std::time::Instant;

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
