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
    assert_eq!(orders, "\"order\",total\no1,9.5\no2,20.0\no3,1.0\n");
    let one = convert(dir.path(), &["shop.xlsx", "--sheet", "Orders", "--out", "o.parquet"], 0);
    assert_eq!(one["loaded"], 3);
    let back = convert(dir.path(), &["o.parquet", "--out", "back.csv"], 0);
    assert_eq!(back["loaded"], 3);
    convert(dir.path(), &["shop.xlsx", "--sheet", "None", "--out", "n.csv"], 3);
    let file = FileRef(dir.path().join("shop.xlsx").to_string_lossy().into_owned());
    assert_eq!(file.name(), "shop.xlsx");
}
