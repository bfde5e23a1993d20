//! Opening a workbook of any kind, naming its sheets, streaming a sheet's rows.

use super::hostile;
use crate::cells::Cell;
use crate::error::{IngestError, name_of};
use calamine::{
    Data, DataRef, ExcelDateTime, Ods, OdsError, Range, Reader, Sheet, SheetType, SheetVisible,
    Xls, XlsError, Xlsb, XlsbError, Xlsx, XlsxError,
};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

/// A kind of workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

impl Kind {
    /// What people call it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Xlsx => "Excel workbook (XLSX)",
            Self::Xlsb => "binary Excel workbook (XLSB)",
            Self::Xls => "old Excel workbook (XLS)",
            Self::Ods => "OpenDocument spreadsheet (ODS)",
        }
    }

    /// Told by the file's content: the first bytes, and what an archive holds.
    ///
    /// # Errors
    /// [`IngestError`] for a workbook that is locked by a password.
    pub(crate) fn of(path: &Path) -> Result<Option<Self>, IngestError> {
        let failed = |error: std::io::Error| IngestError::reading(path, &error);
        let mut file = File::open(path).map_err(failed)?;
        let mut magic = Vec::new();
        Read::by_ref(&mut file).take(8).read_to_end(&mut magic).map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        match magic.as_slice() {
            [b'P', b'K', 3, 4, ..] => zipped(path, file),
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] => compound(path, file),
            _ => Ok(None),
        }
    }
}

fn zipped(path: &Path, file: File) -> Result<Option<Kind>, IngestError> {
    let archive = zip::ZipArchive::new(BufReader::new(file))
        .map_err(|_| Fault::Damaged(ARCHIVE).told(&name_of(path)))?;
    let mut kind = None;
    for name in archive.file_names().flatten() {
        match name.to_ascii_lowercase().as_str() {
            "xl/workbook.xml" => return Ok(Some(Kind::Xlsx)),
            "xl/workbook.bin" => return Ok(Some(Kind::Xlsb)),
            "content.xml" => kind = Some(Kind::Ods),
            _ => {}
        }
    }
    Ok(kind)
}

/// An OLE compound file: an old workbook, a locked new one, or another program's document. The
/// names of its streams stand in UTF-16 in its directory.
fn compound(path: &Path, mut file: File) -> Result<Option<Kind>, IngestError> {
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let (locked, book, old_book) = (wide("EncryptedPackage"), wide("Workbook\0"), wide("Book\0"));
    let failed = |error: std::io::Error| IngestError::reading(path, &error);
    let mut held = Vec::new();
    let mut found = None;
    loop {
        // The directory may lie anywhere; names may straddle two chunks.
        let kept = held.len().saturating_sub(64);
        held.drain(..kept);
        let read = Read::by_ref(&mut file).take(1 << 20).read_to_end(&mut held).map_err(failed)?;
        let has = |name: &[u8]| held.windows(name.len()).any(|window| window == name);
        if has(&locked) {
            return Err(IngestError::Locked { file: name_of(path) });
        }
        if has(&book) || has(&old_book) {
            found = Some(Kind::Xls);
        }
        if read == 0 {
            return Ok(found);
        }
    }
}

/// A sheet and whether to offer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SheetName {
    pub(crate) name: String,
    pub(crate) hidden: bool,
}

/// An opened workbook.
pub(crate) struct Book {
    file: String,
    inner: Inner,
}

enum Inner {
    Xlsx(Xlsx<BufReader<File>>),
    Xlsb(Xlsb<BufReader<File>>),
    Xls(Xls<BufReader<File>>),
    Ods(Ods<BufReader<File>>),
}

/// A row of a sheet: its number from 0, and its cells from column A on.
pub(crate) type Row<'a> = (u32, &'a mut Vec<Cell>);

/// Told each row that holds anything, in order; may stop.
pub(crate) type Visit<'a> = dyn FnMut(Row<'_>) -> Result<ControlFlow<()>, IngestError> + 'a;

impl Book {
    pub(crate) fn open(path: &Path, kind: Kind) -> Result<Self, IngestError> {
        let file = name_of(path);
        let reader = File::open(path).map_err(|error| IngestError::reading(path, &error))?;
        let reader = BufReader::new(reader);
        if kind == Kind::Xlsx && !hostile::texts_fit(path) {
            return Err(Fault::Damaged(TEXTS).told(&file));
        }
        let inner = hostile::kept(&file, || {
            Ok(match kind {
                Kind::Xlsx => Inner::Xlsx(Xlsx::new(reader)?),
                Kind::Xlsb => Inner::Xlsb(Xlsb::new(reader)?),
                Kind::Xls => Inner::Xls(Xls::new(reader)?),
                Kind::Ods => Inner::Ods(Ods::new(reader)?),
            })
        })?;
        Ok(Self { file, inner })
    }

    /// The sheets that hold cells (no charts, no macros), in the workbook's order.
    pub(crate) fn sheets(&self) -> Vec<SheetName> {
        let sheets: &[Sheet] = match &self.inner {
            Inner::Xlsx(book) => book.sheets_metadata(),
            Inner::Xlsb(book) => book.sheets_metadata(),
            Inner::Xls(book) => book.sheets_metadata(),
            Inner::Ods(book) => book.sheets_metadata(),
        };
        sheets
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
            .map(|sheet| SheetName {
                name: sheet.name.clone(),
                hidden: sheet.visible != SheetVisible::Visible,
            })
            .collect()
    }

    /// Goes through a sheet's rows. XLSX and XLSB are streamed; XLS (at most 65,536 rows) and ODS
    /// lie in memory.
    pub(crate) fn rows(&mut self, sheet: &str, visit: &mut Visit<'_>) -> Result<(), IngestError> {
        let file = self.file.clone();
        match &mut self.inner {
            Inner::Xlsx(book) => {
                let mut cells = hostile::kept(&file, || Ok(book.worksheet_cells_reader(sheet)?))?;
                stream(&file, visit, || {
                    let cell = hostile::kept(&file, || Ok(cells.next_cell()?))?;
                    Ok(cell.map(|cell| (cell.get_position(), of_ref(cell.get_value()))))
                })
            }
            Inner::Xlsb(book) => {
                let mut cells = hostile::kept(&file, || Ok(book.worksheet_cells_reader(sheet)?))?;
                stream(&file, visit, || {
                    let cell = hostile::kept(&file, || Ok(cells.next_cell()?))?;
                    Ok(cell.map(|cell| (cell.get_position(), of_ref(cell.get_value()))))
                })
            }
            Inner::Xls(book) => {
                held(&hostile::kept(&file, || Ok(book.worksheet_range(sheet)?))?, visit)
            }
            Inner::Ods(book) => {
                held(&hostile::kept(&file, || Ok(book.worksheet_range(sheet)?))?, visit)
            }
        }
    }

    /// Merged cells of a sheet: first row, first column, last row, last column, from 0. Kinds that
    /// do not tell give none.
    pub(crate) fn merged(&mut self, sheet: &str) -> Vec<[u32; 4]> {
        let file = self.file.clone();
        // Names of columns do not depend on them: a workbook that garbles them is read without.
        let merged = hostile::kept(&file, || {
            Ok(match &mut self.inner {
                Inner::Xlsx(book) => book.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
                Inner::Xls(book) => book.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
                Inner::Xlsb(_) | Inner::Ods(_) => Vec::new(),
            })
        })
        .unwrap_or_default();
        merged.iter().map(|d| [d.start.0, d.start.1, d.end.0, d.end.1]).collect()
    }
}

/// Columns of a sheet, A to XFD.
const COLUMNS: usize = 16_384;

/// Puts cells that come one by one, row by row, into rows.
fn stream(
    file: &str,
    visit: &mut Visit<'_>,
    mut next: impl FnMut() -> Result<Option<((u32, u32), Cell)>, IngestError>,
) -> Result<(), IngestError> {
    let mut row: Vec<Cell> = Vec::new();
    let mut at = 0;
    while let Some(((line, column), cell)) = next()? {
        if line != at {
            if !row.is_empty() && visit((at, &mut row))?.is_break() {
                return Ok(());
            }
            row.clear();
            at = line;
        }
        if column as usize >= COLUMNS {
            return Err(Fault::Damaged(hostile::SENSE).told(file));
        }
        if !cell.is_blank() {
            row.resize((column as usize).max(row.len()), Cell::Empty);
            row.push(cell);
        }
    }
    if !row.is_empty() {
        let _ = visit((at, &mut row))?;
    }
    Ok(())
}

fn held(range: &Range<Data>, visit: &mut Visit<'_>) -> Result<(), IngestError> {
    let (top, left) = range.start().unwrap_or_default();
    let mut row: Vec<Cell> = Vec::new();
    for (at, cells) in (top..).zip(range.rows()) {
        row.clear();
        for (column, data) in (left as usize..).zip(cells) {
            let cell = of_data(data);
            if !cell.is_blank() {
                row.resize(column, Cell::Empty);
                row.push(cell);
            }
        }
        if !row.is_empty() && visit((at, &mut row))?.is_break() {
            break;
        }
    }
    Ok(())
}

fn of_ref(data: &DataRef<'_>) -> Cell {
    match data {
        DataRef::Int(value) => Cell::Int(*value),
        DataRef::Float(value) => Cell::number(*value),
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(moment) => of_moment(moment),
        DataRef::DateTimeIso(text) => of_iso(text),
        DataRef::DurationIso(text) => of_duration(text),
        DataRef::Error(error) => Cell::Error(error.to_string()),
        DataRef::Empty => Cell::Empty,
    }
}

fn of_data(data: &Data) -> Cell {
    match data {
        Data::Int(value) => Cell::Int(*value),
        Data::Float(value) => Cell::number(*value),
        Data::String(text) => Cell::Text(text.clone()),
        Data::Bool(value) => Cell::Bool(*value),
        Data::DateTime(moment) => of_moment(moment),
        Data::DateTimeIso(text) => of_iso(text),
        Data::DurationIso(text) => of_duration(text),
        Data::Error(error) => Cell::Error(error.to_string()),
        Data::Empty => Cell::Empty,
    }
}

/// A serial number shown as a date: the whole part counts days, the rest is the time of day.
fn of_moment(moment: &ExcelDateTime) -> Cell {
    let serial = moment.as_f64();
    if moment.is_duration() {
        return of_seconds((serial * 86_400_000.0).round() / 1000.0);
    }
    // Beyond these, spreadsheets show no date either.
    if !(0.0..2_958_466.0).contains(&serial) {
        return Cell::number(serial);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    let time = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    match (serial < 1.0, (hour, minute, second, milli) == (0, 0, 0, 0)) {
        (true, _) => Cell::Time(time),
        (false, true) => Cell::Date(format!("{year:04}-{month:02}-{day:02}")),
        (false, false) => Cell::Moment(format!("{year:04}-{month:02}-{day:02} {time}")),
    }
}

/// A span of time as hours, minutes and seconds; a day or more is a text, as no time of day.
fn of_seconds(seconds: f64) -> Cell {
    let millis = (seconds.abs() * 1000.0).round() as u64;
    let (whole, milli) = (millis / 1000, millis % 1000);
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    let sign = if seconds < 0.0 { "-" } else { "" };
    let text =
        format!("{sign}{:02}:{:02}:{:02}{fraction}", whole / 3600, whole / 60 % 60, whole % 60);
    if whole < 86_400 && seconds >= 0.0 { Cell::Time(text) } else { Cell::Text(text) }
}

/// `2026-05-01` or `2026-05-01T10:00:00`, as ODS writes them.
fn of_iso(text: &str) -> Cell {
    match text.split_once('T') {
        Some((date, "00:00:00")) => Cell::Date(date.to_owned()),
        Some((date, time)) => Cell::Moment(format!("{date} {}", time.trim_end_matches('Z'))),
        None => Cell::Date(text.to_owned()),
    }
}

/// `PT10H30M00S`.
fn of_duration(text: &str) -> Cell {
    let (mut seconds, mut number) = (0.0, String::new());
    for c in text.trim_start_matches("PT").chars() {
        let unit = match c {
            'H' => 3600.0,
            'M' => 60.0,
            'S' => 1.0,
            other => {
                number.push(if other == ',' { '.' } else { other });
                continue;
            }
        };
        let Ok(value) = number.parse::<f64>() else { return Cell::Text(text.to_owned()) };
        seconds += value * unit;
        number.clear();
    }
    if number.is_empty() { of_seconds(seconds) } else { Cell::Text(text.to_owned()) }
}

/// Why a workbook cannot be read, without any of its values.
pub(super) enum Fault {
    Locked,
    Sheet(String),
    Io(std::io::ErrorKind),
    Damaged(&'static str),
}

impl Fault {
    pub(super) fn told(self, file: &str) -> IngestError {
        let file = file.to_owned();
        match self {
            Self::Locked => IngestError::Locked { file },
            Self::Sheet(sheet) => IngestError::NoSheet { file, sheet, known: String::new() },
            Self::Io(kind) => IngestError::Damaged { file, what: format!("its parts: {kind}") },
            Self::Damaged(what) => IngestError::Damaged { file, what: what.to_owned() },
        }
    }
}

const ARCHIVE: &str = "the archive inside is cut off or garbled";
const TEXTS: &str = "it claims more texts than it holds";
const MARKUP: &str = "a part of it is not well-formed";

impl From<XlsxError> for Fault {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::Password => Self::Locked,
            XlsxError::WorksheetNotFound(sheet) | XlsxError::NotAWorksheet(sheet) => {
                Self::Sheet(sheet)
            }
            XlsxError::Io(error) => Self::Io(error.kind()),
            XlsxError::Zip(_) => Self::Damaged(ARCHIVE),
            _ => Self::Damaged(MARKUP),
        }
    }
}

impl From<XlsbError> for Fault {
    fn from(error: XlsbError) -> Self {
        match error {
            XlsbError::Password => Self::Locked,
            XlsbError::WorksheetNotFound(sheet) => Self::Sheet(sheet),
            XlsbError::Io(error) => Self::Io(error.kind()),
            XlsbError::Zip(_) => Self::Damaged(ARCHIVE),
            _ => Self::Damaged(MARKUP),
        }
    }
}

impl From<XlsError> for Fault {
    fn from(error: XlsError) -> Self {
        match error {
            XlsError::Password => Self::Locked,
            XlsError::WorksheetNotFound(sheet) => Self::Sheet(sheet),
            XlsError::Io(error) => Self::Io(error.kind()),
            _ => Self::Damaged(MARKUP),
        }
    }
}

impl From<OdsError> for Fault {
    fn from(error: OdsError) -> Self {
        match error {
            OdsError::Password => Self::Locked,
            OdsError::WorksheetNotFound(sheet) => Self::Sheet(sheet),
            OdsError::Io(error) => Self::Io(error.kind()),
            OdsError::Zip(_) => Self::Damaged(ARCHIVE),
            OdsError::CellLimitExceeded { .. } => Self::Damaged("it claims more cells than memory"),
            _ => Self::Damaged(MARKUP),
        }
    }
}
