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

/// Rows of a table that fills several heads.
fn long(rows: usize) -> String {
    (0..rows).map(|n| format!("{n},name {n},{}\n", n * 7)).collect()
}

/// Two tables, the second far behind the first, and a third of the first's width behind it.
fn far() -> String {
    let pages = "Pages\nPage,Views\n/,100\n/shop,80\nbad\n/cart,15\n/about,7\n";
    let again = "id,name,total\nx,Ada,1\ny,Bo,2\nz,Cy,3\n";
    format!("id,name,total\n{}\n{pages}\n{again}", long(30_000))
}

#[test]
fn tables_are_found_anywhere_in_the_file() {
    let bench = Bench::new();
    let text = far();
    assert!(text.len() > 500_000);
    let packed = zstd::encode_all(text.as_bytes(), 1).unwrap();
    for (name, bytes) in [("far.csv", text.as_bytes()), ("far.csv.zst", &packed[..])] {
        let path = bench.file(name, bytes);
        let seen = inspect(&path).unwrap();
        let names: Vec<_> = seen.parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["table 1", "Pages", "table 3"], "{name}");
        let total: Vec<_> = seen.parts.iter().map(|part| load(&bench, name, part)).collect();
        assert_eq!(total[0].1, (30_000, 30_000, 0));
        assert_eq!(total[1].1, (5, 4, 1));
        assert_eq!((total[2].1, total[2].0[2].join(" ")), ((3, 3, 0), "z Cy 3".into()));
        let second = inspect_as(&path, FileFormat::Delimited, &seen.parts[1].options).unwrap();
        assert_eq!((second.header, second.rows.len()), (vec!["Page".into(), "Views".into()], 4));
        assert_eq!(second.raw_lines[0], "Pages");
        // Taken as one, its other tables are refused, and counted.
        let (_, counts) = bench.load(&path);
        assert_eq!(counts, (30_011, 30_000, 11), "{name}");
    }
    let (source, _) = bench.load(&bench.folder.path().join("far.csv"));
    assert_eq!(bench.rejects(&source)[0].0, 30_003);
}

#[test]
fn tables_behind_a_file_too_long_to_look_through_are_told_when_it_is_loaded() {
    let bench = Bench::new();
    let first = long(3_200_000);
    assert!(first.len() > 64 * 1024 * 1024);
    let text = format!("id,name,total\n{first}\nPage,Views\n/,100\n/shop,80\n/cart,15\n");
    let path = bench.file("long.csv", text.as_bytes());
    let seen = inspect(&path).unwrap();
    assert!(seen.parts.is_empty());
    let source = kith_model::source::Source {
        id: kith_model::SourceId("long".into()),
        title: "long".into(),
        file: kith_model::FileRef(path.display().to_string()),
        format: FileFormat::Delimited,
        options: seen.options,
        preset: None,
    };
    let plan = kith_ingest::load(&source, &path, &bench.folder.path().join("s")).unwrap();
    assert_eq!((plan.rows_in, plan.rejected), (Some(3_200_004), 4));
    let note = plan.notes.iter().find(|note| note.about == "tables").unwrap();
    assert!(note.reason.contains("1, 3200003"), "{note:?}");
    let options = kith_model::source::ReadOptions { table: Some("2".into()), ..Default::default() };
    assert_eq!(bench.load_as(&path, FileFormat::Delimited, options).1, (3, 3, 0));
}
