//! Laws of resolving: what may not change the answer, and what must never break it.

mod people;

use kith_identity::{IdentityError, Resolution, resolve};
use kith_model::document::Decision;
use kith_model::identity::{IdentityParams, Verdict};
use kith_model::{Column, Frame, Metric, Monitor, PairKey, Quiet};
use people::{Row, TEXTS, frame, town};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

type Decisions = BTreeMap<PairKey, Decision>;

fn run(rows: &[Row], decisions: &Decisions) -> Resolution {
    let (frame, truth) = frame(rows);
    let params = IdentityParams::default().check().expect("defaults are valid");
    resolve(&frame, &params, decisions, Some(&truth), &Quiet).expect("resolves")
}

fn profiles(found: &Resolution) -> Vec<i64> {
    let column = found.record_profile.column("profile_id").and_then(Column::int);
    column.expect("profiles").iter().map(|p| p.expect("a profile")).collect()
}

fn name(row: &Row) -> String {
    format!("{}/{}", row.get("source").unwrap_or(""), row.get("native_id").unwrap_or(""))
}

/// The people found, as sets of record names.
fn partition(rows: &[Row], found: &Resolution) -> BTreeSet<BTreeSet<String>> {
    let mut people: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for (row, profile) in rows.iter().zip(profiles(found)) {
        people.entry(profile).or_default().insert(name(row));
    }
    people.into_values().collect()
}

/// Every number in the answer is a number.
fn sane(found: &Resolution, records: usize) {
    let s = &found.summary;
    assert_eq!(s.records as usize, records);
    assert_eq!(found.record_profile.rows(), records);
    assert!(s.threshold.is_finite() && s.prior > 0.0 && s.prior < 1.0);
    let levels = s.comparisons.iter().flat_map(|c| &c.levels);
    assert!(levels.clone().all(|l| l.m > 0.0 && l.u > 0.0 && l.weight.is_finite()));
    assert!(s.histogram.iter().all(|b| b.from.is_finite() && b.to > b.from));
    assert_eq!(s.histogram.iter().map(|b| b.pairs).sum::<u64>(), s.pairs);
    let points = s.curve.iter();
    assert!(
        points.clone().all(|p| p.expected_precision.is_finite() && p.expected_recall.is_finite())
    );
    assert!(s.curve.is_sorted_by(|a, b| a.threshold < b.threshold && a.people <= b.people));
    let people: BTreeSet<i64> = profiles(found).into_iter().collect();
    assert_eq!(people.len() as u64, s.people);
    let in_sizes = s.cluster_sizes.iter().zip(1..).map(|(n, size)| n * size).sum::<u64>();
    assert_eq!(in_sizes, s.records);
    let weights = found.pairs.column("weight").and_then(Column::real).expect("weights");
    assert!(weights.iter().flatten().all(|w| w.is_finite()));
}

#[test]
fn a_profile_is_one_more_than_its_smallest_record() {
    let found = run(&town(150, 3), &Decisions::new());
    let mut smallest: BTreeMap<i64, i64> = BTreeMap::new();
    for (record, profile) in profiles(&found).into_iter().enumerate() {
        smallest.entry(profile).or_insert(record as i64);
    }
    assert!(smallest.iter().all(|(profile, record)| *profile == record + 1));
}

#[test]
fn the_answer_does_not_depend_on_threads_and_repeats_byte_for_byte() {
    let rows = town(700, 11);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| run(&rows, &Decisions::new()))
    };
    let (one, four) = (on(1), on(4));
    assert_eq!(one, four);
    let bytes = |found: &Resolution| serde_json::to_vec(&found.model).expect("serialises");
    assert_eq!(bytes(&one), bytes(&on(3)));
}

#[test]
fn a_model_reads_back() {
    let found = run(&town(100, 5), &Decisions::new());
    let text = serde_json::to_string(&found.model).expect("serialises");
    let back: kith_identity::MatchModel = serde_json::from_str(&text).expect("reads back");
    assert_eq!(back, found.model);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn the_answer_does_not_depend_on_row_order(seed in 0_u64..1000, order in 0_u64..1000) {
        let rows = town(200, seed);
        let mut shuffled = rows.clone();
        shuffled.shuffle(&mut rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(order));
        let (a, b) = (run(&rows, &Decisions::new()), run(&shuffled, &Decisions::new()));
        prop_assert_eq!(partition(&rows, &a), partition(&shuffled, &b));
        prop_assert_eq!(a.summary, b.summary);
        prop_assert_eq!(a.model, b.model);
    }

    #[test]
    fn decisions_are_honoured(seed in 0_u64..1000, picks in prop::collection::vec((0_usize..400, 0_usize..400, any::<bool>()), 1..12)) {
        let rows = town(150, seed);
        let mut decisions = Decisions::new();
        for (a, b, same) in picks {
            let (a, b) = (name(&rows[a % rows.len()]), name(&rows[b % rows.len()]));
            if a != b {
                let verdict = if same { Verdict::Same } else { Verdict::Different };
                decisions.insert(PairKey::new(a, b), verdict.into());
            }
        }
        let found = run(&rows, &decisions);
        let of: BTreeMap<String, i64> = rows.iter().map(name).zip(profiles(&found)).collect();
        let mut joined = 0;
        for (pair, said) in &decisions {
            let together = of[&pair.left] == of[&pair.right];
            match said.verdict {
                Verdict::Different => prop_assert!(!together, "{pair:?} was kept apart"),
                _ => joined += usize::from(!together),
            }
        }
        // Only a decision that contradicts another may be set aside, and the notes say so.
        let said = found.summary.notes.iter().any(|n| n.contains("contradict others"));
        prop_assert_eq!(joined > 0, said && joined > 0);
        prop_assert!(joined == 0 || decisions.values().any(|d| d.verdict == Verdict::Different));
    }

    #[test]
    fn any_text_in_any_column_is_survived(
        cells in prop::collection::vec(prop::collection::vec(prop::option::of("\\PC{0,12}"), TEXTS.len()), 0..40),
        births in prop::collection::vec(prop::option::of(any::<i64>()), 40),
    ) {
        let rows: Vec<Row> = cells
            .into_iter()
            .zip(births)
            .map(|(cells, birth)| {
                let mut row = Row { birth, ..Row::default() };
                row.text.clone_from_slice(&cells);
                row
            })
            .collect();
        sane(&run(&rows, &Decisions::new()), rows.len());
    }
}

#[test]
fn nothing_and_nearly_nothing_are_answered() {
    for rows in [vec![], vec![Row::default()], vec![Row::default(); 30]] {
        let found = run(&rows, &Decisions::new());
        sane(&found, rows.len());
        assert_eq!(found.summary.people as usize, rows.len(), "empty records are nobody's twins");
    }
}

#[test]
fn a_thousand_copies_are_one_person() {
    let one = &town(1, 1)[0];
    let copy = |i: usize| one.clone().set("native_id", &i.to_string()).set("email", "ada@calc.org");
    let rows: Vec<Row> = (0..1000).map(copy).collect();
    let found = run(&rows, &Decisions::new());
    sane(&found, 1000);
    assert_eq!(found.summary.people, 1);
    assert!(found.summary.notes.iter().any(|n| n.contains("1000 records")), "the alarm rings");
}

#[test]
fn columns_that_say_nothing_do_no_harm() {
    let spoil: [fn(usize, Row) -> Row; 4] = [
        |_, row| row.set("city", "Leeds").set("country", "GB").set("company", "ACME Ltd"),
        |i, row| row.set("loyalty_id", &format!("L{i:07}")).set("company", &format!("Shop {i}")),
        |_, row| Row { birth: None, ..row.set("email", "").set("phone", "") },
        |_, row| Row { birth: Some(0), ..row },
    ];
    // The third has lost two of its three keys: it may only survive.
    for (k, spoil) in spoil.into_iter().enumerate() {
        let rows: Vec<Row> =
            town(400, 9).into_iter().enumerate().map(|(i, r)| spoil(i, r)).collect();
        let found = run(&rows, &Decisions::new());
        sane(&found, rows.len());
        let truth = found.summary.truth.expect("truth is known");
        assert!(k == 2 || truth.precision > 0.9 && truth.recall > 0.75, "{k}: {truth:?}");
    }
}

#[test]
fn a_missing_column_is_named() {
    let (whole, _) = frame(&town(5, 1));
    let params = IdentityParams::default().check().expect("valid");
    let without =
        Frame { columns: whole.columns.into_iter().filter(|(n, _)| n != "phone_alt").collect() };
    let error = resolve(&without, &params, &Decisions::new(), None, &Quiet).unwrap_err();
    assert!(error.to_string().contains("phone_alt"), "{error}");
}

struct Stopper(Mutex<u32>, u32);

impl Monitor for Stopper {
    fn progress(&self, done: f32, _doing: &str) {
        assert!((0.0..=1.0).contains(&done));
    }
    fn metric(&self, _metric: Metric) {}
    fn cancelled(&self) -> bool {
        let mut asked = self.0.lock().expect("no panic");
        *asked += 1;
        *asked > self.1
    }
}

#[test]
fn cancelling_at_any_point_says_cancelled() {
    let (frame, _) = frame(&town(100, 2));
    let params = IdentityParams::default().check().expect("valid");
    let mut finished = false;
    for patience in 0..10_000 {
        let stopper = Stopper(Mutex::new(0), patience);
        match resolve(&frame, &params, &Decisions::new(), None, &stopper) {
            Err(error) => assert_eq!(error, IdentityError::Cancelled),
            Ok(_) => {
                finished = true;
                break;
            }
        }
    }
    assert!(finished);
}

struct Recorder(Mutex<Vec<(f64, f64)>>);

impl Monitor for Recorder {
    fn progress(&self, _done: f32, _doing: &str) {}
    fn metric(&self, metric: Metric) {
        if metric.series != "log_likelihood" {
            return assert!(metric.series.starts_with("m/") && metric.y > 0.0 && metric.y < 1.0);
        }
        self.0.lock().expect("no panic").push((metric.x, metric.y));
    }
    fn cancelled(&self) -> bool {
        false
    }
}

#[test]
fn the_log_likelihood_never_falls() {
    let (frame, _) = frame(&town(800, 4));
    let params = IdentityParams::default().check().expect("valid");
    let recorder = Recorder(Mutex::default());
    let found = resolve(&frame, &params, &Decisions::new(), None, &recorder).expect("resolves");
    let seen = recorder.0.into_inner().expect("no panic");
    assert_eq!(seen.len(), found.summary.iterations as usize);
    assert!(seen.len() > 3);
    assert!(seen.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1 + 1e-6 * a.1.abs()), "{seen:?}");
}
