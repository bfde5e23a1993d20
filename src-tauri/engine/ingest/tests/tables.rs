//! Several tables in one text file: each is a source of its own, and every line of the file is a
//! row, a reject, or stands above a table.

mod bench;

use bench::Bench;
use kith_ingest::{inspect, inspect_as};
use kith_model::source::{FileFormat, Part};

const REPORT: &str = "# Traffic acquisition\n# Start date: 20260501\n\nChannel,Users,Sessions\n\
    Direct,10,12\nMail,20,22\nSearch,30,33\nTotal,60,67\n\n# Pages and screens\n# Start date: \
    20260501\n\nPage,Views\n/,100\n/shop,80\n/cart,15\nbad\n/about,7\n";

fn parts(bench: &Bench, name: &str, text: &str) -> Vec<Part> {
    inspect(&bench.file(name, text.as_bytes())).unwrap().parts
}

fn load(bench: &Bench, name: &str, part: &Part) -> (Vec<Vec<String>>, (i64, i64, i64), usize) {
    let path = bench.folder.path().join(name);
    let (source, counts) = bench.load_as(&path, FileFormat::Delimited, part.options.clone());
    let rejects = bench.rejects(&source).len();
    (bench.rows(&source), counts, rejects)
}

#[test]
fn the_sections_of_a_report_are_tables() {
    let bench = Bench::new();
    let parts = parts(&bench, "report.csv", REPORT);
    let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["Traffic acquisition", "Pages and screens"]);
    let (rows, counts, _) = load(&bench, "report.csv", &parts[0]);
    assert_eq!((rows[0].join(" "), counts), ("Direct 10 12".into(), (4, 4, 0)));
    let (rows, counts, rejects) = load(&bench, "report.csv", &parts[1]);
    assert_eq!((rows[3].join(" "), counts, rejects), ("/about 7".into(), (5, 4, 1), 1));
}

#[test]
fn a_table_that_grew_moves_the_next_one() {
    let bench = Bench::new();
    let found = parts(&bench, "report.csv", REPORT);
    let grown = REPORT.replace("Mail,20,22\n", "Mail,20,22\nMail2,1,1\nMail3,2,2\n");
    bench.file("report.csv", grown.as_bytes());
    assert_eq!(load(&bench, "report.csv", &found[0]).1, (6, 6, 0));
    assert_eq!(load(&bench, "report.csv", &found[1]).1, (5, 4, 1));
}

#[test]
fn titles_totals_and_windows_line_ends() {
    let bench = Bench::new();
    let text = "Customers\nid;name;city\n1;Ada;Oslo\n2;Bo;Rome\n3;Cy;Lyon\n\nOrders\nno;total\n\
                7;1,5\n8;2,5\n9;3,0\n\nno;total\n1;2,0\n2;4,0\n3;6,0\n";
    let text = text.replace('\n', "\r\n");
    let found = parts(&bench, "all.csv", &text);
    let names: Vec<_> = found.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["Customers", "Orders", "table 3"]);
    let total: Vec<_> = found.iter().map(|part| load(&bench, "all.csv", part)).collect();
    assert!(total.iter().all(|(rows, counts, _)| rows.len() == 3 && *counts == (3, 3, 0)));
    assert_eq!(total[2].0[2].join(" "), "3 6,0");
}

#[test]
fn a_file_with_one_table_has_no_parts_and_a_wrong_number_is_told() {
    let bench = Bench::new();
    assert!(parts(&bench, "one.csv", "id,name\n1,Ada\n2,Bo\n\n3,Cy\n4,Di\n").is_empty());
    let found = parts(&bench, "report.csv", REPORT);
    let mut third = found[1].options.clone();
    third.table = Some("3".to_owned());
    let path = bench.folder.path().join("report.csv");
    let error = inspect_as(&path, FileFormat::Delimited, &third).unwrap_err();
    assert!(error.to_string().contains("table"), "{error}");
    // What detection finds inside a table is shown with its own evidence.
    let seen = inspect_as(&path, FileFormat::Delimited, &found[1].options).unwrap();
    assert_eq!(seen.header, ["Page", "Views"]);
    assert_eq!(seen.options.table.as_deref(), Some("2"));
    assert!(seen.evidence.iter().any(|e| e.about == "table" && e.value == "2 of 2"));
    assert_eq!(seen.rows.len(), 4);
}
