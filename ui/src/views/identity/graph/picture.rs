//! The picture of a person: places of records, links, and words that do not cover each other.

use crate::icons;
use crate::theme::{self, Tokens};
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, Ui, Vec2, pos2, vec2};
use kith_model::identity::RecordCard;
use kith_model::person_graph::{GraphLink, LinkKind, PersonGraph};

/// A click so near to a record, in points, is meant for it.
pub(super) const NODE: f32 = 11.0;

/// Steps of the layout.
const STEPS: u32 = 160;

/// Characters of a name that are written into the picture.
const NAME: usize = 22;

/// Source and id of every record, each where it covers least.
pub(super) fn names(ui: &Ui, graph: &PersonGraph, at: &[Pos2], field: Rect) {
    let t = theme::of(ui);
    let lay = |text: &str, font: FontId, ink: Color32| {
        ui.painter().layout_no_wrap(crate::widgets::format::cut(text, NAME), font, ink)
    };
    let written: Vec<_> = graph
        .records
        .iter()
        .map(|card| {
            let (source, id) = card.name.split_once('/').unwrap_or((&card.source, &card.name));
            let source = lay(source, theme::medium(12.0), t.text);
            [source, lay(id, theme::mono(11.0), t.text_faint)]
        })
        .collect();
    let size = |[source, id]: &[std::sync::Arc<egui::Galley>; 2]| {
        vec2(source.size().x.max(id.size().x) + 6.0, source.size().y + id.size().y)
    };
    let sizes: Vec<Vec2> = written.iter().map(size).collect();
    for (place, [source, id]) in spots(at, &sizes, field).into_iter().zip(written) {
        // Links pass below the words.
        ui.painter().rect_filled(place, 2.0, t.raised.gamma_multiply(0.85));
        let x = |wide: f32| place.center().x - wide / 2.0;
        let second = pos2(x(id.size().x), place.top() + source.size().y);
        ui.painter().galley(pos2(x(source.size().x), place.top()), source, t.text);
        ui.painter().galley(second, id, t.text_faint);
    }
}

/// Where words of such sizes stand: off the middle first, else on the other side, to the right, to
/// the left, or askew, wherever they cover least of records, of each other and of what is outside.
fn spots(at: &[Pos2], sizes: &[Vec2], field: Rect) -> Vec<Rect> {
    let node = |p: &Pos2| Rect::from_center_size(*p, Vec2::splat(2.0 * NODE));
    let mut taken: Vec<Rect> = at.iter().map(node).collect();
    let mut places = Vec::new();
    for (p, size) in at.iter().zip(sizes) {
        let up = if p.y < field.center().y { -1.0 } else { 1.0 };
        let away = *size / 2.0 + Vec2::splat(NODE);
        let sides = [
            vec2(0.0, up),
            vec2(0.0, -up),
            vec2(1.0, 0.0),
            vec2(-1.0, 0.0),
            vec2(0.7, up),
            vec2(-0.7, up),
            vec2(0.7, -up),
            vec2(-0.7, -up),
        ];
        let cost = |place: &Rect| {
            let covered: f32 = taken.iter().map(|other| area(place.intersect(*other))).sum();
            covered + 4.0 * (area(*place) - area(place.intersect(field)))
        };
        let all = sides.map(|side| Rect::from_center_size(*p + side * away, *size));
        let best = all.into_iter().min_by(|a, b| cost(a).total_cmp(&cost(b)));
        let best = best.unwrap_or(all[0]);
        taken.push(best);
        places.push(best);
    }
    places
}

fn area(rect: Rect) -> f32 {
    if rect.is_positive() { rect.area() } else { 0.0 }
}

/// A record in words.
pub(super) fn record(card: &RecordCard) -> String {
    let values = card.values.iter().filter(|(_, value)| !value.is_empty());
    let lines = values.map(|(field, value)| format!("\n{field}: {value}")).collect::<String>();
    format!("{}\n{}{lines}", card.name, card.source)
}

/// Draws a link; `bright`: it is pointed at or chosen.
pub(super) fn paint_link(
    painter: &Painter,
    link: &GraphLink,
    (at, bright): (&[Pos2], bool),
    t: &Tokens,
) {
    let ends = [at[link.from as usize], at[link.to as usize]];
    let wide = if bright { 1.5 } else { 0.0 };
    let solid =
        |ink: Color32, width: f32| Shape::line_segment(ends, Stroke::new(width + wide, ink));
    match link.kind {
        LinkKind::Said => painter.add(solid(t.ok, 3.0)),
        LinkKind::Key => painter.add(solid(t.text_dim, 3.0)),
        LinkKind::Strong => {
            let width = 1.0 + (link.weight as f32 / 12.0).clamp(0.0, 1.0) * 2.0;
            painter.add(solid(t.accent, width))
        }
        LinkKind::Weak => {
            let stroke = Stroke::new(1.0 + wide, t.warn);
            painter.extend(Shape::dashed_line(&ends, stroke, 5.0, 4.0));
            return;
        }
    };
    if !link.cuts_off.is_empty() {
        let middle = ends[0].lerp(ends[1], 0.5);
        painter.circle(middle, 9.0, t.raised, Stroke::new(1.0, t.warn));
        painter.text(middle, Align2::CENTER_CENTER, icons::UNLINK, theme::icon(12.0), t.warn);
    }
}

/// The link nearest to a place, when it is near.
pub(super) fn struck<'a>(
    graph: &'a PersonGraph,
    at: &[Pos2],
    place: Pos2,
) -> Option<&'a GraphLink> {
    let far = |link: &GraphLink| {
        let (a, b) = (at[link.from as usize], at[link.to as usize]);
        let along = (b - a).length_sq().max(1.0);
        let share = ((place - a).dot(b - a) / along).clamp(0.0, 1.0);
        (place - a.lerp(b, share)).length()
    };
    let nearest = graph.links.iter().min_by(|x, y| far(x).total_cmp(&far(y)));
    nearest.filter(|link| far(link) <= 8.0)
}

/// Places in the unit square: records that hold together lie together (Fruchterman and Reingold
/// 1991, from a circle, so that the same person always looks the same).
pub(super) fn arranged(graph: &PersonGraph) -> Vec<Vec2> {
    let n = graph.records.len();
    let turn = |i: usize| std::f32::consts::TAU * i as f32 / n.max(1) as f32;
    let mut at: Vec<Vec2> = (0..n).map(|i| Vec2::angled(turn(i))).collect();
    let ideal = 1.6 / (n.max(1) as f32).sqrt();
    for step in 0..STEPS {
        let mut push = vec![Vec2::ZERO; n];
        for i in 0..n {
            for j in 0..n {
                let apart = at[i] - at[j];
                let far = apart.length().max(0.01);
                if i != j {
                    push[i] += apart / far * (ideal * ideal / far);
                }
            }
        }
        for link in graph.links.iter() {
            let (i, j) = (link.from as usize, link.to as usize);
            let apart = at[i] - at[j];
            let pull = if link.kind == LinkKind::Weak { 0.15 } else { 1.0 };
            let force = apart * (apart.length() / ideal) * pull;
            push[i] -= force;
            push[j] += force;
        }
        let heat = 0.12 * (1.0 - step as f32 / STEPS as f32);
        for (place, force) in at.iter_mut().zip(push) {
            let far = force.length().max(1e-6);
            *place += force / far * far.min(heat);
        }
    }
    let bounds =
        at.iter().fold(Rect::NOTHING, |r, p| r.union(Rect::from_min_max(p.to_pos2(), p.to_pos2())));
    let (wide, high) = (bounds.width().max(1e-3), bounds.height().max(1e-3));
    let inside = |p: &Vec2| vec2((p.x - bounds.left()) / wide, (p.y - bounds.top()) / high);
    if n == 1 { vec![vec2(0.5, 0.5)] } else { at.iter().map(inside).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cover_neither_each_other_nor_a_record() {
        let field = Rect::from_min_size(Pos2::ZERO, vec2(600.0, 380.0));
        // Two records so near that words below both would lie on each other.
        let at = [pos2(300.0, 250.0), pos2(340.0, 255.0), pos2(320.0, 120.0), pos2(590.0, 200.0)];
        let sizes = [vec2(140.0, 28.0); 4];
        let places = spots(&at, &sizes, field);
        for (n, place) in places.iter().enumerate() {
            assert!(field.contains_rect(*place), "{n}: {place:?}");
            for other in &places[n + 1..] {
                assert!(!place.intersects(*other), "{place:?} on {other:?}");
            }
            assert!(at.iter().all(|p| !place.contains(*p)));
        }
    }
}
