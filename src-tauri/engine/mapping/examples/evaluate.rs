//! Prints how good suggestions are on the labelled cases, as JSON: `tuning` and `aside`.
//! With `--errors` every wrong or missed link of the tuning part instead, one a line; with
//! `--fit` the calibration fitted on the tuning part, as `data/calibration.txt` holds it.

#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

#[path = "../tests/evaluation/cases.rs"]
mod cases;
#[path = "../tests/evaluation/draw.rs"]
mod draw;
#[path = "../tests/evaluation/locale.rs"]
mod locale;
#[path = "../tests/evaluation/measure.rs"]
mod measure;
#[path = "../tests/evaluation/orders.rs"]
mod orders;
#[path = "../tests/evaluation/values.rs"]
mod values;

use cases::Case;
use kith_mapping::{Fitting, suggest, suggest_by};
use measure::{Judged, judge};
use std::collections::BTreeSet;

/// Links a knot of the calibration stands for, at least.
const LINKS_PER_KNOT: usize = 40;

fn main() -> Result<(), serde_json::Error> {
    let cases = cases::cases();
    let part = |aside: bool| cases.iter().filter(move |c| c.aside == aside);
    let ours = |case: &Case| suggest(&case.columns, &case.rows);
    let asked = |flag: &str| std::env::args().any(|a| a == flag);
    if asked("--fit") {
        let tuning: Vec<&Case> = part(false).collect();
        fit(judge(tuning.iter().copied(), |case| {
            let without = learnt_from(case.family, &tuning);
            let overlaps = kith_mapping::Overlaps::new();
            let fitting =
                Fitting { calibration: &|odds| odds, without: &without, overlaps: &overlaps };
            suggest_by(&case.columns, &case.rows, &fitting)
        })
        .1);
    } else if asked("--errors") {
        for Judged { case, link: (field, header), confidence, right } in judge(part(false), ours).1
        {
            match confidence {
                Some(p) if !right => println!("made   {p:.2} {field} <- {header} ({case})"),
                None => println!("missed      {field} <- {header} ({case})"),
                Some(_) => {}
            }
        }
    } else {
        let (tuning, aside) = (judge(part(false), ours).0, judge(part(true), ours).0);
        let scores = serde_json::json!({ "tuning": tuning, "aside": aside });
        println!("{}", serde_json::to_string_pretty(&scores)?);
    }
    Ok(())
}

/// Added phrases that only this family's headers can have taught: without them it is met as a
/// stranger's file is, and the calibration does not take what was learnt by heart for knowledge.
fn learnt_from(family: &str, tuning: &[&Case]) -> BTreeSet<String> {
    let words = |text: &str| -> BTreeSet<String> {
        let plain = deunicode::deunicode(text).to_lowercase();
        let split = plain.split(|c: char| !c.is_ascii_alphanumeric());
        split.filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let headers = |own: bool| -> Vec<BTreeSet<String>> {
        let cases = tuning.iter().filter(|c| (c.family == family) == own);
        cases.flat_map(|c| &c.columns).map(|c| words(&c.name)).collect()
    };
    let (own, others) = (headers(true), headers(false));
    let added = include_str!("../data/more_words.txt").lines().filter(|l| !l.starts_with('#'));
    added
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(_, list)| list.split("; "))
        .map(|phrase| phrase.trim_start_matches('!'))
        .filter(|phrase| {
            let phrase = words(phrase);
            let close = |h: &BTreeSet<String>| phrase.is_subset(h) && phrase.len() + 2 >= h.len();
            own.iter().any(close) && !others.iter().any(|h| phrase.is_subset(h))
        })
        .map(str::to_owned)
        .collect()
}

/// Isotonic regression by pooling adjacent violators (Ayer et al. 1955) over bins of about equal
/// size; each share is smoothed by half a link to either side.
fn fit(judged: Vec<Judged>) {
    let mut links: Vec<(f64, bool)> =
        judged.into_iter().filter_map(|j| Some((j.confidence?, j.right))).collect();
    links.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Links, true links, sum of evidence.
    let mut pools: Vec<(f64, f64, f64)> = Vec::new();
    for bin in links.chunks(LINKS_PER_KNOT) {
        let hits = bin.iter().filter(|(_, right)| *right).count() as f64;
        pools.push((bin.len() as f64, hits, bin.iter().map(|(e, _)| e).sum()));
        while let [.., a, b] = pools.as_slice()
            && a.1 * b.0 >= b.1 * a.0
        {
            let pooled = (a.0 + b.0, a.1 + b.1, a.2 + b.2);
            pools.truncate(pools.len() - 2);
            pools.push(pooled);
        }
    }
    println!(
        "# Evidence (log-odds) and share of true links at it, by isotonic regression over the"
    );
    println!(
        "# tuning part of the labelled cases: `cargo run -p kith-mapping --example evaluate -- --fit`."
    );
    let mut least = 0.0_f64;
    for (n, hits, evidence) in pools {
        // Smoothing may bend a share below the one before.
        least = least.max((hits + 0.5) / (n + 1.0));
        println!("{:.3} {least:.4}", evidence / n);
    }
}
