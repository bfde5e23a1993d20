//! Identity, review, people.

use kith_model::document::Document;
use kith_model::golden::{GoldenChange, GoldenParams, LosingValue, PINNABLE, Survivor};
use kith_model::identity::{
    BlockingCount, ComparisonParams, GoldenValue, IdentityParams, IdentitySummary, LevelParams,
    MatchField, PairQuality, PersonCard, RecordCard, ReviewPair, ThresholdPoint, WeightBar,
    WeightBin,
};
use kith_model::training::{FieldTraining, TrainingLog, TrainingSession};
use kith_model::{PairKey, ProfileId};

fn hump(x: f64, at: f64, wide: f64) -> f64 {
    (-((x - at) / wide).powi(2)).exp()
}

pub fn identity() -> IdentitySummary {
    let level = |label: &str, m: f64, u: f64| LevelParams {
        label: label.to_owned(),
        m,
        u,
        weight: (m / u).log2(),
    };
    let names = |exact: f64| {
        vec![
            level("exact", 0.78, exact),
            level("Jaro-Winkler >= 0.92", 0.13, exact * 1.4),
            level("nickname", 0.05, exact * 0.6),
            level("different", 0.04, 1.0 - 3.0 * exact),
        ]
    };
    let curve = (1..100)
        .map(|i| {
            let t = f64::from(i) / 100.0;
            let p = 0.90 + 0.098 * (1.0 - (-4.0 * t).exp());
            let r = 0.993 - 0.09 * t.powi(6) - 0.012 * t;
            ThresholdPoint {
                threshold: t,
                links: (3400.0 - 420.0 * t) as u64,
                people: (4870.0 + 160.0 * t * t) as u64,
                expected_precision: (p - 0.01 * (1.0 - t)).min(1.0),
                expected_recall: r - 0.015,
                precision: Some(p),
                recall: Some(r),
            }
        })
        .collect();
    let histogram = (-24..24)
        .map(|w| {
            let x = f64::from(w) + 0.5;
            let pairs = 14_000.0 * hump(x, -12.0, 6.0)
                + 2_100.0 * hump(x, 14.0, 5.0)
                + 60.0 * hump(x, 1.0, 6.0);
            WeightBin { from: f64::from(w), to: f64::from(w) + 1.0, pairs: pairs as u64 }
        })
        .collect();
    IdentitySummary {
        records: 8_140,
        people: 4_982,
        deterministic_links: 2_214,
        pairs: 96_412,
        links: 3_177,
        review: 37,
        threshold: 0.86,
        proposed_threshold: 0.86,
        prior: 0.000_13,
        iterations: 11,
        comparisons: vec![
            ComparisonParams { field: MatchField::GivenName, levels: names(0.008) },
            ComparisonParams { field: MatchField::FamilyName, levels: names(0.004) },
            ComparisonParams {
                field: MatchField::BirthDate,
                levels: vec![
                    level("exact", 0.93, 0.0006),
                    level("one digit or swapped parts", 0.05, 0.004),
                    level("different", 0.02, 0.995),
                ],
            },
            ComparisonParams {
                field: MatchField::Postcode,
                levels: vec![level("exact", 0.71, 0.012), level("different", 0.29, 0.988)],
            },
        ],
        blocking: [
            ("e-mail", 2_310, 2_310, 0),
            ("phone", 2_904, 1_120, 0),
            ("family name + birth date", 3_808, 1_611, 0),
            ("given name + postcode", 31_004, 28_220, 0),
            ("family name sound + city", 64_900, 63_151, 2),
        ]
        .map(|(rule, pairs, new_pairs, skipped_blocks)| BlockingCount {
            rule: rule.to_owned(),
            pairs,
            new_pairs,
            skipped_blocks,
        })
        .into(),
        histogram,
        curve,
        cluster_sizes: vec![2_711, 1_566, 544, 141, 18, 2],
        truth: Some(PairQuality { precision: 0.994, recall: 0.981, f1: 0.9874, true_pairs: 4_420 }),
        notes: Vec::new(),
        estimates: super::review::blocking_plan(&IdentityParams::default()),
        trained_on: 8_140,
        answers: 38,
        training: training(),
        ..IdentitySummary::default()
    }
}

/// Three sessions, and m of two fields, over eleven iterations.
fn training() -> TrainingLog {
    let rise = |pairs: u64, gain: f64, pace: f64| -> Vec<f64> {
        let y = |i: i32| pairs as f64 * (gain * (1.0 - (-pace * f64::from(i)).exp()) - 3.0);
        (0..11).map(y).collect()
    };
    let session = |rule: &str, pairs: u64, gain: f64, pace: f64| TrainingSession {
        rule: rule.to_owned(),
        pairs,
        log_likelihood: rise(pairs, gain, pace),
    };
    let m = |levels: &[(&str, f64, f64)], field| FieldTraining {
        field,
        levels: levels.iter().map(|l| l.0.to_owned()).collect(),
        m: levels
            .iter()
            .map(|&(_, from, to)| {
                (0..12).map(|i| to + (from - to) * (-0.6 * f64::from(i)).exp()).collect()
            })
            .collect(),
    };
    TrainingLog {
        sessions: vec![
            session("e-mail", 2_310, 0.62, 0.7),
            session("phone", 2_904, 0.48, 0.5),
            session("family name + birth date", 3_808, 0.31, 0.9),
        ],
        fields: vec![
            m(
                &[
                    ("exact", 0.72, 0.78),
                    ("Jaro-Winkler >= 0.92", 0.16, 0.13),
                    ("nickname", 0.07, 0.05),
                    ("different", 0.05, 0.04),
                ],
                MatchField::GivenName,
            ),
            m(&[("exact", 0.4, 0.71), ("different", 0.6, 0.29)], MatchField::Postcode),
        ],
    }
}

fn record(name: &str, source: &str, values: &[(&str, &str)]) -> RecordCard {
    RecordCard {
        name: name.to_owned(),
        source: source.to_owned(),
        values: values.iter().map(|(f, v)| ((*f).to_owned(), (*v).to_owned())).collect(),
    }
}

pub fn review(document: &Document, pairs: usize) -> Vec<ReviewPair> {
    let mut pairs: Vec<ReviewPair> = (0..pairs)
        .map(|i| {
            let (a, b) =
                (format!("hubspot_contacts/{}", 4711 + i), format!("salesforce_contacts/0035g{i}"));
            let key = PairKey::new(a.clone(), b.clone());
            let shared = ["Katherine", "Jonas", "Zoë", "Ingrid", "Mateo", "Ada"][i % 6];
            let other = ["Katharine", "Jonas", "Zoe", "Ingrid", "Matteo", "Ada"][i % 6];
            let said = document.decisions.get(&key);
            ReviewPair {
                verdict: said.map(|d| d.verdict),
                origin: said.map(|d| d.origin).unwrap_or_default(),
                left: record(
                    &a,
                    "hubspot_contacts.csv",
                    &[
                        ("Given name", shared),
                        ("Family name", "Haugen"),
                        ("Birth date", "1984-05-17"),
                        ("E-mail", "k.haugen@example.org"),
                        ("Phone", "+47 912 34 567"),
                        ("Street", "12 Fjellveien"),
                        ("City", "Bergen"),
                        ("Postcode", "5019"),
                        ("Country", "NO"),
                        ("Company", ""),
                    ],
                ),
                right: record(
                    &b,
                    "salesforce_contacts.csv",
                    &[
                        ("Given name", other),
                        ("Family name", "Haugen"),
                        ("Birth date", "1984-05-11"),
                        ("E-mail", ""),
                        ("Phone", "+47 912 34 576"),
                        ("Street", "12 Fjellvegen"),
                        ("City", "Bergen"),
                        ("Postcode", "5019"),
                        ("Country", "NO"),
                        ("Company", "Fjell & Fjord AS"),
                    ],
                ),
                key,
                weight: 1.72,
                probability: 0.767,
                waterfall: [
                    ("Prior", "at random", -12.9),
                    ("Given name", "Jaro-Winkler >= 0.92", 3.6),
                    ("Family name", "exact", 6.4),
                    ("Birth date", "one digit", 3.7),
                    ("Phone", "different", -2.3),
                    ("Street", "similar", 2.9),
                    ("City", "exact", 0.6),
                    ("Postcode", "exact", 1.7),
                    ("Country", "exact", -1.98),
                ]
                .map(|(label, level, weight)| WeightBar {
                    label: label.to_owned(),
                    level: level.to_owned(),
                    weight,
                })
                .into(),
                people: [ProfileId(2 * i as u64 + 1), ProfileId(2 * i as u64 + 2)],
                hangs: 1,
                others: [
                    if i == 0 {
                        let kate = [("Given name", "Kate"), ("Phone", "+47 912 34 567")];
                        vec![record("shopify_customers/88", "shopify_customers.csv", &kate)]
                    } else {
                        Vec::new()
                    },
                    Vec::new(),
                ],
            }
        })
        .collect();
    pairs.sort_by_key(|p| p.verdict.is_some());
    pairs
}

/// What rules would change beside `most frequent` everywhere.
pub fn golden_changes(params: &GoldenParams) -> Vec<GoldenChange> {
    // The engine counts the parts of an address one by one.
    let rule = |field: &str| match field {
        "street" | "city" | "postcode" | "region" | "country" => params.of("address"),
        field => params.of(field),
    };
    let change = |field: &&str| GoldenChange {
        field: (*field).to_owned(),
        values: 4_700,
        changed: if rule(field) == Survivor::MostFrequent { 0 } else { 312 },
        gained: 0,
        lost: 0,
    };
    PINNABLE.iter().filter(|f| **f != "gender").map(change).collect()
}

pub fn person(profile: ProfileId) -> PersonCard {
    let golden = |field: &str, value: &str, rule: &str, others: &[&str]| GoldenValue {
        field: field.to_owned(),
        value: value.to_owned(),
        from: "hubspot_contacts/4711".to_owned(),
        rule: rule.to_owned(),
        others: others.iter().map(|s| (*s).to_owned()).collect(),
        lost: others
            .iter()
            .map(|s| LosingValue {
                value: (*s).to_owned(),
                from: vec!["salesforce_contacts/0035g0".to_owned()],
            })
            .collect(),
    };
    PersonCard {
        profile,
        name: "Katherine Haugen".to_owned(),
        golden: vec![
            golden("Given name", "Katherine", "most frequent", &["Katharine", "Kathy"]),
            golden("Family name", "Haugen", "most frequent", &[]),
            golden("E-mail", "k.haugen@example.org", "most recent", &[]),
            golden("Phone", "+4791234567", "most frequent", &["+4791234576"]),
            golden("Birth date", "1984-05-17", "most frequent", &["1984-05-11"]),
            golden("City", "Bergen", "most recent", &[]),
        ],
        records: vec![
            record(
                "hubspot_contacts/4711",
                "hubspot_contacts.csv",
                &[("Name", "Katherine Haugen"), ("E-mail", "k.haugen@example.org")],
            ),
            record(
                "salesforce_contacts/0035g0",
                "salesforce_contacts.csv",
                &[("Name", "Katharine Haugen"), ("City", "Bergen")],
            ),
            record(
                "shopify_customers/99120",
                "shopify_customers.csv",
                &[("Name", "Kathy Haugen"), ("Phone", "+47 912 34 567")],
            ),
        ],
        features: vec![
            ("Days since last order".to_owned(), "12 days".to_owned()),
            ("Orders".to_owned(), "9".to_owned()),
            ("Spent".to_owned(), "1,204 EUR".to_owned()),
        ],
        segment: Some("Frequent big spenders".to_owned()),
        propensity: Some(0.62),
    }
}

pub fn find(text: &str) -> Vec<(ProfileId, String)> {
    let all = [
        (12, "Katherine Haugen"),
        (40, "Jonas Bergström"),
        (77, "María José García"),
        (102, "Ada Lovelace"),
    ];
    all.into_iter()
        .filter(|(_, n)| n.to_lowercase().contains(&text.to_lowercase()))
        .map(|(p, n)| (ProfileId(p), n.to_owned()))
        .collect()
}
