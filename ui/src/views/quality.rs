//! Quality: what was expected, what fails, and the failing rows themselves.

use crate::context::Context;
use crate::icons;
use crate::theme;
use crate::widgets::card::chip;
use crate::widgets::grid::Grid;
use crate::widgets::{Say, format, layout, stage};
use egui::accesskit::Role;
use egui::{
    Align2, CornerRadius, CursorIcon, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};
use kith_api::TableRef;
use kith_model::Stage;
use kith_model::quality::{Finding, Outcome, Severity};

/// The page's transient input.
#[derive(Default)]
pub struct QualityView {
    chosen: Option<String>,
    rows: Grid,
}

impl QualityView {
    /// Draws the page.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        stage::header(ui, cx, Stage::Quality, None);
        let teach = "Expectations are checked over the mapped tables: nothing missing that must \
                     be there, unique numbers, dates that have happened. Each failing row is one \
                     click away";
        if !stage::has_result(ui, cx, Stage::Quality, icons::QUALITY, teach) {
            return;
        }
        let Some(summary) = cx.data.quality.read().and_then(Option::as_ref) else { return };
        let findings = &summary.findings;
        if !findings.iter().any(|f| Some(&f.title) == self.chosen.as_ref()) {
            self.chosen = findings.iter().find(|f| f.failing > 0).map(|f| f.title.clone());
        }
        layout::fill(ui, |ui| {
            let room = ui.available_height() * 0.52;
            ui.scope(|ui| {
                stage::dim_when_old(ui, cx, Stage::Quality);
                ui.spacing_mut().item_spacing.y = 0.0;
                ScrollArea::vertical().id_salt("findings").max_height(room).show(ui, |ui| {
                    for finding in findings {
                        self.line(ui, finding);
                    }
                });
            });
            let chosen = findings.iter().find(|f| Some(&f.title) == self.chosen.as_ref());
            match chosen {
                Some(finding) if finding.failing > 0 => {
                    ui.head(&format!("Failing rows: {}", finding.title));
                    let table = TableRef::Query { sql: finding.sql.clone() };
                    self.rows.show(ui, cx, &table, &[]);
                }
                Some(_) => {
                    ui.dim("This expectation holds in every row");
                }
                None => {
                    ui.dim("Every expectation holds");
                }
            }
        });
    }

    fn line(&mut self, ui: &mut Ui, finding: &Finding) {
        let t = theme::of(ui);
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::click());
        let here = self.chosen.as_ref() == Some(&finding.title);
        let said = format!("{}, {} failing", finding.title, finding.failing);
        response.widget_info(|| WidgetInfo::selected(Role::Row, true, here, &said));
        let fill = match (here, response.hovered()) {
            (true, _) => t.accent_soft,
            (false, true) => t.hover,
            (false, false) => egui::Color32::TRANSPARENT,
        };
        ui.painter().rect_filled(rect, CornerRadius::same(4), fill);
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.hairline));
        let (icon, ink) = match (finding.outcome, finding.expectation.severity) {
            (Outcome::Holds, _) => (icons::GOOD, t.ok),
            (Outcome::Unchecked, _) => (icons::HELP, t.text_dim),
            (Outcome::Fails, Severity::Warning) => (icons::WARNING, t.warn),
            (Outcome::Fails, Severity::Error) => (icons::BAD, t.error),
        };
        let at = rect.left_center() + vec2(16.0, 0.0);
        ui.painter().text(at, Align2::CENTER_CENTER, icon, theme::icon(16.0), ink);
        let at = rect.left_center() + vec2(34.0, 0.0);
        let clip = ui.painter().with_clip_rect(rect.with_max_x(rect.right() - 320.0));
        clip.text(at, Align2::LEFT_CENTER, &finding.title, theme::medium(13.0), t.text);
        let entity = finding.expectation.table.title();
        let at = pos2(rect.right() - 200.0, rect.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, entity, theme::body(12.0), t.text_dim);
        let at = pos2(rect.right() - 96.0, rect.center().y);
        let failing = if finding.failing == 0 {
            "holds".to_owned()
        } else {
            format!("{} fail", format::count(finding.failing))
        };
        let ink = if finding.failing == 0 { t.text_dim } else { ink };
        ui.painter().text(at, Align2::RIGHT_CENTER, failing, theme::mono(12.0), ink);
        let at = pos2(rect.right() - 8.0, rect.center().y);
        let rows = format!("of {}", format::count(finding.rows));
        ui.painter().text(at, Align2::RIGHT_CENTER, rows, theme::mono(12.0), t.text_faint);
        if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
            self.chosen = Some(finding.title.clone());
        }
    }

    /// The chosen finding.
    pub fn inspect(&mut self, ui: &mut Ui, cx: &Context<'_>) {
        let t = theme::of(ui);
        let summary = cx.data.quality.peek().and_then(Option::as_ref);
        let mut findings = summary.into_iter().flat_map(|s| &s.findings);
        let Some(finding) = findings.find(|f| Some(&f.title) == self.chosen.as_ref()) else {
            return;
        };
        ui.say(finding.title.clone(), theme::semibold(13.0), t.text);
        let severity = match finding.expectation.severity {
            Severity::Warning => ("warning: look at it", t.warn),
            Severity::Error => ("error: do not trust what follows", t.error),
        };
        chip(ui, severity.0, severity.1);
        sql(ui, &finding.sql);
    }
}

/// SQL as it is run, to be read and copied.
pub fn sql(ui: &mut Ui, text: &str) {
    let t = theme::of(ui);
    egui::Frame::new()
        .fill(t.sunken)
        .stroke(Stroke::new(1.0, t.hairline))
        .corner_radius(CornerRadius::same(4))
        .inner_margin(egui::Margin::same(8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let rich = egui::RichText::new(text).font(theme::mono(12.0)).color(t.text);
            ui.add(egui::Label::new(rich).wrap().selectable(true));
        });
}
