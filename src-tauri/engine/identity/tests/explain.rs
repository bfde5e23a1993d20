//! Explanations against weights worked out by hand.

#[allow(dead_code, reason = "the town is for other tests")]
mod people;

use kith_identity::{
    ExplainInput, FieldModel, Frequencies, IdentityError, LevelModel, MODEL_VERSION, MatchModel,
    explain,
};
use kith_model::document::Decision;
use kith_model::explain::{Meeting, PairExplanation, PairOutcome};
use kith_model::identity::{IdentityParams, MatchField, Verdict};
use kith_model::{Column, Frame, PairKey};
use people::{Row, frame};
use std::collections::BTreeMap;

fn field(field: MatchField, levels: &[(&str, f64, f64)], known: Option<u64>) -> FieldModel {
    let level = |&(label, m, u): &(&str, f64, f64)| LevelModel {
        label: label.to_owned(),
        m,
        u,
        household: u,
    };
    FieldModel {
        field,
        levels: levels.iter().map(level).collect(),
        frequencies: known.map(|known| Frequencies { known, common: Vec::new() }),
    }
}

/// Prior −10 bits (1 to 1024). Given name: exact +6, different −4. Family name: exact +6, and +2 more
/// for a value that one in 320 people has where one in 80 agree by chance. Birth date: exact +12,
/// swapped 0, one part +1, same year −2, different −5.
fn model() -> MatchModel {
    MatchModel {
        version: MODEL_VERSION,
        records: 0,
        prior: 1.0 / 1025.0,
        household: 0.0,
        threshold: 0.5,
        fields: vec![
            field(
                MatchField::GivenName,
                &[
                    ("exact", 0.8, 0.0125),
                    ("swapped", 0.01, 0.01),
                    ("nickname", 0.05, 0.01),
                    ("close", 0.08, 0.01),
                    ("part", 0.02, 0.02),
                    ("similar", 0.02, 0.04),
                    ("different", 0.04, 0.64),
                ],
                None,
            ),
            field(
                MatchField::FamilyName,
                &[
                    ("exact", 0.8, 0.0125),
                    ("close", 0.08, 0.02),
                    ("part", 0.02, 0.02),
                    ("similar", 0.02, 0.04),
                    ("different", 0.05, 0.8),
                ],
                Some(320),
            ),
            field(
                MatchField::BirthDate,
                &[
                    ("exact", 0.9, 0.9 / 4096.0),
                    ("swapped", 0.02, 0.02),
                    ("one digit", 0.02, 0.03),
                    ("one part", 0.06, 0.03),
                    ("same year", 0.01, 0.04),
                    ("different", 0.03, 0.96),
                ],
                None,
            ),
        ],
    }
}

fn row(native: &str, birth: Option<i64>) -> Row {
    let named = Row::default().set("source", "crm").set("native_id", native);
    let mut row = named.set("given_name", "Ada").set("family_name", "Vane");
    row.birth = birth;
    row
}

/// Records 0, 1 and 2 are Ada Vane, born on two days and on none; 3 is somebody else.
fn cast() -> Vec<Row> {
    let mut other = row("4", Some(-9_999));
    other = other.set("given_name", "Zebedee").set("family_name", "Quirk");
    vec![row("1", Some(0)), row("2", Some(12_345)), row("3", None), other]
}

type Pairs<'a> = &'a [(i64, i64, f64)];

fn ask(
    rows: &[Row],
    (profiles, pairs): (&[i64], Pairs<'_>),
    decisions: &[(&str, &str, Verdict)],
    names: (&str, &str),
) -> Result<PairExplanation, IdentityError> {
    let (records, _) = frame(rows);
    let ids = |values: Vec<i64>| Column::Int(values.into_iter().map(Some).collect());
    let people = Frame::default()
        .with("record_id", ids((0..rows.len() as i64).collect()))
        .with("profile_id", ids(profiles.to_vec()));
    let owner = |record: i64| profiles[record as usize];
    let chance = |w: f64| 1.0 / (1.0 + (-w).exp2());
    let frame = Frame::default()
        .with("left_record", ids(pairs.iter().map(|p| p.0).collect()))
        .with("right_record", ids(pairs.iter().map(|p| p.1).collect()))
        .with("weight", Column::Real(pairs.iter().map(|p| Some(p.2)).collect()))
        .with("probability", Column::Real(pairs.iter().map(|p| Some(chance(p.2))).collect()))
        .with("left_profile", ids(pairs.iter().map(|p| owner(p.0)).collect()))
        .with("right_profile", ids(pairs.iter().map(|p| owner(p.1)).collect()));
    use MatchField as F;
    let fields = vec![F::GivenName, F::FamilyName, F::BirthDate, F::Email];
    let params = IdentityParams { fields, ..IdentityParams::default() };
    let said = |&(left, right, verdict): &(&str, &str, Verdict)| {
        let decision = serde_json::json!({ "verdict": verdict, "at": "2026-01-01", "by": "" });
        let decision: Decision = serde_json::from_value(decision).expect("a decision");
        (PairKey::new(left, right), decision)
    };
    explain(&ExplainInput {
        key: &PairKey::new(names.0, names.1),
        records: &records,
        people: &people,
        pairs: &frame,
        model: &model(),
        params: &params.check().expect("valid"),
        estimates: &[],
        decisions: &decisions.iter().map(said).collect(),
        titles: &BTreeMap::new(),
    })
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

const APART: (&[i64], Pairs<'static>) = (&[1, 2, 3, 4], &[(0, 1, -1.0)]);

#[test]
fn every_step_is_as_worked_out_by_hand() {
    let found = ask(&cast(), APART, &[], ("crm/1", "crm/2")).expect("explained");
    assert!(near(found.prior, -10.0), "{}", found.prior);
    let weights: Vec<f64> = found.fields.iter().map(|f| f.weight).collect();
    assert!(
        near(weights[0], 6.0) && near(weights[1], 8.0) && near(weights[2], -5.0),
        "{weights:?}"
    );
    let family = found.fields[1].level.as_ref().expect("a level");
    assert_eq!((family.label.as_str(), family.m, family.u), ("exact", 0.8, 0.0125));
    assert!(near(family.bayes_factor, 64.0) && near(family.term_frequency, 2.0));
    assert_eq!(found.fields[2].left, "1970-01-01");
    assert_eq!((found.household, found.taught, found.keyed), (0.0, 0.0, 0.0));
    assert!(near(found.weight, -1.0) && near(found.probability, 1.0 / 3.0));
    assert_eq!(found.outcome, PairOutcome::BelowThreshold);
    assert!(!found.together() && found.compared);
}

#[test]
fn the_rule_that_brings_them_together_is_named_with_its_block() {
    let found = ask(&cast(), APART, &[], ("crm/1", "crm/2")).expect("explained");
    let met: Vec<_> = found
        .rules
        .iter()
        .filter(|r| r.meeting == Meeting::Met)
        .map(|r| (&*r.rule, r.records))
        .collect();
    assert!(met.contains(&("given name or nickname + family name", 3)), "{met:?}");
    assert!(!met.iter().any(|(rule, _)| *rule == "family name + birth date"));
    let strangers = ask(&cast(), APART, &[], ("crm/1", "crm/4")).expect("explained");
    assert_eq!(strangers.outcome, PairOutcome::NotCompared);
    assert!(strangers.rules.iter().all(|r| r.meeting == Meeting::Apart && r.records == 0));
}

#[test]
fn the_smallest_change_that_crosses_the_threshold_comes_first() {
    let found = ask(&cast(), APART, &[], ("crm/1", "crm/2")).expect("explained");
    let least = &found.what_if[0];
    assert_eq!(least.changes.len(), 1);
    assert_eq!(least.changes[0].field, MatchField::BirthDate);
    assert_eq!((&*least.changes[0].from, &*least.changes[0].to), ("different", "same year"));
    // −10 + 6 + 8 − 2.
    assert!(near(least.weight, 2.0) && near(least.probability, 0.8));
    // Linked pairs are told what would part them: −10 + 6 + 8 = 4 bits without a birth date.
    let linked = ask(&cast(), (&[1, 1, 1, 4], &[(0, 2, 4.0)]), &[], ("crm/1", "crm/3"));
    let linked = linked.expect("explained");
    assert_eq!(linked.outcome, PairOutcome::Direct);
    assert!(linked.what_if.iter().all(|w| w.weight < 0.0));
    // A birth date that differs: −10 + 6 + 8 − 5. A given name that is part of the other, worth
    // nothing: −10 + 0 + 8.
    let told: Vec<_> = linked.what_if.iter().map(|w| (w.changes[0].field, w.weight)).collect();
    assert!(told[0].0 == MatchField::BirthDate && near(told[0].1, -1.0), "{told:?}");
    assert!(told[1].0 == MatchField::GivenName && near(told[1].1, -2.0), "{told:?}");
}

#[test]
fn a_chain_through_others_is_shown() {
    let joined = (&[1, 1, 1, 4][..], &[(0, 1, -1.0), (0, 2, 4.0), (1, 2, 4.0)][..]);
    let found = ask(&cast(), joined, &[], ("crm/1", "crm/2")).expect("explained");
    let PairOutcome::ThroughOthers { path } = &found.outcome else { panic!("{:?}", found.outcome) };
    let names: Vec<&str> = path.iter().map(|s| s.record.as_str()).collect();
    assert_eq!(names, ["crm/1", "crm/3", "crm/2"]);
    assert!(near(path[1].probability, 16.0 / 17.0));
    assert!(found.verdict().contains("through crm/3"));
}

#[test]
fn decisions_of_this_pair_and_of_others_are_named() {
    let different = [("crm/1", "crm/3", Verdict::Different)];
    let two = (&[1, 2, 2, 4][..], &[(0, 1, -1.0), (0, 2, 4.0)][..]);
    let own = ask(&cast(), two, &different, ("crm/1", "crm/3")).expect("explained");
    let pair = PairKey::new("crm/1", "crm/3");
    assert_eq!(own.outcome, PairOutcome::SaidDifferent { pair: pair.clone() });
    assert_eq!(own.decision.map(|d| d.verdict), Some(Verdict::Different));
    let other = ask(&cast(), two, &different, ("crm/1", "crm/2")).expect("explained");
    assert_eq!(other.outcome, PairOutcome::SaidDifferent { pair });
    assert!(other.verdict().contains("keeps crm/1 and crm/3 apart"));
    let same = [("crm/1", "crm/2", Verdict::Same)];
    let joined = ask(&cast(), (&[1, 1, 1, 4], &[]), &same, ("crm/1", "crm/2")).expect("explained");
    assert_eq!(joined.outcome, PairOutcome::SaidSame);
}

#[test]
fn keys_say_whether_they_link_and_why_not() {
    let mail = |r: Row| r.set("email", "ada.vane@mail.net");
    let mut rows = cast();
    rows[0] = mail(rows[0].clone());
    rows[2] = mail(rows[2].clone());
    let found = ask(&rows, (&[1, 2, 1, 4], &[]), &[], ("crm/1", "crm/3")).expect("explained");
    assert_eq!(found.outcome, PairOutcome::ByKey { key: "same e-mail".to_owned() });
    assert!(near(found.weight, 20.0), "a key weighs 20 bits in all: {}", found.weight);
    rows[3] = mail(rows[3].clone());
    let apart = ask(&rows, (&[1, 2, 1, 4], &[]), &[], ("crm/1", "crm/4")).expect("explained");
    let key = apart.rules.iter().find(|r| r.rule == "same e-mail").expect("the key");
    assert_eq!((key.meeting, key.records), (Meeting::Distrusted, 3));
    // Blocking brings them together all the same, and the names tell them apart.
    assert!(apart.compared && apart.outcome == PairOutcome::BelowThreshold);
}

#[test]
fn a_record_that_is_not_there_is_said() {
    let found = ask(&cast(), APART, &[], ("crm/1", "crm/99"));
    assert_eq!(found, Err(IdentityError::Record { side: "second" }));
}
