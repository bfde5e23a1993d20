//! The store as the other rooms use it.

use kith_model::{Column, Frame, Metric, Monitor, Quiet};
use kith_sql::{Pipeline, Step, TableName};
use kith_store::{PageAsk, PageSource, Store, StoreError, StoreOptions};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

fn memory() -> Store {
    Store::in_memory(&StoreOptions::default()).unwrap()
}

fn big(rows: u64) -> Pipeline {
    let select = format!("SELECT i AS n, 'name ' || i AS name FROM range({rows}) AS r(i)");
    Pipeline::new("make").then(Step::table(TableName::new("src", "big"), vec![], select))
}

/// A monitor whose cancel button is pressed after a while.
struct Stop {
    at: Instant,
}

impl Stop {
    fn after(ms: u64) -> Self {
        Self { at: Instant::now() + Duration::from_millis(ms) }
    }
}

impl Monitor for Stop {
    fn progress(&self, _done: f32, _doing: &str) {}
    fn metric(&self, _metric: Metric) {}
    fn cancelled(&self) -> bool {
        Instant::now() >= self.at
    }
}

/// Long enough to be interrupted on any machine.
const ENDLESS: &str = "SELECT count(*) AS n FROM range(100000000) AS a(i), range(1000000) AS b(j) WHERE hash(i, j) = 1";

#[test]
fn a_frame_comes_back_as_it_went_in() {
    let store = memory();
    let frame = Frame::default()
        .with("te\"xt", Column::Text(vec![Some("O'Brien"), None, Some("")].into()))
        .with("int", Column::Int(vec![Some(i64::MIN), Some(i64::MAX), None]))
        .with("real", Column::Real(vec![Some(0.1), Some(f64::INFINITY), None]))
        .with("bool", Column::Bool(vec![Some(true), None, Some(false)]));
    let table = TableName::new("feat", "a b");
    assert_eq!(store.write(&table, &frame, &Quiet).unwrap(), 3);
    assert_eq!(store.frame(&format!("SELECT * FROM {table}"), &Quiet).unwrap(), frame);
    assert!(store.exists(&table).unwrap());
    assert!(!store.exists(&TableName::new("feat", "nope")).unwrap());
}

#[test]
fn many_rows_keep_their_order() {
    let store = memory();
    let numbers: Vec<_> = (0..300_000).map(Some).collect();
    let frame = Frame::default().with("n", Column::Int(numbers));
    let table = TableName::new("feat", "many");
    store.write(&table, &frame, &Quiet).unwrap();
    assert_eq!(store.frame("SELECT n FROM feat.many", &Quiet).unwrap(), frame);
    let sorted = store.frame("SELECT n FROM feat.many ORDER BY n DESC -- why not", &Quiet).unwrap();
    assert_eq!(sorted.column("n").unwrap().int().unwrap()[0], Some(299_999));
}

#[test]
fn types_become_what_the_frame_promises() {
    let frame = memory()
        .frame(
            "SELECT DATE '1970-01-03' AS day, TIMESTAMP '1970-01-01 00:00:01' AS at,
             TIMESTAMPTZ '1970-01-01 02:00:00+02' AS zoned, 1.25::DECIMAL(18,4) AS money,
             sum(7) AS total, [1, 2] AS list, DATE 'infinity' AS never, NULL AS nothing",
            &Quiet,
        )
        .unwrap();
    let values: Vec<_> = frame.columns.into_iter().map(|(_, column)| column).collect();
    assert_eq!(
        values,
        vec![
            Column::Int(vec![Some(2)]),
            Column::Int(vec![Some(1_000_000)]),
            Column::Int(vec![Some(0)]),
            Column::Real(vec![Some(1.25)]),
            Column::Real(vec![Some(7.0)]),
            Column::Text(vec![Some("[1, 2]")].into()),
            Column::Int(vec![None]),
            Column::Int(vec![None]),
        ]
    );
}

#[test]
fn a_pipeline_counts_whole_or_not_at_all() {
    let store = memory();
    let reports = store.run(&big(10), &Quiet).unwrap();
    assert_eq!((reports[0].name.as_str(), reports[0].rows), ("src.big", 10));

    let broken = big(99).then(Step::statement("break", "SELECT 'ada@example.org'::INTEGER"));
    let error = store.run(&broken, &Quiet).unwrap_err();
    let StoreError::Sql { step, message } = &error else { panic!("{error:?}") };
    assert_eq!(step, "break");
    assert!(!message.contains("ada"), "{message}");
    assert_eq!(store.value_i64("SELECT count(*) FROM src.big").unwrap(), 10);
}

#[test]
fn cancel_answers_in_time_and_changes_nothing() {
    let store = memory();
    store.run(&big(10), &Quiet).unwrap();
    let endless = Step::table(TableName::new("src", "never"), vec![], ENDLESS);
    let start = Instant::now();
    let error = store.run(&big(5).then(endless), &Stop::after(100)).unwrap_err();
    let took = start.elapsed();
    assert_eq!(error, StoreError::Cancelled);
    assert!(took < Duration::from_millis(100 + 250), "{took:?}");
    assert_eq!(store.value_i64("SELECT count(*) FROM src.big").unwrap(), 10);
    assert_eq!(store.frame(ENDLESS, &Stop::after(50)).unwrap_err(), StoreError::Cancelled);
    // The connections are as good as new.
    store.run(&big(20), &Quiet).unwrap();
    assert_eq!(store.value_i64("SELECT count(*) FROM src.big").unwrap(), 20);
}

#[test]
fn a_page_does_not_wait_for_a_job() {
    let store = memory();
    store.run(&big(1000), &Quiet).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let endless = Step::table(TableName::new("src", "never"), vec![], ENDLESS);
            assert!(store.run(&big(5).then(endless), &Stop::after(400)).is_err());
            done.store(true, Ordering::Release);
        });
        std::thread::sleep(Duration::from_millis(100));
        let ask = table_ask();
        assert_eq!(store.page(&ask).unwrap().total, 1000);
        assert!(!done.load(Ordering::Acquire), "the page waited for the job");
    });
}

fn page_ask(select: &str) -> PageAsk {
    PageAsk::first(PageSource::Query(select.to_owned()), 3)
}

fn table_ask() -> PageAsk {
    PageAsk::first(PageSource::table(TableName::new("src", "big")), 3)
}

/// The page's values, row by row.
fn rows(store: &Store, ask: &PageAsk) -> Vec<Vec<Option<String>>> {
    let page = store.page(ask).unwrap();
    let mut reader = arrow::ipc::reader::StreamReader::try_new(&page.arrow[..], None).unwrap();
    let batch = reader.next().unwrap().unwrap();
    assert!(reader.next().is_none(), "one batch");
    let texts: Vec<_> = batch
        .columns()
        .iter()
        .map(|c| c.as_any().downcast_ref::<arrow::array::StringArray>().unwrap())
        .collect();
    (0..batch.num_rows())
        .map(|row| texts.iter().map(|t| t.iter().nth(row).unwrap().map(str::to_owned)).collect())
        .collect()
}

fn firsts(store: &Store, ask: &PageAsk) -> Vec<String> {
    rows(store, ask).into_iter().map(|row| row[0].clone().unwrap_or_default()).collect()
}

#[test]
fn pages_follow_offset_order_and_search() {
    let store = memory();
    store.run(&big(5000), &Quiet).unwrap();
    let table = table_ask();
    let query = page_ask("SELECT n, name FROM src.big WHERE n >= 0");
    for ask in [table, query] {
        let deep = PageAsk { offset: 4998, ..ask.clone() };
        assert_eq!(firsts(&store, &deep), ["4998", "4999"]);
        let down = PageAsk { order: Some(("n".into(), true)), ..ask.clone() };
        assert_eq!(firsts(&store, &down), ["4999", "4998", "4997"]);
        let found = PageAsk {
            find: Some("NAME 123".into()),
            order: Some(("name".into(), true)),
            offset: 1,
            ..ask.clone()
        };
        assert_eq!(firsts(&store, &found), ["1238", "1237", "1236"]);
        assert_eq!(store.page(&found).unwrap().total, 11);
        let past = PageAsk { offset: 9999, ..ask };
        assert!(rows(&store, &past).is_empty());
    }
}

#[test]
fn numbers_in_text_columns_sort_as_numbers_and_missing_values_come_last() {
    let store = memory();
    let select = "SELECT * FROM (VALUES ('10'), ('9'), (NULL), ('x')) AS t(v)";
    let ask = PageAsk { limit: 9, order: Some(("v".into(), false)), ..page_ask(select) };
    assert_eq!(firsts(&store, &ask), ["9", "10", "x", ""]);
}

#[test]
fn a_page_of_odd_queries_works() {
    let store = memory();
    store.run(&big(4), &Quiet).unwrap();
    for (select, first) in [
        ("VALUES (1, 2), (3, 4)", "1"),
        ("SHOW ALL TABLES", "memory"),
        ("DESCRIBE src.big", "n"),
        ("WITH a AS (SELECT 5 AS x) SELECT x, x FROM a -- twice", "5"),
        ("SELECT {'a': [1, NULL]} AS s", "{\"a\":[1,null]}"),
    ] {
        let select = store.read_only(select).unwrap();
        assert_eq!(firsts(&store, &page_ask(&select))[0], first, "{select}");
    }
}

#[test]
fn totals_follow_the_data() {
    let store = memory();
    let ask = table_ask();
    for count in [7, 12] {
        store.run(&big(count), &Quiet).unwrap();
        assert_eq!(store.page(&ask).unwrap().total, count);
        assert_eq!(store.page(&ask).unwrap().total, count);
    }
}

#[test]
fn parquet_carries_rows_and_metadata() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("it's.parquet");
    let store = memory();
    let metadata =
        [("kith.about".to_owned(), "it's".to_owned()), ("a b".to_owned(), "1".to_owned())];
    let select = "SELECT i FROM range(5) AS r(i) ORDER BY i DESC";
    assert_eq!(store.copy_parquet(select, &path, &metadata, &Quiet).unwrap(), 5);
    let from = path.display().to_string().replace('\'', "''");
    let frame = store.frame(&format!("SELECT * FROM read_parquet('{from}')"), &Quiet).unwrap();
    assert_eq!(frame.column("i").unwrap().int().unwrap()[0], Some(4));
    let found = store
        .frame(
            &format!(
                "SELECT decode(key) AS k, decode(value) AS v FROM parquet_kv_metadata('{from}') \
                 WHERE decode(key) IN ('a b', 'kith.about') ORDER BY 1"
            ),
            &Quiet,
        )
        .unwrap();
    assert_eq!(found.columns[1].1, Column::Text(vec![Some("1"), Some("it's")].into()));
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(names.len(), 1, "no part file is left");
}

#[test]
fn a_failed_parquet_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.parquet");
    std::fs::write(&path, "old").unwrap();
    let store = memory();
    assert!(store.copy_parquet("SELECT error('no')", &path, &[], &Quiet).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert!(store.copy_parquet(ENDLESS, &path, &[], &Stop::after(50)).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn tables_are_listed_in_order() {
    let store = memory();
    store.run(&big(3), &Quiet).unwrap();
    let frame = Frame::default().with("x", Column::Int(vec![None]));
    store.write(&TableName::new("feat", "z"), &frame, &Quiet).unwrap();
    let tables = store.tables().unwrap();
    let seen: Vec<_> =
        tables.iter().map(|t| (t.schema.as_str(), t.name.as_str(), t.rows)).collect();
    assert_eq!(seen, [("feat", "z", 1), ("src", "big", 3)]);
    assert_eq!(tables[1].columns[1].sql_type, "VARCHAR");
}

#[test]
fn times_are_utc_on_every_connection() {
    let store = memory();
    let zone = store.frame("SELECT current_setting('TimeZone') AS z", &Quiet).unwrap();
    assert_eq!(zone.column("z").unwrap().text().unwrap().first(), Some("UTC"));
    let plan = Pipeline::new("zone").then(Step::table(
        TableName::new("src", "zone"),
        vec![],
        "SELECT current_setting('TimeZone') = 'UTC' AS z",
    ));
    store.run(&plan, &Quiet).unwrap();
    assert_eq!(store.value_i64("SELECT count(*) FROM src.zone WHERE z").unwrap(), 1);
}

#[test]
fn unusable_files_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions::default();
    let text = folder.path().join("notes.duckdb");
    std::fs::write(&text, "this is no database, only some text that is long enough".repeat(400))
        .unwrap();
    let error = Store::open(&text, &options).err().unwrap();
    assert_eq!(error, StoreError::Corrupt { file: "notes.duckdb".into() });
    let missing = folder.path().join("no/such/folder.duckdb");
    assert!(matches!(Store::open(&missing, &options).err().unwrap(), StoreError::Io { .. }));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_and_a_read_only_folder_are_recognised() {
    let store = memory();
    let full = "COPY (SELECT * FROM range(100000)) TO '/dev/full' (FORMAT parquet)";
    let plan = big(4).then(Step::statement("fill the disk", full));
    let error = store.run(&plan, &Quiet).unwrap_err();
    assert_eq!(error, StoreError::DiskFull { step: "fill the disk".into() });
    assert!(!store.exists(&TableName::new("src", "big")).unwrap());

    let sealed = std::path::Path::new("/sys/kith.duckdb");
    let error = Store::open(sealed, &StoreOptions::default()).err().unwrap();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
}

#[test]
fn data_survives_closing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.duckdb");
    let store = Store::open(&path, &StoreOptions::default()).unwrap();
    store.run(&big(1000), &Quiet).unwrap();
    drop(store);
    let store = Store::open(&path, &StoreOptions::default()).unwrap();
    assert_eq!(store.value_i64("SELECT count(*) FROM src.big").unwrap(), 1000);
    assert!(store.version().unwrap().starts_with('v'));
}
