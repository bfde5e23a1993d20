//! What blocking costs is known before, too costly rules are refused, and bad columns are survived.

mod people;

use kith_identity::{IdentityError, Resolution, resolve};
use kith_model::Quiet;
use kith_model::identity::{BlockingRule, IdentityParams, MatchField};
use people::{Row, frame, town};
use std::collections::BTreeMap;

fn run(rows: &[Row], params: IdentityParams) -> Result<Resolution, IdentityError> {
    let (frame, truth) = frame(rows);
    let params = params.check().expect("valid");
    resolve(&frame, &params, &BTreeMap::new(), Some(&truth), &Quiet)
}

fn by(rules: &[&[MatchField]], max_pairs: u64) -> IdentityParams {
    let rules = rules.iter().map(|fields| BlockingRule { fields: fields.to_vec() }).collect();
    IdentityParams { rules, max_pairs, ..IdentityParams::default() }
}

#[test]
fn a_rule_that_makes_too_many_pairs_is_refused_with_its_count_and_a_better_one() {
    let rows: Vec<Row> =
        town(1_200, 5).into_iter().map(|row| row.set("country", "Norway")).collect();
    let n = rows.len() as u64;
    let Err(error) = run(&rows, by(&[&[MatchField::Country]], 100_000)) else {
        panic!("the rule must be refused")
    };
    let IdentityError::TooManyPairs { rule, pairs, budget, instead } = &error else {
        panic!("{error}")
    };
    assert_eq!((rule.as_str(), *pairs, *budget), ("country", n * (n - 1) / 2, 100_000));
    assert!(instead.starts_with("country + "), "{instead}");
    assert!(error.to_string().contains(&kith_model::grouped(*pairs)));
}

#[test]
fn rules_of_ones_own_are_the_only_ones_that_run() {
    let rows = town(400, 5);
    let name = [MatchField::FamilyName, MatchField::BirthDate];
    let found = run(&rows, by(&[&name], 1_000_000)).expect("resolves").summary;
    let rules: Vec<&str> = found.blocking.iter().map(|b| b.rule.as_str()).collect();
    assert_eq!(rules, ["deterministic keys", "family name + birth date"]);
    assert_eq!(found.estimates[0].kept, found.blocking[1].pairs);
}

#[test]
fn estimates_bound_what_is_made_and_say_what_each_rule_finds() {
    let found = run(&town(600, 5), IdentityParams::default()).expect("resolves").summary;
    assert!(found.estimates.is_sorted_by_key(|e| e.cumulative));
    assert!(found.estimates.iter().any(|e| e.loose && e.kept < e.pairs));
    for count in &found.blocking[1..] {
        let estimate = found.estimates.iter().find(|e| e.rule == count.rule).expect("estimated");
        // A pair of two blocks was counted twice.
        assert!(count.pairs <= estimate.kept, "{count:?} {estimate:?}");
        let recall = estimate.recall.expect("known");
        assert!((0.0..=1.0).contains(&recall), "{estimate:?}");
    }
}

#[test]
fn a_small_budget_keeps_the_first_rules_and_names_the_refused() {
    let params = IdentityParams { max_pairs: 600, ..IdentityParams::default() };
    let found = run(&town(600, 5), params).expect("resolves").summary;
    assert!(found.estimates.last().expect("rules").cumulative <= 600);
    let refused = found.estimates.iter().filter(|e| e.largest_kept.is_none()).count();
    assert!(refused > 0);
    assert_eq!(found.notes.iter().filter(|n| n.contains("was refused")).count(), refused);
}

/// Records of different people whose column `name` is what `of` says.
fn column(name: &str, of: impl Fn(usize) -> String) -> Vec<Row> {
    let rows = town(150, 9).into_iter().enumerate();
    rows.map(|(at, row)| row.set(name, &of(at))).collect()
}

#[test]
fn constant_empty_and_all_distinct_columns_are_survived() {
    let usual = run(&town(150, 9), IdentityParams::default()).expect("resolves").summary;
    let usual = usual.truth.expect("a truth").f1;
    for name in ["email", "family_name", "street", "city", "postcode", "loyalty_id", "company"] {
        let ways: [fn(usize) -> String; 3] =
            [|_| "constant x".to_owned(), |_| String::new(), |at| format!("xq{}vz", at * 7919)];
        for (way, of) in ways.into_iter().enumerate() {
            let found = run(&column(name, of), IdentityParams::default()).expect("resolves");
            let truth = found.summary.truth.expect("a truth");
            assert!(truth.precision > 0.9, "{name} {way}: {truth:?}");
            // What was said in that column is lost, and no more than that.
            assert!(truth.f1 > 0.6 * usual, "{name} {way}: {truth:?} against {usual}");
        }
    }
}

#[test]
fn records_that_are_all_alike_are_one_person_with_an_alarm() {
    let one = Row::default()
        .set("source", "crm")
        .set("given_name", "Ingrid")
        .set("family_name", "Solberg")
        .set("email", "ingrid.solberg@post.no")
        .set("truth", "1");
    let rows: Vec<Row> =
        (0..3_000).map(|i| one.clone().set("native_id", &format!("n{i:05}"))).collect();
    let found = run(&rows, IdentityParams::default()).expect("resolves").summary;
    assert_eq!(found.people, 1);
    let alarm = found.notes.iter().find(|n| n.contains("3000 records")).expect("an alarm");
    assert!(alarm.contains("weakest between crm/n"), "{alarm}");
}

#[test]
fn names_in_any_script_find_their_own() {
    let names = [
        ("Ольга", "Кузнецова"),
        ("美咲", "佐藤"),
        ("محمد", "العلي"),
        ("नेहा", "शर्मा"),
        ("Ελένη", "Παπαδοπούλου"),
        ("지우", "김"),
        ("דוד", "כהן"),
        ("สมชาย", "ใจดี"),
    ];
    let mut rows = Vec::new();
    for (person, (given, family)) in names.iter().enumerate() {
        for copy in 0..2 {
            let row = Row::default()
                .set("source", "crm")
                .set("native_id", &format!("{person}-{copy}"))
                .set("given_name", given)
                .set("family_name", family)
                .set("city", &format!("city {person}"))
                .set("truth", &person.to_string());
            rows.push(Row { birth: Some(4_000 + person as i64 * 777), ..row });
        }
    }
    let truth = run(&rows, IdentityParams::default()).expect("resolves").summary.truth;
    assert_eq!(truth.map(|t| (t.precision, t.recall)), Some((1.0, 1.0)));
}
