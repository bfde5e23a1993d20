//! A profile of a table whose figures are known.

use kith_model::quality::{
    AlertKind, ColumnKind, ComparedSide, Pii, TableComparison, TableId, TableProfile,
};
use kith_model::{Entity, Quiet, SourceId};
use kith_quality::{Listed, candidates, compare, profile, trace};
use kith_sql::{Pipeline, Step, TableName};
use kith_store::{Store, StoreOptions};

/// A thousand raw rows: i, a hundredth of them without e-mail, amounts 0..999 as text.
fn store(rows: u32) -> Store {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let sql = format!(
        "SELECT i::BIGINT AS _row, CASE WHEN i % 100 = 0 THEN '' ELSE concat('p', i, '@x.org') END \
         AS email, i::VARCHAR AS amount, (i * 2 + 1)::DOUBLE AS twice, \
         CASE WHEN i % 20 = 0 THEN 'Paid ' ELSE 'paid' END AS status, 'EUR' AS currency, \
         (DATE '2026-01-01' + (i % 28)::INTEGER)::VARCHAR AS day, \
         CASE WHEN i = 7 THEN 'Infinity'::DOUBLE WHEN i % 10 < 7 THEN 0 ELSE i END AS odd \
         FROM range({rows}) AS t(i)"
    );
    let table = TableName::new("src", "crm");
    let plan = Pipeline::new("table").then(Step::table(table, vec![], sql));
    store.run(&plan, &Quiet).unwrap();
    store
}

fn crm() -> TableId {
    TableId::Source(SourceId("crm".into()))
}

fn profiled(store: &Store, rows: u64) -> TableProfile {
    let columns = store.columns("SELECT * FROM src.crm").unwrap();
    profile(&crm(), &columns, rows, |sql| store.frame(sql, &Quiet)).unwrap()
}

#[test]
fn every_figure_is_right() {
    let profile = profiled(&store(1000), 1000);
    let names: Vec<_> = profile.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["email", "amount", "twice", "status", "currency", "day", "odd"]);
    let [email, amount, twice, status, currency, day, odd] = profile.columns.as_slice() else {
        panic!("seven columns");
    };
    assert_eq!((email.missing, email.distinct, email.pii), (10, 990, Some(Pii::Email)));
    assert_eq!(amount.kind, ColumnKind::Number);
    assert_eq!((amount.min.as_deref(), amount.max.as_deref()), (Some("0"), Some("999")));
    // Mean and sample deviation of 0..999: 499.5 and sqrt(1000 * 1001 / 12).
    assert_eq!(amount.mean, Some(499.5));
    assert!((amount.stdev.unwrap() - 288.819_436).abs() < 1e-5);
    assert!(amount.skewness.unwrap().abs() < 1e-6);
    assert_eq!(amount.quantiles.len(), 129);
    assert_eq!((amount.quantiles[0], amount.quantiles[128]), (0.0, 999.0));
    assert!((amount.quantiles[64] - 499.5).abs() <= 1.0);
    assert_eq!(amount.histogram.iter().sum::<u64>(), 1000);
    assert!(amount.histogram.iter().all(|n| (41..=42).contains(n)), "{:?}", amount.histogram);
    assert_eq!(twice.distinct, 1000);
    assert_eq!(status.top, [("paid".to_owned(), 950), ("Paid ".to_owned(), 50)]);
    assert_eq!(status.length, Some((4, 5)));
    assert_eq!(status.dirty, [vec!["paid", "Paid "]]);
    assert_eq!(currency.distinct, 1);
    assert_eq!((day.kind, day.distinct), (ColumnKind::Moment, 28));
    assert_eq!((day.min.as_deref(), day.max.as_deref()), (Some("2026-01-01"), Some("2026-01-28")));
    assert_eq!((odd.infinite, odd.zeros), (1, 700));
    assert_eq!(profile.duplicates, 0);
    let pair = &profile.correlations[0];
    assert_eq!((pair.left.as_str(), pair.right.as_str(), pair.r), ("amount", "twice", 1.0));
}

#[test]
fn alerts_name_their_columns() {
    let profile = profiled(&store(1000), 1000);
    let has = |kind, column: &str| {
        profile.alerts.iter().any(|a| a.kind == kind && a.column.as_deref() == Some(column))
    };
    assert!(has(AlertKind::Constant, "currency"));
    assert!(has(AlertKind::Unique, "amount") && has(AlertKind::Unique, "email"));
    assert!(has(AlertKind::Imbalanced, "status") && has(AlertKind::DirtyCategories, "status"));
    assert!(has(AlertKind::Zeros, "odd") && has(AlertKind::Infinite, "odd"));
    assert!(has(AlertKind::Correlated, "amount"));
}

#[test]
fn above_a_hundred_thousand_rows_estimates_stay_close_and_uniqueness_exact() {
    let profile = profiled(&store(120_000), 120_000);
    assert_eq!(profile.columns[1].distinct, 120_000);
    let days = profile.columns[5].distinct as f64;
    assert!((days - 28.0).abs() <= 2.0, "{days}");
    assert_eq!(profile.columns[1].histogram.iter().sum::<u64>(), 120_000);
}

#[test]
fn an_empty_table_and_one_without_columns_of_its_own_have_a_profile() {
    let store = store(0);
    let empty = profiled(&store, 0);
    assert!(empty.columns.iter().all(|c| c.missing == 0 && c.distinct == 0));
    assert!(empty.alerts.is_empty());
    assert!(candidates(&[empty], &[] as &[Listed]).is_empty());
    let table = TableId::Canon(Entity::Order);
    let none = profile(&table, &[], 0, |sql| store.frame(sql, &Quiet)).unwrap();
    assert!(none.columns.is_empty());
}

#[test]
fn a_table_compared_with_itself_differs_nowhere() {
    let profile = profiled(&store(1000), 1000);
    let same = beside(&profile, &profile);
    assert!(same.columns.iter().all(|c| c.psi.unwrap_or(0.0) == 0.0 && c.missing.0 == c.missing.1));
    let half = profiled(&store(500), 500);
    let amount = beside(&half, &profile).columns.into_iter().find(|c| c.name == "amount").unwrap();
    // Half of 0..999 lies above 499.
    assert!((amount.ks.unwrap() - 0.5).abs() < 0.02, "{amount:?}");
}

/// `cargo test -p kith-quality --test profile -- --ignored --nocapture` prints how long it takes.
#[test]
#[ignore = "a measurement over two million rows"]
#[allow(clippy::print_stdout, reason = "the figure is what it is run for")]
fn two_million_rows_are_profiled_in_seconds() {
    let store = store(2_000_000);
    let start = std::time::Instant::now();
    let profile = profiled(&store, 2_000_000);
    println!("2,000,000 rows of {} columns: {:?}", profile.columns.len(), start.elapsed());
    assert_eq!(profile.columns[1].distinct, 2_000_000);
}

fn beside(left: &TableProfile, right: &TableProfile) -> TableComparison {
    let side = |of: &TableProfile| ComparedSide { table: of.table.clone(), load: None };
    compare((side(left), &trace(left)), (side(right), &trace(right)))
}
