//! Features, segments, predictions, recommendations, rules, export.

use super::Dice;
use kith_model::export::{BundleFile, ExportSummary, Verification};
use kith_model::features::{FeatureInfo, FeaturesSummary};
use kith_model::predict::{Coefficient, CurvePoint, PredictSummary};
use kith_model::recommend::{ModelScore, PersonLists, RecommendSummary, Recommendation};
use kith_model::rules::{Action, Condition, Op, Rule, RuleConflict, RuleCount, RulesSummary};
use kith_model::segments::{ElbowPoint, Scatter, SegmentInfo, SegmentsSummary, Trait};
use kith_model::{ProfileId, RuleId};

const FEATURES: [(&str, &str, &str, &str); 12] = [
    ("recency_days", "Days since last order", "days", "recency, frequency, monetary"),
    ("orders", "Orders", "orders", "recency, frequency, monetary"),
    ("spent", "Spent", "EUR", "recency, frequency, monetary"),
    ("basket", "Average basket", "EUR", "recency, frequency, monetary"),
    ("tenure_days", "Tenure", "days", "recency, frequency, monetary"),
    ("discount_share", "Discount share", "share", "recency, frequency, monetary"),
    ("sessions_30", "Sessions in 30 days", "sessions", "engagement"),
    ("views_30", "Product views in 30 days", "views", "engagement"),
    ("mobile_share", "Mobile share", "share", "engagement"),
    ("email_share", "E-mail channel share", "share", "engagement"),
    ("climbing_share", "Share of climbing", "share", "taste"),
    ("running_share", "Share of running", "share", "taste"),
];

pub fn features() -> FeaturesSummary {
    let mut dice = Dice(11);
    let features = FEATURES
        .iter()
        .map(|(name, label, unit, family)| {
            let skew = 1.0 + dice.unit() * 5.0;
            FeatureInfo {
                name: (*name).to_owned(),
                label: (*label).to_owned(),
                description: format!("{label}, from orders and events up to the as-of day"),
                unit: (*unit).to_owned(),
                family: (*family).to_owned(),
                sql: format!(
                    "SELECT profile_id,\n       count(*) FILTER (WHERE at < as_of) AS {name}\nFROM feat.purchase\nGROUP BY profile_id"
                ),
                mean: 12.0 * skew,
                sd: 5.0 * skew,
                min: 0.0,
                median: 9.0 * skew,
                max: 180.0 * skew,
                missing: (dice.unit() * 900.0) as u64,
                histogram: (0..24)
                    .map(|i| (1400.0 * (-f64::from(i) / (2.0 + skew)).exp() * (0.6 + 0.4 * dice.unit())) as u64)
                    .collect(),
            }
        })
        .collect();
    FeaturesSummary {
        as_of: "2026-03-01".to_owned(),
        people: 4_982,
        buyers: 3_911,
        features,
        lifecycle: [
            ("new", 412),
            ("active", 1_630),
            ("dormant", 988),
            ("churned", 881),
            ("prospect", 1_071),
        ]
        .map(|(n, c)| (n.to_owned(), c))
        .into(),
    }
}

const NAMES: [&str; 9] = [
    "Recent regulars",
    "Bargain hunters",
    "One-time buyers",
    "Frequent big spenders",
    "Weekend browsers",
    "Lapsed climbers",
    "Gift givers",
    "Mobile runners",
    "New arrivals",
];

pub fn segments(k: u32) -> SegmentsSummary {
    let mut dice = Dice(5);
    let weights: Vec<f64> = (0..k).map(|i| 1.0 / (1.6 + f64::from(i))).collect();
    let total: f64 = weights.iter().sum();
    let segments = (0..k)
        .map(|id| {
            let share = weights[id as usize] / total;
            SegmentInfo {
                id,
                name: NAMES[id as usize % NAMES.len()].to_owned(),
                size: (3911.0 * share) as u64,
                share,
                silhouette: 0.3 + dice.unit() * 0.3,
                traits: FEATURES
                    .iter()
                    .map(|(name, label, ..)| Trait {
                        feature: (*name).to_owned(),
                        label: (*label).to_owned(),
                        z: dice.bell() * 0.9,
                        mean: dice.unit() * 100.0,
                    })
                    .collect(),
                examples: vec![ProfileId(12), ProfileId(40), ProfileId(77)],
            }
        })
        .collect();
    SegmentsSummary {
        people: 3_911,
        features: FEATURES.iter().map(|f| f.0.to_owned()).collect(),
        inertia: (0..14).map(|i| 18_200.0 + 9_000.0 * (-f64::from(i) / 2.4).exp()).collect(),
        silhouette: 0.412,
        silhouette_sample: 3_911,
        calinski_harabasz: 1_204.6,
        davies_bouldin: 0.943,
        segments,
        elbow: (2..=12)
            .map(|k| ElbowPoint {
                k,
                inertia: 42_000.0 / f64::from(k).powf(0.55),
                silhouette: 0.44 - 0.02 * (f64::from(k) - 6.0).abs(),
            })
            .collect(),
        explained: [0.31, 0.19],
        truth_ari: Some(0.872),
    }
}

pub fn scatter(k: u32) -> Scatter {
    let mut dice = Dice(9);
    let mut scatter = Scatter::default();
    for i in 0..3_900u64 {
        let segment = ((dice.unit() * dice.unit()) * f64::from(k)) as u32;
        let turn = f64::from(segment) / f64::from(k) * std::f64::consts::TAU;
        scatter.x.push((turn.cos() * 3.2 + dice.bell() * 0.8) as f32);
        scatter.y.push((turn.sin() * 2.2 + dice.bell() * 0.7) as f32);
        scatter.segment.push(segment);
        scatter.profile.push(i + 1);
    }
    scatter
}

fn points(n: u32, f: impl Fn(f64) -> f64) -> Vec<CurvePoint> {
    (0..=n).map(|i| f64::from(i) / f64::from(n)).map(|x| CurvePoint { x, y: f(x) }).collect()
}

pub fn predict() -> PredictSummary {
    PredictSummary {
        cut: "2025-12-01".to_owned(),
        horizon_days: 90,
        train: 2_738,
        test: 1_173,
        positive_share: 0.214,
        auc: 0.813,
        train_auc: 0.826,
        log_loss: 0.421,
        brier: 0.131,
        loss: (0..7).map(|i| 0.42 + 0.27 * (-f64::from(i) * 1.2).exp()).collect(),
        roc: points(60, |x| x.powf(0.28)),
        precision_recall: points(60, |x| 0.82 - 0.58 * x * x),
        gain: points(60, |x| 1.0 - (1.0 - x).powf(3.0)),
        calibration: (1..=10)
            .map(|i| CurvePoint {
                x: f64::from(i) * 0.075,
                y: (f64::from(i) * 0.075).powf(1.06) + 0.008,
            })
            .collect(),
        coefficients: FEATURES
            .iter()
            .zip([-0.92, 0.71, 0.44, 0.12, -0.21, -0.33, 0.58, 0.49, 0.08, 0.17, 0.14, -0.05])
            .map(|((name, label, ..), weight)| Coefficient {
                feature: (*name).to_owned(),
                label: (*label).to_owned(),
                weight,
            })
            .collect(),
        notes: Vec::new(),
    }
}

pub fn recommend() -> RecommendSummary {
    let score = |model: &str, ndcg: f64, recall: f64, coverage: f64| ModelScore {
        model: model.to_owned(),
        ndcg,
        ndcg_interval: [ndcg - 0.008, ndcg + 0.008],
        recall,
        map: ndcg * 0.6,
        hit_rate: recall * 2.2,
        coverage,
    };
    RecommendSummary {
        protocol: "Purchases before 2026-01-01 train, purchases after test; full ranking of 398 \
                   products, bought ones hidden; ties by popularity, then product id"
            .to_owned(),
        split_at: "2026-01-01".to_owned(),
        users: 3_911,
        items: 398,
        interactions: 61_204,
        tested: 1_402,
        scores: vec![
            score("popular", 0.057, 0.081, 0.03),
            score("own frequency", 0.049, 0.066, 0.62),
            score("item-item", 0.118, 0.162, 0.81),
            score("item-item + popular", 0.121, 0.166, 0.58),
        ],
        by_segment: (0..6).map(|i| (NAMES[i].to_owned(), 0.15 - 0.014 * i as f64)).collect(),
        curve: (1..40)
            .map(|i| {
                (i * 36, 0.118 + 0.05 / (i as f64).sqrt() * if i % 2 == 0 { 0.6 } else { -0.4 })
            })
            .collect(),
        notes: Vec::new(),
    }
}

pub fn lists() -> PersonLists {
    let item = |rank: u32, title: &str, category: &str, reason: &str| Recommendation {
        rank,
        product_id: format!("NP-{rank:03}"),
        title: title.to_owned(),
        category: category.to_owned(),
        score: 0.42 / f64::from(rank).sqrt(),
        reason: reason.to_owned(),
    };
    let because = "because they bought Ridge 40 backpack";
    PersonLists {
        bought: [
            ("Ridge 40 backpack", "2026-02-17"),
            ("Merino base layer", "2026-01-09"),
            ("Gas stove", "2025-11-23"),
            ("Trail socks, 3 pairs", "2025-08-02"),
        ]
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .into(),
        list: vec![
            item(1, "Ridge rain cover", "Packs › Accessories", because),
            item(2, "Hydration bladder 2 l", "Packs › Accessories", because),
            item(3, "Titanium pot 0.9 l", "Cooking", "because they bought Gas stove"),
            item(
                4,
                "Merino mid layer",
                "Clothing › Layers",
                "because they bought Merino base layer",
            ),
            item(5, "Trekking poles", "Hiking", because),
            item(6, "Dry bag set", "Packs › Accessories", because),
        ],
        popular: vec![
            item(1, "Trail runner", "Shoes › Running", "bought by 612 people"),
            item(2, "Rain shell", "Clothing › Shells", "bought by 540 people"),
            item(3, "Head torch 400", "Lighting", "bought by 488 people"),
            item(4, "Insulated bottle", "Hydration", "bought by 471 people"),
        ],
    }
}

pub fn rule_book() -> Vec<Rule> {
    let rule =
        |id: &str, name: &str, priority: u32, when: Condition, kind: &str, content: &str| Rule {
            id: RuleId(id.to_owned()),
            name: name.to_owned(),
            when,
            then: Action { kind: kind.to_owned(), content: content.to_owned() },
            priority,
            cap_hours: 24,
            enabled: priority < 50,
        };
    vec![
        rule(
            "abandoned_cart",
            "Abandoned cart",
            10,
            Condition::Abandoned {
                event: "add_to_cart".into(),
                without: "purchase".into(),
                within_minutes: 60,
            },
            "send",
            "cart_reminder",
        ),
        rule(
            "third_look",
            "Third look at a product",
            20,
            Condition::All {
                of: vec![
                    Condition::Happened {
                        event: "view_item".into(),
                        at_least: 3,
                        within_hours: 24,
                        same_product: true,
                    },
                    Condition::Propensity { op: Op::Ge, value: 0.3 },
                ],
            },
            "show",
            "size_advice",
        ),
        rule(
            "big_spender",
            "Service for big spenders",
            30,
            Condition::All {
                of: vec![
                    Condition::Happened {
                        event: "session_start".into(),
                        at_least: 1,
                        within_hours: 1,
                        same_product: false,
                    },
                    Condition::Segment { segment: "Frequent big spenders".into() },
                ],
            },
            "show",
            "personal_service",
        ),
        rule(
            "weekend_offer",
            "Weekend offer",
            40,
            Condition::All {
                of: vec![
                    Condition::Weekend,
                    Condition::Feature { feature: "discount_share".into(), op: Op::Gt, value: 0.4 },
                ],
            },
            "show",
            "weekend_banner",
        ),
        rule(
            "win_back",
            "Win back",
            50,
            Condition::Feature { feature: "recency_days".into(), op: Op::Gt, value: 180.0 },
            "send",
            "win_back_mail",
        ),
    ]
}

pub fn rules() -> RulesSummary {
    let mut dice = Dice(21);
    let rules = rule_book()
        .into_iter()
        .map(|rule| {
            let daily: Vec<(String, u64)> = (0..180)
                .map(|d| {
                    let (month, day) = (9 + d / 30, 1 + d % 30);
                    let (year, month) = if month > 12 { (2026, month - 12) } else { (2025, month) };
                    let n = if rule.enabled { (dice.unit() * 40.0) as u64 } else { 0 };
                    (format!("{year}-{month:02}-{day:02}"), n)
                })
                .filter(|(_, n)| *n > 0)
                .collect();
            RuleCount {
                id: rule.id,
                fired: daily.iter().map(|(_, n)| n).sum(),
                people: daily.iter().map(|(_, n)| n).sum::<u64>() / 3,
                daily,
                sql: "SELECT profile_id, at FROM feat.visit …".to_owned(),
            }
        })
        .collect();
    RulesSummary {
        window: Some(("2025-09-01".to_owned(), "2026-02-28".to_owned())),
        events: 198_220,
        rules,
        conflicts: vec![RuleConflict {
            a: RuleId("third_look".to_owned()),
            b: RuleId("weekend_offer".to_owned()),
            people: 212,
            message: "Both show something to the same person on the same day".to_owned(),
        }],
    }
}

pub fn export() -> ExportSummary {
    let file = |path: &str, about: &str, rows: Option<u64>, bytes: u64| BundleFile {
        path: path.to_owned(),
        about: about.to_owned(),
        rows,
        bytes,
        sha256: format!("{:016x}{:048x}", bytes.wrapping_mul(0x9e37_79b9_7f4a_7c15), bytes),
    };
    let check = |check: &str, rows: u64, largest_difference: f64| Verification {
        check: check.to_owned(),
        rows,
        differing: 0,
        largest_difference,
        holds: true,
    };
    ExportSummary {
        bundle: "bundle-3f2a91".to_owned(),
        files: vec![
            file("features.parquet", "One row of numbers per person", Some(4_982), 512_004),
            file("manifest.json", "Hashes, lineage, metrics, model cards", None, 18_204),
            file("models/propensity.onnx", "Logistic regression over 24 features", None, 4_120),
            file("models/segments.onnx", "K-means, 6 centres over 12 features", None, 3_204),
            file("profiles.parquet", "Golden records, pseudonymous", Some(4_982), 288_012),
            file("recommendations.parquet", "Ten products a person", Some(39_110), 610_200),
            file("rules.json", "Rule book as JDM", None, 6_020),
            file("segments.parquet", "Segment of each buyer", Some(3_911), 41_000),
        ],
        verification: vec![
            check("features.parquet against feat.customer", 4_982, 0.0),
            check("segments.onnx against seg.assignment", 3_911, 3.1e-7),
            check("propensity.onnx against pred.score", 4_982, 5.6e-8),
            check("recommendations.parquet against rec.top", 39_110, 0.0),
            check("manifest.json hashes", 8, 0.0),
        ],
        fingerprint: "3f2a91c0d4e7".to_owned(),
    }
}
