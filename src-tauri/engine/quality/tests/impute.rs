//! Gaps filled on tables whose truth is known.

use kith_model::quality::{Imputation, ImputeMethod, ImputeOffer};
use kith_model::source::ColumnInfo;
use kith_model::{Column, Entity, Frame, Quiet};
use kith_quality::{fill_imputation, imputed_sql, measure_imputation, offer_imputations};
use kith_sql::{Pipeline, Step, TableName};
use kith_store::{Store, StoreError, StoreOptions};

/// 3,000 products: the price follows from brand and category but for a little noise, every 7th has
/// none; the category follows from the brand, every 11th has none.
fn store() -> Store {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let products = "
        SELECT 'shop' AS source, i AS row_id, 'p' || i AS product_id, 'Thing ' || i AS title,
          NULL::VARCHAR AS description,
          CASE WHEN i % 11 <> 0 THEN ['Tents', 'Boots', 'Lamps'][i % 3 + 1] END AS category,
          ['North', 'Peak', 'Trail'][i % 3 + 1] AS brand,
          NULL::VARCHAR AS tags,
          CASE WHEN i % 7 <> 0 THEN (50 + 100 * (i % 3) + (i * 37) % 10) END::DECIMAL(18,4) AS price
        FROM range(3000) AS r(i)";
    let plan = Pipeline::new("tables").then(Step::table(product(), vec![], products));
    store.run(&plan, &Quiet).unwrap();
    store
}

fn product() -> TableName {
    TableName::new("canon", "product")
}

fn columns(store: &Store) -> Vec<ColumnInfo> {
    store.columns("SELECT * FROM canon.product").unwrap()
}

fn ask(store: &Store) -> impl FnMut(&str) -> Result<Frame, StoreError> + '_ {
    |sql| store.frame(sql, &Quiet)
}

fn offer(store: &Store, field: &str) -> ImputeOffer {
    offer_imputations((Entity::Product, field), &columns(store), 7, ask(store)).unwrap()
}

fn fill(store: &Store, one: &Imputation) {
    let step = fill_imputation(one, &columns(store), ask(store)).unwrap();
    store.run(&Pipeline::new("fill").then(step), &Quiet).unwrap();
}

fn by(field: &str, method: ImputeMethod) -> Imputation {
    let columns = match (field, method.goes_by_columns()) {
        (_, false) => vec![],
        ("price", true) => vec!["brand".to_owned()],
        (_, true) => vec!["brand".to_owned(), "price".to_owned()],
    };
    Imputation { table: Entity::Product, field: field.to_owned(), method, columns, seed: 7 }
}

fn whole(store: &Store, sql: &str) -> i64 {
    store.value_i64(sql).unwrap()
}

#[test]
fn what_follows_from_other_columns_is_told_by_them() {
    let store = store();
    let prices = offer(&store, "price");
    assert_eq!((prices.rows, prices.missing), (3000, 429));
    let best = &prices.trials[prices.suggested.unwrap()];
    assert!(best.imputation.columns.contains(&"brand".to_owned()), "{best:?}");
    let base = &prices.trials[prices.baseline.unwrap()];
    assert_eq!(base.imputation.method, ImputeMethod::Mean);
    // The spread of the three prices is 82, the noise inside one at most 3.
    let (best, base) = (best.error.rmse.unwrap(), base.error.rmse.unwrap());
    assert!(best < 4.0 && base > 75.0, "{best} beside {base}");
    let categories = offer(&store, "category");
    let best = &categories.trials[categories.suggested.unwrap()];
    assert_eq!(best.error.accuracy, Some(1.0));
    let base = categories.trials[categories.baseline.unwrap()].error.accuracy.unwrap();
    assert!((0.2..0.5).contains(&base), "{base}");
}

#[test]
fn every_method_fills_every_gap_and_keeps_what_was_there() {
    for field in ["price", "category"] {
        let mut methods = vec![
            ImputeMethod::Mode,
            ImputeMethod::HotDeck,
            ImputeMethod::Neighbours { k: 5 },
            ImputeMethod::Regression,
            ImputeMethod::Constant { value: "3".into() },
        ];
        if field == "price" {
            methods.extend([ImputeMethod::Mean, ImputeMethod::Median]);
        }
        for method in methods {
            let store = store();
            let one = by(field, method);
            fill(&store, &one);
            let found = store.frame(&imputed_sql(&one), &Quiet).unwrap();
            let of = |name: &str| found.column(name).and_then(Column::int).unwrap()[0].unwrap();
            let gaps = if field == "price" { 429 } else { 273 };
            assert_eq!((of("rows"), of("filled"), of("left_over")), (3000, gaps, 0), "{one:?}");
            let changed = format!(
                "SELECT count(*) FROM canon.product WHERE {field}_original IS NOT NULL \
                 AND ({field} IS DISTINCT FROM {field}_original OR {field}_imputed)"
            );
            assert_eq!(whole(&store, &changed), 0, "{one:?}");
            let moved = "SELECT count(*) FROM canon.product WHERE row_id <> rowid";
            assert_eq!(whole(&store, moved), 0, "rows keep their order");
        }
    }
}

#[test]
fn what_was_measured_is_what_is_done() {
    let store = store();
    let one = by("price", ImputeMethod::Regression);
    let (error, base) = measure_imputation(&one, &columns(&store), ask(&store)).unwrap();
    fill(&store, &one);
    let truth = "50 + 100 * (row_id % 3) + (row_id * 37) % 10";
    let sql = format!(
        "SELECT (1000 * sqrt(avg((price - ({truth})) * (price - ({truth})))))::BIGINT \
         FROM canon.product WHERE price_imputed"
    );
    let real = whole(&store, &sql) as f64 / 1000.0;
    let told = error.rmse.unwrap();
    assert!((told - real).abs() < 0.5 && base.rmse.unwrap() > 70.0, "told {told}, is {real}");
    // Measured again on the filled table: of what it was before.
    let again = measure_imputation(&one, &columns(&store), ask(&store)).unwrap();
    assert_eq!(again.0, error);
}

#[test]
fn the_same_seed_fills_the_same() {
    let filled = |method: &ImputeMethod, seed| {
        let store = store();
        fill(&store, &Imputation { seed, ..by("price", method.clone()) });
        whole(&store, "SELECT sum(price * (row_id % 97))::BIGINT FROM canon.product")
    };
    for method in [ImputeMethod::HotDeck, ImputeMethod::Neighbours { k: 3 }] {
        assert_eq!(filled(&method, 1), filled(&method, 1));
    }
    assert_ne!(filled(&ImputeMethod::HotDeck, 1), filled(&ImputeMethod::HotDeck, 2));
}

#[test]
fn nothing_to_go_by_leaves_the_gaps() {
    let store = store();
    let one = by("description", ImputeMethod::Mode);
    fill(&store, &one);
    assert_eq!(whole(&store, "SELECT count(*) FROM canon.product WHERE description IS NULL"), 3000);
    let nothing = offer(&store, "description");
    assert!(nothing.trials.is_empty() && nothing.suggested.is_none());
}

#[test]
fn two_columns_one_after_the_other() {
    let store = store();
    fill(&store, &by("category", ImputeMethod::Regression));
    fill(&store, &by("price", ImputeMethod::Neighbours { k: 5 }));
    let left = "SELECT count(*) FROM canon.product WHERE price IS NULL OR category IS NULL";
    assert_eq!(whole(&store, left), 0);
    assert_eq!(whole(&store, "SELECT count(*) FROM canon.product WHERE category_imputed"), 273);
}
