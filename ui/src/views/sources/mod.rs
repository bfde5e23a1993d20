//! Sources: every file with rows in, loaded, rejected; its rows, rejects, columns, evidence.

mod columns;
mod connect;
mod reading;
mod rejects;
mod waiting;

use crate::context::{Action, Context};
use crate::icons;
use crate::theme::{self, ROW};
use crate::widgets::card::chip;
use crate::widgets::grid::Grid;
use crate::widgets::{Rank, Say, button, fit, format, icon_button, layout, person, row, stage};
use crate::wire::Pick;
use egui::{Align2, CursorIcon, Rect, Sense, Ui, pos2, vec2};
use kith_api::TableRef;
use kith_model::source::SourceSummary;
use kith_model::{Command, SourceId, Stage};

/// What is shown of the chosen source.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    #[default]
    Rows,
    Rejects,
    Columns,
    Evidence,
}

/// The page's transient input.
#[derive(Default)]
pub struct SourcesView {
    chosen: Option<SourceId>,
    part: Part,
    rows: Grid,
    rejects: rejects::Rejects,
    reading: reading::Reading,
    connect: connect::Connect,
}

impl SourcesView {
    /// Draws the page.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        stage::header(ui, cx, Stage::Sources, None);
        let document = cx.data.document.read();
        let none = document.is_none_or(|d| d.sources.is_empty());
        let teach = "Drop in exports as they are: contacts, orders, web events, products. \
                     Kith recognises common exports, says how it reads each file, and counts \
                     every row it refuses";
        let known = cx.data.sources.read().and_then(Option::as_ref);
        let (Some(summary), false) = (known, none) else {
            if none {
                let title = "No files yet";
                if crate::widgets::card::empty(ui, icons::SOURCES, title, teach, Some("Add files…"))
                {
                    cx.push(Action::Pick(Pick::Files));
                }
            } else if let Some(document) = document {
                layout::fill(ui, |ui| waiting::show(ui, cx, &document.sources));
            }
            return;
        };
        let sources = &summary.sources;
        if !sources.iter().any(|s| Some(&s.id) == self.chosen.as_ref()) {
            self.chosen = sources.first().map(|s| s.id.clone());
        }
        layout::fill(ui, |ui| {
            ui.scope(|ui| {
                stage::dim_when_old(ui, cx, Stage::Sources);
                self.list(ui, cx, sources);
            });
            if let Some(source) = sources.iter().find(|s| Some(&s.id) == self.chosen.as_ref()) {
                self.details(ui, cx, source);
            }
        });
    }

    fn list(&mut self, ui: &mut Ui, cx: &mut Context<'_>, sources: &[SourceSummary]) {
        let t = theme::of(ui);
        let columns = Columns::new(ui.available_rect_before_wrap());
        let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
        for (x, anchor, name) in columns.heads() {
            let font = theme::medium(12.0);
            ui.painter().text(pos2(x, head.center().y), anchor, name, font, t.text_faint);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        // Raw lines, table and drawer need the height more than a long list of files does.
        let tall = matches!(self.part, Part::Evidence | Part::Rejects);
        let share = if tall { 0.2 } else { 0.42 };
        let room = (ui.available_height() * share).max(ROW * 3.0);
        egui::ScrollArea::vertical().id_salt("sources").max_height(room).show(ui, |ui| {
            for source in sources {
                self.line(ui, &columns, source);
            }
        });
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            if button(ui, Rank::Plain, Some(icons::ADD), "Add files…").clicked() {
                cx.push(Action::Pick(Pick::Files));
            }
            let about = "Look at every file and table anew; what changed since it was loaded is \
                         loaded again, in place of the old rows";
            let response = button(ui, Rank::Plain, Some(icons::RESET), "Refresh");
            if response.on_hover_text(about).clicked() {
                cx.push(Action::Refresh);
            }
            self.connect.button(ui);
        });
        self.connect.show(ui, cx);
    }

    fn line(&mut self, ui: &mut Ui, columns: &Columns, source: &SourceSummary) {
        let t = theme::of(ui);
        let here = self.chosen.as_ref() == Some(&source.id);
        let said =
            format!("{}, {} rows in, {} rejected", source.title, source.rows_in, source.rejected);
        let (rect, response) = row(ui, 30.0, here, &said);
        let y = rect.center().y;
        let icon = Align2::CENTER_CENTER;
        let at = pos2(rect.left() + 16.0, y);
        ui.painter().text(at, icon, icons::FILE, theme::icon(15.0), t.text_dim);
        let name =
            Rect::from_x_y_ranges(rect.left() + 32.0..=columns.preset - 12.0, rect.y_range());
        let at = pos2(name.left(), y);
        fit(ui, at, name.right(), &source.title, theme::medium(13.0), t.text);
        if let Some(preset) = &source.preset {
            let at = pos2(columns.preset, y);
            let nice = preset.replace('_', " ");
            ui.painter().text(at, Align2::LEFT_CENTER, nice, theme::body(13.0), t.text_dim);
        }
        for (x, text, ink) in [
            (columns.rows_in, format::count(source.rows_in), t.text),
            (columns.loaded, format::count(source.loaded), t.text),
            (
                columns.rejected,
                format::count(source.rejected),
                if source.rejected > 0 { t.warn } else { t.text_faint },
            ),
            (columns.size, format::bytes(source.bytes), t.text_dim),
        ] {
            ui.painter().text(pos2(x, y), Align2::RIGHT_CENTER, text, theme::mono(12.0), ink);
        }
        if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
            self.chosen = Some(source.id.clone());
            if source.rejected == 0 && self.part == Part::Rejects {
                self.part = Part::Rows;
            }
        }
    }

    fn details(&mut self, ui: &mut Ui, cx: &mut Context<'_>, source: &SourceSummary) {
        ui.horizontal(|ui| {
            let parts = [
                (Part::Rows, "Rows".to_owned()),
                (Part::Rejects, format!("Rejected {}", format::count(source.rejected))),
                (Part::Columns, format!("Columns {}", source.columns.len())),
                (Part::Evidence, "How it is read".to_owned()),
            ];
            crate::widgets::button::tabs(ui, &mut self.part, &parts);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let name = format!("Remove {} from the project", source.title);
                if icon_button(ui, icons::TRASH, &name, false).clicked() {
                    cx.push(Action::Apply(Command::RemoveSource { source: source.id.clone() }));
                }
                let name = format!("Append files to {}…", source.title);
                if icon_button(ui, icons::PLUS, &name, false).clicked() {
                    cx.push(Action::AppendTo(source.id.clone()));
                }
            });
        });
        match self.part {
            Part::Rows => {
                let table = TableRef::Source { id: source.id.clone() };
                self.rows.show(ui, cx, &table, &source.columns);
            }
            Part::Rejects => self.rejects.show(ui, cx, source),
            Part::Columns => columns::show(ui, source),
            Part::Evidence => self.reading.show(ui, cx, source),
        }
    }

    /// The chosen source in the inspector.
    pub fn inspect(&mut self, ui: &mut Ui, cx: &Context<'_>) {
        let t = theme::of(ui);
        let summary = cx.data.sources.peek().and_then(Option::as_ref);
        let chosen = summary.into_iter().flat_map(|s| &s.sources);
        let Some(source) = chosen.into_iter().find(|s| Some(&s.id) == self.chosen.as_ref()) else {
            return;
        };
        ui.say(source.title.clone(), theme::semibold(15.0), t.text);
        ui.horizontal_wrapped(|ui| {
            chip(ui, &source.id.0, t.text_dim).on_hover_text("Name in SQL: src.<name>");
            if let Some(preset) = &source.preset {
                chip(ui, &preset.replace('_', " "), t.ok).on_hover_text("Recognised export");
            }
        });
        for (name, value) in [
            ("Rows in", format::count(source.rows_in)),
            ("Loaded", format::count(source.loaded)),
            ("Rejected", format::count(source.rejected)),
            ("Columns", source.columns.len().to_string()),
            ("File size", format::bytes(source.bytes)),
        ] {
            person::pair(ui, name, &value);
        }
        for about in &source.evidence {
            person::pair(ui, &about.about, &about.value).on_hover_text(&about.reason);
        }
    }
}

/// Where the columns of the list stand.
struct Columns {
    name: f32,
    preset: f32,
    rows_in: f32,
    loaded: f32,
    rejected: f32,
    size: f32,
}

impl Columns {
    fn new(rect: Rect) -> Self {
        let right = rect.right() - 12.0;
        Self {
            name: rect.left() + 32.0,
            preset: rect.left() + 32.0 + (rect.width() - 400.0).max(120.0) * 0.55,
            rows_in: right - 270.0,
            loaded: right - 180.0,
            rejected: right - 90.0,
            size: right,
        }
    }

    fn heads(&self) -> [(f32, Align2, &'static str); 6] {
        [
            (self.name, Align2::LEFT_CENTER, "File"),
            (self.preset, Align2::LEFT_CENTER, "Recognised as"),
            (self.rows_in, Align2::RIGHT_CENTER, "Rows in"),
            (self.loaded, Align2::RIGHT_CENTER, "Loaded"),
            (self.rejected, Align2::RIGHT_CENTER, "Rejected"),
            (self.size, Align2::RIGHT_CENTER, "Size"),
        ]
    }
}
