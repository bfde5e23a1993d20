//! Merging and splitting by hand in a project: honoured by every later run, full or linked, and
//! nobody else moves for it.

use crate::profiles::{add, profiles, sheet};
use crate::script::take;
use kith_api::Request;
use kith_model::document::DecisionOrigin;
use kith_model::identity::{IdentitySummary, Verdict};
use kith_model::{Command, PairKey, ProfileId};
use kith_tests::Bench;
use std::collections::{BTreeMap, BTreeSet};

type Profiles = BTreeMap<String, u64>;

fn identity(bench: &Bench) -> IdentitySummary {
    *take!(bench.ask(Request::Identity), Identity).expect("it ran")
}

/// Every person but those of `records`, by the records each holds.
fn others(of: &Profiles, records: &BTreeSet<String>) -> BTreeSet<(u64, BTreeSet<String>)> {
    let mut people: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    of.iter().for_each(|(record, id)| {
        people.entry(*id).or_default().insert(record.clone());
    });
    people.into_iter().filter(|(_, held)| held.is_disjoint(records)).collect()
}

fn records_of(of: &Profiles, profile: u64) -> BTreeSet<String> {
    of.iter().filter(|(_, id)| **id == profile).map(|(record, _)| record.clone()).collect()
}

/// What matching learned, as far as the summary tells.
fn learned(of: &IdentitySummary) -> impl PartialEq + std::fmt::Debug {
    (of.comparisons.clone(), of.prior, of.proposed_threshold, of.threshold, of.answers)
}

#[test]
fn a_split_of_the_sample_moves_only_its_own_records_and_teaches_nothing() {
    let bench = Bench::new();
    bench.ask(Request::OpenSample { folder: None });
    let before = profiles(&bench);
    let first = identity(&bench);
    let size = |id: &u64| records_of(&before, *id).len();
    let ids: BTreeSet<u64> = before.values().copied().collect();
    let mut sizes: BTreeMap<u64, usize> = BTreeMap::new();
    before.values().for_each(|id| *sizes.entry(*id).or_default() += 1);
    let profile = *sizes.iter().max_by_key(|(id, n)| (**n, std::cmp::Reverse(**id))).unwrap().0;
    assert!(ids.contains(&profile) && size(&profile) >= 6, "{} records", size(&profile));
    let own = records_of(&before, profile);
    let gone: Vec<String> = own.iter().take(own.len() / 2).cloned().collect();
    let (by, why) = ("steward".to_owned(), "two cousins".to_owned());
    let split = Request::SplitPerson {
        profile: ProfileId(profile),
        records: gone.clone(),
        by: by.clone(),
        why: why.clone(),
    };
    bench.ask(split);
    let desk = take!(bench.ask(Request::ReviewDesk), ReviewDesk);
    assert_eq!((desk.decided(), desk.labels, desk.seconds_each), (0, 0, None));
    assert_eq!(desk.by_hand, (gone.len() * (own.len() - gone.len())) as u64);

    let after = profiles(&bench);
    let linked = identity(&bench).linked.expect("no full run for it");
    assert!(linked.new == 0 && linked.touched < first.records / 10, "{linked:?}");
    assert_eq!(learned(&identity(&bench)), learned(&first));
    assert_eq!(others(&after, &own), others(&before, &own));
    let (went, stayed): (BTreeSet<u64>, BTreeSet<u64>) = (
        gone.iter().map(|r| after[r]).collect(),
        own.iter().filter(|r| !gone.contains(r)).map(|r| after[r]).collect(),
    );
    assert!(went.is_disjoint(&stayed));

    // As does a run that learns all anew.
    bench.ask(Request::Relearn);
    assert_eq!(profiles(&bench), after);
    assert_eq!(identity(&bench).linked, None);
    assert_eq!(learned(&identity(&bench)), learned(&first));

    // Said where decisions are listed and explained; said again in the review, it is an answer.
    let pair = PairKey::new(gone[0].as_str(), own.iter().next_back().unwrap().as_str());
    let explain = || {
        let found = take!(bench.ask(Request::Explain { pair: pair.clone() }), Explanation);
        (found.verdict(), found.decision.expect("decided").origin)
    };
    assert_eq!(
        explain(),
        ("Two people: decided by hand (split)".to_owned(), DecisionOrigin::Split)
    );
    bench.ask(Request::Apply {
        command: Command::Decide {
            pair: pair.clone(),
            verdict: Some(Verdict::Different),
            at: String::new(),
            by: by.clone(),
            why: String::new(),
            origin: DecisionOrigin::Review,
        },
    });
    assert_eq!(explain().1, DecisionOrigin::Review);
    assert_eq!(take!(bench.ask(Request::ReviewDesk), ReviewDesk).decided(), 1);
    bench.ask(Request::Undo);
    assert_eq!(explain().1, DecisionOrigin::Split);

    // Undone, they are one again; saying the same split twice is no news.
    bench.ask(Request::Undo);
    let again = profiles(&bench);
    assert_eq!(own.iter().map(|r| again[r]).collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(others(&again, &own), others(&before, &own));
    let profile = ProfileId(again[&gone[0]]);
    let again = Request::SplitPerson { profile, records: gone, by, why };
    bench.ask(again.clone());
    assert!(bench.call(again).unwrap_err().to_string().contains("said of all these records"));
}

#[test]
fn a_merge_by_hand_stands_until_it_is_undone() {
    let bench = Bench::new();
    bench.ask(Request::NewProject { folder: bench.file("merge.kith"), name: "Merge".into() });
    add(&bench, "people.csv", &sheet(0..48, false));
    add(&bench, "shop.csv", &sheet(0..48, true));
    let before = profiles(&bench);
    let first = identity(&bench);
    let pick = [before["people/c3"], before["people/c9"]];
    let own = &records_of(&before, pick[0]) | &records_of(&before, pick[1]);
    assert_eq!(own.len(), 4);
    let (by, why) = ("steward".to_owned(), "told on the phone".to_owned());
    bench.ask(Request::MergePeople { profiles: pick.map(ProfileId).to_vec(), by, why });
    let one = |of: &Profiles| own.iter().map(|r| of[r]).collect::<BTreeSet<_>>().len();
    let merged = profiles(&bench);
    assert_eq!(one(&merged), 1);
    assert_eq!(learned(&identity(&bench)), learned(&first));
    // New records are linked, and a full run learns anew: still one.
    add(&bench, "fair.csv", &sheet(47..50, false));
    assert_eq!(one(&profiles(&bench)), 1);
    assert!(identity(&bench).linked.is_some());
    bench.ask(Request::Relearn);
    let full = profiles(&bench);
    assert_eq!(one(&full), 1);
    assert!(identity(&bench).linked.is_none());
    assert!(merged.iter().all(|(record, profile)| full[record] == *profile));
    // Undone (the new sheet was added and mapped since), two again.
    let title = |bench: &Bench| bench.overview().undo;
    while title(&bench).is_some_and(|title| !title.starts_with("Merge")) {
        bench.ask(Request::Undo);
    }
    bench.ask(Request::Undo);
    let apart = profiles(&bench);
    assert_eq!(one(&apart), 2);
    assert_eq!(apart["people/c3"], apart["shop/x3"]);
    assert_eq!(apart["people/c9"], apart["shop/x9"]);
    assert_eq!(others(&apart, &own), others(&before, &own));
    // Done again, one again.
    bench.ask(Request::Redo);
    assert_eq!(one(&profiles(&bench)), 1);
}
