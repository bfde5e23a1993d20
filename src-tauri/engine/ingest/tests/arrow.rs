//! Arrow's files and streams: their types, what packs them, and what is wrong with cut-off ones.

mod bench;

use arrow::array::{
    Array, ArrayRef, BinaryArray, Date32Array, Decimal128Array, DictionaryArray, Int64Array,
    ListArray, RecordBatch, StringArray, StructArray, TimestampMicrosecondArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Int32Type};
use arrow::ipc::CompressionType;
use arrow::ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use bench::Bench;
use kith_ingest::{IngestError, inspect, inspect_as};
use kith_model::source::{FileFormat, ReadOptions};
use std::sync::Arc;

fn batch(from: i64) -> RecordBatch {
    let ids = Int64Array::from_iter((from..from + 3).map(Some));
    let names = StringArray::from(vec![Some("Ada, \"A\""), None, Some("")]);
    let kinds: DictionaryArray<Int32Type> =
        vec![Some("gold"), Some("none"), None].into_iter().collect();
    let at = TimestampMicrosecondArray::from(vec![Some(1_709_287_200_000_000), None, Some(-1)]);
    let days = Date32Array::from(vec![Some(19_783), Some(-1), None]);
    let prices = Decimal128Array::from(vec![Some(1250), Some(-5), None]);
    let tags = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![
        Some(vec![Some(1), None]),
        Some(vec![]),
        None,
    ]);
    let city: ArrayRef = Arc::new(StringArray::from(vec![Some("Oslo"), Some("Köln"), None]));
    let place = StructArray::new(
        vec![Field::new("city", DataType::Utf8, true)].into(),
        vec![city],
        Some(vec![true, false, true].into()),
    );
    let columns: [(&str, ArrayRef); 9] = [
        ("id", Arc::new(ids)),
        ("name", Arc::new(names)),
        ("kind", Arc::new(kinds)),
        ("at", Arc::new(at.with_timezone("Europe/Oslo"))),
        ("day", Arc::new(days)),
        ("price", Arc::new(prices.with_precision_and_scale(10, 2).unwrap())),
        ("tags", Arc::new(tags)),
        ("geo", Arc::new(place)),
        ("raw", Arc::new(BinaryArray::from(vec![Some(&b"\x00\xff"[..]), None, None]))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
        .unwrap()
}

fn packed(by: Option<CompressionType>) -> IpcWriteOptions {
    IpcWriteOptions::default().try_with_compression(by).unwrap()
}

fn file(by: Option<CompressionType>) -> Vec<u8> {
    let schema = batch(0).schema();
    let mut writer = FileWriter::try_new_with_options(Vec::new(), &schema, packed(by)).unwrap();
    writer.write(&batch(1)).unwrap();
    writer.write(&batch(4)).unwrap();
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

fn stream() -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batch(0).schema()).unwrap();
    writer.write(&batch(1)).unwrap();
    writer.write(&batch(4)).unwrap();
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn types_structures_and_missing_values() {
    let bench = Bench::new();
    let path = bench.file("people.arrow", &file(None));
    let seen = inspect(&path).unwrap();
    assert_eq!(seen.format, FileFormat::Arrow);
    let types: Vec<_> =
        seen.columns.iter().map(|c| (c.name.as_str(), c.sql_type.as_str())).collect();
    let expected = [
        ("id", "BIGINT"),
        ("name", "VARCHAR"),
        ("kind", "VARCHAR"),
        ("at", "TIMESTAMP"),
        ("day", "DATE"),
        ("price", "DECIMAL(10,2)"),
        ("tags", "VARCHAR"),
        ("geo.city", "VARCHAR"),
        ("raw", "VARCHAR"),
    ];
    assert_eq!(types, expected);
    let zone = seen.evidence.iter().find(|e| e.about == "column at").unwrap();
    assert!(zone.reason.contains("Europe/Oslo"));
    let (source, counts) = bench.load(&path);
    assert_eq!(counts, (6, 6, 0));
    let rows = bench.rows(&source);
    let first = ["1", "Ada, \"A\"", "gold", "2024-03-01 10:00:00", "2024-03-01", "12.50"];
    assert_eq!(rows[0][..6], first);
    assert_eq!(rows[0][6..], ["[1,null]", "Oslo", "\\x00ff"]);
    assert_eq!(rows[1], ["2", "-", "none", "-", "1969-12-31", "-0.05", "[]", "-", "-"]);
    assert_eq!(rows[5][..4], ["6", "", "-", "1969-12-31 23:59:59.999999"]);
    assert_eq!(seen.rows[4][0].as_deref(), Some("5"));
}

#[test]
fn dictionaries_without_values_and_inside_lists() {
    let bench = Bench::new();
    let empty: DictionaryArray<Int32Type> = vec![None::<&str>, None].into_iter().collect();
    let kinds: DictionaryArray<Int32Type> =
        vec![Some("gold"), None, Some("tin")].into_iter().collect();
    let field = Arc::new(Field::new("item", kinds.data_type().clone(), true));
    let lists = ListArray::new(field, OffsetBuffer::from_lengths([2, 1]), Arc::new(kinds), None);
    let columns: [(&str, ArrayRef); 2] = [("none", Arc::new(empty)), ("lists", Arc::new(lists))];
    let columns = columns.map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let mut writer = FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    let path = bench.file("kinds.arrow", &writer.into_inner().unwrap());
    let (source, counts) = bench.load(&path);
    assert_eq!(counts, (2, 2, 0));
    assert_eq!(bench.rows(&source), [["-", "[\"gold\",null]"], ["-", "[\"tin\"]"]]);
}

#[test]
fn streams_packed_batches_and_packed_files_are_the_same() {
    let bench = Bench::new();
    let (source, _) = bench.load(&bench.file("plain.feather", &file(None)));
    let plain = bench.rows(&source);
    let zst = zstd::encode_all(&file(None)[..], 1).unwrap();
    for (name, bytes) in [
        ("lz4.feather", file(Some(CompressionType::LZ4_FRAME))),
        ("zstd.arrow", file(Some(CompressionType::ZSTD))),
        ("stream.arrows", stream()),
        ("outside.arrow.zst", zst),
    ] {
        let (source, counts) = bench.load(&bench.file(name, &bytes));
        assert_eq!((bench.rows(&source), counts), (plain.clone(), (6, 6, 0)), "{name}");
    }
}

#[test]
fn a_file_that_is_cut_off_is_named_with_the_way_out() {
    let bench = Bench::new();
    let whole = file(Some(CompressionType::LZ4_FRAME));
    for length in [20, 200, whole.len() / 2, whole.len() - 40, whole.len() - 3] {
        let path = bench.file("cut.arrow", &whole[..length]);
        let scratch = bench.folder.path().join("s");
        let source = kith_model::source::Source {
            id: kith_model::SourceId("cut".into()),
            title: "cut".into(),
            file: kith_model::FileRef(path.display().to_string()),
            format: FileFormat::Arrow,
            options: ReadOptions::default(),
            preset: None,
        };
        let error = kith_ingest::load(&source, &path, &scratch).unwrap_err().to_string();
        assert!(error.starts_with("cut.arrow is damaged (it"), "{length}: {error}");
        assert!(error.ends_with("download or export it again"), "{length}: {error}");
    }
    let old = inspect(&bench.file("old.feather", b"FEA1........")).unwrap_err();
    assert!(old.to_string().contains("version 2"), "{old}");
}

#[test]
fn a_stream_without_its_mark_is_read_and_said_so() {
    let bench = Bench::new();
    let mut bytes = stream();
    bytes.truncate(bytes.len() - 8);
    let path = bench.file("open.arrows", &bytes);
    let source = bench.load(&path).0;
    let plan = kith_ingest::load(&source, &path, &bench.folder.path().join("s")).unwrap();
    assert_eq!((plan.rows_in, plan.notes[0].value.as_str()), (Some(6), "not marked"));
}

#[test]
fn garbled_lengths_and_lists_to_unfold_are_refused() {
    let bench = Bench::new();
    let whole = stream();
    for at in (8..whole.len() - 8).step_by(5) {
        let mut bytes = whole.clone();
        bytes[at..at + 4].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f]);
        // Whatever it says, it says it.
        drop(inspect(&bench.file("garbled.arrows", &bytes)));
    }
    let unfold = ReadOptions { unfold: Some("tags".to_owned()), ..ReadOptions::default() };
    let path = bench.file("list.arrow", &file(None));
    let error = inspect_as(&path, FileFormat::Arrow, &unfold).unwrap_err();
    assert!(matches!(error, IngestError::Option { option: "unfold", .. }), "{error}");
}
