//! How a file is read: every decision with its reason and a control, the raw lines beside the
//! table they become, read again as soon as a decision changes.

mod columns;
mod fields;
mod preview;

use crate::context::{Action, Context};
use crate::icons;
use crate::widgets::setting::Draft;
use crate::widgets::{Rank, button, card};
use egui::{Rect, ScrollArea, Ui, UiBuilder, pos2};
use kith_model::source::{Evidence, FileFormat, Inspection, ReadOptions, Source, SourceSummary};
use kith_model::{Command, Stage};

/// Width of the decisions.
const DECISIONS: f32 = 340.0;

/// Options being edited.
#[derive(Default)]
pub struct Reading {
    draft: Draft<ReadOptions>,
    /// The reading shown last: it stays, dimmed, until the next is here.
    shown: Option<Source>,
}

impl Reading {
    /// Draws decisions, raw lines and table.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>, summary: &SourceSummary) {
        let document = cx.data.document.read();
        let Some(source) = document.and_then(|d| d.source(&summary.id)) else { return };
        let draft = self.draft.edit(&source.options).clone();
        let wanted = Source { options: draft.clone(), ..source.clone() };
        let whole = ui.available_rect_before_wrap();
        let split = whole.left() + DECISIONS.min(whole.width() * 0.45);
        let left = Rect::from_min_max(whole.min, pos2(split, whole.bottom()));
        let right = Rect::from_min_max(pos2(split + 16.0, whole.top()), whole.max);
        let now = cx.data.inspections.read(&wanted);
        let error = cx.data.inspections.error(&wanted);
        if now.is_some() {
            self.shown = Some(wanted.clone());
        } else if self.shown.as_ref().is_some_and(|shown| shown.id != wanted.id) {
            self.shown = None;
        }
        let last = self.shown.as_ref().and_then(|shown| cx.data.inspections.peek(shown));
        let seen: Option<&Inspection> = now.or(last);
        let evidence = seen.map_or(summary.evidence.as_slice(), |seen| seen.evidence.as_slice());
        let mut next = draft;
        let mut apply = false;
        ui.scope_builder(UiBuilder::new().id_salt("decisions").max_rect(left), |ui| {
            // Always at hand, however far down the decision is.
            apply = actions(ui, source, &mut next);
            let scroll = ScrollArea::vertical().id_salt("decisions").auto_shrink([false, false]);
            scroll.show(ui, |ui| decisions(ui, source, (evidence, seen), &mut next));
        });
        ui.scope_builder(UiBuilder::new().id_salt("preview").max_rect(right), |ui| {
            if let Some(error) = error {
                card::failure(ui, error);
            }
            if now.is_none() {
                ui.multiply_opacity(0.5);
            }
            if let Some(seen) = seen {
                preview::show(ui, seen);
            }
        });
        ui.advance_cursor_after_rect(whole);
        if apply {
            let options = next.clone();
            let command = Command::SetReadOptions { source: source.id.clone(), options };
            cx.push(Action::ApplyAndRun(command, Stage::Sources));
        }
        *self.draft.edit(&source.options) = next;
    }
}

/// The decisions.
fn decisions(
    ui: &mut Ui,
    source: &Source,
    (evidence, seen): (&[Evidence], Option<&Inspection>),
    next: &mut ReadOptions,
) {
    ui.spacing_mut().item_spacing.y = 6.0;
    let about = fields::About { evidence, seen, source };
    let shown = match source.format {
        FileFormat::Delimited => fields::delimited(ui, &about, next),
        FileFormat::Workbook => fields::workbook(ui, &about, next),
        FileFormat::Json | FileFormat::Ndjson => fields::json(ui, &about, next),
        FileFormat::Parquet => fields::nesting(ui, &about, next),
        // Its schema says all there is to say.
        FileFormat::Arrow => &[],
        FileFormat::Sqlite | FileFormat::Duckdb | FileFormat::Postgres => {
            fields::database(ui, &about, next)
        }
    };
    fields::appended(ui, next);
    for other in evidence.iter().filter(|e| !shown.contains(&e.about.as_str())) {
        if other.about.starts_with("column ") {
            continue; // Said beside the column.
        }
        fields::decision(ui, &fields::capital(&other.about), Some(other), |_| {});
    }
}

/// Load the file as decided, or let detection decide again; true for the first.
fn actions(ui: &mut Ui, source: &Source, next: &mut ReadOptions) -> bool {
    let mut apply = false;
    ui.horizontal(|ui| {
        let changed = *next != source.options;
        ui.add_enabled_ui(changed, |ui| {
            apply = button(ui, Rank::Primary, Some(icons::PLAY), "Load it so").clicked();
        });
        let decided = *next != next.selection();
        ui.add_enabled_ui(decided, |ui| {
            if button(ui, Rank::Plain, Some(icons::RESET), "Detect again").clicked() {
                *next = next.selection();
            }
        });
    });
    apply
}
