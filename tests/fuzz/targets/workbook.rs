//! A workbook whose sheet is the data, so that what is changed is what cells hold, not the packing.

#![no_main]

use kith_fuzz as laws;
use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

const BOOK: &str = "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>\
    <sheet name=\"One\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
const RELATIONS: &str = "<Relationships \
    xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
    relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
    <Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
    relationships/sharedStrings\" Target=\"sharedStrings.xml\"/>\
    <Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
    relationships/styles\" Target=\"styles.xml\"/></Relationships>";
const ROOT: &str = "<Relationships \
    xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
    relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
const TEXTS: &str = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
    <si><t>id</t></si><si><t>name</t></si><si><t>Ada</t></si><si><r><t>O</t></r><r><t>x</t></r>\
    </si></sst>";
const STYLES: &str = "<styleSheet \
    xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><numFmts>\
    <numFmt numFmtId=\"164\" formatCode=\"yyyy-mm-dd\"/></numFmts><cellXfs><xf numFmtId=\"0\"/>\
    <xf numFmtId=\"164\"/><xf numFmtId=\"46\"/></cellXfs></styleSheet>";

/// The sheet up to a NUL, then the texts its cells share, where there is one.
fn packed(data: &[u8]) -> Option<Vec<u8>> {
    let (sheet, texts) = match data.iter().position(|byte| *byte == 0) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, TEXTS.as_bytes()),
    };
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let members = [
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/sharedStrings.xml", texts),
        ("xl/styles.xml", STYLES.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    for (name, text) in members {
        zip.start_file(name, stored).ok()?;
        zip.write_all(text).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

fuzz_target!(|data: &[u8]| {
    laws::target(data, |place, bytes, choices| match packed(bytes) {
        Some(book) => laws::workbook(place, &book, choices),
        None => Ok(()),
    });
});
