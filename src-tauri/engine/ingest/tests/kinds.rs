//! JSON documents, archives, folders and databases: what they hold is loaded or refused, and what
//! cannot be read says why.

mod bench;

use bench::Bench;
use kith_ingest::{IngestError, inspect, inspect_as};
use kith_model::source::{FileFormat, Nested, ReadOptions, Source};
use std::io::Write;
use std::path::{Path, PathBuf};

fn about(path: &Path, what: &str) -> (String, String) {
    let seen = inspect(path).unwrap().evidence.into_iter().find(|e| e.about == what).unwrap();
    (seen.value, seen.reason)
}

fn types(bench: &Bench, source: &Source) -> Vec<String> {
    let sql = format!("SELECT * EXCLUDE (_row) FROM src.{}", source.id);
    let columns = bench.store.columns(&sql).unwrap();
    columns.into_iter().map(|c| format!("{} {}", c.name, c.sql_type)).collect()
}

fn flat() -> ReadOptions {
    ReadOptions { nested: Some(Nested::Columns), ..ReadOptions::default() }
}

#[test]
fn every_layout_of_a_json_document_gives_the_same_rows() {
    let bench = Bench::new();
    let objects =
        ["{\"id\": 1,\n \"name\": \"A\\nda\"}", "{\"id\": 2, \"name\": null}", "{\"id\": 3}"];
    let all = objects.join(",");
    for (name, text) in [
        ("array.json", format!("[{all}]")),
        ("bare", format!("[\n{all}\n]")),
        ("behind.json", objects.join("\n")),
        (
            "wrapped.json",
            format!("{{\"total\": 3, \"data\": {{\"people\": [{all}]}}, \"next\": null}}"),
        ),
    ] {
        let path = bench.file(name, text.as_bytes());
        let seen = inspect(&path).unwrap();
        assert_eq!(seen.format, FileFormat::Json, "{name}");
        assert_eq!(seen.header, ["id", "name"], "{name}");
        let (source, counts) = bench.load(&path);
        assert_eq!(counts, (3, 3, 0), "{name}");
        assert_eq!(bench.rows(&source), [["1", "A\nda"], ["2", "-"], ["3", "-"]], "{name}");
    }
    assert_eq!(about(&bench.folder.path().join("wrapped.json"), "records").0, "/data/people");
    let lines = bench.file("lines.json", b"{\"id\":1,\"tags\":[{\"a\":1}]}\n{\"id\":2}\n");
    assert_eq!(inspect(&lines).unwrap().format, FileFormat::Ndjson);
}

#[test]
fn bad_elements_are_refused_with_their_line() {
    let bench = Bench::new();
    let path = bench.file("bad.json", b"[\n{\"id\":1},\n7,\n{\"id\":2,},\n{\"id\":3}\n,{\"id\":4");
    let (source, counts) = bench.load(&path);
    assert_eq!(counts, (5, 2, 3));
    let rejects = bench.rejects(&source);
    assert_eq!(rejects.iter().map(|r| r.0).collect::<Vec<_>>(), [3, 4, 6]);
    assert!(rejects[2].2.contains("ends"), "{rejects:?}");
    let plan = kith_ingest::load(&source, &path, &bench.folder.path().join("s")).unwrap();
    assert_eq!(plan.notes[0].value, "cut off");
}

#[test]
fn nested_fields_become_columns_or_rows() {
    let bench = Bench::new();
    let text = "{\"id\":1,\"to\":{\"city\":\"Oslo\",\"at\":{\"lat\":59.9}},\"tags\":[\"a\",\"b\"],\
                \"lines\":[{\"sku\":\"x\",\"n\":2},{\"sku\":\"y\",\"n\":1}]}\n\
                {\"id\":2,\"to\":null,\"lines\":[]}\n{\"id\":3,\"to\":{\"city\":\"Rome\"}}\n";
    let path = bench.file("orders.ndjson", text.as_bytes());
    let (source, counts) = bench.load_as(&path, FileFormat::Ndjson, flat());
    assert_eq!(counts, (3, 3, 0));
    let expected = ["id BIGINT", "to.city VARCHAR", "to.at.lat DOUBLE", "tags JSON", "lines JSON"];
    assert_eq!(types(&bench, &source), expected);
    let rows = bench.rows(&source);
    let lines = "[{\"sku\":\"x\",\"n\":2},{\"sku\":\"y\",\"n\":1}]";
    assert_eq!(rows[0], ["1", "Oslo", "59.9", "[\"a\",\"b\"]", lines]);
    assert_eq!(rows[2], ["3", "Rome", "-", "-", "-"]);
    let shown = inspect_as(&path, FileFormat::Ndjson, &flat()).unwrap();
    assert_eq!(shown.header, ["id", "to.city", "to.at.lat", "tags", "lines"]);
    assert_eq!(shown.rows[0][1].as_deref(), Some("Oslo"));

    let unfold = ReadOptions { unfold: Some("lines".into()), ..ReadOptions::default() };
    let (source, counts) = bench.load_as(&path, FileFormat::Ndjson, unfold);
    assert_eq!(counts, (4, 4, 0), "two elements, and a row for each object without any");
    let rows = bench.rows(&source);
    let skus: Vec<_> = rows.iter().map(|row| (row[0].as_str(), row[4].as_str())).collect();
    assert_eq!(skus, [("1", "x"), ("1", "y"), ("2", "-"), ("3", "-")]);

    let wrong = ReadOptions { unfold: Some("id".into()), ..ReadOptions::default() };
    let error = inspect_as(&path, FileFormat::Ndjson, &wrong).unwrap_err();
    assert!(matches!(error, IngestError::Option { option: "unfold", .. }), "{error}");
}

#[test]
fn two_arrays_in_a_document_are_two_tables() {
    let bench = Bench::new();
    let text = b"{\"people\":[{\"id\":1}],\"orders\":[{\"no\":7},{\"no\":8}],\"v\":1}";
    let path = bench.file("shop.json", text);
    let seen = inspect(&path).unwrap();
    assert_eq!(seen.header, ["no"]);
    let parts: Vec<_> = seen.parts.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(parts, ["people", "orders"]);
    let (_, counts) = bench.load_as(&path, FileFormat::Json, seen.parts[0].options.clone());
    assert_eq!(counts, (1, 1, 0));
    let none = ReadOptions { records: Some("/nothing".into()), ..ReadOptions::default() };
    let error = inspect_as(&path, FileFormat::Json, &none).unwrap_err();
    assert!(error.to_string().contains("/nothing"), "{error}");
}

#[test]
fn nesting_without_end_is_refused_not_followed() {
    let bench = Bench::new();
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(5000), "]".repeat(5000));
    let path = bench.file("deep.json", format!("[{{\"a\":1}},{deep}]").as_bytes());
    let (source, counts) = bench.load(&path);
    assert_eq!(counts, (2, 1, 1));
    assert!(bench.rejects(&source)[0].2.contains("recursion"), "{:?}", bench.rejects(&source));
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn members_of_an_archive_are_read_where_they_lie() {
    let bench = Bench::new();
    let members: [(&str, &[u8]); 5] = [
        ("2026/people.csv", b"id,name\n1,Ada\n2,Bo\n3\n"),
        ("2026/events.ndjson", b"{\"e\":1}\n{\"e\":2}\n"),
        ("latin.csv", b"id;city\n1;K\xf6ln\n2;M\xfcnchen\n"),
        ("__MACOSX/._people.csv", b"\0\x05\x16\x07"),
        ("logo.png", b"\x89PNG\r\n\x1a\nxxxx"),
    ];
    let path = bench.file("export.zip", &zip(&members));
    let seen = inspect(&path).unwrap();
    let parts: Vec<_> = seen.parts.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(parts, ["people.csv", "events.ndjson", "latin.csv"]);
    assert!(seen.evidence.iter().any(|e| e.about == "left out" && e.value == "logo.png"));
    let place = |at: usize| PathBuf::from(&seen.parts[at].file.0);
    let (source, counts) = bench.load(&place(0));
    assert_eq!(counts, (3, 2, 1));
    assert_eq!(bench.rows(&source), [["1", "Ada"], ["2", "Bo"]]);
    assert_eq!(bench.load(&place(1)).1, (2, 2, 0));
    let (source, _) = bench.load(&place(2));
    assert_eq!(bench.rows(&source)[0][1], "Köln");
    assert_eq!(kith_ingest::backing_file(&place(0)), path);

    let gone = inspect(&path.join("none.csv")).unwrap_err();
    assert!(matches!(gone, IngestError::NoMember { .. }), "{gone}");
    assert!(matches!(
        inspect(&bench.file("none.zip", &zip(&[]))).unwrap_err(),
        IngestError::Empty { .. }
    ));
    let whole = zip(&[("a.csv", "id,name\n1,Ada\n".repeat(500).as_bytes())]);
    let cut = inspect(&bench.file("cut.zip", &whole[..whole.len() - 30])).unwrap_err();
    assert!(matches!(cut, IngestError::Damaged { .. }), "{cut}");
    // One wrong byte inside the packed data: the checksum tells.
    let mut wrong = whole.clone();
    wrong[60] ^= 0x55;
    let error = inspect(&bench.file("wrong.zip", &wrong)).unwrap_err();
    assert!(matches!(error, IngestError::Damaged { .. }), "{error}");
}

#[test]
fn files_of_a_folder_meet_by_name() {
    let bench = Bench::new();
    let dir = bench.folder.path().join("days");
    std::fs::create_dir(&dir).unwrap();
    let put = |name: &str, text: &str| std::fs::write(dir.join(name), text).unwrap();
    put("day_1.csv", "id,name,city\n1,Ada,Oslo\n2,Bo,Rome\n");
    put("day_2.csv", "name;id\nCy;3\nbad\n");
    put("day_3.csv", "id,name,File\n4,Dee,x\n");
    let (source, counts) = bench.load(&dir);
    assert_eq!(counts, (5, 4, 1));
    let names: Vec<_> = types(&bench, &source).iter().map(|t| t.replace(" VARCHAR", "")).collect();
    assert_eq!(names, ["id", "name", "city", "File", "file_2"]);
    let rows = bench.rows(&source);
    assert_eq!(rows[0], ["1", "Ada", "Oslo", "-", "day_1.csv"]);
    assert_eq!(rows[2], ["3", "Cy", "-", "-", "day_2.csv"]);
    assert_eq!(rows[3], ["4", "Dee", "-", "x", "day_3.csv"]);
    assert!(bench.rejects(&source)[0].2.starts_with("day_2.csv: "), "{:?}", bench.rejects(&source));
    assert_eq!(about(&dir, "files").0, "3");

    // A pattern takes some; files with little in common are tables of their own.
    let (_, counts) = bench.load(&dir.join("day_[12].csv".replace("[12]", "?")));
    assert_eq!(counts.0, 5);
    put("orders_1.csv", "order,total,at\n1,5,x\n");
    put("orders_2.csv", "order,total,at\n2,6,y\n");
    let seen = inspect(&dir).unwrap();
    let parts: Vec<_> = seen.parts.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(parts, ["day_*.csv", "orders_*.csv"]);
    assert_eq!(bench.load(Path::new(&seen.parts[1].file.0)).1, (2, 2, 0));

    let empty = bench.folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let error = inspect(&empty).unwrap_err();
    assert!(matches!(error, IngestError::NoFiles { .. }), "{error}");
    assert!(inspect(&dir.join("none_*.csv")).is_err());
}

#[test]
fn a_folder_of_parquet_and_json_works_too() {
    let bench = Bench::new();
    let dir = bench.folder.path().join("parts");
    std::fs::create_dir(&dir).unwrap();
    for (name, select) in
        [("a.parquet", "SELECT 1 AS id, 'x' AS t"), ("b.parquet", "SELECT 2.5 AS id, true AS u")]
    {
        bench.store.copy_parquet(select, &dir.join(name), &[], &kith_model::Quiet).unwrap();
    }
    let (source, counts) = bench.load(&dir);
    assert_eq!(counts, (2, 2, 0));
    let rows = bench.rows(&source);
    assert_eq!(rows[1], ["2.5", "-", "true", "b.parquet"]);
    let dir = bench.folder.path().join("json");
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join("1.ndjson"), "{\"id\":1,\"a\":{\"b\":1}}\n").unwrap();
    std::fs::write(dir.join("2.ndjson"), "{\"id\":2,\"a\":{\"b\":2}}\n").unwrap();
    let (source, counts) = bench.load_as(&dir, FileFormat::Ndjson, flat());
    assert_eq!(counts, (2, 2, 0));
    assert_eq!(types(&bench, &source), ["id BIGINT", "a.b BIGINT", "file VARCHAR"]);
}

fn sqlite(path: &Path) {
    let database = rusqlite::Connection::open(path).unwrap();
    database
        .execute_batch(
            "CREATE TABLE people (id INTEGER, name TEXT, born DATE, seen DATETIME, ratio REAL, pic BLOB);
             INSERT INTO people VALUES (1, 'Ada \"x\", y', '1815-12-10', '2026-05-01 10:00:00', 0.5, x'00ff'),
               (2, '', NULL, '2026-05-02T11:00:00.5', 1, NULL), (9007199254740993, NULL, '2024-02-29', NULL, NULL, NULL);
             CREATE TABLE odd (v);
             INSERT INTO odd VALUES (1), ('x'), (NULL), (2.5), (CAST(x'ff41' AS TEXT));
             CREATE VIEW names AS SELECT name FROM people;",
        )
        .unwrap();
}

#[test]
fn a_sqlite_table_is_a_source() {
    let bench = Bench::new();
    let path = bench.folder.path().join("crm.sqlite");
    sqlite(&path);
    let before = std::fs::read(&path).unwrap();
    let seen = inspect(&path).unwrap();
    let parts: Vec<_> = seen.parts.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(parts, ["odd", "people", "names"]);
    let table = |name: &str| ReadOptions { table: Some(name.into()), ..ReadOptions::default() };
    let (source, counts) = bench.load_as(&path, FileFormat::Sqlite, table("People"));
    assert_eq!(counts, (3, 3, 0));
    let expected =
        ["id BIGINT", "name VARCHAR", "born DATE", "seen TIMESTAMP", "ratio DOUBLE", "pic VARCHAR"];
    assert_eq!(types(&bench, &source), expected);
    let rows = bench.rows(&source);
    let first = ["1", "Ada \"x\", y", "1815-12-10", "2026-05-01 10:00:00", "0.5", "\\x00ff"];
    assert_eq!(rows[0], first);
    assert_eq!(rows[1][1], "", "an empty text is no missing value");
    assert_eq!((rows[2][0].as_str(), rows[2][1].as_str()), ("9007199254740993", "-"));

    let (source, counts) = bench.load_as(&path, FileFormat::Sqlite, table("odd"));
    assert_eq!(counts, (5, 4, 1));
    assert_eq!(bench.rows(&source), [["1"], ["x"], ["-"], ["2.5"]]);
    assert!(bench.rejects(&source)[0].2.contains("UTF-8"));
    assert_eq!(std::fs::read(&path).unwrap(), before, "nothing is written");

    let error = inspect_as(&path, FileFormat::Sqlite, &table("absent")).unwrap_err();
    assert!(error.to_string().contains("people"), "{error}");
    let mut locked = before;
    locked[100..300].fill(0xa5);
    assert!(inspect(&bench.file("broken.sqlite", &locked)).is_err());
}

#[test]
fn a_duckdb_table_is_attached_and_let_go() {
    let bench = Bench::new();
    let path = bench.folder.path().join("other.duckdb");
    let other = kith_store::Store::open(&path, &kith_store::StoreOptions::default()).unwrap();
    let table = |schema: &str, name: &str, select: &str| {
        let name = kith_sql::TableName::new(schema, name);
        let plan = kith_sql::Pipeline::new("t").then(kith_sql::Step::table(name, vec![], select));
        other.run(&plan, &kith_model::Quiet).unwrap();
    };
    table("main", "people", "SELECT i AS id, 'n' || i AS name, 1 AS _row FROM range(5) AS r(i)");
    table("crm", "orders", "SELECT DATE '2026-05-01' AS at");
    drop(other);
    let seen = inspect(&path).unwrap();
    assert_eq!(seen.format, FileFormat::Duckdb);
    for (name, rows) in [("people", 5), ("crm.orders", 1)] {
        let options = ReadOptions { table: Some(name.into()), ..ReadOptions::default() };
        let (source, counts) = bench.load_as(&path, FileFormat::Duckdb, options);
        assert_eq!(counts, (rows, rows, 0), "{name}");
        assert!(!bench.rows(&source).is_empty());
    }
    // Let go of: it can be opened for writing again.
    let again = kith_store::Store::open(&path, &kith_store::StoreOptions::default()).unwrap();
    assert_eq!(again.value_i64("SELECT count(*) FROM people").unwrap(), 5);
}
