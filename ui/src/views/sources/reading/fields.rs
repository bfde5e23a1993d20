//! The controls of how a file is read, kind by kind: each decision with its reason.

use super::columns;
use crate::icons;
use crate::theme;
use crate::widgets::{Say, icon_button};
use egui::{ComboBox, DragValue, TextEdit, Ui};
use kith_model::source::{Evidence, Inspection, Nested, Part, ReadOptions, Source};

/// What is known of the file.
pub(super) struct About<'a> {
    pub(super) evidence: &'a [Evidence],
    /// As it would be read now.
    pub(super) seen: Option<&'a Inspection>,
    pub(super) source: &'a Source,
}

impl<'a> About<'a> {
    pub(super) fn reason(&self, about: &str) -> Option<&'a Evidence> {
        self.evidence.iter().find(|e| e.about == about)
    }

    /// What detection came to.
    fn found(&self) -> &'a ReadOptions {
        self.seen.map_or(&self.source.options, |seen| &seen.source.options)
    }

    /// The tables of the file: what picks each, and what the file calls it.
    fn parts(&self, picks: impl Fn(&Part) -> Option<String>) -> Vec<(String, String)> {
        let parts = self.seen.into_iter().flat_map(|seen| &seen.parts);
        parts.filter_map(|part| Some((picks(part)?, part.name.clone()))).collect()
    }
}

/// A control's name, and the evidence it stands beside.
type Shown = &'static [&'static str];

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

const NESTED: [(Option<Nested>, &str); 3] = [
    (None, "As it came"),
    (Some(Nested::Columns), "Own columns"),
    (Some(Nested::Keep), "Kept whole"),
];

/// Delimited text.
pub(super) fn delimited(ui: &mut Ui, about: &About<'_>, next: &mut ReadOptions) -> Shown {
    let found = about.found();
    let tables = about.parts(|part| part.options.table.clone());
    if tables.len() > 1 || next.table.is_some() {
        let evidence = about.reason("table").or(about.reason("tables"));
        decision(ui, "Table", evidence, |ui| {
            one_of(ui, "Table", "The longest", &tables, &mut next.table);
        });
    }
    for (name, key, all, value) in [
        ("Encoding", "encoding", ENCODINGS, &mut next.encoding),
        ("Delimiter", "delimiter", DELIMITERS, &mut next.delimiter),
        ("Quote", "quote", QUOTES, &mut next.quote),
        ("Escape", "escape", ESCAPES, &mut next.escape),
    ] {
        decision(ui, name, about.reason(key), |ui| choice(ui, name, all, value));
    }
    decision(ui, "Lines to skip", about.reason("preamble"), |ui| {
        number(ui, "Lines to skip", &mut next.skip_lines, found.skip_lines);
    });
    decision(ui, "Header rows", about.reason("header"), |ui| header(ui, next, found));
    decision(ui, "Footer lines", about.reason("footer"), |ui| {
        number(ui, "Footer lines", &mut next.footer_lines, found.footer_lines);
    });
    columns::show(ui, about, next);
    &["encoding", "delimiter", "quote", "escape", "preamble", "header", "footer", "table", "tables"]
}

/// A workbook.
pub(super) fn workbook(ui: &mut Ui, about: &About<'_>, next: &mut ReadOptions) -> Shown {
    let sheets = about.parts(|part| part.options.sheet.clone());
    decision(ui, "Sheet", about.reason("sheet"), |ui| {
        one_of(ui, "Sheet", "The first", &sheets, &mut next.sheet);
    });
    decision(ui, "Cells", about.reason("range"), |ui| {
        text(ui, "Cells", "B3:F200", &mut next.range);
    });
    decision(ui, "Header rows", about.reason("header"), |ui| header(ui, next, about.found()));
    &["sheet", "range", "header"]
}

/// JSON, as a document or on lines.
pub(super) fn json(ui: &mut Ui, about: &About<'_>, next: &mut ReadOptions) -> Shown {
    if about.source.format == kith_model::source::FileFormat::Json {
        let arrays = about.parts(|part| part.options.records.clone());
        decision(ui, "Records", about.reason("records"), |ui| {
            one_of(ui, "Records", "Detected", &arrays, &mut next.records);
        });
    }
    decision(ui, "Encoding", about.reason("encoding"), |ui| {
        choice(ui, "Encoding", ENCODINGS, &mut next.encoding);
    });
    nesting(ui, about, next);
    &["records", "encoding", "nested", "unfold"]
}

/// Objects and lists inside records.
pub(super) fn nesting(ui: &mut Ui, about: &About<'_>, next: &mut ReadOptions) -> Shown {
    decision(ui, "Nested fields", about.reason("nested"), |ui| {
        let title = NESTED.iter().find(|(v, _)| *v == next.nested).map_or("", |(_, title)| title);
        ComboBox::from_id_salt("Nested fields").width(120.0).selected_text(title).show_ui(
            ui,
            |ui| {
                for (value, title) in NESTED {
                    ui.selectable_value(&mut next.nested, value, title);
                }
            },
        );
    });
    // A list can be unfolded where one was seen.
    let columns = about.seen.into_iter().flat_map(|seen| &seen.columns);
    let lists: Vec<(String, String)> = columns
        .filter(|c| c.sql_type.ends_with("[]") || c.sql_type == "JSON")
        .map(|c| (c.name.clone(), c.name.clone()))
        .collect();
    decision(ui, "Rows of a list", about.reason("unfold"), |ui| {
        one_of(ui, "Rows of a list", "No list", &lists, &mut next.unfold);
    });
    &["nested", "unfold"]
}

/// A table of a database.
pub(super) fn database(ui: &mut Ui, about: &About<'_>, next: &mut ReadOptions) -> Shown {
    let tables = about.parts(|part| part.options.table.clone());
    decision(ui, "Table", about.reason("table"), |ui| {
        one_of(ui, "Table", "The first", &tables, &mut next.table);
    });
    &["table"]
}

/// Files appended, each to be taken away again.
pub(super) fn appended(ui: &mut Ui, next: &mut ReadOptions) {
    let mut gone = None;
    for (at, file) in next.also.iter().enumerate() {
        ui.horizontal(|ui| {
            ui.icon(icons::FILE, 15.0, theme::of(ui).text_dim);
            ui.words(format!("and {}", file.name())).on_hover_text(&file.0);
            let name = format!("Take {} away", file.name());
            if icon_button(ui, icons::CLOSE, &name, false).clicked() {
                gone = Some(at);
            }
        });
    }
    if let Some(at) = gone {
        next.also.remove(at);
    }
}

/// One of several, by name; anything else can be typed.
fn one_of(
    ui: &mut Ui,
    name: &str,
    none: &str,
    all: &[(String, String)],
    value: &mut Option<String>,
) {
    let title = match value.as_deref() {
        None => none.to_owned(),
        Some(now) => all
            .iter()
            .find(|(v, _)| v == now)
            .map_or_else(|| now.to_owned(), |(_, title)| title.clone()),
    };
    let combo = ComboBox::from_id_salt(name).width(120.0).selected_text(title).truncate();
    combo.show_ui(ui, |ui| {
        if ui.selectable_label(value.is_none(), none).clicked() {
            *value = None;
        }
        for (v, title) in all {
            if ui.selectable_label(value.as_ref() == Some(v), title).clicked() {
                *value = Some(v.clone());
            }
        }
        text(ui, name, "another", value);
    });
}

/// One decision: its name, its control, what it came to and why.
pub(super) fn decision(
    ui: &mut Ui,
    name: &str,
    evidence: Option<&Evidence>,
    add: impl FnOnce(&mut Ui),
) {
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

pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
