//! How a file is read: each decision with its reason, and what the user can change.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::card;
use crate::widgets::setting::Draft;
use crate::widgets::{Rank, Say, button};
use egui::{DragValue, Layout, ScrollArea, TextEdit, Ui, vec2};
use kith_model::source::{FileFormat, ReadOptions, Source, SourceSummary};
use kith_model::{Command, Stage};

/// Options being edited.
#[derive(Default)]
pub struct Reading {
    draft: Draft<ReadOptions>,
}

impl Reading {
    /// Draws evidence and options.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>, summary: &SourceSummary) {
        let document = cx.data.document.read();
        let source = document.and_then(|d| d.source(&summary.id));
        ScrollArea::vertical().id_salt("reading").auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 16.0;
            card(ui, "How it is read", "what was decided, and why", |ui| evidence(ui, summary));
            match source {
                Some(source) if source.format == FileFormat::Delimited => {
                    self.options(ui, cx, source, delimited);
                }
                Some(source) if source.format == FileFormat::Workbook => {
                    self.options(ui, cx, source, sheet);
                }
                _ => {}
            }
        });
    }

    fn options(
        &mut self,
        ui: &mut Ui,
        cx: &mut Context<'_>,
        source: &Source,
        own: fn(&mut Ui, &mut ReadOptions),
    ) {
        let draft = self.draft.edit(&source.options);
        card(ui, "Read it differently", "empty: let detection decide", |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            own(ui, draft);
            line(ui, "Lines to skip", |ui| {
                let mut skip = draft.skip_lines.unwrap_or(0);
                if ui.add(DragValue::new(&mut skip)).changed() {
                    draft.skip_lines = Some(skip);
                }
            });
            line(ui, "First row names the columns", |ui| {
                let on = draft.header.unwrap_or(true);
                if button::switch(ui, on, "First row names the columns") {
                    draft.header = Some(!on);
                }
            });
            let changed = *draft != source.options;
            ui.add_enabled_ui(changed, |ui| {
                if button(ui, Rank::Plain, Some(icons::PLAY), "Read again").clicked() {
                    let command = Command::SetReadOptions {
                        source: source.id.clone(),
                        options: draft.clone(),
                    };
                    cx.push(Action::ApplyAndRun(command, Stage::Sources));
                }
            });
        });
    }
}

/// What only delimited text has.
fn delimited(ui: &mut Ui, draft: &mut ReadOptions) {
    line(ui, "Encoding", |ui| text(ui, "utf-8, windows-1252 …", &mut draft.encoding));
    line(ui, "Delimiter", |ui| text(ui, ", ; | or \\t", &mut draft.delimiter));
    line(ui, "Quote", |ui| text(ui, "\"", &mut draft.quote));
}

/// What only a workbook has.
fn sheet(ui: &mut Ui, draft: &mut ReadOptions) {
    line(ui, "Sheet", |ui| text(ui, "its name", &mut draft.sheet));
    line(ui, "Cells", |ui| text(ui, "B3:F200, B3 or B:F", &mut draft.range));
}

fn line(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        left(ui, 200.0, |ui| {
            ui.words(name);
        });
        ui.name_inputs(name, add);
    });
}

fn text(ui: &mut Ui, hint: &str, value: &mut Option<String>) {
    let mut shown = value.as_deref().unwrap_or_default().replace('\t', "\\t");
    let field = TextEdit::singleline(&mut shown)
        .hint_text(hint.to_owned())
        .desired_width(180.0)
        .font(theme::mono(12.0))
        .margin(egui::Margin::symmetric(8, 5));
    if ui.add(field).changed() {
        *value = (!shown.is_empty()).then(|| shown.replace("\\t", "\t"));
    }
}

fn evidence(ui: &mut Ui, source: &SourceSummary) {
    let t = theme::of(ui);
    ui.spacing_mut().interact_size.y = 20.0;
    for about in &source.evidence {
        ui.horizontal(|ui| {
            left(ui, 110.0, |ui| {
                ui.say(about.about.clone(), theme::body(13.0), t.text_dim);
            });
            left(ui, 180.0, |ui| {
                ui.say(about.value.clone(), theme::mono(12.0), t.text);
            });
            ui.dim(about.reason.clone());
        });
    }
}

fn left(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    let size = vec2(width, 20.0);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(egui::Align::Center), |ui| {
        ui.set_min_width(width);
        add(ui);
    });
}
