//! Workbooks as spreadsheet programs write them: where the table is, what its values are, and that
//! every row is loaded or refused.

mod bench;

use bench::Bench;
use kith_ingest::{IngestError, inspect, inspect_as};
use kith_model::source::{FileFormat, ReadOptions};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use std::io::Write;
use std::path::PathBuf;

fn xlsx(bench: &Bench, name: &str, fill: impl FnOnce(&mut Workbook)) -> PathBuf {
    let mut book = Workbook::new();
    fill(&mut book);
    bench.file(name, &book.save_to_buffer().unwrap())
}

fn lines(sheet: &mut Worksheet, top: u32, rows: &[&[&str]]) {
    for (row, cells) in (top..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write(row, column, number).unwrap(),
                Err(_) if cell.is_empty() => continue,
                Err(_) => sheet.write(row, column, *cell).unwrap(),
            };
        }
    }
}

fn option(sheet: &str) -> ReadOptions {
    ReadOptions { sheet: Some(sheet.into()), ..ReadOptions::default() }
}

fn about(path: &std::path::Path, what: &str) -> (String, String) {
    let seen = inspect(path).unwrap().evidence.into_iter().find(|e| e.about == what).unwrap();
    (seen.value, seen.reason)
}

fn types(bench: &Bench, id: &kith_model::SourceId) -> Vec<(String, String)> {
    let columns = bench.store.columns(&format!("SELECT * EXCLUDE (_row) FROM src.{id}")).unwrap();
    columns.into_iter().map(|c| (c.name, c.sql_type)).collect()
}

#[test]
fn values_keep_their_types_and_errors_are_counted() {
    let bench = Bench::new();
    let path = xlsx(&bench, "types.xlsx", |book| {
        let sheet = book.add_worksheet();
        let day = Format::new().set_num_format("yyyy-mm-dd");
        let moment = Format::new().set_num_format("dd.mm.yyyy hh:mm");
        let hour = Format::new().set_num_format("hh:mm");
        let names = ["id", "name", "price", "born", "seen", "opens", "vip", "ratio"];
        lines(sheet, 0, &[&names]);
        for (row, (id, name)) in (1..).zip([(7, "Ada"), (8, "O\"Neil, \n\"x\""), (9, "Zoë")]) {
            let at = ExcelDateTime::from_ymd(2026, 5, u8::try_from(row).unwrap()).unwrap();
            let time = at.clone().and_hms(10, 30, 15).unwrap();
            sheet.write(row, 0, id).unwrap();
            sheet.write(row, 1, name).unwrap();
            sheet.write(row, 2, 19.99 * f64::from(row)).unwrap();
            sheet.write_with_format(row, 3, &at, &day).unwrap();
            sheet.write_with_format(row, 4, &time, &moment).unwrap();
            let opens = ExcelDateTime::from_hms(8, 5, 0).unwrap();
            sheet.write_with_format(row, 5, &opens, &hour).unwrap();
            sheet.write(row, 6, row == 1).unwrap();
            let result = if row == 2 { "#DIV/0!" } else { "0.5" };
            sheet.write(row, 7, Formula::new("=A1/A2").set_result(result)).unwrap();
        }
    });
    let (source, counts) = bench.load(&path);
    assert_eq!(counts, (3, 3, 0));
    let expected =
        ["BIGINT", "VARCHAR", "DOUBLE", "DATE", "TIMESTAMP", "TIME", "BOOLEAN", "DOUBLE"];
    let found = types(&bench, &source.id);
    assert_eq!(found.iter().map(|t| t.1.as_str()).collect::<Vec<_>>(), expected);
    let rows = bench.rows(&source);
    let first =
        ["7", "Ada", "19.99", "2026-05-01", "2026-05-01 10:30:15", "08:05:00", "true", "0.5"];
    assert_eq!(rows[0], first);
    assert_eq!(rows[1][1], "O\"Neil, \n\"x\"");
    assert_eq!(rows[1][7], "-", "an error is no value");
    let plan = kith_ingest::load(&source, &path, &bench.folder.path().join("scratch")).unwrap();
    assert_eq!(plan.notes[0].value, "1");
    assert!(plan.notes[0].reason.contains("1 #DIV/0!; the first in H3"), "{:?}", plan.notes);
}

#[test]
fn a_title_above_and_a_note_below_are_no_part_of_the_table() {
    let bench = Bench::new();
    let path = xlsx(&bench, "report.xlsx", |book| {
        let sheet = book.add_worksheet();
        let format = Format::new();
        sheet.merge_range(0, 0, 0, 3, "Northpeak: customers", &format).unwrap();
        lines(sheet, 1, &[&["As of May"]]);
        lines(sheet, 3, &[&["id", "name", "city", "spent"]]);
        lines(sheet, 4, &[&["1", "Ada", "Oslo", "5.5"], &["2", "Bo", "", "7"]]);
        // A gap inside the table, then a row as full as the others.
        lines(sheet, 7, &[&["3", "Cy", "Rome", "1"]]);
        lines(sheet, 9, &[&["Total", "", "", ""], &["Source: CRM"]]);
    });
    let seen = inspect(&path).unwrap();
    assert_eq!(seen.header, ["id", "name", "city", "spent"]);
    assert_eq!(seen.options.skip_lines, Some(3));
    assert_eq!(about(&path, "header").0, "row 4");
    let (source, counts) = bench.load(&path);
    assert_eq!(counts, (5, 3, 2));
    assert_eq!(bench.rows(&source)[2], ["3", "Cy", "Rome", "1.0"]);
    let rejects = bench.rejects(&source);
    assert_eq!((rejects[0].0, rejects[1].0), (10, 11));
    assert!(rejects[0].2.contains("apart"), "{rejects:?}");
}

#[test]
fn merged_header_rows_become_one_name_a_column() {
    let bench = Bench::new();
    let path = xlsx(&bench, "grouped.xlsx", |book| {
        let sheet = book.add_worksheet();
        let format = Format::new();
        sheet.merge_range(0, 0, 1, 0, "ID", &format).unwrap();
        sheet.merge_range(0, 1, 0, 2, "Name", &format).unwrap();
        sheet.merge_range(0, 3, 0, 4, "Order", &format).unwrap();
        lines(sheet, 1, &[&["", "First", "Last", "Count", "Total"]]);
        lines(sheet, 2, &[&["1", "Ada", "Byron", "2", "9.5"], &["2", "Bo", "Ek", "1", "3"]]);
    });
    let seen = inspect(&path).unwrap();
    assert_eq!(seen.header, ["ID", "Name First", "Name Last", "Order Count", "Order Total"]);
    assert_eq!(seen.options.header_rows, Some(2));
    let (_, counts) = bench.load(&path);
    assert_eq!(counts, (2, 2, 0));
    // By hand, one row alone names the columns.
    let one = ReadOptions {
        skip_lines: Some(1),
        header: Some(true),
        header_rows: Some(1),
        ..option("Sheet1")
    };
    let seen = inspect_as(&path, FileFormat::Workbook, &one).unwrap();
    assert_eq!(seen.header, ["column1", "First", "Last", "Count", "Total"]);
}

#[test]
fn a_table_without_header_gets_numbers_and_loses_no_row() {
    let bench = Bench::new();
    let path = xlsx(&bench, "bare.xlsx", |book| {
        lines(book.add_worksheet(), 0, &[&["1", "Ada", "5"], &["2", "Bo", "6"], &["3", "Cy", "7"]]);
    });
    let (source, counts) = bench.load(&path);
    assert_eq!(counts, (3, 3, 0));
    assert_eq!(types(&bench, &source.id)[1].0, "column2");
}

#[test]
fn each_sheet_with_rows_is_offered_and_can_be_chosen() {
    let bench = Bench::new();
    let path = xlsx(&bench, "shop.xlsx", |book| {
        book.add_worksheet().set_name("Notes").unwrap();
        let people = book.add_worksheet().set_name("People").unwrap();
        lines(people, 0, &[&["id", "name"], &["1", "Ada"], &["2", "Bo"]]);
        let orders = book.add_worksheet().set_name("Orders 2026").unwrap();
        lines(orders, 0, &[&["order", "total"], &["1", "9"]]);
        let hidden = book.add_worksheet().set_name("Lists").unwrap().set_hidden(true);
        lines(hidden, 0, &[&["a", "b"], &["1", "2"]]);
    });
    let seen = inspect(&path).unwrap();
    assert_eq!(
        seen.parts.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(),
        ["People", "Orders 2026"]
    );
    assert_eq!(seen.options.sheet.as_deref(), Some("People"));
    let (_, why) = about(&path, "sheet");
    assert!(why.contains("Without rows: Notes") && why.contains("Hidden: Lists"), "{why}");
    let (source, counts) = bench.load_as(&path, FileFormat::Workbook, option("orders 2026"));
    assert_eq!(counts, (1, 1, 0));
    assert_eq!(types(&bench, &source.id)[0], ("order".to_owned(), "BIGINT".to_owned()));
    let missing = inspect_as(&path, FileFormat::Workbook, &option("Ordres")).unwrap_err();
    let said = missing.to_string();
    assert!(said.contains("no sheet Ordres") && said.contains("People"), "{said}");
}

#[test]
fn a_range_cuts_the_table_out() {
    let bench = Bench::new();
    let path = xlsx(&bench, "range.xlsx", |book| {
        let sheet = book.add_worksheet();
        lines(sheet, 0, &[&["id", "name", "", "year", "sales"], &["1", "Ada", "", "2025", "10"]]);
        lines(sheet, 2, &[&["2", "Bo", "", "2026", "20"], &["3", "Cy"]]);
    });
    let range = |text: &str| ReadOptions { range: Some(text.into()), ..ReadOptions::default() };
    let (source, counts) = bench.load_as(&path, FileFormat::Workbook, range("D1:E3"));
    assert_eq!(counts, (2, 2, 0));
    assert_eq!(bench.rows(&source), [["2025", "10"], ["2026", "20"]]);
    let (_, counts) = bench.load_as(&path, FileFormat::Workbook, range("A:B"));
    assert_eq!(counts, (3, 3, 0));
    let wrong = inspect_as(&path, FileFormat::Workbook, &range("E1:D3")).unwrap_err();
    assert!(matches!(wrong, IngestError::Option { option: "range", .. }), "{wrong}");
    let outside = inspect_as(&path, FileFormat::Workbook, &range("X50:Z60")).unwrap_err();
    assert!(matches!(outside, IngestError::NoRows { .. }), "{outside}");
}

#[test]
fn stray_values_and_repeated_headers_are_refused_with_their_row() {
    let bench = Bench::new();
    let path = xlsx(&bench, "stray.xlsx", |book| {
        let sheet = book.add_worksheet();
        lines(sheet, 0, &[&["id", "name"]]);
        for row in 1..400 {
            sheet.write(row, 0, row).unwrap();
            sheet.write(row, 1, format!("n{row}")).unwrap();
        }
        lines(sheet, 200, &[&["id", "name"]]);
        sheet.write(350, 5, "see page 2").unwrap();
    });
    let (source, counts) = bench.load(&path);
    assert_eq!(counts, (399, 397, 2));
    let rejects = bench.rejects(&source);
    assert_eq!((rejects[0].0, rejects[0].2.as_str()), (201, "The header again"));
    assert_eq!(rejects[1].2, "A value right of the table, in F351");
}

/// An ODS file as office programs write it, with repeated and covered cells.
fn ods(content: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let plain = zip::write::SimpleFileOptions::default();
    zip.start_file("mimetype", plain).unwrap();
    zip.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
    zip.start_file("META-INF/manifest.xml", plain).unwrap();
    zip.write_all(b"<?xml version=\"1.0\"?><manifest:manifest/>").unwrap();
    zip.start_file("content.xml", plain).unwrap();
    let office = "urn:oasis:names:tc:opendocument:xmlns";
    write!(
        zip,
        "<?xml version=\"1.0\"?><office:document-content \
         xmlns:office=\"{office}:office:1.0\" xmlns:table=\"{office}:table:1.0\" \
         xmlns:text=\"{office}:text:1.0\"><office:body><office:spreadsheet>{content}\
         </office:spreadsheet></office:body></office:document-content>"
    )
    .unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn an_open_document_sheet_loads_like_any_other() {
    let bench = Bench::new();
    let text = |t: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{t}</text:p></table:table-cell>"
        )
    };
    let float = |v: &str| {
        format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{v}\"><text:p>{v}</text:p></table:table-cell>"
        )
    };
    let date = |v: &str| {
        format!(
            "<table:table-cell office:value-type=\"date\" office:date-value=\"{v}\"><text:p>x</text:p></table:table-cell>"
        )
    };
    let time = "<table:table-cell office:value-type=\"time\" office:time-value=\"PT08H05M00S\"><text:p>x</text:p></table:table-cell>";
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let head = row(&["id", "city", "spent", "born", "opens"].map(text));
    let first = row(&[float("1"), text("Köln"), float("9.5"), date("2026-05-01"), time.into()]);
    let gap = "<table:table-cell table:number-columns-repeated=\"2\"/>".to_owned();
    let second = row(&[float("2"), gap, date("2026-05-02T10:00:00"), time.into()]);
    let content = format!("<table:table table:name=\"Kunden\">{head}{first}{second}</table:table>");
    let path = bench.file("kunden.ods", &ods(&content));
    let (source, counts) = bench.load(&path);
    assert_eq!(counts, (2, 2, 0));
    let rows = bench.rows(&source);
    assert_eq!(rows[0], ["1", "Köln", "9.5", "2026-05-01 00:00:00", "08:05:00"]);
    assert_eq!(rows[1], ["2", "-", "-", "2026-05-02 10:00:00", "08:05:00"]);
    assert_eq!(about(&path, "sheet").0, "Kunden");
}

#[test]
fn what_is_no_readable_workbook_says_so() {
    let bench = Bench::new();
    let empty = xlsx(&bench, "empty.xlsx", |book| {
        book.add_worksheet();
    });
    assert!(matches!(inspect(&empty).unwrap_err(), IngestError::Empty { .. }));
    let header =
        xlsx(&bench, "header.xlsx", |book| lines(book.add_worksheet(), 0, &[&["id", "name"]]));
    let error = inspect(&header).unwrap_err();
    assert!(matches!(error, IngestError::NoRows { .. }), "{error}");

    let good = xlsx(&bench, "good.xlsx", |book| {
        for row in 0..2000 {
            lines(book.add_worksheet_or(row), row, &[&["a", "1"]]);
        }
    });
    let bytes = std::fs::read(&good).unwrap();
    let cut = bench.file("cut.xlsx", &bytes[..bytes.len() / 2]);
    let error = inspect(&cut).unwrap_err();
    assert!(matches!(error, IngestError::Damaged { .. }), "{error}");

    // What a workbook becomes when it is saved with a password: an OLE file with this stream.
    let mut locked = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    locked.resize(4096, 0);
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    locked.resize(8192, 0);
    let error = inspect(&bench.file("locked.xlsx", &locked)).unwrap_err();
    assert!(matches!(error, IngestError::Locked { .. }), "{error}");
    assert!(error.to_string().contains("password"), "{error}");
}

trait FirstSheet {
    fn add_worksheet_or(&mut self, row: u32) -> &mut Worksheet;
}

impl FirstSheet for Workbook {
    /// The first sheet, made with the first row.
    fn add_worksheet_or(&mut self, row: u32) -> &mut Worksheet {
        if row == 0 { self.add_worksheet() } else { self.worksheet_from_index(0).unwrap() }
    }
}

#[test]
fn rows_that_go_backwards_are_read_all_the_same() {
    let bench = Bench::new();
    let path = xlsx(&bench, "back.xlsx", |book| lines(book.add_worksheet(), 0, &[&["a", "b"]]));
    let mut archive = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).unwrap();
        if part.name().unwrap() != "xl/worksheets/sheet1.xml" {
            out.raw_copy_file(part).unwrap();
        }
    }
    let cells = ["A1", "B1", "A2", "B2", "A1", "B3"];
    let cells = cells.map(|at| format!("<row><c r=\"{at}\"><v>7</v></c></row>")).concat();
    let options = zip::write::SimpleFileOptions::default();
    out.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    write!(out, "<worksheet><sheetData>{cells}</sheetData></worksheet>").unwrap();
    let path = bench.file("back.xlsx", &out.finish().unwrap().into_inner());
    for rows in 1..5 {
        let options = ReadOptions { header_rows: Some(rows), ..ReadOptions::default() };
        // Whether it is a table or none is said, and nothing ends the program.
        drop(inspect_as(&path, FileFormat::Workbook, &options));
    }
}
