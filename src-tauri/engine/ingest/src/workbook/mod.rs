//! Spreadsheet workbooks: XLSX, XLSB, XLS, ODS.
//!
//! One sheet is one table. Its rows stream through [`crate::cells`] into a scratch file; blank
//! rows are no rows. A cell that holds an error (`#N/A`) is loaded as no value and counted.

mod area;
mod hostile;
mod layout;
mod open;
mod read;

use crate::cells::{Cell, Kinds};
use crate::error::{IngestError, name_of};
use crate::inspect::{Detected, LINE_SHOWN, SHOWN, say};
use area::Area;
use kith_model::FileRef;
use kith_model::source::{ColumnInfo, Evidence, FileFormat, Part, ReadOptions};
use layout::{Layout, SAMPLE, Sampled};
pub(crate) use open::Kind;
use open::{Book, SheetName};
pub(crate) use read::read;
use std::ops::ControlFlow;
use std::path::Path;

/// Bytes of a file in which merged cells are looked for: they stand behind all rows.
const MERGED_WITHIN: u64 = 64 * 1024 * 1024;

/// A sheet and where its table is.
struct Opened {
    book: Book,
    sheet: String,
    area: Area,
    sample: Vec<Sampled>,
    /// The sample is the whole sheet.
    whole: bool,
    layout: Layout,
    /// Sheets with rows, then words on those left out.
    sheets: (Vec<String>, String),
}

/// What a workbook's sheet is and how it would be read.
pub(crate) fn inspect(
    path: &Path,
    kind: Kind,
    options: &ReadOptions,
) -> Result<Detected, IngestError> {
    let opened = Opened::open(path, kind, options)?;
    let (layout, sample) = (&opened.layout, &opened.sample);
    let below: Vec<Vec<&Cell>> = sample
        .iter()
        .filter(|(row, _)| *row >= layout.data)
        .map(|(_, row)| layout::cut(row, layout.left, layout.right))
        .collect();
    let columns = columns(layout, &below);
    let rows = below.iter().take(SHOWN).map(|row| row.iter().map(|c| c.text()).collect()).collect();
    let parts = opened.sheets.0.iter().map(|sheet| part(path, sheet)).collect::<Vec<_>>();
    Ok(Detected {
        format: FileFormat::Workbook,
        options: ReadOptions {
            sheet: Some(opened.sheet.clone()),
            range: options.range.clone(),
            skip_lines: Some(layout.skipped),
            header: Some(layout.header_rows > 0),
            header_rows: Some(layout.header_rows).filter(|rows| *rows > 1),
            ..ReadOptions::default()
        },
        evidence: evidence(&opened, kind, options, &below),
        header: layout.names.clone(),
        columns,
        raw_lines: sample.iter().take(SHOWN).map(|(_, row)| raw_line(row)).collect(),
        rows,
        bytes: path.metadata().map_or(0, |meta| meta.len()),
        parts: if parts.len() > 1 { parts } else { Vec::new() },
    })
}

fn part(path: &Path, sheet: &str) -> Part {
    Part {
        name: sheet.to_owned(),
        file: FileRef(path.to_string_lossy().into_owned()),
        format: FileFormat::Workbook,
        options: ReadOptions { sheet: Some(sheet.to_owned()), ..ReadOptions::default() },
    }
}

fn columns(layout: &Layout, below: &[Vec<&Cell>]) -> Vec<ColumnInfo> {
    let info = |(at, name): (usize, &String)| {
        let mut kinds = Kinds::default();
        below.iter().for_each(|row| kinds.note(row[at]));
        ColumnInfo { name: name.clone(), sql_type: kinds.sql_type().to_owned() }
    };
    layout.names.iter().enumerate().map(info).collect()
}

/// A row as a line: its cells with tabs between.
fn raw_line(row: &[Cell]) -> String {
    let cells: Vec<_> = row.iter().map(Cell::shown).collect();
    cells.join("\t").replace(['\r', '\n'], " ").chars().take(LINE_SHOWN).collect()
}

fn evidence(
    opened: &Opened,
    kind: Kind,
    options: &ReadOptions,
    below: &[Vec<&Cell>],
) -> Vec<Evidence> {
    let layout = &opened.layout;
    let (sheets, left_out) = &opened.sheets;
    let chosen = match (&options.sheet, sheets.len()) {
        (Some(_), _) => "Set by hand".to_owned(),
        (None, 1) => "The only sheet with rows".to_owned(),
        (None, count) => format!("The first of {count} sheets with rows: {}", sheets.join(", ")),
    };
    let columns = format!("{} to {}", area::letters(layout.left), area::letters(layout.right));
    let header = match layout.header_rows {
        0 => "no".to_owned(),
        1 => format!("row {}", layout.data),
        // Rows of a garbled sheet may go backwards.
        rows => format!("rows {} to {}", (layout.data + 1).saturating_sub(rows), layout.data),
    };
    let width = layout.names.len();
    let mut all = vec![
        say("format", kind.title(), "Its content says so"),
        say("sheet", &opened.sheet, &format!("{chosen}{left_out}")),
        say("preamble", &format!("{} rows", layout.skipped), &layout.preamble_reason),
        say("header", &header, &layout.header_reason),
        say("columns", &width.to_string(), &format!("{columns}, as far as rows hold anything")),
    ];
    if let Some(range) = &options.range {
        all.push(say("range", range, "Set by hand"));
    }
    if let Some(reason) = &layout.names_reason {
        all.push(say("names", "changed", reason));
    }
    let errors = below.iter().flatten().filter(|c| matches!(c, Cell::Error(_))).count();
    if errors > 0 {
        let whole = if opened.whole { "the sheet" } else { "the first rows" };
        let reason = format!("Cells of {whole} such as #N/A: loaded as missing values");
        all.push(say("errors", &errors.to_string(), &reason));
    }
    all
}

impl Opened {
    fn open(path: &Path, kind: Kind, options: &ReadOptions) -> Result<Self, IngestError> {
        let file = || name_of(path);
        let area = match options.range.as_deref() {
            None => Area::ALL,
            Some(range) => Area::parse(range).ok_or_else(|| IngestError::Option {
                file: file(),
                option: "range",
                value: range.to_owned(),
                rule: "write cells such as B3:F200, B3 or B:F",
            })?,
        };
        let mut book = Book::open(path, kind)?;
        let all = book.sheets();
        let mut filled = Vec::new();
        for sheet in &all {
            if has_rows(&mut book, &sheet.name)? {
                filled.push(sheet.clone());
            }
        }
        let shown: Vec<_> = filled.iter().filter(|s| !s.hidden).collect();
        let offered: Vec<String> = match shown.is_empty() {
            true => filled.iter().map(|s| s.name.clone()).collect(),
            false => shown.iter().map(|s| s.name.clone()).collect(),
        };
        let sheet = match &options.sheet {
            Some(wanted) => known(wanted, &all).ok_or_else(|| IngestError::NoSheet {
                file: file(),
                sheet: wanted.clone(),
                known: all.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", "),
            })?,
            None => offered.first().cloned().ok_or_else(|| IngestError::Empty { file: file() })?,
        };
        let (sample, whole) = sample(&mut book, &sheet, area)?;
        let bytes = path.metadata().map_or(0, |meta| meta.len());
        let merged = if bytes > MERGED_WITHIN { Vec::new() } else { book.merged(&sheet) };
        let no_rows = || IngestError::NoRows { file: file(), line: u64::from(area.top) + 1 };
        let layout = layout::find(&sample, &merged, area, options).ok_or_else(no_rows)?;
        if whole && sample.iter().all(|(row, _)| *row < layout.data) {
            return Err(IngestError::NoRows { file: file(), line: u64::from(layout.data) });
        }
        let left_out = left_out(&all, &filled, &offered);
        Ok(Self { book, sheet, area, sample, whole, layout, sheets: (offered, left_out) })
    }
}

/// The sheet a user means: its name exactly, or without regard to case.
fn known(wanted: &str, all: &[SheetName]) -> Option<String> {
    let exact = all.iter().find(|s| s.name == wanted);
    let alike = || all.iter().find(|s| s.name.to_lowercase() == wanted.trim().to_lowercase());
    exact.or_else(alike).map(|sheet| sheet.name.clone())
}

fn left_out(all: &[SheetName], filled: &[SheetName], offered: &[String]) -> String {
    let mut words = String::new();
    let empty: Vec<_> =
        all.iter().filter(|s| !filled.contains(s)).map(|s| s.name.as_str()).collect();
    let hidden: Vec<_> = filled
        .iter()
        .map(|s| s.name.as_str())
        .filter(|n| !offered.iter().any(|o| o == n))
        .collect();
    for (names, what) in [(empty, "Without rows"), (hidden, "Hidden")] {
        if !names.is_empty() {
            words.push_str(&format!(". {what}: {}", names.join(", ")));
        }
    }
    words
}

fn has_rows(book: &mut Book, sheet: &str) -> Result<bool, IngestError> {
    let mut any = false;
    book.rows(sheet, &mut |_| {
        any = true;
        Ok(ControlFlow::Break(()))
    })?;
    Ok(any)
}

/// The first rows of a sheet inside an area; true when there are no more.
fn sample(book: &mut Book, sheet: &str, area: Area) -> Result<(Vec<Sampled>, bool), IngestError> {
    let mut rows: Vec<Sampled> = Vec::new();
    let mut whole = true;
    book.rows(sheet, &mut |(at, row)| {
        if area.has_row(at) && within(row, area) {
            if rows.len() == SAMPLE {
                whole = false;
                return Ok(ControlFlow::Break(()));
            }
            rows.push((at, row.clone()));
        }
        Ok(if at >= area.bottom { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok((rows, whole))
}

/// Blanks what lies outside an area; false when nothing is left.
fn within(row: &mut Vec<Cell>, area: Area) -> bool {
    row.truncate(area.right.saturating_add(1));
    for cell in row.iter_mut().take(area.left) {
        *cell = Cell::Empty;
    }
    row.iter().any(|cell| !cell.is_blank())
}
