//! Export: the bundle's files with their hashes, and what reading it back proved.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, stats};
use crate::widgets::stage::Next;
use crate::widgets::{Rank, Say, button, fit, format, layout, stage};
use egui::accesskit::Role;
use egui::{Align2, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use kith_model::export::{BundleFile, ExportParams, ExportSummary, Verification};
use kith_model::{Command, Stage};

/// The page; it remembers nothing.
#[derive(Default)]
pub struct ExportView;

impl ExportView {
    /// Draws the page.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let next = Next {
            icon: icons::EXPORT,
            label: "Export again".to_owned(),
            action: Action::Run(Stage::Export),
        };
        stage::header(ui, cx, Stage::Export, Some(next));
        let teach = "One folder for your serving systems: profiles, features, segments and lists \
                     as Parquet, models as ONNX, rules as an open decision model, and a manifest \
                     with hashes. Every file is read back and compared";
        if !stage::has_result(ui, cx, Stage::Export, icons::EXPORT, teach) {
            return;
        }
        let Some(summary) = cx.data.export.read().and_then(Option::as_ref) else { return };
        layout::scroll(ui, "export", |ui| {
            layout::columns(ui, [1.0, 296.0], |[left, right]| {
                left.spacing_mut().item_spacing.y = 16.0;
                stage::dim_when_old(left, cx, Stage::Export);
                figures(left, summary);
                checks(left, &summary.verification);
                files(left, cx, &summary.files);
                right.spacing_mut().item_spacing.y = 16.0;
                settings(right, cx);
                report(right, cx);
            });
        });
    }
}

fn figures(ui: &mut Ui, s: &ExportSummary) {
    let bytes: u64 = s.files.iter().map(|f| f.bytes).sum();
    let hold = s.verification.iter().filter(|v| v.holds).count();
    stats(
        ui,
        &[
            (
                "bundle",
                s.bundle.trim_start_matches("bundle-").to_owned(),
                "Folder inside the project's exports",
            ),
            ("files", s.files.len().to_string(), "Each with its SHA-256 in the manifest"),
            ("size", format::bytes(bytes), "All files together"),
            (
                "checks hold",
                format!("{hold} of {}", s.verification.len()),
                "Read back from the bundle and compared with the project",
            ),
        ],
    );
}

fn checks(ui: &mut Ui, checks: &[Verification]) {
    let t = theme::of(ui);
    card(ui, "Verification", "read back and compared", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for check in checks {
            let (rect, response) =
                ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
            let word = if check.holds { "holds" } else { "fails" };
            let said = format!("{}: {word}", check.check);
            response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &said));
            ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, t.hairline));
            let (icon, ink) = if check.holds { (icons::GOOD, t.ok) } else { (icons::BAD, t.error) };
            let at = rect.left_center() + vec2(10.0, 0.0);
            ui.painter().text(at, Align2::CENTER_CENTER, icon, theme::icon(16.0), ink);
            let text = if check.holds {
                let gap = match check.largest_difference {
                    0.0 => "identical".to_owned(),
                    d => format!("Δ ≤ {d:.1e}"),
                };
                format!("{} rows · {gap}", format::count(check.rows))
            } else {
                let differing = format::count(check.differing);
                format!("{differing} of {} rows differ", format::count(check.rows))
            };
            let ink = if check.holds { t.text_dim } else { t.error };
            let at = rect.right_center();
            let found = ui.painter().text(at, Align2::RIGHT_CENTER, text, theme::mono(12.0), ink);
            let at = rect.left_center() + vec2(28.0, 0.0);
            fit(ui, at, found.left() - 12.0, &check.check, theme::body(13.0), t.text);
            response.on_hover_text(format!(
                "{}: {} of {} rows differ; largest difference {:e}",
                check.check,
                format::count(check.differing),
                format::count(check.rows),
                check.largest_difference
            ));
        }
    });
}

fn files(ui: &mut Ui, cx: &mut Context<'_>, files: &[BundleFile]) {
    let t = theme::of(ui);
    card(ui, "Files", "click a hash to copy it", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for file in files {
            let (rect, _) =
                ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
            ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, t.hairline));
            let end = rect.right() - 280.0;
            let at = pos2(rect.left(), rect.top() + 13.0);
            fit(ui, at, end, &file.path, theme::mono(12.0), t.text);
            let at = pos2(rect.left(), rect.top() + 29.0);
            fit(ui, at, end, &file.about, theme::body(12.0), t.text_dim);
            let y = rect.center().y;
            let rows = file.rows.map(|n| format!("{} rows", format::count(n))).unwrap_or_default();
            let mono = theme::mono(12.0);
            let at = pos2(rect.right() - 190.0, y);
            ui.painter().text(at, Align2::RIGHT_CENTER, rows, mono.clone(), t.text_dim);
            let at = pos2(rect.right() - 112.0, y);
            let size = format::bytes(file.bytes);
            ui.painter().text(at, Align2::RIGHT_CENTER, size, mono.clone(), t.text_dim);
            let place = egui::Rect::from_min_max(pos2(rect.right() - 100.0, rect.top()), rect.max);
            let response = ui.interact(place, ui.scope_id().with(&file.path), Sense::click());
            let said = format!("Copy the SHA-256 of {}", file.path);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
            let ink = if response.hovered() { t.accent } else { t.text_faint };
            let short = format::cut(&file.sha256, 10);
            ui.painter().text(place.right_center(), Align2::RIGHT_CENTER, short, mono, ink);
            if response.on_hover_text(format!("{}\n{said}", file.sha256)).clicked() {
                cx.push(Action::Copy(file.sha256.clone()));
            }
        }
    });
}

fn settings(ui: &mut Ui, cx: &mut Context<'_>) {
    let Some(document) = cx.data.document.read() else { return };
    let mut params: ExportParams = document.export.clone();
    card(ui, "Settings", "", |ui| {
        ui.spacing_mut().item_spacing.y = 12.0;
        let about = "Names, e-mail, phone and street stay out of the profiles";
        if turn(ui, "Leave out direct identifiers", about, params.pseudonymous) {
            params.pseudonymous = !params.pseudonymous;
        }
        let about = "People without e-mail consent stay out of the profiles";
        if turn(ui, "Only people who consented", about, params.consent_only) {
            params.consent_only = !params.consent_only;
        }
    });
    if params != document.export {
        cx.push(Action::Apply(Command::SetExport { params }));
    }
}

fn turn(ui: &mut Ui, name: &str, about: &str, on: bool) -> bool {
    ui.horizontal(|ui| {
        let turned = button::switch(ui, on, name);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.words(name);
            ui.dim(about);
        });
        turned
    })
    .inner
}

fn report(ui: &mut Ui, cx: &mut Context<'_>) {
    card(ui, "Report", "", |ui| {
        ui.dim("One HTML file a client can read, of what the project holds now");
        if button(ui, Rank::Plain, Some(icons::FILE), "Write the report").clicked() {
            cx.push(Action::Report);
        }
    });
}
