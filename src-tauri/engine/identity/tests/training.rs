//! Training that is kept and used again, and what answers do to it.

mod people;

use kith_identity::{IdentityError, MatchModel, ModelError, Resolution, resolve, resolve_with};
use kith_model::document::Decision;
use kith_model::identity::{IdentityParams, MatchField, Verdict};
use kith_model::{Column, Frame, PairKey, Quiet, Valid};
use people::{Row, frame, town};
use std::collections::BTreeMap;

type Decisions = BTreeMap<PairKey, Decision>;

fn checked(params: IdentityParams) -> Valid<IdentityParams> {
    params.check().expect("valid")
}

fn learned(rows: &[Row], decisions: &Decisions, params: &IdentityParams) -> Resolution {
    let (records, truth) = frame(rows);
    resolve(&records, &checked(params.clone()), decisions, Some(&truth), &Quiet).expect("resolves")
}

fn with(rows: &[Row], model: &MatchModel) -> Result<Resolution, IdentityError> {
    let (records, truth) = frame(rows);
    let params = checked(IdentityParams::default());
    resolve_with(&records, (&params, Some(model)), &Decisions::new(), Some(&truth), &Quiet)
}

/// The first `wanted` of the pairs a reviewer would be asked about, each decided as it truly is:
/// those around the threshold first.
fn answers(rows: &[Row], found: &Resolution, wanted: usize) -> Decisions {
    let ints = |name: &str| found.pairs.column(name).and_then(Column::int).expect("a column");
    let chances = found.pairs.column("probability").and_then(Column::real).expect("a column");
    let mut order: Vec<usize> = (0..chances.len()).collect();
    let far = |i: &usize| (chances[*i].unwrap_or(1.0) - found.summary.threshold).abs();
    order.sort_by(|a, b| far(a).total_cmp(&far(b)).then(a.cmp(b)));
    let name = |row: &Row| {
        format!("{}/{}", row.get("source").unwrap_or(""), row.get("native_id").unwrap_or(""))
    };
    let (left, right) = (ints("left_record"), ints("right_record"));
    order
        .into_iter()
        .take(wanted)
        .map(|i| {
            let [a, b] = [left[i], right[i]].map(|id| &rows[id.expect("an id") as usize]);
            let same = a.get("truth") == b.get("truth");
            let verdict = if same { Verdict::Same } else { Verdict::Different };
            (PairKey::new(name(a), name(b)), verdict.into())
        })
        .collect()
}

fn people(found: &Resolution) -> &Frame {
    &found.record_profile
}

#[test]
fn a_frozen_training_finds_what_it_found_when_it_was_learned() {
    let rows = town(500, 11);
    let first = learned(&rows, &Decisions::new(), &IdentityParams::default());
    assert_eq!((first.summary.trained_on, first.summary.frozen), (rows.len() as u64, false));
    let text = first.model.to_text();
    let model = MatchModel::from_text(&text).expect("reads back");
    assert_eq!(model, first.model);
    assert_eq!(model.to_text(), text);
    let again = with(&rows, &model).expect("resolves");
    assert_eq!((people(&again), &again.pairs), (people(&first), &first.pairs));
    assert_eq!(again.summary.curve, first.summary.curve);
    assert_eq!(again.summary.estimates, first.summary.estimates);
    assert!(again.summary.frozen && again.summary.training.is_empty());
    assert_eq!(again.summary.trained_on, rows.len() as u64);

    // On other records nothing is learned anew: the same numbers, the same threshold.
    let other = with(&town(120, 12), &model).expect("resolves");
    assert_eq!((&other.model, other.summary.threshold), (&model, model.threshold));
    assert!(other.summary.truth.expect("a truth").f1 > 0.85, "{:?}", other.summary.truth);
    assert_ne!(other.summary.comparisons, {
        let own = learned(&town(120, 12), &Decisions::new(), &IdentityParams::default());
        own.summary.comparisons
    });
}

#[test]
fn a_model_file_is_lines_that_people_can_read() {
    let text = learned(&town(200, 3), &Decisions::new(), &IdentityParams::default());
    let text = text.model.to_text();
    assert!(text.starts_with("{\n  \"version\": 3,\n  \"records\": "), "{}", &text[..80]);
    let exact = text.lines().find(|l| l.contains("\"label\": \"exact\"")).expect("a level");
    assert!(exact.contains("\"m\": ") && exact.contains("\"household\": "), "{exact}");
    let longest = text.lines().filter(|l| !l.contains("\"common\"")).map(str::len).max();
    assert!(longest.expect("lines") < 200);
}

#[test]
fn a_model_that_does_not_fit_is_refused_with_the_way_out() {
    let rows = town(150, 5);
    let model = learned(&rows, &Decisions::new(), &IdentityParams::default()).model;
    let text = model.to_text();
    let told = |text: &str| MatchModel::from_text(text).expect_err("refused");
    assert_eq!(told(&text.replacen("\"version\": 3", "\"version\": 1", 1)), ModelError::Version(1));
    let other = text.replacen("\"nickname\"", "\"pet name\"", 1);
    assert_eq!(told(&other), ModelError::Levels(MatchField::GivenName.label()));
    assert!(matches!(told("a,b\n1,2\n"), ModelError::Unreadable(_)));
    assert!(matches!(told(&text[..text.len() / 2]), ModelError::Unreadable(_)));
    let at = text.find("\"m\": ").expect("an m") + 5;
    let spoilt = format!("{}7{}", &text[..at], &text[at + 1..]);
    assert_eq!(told(&spoilt), ModelError::Number(MatchField::GivenName.label()));

    let mut fewer = model;
    fewer.fields.retain(|f| f.field != MatchField::Phone);
    let refused = with(&rows, &fewer).expect_err("refused");
    let said = refused.to_string();
    assert!(matches!(refused, IdentityError::Model(ModelError::Fields { .. })), "{said}");
    assert!(said.contains("phone") && said.contains("train anew"), "{said}");
}

#[test]
fn a_hundred_right_answers_raise_f1_and_say_so() {
    let mut gained = 0.0;
    for seed in [21, 22, 23, 24] {
        let rows = town(600, seed);
        let params = IdentityParams::default();
        let before = learned(&rows, &Decisions::new(), &params);
        let said = answers(&rows, &before, 100);
        let after = learned(&rows, &said, &params);
        let f1 = |found: &Resolution| found.summary.truth.expect("a truth").f1;
        let gain = f1(&after) - f1(&before);
        // A pair of six hundred people may tip either way.
        assert!(gain > -0.001, "{seed}: {} then {}", f1(&before), f1(&after));
        gained += gain / 4.0;
        assert_eq!((before.summary.answers, after.summary.answers), (0, said.len() as u64));
        assert_ne!(before.summary.comparisons, after.summary.comparisons);
    }
    assert!(gained > 0.005, "{gained}");
}

/// m of a level of `found`.
fn m(found: &Resolution, field: MatchField, label: &str) -> f64 {
    let of = found.summary.comparisons.iter().find(|c| c.field == field).expect("compared");
    of.levels.iter().find(|l| l.label.starts_with(label)).expect("a level").m
}

/// How often the pairs of one person that blocking made reach a level, where both have a value.
fn true_share(rows: &[Row], found: &Resolution, field: MatchField, level: char) -> f64 {
    let ints = |name: &str| found.pairs.column(name).and_then(Column::int).expect("a column");
    let levels = found.pairs.column("levels").and_then(Column::text).expect("a column");
    let truth = |id: Option<i64>| rows[id.expect("an id") as usize].get("truth");
    let (mut reached, mut all) = (0.0, 0.0);
    for (i, digits) in levels.iter().enumerate() {
        let digits = digits.expect("levels");
        let said = digits.chars().nth(field as usize).expect("a digit");
        // Pairs that a key links are marked by a letter.
        if said != '0' && truth(ints("left_record")[i]) == truth(ints("right_record")[i]) {
            all += 1.0;
            reached += f64::from(u8::from(said == level));
        }
    }
    reached / all
}

#[test]
fn learning_from_the_truth_brings_m_closer_to_it_and_is_off_unless_asked_for() {
    let rows = town(600, 31);
    let plain = learned(&rows, &Decisions::new(), &IdentityParams::default());
    let params = IdentityParams { learn_truth: true, ..IdentityParams::default() };
    let told = learned(&rows, &Decisions::new(), &params);
    assert_eq!(plain.summary.answers, 0);
    assert!(told.summary.answers > 500);
    let f1 = |found: &Resolution| found.summary.truth.expect("a truth").f1;
    assert!(f1(&told) >= f1(&plain), "{} then {}", f1(&plain), f1(&told));
    // The m of a level, summed over those that were off.
    let off = |found: &Resolution| -> f64 {
        [(MatchField::GivenName, "exact", '1'), (MatchField::FamilyName, "exact", '1')]
            .into_iter()
            .map(|(field, label, digit)| {
                (m(found, field, label) - true_share(&rows, &plain, field, digit)).abs()
            })
            .sum()
    };
    assert!(off(&told) <= off(&plain), "{} then {}", off(&plain), off(&told));
}

#[test]
fn the_log_of_training_ends_at_the_parameters_in_force() {
    let found = learned(&town(400, 41), &Decisions::new(), &IdentityParams::default());
    let log = &found.summary.training;
    assert!(log.sessions.len() > 3 && log.fields.len() > 5);
    for session in &log.sessions {
        assert_eq!(session.log_likelihood.len(), found.summary.iterations as usize);
    }
    for field in &log.fields {
        for (label, m_by_iteration) in field.levels.iter().zip(&field.m) {
            assert_eq!(m_by_iteration.len(), found.summary.iterations as usize + 1);
            let last = *m_by_iteration.last().expect("iterations");
            let kept = m(&found, field.field, label);
            assert!((last - kept).abs() <= 1e-5 * kept.max(1e-3), "{label}: {last} and {kept}");
        }
    }
}
