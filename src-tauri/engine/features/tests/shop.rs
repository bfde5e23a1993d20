//! The plans run on a small shop made by hand, in a real database.

use kith_features::{
    Matrix, as_of_sql, catalogue, categories_sql, matrix_sql, plan, summarise, training_plan,
};
use kith_model::features::{CustomFeature, FeatureParams};
use kith_model::{Entity, Frame, Quiet};
use kith_sql::{Ident, Pipeline, Step, TableName};
use kith_store::{Store, StoreOptions};

/// Sign-ups, products, consents and owners. Person 1 orders and visits, 2 visits only (known by
/// the login), 3 is a contact and nothing else, 4 signs up late.
const SHOP: &[&str] = &[
    "INSERT INTO canon.profile (record_id, source, row_id, native_id, user_id, email, created_at) VALUES
       (0, 'crm', 0, 'a', NULL, 'ann@x.org', '2024-01-01'),
       (1, 'crm', 1, 'b', 'u2', 'bob@x.org', '2024-02-01'),
       (2, 'crm', 2, 'c', NULL, 'cy@x.org', '2024-03-01'),
       (3, 'crm', 3, 'd', NULL, 'di@x.org', '2025-06-01')",
    "CREATE TABLE ident.record AS SELECT record_id, record_id + 1 AS profile_id FROM canon.profile",
    "CREATE TABLE ident.golden AS SELECT record_id + 1 AS profile_id, email, created_at,
       record_id < 3 AS email_opt_in FROM canon.profile",
    "CREATE TABLE ident.order_owner AS SELECT 'o' || i AS order_id, 1 AS profile_id FROM range(1, 20) r(i)",
    "CREATE TABLE ident.visitor AS SELECT 'v1' AS anonymous_id, 1 AS profile_id",
    "INSERT INTO canon.product (source, row_id, product_id, title, category) VALUES
       ('shop', 0, 'tent', 'Tent', 'Sport > Outdoor > Tents'),
       ('shop', 1, 'pole', 'Pole', 'Sport > Outdoor > Tents'),
       ('shop', 2, 'boot', 'Boot', 'Sport > Outdoor > Boots'),
       ('shop', 3, 'map', 'Map', 'Sport > Outdoor > Maps'),
       ('shop', 4, 'rope', 'Rope', 'Sport > Outdoor > Ropes'),
       ('shop', 5, 'gift', 'Gift', NULL)",
    "INSERT INTO canon.consent (source, row_id, subject, purpose, granted, \"at\") VALUES
       ('mail', 0, 'ann@x.org', 'email marketing', true, '2024-01-02'),
       ('mail', 1, 'ann@x.org', 'email marketing', false, '2024-06-02'),
       ('mail', 2, 'ann@x.org', 'email marketing', true, '2025-05-02'),
       ('mail', 3, 'bob@x.org', 'sms', false, '2024-06-02')",
];

/// Saturday evening, Monday noon, a cancelled order, and one after 1 March 2025.
const ORDERS: &[&str] = &[
    "INSERT INTO canon.\"order\" (source, row_id, order_id, \"at\", status, total, discount, shipping, refunded) VALUES
       ('shop', 0, 'o1', '2025-01-04 19:00', 'paid', 95, 10, 5, 0),
       ('shop', 1, 'o2', '2025-02-03 12:00', 'paid', 105, 0, 5, 21),
       ('shop', 2, 'o3', '2025-02-04 12:00', 'Voided', 900, 0, 0, 0),
       ('shop', 3, 'o4', '2025-03-01 00:00', 'paid', 50, 0, 0, 0)",
    "INSERT INTO canon.order_line (source, row_id, order_id, product_id, quantity, unit_price, discount) VALUES
       ('shop', 0, 'o1', 'tent', 1, 60, 0),
       ('shop', 1, 'o1', 'boot', 2, 20, 0),
       ('shop', 2, 'o2', 'tent', 1, 60, 0),
       ('shop', 3, 'o2', 'gift', 1, 45, 5),
       ('shop', 4, 'o3', 'map', 9, 100, 0),
       ('shop', 5, 'o4', 'map', 1, 50, 0)",
];

const EVENTS: &[&str] = &[
    "INSERT INTO canon.event (source, row_id, anonymous_id, user_id, session_id, \"at\", type, device) VALUES
       ('ga', 0, 'v1', NULL, 's1', '2025-01-04 18:50', 'view_item', 'mobile'),
       ('ga', 1, 'v1', NULL, 's1', '2025-01-04 18:55', 'Product Viewed', 'mobile'),
       ('ga', 2, 'v1', NULL, 's1', '2025-01-04 18:58', 'add_to_cart', 'mobile'),
       ('ga', 3, 'v1', NULL, 's2', '2025-02-20 09:00', 'view_item', 'desktop'),
       ('ga', 4, 'v9', 'u2', NULL, '2025-02-27 09:00', 'page_view', NULL),
       ('ga', 5, 'v9', NULL, 's9', '2025-02-27 09:00', 'page_view', NULL),
       ('ga', 6, 'v1', NULL, 's3', '2025-03-02 09:00', 'view_item', 'desktop')",
];

/// Everything that happens on or after 1 March 2025 and must not be seen before.
const FUTURE: &[&str] = &[
    "INSERT INTO canon.\"order\" (source, row_id, order_id, \"at\", status, total, discount) VALUES
       ('shop', 9, 'o9', '2025-03-01 00:00', 'paid', 999, 99)",
    "INSERT INTO canon.order_line (source, row_id, order_id, product_id, quantity, unit_price) VALUES
       ('shop', 9, 'o9', 'rope', 9, 111)",
    "INSERT INTO canon.event (source, row_id, anonymous_id, session_id, \"at\", type, device) VALUES
       ('ga', 9, 'v1', 's2', '2025-03-01 00:00', 'add_to_cart', 'mobile')",
    "INSERT INTO canon.consent (source, row_id, subject, purpose, granted, \"at\") VALUES
       ('mail', 9, 'ann@x.org', 'email marketing', true, '2025-03-01')",
];

fn run(store: &Store, pipeline: &Pipeline) {
    store.run(pipeline, &Quiet).unwrap();
}

fn statements(store: &Store, sql: &[&str]) {
    let steps = sql.iter().map(|s| Step::statement("given", *s)).collect();
    run(store, &Pipeline { title: "given".to_owned(), steps });
}

/// Empty canonical tables with the columns the contract promises.
fn store() -> Store {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let mut given = Pipeline::new("canon")
        .then(Step::statement("canon", "CREATE SCHEMA canon"))
        .then(Step::statement("ident", "CREATE SCHEMA ident"));
    for entity in Entity::ALL {
        let record = if entity == Entity::Profile { "record_id BIGINT, " } else { "" };
        let columns: Vec<String> = entity
            .fields()
            .iter()
            .map(|f| format!("{} {}", Ident::new(f.name), f.kind.sql_type()))
            .collect();
        let table = TableName::new("canon", entity.key());
        let sql = format!(
            "CREATE TABLE {table} ({record}source VARCHAR, row_id BIGINT, {})",
            columns.join(", ")
        );
        given = given.then(Step::statement("table", sql));
    }
    run(&store, &given);
    statements(&store, SHOP);
    store
}

fn shop() -> Store {
    let store = store();
    statements(&store, ORDERS);
    statements(&store, EVENTS);
    store
}

fn params() -> kith_model::Valid<FeatureParams> {
    let custom =
        vec![CustomFeature { name: "spend_a_view".into(), sql: "monetary / views".into() }];
    FeatureParams { as_of: None, custom }.check().unwrap()
}

fn frame(store: &Store, sql: &str) -> Frame {
    store.frame(sql, &Quiet).unwrap()
}

/// Value of a feature for everybody, by person; NaN missing.
fn feature(frame: &Frame, name: &str) -> Vec<f64> {
    Matrix::from_frame(frame, &[name.to_owned()]).unwrap().values.column(0).to_vec()
}

fn same(a: &[f64], b: &[f64]) {
    let equal = |(a, b): (&f64, &f64)| (a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-9;
    assert!(a.len() == b.len() && a.iter().zip(b).all(equal), "{a:?} is not {b:?}");
}

#[test]
fn every_feature_by_hand() {
    let store = shop();
    run(&store, &plan(&params(), "2025-03-01"));
    let f = frame(&store, "SELECT * FROM feat.customer");
    let gap = f64::NAN;
    let expect = |name: &str, ann: f64, bob: f64, others: f64| {
        same(&feature(&f, name), &[ann, bob, others, others]);
    };
    expect("frequency", 2.0, 0.0, 0.0);
    expect("recency_days", 26.0, gap, gap);
    expect("tenure_days", 56.0, gap, gap);
    expect("monetary", 200.0, 0.0, 0.0);
    expect("average_order_value", 100.0, gap, gap);
    expect("inter_purchase_days", 29.0 + 17.0 / 24.0, gap, gap);
    expect("orders_90d", 2.0, 0.0, 0.0);
    expect("spend_365d", 200.0, 0.0, 0.0);
    expect("days_since_visit", 9.0, 2.0, gap);
    expect("sessions_30d", 1.0, 1.0, 0.0);
    expect("sessions_90d", 2.0, 1.0, 0.0);
    expect("views", 3.0, 0.0, 0.0);
    expect("carts", 1.0, 0.0, 0.0);
    expect("cart_rate", 1.0 / 3.0, gap, gap);
    expect("distinct_products", 3.0, 0.0, 0.0);
    expect("distinct_categories", 2.0, 0.0, 0.0);
    expect("top_category_share", 2.0 / 3.0, gap, gap);
    expect("category_1_share", 2.0 / 3.0, gap, gap);
    expect("category_2_share", 1.0 / 3.0, gap, gap);
    expect("category_3_share", 0.0, gap, gap);
    expect("discount_share", 0.5, gap, gap);
    expect("refund_share", 0.105, gap, gap);
    expect("weekend_share", 4.0 / 6.0, 0.0, gap);
    expect("evening_share", 4.0 / 6.0, 0.0, gap);
    expect("mobile_share", 0.75, gap, gap);
    // The newest consent before the day wins; the flag of a later sign-up is not known yet.
    same(&feature(&f, "email_opt_in"), &[0.0, 1.0, 1.0, gap]);
    expect("spend_a_view", 200.0 / 3.0, gap, gap);
    let s = summarise(&f, "2025-03-01", &params());
    assert_eq!((s.people, s.buyers, s.features.len()), (4, 1, catalogue(&params()).len()));
    assert_eq!(s.lifecycle[0], ("new".to_owned(), 1));
    assert_eq!(s.lifecycle[4], ("prospect".to_owned(), 3));
}

#[test]
fn purchases_are_net_and_without_cancelled_orders() {
    let store = shop();
    run(&store, &plan(&params(), "2025-03-01"));
    let f = frame(
        &store,
        "SELECT order_id || ' ' || product_id || ' ' || CAST(amount AS DOUBLE) AS line FROM feat.purchase",
    );
    let lines: Vec<_> = f.column("line").unwrap().text().unwrap().iter().flatten().collect();
    // 10 off 100 is shared out; the gift's own discount is 5.
    assert_eq!(lines, ["o1 boot 36.0", "o1 tent 54.0", "o2 gift 40.0", "o2 tent 60.0"]);
}

#[test]
fn nothing_looks_beyond_its_day() {
    let tables = ["customer", "order", "purchase", "visit", "category", "product"];
    let all = |store: &Store, cut: &str| -> Vec<Frame> {
        run(store, &plan(&params(), cut));
        tables.map(|t| frame(store, &format!("SELECT * FROM feat.\"{t}\" ORDER BY ALL"))).to_vec()
    };
    let store = shop();
    let before = all(&store, "2025-03-01");
    statements(&store, FUTURE);
    assert_eq!(before, all(&store, "2025-03-01"));
    assert_ne!(before, all(&store, "2025-03-02"), "the future is there to be seen");
}

#[test]
fn training_knows_the_cut_and_labels_what_follows() {
    let training = |store: &Store| {
        run(store, &plan(&params(), "2025-07-01"));
        run(store, &training_plan(&params(), "2025-03-01", 30));
        frame(store, "SELECT * EXCLUDE (label) FROM feat.training")
    };
    let store = shop();
    let before = training(&store);
    let labels = frame(&store, "SELECT profile_id, label FROM feat.training ORDER BY profile_id");
    // The order at the first moment of the cut's day counts; who signed up later is not there.
    same(&feature(&labels, "profile_id"), &[1.0, 2.0, 3.0]);
    same(&feature(&labels, "label"), &[1.0, 0.0, 0.0]);
    same(&feature(&before, "monetary"), &[200.0, 0.0, 0.0]);
    // Only dated consent is known, and no refund.
    same(&feature(&before, "email_opt_in"), &[0.0, f64::NAN, f64::NAN]);
    same(&feature(&before, "refund_share"), &[f64::NAN; 3]);
    statements(&store, FUTURE);
    assert_eq!(before, training(&store));
    run(&store, &training_plan(&params(), "2025-02-01", 28));
    let labels = frame(&store, "SELECT profile_id, label FROM feat.training ORDER BY profile_id");
    same(&feature(&labels, "label"), &[1.0, 0.0, 0.0]);
    run(&store, &training_plan(&params(), "2025-02-04", 25));
    let labels = frame(&store, "SELECT profile_id, label FROM feat.training ORDER BY profile_id");
    same(&feature(&labels, "label"), &[0.0, 0.0, 0.0]);
}

#[test]
fn a_mistyped_year_does_not_move_the_day() {
    let text = |store: &Store| {
        let f = frame(store, &as_of_sql());
        f.column("as_of").unwrap().text().unwrap().first().unwrap().to_owned()
    };
    let bare = store();
    assert_eq!(text(&bare), "2025-06-02", "the day after the newest contact");
    let store = shop();
    assert_eq!(text(&store), "2025-03-03");
    statements(
        &store,
        &[
            "INSERT INTO canon.event (anonymous_id, \"at\", type) SELECT 'z', TIMESTAMP '2025-01-01' + to_hours(i), 'x' FROM range(500) r(i)",
            "INSERT INTO canon.event (anonymous_id, \"at\", type) VALUES ('z', '2099-01-01', 'x')",
        ],
    );
    assert_eq!(text(&store), "2025-03-03");
}

#[test]
fn an_empty_project_has_a_day_and_empty_tables() {
    let store = store();
    statements(&store, &["DELETE FROM canon.profile", "DELETE FROM ident.golden"]);
    let f = frame(&store, &as_of_sql());
    assert_eq!(f.column("as_of").unwrap().text().unwrap().first(), Some("1970-01-01"));
    run(&store, &plan(&params(), "1970-01-01"));
    run(&store, &training_plan(&params(), "1970-01-01", 90));
    let names: Vec<String> = catalogue(&params()).into_iter().map(|s| s.name).collect();
    let m = Matrix::from_frame(&frame(&store, &matrix_sql(&names, false)), &names).unwrap();
    assert_eq!(m.people(), 0);
    assert_eq!(summarise(&frame(&store, "FROM feat.customer"), "1970-01-01", &params()).people, 0);
    assert_eq!(frame(&store, &categories_sql()).rows(), 4);
}
