//! Pages of tables: deep, sorted, filtered, with gaps in the row numbers.

use arrow::array::{Array, StringArray};
use kith_model::{CellTest, ColumnFilter, Quiet};
use kith_sql::{Pipeline, Step, TableName};
use kith_store::{PageAsk, PageSource, Store, StoreOptions};

const ROWS: u64 = 3000;

/// `n` 0.., `grade` a few texts with gaps, `day` dates as texts, `amount` numbers as texts,
/// `word` texts of which none can be a number.
fn store() -> Store {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let select = format!(
        "SELECT i AS n, CASE WHEN i % 10 = 0 THEN NULL WHEN i % 10 = 1 THEN '' \
         ELSE 'Grade ' || (i % 3) END AS grade, \
         (DATE '2024-01-01' + (i % 366)::INTEGER)::VARCHAR AS day, \
         (i * 7919 % 1000)::VARCHAR AS amount, \
         CASE WHEN i % 7 > 0 THEN 'word ' || (i * 31 % 500) END AS word FROM range({ROWS}) AS r(i)"
    );
    let plan = Pipeline::new("make").then(Step::table(name(), vec![], select));
    store.run(&plan, &Quiet).unwrap();
    store
}

fn name() -> TableName {
    TableName::new("src", "t")
}

fn ask() -> PageAsk {
    PageAsk::first(PageSource::table(name()), 2000)
}

fn column(store: &Store, ask: &PageAsk, at: usize) -> Vec<Option<String>> {
    let page = store.page(ask).unwrap();
    let mut reader = arrow::ipc::reader::StreamReader::try_new(&page.arrow[..], None).unwrap();
    let batch = reader.next().unwrap().unwrap();
    let texts = batch.column(at).as_any().downcast_ref::<StringArray>().unwrap();
    texts.iter().map(|text| text.map(str::to_owned)).collect()
}

fn numbers(store: &Store, ask: &PageAsk) -> Vec<u64> {
    let texts = column(store, ask, 0).into_iter();
    texts.map(|text| text.unwrap().parse().unwrap()).collect()
}

fn filter(column: &str, test: CellTest) -> Vec<ColumnFilter> {
    vec![ColumnFilter { column: column.to_owned(), test }]
}

fn total(store: &Store, filters: Vec<ColumnFilter>) -> u64 {
    store.page(&PageAsk { filters, ..ask() }).unwrap().total
}

#[test]
fn small_pages_side_by_side_are_the_whole_order() {
    let store = store();
    let by = |column: &str, descending| Some((column.to_owned(), descending));
    for order in [None, by("amount", true), by("grade", false), by("word", false), by("word", true)]
    {
        for find in [None, Some("grade 2".to_owned())] {
            let scope = PageAsk { order: order.clone(), find: find.clone(), ..ask() };
            let mut small = Vec::new();
            for page in 0..60 {
                small.extend(numbers(
                    &store,
                    &PageAsk { offset: page * 50, limit: 50, ..scope.clone() },
                ));
            }
            let mut large = numbers(&store, &scope);
            large.extend(numbers(&store, &PageAsk { offset: 2000, ..scope.clone() }));
            assert_eq!(small, large, "{order:?} {find:?}");
            let mut unique = small.clone();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!(unique.len() as u64, store.page(&scope).unwrap().total);
        }
    }
}

#[test]
fn deleted_rows_leave_no_hole_in_a_page() {
    let store = store();
    let plan = Pipeline::new("thin")
        .then(Step::statement("thin", "DELETE FROM src.t WHERE n % 2 = 0 AND n < 2000"));
    store.run(&plan, &Quiet).unwrap();
    let page = PageAsk { offset: 990, limit: 20, ..ask() };
    let expected: Vec<u64> = (0..10).map(|i| 1981 + i * 2).chain(2000..2010).collect();
    assert_eq!(numbers(&store, &page), expected);
    assert_eq!(store.page(&page).unwrap().total, 2000);
}

#[test]
fn each_condition_finds_its_rows() {
    let store = store();
    let count = |column: &str, test: CellTest| total(&store, filter(column, test));
    assert_eq!(count("grade", CellTest::Missing), ROWS / 5);
    assert_eq!(count("grade", CellTest::Present), ROWS - ROWS / 5);
    assert_eq!(count("grade", CellTest::Contains { text: "GRADE 1".into() }), 800);
    assert_eq!(count("grade", CellTest::Begins { text: "Grade 1".into() }), 800);
    let two = CellTest::OneOf { values: vec!["Grade 1".into(), "Grade 2".into()] };
    assert_eq!(count("grade", two), 1600);
    let range = |from: Option<&str>, to: Option<&str>| CellTest::Range {
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
    };
    assert_eq!(count("n", range(Some("10"), Some("19"))), 10);
    assert_eq!(count("amount", range(None, Some("9"))), 30, "a number, not a text");
    assert_eq!(count("day", range(Some("2024-12-31"), None)), 8);
    assert_eq!(count("n", range(None, None)), ROWS);
}

#[test]
fn the_bars_of_a_histogram_share_the_rows_out() {
    let store = store();
    for (column, min, max) in
        [("amount", "0", "999"), ("day", "2024-01-01", "2024-12-31"), ("n", "0", "2999")]
    {
        let bar = |bin| CellTest::Bin { min: min.into(), max: max.into(), bin, of: 12 };
        let counts: Vec<u64> = (0..12).map(|bin| total(&store, filter(column, bar(bin)))).collect();
        assert_eq!(counts.iter().sum::<u64>(), ROWS, "{column} {counts:?}");
        assert!(counts.iter().all(|n| (200..=300).contains(n)), "{column} {counts:?}");
    }
    let one = CellTest::Bin { min: "5".into(), max: "5".into(), bin: 0, of: 12 };
    assert_eq!(total(&store, filter("n", one)), ROWS, "one bar of a column of one value");
}

#[test]
fn conditions_hold_together_and_keep_the_order() {
    let store = store();
    let mut filters = filter("grade", CellTest::OneOf { values: vec!["Grade 2".into()] });
    filters.extend(filter("n", CellTest::Range { from: None, to: Some("20".into()) }));
    let page = PageAsk { filters, order: Some(("n".into(), true)), ..ask() };
    assert_eq!(numbers(&store, &page), [17, 14, 8, 5, 2]);
}

#[test]
fn a_hidden_column_is_neither_shown_nor_searched() {
    let store = store();
    let from = PageSource::Table { name: name(), hidden: vec!["n".to_owned()] };
    let page = PageAsk { find: Some("2999".into()), ..PageAsk::first(from, 10) };
    let answer = store.page(&page).unwrap();
    assert_eq!((answer.total, answer.columns.len()), (0, 4));
    assert!(column(&store, &page, 0).is_empty());
}

#[test]
fn a_view_has_pages_too() {
    let store = store();
    let plan = Pipeline::new("look").then(Step::statement(
        "look",
        "CREATE VIEW src.v AS SELECT n AS rowid, grade FROM src.t WHERE n >= 100",
    ));
    store.run(&plan, &Quiet).unwrap();
    let view = PageAsk {
        filters: filter("grade", CellTest::Missing),
        order: Some(("rowid".into(), true)),
        ..PageAsk::first(PageSource::table(TableName::new("src", "v")), 3)
    };
    assert_eq!(numbers(&store, &view), [2991, 2990, 2981]);
    assert_eq!(store.page(&view).unwrap().total, 580);
}
