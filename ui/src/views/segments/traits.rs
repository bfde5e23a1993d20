//! The heat map: where each segment differs from everybody, in standard deviations.

use crate::context::{Action, Context};
use crate::theme;
use crate::widgets::card::card;
use crate::widgets::{fit, format};
use egui::{Align2, CursorIcon, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};
use kith_model::segments::SegmentsSummary;

const NAMES: f32 = 150.0;
const ROW: f32 = 24.0;

/// Draws features down, segments across.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>, summary: &SegmentsSummary) {
    let t = theme::of(ui);
    card(ui, "What sets them apart", "standard deviations from the mean", |ui| {
        let Some(first) = summary.segments.first() else { return };
        let rows = first.traits.len();
        let size = vec2(ui.available_width(), ROW * rows as f32 + 22.0);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        response.widget_info(|| {
            let name = "Heat map of traits by segment";
            egui::WidgetInfo::labeled(egui::accesskit::Role::GraphicsDocument, true, name)
        });
        let names = NAMES.min(rect.width() * 0.35);
        let step = (rect.width() - names) / summary.segments.len() as f32;
        let cell = |row: usize, column: usize| {
            Rect::from_min_size(
                pos2(
                    rect.left() + names + step * column as f32,
                    rect.top() + 22.0 + ROW * row as f32,
                ),
                vec2(step, ROW),
            )
        };
        for (column, segment) in summary.segments.iter().enumerate() {
            let at = pos2(cell(0, column).center().x, rect.top() + 9.0);
            ui.painter().circle_filled(at, 5.0, t.category(segment.id as usize));
            let here = cx.selection.segment == Some(segment.id);
            for (row, value) in segment.traits.iter().enumerate() {
                let place = cell(row, column).shrink(1.0);
                ui.painter().rect_filled(place, 2.0, t.diverge(value.z as f32 / 2.0));
                if step > 44.0 {
                    let text = if value.z.abs() < 0.05 {
                        "0".to_owned()
                    } else {
                        format!("{:+.1}", value.z).replace('-', "−")
                    };
                    let font = theme::mono(12.0);
                    ui.painter().text(place.center(), Align2::CENTER_CENTER, text, font, t.text);
                }
                if response.hover_pos().is_some_and(|p| place.contains(p)) {
                    response.show_tooltip_text(format!(
                        "{}\n{}: mean {}, {} standard deviations",
                        segment.name,
                        value.label,
                        format::real(value.mean),
                        format::signed(value.z)
                    ));
                    if response.clicked() {
                        cx.push(Action::Segment(Some(segment.id)));
                        cx.push(Action::Feature(Some(value.feature.clone())));
                        cx.push(Action::Person(None));
                    }
                }
            }
            if here {
                let whole = cell(0, column).union(cell(rows.saturating_sub(1), column));
                let ring = Stroke::new(1.5, t.accent);
                ui.painter().rect_stroke(whole, 3.0, ring, StrokeKind::Inside);
            }
        }
        for (row, value) in first.traits.iter().enumerate() {
            let y = cell(row, 0).center().y;
            let at = pos2(rect.left(), y);
            fit(ui, at, rect.left() + names - 8.0, &value.label, theme::body(12.0), t.text_dim);
        }
        response.on_hover_cursor(CursorIcon::PointingHand);
    });
}
