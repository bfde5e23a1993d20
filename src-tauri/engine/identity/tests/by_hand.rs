//! Merging and splitting by hand: honoured, and no example to learn from.

mod people;

use kith_identity::{Resolution, resolve};
use kith_model::document::{Decision, DecisionOrigin};
use kith_model::identity::{IdentityParams, Verdict};
use kith_model::{Column, PairKey, Quiet};
use people::{Row, frame, town};
use std::collections::{BTreeMap, BTreeSet};

type Decisions = BTreeMap<PairKey, Decision>;

fn run(rows: &[Row], decisions: &Decisions) -> Resolution {
    let params = IdentityParams::default().check().expect("valid");
    resolve(&frame(rows).0, &params, decisions, None, &Quiet).expect("resolves")
}

fn name(row: &Row) -> String {
    format!("{}/{}", row.get("source").unwrap_or(""), row.get("native_id").unwrap_or(""))
}

/// The records of every person, by row.
fn people_of(found: &Resolution) -> BTreeSet<BTreeSet<usize>> {
    let ints = |column: &str| {
        let column = found.record_profile.column(column).and_then(Column::int);
        column.expect("a column").iter().map(|v| v.expect("a value")).collect::<Vec<i64>>()
    };
    let mut people: BTreeMap<i64, BTreeSet<usize>> = BTreeMap::new();
    for (record, profile) in ints("record_id").into_iter().zip(ints("profile_id")) {
        people.entry(profile).or_default().insert(record as usize);
    }
    people.into_values().collect()
}

/// Every record of the first half of `of` against every one of the second.
fn crosswise(rows: &[Row], of: &BTreeSet<usize>, decision: &Decision) -> Decisions {
    let names: Vec<String> = of.iter().map(|&r| name(&rows[r])).collect();
    let (go, stay) = names.split_at(names.len() / 2);
    let pairs = go.iter().flat_map(|a| stay.iter().map(move |b| (a.clone(), b.clone())));
    pairs.map(|(a, b)| (PairKey::new(a, b), decision.clone())).collect()
}

#[test]
fn a_split_parts_its_own_records_and_moves_nobody_else() {
    let rows = town(1_500, 33);
    let before = run(&rows, &Decisions::new());
    let people = people_of(&before);
    let largest = people.iter().max_by_key(|p| (p.len(), p.iter().next().copied())).unwrap();
    assert!(largest.len() >= 4, "the largest person has {} records", largest.len());
    let origin = DecisionOrigin::Split;
    let split = Decision { origin, ..Decision::from(Verdict::Different) };
    let after = run(&rows, &crosswise(&rows, largest, &split));
    assert_eq!(after.model, before.model, "nothing was learned from it");
    assert_eq!(after.summary.answers, 0);
    assert_eq!(after.summary.proposed_threshold, before.summary.proposed_threshold);
    assert_eq!(after.summary.curve.len(), before.summary.curve.len());
    let now = people_of(&after);
    assert!(!now.contains(largest));
    let others = |all: &BTreeSet<BTreeSet<usize>>| -> BTreeSet<BTreeSet<usize>> {
        all.iter().filter(|p| p.is_disjoint(largest)).cloned().collect()
    };
    assert_eq!(others(&now), others(&people));
    // The same words as answers do teach: the test would notice.
    let told = run(&rows, &crosswise(&rows, largest, &Verdict::Different.into()));
    assert_ne!(told.model, before.model);
    assert!(told.summary.answers > 0);
}

#[test]
fn a_merge_joins_its_own_records_and_moves_nobody_else() {
    let rows = town(1_500, 33);
    let before = run(&rows, &Decisions::new());
    let people = people_of(&before);
    let mut some = people.iter().filter(|p| p.len() == 2).step_by(40);
    let (one, other) = (some.next().unwrap(), some.next().unwrap());
    let all: BTreeSet<usize> = one | other;
    let merged = Decision { origin: DecisionOrigin::Merge, ..Decision::from(Verdict::Same) };
    let names: Vec<String> = all.iter().map(|&r| name(&rows[r])).collect();
    let star =
        names[1..].iter().map(|b| (PairKey::new(names[0].as_str(), b.as_str()), merged.clone()));
    let after = run(&rows, &star.collect());
    assert_eq!(after.model, before.model);
    let now = people_of(&after);
    assert!(now.contains(&all));
    let others = |found: &BTreeSet<BTreeSet<usize>>| -> BTreeSet<BTreeSet<usize>> {
        found.iter().filter(|p| p.is_disjoint(&all)).cloned().collect()
    };
    assert_eq!(others(&now), others(&people));
}
