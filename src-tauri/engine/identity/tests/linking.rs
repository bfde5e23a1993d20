//! Laws of linking new records to settled profiles: as a full run with the same model would.

mod people;

use kith_identity::{
    Before, Linked, MatchModel, Settled, Standing, carry_on, link, record_keys, resolve, settle,
};
use kith_model::document::{Decision, DecisionOrigin};
use kith_model::identity::{IdentityParams, Verdict};
use kith_model::{Column, Frame, PairKey, Quiet, Valid};
use people::{Row, frame, town};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Decisions = BTreeMap<PairKey, Decision>;

fn params() -> Valid<IdentityParams> {
    IdentityParams::default().check().expect("defaults are valid")
}

fn learned(rows: &[Row]) -> MatchModel {
    let found = resolve(&frame(rows).0, &params(), &Decisions::new(), None, &Quiet);
    found.expect("resolves").model
}

fn linked(
    rows: &[Row],
    (model, profiles): (&MatchModel, &[Option<i64>]),
    decisions: &Decisions,
) -> Linked {
    let loosened = BTreeSet::new();
    let settled = Settled { model, profiles, loosened: &loosened };
    link(&frame(rows).0, &settled, &params(), decisions, (None, &Quiet)).expect("links")
}

fn ints(frame: &Frame, name: &str) -> Vec<i64> {
    frame.column(name).and_then(Column::int).expect("a column").iter().flatten().copied().collect()
}

fn profiles(linked: &Linked) -> Vec<i64> {
    ints(&linked.resolution.record_profile, "profile_id")
}

/// Clusters as sets of rows.
fn partition(profiles: &[i64]) -> BTreeSet<BTreeSet<usize>> {
    let mut people: BTreeMap<i64, BTreeSet<usize>> = BTreeMap::new();
    profiles.iter().enumerate().for_each(|(row, p)| {
        people.entry(*p).or_default().insert(row);
    });
    people.into_values().collect()
}

fn name(row: &Row) -> String {
    format!("{}/{}", row.get("source").unwrap_or(""), row.get("native_id").unwrap_or(""))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Old rows settled, new ones linked: every cluster with a touched record is the one a full
    /// run with the same model finds, and every other is the one that was settled.
    #[test]
    fn linking_finds_what_a_full_run_with_the_same_model_finds(
        seed in 0_u64..10_000,
        people in 60_usize..200,
        share in 1_usize..12,
        decided in prop::collection::vec((0_usize..400, 0_usize..400, any::<bool>()), 0..6),
    ) {
        let rows = town(people, seed);
        let model = learned(&rows);
        let old = rows.len() - (rows.len() * share / 40).max(1);
        let mut decisions = Decisions::new();
        for (a, b, same) in decided {
            let (a, b) = (name(&rows[a % rows.len()]), name(&rows[b % rows.len()]));
            if a != b {
                let verdict = if same { Verdict::Same } else { Verdict::Different };
                decisions.insert(PairKey::new(a, b), verdict.into());
            }
        }
        let nothing = vec![None; old];
        let before = profiles(&linked(&rows[..old], (&model, &nothing), &decisions));
        let mut settled: Vec<Option<i64>> = before.iter().copied().map(Some).collect();
        settled.resize(rows.len(), None);
        let after = linked(&rows, (&model, &settled), &decisions);
        let whole = linked(&rows, (&model, &vec![None; rows.len()]), &decisions);
        let touched: BTreeSet<i64> = after.touched.iter().copied().collect();
        let (found, wanted) = (partition(&profiles(&after)), partition(&profiles(&whole)));
        let settled = partition(&before);
        for cluster in &found {
            if cluster.iter().any(|&row| touched.contains(&(row as i64))) {
                prop_assert!(wanted.contains(cluster), "{cluster:?} is not what a full run finds");
            } else {
                prop_assert!(settled.contains(cluster), "{cluster:?} was not settled so");
            }
        }
        prop_assert!((old..rows.len()).all(|row| touched.contains(&(row as i64))));
        prop_assert_eq!(after.run.new as usize, rows.len() - old);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Merges and splits by hand since: linking finds what a full run with the same model finds,
    /// and whoever is not tied to them stays.
    #[test]
    fn what_was_merged_or_split_by_hand_is_looked_at_anew_and_nothing_else(
        seed in 0_u64..10_000,
        people in 60_usize..200,
        before in prop::collection::vec((0_usize..400, 0_usize..400, any::<bool>()), 0..4),
        since in prop::collection::vec((0_usize..400, 0_usize..400, any::<bool>()), 1..4),
    ) {
        let rows = town(people, seed);
        let model = learned(&rows);
        let by_hand = |said: &[(usize, usize, bool)]| -> Decisions {
            let of = said.iter().filter_map(|&(a, b, same)| {
                let (a, b) = (name(&rows[a % rows.len()]), name(&rows[b % rows.len()]));
                let (verdict, origin) = if same {
                    (Verdict::Same, DecisionOrigin::Merge)
                } else {
                    (Verdict::Different, DecisionOrigin::Split)
                };
                let decision = Decision { origin, ..Decision::from(verdict) };
                (a != b).then(|| (PairKey::new(a, b), decision))
            });
            of.collect()
        };
        let (old, new) = (by_hand(&before), by_hand(&since));
        let before = profiles(&linked(&rows, (&model, &vec![None; rows.len()]), &old));
        let settled: Vec<Option<i64>> = before.iter().copied().map(Some).collect();
        // Those of before are taken back, and others said.
        let names = old.keys().chain(new.keys()).flat_map(|k| [k.left.clone(), k.right.clone()]);
        let names: BTreeSet<String> = names.collect();
        let loosened: BTreeSet<i64> = (rows.iter().zip(&before))
            .filter(|(row, _)| names.contains(&name(row)))
            .map(|(_, profile)| *profile)
            .collect();
        let since = Settled { model: &model, profiles: &settled, loosened: &loosened };
        let (records, checked) = (frame(&rows).0, params());
        let after = link(&records, &since, &checked, &new, (None, &Quiet)).expect("links");
        let whole = linked(&rows, (&model, &vec![None; rows.len()]), &new);
        prop_assert_eq!(partition(&profiles(&after)), partition(&profiles(&whole)));
        prop_assert_eq!(after.run.new, 0);
        if names.is_empty() {
            prop_assert!(after.touched.is_empty());
        } else {
            prop_assert!(after.touched.len() < rows.len());
        }
    }
}

#[test]
fn a_model_given_finds_what_it_found_where_it_was_learned() {
    let rows = town(200, 4);
    let found = resolve(&frame(&rows).0, &params(), &Decisions::new(), None, &Quiet).unwrap();
    let again = linked(&rows, (&found.model, &vec![None; rows.len()]), &Decisions::new());
    assert_eq!(again.resolution.record_profile, found.record_profile);
    assert_eq!(again.resolution.pairs, found.pairs);
    assert_eq!(again.resolution.summary.curve, found.summary.curve);
}

#[test]
fn what_was_not_touched_is_carried_on_and_ids_stay() {
    let rows = town(300, 8);
    let old = rows.len() - 12;
    let (before, _) = frame(&rows[..old]);
    let none = Decisions::new();
    let mut first = resolve(&before, &params(), &none, None, &Quiet).unwrap();
    let keys = record_keys(&before).unwrap();
    let clusters = ints(&first.record_profile, "profile_id");
    let settlement = settle(&Standing::default(), &keys, &clusters);
    first.adopt(&keys, &settlement).unwrap();

    let (now, _) = frame(&rows);
    let keys = record_keys(&now).unwrap();
    let known: Vec<Option<i64>> =
        keys.iter().map(|k| settlement.standing.profile(k.key).map(u64::cast_signed)).collect();
    assert_eq!(known.iter().filter(|p| p.is_none()).count(), 12);
    let loosened = BTreeSet::new();
    let settled = Settled { model: &first.model, profiles: &known, loosened: &loosened };
    let linked = link(&now, &settled, &params(), &none, (None, &Quiet)).unwrap();
    let touched = linked.touched.clone();
    assert!(touched.len() < rows.len() / 2, "{} of {}", touched.len(), rows.len());
    let last =
        Before { summary: &first.summary, pairs: &first.pairs, records: &first.record_profile };
    let mut carried = carry_on(linked, &last, (&now, &keys), &params(), &none).unwrap();
    let after = settle(&settlement.standing, &keys, &ints(&carried.record_profile, "profile_id"));
    carried.adopt(&keys, &after).unwrap();
    // Untouched records keep their profile, and their pairs are still there, word for word.
    for (row, profile) in after.profiles.iter().enumerate() {
        if touched.binary_search(&(row as i64)).is_err() {
            assert_eq!(Some(*profile), known[row]);
        }
    }
    let kept = |frame: &Frame| -> Vec<(i64, i64)> {
        let pairs = ints(frame, "left_record").into_iter().zip(ints(frame, "right_record"));
        let free = |r: &i64| touched.binary_search(r).is_err();
        pairs.filter(|(a, b)| free(a) && free(b)).collect()
    };
    assert_eq!(kept(&first.pairs), kept(&carried.pairs));
    assert_eq!(carried.summary.people, after.count);
    assert_eq!(carried.summary.records as usize, rows.len());
    assert_eq!(carried.summary.histogram, first.summary.histogram);
    assert!(carried.pairs.rows() >= first.pairs.rows());
    // Nothing new: nothing changes, and the figures stay.
    let known: Vec<Option<i64>> = after.profiles.iter().copied().map(Some).collect();
    let settled = Settled { model: &first.model, profiles: &known, loosened: &loosened };
    let idle = link(&now, &settled, &params(), &none, (None, &Quiet)).unwrap();
    assert!(idle.touched.is_empty());
    let last = Before {
        summary: &carried.summary,
        pairs: &carried.pairs,
        records: &carried.record_profile,
    };
    let idle = carry_on(idle, &last, (&now, &keys), &params(), &none).unwrap();
    assert_eq!(idle.summary.review, carried.summary.review);
    assert_eq!(idle.summary.links, carried.summary.links);
    assert_eq!(
        settle(&after.standing, &keys, &ints(&idle.record_profile, "profile_id")).profiles,
        after.profiles
    );
}

/// Pairs by the names of their records, with their levels and whether one person has both.
fn told(rows: &[Row], pairs: &Frame) -> BTreeSet<(PairKey, Option<String>, bool)> {
    let (left, right) = (ints(pairs, "left_record"), ints(pairs, "right_record"));
    let (mine, other) = (ints(pairs, "left_profile"), ints(pairs, "right_profile"));
    let levels = pairs.column("levels").and_then(Column::text).expect("a column");
    let named = |id: i64| name(&rows[id as usize]);
    let pair = |at: usize| {
        let key = PairKey::new(named(left[at]), named(right[at]));
        (key, levels.get(at).map(str::to_owned), mine[at] == other[at])
    };
    (0..pairs.rows()).map(pair).collect()
}

#[test]
fn what_is_carried_on_does_not_depend_on_where_new_rows_stand() {
    let rows = town(300, 8);
    let (old, none) = (rows.len() - 12, Decisions::new());
    let (before, _) = frame(&rows[..old]);
    let first = resolve(&before, &params(), &none, None, &Quiet).unwrap();
    let clusters = ints(&first.record_profile, "profile_id");
    let keyed = |keys: &[kith_identity::RecordKey]| {
        Column::Int(keys.iter().map(|k| Some(k.key.cast_signed())).collect())
    };
    let was = first.record_profile.clone();
    let was = was.with("record_key", keyed(&record_keys(&before).unwrap()));
    let carried = |rows: &[Row], known: &[Option<i64>]| {
        let (now, _) = frame(rows);
        let loosened = BTreeSet::new();
        let settled = Settled { model: &first.model, profiles: known, loosened: &loosened };
        let linked = link(&now, &settled, &params(), &none, (None, &Quiet)).unwrap();
        let last = Before { summary: &first.summary, pairs: &first.pairs, records: &was };
        let keys = record_keys(&now).unwrap();
        let carried = carry_on(linked, &last, (&now, &keys), &params(), &none).unwrap();
        (told(rows, &carried.pairs), carried.summary)
    };
    let mut known: Vec<Option<i64>> = clusters.into_iter().map(Some).collect();
    known.resize(rows.len(), None);
    let mut moved = rows.clone();
    moved.rotate_right(5);
    moved[100..].rotate_left(30);
    let mut known_moved = known.clone();
    known_moved.rotate_right(5);
    known_moved[100..].rotate_left(30);
    let (straight, turned) = (carried(&rows, &known), carried(&moved, &known_moved));
    assert_eq!(straight.0, turned.0);
    assert_eq!(straight.1, turned.1);
    assert!(straight.0.len() > first.pairs.rows());
}
