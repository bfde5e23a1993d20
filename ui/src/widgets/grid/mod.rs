//! A virtual table over pages of rows: a million rows scroll as smoothly as ten.
//!
//! Positions are kept in rows as `f64`, so that nothing shakes far down; only the pages in sight
//! (and the one ahead) are asked for, and none while the bar is dragged past them.

mod input;
mod paint;

pub use paint::type_icon;

use super::{Say, format, icon_button};
use crate::context::{Action, Context};
use crate::icons;
use crate::page::{PAGE_ROWS, Page, PageKey};
use crate::theme::{self, ROW};
use egui::{Id, Rect, Sense, TextEdit, Ui, vec2};
use kith_api::{Order, TableRef};
use kith_model::source::{ColumnInfo, ColumnProfile};

/// Width of the row numbers.
const NUMBERS: f32 = 64.0;
/// Height of the sticky header without and with histograms.
const HEADER: f32 = 28.0;
const HEADER_TALL: f32 = 52.0;

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
    find: String,
    top: f64,
    left: f32,
    speed: f64,
    columns: Vec<ColumnInfo>,
    widths: Vec<f32>,
    total: u64,
    cursor: Option<Cell>,
    anchor: Option<Cell>,
}

/// What surrounds a table's cells this frame.
struct Frame {
    id: Id,
    header: Rect,
    body: Rect,
    numbers: Rect,
}

impl Frame {
    fn new(id: Id, rect: Rect, tall: bool) -> Self {
        let height = if tall { HEADER_TALL } else { HEADER };
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
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let name = format!("Table of {}", format::plural(self.total, "row", "rows"));
        response
            .widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Grid, true, &name));
        let tall = profiles.iter().any(|p| !p.histogram.is_empty());
        let frame = Frame::new(response.id, rect, tall);
        self.fit_widths(ui);
        self.input(ui, cx, &frame, &response);
        self.ask(cx, &frame);
        self.paint(ui, cx, &frame, profiles);
        self.headers(ui, &frame, profiles);
        self.bars(ui, &frame);
        if let Some(error) = cx.data.pages.error(&self.key(0)) {
            let mut over = ui.new_child(egui::UiBuilder::new().max_rect(frame.body.shrink(12.0)));
            super::card::failure(&mut over, error);
        }
    }

    fn key(&self, page: u64) -> PageKey {
        let table = self.table.clone().unwrap_or(TableRef::Query { sql: String::new() });
        let find = (!self.find.trim().is_empty()).then(|| self.find.trim().to_owned());
        PageKey { table, order: self.order.clone(), find, filters: Vec::new(), page }
    }

    /// Asks for a page and learns columns and row count from it.
    fn learn(&mut self, cx: &Context<'_>, page: u64) {
        if let Some(page) = cx.data.pages.read(&self.key(page)) {
            self.total = page.total;
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

    fn tools(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let t = theme::of(ui);
        ui.horizontal(|ui| {
            let find = TextEdit::singleline(&mut self.find)
                .id_salt("find in table")
                .hint_text("Find in every column")
                .prefix(egui::RichText::new(icons::SEARCH).color(t.text_faint))
                .desired_width(240.0)
                .margin(egui::Margin::symmetric(8, 5));
            if ui.add(find).changed() {
                self.top = 0.0;
            }
            let rows = format::plural(self.total, "row", "rows");
            ui.say(rows, theme::mono(12.0), t.text_dim);
            if self.speed.abs() > PAGE_ROWS as f64 {
                ui.faint("scrolling…");
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let name = "Copy selected cells · Ctrl+C";
                let some = self.cursor.is_some();
                ui.add_enabled_ui(some, |ui| {
                    if icon_button(ui, icons::COPY, name, false).clicked() {
                        cx.push(Action::Copy(self.selected_text(cx)));
                    }
                });
                if self.order.is_some()
                    && icon_button(ui, icons::RESET, "Back to the file's own order", false)
                        .clicked()
                {
                    self.order = None;
                }
            });
        });
    }

    /// The selected block: least and greatest cell.
    fn block(&self) -> Option<(Cell, Cell)> {
        let (a, b) = (self.cursor?, self.anchor.or(self.cursor)?);
        let low = Cell { row: a.row.min(b.row), column: a.column.min(b.column) };
        let high = Cell { row: a.row.max(b.row), column: a.column.max(b.column) };
        Some((low, high))
    }

    /// The selected block as tab-separated text; rows that are not loaded are left out.
    fn selected_text(&self, cx: &Context<'_>) -> String {
        let Some((low, high)) = self.block() else { return String::new() };
        let line = |row: u64| -> Option<String> {
            let cells: Option<Vec<&str>> = (low.column..=high.column)
                .map(|column| self.cell(cx, Cell { row, column }).map(Option::unwrap_or_default))
                .collect();
            cells.map(|c| c.join("\t"))
        };
        (low.row..=high.row).filter_map(line).collect::<Vec<_>>().join("\n")
    }

    fn fit_widths(&mut self, ui: &Ui) {
        let _ = ui;
        self.widths.resize(self.columns.len(), 120.0);
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
