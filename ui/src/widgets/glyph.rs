//! How a stage stands, by shape as well as colour.

use crate::theme::Tokens;
use egui::{Painter, Pos2, Shape, Stroke, pos2};
use kith_model::StageState;

/// What the state is called.
pub fn name(state: StageState) -> &'static str {
    match state {
        StageState::Empty => "nothing to work on yet",
        StageState::Stale => "not up to date",
        StageState::Running => "running",
        StageState::Ready => "up to date",
        StageState::Attention => "needs a look",
    }
}

/// Paints the state: empty ring, half disc, turning arc, full disc, triangle. `time` in seconds
/// turns the arc.
pub fn paint(painter: &Painter, t: &Tokens, at: Pos2, state: StageState, time: f64) {
    let r = 5.0;
    match state {
        StageState::Empty => {
            painter.circle(at, r - 0.5, t.surface, Stroke::new(1.5, t.text_faint));
        }
        StageState::Stale => {
            painter.circle(at, r - 0.5, t.surface, Stroke::new(1.5, t.warn));
            let half: Vec<Pos2> = (0..=16)
                .map(|i| {
                    let a = std::f32::consts::PI * (0.5 + i as f32 / 16.0);
                    at + r * egui::vec2(a.cos(), a.sin())
                })
                .collect();
            painter.add(Shape::convex_polygon(half, t.warn, Stroke::NONE));
        }
        StageState::Running => {
            painter.circle(at, r, t.surface, Stroke::new(2.0, t.hairline_strong));
            let turn = (time * 4.0) as f32;
            let arc: Vec<Pos2> = (0..=12)
                .map(|i| {
                    let a = turn + i as f32 / 12.0 * 2.2;
                    at + r * egui::vec2(a.cos(), a.sin())
                })
                .collect();
            painter.add(Shape::line(arc, Stroke::new(2.0, t.accent)));
        }
        StageState::Ready => {
            painter.circle_filled(at, r + 0.5, t.ok);
            let tick = vec![
                at + egui::vec2(-2.6, 0.2),
                at + egui::vec2(-0.6, 2.2),
                at + egui::vec2(2.8, -2.0),
            ];
            painter.add(Shape::line(tick, Stroke::new(1.5, t.surface)));
        }
        StageState::Attention => {
            let points = vec![
                pos2(at.x, at.y - 6.0),
                pos2(at.x + 6.5, at.y + 5.0),
                pos2(at.x - 6.5, at.y + 5.0),
            ];
            painter.add(Shape::convex_polygon(points, t.warn, Stroke::NONE));
            painter.vline(at.x, at.y - 2.2..=at.y + 1.2, Stroke::new(1.5, t.surface));
            painter.circle_filled(pos2(at.x, at.y + 3.2), 0.9, t.surface);
        }
    }
}
