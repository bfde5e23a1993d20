//! Reads a sheet from beginning to end: which rows are good, which are refused, what types the
//! columns have.

use super::layout::{Layout, cut};
use super::{Kind, Opened, within};
use crate::cells::{Cell, Kinds};
use crate::delimited::Survey;
use crate::error::IngestError;
use crate::inspect::say;
use crate::reject::{Refused, Scratch, Sink};
use kith_model::Monitor;
use kith_model::source::{ColumnInfo, Evidence, ReadOptions};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

/// Narrow rows behind a gap that are held back until it shows whether the table goes on.
const HELD: usize = 1000;

/// Rows between looks at the monitor.
const LOOK: u64 = 1024;

/// What a whole sheet holds.
pub(crate) struct SheetRead {
    pub(crate) survey: Survey,
    pub(crate) columns: Vec<ColumnInfo>,
    /// What was found on the way.
    pub(crate) notes: Vec<Evidence>,
}

struct Pass<'a> {
    layout: &'a Layout,
    header: Vec<Vec<String>>,
    scratch: &'a mut Scratch,
    kinds: Vec<Kinds>,
    survey: Survey,
    errors: BTreeMap<String, u64>,
    first_error: Option<(u32, usize)>,
    /// Rows that stand apart below the table, unless more of it follows.
    held: Vec<(u32, Vec<Cell>)>,
    last: u32,
}

/// Reads a sheet into scratch files.
pub(crate) fn read(
    path: &Path,
    kind: Kind,
    options: &ReadOptions,
    scratch: &mut Scratch,
    monitor: &dyn Monitor,
) -> Result<SheetRead, IngestError> {
    let Opened { mut book, sheet, area, sample, layout, .. } = Opened::open(path, kind, options)?;
    let header = sample
        .iter()
        .filter(|(row, _)| (layout.top..layout.data).contains(row))
        .map(|(_, row)| shown(&cut(row, layout.left, layout.right)))
        .collect();
    let mut pass = Pass {
        header,
        scratch,
        kinds: vec![Kinds::default(); layout.names.len()],
        survey: Survey::default(),
        errors: BTreeMap::new(),
        first_error: None,
        held: Vec::new(),
        last: layout.data,
        layout: &layout,
    };
    let mut seen = 0_u64;
    let failed = |error: std::io::Error| IngestError::writing(path, &error);
    book.rows(&sheet, &mut |(at, row)| {
        seen += 1;
        if seen.is_multiple_of(LOOK) {
            if monitor.cancelled() {
                return Err(IngestError::Cancelled);
            }
            // A workbook does not say how many rows it has: half way is where nobody knows.
            monitor.progress(0.5, &format!("reading row {at}"));
        }
        if at >= layout.data && area.has_row(at) && within(row, area) {
            pass.row(at, row).map_err(failed)?;
        }
        Ok(if at >= area.bottom { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    pass.end().map_err(failed)?;
    let types = pass.kinds.iter().map(|kinds| kinds.sql_type().to_owned());
    let columns = layout.names.iter().cloned().zip(types);
    let columns = columns.map(|(name, sql_type)| ColumnInfo { name, sql_type }).collect();
    let notes = pass.notes();
    Ok(SheetRead { survey: pass.survey, columns, notes })
}

fn shown(row: &[&Cell]) -> Vec<String> {
    row.iter().map(|cell| cell.shown()).collect()
}

impl Pass<'_> {
    fn row(&mut self, at: u32, row: &[Cell]) -> std::io::Result<()> {
        let width = self.layout.names.len();
        let filled = row.iter().filter(|cell| !cell.is_blank()).count();
        let gap = at > self.last + 1 && self.survey.good > 0;
        let narrow = width > 2 && filled * 3 <= width;
        if (gap || !self.held.is_empty()) && narrow && self.held.len() < HELD {
            self.held.push((at, row.to_vec()));
            self.last = at;
            return Ok(());
        }
        // The table goes on: what was held back belongs to it.
        for (line, row) in std::mem::take(&mut self.held) {
            self.place(line, &row)?;
        }
        self.last = at;
        self.place(at, row)
    }

    fn place(&mut self, at: u32, row: &[Cell]) -> std::io::Result<()> {
        let (left, right) = (self.layout.left, self.layout.right);
        let outside = row
            .iter()
            .enumerate()
            .find(|(column, cell)| !cell.is_blank() && !(left..=right).contains(column));
        if let Some((column, _)) = outside {
            let side = if column > right { "right" } else { "left" };
            let name = super::area::letters(column);
            return self.refuse(
                at,
                row,
                format!("A value {side} of the table, in {name}{}", at + 1),
            );
        }
        let cells = cut(row, left, right);
        if !self.header.is_empty() && self.header.last() == Some(&shown(&cells)) {
            return self.refuse(at, row, "The header again".to_owned());
        }
        for (column, cell) in cells.iter().enumerate() {
            self.kinds[column].note(cell);
            if let Cell::Error(error) = cell {
                *self.errors.entry(error.clone()).or_default() += 1;
                self.first_error.get_or_insert((at, left + column));
            }
        }
        self.survey.good += 1;
        let texts: Vec<_> = cells.iter().map(|cell| cell.text()).collect();
        let bytes = texts.iter().flatten().map(|text| text.len() + 3).sum();
        self.survey.longest = self.survey.longest.max(bytes);
        self.scratch.cells(&texts)
    }

    fn refuse(&mut self, at: u32, row: &[Cell], reason: String) -> std::io::Result<()> {
        self.survey.refused += 1;
        let raw = super::raw_line(row);
        let line = u64::from(at) + 1;
        let refused = Refused { line, byte: None, column: None, reason, raw: raw.as_bytes() };
        self.scratch.refused(&refused)
    }

    /// What is still held back stands apart below the table.
    fn end(&mut self) -> std::io::Result<()> {
        for (at, row) in std::mem::take(&mut self.held) {
            self.refuse(at, &row, "It stands apart below the table: a note or a total".to_owned())?;
        }
        Ok(())
    }

    fn notes(&self) -> Vec<Evidence> {
        let Some((row, column)) = self.first_error else { return Vec::new() };
        let total: u64 = self.errors.values().sum();
        let kinds: Vec<_> =
            self.errors.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let first = format!("{}{}", super::area::letters(column), row + 1);
        let reason =
            format!("Loaded as missing values: {}; the first in {first}", kinds.join(", "));
        vec![say("errors", &total.to_string(), &reason)]
    }
}
