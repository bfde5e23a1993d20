//! Files on disk, loaded into a real database: nothing is lost, nothing is silent.

mod bench;

use bench::Bench;
use kith_ingest::{IngestError, forget, inspect, inspect_as, load, profile, profile_sql};
use kith_model::source::{ColumnInfo, FileFormat, ReadOptions, Source};
use kith_model::{Column, FileRef, Quiet, SourceId};
use kith_sql::Step;
use std::io::Write;

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn a_clean_file_is_read_where_it_lies() {
    let bench = Bench::new();
    let path =
        bench.file("o[1] it's.csv", b"Id,Zip,Note\n'901,01234,\"a,\"\"b\"\"\nc\"\n2,,\"\"\n");
    let (source, counts) = bench.load(&path);
    assert_eq!(counts, (2, 2, 0));
    assert_eq!(bench.rows(&source), [["'901", "01234", "a,\"b\"\nc"], ["2", "-", "-"]]);
    let numbers = bench.frame(&format!("SELECT _row FROM src.{}", source.id));
    assert_eq!(numbers.columns[0].1, Column::Int(vec![Some(0), Some(1)]));
    assert!(!bench.folder.path().join("scratch").exists(), "no scratch file was needed");
}

#[test]
fn bad_rows_become_rejects_with_line_column_and_reason() {
    let bench = Bench::new();
    let mut bytes = b"id;name;city\r\n1;Ada;Oslo\r\n2;Grace\r\n3;Mary;Rome;extra\r\n".to_vec();
    bytes.extend(b"4;Jos\xe9;Lyon\r\n5;\"never closed;Bonn\r\n6;Joan;K\xc3\xb6ln\r\n7;Z\0e;Graz\r\n\r\n8;Eve;Bern");
    let path = bench.file("mixed.csv", &bytes);
    let options = ReadOptions {
        encoding: Some("utf-8".into()),
        quote: Some("\"".into()),
        ..ReadOptions::default()
    };
    let (source, counts) = bench.load_as(&path, FileFormat::Delimited, options);
    assert_eq!(counts, (8, 3, 5));
    assert_eq!(
        bench.rows(&source),
        [["1", "Ada", "Oslo"], ["6", "Joan", "Köln"], ["8", "Eve", "Bern"]]
    );
    let expected = [
        (3, "city", "2 fields where 3 are expected"),
        (4, "-", "4 fields where 3 are expected"),
        (5, "name", "Byte 0xE9 is not UTF-8"),
        (6, "-", "A quote opened here is never closed"),
        (8, "name", "A NUL byte"),
    ];
    let expected = expected.map(|(l, c, r)| (l, c.to_owned(), r.to_owned()));
    assert_eq!(bench.rejects(&source), expected);
    let at = bench.frame("SELECT byte, raw FROM src.reject WHERE line = 3");
    assert_eq!(at.columns[0].1, Column::Int(vec![Some(26)]));
    assert_eq!(at.columns[1].1, Column::Text(vec![Some("2;Grace")].into()));
}

#[test]
fn a_stray_quote_swallows_one_line_only() {
    let bench = Bench::new();
    let text = "id,size,colour\n1,\"5 inch,red\n2,6 inch,blue\n3,\"7 inch\",red\n4,8 inch,red\n";
    let path = bench.file("pipes.csv", text.as_bytes());
    let options = ReadOptions {
        delimiter: Some(",".into()),
        quote: Some("\"".into()),
        ..ReadOptions::default()
    };
    let (source, counts) = bench.load_as(&path, FileFormat::Delimited, options);
    assert_eq!(counts, (4, 3, 1));
    assert_eq!(bench.rejects(&source)[0].0, 2);
}

#[test]
fn every_encoding_gives_the_same_rows() {
    let bench = Bench::new();
    let text = "name;city\r\nJürgen Größe;Köln\r\nÅsa;Malmö\r\nFrançois;Orléans\r\n";
    let utf16 = |to: fn(u16) -> [u8; 2], bom: &[u8]| {
        let units: Vec<u8> = text.encode_utf16().flat_map(to).collect();
        [bom, &units].concat()
    };
    let (latin, ..) = encoding_rs::WINDOWS_1252.encode(text);
    let files: [(&str, Vec<u8>); 6] = [
        ("utf8.csv", text.as_bytes().to_vec()),
        ("bom.csv", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("le.csv", utf16(u16::to_le_bytes, b"\xff\xfe")),
        ("be.csv", utf16(u16::to_be_bytes, b"\xfe\xff")),
        ("be_bare.csv", utf16(u16::to_be_bytes, b"")),
        ("latin.csv.gz", gz(&latin)),
    ];
    for (name, bytes) in files {
        let (source, counts) = bench.load(&bench.file(name, &bytes));
        assert_eq!(counts, (3, 3, 0), "{name}");
        let rows = bench.rows(&source);
        assert_eq!(rows[0], ["Jürgen Größe", "Köln"], "{name}");
        assert_eq!(rows[2], ["François", "Orléans"], "{name}");
        let header = bench.store.columns(&format!("SELECT * FROM src.{}", source.id)).unwrap();
        assert_eq!(header[0].name, "name", "{name}");
    }
}

#[test]
fn packed_files_load() {
    let bench = Bench::new();
    let text = b"id,name\n1,Ada\n2,Grace\n";
    let zst = zstd::encode_all(&text[..], 1).unwrap();
    for (name, bytes) in [("a.csv.gz", gz(text)), ("b.csv.zst", zst), ("c.csv", gz(text))] {
        let (source, counts) = bench.load(&bench.file(name, &bytes));
        assert_eq!(counts, (2, 2, 0), "{name}");
        assert_eq!(bench.rows(&source)[1], ["2", "Grace"]);
    }
    let cut = bench.file("cut.csv.gz", &gz(&text.repeat(4000))[..60]);
    assert!(matches!(inspect(&cut).unwrap_err(), IngestError::Damaged { .. }));
}

#[test]
fn a_header_alone_tells_the_line_break() {
    let bench = Bench::new();
    let (source, counts) = bench.text("short.csv", "a,b,c\r\n,1,");
    assert_eq!(counts, (1, 1, 0));
    assert_eq!(bench.rows(&source), [["-", "1", "-"]]);
}

/// A monitor whose cancel button was pressed long ago.
struct Cancelled;

impl kith_model::Monitor for Cancelled {
    fn progress(&self, _done: f32, _doing: &str) {}
    fn metric(&self, _metric: kith_model::Metric) {}
    fn cancelled(&self) -> bool {
        true
    }
}

#[test]
fn a_cancelled_load_leaves_nothing_behind() {
    let bench = Bench::new();
    let path = bench.file("latin.csv", b"a;b\nJos\xe9;1\nAda;2\n");
    let source = Source {
        id: SourceId("latin".into()),
        title: "latin.csv".into(),
        file: FileRef(String::new()),
        format: FileFormat::Delimited,
        options: ReadOptions::default(),
        preset: None,
    };
    let scratch = bench.folder.path().join("scratch");
    let error = kith_ingest::load_watched(&source, &path, &scratch, &[], &Cancelled).unwrap_err();
    assert_eq!(error, IngestError::Cancelled);
    assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 0);
}

#[test]
fn a_report_with_a_preamble_loads() {
    let bench = Bench::new();
    let text = "# ----------------------------------------\n# Traffic acquisition: Session primary channel group\n# Account: Northpeak\n# ----------------------------------------\n#\n# All Users\n# Start date: 20260501\n\nSession primary channel group,Active users,Sessions\nDirect,\"1,025\",2048\nOrganic Search,800,\"1,900\"\nEmail,31,40\n";
    let (source, counts) = bench.text("ga4.csv", text);
    assert_eq!(counts, (3, 3, 0));
    assert_eq!(bench.rows(&source)[0], ["Direct", "1,025", "2048"]);
}

#[test]
fn other_dialects_load() {
    let bench = Bench::new();
    for (name, text) in [
        ("double.txt", "id||name||city\n1||Ada, B||Oslo\n2||Grace||Rome\n"),
        ("apostrophe.csv", "id,name,city\n1,'Ada, B',Oslo\n2,'Grace, C',Rome\n"),
        ("mac.csv", "id,name,city\r1,\"Ada, B\",Oslo\r2,Grace,Rome\r"),
        ("spaced.csv", "id, name, city\n1, \"Ada, B\", Oslo\n2, \"Grace\", Rome\n"),
        ("tabs.tsv", "id\tname\tcity\n1\tAda, B\tOslo\n2\tGrace\tRome\n"),
        (
            "slash.csv",
            "id,name,city\n1,\"Ada, B \\\"x\\\", y\",Oslo\n2,\"Grace, \\\"z\\\", w\",Rome\n",
        ),
    ] {
        let (source, counts) = bench.text(name, text);
        assert_eq!(counts, (2, 2, 0), "{name}");
        let row = &bench.rows(&source)[0];
        assert_eq!((row[0].as_str(), row[2].trim()), ("1", "Oslo"), "{name}");
        assert!(row[1].starts_with("Ada, B"), "{name}: {row:?}");
    }
}

#[test]
fn one_column_is_said_aloud_and_loads_when_wanted() {
    let bench = Bench::new();
    let path = bench.file("mails.csv", b"email\na@example.org\nb@example.org\n");
    let detected = inspect(&path).unwrap();
    let said = |about: &str| detected.evidence.iter().find(|e| e.about == about).unwrap();
    assert_eq!(said("columns").value, "1");
    assert!(said("columns").reason.contains("Only one column"));
    assert!(said("delimiter").reason.contains("one column"));
    let (source, counts) = bench.load(&path);
    assert_eq!(counts, (2, 2, 0));
    assert_eq!(bench.rows(&source)[1], ["b@example.org"]);
}

#[test]
fn json_lines_keep_their_nesting_and_digits() {
    let bench = Bench::new();
    let text = concat!(
        "{\"at\":1714521600000001,\"id\":\"007\",\"params\":[{\"key\":\"page\",\"value\":{\"s\":\"/x\"}}]}\n",
        "\n",
        "{\"at\":9007199254740993,\"id\":\"8\",\"params\":[{\"key\":\"n\",\"value\":{\"i\":5}}],\"big\":18446744073709551615}\r\n",
        "{\"at\":1,\"id\":\"9\",\"params\":[}\n",
        "{\"at\":1,\"at\":2}\n",
        "[1,2]\n",
        "{\"at\":3,\"id\":\"2026-05-01\",\"user\":{\"vip\":true}}"
    );
    let (source, counts) = bench.text("events.ndjson", text);
    assert_eq!(counts, (6, 3, 3));
    let lines: Vec<_> = bench.rejects(&source).into_iter().map(|(line, ..)| line).collect();
    assert_eq!(lines, [4, 5, 6]);
    assert!(bench.rejects(&source)[1].2.contains("twice"));
    let columns = bench.store.columns("SELECT * FROM src.events_ndjson").unwrap();
    let types: Vec<_> = columns.iter().map(|c| format!("{} {}", c.name, c.sql_type)).collect();
    assert_eq!(
        types,
        [
            "at BIGINT",
            "id VARCHAR",
            "params STRUCT(\"key\" VARCHAR, \"value\" STRUCT(s VARCHAR, i BIGINT))[]",
            "big HUGEINT",
            "\"user\" STRUCT(vip BOOLEAN)".trim_matches('"').replace('"', "").as_str(),
            "_row BIGINT"
        ]
    );
    let exact = bench.frame(
        "SELECT \"at\"::VARCHAR, big::VARCHAR, params[1].value.i FROM src.events_ndjson WHERE id = '8'",
    );
    assert_eq!(exact.columns[0].1, Column::Text(vec![Some("9007199254740993")].into()));
    assert_eq!(exact.columns[1].1, Column::Text(vec![Some("18446744073709551615")].into()));
    assert_eq!(exact.columns[2].1, Column::Int(vec![Some(5)]));
}

#[test]
fn clean_json_lines_are_read_where_they_lie() {
    let bench = Bench::new();
    let lines: String = (0..5000).map(|i| format!("{{\"n\":{i},\"_row\":1}}\n")).collect();
    for (name, bytes) in
        [("a.ndjson", lines.clone().into_bytes()), ("b.jsonl.gz", gz(lines.as_bytes()))]
    {
        let (source, counts) = bench.load(&bench.file(name, &bytes));
        assert_eq!(counts, (5000, 5000, 0));
        let wrong =
            format!("SELECT count(*) FROM src.{} WHERE n <> _row OR _row_2 <> 1", source.id);
        assert_eq!(bench.store.value_i64(&wrong).unwrap(), 0);
    }
    assert!(!bench.folder.path().join("scratch").exists());
}

#[test]
fn json_that_no_table_can_hold_is_named() {
    let bench = Bench::new();
    let clash = bench.file("clash.ndjson", b"{\"Id\":1}\n{\"Id\":2,\"id\":3}\n");
    let source = Source {
        id: SourceId("clash".into()),
        title: "clash".into(),
        file: FileRef(String::new()),
        format: FileFormat::Ndjson,
        options: ReadOptions::default(),
        preset: None,
    };
    let error = load(&source, &clash, bench.folder.path()).unwrap_err();
    assert_eq!(
        error,
        IngestError::FieldClash { file: "clash.ndjson".into(), line: 2, field: "id".into() }
    );
    let whole = bench.file("whole.json", b"[\n  {\"id\": 1},\n  {\"id\": 2}\n]\n");
    let lines = inspect_as(&whole, FileFormat::Ndjson, &ReadOptions::default());
    assert!(matches!(lines.unwrap_err(), IngestError::JsonDocument { .. }));
    let empty = bench.text("odd.ndjson", "{}\n{}\nnope\n");
    assert_eq!(empty.1, (3, 2, 1));
    let source = Source { id: SourceId("reject".into()), ..source };
    assert!(matches!(
        load(&source, &clash, bench.folder.path()),
        Err(IngestError::ReservedName(_))
    ));
}

#[test]
fn parquet_is_taken_as_it_is() {
    let bench = Bench::new();
    let path = bench.folder.path().join("p[2].parquet");
    let select = "SELECT i AS n, {'a': i} AS s, 99 AS _row FROM range(10) AS r(i)";
    bench.store.copy_parquet(select, &path, &[], &Quiet).unwrap();
    let preview = bench.store.columns(&kith_ingest::parquet_preview_sql(&path)).unwrap();
    assert_eq!(preview.len(), 3);
    let (source, counts) = bench.load(&path);
    assert_eq!(counts, (10, 10, 0));
    let wrong = format!("SELECT count(*) FROM src.{} WHERE n <> _row OR s.a <> n", source.id);
    assert_eq!(bench.store.value_i64(&wrong).unwrap(), 0);

    let bytes = std::fs::read(&path).unwrap();
    let cut = bench.file("cut.parquet", &bytes[..bytes.len() - 9]);
    assert!(matches!(inspect(&cut).unwrap_err(), IngestError::Damaged { .. }));
}

#[test]
fn loading_again_replaces_and_forgetting_removes() {
    let bench = Bench::new();
    bench.text("a.csv", "id,name\n1,Ada\n2\n");
    let (source, counts) = bench.text("a.csv", "id,name\n1,Ada\n2,Grace\n3\n");
    assert_eq!(counts, (3, 2, 1));
    bench.text("b.csv", "id,name\n1\n2,x\n3,y\n");
    bench.store.run(&forget(&source.id), &Quiet).unwrap();
    let left = bench.store.frame("SELECT DISTINCT source FROM src.reject", &Quiet).unwrap();
    assert_eq!(left.columns[0].1, Column::Text(vec![Some("b_csv")].into()));
    assert_eq!(bench.store.tables().unwrap().len(), 2);
}

#[test]
fn unusable_files_say_what_where_and_what_to_do() {
    let bench = Bench::new();
    let refused = |name: &str, bytes: &[u8]| inspect(&bench.file(name, bytes)).unwrap_err();
    assert!(matches!(refused("empty.csv", b""), IngestError::Empty { .. }));
    assert!(matches!(refused("blank.csv", b" \n\n"), IngestError::Empty { .. }));
    let zeros: Vec<u8> = (0..5000_u32).flat_map(u32::to_le_bytes).collect();
    assert!(matches!(refused("binary.csv", &zeros), IngestError::Binary { .. }));
    let sheet = refused("book.csv", b"PK\x03\x04rest").to_string();
    assert!(sheet.contains("book.csv is damaged"), "{sheet}");
    assert_eq!(
        refused("head.csv", b"id,name\n"),
        IngestError::NoRows { file: "head.csv".into(), line: 1 }
    );
    let missing = bench.folder.path().join("gone.csv");
    assert_eq!(inspect(&missing).unwrap_err(), IngestError::Missing { file: "gone.csv".into() });
    let path = bench.file("x.csv", b"a,b\n1,2\n");
    let options = ReadOptions { quote: Some("''".into()), ..ReadOptions::default() };
    let error = inspect_as(&path, FileFormat::Delimited, &options).unwrap_err();
    assert!(matches!(error, IngestError::Option { option: "quote", .. }));
    for error in [refused("empty.csv", b""), error] {
        assert!(!error.to_string().contains('/'), "no folder: {error}");
    }
}

#[test]
fn options_set_by_hand_win() {
    let bench = Bench::new();
    let path = bench.file("odd.txt", b"title\nAda;1,5\nGrace;2,5\n");
    let options = ReadOptions {
        delimiter: Some(",".into()),
        header: Some(false),
        skip_lines: Some(1),
        ..ReadOptions::default()
    };
    let detected = inspect_as(&path, FileFormat::Delimited, &options).unwrap();
    assert_eq!(detected.header, ["column1", "column2"]);
    assert_eq!(detected.rows[0], [Some("Ada;1".to_owned()), Some("5".to_owned())]);
    let again = inspect_as(&path, FileFormat::Delimited, &detected.options).unwrap();
    assert_eq!((again.header, again.rows), (detected.header, detected.rows));
    let said = detected.evidence.iter().find(|e| e.about == "delimiter").unwrap();
    assert!(said.reason.starts_with("Set by hand. Detected: ;."), "{}", said.reason);
}

#[test]
fn a_loaded_file_keeps_the_reasons_of_detection() {
    let bench = Bench::new();
    let path = bench.file("plain.csv", b"id;when\n1;2026-05-01\n2;2026-06-01\n3;2026-07-01\n");
    let detected = inspect(&path).unwrap();
    let again = inspect_as(&path, FileFormat::Delimited, &detected.options).unwrap();
    assert_eq!(again.evidence, detected.evidence);
    assert!(detected.evidence.iter().all(|e| !e.reason.contains("by hand")));
    let dates = detected.evidence.iter().find(|e| e.about == "dates").unwrap();
    assert_eq!(dates.value, "YYYY-MM-DD");
}

#[test]
fn a_large_file_is_read_in_parts_as_in_one_go() {
    let bench = Bench::new();
    let row = |i: u64| match i % 7 {
        0 => format!("{i},\"first, of\nseveral \"\"lines\"\"\",x\n"),
        _ => format!("{i},plain text number {i},y\n"),
    };
    let text: String = (0..600_000).map(row).collect();
    assert!(text.len() > 12_000_000);
    let (source, counts) = bench.text("large.csv", &format!("id,text,z\n{text}"));
    assert_eq!(counts, (600_000, 600_000, 0));
    let wrong = format!("SELECT count(*) FROM src.{} WHERE id::BIGINT <> _row", source.id);
    assert_eq!(bench.store.value_i64(&wrong).unwrap(), 0);
    assert!(!bench.folder.path().join("scratch").exists(), "it is clean");
    // One bad row far in: nothing is lost, and its line is known.
    let spoiled = text.replace("500001,plain", "500001;plain");
    let (source, counts) = bench.text("spoiled.csv", &format!("id,text,z\n{spoiled}"));
    assert_eq!(counts, (600_000, 599_999, 1));
    assert!(bench.rejects(&source)[0].2.contains("2 fields"));
    // A quoted field longer than a part hides every cut.
    let long = format!("id,text,z\n1,\"{}\",x\n2,a,b\n", "a,b,c\n".repeat(1_000_000));
    let (_, counts) = bench.text("long.csv", &long);
    assert_eq!(counts, (2, 2, 0));
}

#[test]
fn columns_are_profiled() {
    let bench = Bench::new();
    let lines: String = (0..100)
        .map(|i| {
            format!("{i},{},2026-05-{:02},x\n", if i % 4 == 0 { "" } else { "red" }, 1 + i % 28)
        })
        .collect();
    let (source, _) = bench.text("p.csv", &format!("id,colour,day,same\n{lines}"));
    let columns = bench.store.columns("SELECT * FROM src.p_csv").unwrap();
    let frames: Vec<_> = profile_sql(&source, &columns).iter().map(|q| bench.frame(q)).collect();
    let found = profile(&columns, &frames).unwrap();
    let (id, colour, day) = (&found[0], &found[1], &found[2]);
    assert_eq!((id.missing, id.distinct), (0, 100));
    assert_eq!((id.min.as_deref(), id.max.as_deref()), (Some("0"), Some("99")));
    assert_eq!(id.histogram.iter().sum::<u64>(), 100);
    assert_eq!((colour.missing, colour.top.clone()), (25, vec![("red".to_owned(), 75)]));
    assert!(colour.histogram.is_empty());
    assert_eq!(day.min.as_deref(), Some("2026-05-01"));
    assert_eq!(day.histogram.iter().sum::<u64>(), 100);
    assert_eq!(found[3].distinct, 1);
    assert_eq!(found[4].name, "_row");

    let nested = bench.text("n.ndjson", "{\"a\":[1,2],\"b\":true}\n{\"a\":[1,2]}\n").0;
    let columns: Vec<ColumnInfo> = bench.store.columns("SELECT * FROM src.n_ndjson").unwrap();
    let frames: Vec<_> = profile_sql(&nested, &columns).iter().map(|q| bench.frame(q)).collect();
    let found = profile(&columns, &frames).unwrap();
    assert_eq!(found[0].top, [("[1,2]".to_owned(), 2)]);
    assert_eq!((found[1].missing, found[1].min.as_deref()), (1, Some("true")));
}

#[test]
fn a_load_that_fails_leaves_the_rows_before_and_nothing_else() {
    let bench = Bench::new();
    let (source, _) = bench.text("a.csv", "id,name\n1,Ada\n2,Bo\n");
    let path = bench.file("a.csv", b"id,name\n3,Cy\n");
    let plan = load(&source, &path, &bench.folder.path().join("scratch")).unwrap();
    let broken = plan.pipeline.clone().then(Step::statement("break", "SELECT error('no')"));
    bench.store.run(&broken, &Quiet).unwrap_err();
    bench.store.run(plan.release.as_ref().unwrap(), &Quiet).unwrap();
    assert_eq!(bench.rows(&source), [["1", "Ada"], ["2", "Bo"]]);
    let names: Vec<_> = bench.store.tables().unwrap().into_iter().map(|t| t.name).collect();
    assert_eq!(names, ["a_csv", "reject"]);
    bench.store.run(&plan.pipeline, &Quiet).unwrap();
    assert_eq!(bench.rows(&source), [["3", "Cy"]]);
}
