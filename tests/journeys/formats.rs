//! Files of every kind on their way into a project and through `kith convert`.

use crate::script::take;
use kith_api::{ErrorCode, Request};
use kith_model::source::{FileFormat, Source};
use kith_model::{FileRef, Stage};
use kith_tests::{Bench, program};
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn workbook(path: &Path) {
    let mut book = Workbook::new();
    let people = book.add_worksheet().set_name("People").unwrap();
    people.write(0, 0, "Customer list").unwrap();
    for (row, (id, email)) in
        (2..).zip([("id", "email"), ("1", "ada@example.com"), ("2", "bo@example.com")])
    {
        people.write(row, 0, id).unwrap();
        people.write(row, 1, email).unwrap();
    }
    let orders = book.add_worksheet().set_name("Orders").unwrap();
    for (row, (id, total)) in (0..).zip([("order", 0.0), ("o1", 9.5), ("o2", 20.0), ("o3", 1.0)]) {
        orders.write(row, 0, id).unwrap();
        if row == 0 {
            orders.write(row, 1, "total").unwrap();
        } else {
            orders.write(row, 1, total).unwrap();
        }
    }
    book.save(path).unwrap();
}

fn project(bench: &Bench) {
    bench.ask(Request::NewProject { folder: bench.file("p.kith"), name: "P".into() });
}

/// Title, rows in, loaded, rejected of each source.
pub(crate) fn loaded(bench: &Bench) -> Vec<(String, u64, u64, u64)> {
    bench.run(Stage::Sources);
    let sources = take!(bench.ask(Request::Sources), Sources).unwrap();
    sources.sources.into_iter().map(|s| (s.title, s.rows_in, s.loaded, s.rejected)).collect()
}

pub(crate) fn convert(dir: &Path, args: &[&str], code: i32) -> Value {
    let output = Command::new(program("kith"))
        .arg("convert")
        .args(args)
        .arg("--json")
        .current_dir(dir)
        .output()
        .expect("kith starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "kith convert {args:?}: {stderr}");
    serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
}

#[test]
fn every_sheet_of_a_workbook_becomes_a_source_or_the_chosen_one_does() {
    let bench = Bench::new();
    project(&bench);
    workbook(&bench.path("shop.xlsx"));
    bench.ask(Request::AddFiles { files: vec![bench.file("shop.xlsx")] });
    let expected = [("shop.xlsx · Orders", 3), ("shop.xlsx · People", 2)];
    let found = loaded(&bench);
    assert_eq!(found.len(), 2);
    for ((title, rows), (found, rows_in, loaded, rejected)) in expected.into_iter().zip(&found) {
        assert_eq!((found.as_str(), *rows_in, *loaded, *rejected), (title, rows, rows, 0));
    }
    // One step of the history, taken back and done again.
    bench.ask(Request::Undo);
    assert!(take!(bench.ask(Request::Document), Document).sources.is_empty());
    bench.ask(Request::Redo);

    // The same file once more, one sheet alone, read in one's own way.
    let seen = take!(bench.ask(Request::Inspect { file: bench.file("shop.xlsx") }), Inspection);
    assert_eq!(seen.source.format, FileFormat::Workbook);
    assert_eq!(seen.parts.len(), 2);
    let options = kith_model::source::ReadOptions {
        sheet: Some("Orders".into()),
        range: Some("A3:B4".into()),
        header: Some(false),
        ..seen.parts[1].options.clone()
    };
    let source = Source { options, ..seen.source.clone() };
    bench.ask(Request::AddSources { sources: vec![source] });
    assert!(loaded(&bench).iter().any(|(_, rows_in, ..)| *rows_in == 2));

    let options =
        kith_model::source::ReadOptions { sheet: Some("Ordres".into()), ..Default::default() };
    let wrong = Source { options, ..seen.source.clone() };
    let error = bench.call(Request::AddSources { sources: vec![wrong] }).unwrap_err();
    assert_eq!(error.code, ErrorCode::BadInput);
    assert!(error.to_string().contains("Ordres"), "{error}");
}

#[test]
fn a_workbook_is_converted_sheet_by_sheet() {
    let dir = tempfile::tempdir().unwrap();
    workbook(&dir.path().join("shop.xlsx"));
    let report = convert(dir.path(), &["shop.xlsx", "--out", "out.csv"], 0);
    assert_eq!(report["rows_in"], 5);
    assert_eq!(report["tables"].as_array().map(Vec::len), Some(2));
    let people = std::fs::read_to_string(dir.path().join("out.csv")).unwrap();
    assert_eq!(people, "id,email\n1,ada@example.com\n2,bo@example.com\n");
    let orders = std::fs::read_to_string(dir.path().join("out-shop_orders.csv")).unwrap();
    // A word of SQL may come quoted in a header.
    assert_eq!(orders.replace('"', ""), "order,total\no1,9.5\no2,20.0\no3,1.0\n");
    let one = convert(dir.path(), &["shop.xlsx", "--sheet", "Orders", "--out", "o.parquet"], 0);
    assert_eq!(one["loaded"], 3);
    let back = convert(dir.path(), &["o.parquet", "--out", "back.csv"], 0);
    assert_eq!(back["loaded"], 3);
    convert(dir.path(), &["shop.xlsx", "--sheet", "None", "--out", "n.csv"], 3);
    let file = FileRef(dir.path().join("shop.xlsx").to_string_lossy().into_owned());
    assert_eq!(file.name(), "shop.xlsx");
}

#[test]
fn nested_json_is_unfolded_unless_a_known_export_wants_it_whole() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let orders = "{\"total\":2,\"data\":[{\"id\":1,\"to\":{\"city\":\"Oslo\"},\"lines\":[{\"n\":1},{\"n\":2}]},\n\
                  {\"id\":2,\"to\":{\"city\":\"Rome\"}}]}";
    std::fs::write(at("orders.json"), orders).unwrap();
    let report = convert(dir.path(), &["orders.json", "--out", "o.csv"], 0);
    assert_eq!(report["loaded"], 2);
    let csv = std::fs::read_to_string(at("o.csv")).unwrap();
    assert!(
        csv.starts_with("id,\"to.city\",lines\n1,Oslo,")
            || csv.starts_with("id,to.city,lines\n1,Oslo,"),
        "{csv}"
    );
    let rows = convert(dir.path(), &["orders.json", "--unfold", "lines", "--out", "l.csv"], 0);
    assert_eq!(rows["loaded"], 3);
    convert(dir.path(), &["orders.json", "--records", "/none", "--out", "n.csv"], 3);
}

#[test]
fn archives_folders_and_databases_come_in_and_go_stale_when_they_change() {
    let bench = Bench::new();
    project(&bench);
    let dir = bench.path("days");
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join("day_1.csv"), "id,name\n1,Ada\n2,Bo\n").unwrap();
    std::fs::write(dir.join("day_2.csv"), "id,name,city\n3,Cy,Oslo\n").unwrap();
    let mut zip = zip::ZipWriter::new(std::fs::File::create(bench.path("x.zip")).unwrap());
    for (name, text) in [("crm/a.csv", "id,mail\n1,a@example.com\n"), ("b.csv", "k,v\n1,2\n3,4\n")]
    {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    let other = kith_store::Store::open(&bench.path("o.duckdb"), &Default::default()).unwrap();
    let table = kith_sql::TableName::new("main", "people");
    let step = kith_sql::Step::table(table, vec![], "SELECT 1 AS id, 'Ada' AS name");
    other.run(&kith_sql::Pipeline::new("p").then(step), &kith_model::Quiet).unwrap();
    drop(other);
    let files = ["days", "x.zip", "o.duckdb"].map(|name| bench.file(name)).to_vec();
    bench.ask(Request::AddFiles { files });
    let found = loaded(&bench);
    let rows = |found: &[(String, u64, u64, u64)], title: &str| {
        found.iter().find(|f| f.0 == title).unwrap_or_else(|| panic!("{title}: {found:?}")).2
    };
    assert_eq!(found.len(), 4, "{found:?}");
    assert_eq!((rows(&found, "days"), rows(&found, "a.csv"), rows(&found, "b.csv")), (3, 1, 2));
    assert_eq!(rows(&found, "o.duckdb"), 1);

    // Nothing changed: nothing is stale. One file more in the folder: it is.
    bench.ask(Request::Refresh);
    let state = |bench: &Bench| bench.overview().stages[0].state;
    assert_eq!(state(&bench), kith_model::StageState::Ready);
    std::fs::write(dir.join("day_3.csv"), "id,name\n4,Dee\n5,Eve\n").unwrap();
    bench.ask(Request::Refresh);
    assert_eq!(state(&bench), kith_model::StageState::Stale);
    assert_eq!(rows(&loaded(&bench), "days"), 5);
}

#[test]
fn nested_parquet_is_unfolded_too() {
    let dir = tempfile::tempdir().unwrap();
    let store = kith_store::Store::in_memory(&Default::default()).unwrap();
    let select = "SELECT 1 AS id, {'city': 'Oslo', 'at': {'lat': 59.5}} AS geo, ['a', 'b'] AS tags \
                  UNION ALL SELECT 2, NULL, [] ORDER BY id";
    let path = dir.path().join("n.parquet");
    store.copy_parquet(select, &path, &[], &kith_model::Quiet).unwrap();
    let report = convert(dir.path(), &["n.parquet", "--out", "n.csv"], 0);
    assert_eq!(report["columns"], serde_json::json!(["id", "geo.city", "geo.at.lat", "tags"]));
    let rows = convert(dir.path(), &["n.parquet", "--unfold", "tags", "--out", "t.csv"], 0);
    assert_eq!(rows["loaded"], 3);
    let csv = std::fs::read_to_string(dir.path().join("t.csv")).unwrap();
    assert!(csv.ends_with("1,Oslo,59.5,a\n1,Oslo,59.5,b\n2,,,\n"), "{csv}");
}

/// A server that cannot be reached, and a journal without a trace of the password.
#[test]
fn a_password_reaches_neither_error_nor_journal() {
    let bench = Bench::new();
    project(&bench);
    let file = FileRef("postgres://ada:s3cret@127.0.0.1:1/crm".into());
    let error = bench.call(Request::AddFiles { files: vec![file] }).unwrap_err();
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    assert!(error.to_string().contains("crm on 127.0.0.1"), "{error}");
    for name in ["journal.ndjson", "project.toml"] {
        let text = std::fs::read_to_string(bench.path("p.kith").join(name)).unwrap();
        assert!(!text.contains("s3cret"), "{name}");
    }
}
