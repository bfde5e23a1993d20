//! Columns of numbers and dates: read as they are said to be written, or refused with a reason.

mod bench;

use bench::Bench;
use kith_ingest::{IngestError, check_row, inspect, inspect_as};
use kith_model::column_format::{ColumnFormat, DateOrder};
use kith_model::repair::Repair;
use kith_model::source::{FileFormat, ReadOptions};

const ORDERS: &str = "id;total;at;note\n1;1.234,50;01.03.2024 10:00;a\n2;12,00;02.03.2024 \
    10:00 +03:00;b\n3;n/a;03.03.2024 10:00;c\n4;7,5;31.02.2024 10:00;d\n5;;;\n6;0,5;31.03.2024 \
    12:00 CEST;f\n7;1,0;04.03.2024 10:00 EST;g\n";

fn options() -> ReadOptions {
    let columns = [
        ("total", ColumnFormat::Number { decimal: ',', thousands: Some('.') }),
        (
            "at",
            ColumnFormat::Moment {
                order: DateOrder::DayFirst,
                zone: Some("Europe/Oslo".to_owned()),
            },
        ),
    ];
    let columns = columns.map(|(name, format)| (name.to_owned(), format)).into();
    ReadOptions { columns, ..ReadOptions::default() }
}

#[test]
fn values_become_numbers_and_moments_or_their_rows_are_refused() {
    let bench = Bench::new();
    let path = bench.file("orders.csv", ORDERS.as_bytes());
    let (source, counts) = bench.load_as(&path, FileFormat::Delimited, options());
    assert_eq!(counts, (7, 4, 3));
    let rows = bench.rows(&source);
    assert_eq!(rows[0], ["1", "1234.5", "2024-03-01 09:00:00", "Europe/Oslo", "a"]);
    assert_eq!(rows[1], ["2", "12.0", "2024-03-02 07:00:00", "+03:00", "b"]);
    assert_eq!(rows[2], ["5", "-", "-", "-", "-"]);
    assert_eq!(rows[3], ["6", "0.5", "2024-03-31 10:00:00", "CEST", "f"]);
    let reasons: Vec<_> = bench.rejects(&source).into_iter().map(|r| (r.0, r.2)).collect();
    assert_eq!(reasons.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 5, 8]);
    assert!(reasons[0].1.contains("1.234,5"), "{reasons:?}");
    assert!(reasons[2].1.contains("EST has several meanings"), "{reasons:?}");
}

#[test]
fn a_refused_value_is_put_right_by_hand() {
    let bench = Bench::new();
    let path = bench.file("orders.csv", ORDERS.as_bytes());
    let (source, _) = bench.load_as(&path, FileFormat::Delimited, options());
    let good = "3;99,25;03.03.2024 10:00;c";
    assert_eq!(check_row(&source, &path, good).unwrap().refused, None);
    let bad = check_row(&source, &path, "3;x;03.03.2024 10:00;c").unwrap();
    assert!(bad.refused.is_some_and(|why| why.contains("number")));
    let was = "3;n/a;03.03.2024 10:00;c".to_owned();
    let repairs = [Repair { line: 4, was, text: good.to_owned() }];
    let scratch = bench.folder.path().join("s");
    let plan =
        kith_ingest::load_watched(&source, &path, &scratch, &repairs, &kith_model::Quiet).unwrap();
    assert_eq!((plan.rows_in, plan.rejected, plan.repaired), (Some(7), 2, 1));
}

#[test]
fn the_inspector_says_what_each_column_would_come_to() {
    let bench = Bench::new();
    let path = bench.file("orders.csv", ORDERS.as_bytes());
    let seen = inspect_as(&path, FileFormat::Delimited, &options()).unwrap();
    assert_eq!(seen.header, ["id", "total", "at", "at zone", "note"]);
    let types: Vec<_> = seen.columns.iter().map(|column| column.sql_type.as_str()).collect();
    assert_eq!(types, ["VARCHAR", "DOUBLE", "TIMESTAMP", "VARCHAR", "VARCHAR"]);
    assert_eq!(seen.rows.len(), 4);
    let said = |about: &str| seen.evidence.iter().find(|e| e.about == about).unwrap();
    assert_eq!(said("column total").value, "numbers like 1.234,5");
    assert!(said("column total").reason.starts_with("1 of the first 7 rows refused"));
    assert!(said("column at").reason.starts_with("2 of the first 7 rows refused"));

    let wrong = |name: &str, format| {
        let columns = [(name.to_owned(), format)].into();
        let options = ReadOptions { columns, ..ReadOptions::default() };
        inspect_as(&path, FileFormat::Delimited, &options).unwrap_err()
    };
    let zone = |zone: &str| {
        let zone = Some(zone.to_owned());
        ColumnFormat::Moment { order: DateOrder::DayFirst, zone }
    };
    for error in [wrong("at", zone("Europe/Olso")), wrong("at", zone("EST"))] {
        assert!(matches!(error, IngestError::Option { option: "zone", .. }), "{error}");
    }
    let error = wrong("nothing", zone("UTC"));
    assert!(matches!(error, IngestError::Option { option: "columns", .. }), "{error}");
    // Left alone, a column stays text.
    assert!(inspect(&path).unwrap().columns.iter().all(|c| c.sql_type == "VARCHAR"));
}
