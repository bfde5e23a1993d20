//! The SQL of every plan, as text.

use kith_features::{
    as_of_sql, catalogue, categories_sql, matrix_sql, plan, training_matrix_sql, training_plan,
};
use kith_model::features::{CustomFeature, FeatureParams};
use kith_model::valid::Valid;

fn params(custom: &[(&str, &str)]) -> Valid<FeatureParams> {
    let custom = custom
        .iter()
        .map(|(name, sql)| CustomFeature { name: (*name).into(), sql: (*sql).into() })
        .collect();
    FeatureParams { as_of: None, custom }.check().unwrap()
}

#[test]
fn features_as_of_a_day() {
    insta::assert_snapshot!(plan(&params(&[]), "2025-07-01").to_string());
}

#[test]
fn training_features_and_label() {
    let own = params(&[("yearly", "monetary / 2"), ("broken", "1) FROM x; --")]);
    let pipeline = training_plan(&own, "2025-04-02", 90);
    insta::assert_snapshot!(pipeline.to_string());
    let sql = &pipeline.steps[0].sql;
    assert!(!sql.contains("FROM x"), "a broken expression must not reach SQL");
}

#[test]
fn the_newest_sane_day() {
    insta::assert_snapshot!(as_of_sql());
}

#[test]
fn a_hostile_day_stays_a_literal() {
    let sql = plan(&params(&[]), "x'; DROP TABLE y; --").to_string();
    assert!(sql.contains("CAST('x''; DROP TABLE y; --' AS TIMESTAMP)"));
}

#[test]
fn selects_for_matrices() {
    let names = ["frequency".to_owned(), "views".to_owned()];
    assert_eq!(
        matrix_sql(&names, true),
        "SELECT profile_id, \"frequency\", \"views\" FROM feat.customer WHERE frequency > 0 ORDER BY profile_id"
    );
    assert_eq!(
        training_matrix_sql(&names),
        "SELECT profile_id, \"frequency\", \"views\", label FROM feat.training ORDER BY profile_id"
    );
    assert!(categories_sql().contains("position <= 10"));
}

#[test]
fn every_catalogued_feature_is_a_column_of_both_tables() {
    let own = params(&[("yearly", "monetary / 2")]);
    let customer = plan(&own, "2025-07-01").steps.pop().unwrap().sql;
    let training = training_plan(&own, "2025-07-01", 30).steps.pop().unwrap().sql;
    for spec in catalogue(&own) {
        for sql in [&customer, &training] {
            assert!(sql.contains(&spec.name), "{} is missing", spec.name);
        }
    }
}
