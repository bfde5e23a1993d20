//! Several tables in one text file, and columns that mean more than text, in a project and
//! through `kith convert`.

use crate::formats::{convert, loaded};
use crate::script::take;
use kith_api::Request;
use kith_model::Command;
use kith_model::column_format::ColumnFormat;
use kith_model::source::ReadOptions;
use kith_tests::Bench;

const REPORT: &str = "# Traffic acquisition\n# Start date: 20260501\n\nChannel,Users,Sessions\n\
    Direct,10,12\nMail,20,22\nSearch,30,33\n\n# Pages and screens\n# Start date: 20260501\n\n\
    Page,Views\n/,100\n/shop,80\n/cart,15\nbad\n/about,7\n";

#[test]
fn every_table_becomes_a_source_and_the_longest_moves_when_another_grows() {
    let bench = Bench::new();
    bench.ask(Request::NewProject { folder: bench.file("p.kith"), name: "P".into() });
    std::fs::write(bench.path("report.csv"), REPORT).unwrap();
    bench.ask(Request::AddFiles { files: vec![bench.file("report.csv")] });
    let name = |title: &str| format!("report.csv · {title}");
    let expected = [(name("Pages and screens"), 5, 4, 1), (name("Traffic acquisition"), 3, 3, 0)];
    assert_eq!(loaded(&bench), expected);
    let grown = REPORT.replace("Direct,10,12\n", "Direct,10,12\nPaid,1,1\n");
    std::fs::write(bench.path("report.csv"), grown).unwrap();
    bench.ask(Request::Refresh);
    let expected = [(name("Pages and screens"), 5, 4, 1), (name("Traffic acquisition"), 4, 4, 0)];
    assert_eq!(loaded(&bench), expected);
    bench.ask(Request::Undo);
    assert!(take!(bench.ask(Request::Document), Document).sources.is_empty());
}

#[test]
fn convert_writes_a_file_for_each_table() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("report.csv"), REPORT).unwrap();
    let report = convert(dir.path(), &["report.csv", "--out", "out.csv"], 1);
    let counts = ["rows_in", "loaded", "rejected"].map(|count| report[count].as_u64());
    assert_eq!(counts, [Some(8), Some(7), Some(1)]);
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(read("out.csv"), "Channel,Users,Sessions\nDirect,10,12\nMail,20,22\nSearch,30,33\n");
    let pages = read("out-report_pages_and_screens.csv");
    assert_eq!(pages, "Page,Views\n/,100\n/shop,80\n/cart,15\n/about,7\n");
    let one = convert(dir.path(), &["report.csv", "--table", "2", "--out", "two.csv"], 1);
    assert_eq!((one["loaded"].as_u64(), read("two.csv")), (Some(4), pages));
}

#[test]
fn columns_of_numbers_and_dates_are_said_on_the_command_line_and_journaled() {
    let dir = tempfile::tempdir().unwrap();
    let text = "id;total;at\n1;1.234,50;01.03.2024 10:00\n2;x;02.03.2024 10:00\n3;7,5;03.03.2024 10:00 CET\n";
    std::fs::write(dir.path().join("o.csv"), text).unwrap();
    let said = ["o.csv", "--number", "total=,.", "--date", "at=dmy@Europe/Oslo", "--out", "o2.csv"];
    let report = convert(dir.path(), &said, 1);
    assert_eq!((report["loaded"].as_u64(), report["rejected"].as_u64()), (Some(2), Some(1)));
    let written = std::fs::read_to_string(dir.path().join("o2.csv")).unwrap();
    let rows = "1,1234.5,2024-03-01 09:00:00,Europe/Oslo\n3,7.5,2024-03-03 09:00:00,CET\n";
    assert_eq!(written.split_once('\n').map(|(_, rows)| rows), Some(rows));
    convert(dir.path(), &["o.csv", "--date", "at=dmy@EST", "--out", "n.csv"], 3);

    let bench = Bench::new();
    bench.ask(Request::NewProject { folder: bench.file("p.kith"), name: "P".into() });
    std::fs::write(bench.path("o.csv"), text).unwrap();
    bench.ask(Request::AddFiles { files: vec![bench.file("o.csv")] });
    assert_eq!(loaded(&bench), [("o.csv".to_owned(), 3, 3, 0)]);
    let document = take!(bench.ask(Request::Document), Document);
    let source = document.sources[0].clone();
    let number = ColumnFormat::Number { decimal: ',', thousands: Some('.') };
    let columns = [("total".to_owned(), number)].into();
    let options = ReadOptions { columns, ..source.options };
    let command = Command::SetReadOptions { source: source.id, options };
    bench.ask(Request::Apply { command });
    assert_eq!(loaded(&bench), [("o.csv".to_owned(), 3, 2, 1)]);
    bench.ask(Request::Undo);
    assert_eq!(loaded(&bench), [("o.csv".to_owned(), 3, 3, 0)]);
}
