//! A virtual table over pages of rows: a million rows scroll as smoothly as ten.
//!
//! Positions are kept in rows as `f64`, so that nothing shakes far down; only the pages in sight
//! (and the one ahead) are asked for, and none while the bar is dragged past them.

mod filter;
mod header;
mod input;
mod paint;
mod tools;

pub use header::type_icon;

use super::format;
use crate::context::Context;
use crate::page::{PAGE_ROWS, Page, PageKey};
use crate::theme::ROW;
use egui::{Id, Rect, Sense, Ui, vec2};
use kith_api::{Order, TableRef};
use kith_model::source::{ColumnInfo, ColumnProfile};
use kith_model::{CellTest, ColumnFilter};
use std::collections::{BTreeMap, BTreeSet};

/// Width of the row numbers.
const NUMBERS: f32 = 64.0;
/// Height of a column's name, of its values at a glance, and of its filter.
const NAMES: f32 = 28.0;
const GLANCE: f32 = 30.0;
const FILTERS: f32 = 30.0;
/// Rows that are copied at most: more is an export.
const COPY_ROWS: u64 = 10_000;

/// A cell: row from 0, column from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    row: u64,
    column: usize,
}

/// What a table remembers between frames.
#[derive(Debug, Default)]
pub struct Grid {
    table: Option<TableRef>,
    order: Option<Order>,
    find: Find,
    filters: Vec<ColumnFilter>,
    /// What stands in the filter row, by column.
    typed: BTreeMap<String, String>,
    filter_row: bool,
    /// The column whose filter wants the keyboard.
    to_filter: Option<usize>,
    hidden: BTreeSet<String>,
    top: f64,
    left: f32,
    speed: f64,
    columns: Vec<ColumnInfo>,
    widths: Vec<f32>,
    /// Rows after the filters, and without them.
    total: u64,
    all: u64,
    cursor: Option<Cell>,
    anchor: Option<Cell>,
    /// Rows to copy are on their way.
    copying: bool,
}

/// A text looked for in every column; looked for once typing has paused.
#[derive(Debug, Default)]
struct Find {
    typed: String,
    since: f64,
    applied: String,
    wants_keys: bool,
}

/// What surrounds a table's cells this frame.
struct Frame {
    id: Id,
    header: Rect,
    body: Rect,
    numbers: Rect,
}

impl Frame {
    fn new(id: Id, rect: Rect, height: f32) -> Self {
        let split = rect.top() + height;
        let mut header = rect;
        header.max.y = split;
        header.min.x += NUMBERS;
        let mut body = rect;
        body.min = egui::pos2(rect.left() + NUMBERS, split);
        let mut numbers = rect;
        numbers.min.y = split;
        numbers.max.x = rect.left() + NUMBERS;
        Self { id, header, body, numbers }
    }

    fn rows(&self) -> f64 {
        f64::from(self.body.height() / ROW)
    }
}

impl Grid {
    /// Draws the table into what is left of `ui`; `profiles` put a histogram over each column.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Context<'_>,
        table: &TableRef,
        profiles: &[ColumnProfile],
    ) {
        if self.table.as_ref() != Some(table) {
            *self = Self { table: Some(table.clone()), ..Self::default() };
        }
        self.learn(cx, 0);
        self.tools(ui, cx);
        let size = vec2(ui.available_width(), ui.available_height().max(120.0));
        let (_, rect) = ui.allocate_space(size);
        // A name of its own, not a counted one: the keyboard stays when a filter appears above.
        let response = ui.interact(rect, ui.scope_id().with("grid"), Sense::click_and_drag());
        let name = format!("Table of {}", format::plural(self.total, "row", "rows"));
        response
            .widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Grid, true, &name));
        let glance = if profiles.is_empty() { 0.0 } else { GLANCE };
        let filters = if self.filter_row { FILTERS } else { 0.0 };
        let frame = Frame::new(response.id, rect, NAMES + glance + filters);
        self.widths.resize(self.columns.len(), 120.0);
        self.input(ui, cx, &frame, &response);
        self.ask(cx, &frame);
        self.paint(ui, cx, &frame);
        self.headers(ui, &frame, profiles);
        self.bars(ui, &frame);
        self.copy(ui, cx);
        if let Some(error) = cx.data.pages.error(&self.key(0)) {
            let mut over = ui.new_child(egui::UiBuilder::new().max_rect(frame.body.shrink(12.0)));
            super::card::failure(&mut over, error);
        }
    }

    /// Width of a column; none when it is hidden.
    fn width(&self, column: usize) -> f32 {
        if self.is_hidden(column) { 0.0 } else { self.widths[column] }
    }

    fn is_hidden(&self, column: usize) -> bool {
        self.hidden.contains(&self.columns[column].name)
    }

    /// Where a column begins, from the left end of all.
    fn start(&self, column: usize) -> f32 {
        (0..column).map(|at| self.width(at)).sum()
    }

    /// Width of everything.
    fn wide(&self) -> f32 {
        self.start(self.columns.len())
    }

    /// The condition on a column.
    fn test(&self, column: &str) -> Option<&CellTest> {
        self.filters.iter().find(|f| f.column == column).map(|f| &f.test)
    }

    /// Puts a condition on a column in place of the one before, or takes it away.
    fn set_test(&mut self, column: &str, test: Option<CellTest>) {
        self.filters.retain(|f| f.column != column);
        if let Some(test) = test {
            self.filters.push(ColumnFilter { column: column.to_owned(), test });
            self.filters.sort_by(|a, b| a.column.cmp(&b.column));
        }
        self.top = 0.0;
        self.cursor = self.cursor.map(|at| Cell { row: 0, ..at });
        self.anchor = self.cursor;
    }

    /// The same from a click or a key: what stands in the filter row follows; the same condition
    /// again takes it away.
    fn toggle_test(&mut self, column: &str, test: CellTest) {
        let test = (self.test(column) != Some(&test)).then_some(test);
        let typed = test.as_ref().map(filter::typed).unwrap_or_default();
        self.typed.insert(column.to_owned(), typed);
        self.set_test(column, test);
    }

    fn key(&self, page: u64) -> PageKey {
        let table = self.table.clone().unwrap_or(TableRef::Query { sql: String::new() });
        let find = (!self.find.applied.is_empty()).then(|| self.find.applied.clone());
        PageKey { table, order: self.order.clone(), find, filters: self.filters.clone(), page }
    }

    /// Asks for a page and learns columns and row count from it.
    fn learn(&mut self, cx: &Context<'_>, page: u64) {
        if let Some(page) = cx.data.pages.read(&self.key(page)) {
            self.total = page.total;
            if self.filters.is_empty() && self.find.applied.is_empty() {
                self.all = page.total;
            }
            if self.columns != page.columns {
                self.columns.clone_from(&page.columns);
                self.widths.clear();
            }
            if self.widths.is_empty() && !self.columns.is_empty() {
                self.widths = natural_widths(page);
            }
        }
    }

    fn ask(&mut self, cx: &Context<'_>, frame: &Frame) {
        let first = self.top as u64 / PAGE_ROWS;
        let last = (self.top + frame.rows()) as u64 / PAGE_ROWS;
        let most = self.total.saturating_sub(1) / PAGE_ROWS;
        if self.speed.abs() > PAGE_ROWS as f64 * 2.0 {
            return;
        }
        for page in first..=last.min(most) {
            self.learn(cx, page);
        }
        let ahead = if self.speed < 0.0 { first.checked_sub(1) } else { Some(last + 1) };
        if let Some(page) = ahead.filter(|p| *p <= most) {
            let _ = cx.data.pages.read(&self.key(page));
        }
    }

    fn cell<'c>(&self, cx: &'c Context<'_>, at: Cell) -> Option<Option<&'c str>> {
        let page = cx.data.pages.peek(&self.key(at.row / PAGE_ROWS))?;
        let row = (at.row % PAGE_ROWS) as usize;
        (row < page.rows()).then(|| page.cell(row, at.column))
    }

    /// The values of the row under the cursor, once they are here.
    pub fn chosen(&self, cx: &Context<'_>) -> Option<Vec<Option<String>>> {
        let row = self.cursor?.row;
        let cells = 0..self.columns.len();
        cells.map(|column| Some(self.cell(cx, Cell { row, column })?.map(str::to_owned))).collect()
    }

    /// The selected block: least and greatest cell.
    fn block(&self) -> Option<(Cell, Cell)> {
        let (a, b) = (self.cursor?, self.anchor.or(self.cursor)?);
        let low = Cell { row: a.row.min(b.row), column: a.column.min(b.column) };
        let high = Cell { row: a.row.max(b.row), column: a.column.max(b.column) };
        Some((low, high))
    }

    /// Copies the selected block as tab-separated text once all its rows are here.
    fn copy(&mut self, ui: &Ui, cx: &mut Context<'_>) {
        let Some((low, high)) = self.block().filter(|_| self.copying) else {
            self.copying = false;
            return;
        };
        let last = high.row.min(low.row + COPY_ROWS - 1);
        let pages = low.row / PAGE_ROWS..=last / PAGE_ROWS;
        let missing = pages.filter(|page| cx.data.pages.read(&self.key(*page)).is_none()).count();
        if missing > 0 {
            self.copying = cx.data.pages.error(&self.key(low.row / PAGE_ROWS)).is_none();
            ui.ctx().request_repaint();
            return;
        }
        self.copying = false;
        let columns: Vec<usize> =
            (low.column..=high.column).filter(|column| !self.is_hidden(*column)).collect();
        let line = |row: u64| -> String {
            let cell = |column: &usize| {
                let text = self.cell(cx, Cell { row, column: *column }).flatten();
                // A tab or line break inside a value would make cells of its own.
                text.unwrap_or_default().replace(['\t', '\n', '\r'], " ")
            };
            columns.iter().map(cell).collect::<Vec<_>>().join("\t")
        };
        let text = (low.row..=last).map(line).collect::<Vec<_>>().join("\n");
        cx.push(crate::context::Action::Copy(text));
    }
}

/// Numbers stand at the right.
fn is_number(sql_type: &str) -> bool {
    let head = sql_type.split('(').next().unwrap_or_default();
    matches!(
        head,
        "TINYINT"
            | "SMALLINT"
            | "INTEGER"
            | "BIGINT"
            | "HUGEINT"
            | "UTINYINT"
            | "USMALLINT"
            | "UINTEGER"
            | "UBIGINT"
            | "FLOAT"
            | "DOUBLE"
            | "DECIMAL"
    )
}

/// Widths from the header and the first rows, in a font whose letters are all as wide.
fn natural_widths(page: &Page) -> Vec<f32> {
    let letters = |text: &str| text.chars().take(40).count() as f32;
    page.columns
        .iter()
        .enumerate()
        .map(|(column, info)| {
            let cells = (0..page.rows().min(40)).filter_map(|row| page.cell(row, column));
            let widest = cells.map(letters).fold(0.0, f32::max);
            let header = letters(&info.name) * 7.4 + 44.0;
            (widest * 7.3 + 20.0).max(header).clamp(64.0, 280.0).round()
        })
        .collect()
}
