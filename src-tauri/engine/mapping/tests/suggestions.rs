//! Suggestions judged on labelled columns, and their laws.

use kith_mapping::suggest;
use kith_model::mapping::{Mapping, Transform};
use kith_model::source::ColumnProfile;
use proptest::prelude::*;
use std::collections::BTreeSet;

const ROWS: u64 = 240;

struct Case {
    name: String,
    columns: Vec<ColumnProfile>,
    /// `entity.field` and header.
    expected: BTreeSet<(String, String)>,
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in include_str!("cases.txt").lines().filter(|l| !l.starts_with('#')) {
        if let Some(name) = line.strip_prefix("== ") {
            let (columns, expected) = (Vec::new(), BTreeSet::new());
            cases.push(Case { name: name.to_owned(), columns, expected });
            continue;
        }
        let cells: Vec<&str> = line.split(" | ").collect();
        let [header, values, fields] = cells.as_slice() else { continue };
        let case = cases.last_mut().expect("a case begins with ==");
        case.columns.push(column(header, values));
        for field in fields.split(" + ").filter(|f| *f != "-") {
            case.expected.insert((field.to_owned(), (*header).to_owned()));
        }
    }
    cases
}

fn column(header: &str, values: &str) -> ColumnProfile {
    let (few, values) = match values.strip_prefix("~ ") {
        Some(rest) => (true, rest),
        None => (false, values),
    };
    let values: Vec<String> = values.split("; ").map(str::to_owned).collect();
    let count = if few { ROWS / values.len() as u64 } else { 1 };
    ColumnProfile {
        name: header.to_owned(),
        sql_type: "VARCHAR".to_owned(),
        missing: 0,
        distinct: if few { values.len() as u64 } else { ROWS },
        min: values.iter().min().cloned(),
        max: values.iter().max().cloned(),
        top: values.into_iter().map(|v| (v, count)).collect(),
        histogram: Vec::new(),
    }
}

fn links(mapping: &Mapping) -> Vec<((String, String), f64)> {
    let each = mapping.entities.iter().flat_map(|em| em.links.iter().map(move |l| (em.entity, l)));
    each.map(|(entity, l)| {
        let field = format!("{}.{}", entity.key(), l.field);
        ((field, l.column.clone().unwrap_or_default()), f64::from(l.confidence))
    })
    .collect()
}

/// The bars of the field's best published open matcher: F1 0.84, calibration error 0.05.
#[test]
fn suggestions_reach_the_bars_on_labelled_columns() {
    let (mut right, mut made, mut wanted) = (0, 0, 0);
    let mut bins = [(0_u32, 0.0_f64, 0_u32); 10];
    let mut report = String::new();
    for case in cases() {
        let found = links(&suggest(&case.columns, &[]));
        let names: BTreeSet<_> = found.iter().map(|(link, _)| link.clone()).collect();
        for (link, confidence) in &found {
            let hit = case.expected.contains(link);
            let bin = &mut bins[((confidence * 10.0) as usize).min(9)];
            *bin = (bin.0 + 1, bin.1 + confidence, bin.2 + u32::from(hit));
            if !hit {
                report.push_str(&format!("{}: made {link:?} {confidence:.2}\n", case.name));
            }
        }
        for link in case.expected.difference(&names) {
            report.push_str(&format!("{}: missed {link:?}\n", case.name));
        }
        right += names.intersection(&case.expected).count();
        made += found.len();
        wanted += case.expected.len();
    }
    let f1 = 2.0 * right as f64 / (made + wanted) as f64;
    let ece: f64 =
        bins.iter().map(|(_, p, hits)| (p - f64::from(*hits)).abs()).sum::<f64>() / made as f64;
    assert!(f1 >= 0.9, "F1 {f1:.3}\n{report}");
    assert!(ece <= 0.05, "calibration error {ece:.3}: {bins:?}\n{report}");
}

#[test]
fn suggestions_are_proposals_with_reasons() {
    let german = cases().remove(0);
    let mapping = suggest(&german.columns, &[]);
    assert!(!mapping.confirmed);
    let text: String = mapping.entities[0]
        .links
        .iter()
        .map(|l| {
            let column = l.column.as_deref().unwrap_or("");
            format!("{} <- {column}: {:.2} {}\n", l.field, l.confidence, l.reason)
        })
        .collect();
    insta::assert_snapshot!("german_crm", text);
}

#[test]
fn opted_out_is_turned_into_opted_in() {
    let columns = [
        column("Email", "a@b.de; c@d.de"),
        column("Name", "Ada B; Al C"),
        column("Unsubscribed", "~ yes; no"),
    ];
    let mapping = suggest(&columns, &[]);
    let link = mapping.entities[0].links.iter().find(|l| l.field == "email_opt_in").unwrap();
    assert_eq!(link.transform, Transform::Negate);
}

#[test]
fn a_file_of_nothing_gets_no_suggestion() {
    assert!(suggest(&[], &[]).entities.is_empty());
    assert!(suggest(&[column("x", "1; 2"), column("y", "3; 4")], &[]).entities.is_empty());
}

fn any_column() -> impl Strategy<Value = ColumnProfile> {
    let pool: Vec<_> = cases().into_iter().flat_map(|c| c.columns).collect();
    let known = proptest::sample::select(pool);
    (known, proptest::option::of(".{0,20}"), 0..ROWS).prop_map(|(mut column, name, missing)| {
        if let Some(name) = name {
            column.name = name;
        }
        column.missing = missing;
        column
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn within_an_entity_each_column_and_field_is_linked_at_most_once(
        mut columns in proptest::collection::vec(any_column(), 0..14)
    ) {
        for (at, column) in columns.iter_mut().enumerate() {
            column.name = format!("{} {at}", column.name);
        }
        let mapping = suggest(&columns, &[]);
        for em in &mapping.entities {
            let used: BTreeSet<_> = em.links.iter().map(|l| l.column.clone()).collect();
            prop_assert_eq!(used.len(), em.links.len());
            let fields: Vec<_> = em.links.iter().map(|l| l.field.clone()).collect();
            let mut sorted = fields.clone();
            sorted.sort();
            sorted.dedup();
            prop_assert_eq!(fields, sorted);
            prop_assert!(em.links.iter().all(|l| (0.0..=1.0).contains(&l.confidence)));
        }
        prop_assert_eq!(suggest(&columns, &[]), mapping);
    }
}
