//! What fuzzing starts from: the spoiled files of `kith-datasets`, documents and sheets.

use arrow::array::{
    ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, ListArray, RecordBatch,
    StringArray, TimestampMillisecondArray,
};
use arrow::datatypes::Int32Type;
use arrow::error::ArrowError;
use arrow::ipc::CompressionType;
use arrow::ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use kith_datasets::polluted::polluted;
use std::path::Path;
use std::sync::Arc;

/// Longest spoiled file taken: longer ones are slow and say nothing new.
const LONGEST: usize = 60_000;

/// Delimited text.
pub fn texts(seed: u64) -> Vec<Vec<u8>> {
    let mut all: Vec<_> =
        polluted(seed).into_iter().map(|f| f.bytes).filter(|b| b.len() < LONGEST).collect();
    all.extend(TABLES.iter().map(|text| text.as_bytes().to_vec()));
    all
}

/// Several tables in one file, numbers and dates of several countries.
const TABLES: [&str; 4] = [
    "# Traffic\n\nChannel,Users\nDirect,10\nMail,20\nSearch,30\nTotal,60\n\n# Pages\n\nPage,Views\n\
     /,100\n/shop,80\n/cart,15\nbad\n",
    "Customers\nid;name\n1;Ada\n2;Bo\n3;Cy\n\nOrders\nno;total\n7;1.234,50\n8;2,5\n9;n/a\n\n\
     no;total\n1;2,0\n2;4,0\n3;6,0\n",
    "id;total;at\n1;1.234,50;01.03.2024 10:00\n2;12,00;02.03.2024 10:00 +03:00\n3;;31.02.2024\n\
     4;7,5;31.03.2024 12:00 CEST\n",
    "id,at,amount\r\n1,2024-03-01T10:00:00Z,\"$1,234.50\"\r\n2,3/14/2024 1:05 PM,(12%)\r\n",
];

/// JSON documents and lines.
pub const DOCUMENTS: [&str; 9] = [
    "[{\"a\":1,\"b\":\"x\"},{\"a\":2.5,\"b\":null,\"c\":{\"d\":[1,2]}}]",
    "{\"data\":{\"items\":[{\"id\":1,\"items\":[{\"sku\":\"A\"},{\"sku\":\"B\"}]},{\"id\":2}]}}",
    "{\"a\":1}\n{\"a\":\"x\",\"A\":2}\n\n{\"b\":[{\"k\":1},{\"k\":2}]}\n",
    "{\"a\":{\"b\":[1,2,3]}}{\"a\":{\"b\":[]}}\n  {\"a\":{\"b\":null}}",
    "{\"_row\":1,\"a\\u00e9\":\"\\ud83d\\ude00\",\"n\":123456789012345678901234567890}\n",
    "\u{feff}[ {\"a/b\" : true } , {\"a/b\":-0.0e10}, 7, \"x\", [1], null ]",
    "{\"a\":1}\nnot json\n{\"a\":",
    "[{\"a\":\"line\\nbreak\"},\n\n{\"a\":\"]}\"}]",
    "{\"meta\":{\"n\":2},\"a/b\":[{\"geo\":{\"city\":\"Oslo\",\"at\":{\"lat\":1.5}}}]}",
];

/// Sheets of a workbook as they lie inside it.
pub const SHEETS: [&str; 4] = [
    "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1\
     </v></c></row><row r=\"2\"><c r=\"A2\"><v>7</v></c><c r=\"B2\" t=\"s\"><v>2</v></c></row>\
     <row r=\"3\"><c r=\"A3\"><v>8</v></c><c r=\"B3\" t=\"s\"><v>3</v></c></row></sheetData>\
     </worksheet>",
    "<worksheet><dimension ref=\"A1:C4\"/><sheetData><row><c t=\"inlineStr\"><is><t>Report</t></is>\
     </c></row><row r=\"3\"><c r=\"A3\" t=\"str\"><v>at</v></c><c r=\"C3\" t=\"str\"><v>n</v></c>\
     </row><row r=\"4\"><c r=\"A4\" s=\"1\"><v>45000.5</v></c><c r=\"C4\" t=\"e\"><v>#N/A</v></c>\
     </row></sheetData><mergeCells><mergeCell ref=\"A1:C1\"/></mergeCells></worksheet>",
    "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"b\"><v>1</v></c></row><row r=\"2\">\
     <c r=\"A2\"><f t=\"shared\" ref=\"A2:A3\" si=\"0\">A1+1</f><v>2</v></c></row><row r=\"3\">\
     <c r=\"A3\"><f t=\"shared\" si=\"0\"/><v>3</v></c></row></sheetData></worksheet>",
    "<worksheet><sheetData><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>\
     </worksheet>",
];

/// Files and streams of Arrow, packed and not.
fn arrows() -> Result<Vec<Vec<u8>>, ArrowError> {
    let kinds: DictionaryArray<Int32Type> = ["a", "b", "a"].into_iter().collect();
    let lists = vec![Some(vec![Some(1), None]), None, Some(vec![])];
    let columns: [(&str, ArrayRef); 7] = [
        ("id", Arc::new(Int64Array::from(vec![1, 2, 3]))),
        ("name", Arc::new(StringArray::from(vec![Some("Ada"), None, Some("Bo")]))),
        ("kind", Arc::new(kinds)),
        ("at", Arc::new(TimestampMillisecondArray::from(vec![0, 1, -1]).with_timezone("UTC"))),
        ("score", Arc::new(Float64Array::from(vec![0.5, f64::NAN, 1e300]))),
        ("flag", Arc::new(BooleanArray::from(vec![true, false, true]))),
        ("list", Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists))),
    ];
    let batch = RecordBatch::try_from_iter(columns)?;
    let mut all = Vec::new();
    for by in [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)] {
        let options = IpcWriteOptions::try_new(8, false, arrow::ipc::MetadataVersion::V5)?
            .try_with_compression(by)?;
        let schema = batch.schema();
        let mut file = FileWriter::try_new_with_options(Vec::new(), &schema, options.clone())?;
        file.write(&batch)?;
        all.push(file.into_inner()?);
        let mut stream = StreamWriter::try_new_with_options(Vec::new(), &schema, options)?;
        stream.write(&batch)?;
        all.push(stream.into_inner()?);
    }
    Ok(all)
}

/// Bytes of choices that stand behind a file for `cargo fuzz`.
const CHOICES: [&[u8; 16]; 4] = [
    &[0; 16],
    b"\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    b"\x0c\x01\0\x01\0\0\x01\x02\0\x01\x01\x01\0\0\0\0",
    b"\x08\x02\0\x01\x01\x01\x02\x03\x01\0\x01\0\0\0\0\0",
];

/// Writes seeds into a folder for each target of `cargo fuzz`.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(folder: &Path, seed: u64) -> std::io::Result<()> {
    let bytes = |all: &[&str]| all.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>();
    let (documents, sheets) = (bytes(&DOCUMENTS), bytes(&SHEETS));
    let anything = [texts(seed), documents.clone()].concat();
    let arrows = arrows().map_err(std::io::Error::other)?;
    let targets = [
        ("arrow", arrows),
        ("anything", anything),
        ("delimited", texts(seed)),
        ("json", documents),
        ("workbook", sheets),
    ];
    for (name, files) in targets {
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder)?;
        for (at, file) in files.iter().enumerate() {
            let choices = CHOICES[if name == "delimited" { at % CHOICES.len() } else { 0 }];
            std::fs::write(folder.join(format!("seed-{at}")), [&file[..], choices].concat())?;
        }
    }
    Ok(())
}
