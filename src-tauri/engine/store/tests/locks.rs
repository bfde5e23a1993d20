//! What a store refuses: users' queries that change something, files outside its folders.

use kith_model::Quiet;
use kith_sql::{Pipeline, Step, TableName};
use kith_store::{Store, StoreError, StoreOptions};

fn memory() -> Store {
    Store::in_memory(&StoreOptions::default()).unwrap()
}

fn big(rows: u64) -> Pipeline {
    let select = format!("SELECT i AS n FROM range({rows}) AS r(i)");
    Pipeline::new("make").then(Step::table(TableName::new("src", "big"), vec![], select))
}

#[test]
fn a_users_query_may_only_read() {
    let store = memory();
    store.run(&big(4), &Quiet).unwrap();
    assert_eq!(store.read_only(" SELECT ';' ;\n").unwrap(), "SELECT ';'");
    for refused in [
        "DROP TABLE src.big",
        "SELECT 1; DROP TABLE src.big",
        "INSERT INTO src.big SELECT * FROM src.big",
        "COPY src.big TO 'x.csv'",
        "PRAGMA database_list",
        "SET threads = 1",
        "SELEC 1",
        "",
        "-- nothing",
    ] {
        let error = store.read_only(refused).unwrap_err();
        assert!(matches!(error, StoreError::NotReadOnly(_)), "{refused}: {error:?}");
    }
    // Even what got past the parser could not write.
    assert!(store.frame("SELECT 1) AS t(c0); DROP TABLE src.big; SELECT (1", &Quiet).is_err());
    assert_eq!(store.value_i64("SELECT count(*) FROM src.big").unwrap(), 4);
}

#[test]
fn a_locked_store_touches_nothing_outside_its_folders() {
    let folder = tempfile::tempdir().unwrap();
    let allowed = folder.path().join("allowed");
    std::fs::create_dir(&allowed).unwrap();
    let outside = folder.path().join("outside.csv");
    std::fs::write(&outside, "a,b\n1,2\n").unwrap();
    std::fs::copy(&outside, allowed.join("inside.csv")).unwrap();

    let store = Store::open(&folder.path().join("data.duckdb"), &StoreOptions::default()).unwrap();
    store.lock_down(std::slice::from_ref(&allowed)).unwrap();
    let read = |path: &std::path::Path| {
        store.value_i64(&format!("SELECT count(*) FROM read_csv('{}')", path.display()))
    };
    assert_eq!(read(&allowed.join("inside.csv")).unwrap(), 1);
    assert!(read(&outside).is_err());
    assert!(read(&allowed.join("../outside.csv")).is_err());
    for step in [
        "SET enable_external_access = true".to_owned(),
        "SET GLOBAL lock_configuration = false".to_owned(),
        "SET allowed_directories = ['/']".to_owned(),
        "LOAD httpfs".to_owned(),
        "INSTALL httpfs".to_owned(),
        format!("ATTACH '{}'", folder.path().join("other.duckdb").display()),
        format!("COPY (SELECT 1) TO '{}'", folder.path().join("leak.csv").display()),
    ] {
        let plan = Pipeline::new("break out").then(Step::statement("try", &step));
        assert!(store.run(&plan, &Quiet).is_err(), "{step}");
    }
    assert!(
        store.copy_parquet("SELECT 1", &outside.with_extension("parquet"), &[], &Quiet).is_err()
    );
    store.copy_parquet("SELECT 1", &allowed.join("x.parquet"), &[], &Quiet).unwrap();

    // Its own tables are as usable as before, and other folders can be allowed later.
    store.run(&big(10), &Quiet).unwrap();
    store.checkpoint().unwrap();
    store.lock_down(&[folder.path().to_owned()]).unwrap();
    assert_eq!(store.value_i64("SELECT count(*) FROM src.big").unwrap(), 10);
    store.copy_parquet("SELECT 1", &outside.with_extension("parquet"), &[], &Quiet).unwrap();
}

#[test]
fn a_locked_store_still_spills() {
    let folder = tempfile::tempdir().unwrap();
    let temp = folder.path().join("spill");
    let options =
        StoreOptions { memory_limit_mb: Some(40), threads: Some(1), temp_dir: Some(temp.clone()) };
    let store = Store::open(&folder.path().join("data.duckdb"), &options).unwrap();
    store.lock_down(&[]).unwrap();
    let sorted =
        "SELECT md5(i::VARCHAR) AS h, repeat('x', 100) AS x FROM range(600000) AS r(i) ORDER BY h";
    let plan =
        Pipeline::new("sort").then(Step::table(TableName::new("src", "sorted"), vec![], sorted));
    assert_eq!(store.run(&plan, &Quiet).unwrap()[0].rows, 600_000);
    assert!(temp.is_dir(), "it did spill");
}
