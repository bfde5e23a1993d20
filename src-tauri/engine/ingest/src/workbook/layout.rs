//! Where the table is inside a sheet: preamble, header rows, columns, their names.

use super::area::Area;
use crate::cells::Cell;
use crate::layout::Names;
use kith_model::source::ReadOptions;
use std::collections::BTreeSet;

/// Rows that tell where the table is.
pub(crate) const SAMPLE: usize = 300;

/// Most rows a header may have.
const HEADER_ROWS: usize = 3;

/// A row of the sample: its number from 0, its cells from column A on.
pub(crate) type Sampled = (u32, Vec<Cell>);

/// Where the table is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// First row of the table, from 0: that of the header, or of the first record.
    pub(crate) top: u32,
    /// Sheet rows between the start of the range and `top`.
    pub(crate) skipped: u32,
    pub(crate) left: usize,
    /// Last column, included.
    pub(crate) right: usize,
    /// The first row below the header.
    pub(crate) data: u32,
    pub(crate) header_rows: u32,
    pub(crate) names: Vec<String>,
    pub(crate) header_reason: String,
    pub(crate) preamble_reason: String,
    /// What had to be done to the names, if anything.
    pub(crate) names_reason: Option<String>,
}

/// Finds the table among the first rows of a sheet.
pub(crate) fn find(
    sample: &[Sampled],
    merged: &[[u32; 4]],
    area: Area,
    options: &ReadOptions,
) -> Option<Layout> {
    let (begin, head) = match options.skip_lines {
        Some(lines) => {
            let top = area.top.saturating_add(lines);
            let begin = sample.iter().position(|(row, _)| *row >= top)?;
            let head = Sheet::cut(&sample[begin..], area)?.header(merged, options);
            (begin, head)
        }
        None => begin_of_table(sample, merged, area, options)?,
    };
    let table = Sheet::cut(&sample[begin..], area)?;
    let rows = head.rows.min(table.rows.len());
    let (names, names_reason) = match rows {
        0 => ((1..=table.width()).map(|number| format!("column{number}")).collect(), None),
        rows => names(&table.cells[..rows], table.left),
    };
    let top = table.rows[0];
    let skipped = top.saturating_sub(area.top);
    let preamble_reason = match (options.skip_lines, skipped) {
        (Some(_), _) => "Set by hand",
        (None, 0) => "The table starts on the first row",
        (None, _) => "The rows above the table are empty or hold a title or a note",
    };
    Some(Layout {
        top,
        skipped,
        left: table.left,
        right: table.right,
        data: rows.checked_sub(1).map_or(top, |last| table.rows[last] + 1),
        header_rows: u32::try_from(rows).unwrap_or(0),
        names,
        header_reason: head.reason,
        preamble_reason: preamble_reason.to_owned(),
        names_reason,
    })
}

/// A header: how many rows, and why.
struct Head {
    rows: usize,
    reason: String,
}

/// Where in the sample the table begins. Rows of group names just above the first full row belong
/// to its header.
fn begin_of_table(
    sample: &[Sampled],
    merged: &[[u32; 4]],
    area: Area,
    options: &ReadOptions,
) -> Option<(usize, Head)> {
    let start = first_full(sample);
    if options.header.is_none() && options.header_rows.is_none() {
        for above in (1..HEADER_ROWS).rev() {
            let Some(begin) = start.checked_sub(above) else { continue };
            let table = Sheet::cut(&sample[begin..], area)?;
            if let Some(head) = table.grouped(merged).filter(|head| head.rows > above) {
                return Some((begin, head));
            }
        }
    }
    Some((start, Sheet::cut(&sample[start..], area)?.header(merged, options)))
}

/// The sample from some row on, cut to the columns of the table.
struct Sheet<'a> {
    rows: Vec<u32>,
    cells: Vec<Vec<&'a Cell>>,
    left: usize,
    right: usize,
}

/// The cells of a row between two columns.
pub(crate) fn cut(row: &[Cell], left: usize, right: usize) -> Vec<&Cell> {
    (left..=right).map(|column| row.get(column).unwrap_or(&Cell::Empty)).collect()
}

fn filled(row: &[Cell]) -> usize {
    row.iter().filter(|cell| !cell.is_blank()).count()
}

/// The first row that is not narrow beside the usual row, with its like behind it.
fn first_full(sample: &[Sampled]) -> usize {
    let mut widths: Vec<_> = sample.iter().map(|(_, row)| filled(row)).collect();
    widths.sort_unstable();
    // The usual width of the wider half: a long preamble does not decide.
    let usual = widths.get(widths.len() * 3 / 4).copied().unwrap_or(0);
    let narrow = |row: &[Cell]| filled(row) * 2 <= usual && filled(row) < usual;
    let wide = |at: usize| sample.get(at).is_none_or(|(_, row)| !narrow(row));
    (0..sample.len()).find(|&at| wide(at) && wide(at + 1)).unwrap_or(0)
}

/// First and last column that hold anything.
fn columns(table: &[Sampled]) -> Option<(usize, usize)> {
    let first = |row: &[Cell]| row.iter().position(|cell| !cell.is_blank());
    let last = |row: &[Cell]| row.iter().rposition(|cell| !cell.is_blank());
    let left = table.iter().filter_map(|(_, row)| first(row)).min()?;
    let right = table.iter().filter_map(|(_, row)| last(row)).max()?;
    Some((left, right))
}

impl<'a> Sheet<'a> {
    fn cut(sample: &'a [Sampled], area: Area) -> Option<Self> {
        let (left, right) = columns(sample)?;
        let left = left.max(area.left);
        let right = if area.right == usize::MAX { right.max(left) } else { area.right };
        let rows = sample.iter().map(|(row, _)| *row).collect();
        let cells = sample.iter().map(|(_, row)| cut(row, left, right)).collect();
        Some(Self { rows, cells, left, right })
    }

    fn width(&self) -> usize {
        self.right - self.left + 1
    }

    fn header(&self, merged: &[[u32; 4]], options: &ReadOptions) -> Head {
        let by_hand = |rows| Head { rows, reason: "Set by hand".to_owned() };
        match (options.header, options.header_rows) {
            (Some(false), _) => by_hand(0),
            (_, Some(rows)) => by_hand(rows as usize),
            (Some(true), None) => by_hand(self.grouped(merged).map_or(1, |head| head.rows)),
            (None, None) => self.grouped(merged).unwrap_or_else(|| self.one_row()),
        }
    }

    /// A header of several rows: texts with gaps above, texts below each gap, values unlike them
    /// under it.
    fn grouped(&self, merged: &[[u32; 4]]) -> Option<Head> {
        (2..=HEADER_ROWS).rev().find_map(|rows| {
            let last = self.cells.get(rows - 1).filter(|_| self.cells.len() > rows)?;
            let head = &self.cells[..rows];
            let adjoin = self.rows[..rows].windows(2).all(|pair| pair[0] + 1 == pair[1]);
            let names = head.iter().flatten().all(|cell| match cell {
                Cell::Text(text) => !text.trim_end().ends_with(':'),
                other => other.is_blank(),
            });
            let gaps = head[..rows - 1].iter().all(|row| {
                row.iter().zip(last).any(|(above, below)| above.is_blank() && !below.is_blank())
            });
            let several = head.iter().all(|row| row.iter().filter(|c| !c.is_blank()).count() > 1);
            if !(adjoin && names && gaps && several) {
                return None;
            }
            let (from, to) = (self.rows[0], self.rows[rows - 1]);
            let spans = merged.iter().any(|m| m[0] >= from && m[2] <= to && m[3] > m[1]);
            let named =
                (0..last.len()).any(|at| self.typed_below(rows, at) && !last[at].is_blank());
            let how = match (spans, named) {
                (true, _) => "merged cells group the names below them",
                (false, true) => "group names with gaps stand above the names",
                (false, false) => return None,
            };
            Some(Head { rows, reason: format!("{rows} rows of texts: {how}") })
        })
    }

    fn one_row(&self) -> Head {
        let first = &self.cells[0];
        let mut votes = 0_i32;
        for (at, name) in first.iter().enumerate() {
            // A header printed again on each page is no value.
            let below = self.cells[1..].iter().filter(|row| *row != first);
            let repeated = below.into_iter().any(|row| row[at] == *name);
            votes += match name {
                name if name.is_blank() => 0,
                // Years head columns of figures.
                Cell::Int(1900..=2100) if !repeated && self.typed_below(1, at) => 0,
                Cell::Text(_) if repeated => -1,
                Cell::Text(_) => i32::from(self.typed_below(1, at)),
                _ => -1,
            };
        }
        let mut unique = BTreeSet::new();
        let words = first.iter().all(|cell| match cell {
            Cell::Text(text) => unique.insert(text.as_str()),
            other => other.is_blank(),
        });
        let alike = || "The first row holds values like those below it".to_owned();
        let (rows, reason) = match () {
            () if votes > 0 => (1, format!("{votes} columns have a name unlike the values below")),
            () if votes < 0 => (0, alike()),
            () if words => (1, "The first row holds different words, one a column".to_owned()),
            () => (0, alike()),
        };
        Head { rows, reason }
    }

    /// True when most values of a column below `rows` header rows are no texts.
    fn typed_below(&self, rows: usize, column: usize) -> bool {
        let (mut all, mut typed) = (0, 0);
        for cell in self.cells[rows..].iter().map(|row| row[column]).filter(|c| !c.is_blank()) {
            all += 1;
            typed += usize::from(!matches!(cell, Cell::Text(_)));
        }
        all > 0 && typed * 10 >= all * 8
    }
}

/// Unique names out of the header's rows; a group's name goes on to the right over its gaps.
fn names(head: &[Vec<&Cell>], left: usize) -> (Vec<String>, Option<String>) {
    let width = head.first().map_or(0, Vec::len);
    let mut taken = Names::new();
    let (mut names, mut changed) = (Vec::new(), Vec::new());
    for column in 0..width {
        let mut parts: Vec<String> = Vec::new();
        for (at, row) in head.iter().enumerate() {
            let own = row[column].shown().trim().to_owned();
            let below = head[at + 1..].iter().any(|row| !row[column].is_blank());
            let part = if own.is_empty() && at + 1 < head.len() && below {
                let group = row[..column].iter().rev().find(|cell| !cell.is_blank());
                group.map_or(String::new(), |cell| cell.shown().trim().to_owned())
            } else {
                own
            };
            if !part.is_empty() && parts.last() != Some(&part) {
                parts.push(part);
            }
        }
        let wanted = parts.join(" ").replace(['\r', '\n'], " ");
        let base = if wanted.is_empty() { format!("column{}", column + 1) } else { wanted.clone() };
        let unique = taken.unique(&base);
        if unique != wanted {
            changed.push(format!("{} ({unique})", super::area::letters(left + column)));
        }
        names.push(unique);
    }
    let reason = (!changed.is_empty())
        .then(|| format!("Missing or repeated names were made up: {}", changed.join(", ")));
    (names, reason)
}
