//! How a file is read: every decision with its reason and a control, the raw lines beside the
//! table they become, read again as soon as a decision changes.

mod preview;

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::setting::Draft;
use crate::widgets::{Rank, Say, button, card};
use egui::{ComboBox, DragValue, Rect, ScrollArea, TextEdit, Ui, UiBuilder, pos2};
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

/// Choices offered by name; anything else can be typed.
type Choices = [(&'static str, &'static str)];

const ENCODINGS: &Choices = &[
    ("utf-8", "UTF-8"),
    ("windows-1252", "Windows-1252, western"),
    ("iso-8859-15", "ISO-8859-15, western with €"),
    ("windows-1250", "Windows-1250, central European"),
    ("windows-1251", "Windows-1251, Cyrillic"),
    ("utf-16le", "UTF-16, little endian"),
    ("utf-16be", "UTF-16, big endian"),
    ("shift_jis", "Shift JIS"),
    ("gb18030", "GB 18030"),
];
const DELIMITERS: &Choices = &[
    (",", "Comma ,"),
    (";", "Semicolon ;"),
    ("\t", "Tab"),
    ("|", "Bar |"),
    (" ", "Space"),
    (":", "Colon :"),
];
const QUOTES: &Choices = &[("\"", "Double quote \""), ("'", "Apostrophe '"), ("", "None")];
const ESCAPES: &Choices =
    &[("\"", "Quote twice \"\""), ("\\", "Backslash \\"), ("'", "Apostrophe")];

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
        let found = seen.map_or(&source.options, |seen| &seen.source.options);
        let mut next = draft;
        let mut apply = false;
        ui.scope_builder(UiBuilder::new().id_salt("decisions").max_rect(left), |ui| {
            ScrollArea::vertical().id_salt("decisions").auto_shrink([false, false]).show(
                ui,
                |ui| {
                    apply = decisions(ui, source, (evidence, found), &mut next);
                },
            );
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

/// The decisions; true when they are to be applied.
fn decisions(
    ui: &mut Ui,
    source: &Source,
    (evidence, found): (&[Evidence], &ReadOptions),
    next: &mut ReadOptions,
) -> bool {
    let apply = actions(ui, source, next);
    let reason = |about: &str| evidence.iter().find(|e| e.about == about);
    ui.spacing_mut().item_spacing.y = 6.0;
    if source.format == FileFormat::Delimited {
        decision(ui, "Encoding", reason("encoding"), |ui| {
            choice(ui, "Encoding", ENCODINGS, &mut next.encoding);
        });
        decision(ui, "Delimiter", reason("delimiter"), |ui| {
            choice(ui, "Delimiter", DELIMITERS, &mut next.delimiter);
        });
        decision(ui, "Quote", reason("quote"), |ui| {
            choice(ui, "Quote", QUOTES, &mut next.quote);
        });
        decision(ui, "Escape", reason("escape"), |ui| {
            choice(ui, "Escape", ESCAPES, &mut next.escape);
        });
        decision(ui, "Lines to skip", reason("preamble"), |ui| {
            number(ui, "Lines to skip", &mut next.skip_lines, found.skip_lines);
        });
        decision(ui, "Header rows", reason("header"), |ui| header(ui, next, found));
        decision(ui, "Footer lines", reason("footer"), |ui| {
            number(ui, "Footer lines", &mut next.footer_lines, found.footer_lines);
        });
    } else if source.format == FileFormat::Workbook {
        decision(ui, "Sheet", reason("sheet"), |ui| {
            text(ui, "Sheet", "the first", &mut next.sheet);
        });
        decision(ui, "Cells", reason("range"), |ui| {
            text(ui, "Cells", "B3:F200", &mut next.range);
        });
    }
    let known = ["encoding", "delimiter", "quote", "escape", "preamble", "header", "footer"];
    let rest = evidence
        .iter()
        .filter(|e| source.format != FileFormat::Delimited || !known.contains(&e.about.as_str()));
    for other in rest {
        decision(ui, &capital(&other.about), Some(other), |_| {});
    }
    apply
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

/// One decision: its name, its control, what it came to and why.
fn decision(ui: &mut Ui, name: &str, evidence: Option<&Evidence>, add: impl FnOnce(&mut Ui)) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::vec2(104.0, 26.0), egui::Sense::hover());
        let at = rect.left_center();
        ui.painter().text(at, egui::Align2::LEFT_CENTER, name, theme::medium(13.0), t.text);
        ui.name_inputs(name, add);
        if let Some(evidence) = evidence {
            ui.say(evidence.value.clone(), theme::mono(12.0), t.accent)
                .on_hover_text(&evidence.value);
        }
    });
    if let Some(evidence) = evidence {
        ui.scope(|ui| {
            ui.spacing_mut().interact_size.y = 16.0;
            let reason = egui::RichText::new(&evidence.reason);
            ui.add(egui::Label::new(reason.font(theme::body(12.0)).color(t.text_faint)).wrap());
        });
    }
}

fn choice(ui: &mut Ui, name: &str, all: &Choices, value: &mut Option<String>) {
    let title = match value.as_deref() {
        None => "Detected".to_owned(),
        Some(now) => all
            .iter()
            .find(|(v, _)| *v == now)
            .map_or_else(|| now.replace('\t', "\\t"), |(_, title)| (*title).to_owned()),
    };
    let combo = ComboBox::from_id_salt(name).width(120.0).selected_text(title);
    combo.show_ui(ui, |ui| {
        if ui.selectable_label(value.is_none(), "Detected").clicked() {
            *value = None;
        }
        for (v, title) in all {
            if ui.selectable_label(value.as_deref() == Some(*v), *title).clicked() {
                *value = Some((*v).to_owned());
            }
        }
        text(ui, name, "another", value);
    });
}

/// A number; while none is set, the one that detection found.
fn number(ui: &mut Ui, name: &str, value: &mut Option<u32>, found: Option<u32>) {
    let mut shown = value.or(found).unwrap_or_default();
    let field = DragValue::new(&mut shown).range(0..=10_000);
    let response = ui.add(field).on_hover_text(format!("{name}: drag, or click to type"));
    if response.changed() {
        *value = Some(shown);
    }
    if value.is_none() {
        ui.faint("detected");
    }
}

/// Rows that name the columns together; 0 for none.
fn header_rows(options: &ReadOptions) -> Option<u32> {
    match (options.header, options.header_rows) {
        (Some(false), _) => Some(0),
        (_, rows @ Some(_)) => rows,
        (Some(true), None) => Some(1),
        (None, None) => None,
    }
}

fn header(ui: &mut Ui, next: &mut ReadOptions, found: &ReadOptions) {
    let mut rows = header_rows(next);
    number(ui, "Header rows", &mut rows, header_rows(found));
    if rows != header_rows(next) {
        next.header = rows.map(|rows| rows > 0);
        next.header_rows = rows.filter(|rows| *rows > 1);
    }
}

fn text(ui: &mut Ui, name: &str, hint: &str, value: &mut Option<String>) {
    let mut shown = value.as_deref().unwrap_or_default().replace('\t', "\\t");
    let field = TextEdit::singleline(&mut shown)
        .id_salt((name, "text"))
        .hint_text(hint.to_owned())
        .desired_width(110.0)
        .font(theme::mono(12.0))
        .margin(egui::Margin::symmetric(8, 4));
    if ui.add(field).changed() {
        *value = (!shown.is_empty()).then(|| shown.replace("\\t", "\t"));
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
