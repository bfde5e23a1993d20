//! Expectations and what they found.

use kith_api::TableInfo;
use kith_model::quality::{
    AlertKind, Anomaly, AnomalyKind, Check, ColumnComparison, ColumnKind, ColumnStats,
    ComparedSide, CopyRule, Expectation, ExpectationSuggestion, Finding, Imputation, ImputeMethod,
    ImputeOffer, ImputeTrial, LoadNote, MaskedError, Outcome, Pii, ProfileAlert, QualitySummary,
    Severity, SourceCopies, TableComparison, TableId, TableProfile,
};
use kith_model::{Entity, SourceId};

/// An expectation with its outcome: rows looked at, rows that fail.
fn finding(
    (entity, severity): (Entity, Severity),
    check: Check,
    title: &str,
    (rows, failing): (u64, u64),
) -> Finding {
    Finding {
        expectation: Expectation::new(TableId::Canon(entity), severity, check),
        built_in: true,
        title: title.to_owned(),
        outcome: if failing > 0 { Outcome::Fails } else { Outcome::Holds },
        rows,
        failing,
        observed: None,
        problem: None,
        sql: format!("SELECT * FROM canon.{} WHERE NOT ok", Entity::key(entity)),
    }
}

fn load(number: u64) -> LoadNote {
    let table = TableId::Canon(Entity::Order);
    LoadNote {
        load: format!("{number:016x}"),
        at: format!("2026-02-{:02}T08:59:20Z", 3 + number * 5),
        counts: [5 + number % 2, 1, 2 - number % 2, 0],
        rows: vec![(table, 18_000 + number * 260), (TableId::Canon(Entity::Event), 200_000)],
        failing: vec![
            ("order.order_id.unique".to_owned(), 0.0001 * (number + 1) as f64),
            ("profile.birth_date.not_future".to_owned(), 0.001),
            ("order_line.product_id.exists".to_owned(), 0.002 * (6 - number) as f64),
        ],
    }
}

fn anomalies() -> Vec<Anomaly> {
    let one = |kind, entity, column: Option<&str>, message: &str, (before, now)| Anomaly {
        kind,
        table: TableId::Canon(entity),
        column: column.map(str::to_owned),
        message: message.to_owned(),
        before,
        now,
        psi: (kind == AnomalyKind::Distribution).then_some(0.31),
        ks: (kind == AnomalyKind::Distribution).then_some(0.18),
    };
    vec![
        one(
            AnomalyKind::Missing,
            Entity::Order,
            Some("customer_email"),
            "customer_email of orders is missing in 9.4 %, 1.2 % before",
            (0.012, 0.094),
        ),
        one(
            AnomalyKind::Distribution,
            Entity::Order,
            Some("total"),
            "total of orders is distributed otherwise than before (PSI 0.31, KS 0.18)",
            (61.2, 74.9),
        ),
    ]
}

fn copies() -> Vec<SourceCopies> {
    let one = |source: &str, rows, copies, rule| SourceCopies {
        source: SourceId(source.to_owned()),
        rows,
        copies,
        rule,
        sql: String::new(),
    };
    vec![
        one("salesforce_contacts", 5_012, 14, CopyRule::KeepFirst),
        one("shopify_orders", 19_306, 3, CopyRule::Report),
        one("ga4_events", 200_000, 0, CopyRule::Report),
    ]
}

pub fn suggestions() -> Vec<ExpectationSuggestion> {
    let one = |severity, check, title: &str, reason: &str| ExpectationSuggestion {
        expectation: Expectation::new(TableId::Canon(Entity::Order), severity, check),
        title: title.to_owned(),
        reason: reason.to_owned(),
        worth: 0.8,
        by_default: true,
    };
    let status = ["cancelled", "paid", "refunded"].map(str::to_owned).to_vec();
    vec![
        one(
            Severity::Warning,
            Check::RowCount { min: Some(9_653), max: Some(38_612) },
            "the number of orders lies between 9,653 and 38,612",
            "19,306 rows now: half or twice as many would be a surprise",
        ),
        one(
            Severity::Warning,
            Check::InSet { field: "status".into(), values: status },
            "status of orders is one of cancelled, paid, refunded",
            "3 values in 19,306 rows",
        ),
        one(
            Severity::Error,
            Check::Length { field: "currency".into(), min: Some(3), max: Some(3) },
            "the length of currency of orders is 3",
            "every value has 3 characters",
        ),
    ]
}

pub fn profile(table: &TableId) -> TableProfile {
    let bell = |spread: f64| -> Vec<u64> {
        (0..24).map(|i| (900.0 * (-(f64::from(i) - 8.0).powi(2) / spread).exp()) as u64).collect()
    };
    let top = |all: &[(&str, u64)]| all.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect();
    let column = |name: &str, kind, missing, distinct| ColumnStats {
        name: name.to_owned(),
        sql_type: "VARCHAR".to_owned(),
        kind,
        missing,
        distinct,
        ..ColumnStats::default()
    };
    let (text, number, moment) = (ColumnKind::Text, ColumnKind::Number, ColumnKind::Moment);
    let columns = vec![
        ColumnStats {
            pattern: Some(("#9999".to_owned(), 1.0)),
            ..column("order_id", text, 0, 19_302)
        },
        ColumnStats {
            pii: Some(Pii::Email),
            pattern: Some(("a+@a+.aaa".to_owned(), 0.46)),
            ..column("customer_email", text, 1_815, 4_410)
        },
        ColumnStats {
            min: Some("2024-03-01 07:12:00".into()),
            max: Some("2026-02-28 22:41:09".into()),
            histogram: (0..24).map(|i| 500 + i * 31 + (i % 6) * 90).collect(),
            ..column("at", moment, 0, 19_288)
        },
        ColumnStats {
            top: top(&[("paid", 17_201), ("refunded", 1_402), ("cancelled", 703)]),
            pattern: Some(("aaaa".to_owned(), 0.89)),
            ..column("status", text, 0, 3)
        },
        ColumnStats { top: top(&[("EUR", 19_306)]), ..column("currency", text, 0, 1) },
        ColumnStats {
            min: Some("4.9000".into()),
            max: Some("1840.0000".into()),
            mean: Some(74.9),
            stdev: Some(61.0),
            histogram: bell(18.0),
            ..column("total", number, 0, 9_120)
        },
        ColumnStats {
            min: Some("0.0000".into()),
            max: Some("410.0000".into()),
            mean: Some(3.1),
            stdev: Some(17.4),
            zeros: 17_904,
            histogram: std::iter::once(17_904).chain((1..24).map(|i| 240 / i)).collect(),
            ..column("refunded", number, 1_204, 640)
        },
    ];
    let mut columns = columns;
    if *table == TableId::Canon(Entity::Event) {
        let types = top(&[("page_view", 120_000), ("view_item", 60_000), ("wishlist_add", 900)]);
        columns.push(ColumnStats { top: types, ..column("type", text, 0, 3) });
    }
    let alert = |kind, column: Option<&str>, message: &str| ProfileAlert {
        kind,
        column: column.map(str::to_owned),
        message: message.to_owned(),
    };
    TableProfile {
        table: table.clone(),
        rows: 19_306,
        duplicates: 3,
        columns,
        correlations: Vec::new(),
        alerts: vec![
            alert(AlertKind::Duplicates, None, "3 rows repeat others (0.02 %)"),
            alert(
                AlertKind::Missing,
                Some("customer_email"),
                "customer_email is missing in 9.4 % of rows",
            ),
            alert(AlertKind::Constant, Some("currency"), "currency is always EUR"),
            alert(AlertKind::Zeros, Some("refunded"), "refunded is 0 in 92.74 % of values"),
        ],
    }
}

pub fn tables() -> Vec<TableInfo> {
    let table = |schema: &str, name: &str, rows| TableInfo {
        schema: schema.to_owned(),
        name: name.to_owned(),
        rows,
        columns: Vec::new(),
    };
    vec![table("canon", "order", 19_306), table("src", "shopify_orders", 19_306)]
}

pub fn summary() -> QualitySummary {
    use Severity::{Error, Warning};
    let null = |f: &str| Check::NotNull { field: f.to_owned() };
    let future = |f: &str| Check::NotFuture { field: f.to_owned() };
    let unique = Check::Unique { fields: vec!["order_id".into()] };
    let exists = Check::Exists {
        field: "product_id".into(),
        table: TableId::Canon(Entity::Product),
        other: "product_id".into(),
    };
    let price = Check::Between { field: "price".into(), min: Some(0.0), max: Some(10_000.0) };
    let (order, event) = (Entity::Order, Entity::Event);
    QualitySummary {
        checked_at: "2026-03-02T08:59:20Z".into(),
        anomalies: anomalies(),
        copies: copies(),
        loads: (0..6).map(load).collect(),
        findings: vec![
            finding((order, Error), unique, "order_id of orders is unique", (19_306, 4)),
            finding(
                (Entity::Profile, Warning),
                future("birth_date"),
                "birth_date of contact records is not in the future",
                (8_140, 7),
            ),
            finding(
                (Entity::OrderLine, Warning),
                exists,
                "product_id of order lines exists in products",
                (41_212, 301),
            ),
            finding((order, Error), null("total"), "total of orders is never missing", (19_306, 0)),
            finding((order, Error), null("at"), "at of orders is never missing", (19_306, 0)),
            finding(
                (event, Error),
                null("anonymous_id"),
                "anonymous_id of events is never missing",
                (200_000, 0),
            ),
            finding(
                (event, Warning),
                future("at"),
                "at of events is not in the future",
                (200_000, 0),
            ),
            finding(
                (Entity::Product, Warning),
                price,
                "price of products lies between 0 and 10,000",
                (400, 0),
            ),
        ],
    }
}

/// Ways of filling a column of numbers.
pub fn offer(table: Entity, field: &str) -> ImputeOffer {
    let one = |method: ImputeMethod, rmse: f64| {
        let columns = match method.goes_by_columns() {
            true => vec!["brand".to_owned(), "category".to_owned()],
            false => vec![],
        };
        let field = field.to_owned();
        ImputeTrial {
            imputation: Imputation { table, field, method, columns, seed: 7 },
            error: MaskedError {
                masked: 80,
                rmse: Some(rmse),
                mae: Some(rmse * 0.7),
                accuracy: None,
            },
        }
    };
    ImputeOffer {
        table,
        field: field.to_owned(),
        rows: 1000,
        missing: 94,
        looked_at: 400,
        trials: vec![
            one(ImputeMethod::Neighbours { k: 7 }, 18.4),
            one(ImputeMethod::Regression, 21.9),
            one(ImputeMethod::HotDeck, 36.0),
            one(ImputeMethod::Mean, 52.1),
            one(ImputeMethod::Median, 54.7),
        ],
        baseline: Some(3),
        suggested: Some(0),
    }
}

/// Two tables side by side.
pub fn comparison(left: &ComparedSide, right: &ComparedSide) -> TableComparison {
    let column = |name: &str, kinds, missing, psi, ks| ColumnComparison {
        name: name.to_owned(),
        kinds,
        missing,
        distinct: (Some(9_120), Some(9_380)),
        psi,
        ks,
    };
    let number = Some(ColumnKind::Number);
    let text = Some(ColumnKind::Text);
    TableComparison {
        left: left.clone(),
        right: right.clone(),
        rows: (19_046, 19_306),
        columns: vec![
            column("discount_code", (number, text), (0.71, 0.70), None, None),
            column("total", (number, number), (0.0, 0.0), Some(0.31), Some(0.18)),
            column("customer_email", (text, text), (0.012, 0.094), None, None),
            column("status", (text, text), (0.0, 0.0), Some(0.004), None),
        ],
        only_left: vec!["loyalty_tier".to_owned()],
        only_right: vec![],
    }
}
