//! The canvas: columns left, fields right, curved links; drag to link, click to unlink.

use super::transforms;
use crate::context::{Action, Context};
use crate::icons;
use crate::page::PageKey;
use crate::theme::{self, Tokens};
use crate::widgets::grid::type_icon;
use crate::widgets::{fit_end, format};
use egui::accesskit::Role;
use egui::epaint::CubicBezierShape;
use egui::{
    Align2, Color32, CornerRadius, CursorIcon, Pos2, Rect, ScrollArea, Sense, Stroke, StrokeKind,
    Ui, WidgetInfo, pos2, vec2,
};
use kith_api::TableRef;
use kith_model::mapping::{Link, Mapping, Origin, Transform};
use kith_model::{Command, Entity, FieldSpec, SourceId};

const ROW: f32 = 34.0;

/// What is being dragged.
#[derive(Default)]
pub struct Canvas {
    from: Option<String>,
    /// The field whose link was clicked, for the caller to take.
    pub clicked: Option<String>,
}

/// Everything the canvas draws.
struct Scene<'a> {
    source: &'a SourceId,
    entity: Entity,
    columns: Vec<Column>,
    links: &'a [Link],
    /// Whether a link would be accepted at the present threshold.
    taken: &'a dyn Fn(&Link) -> bool,
}

/// A source column with its type and a sample.
struct Column {
    name: String,
    sql_type: String,
    sample: String,
}

impl Canvas {
    /// Draws the canvas of one source and entity.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Context<'_>,
        at: (&SourceId, Entity),
        mapping: &Mapping,
        taken: &dyn Fn(&Link) -> bool,
    ) {
        let (source, entity) = at;
        let part = mapping.entities.iter().find(|e| e.entity == entity);
        let links = part.map_or(&[][..], |e| &e.links);
        let columns = columns(cx, source, mapping);
        let scene = Scene { source, entity, columns, links, taken };
        ScrollArea::vertical().id_salt("canvas").auto_shrink([false, false]).show(ui, |ui| {
            let rows = scene.columns.len().max(entity.fields().len());
            let size = vec2(ui.available_width() - 8.0, ROW * rows as f32 + 8.0);
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            let width = ((rect.width() - 140.0) / 2.0).min(320.0);
            let lefts = |i: usize| {
                let min = pos2(rect.left(), rect.top() + ROW * i as f32);
                Rect::from_min_size(min, vec2(width, ROW - 4.0))
            };
            let rights = |i: usize| {
                let min = pos2(rect.right() - width, rect.top() + ROW * i as f32);
                Rect::from_min_size(min, vec2(width, ROW - 4.0))
            };
            draw_links(ui, cx, &scene, &lefts, &rights);
            for (i, column) in scene.columns.iter().enumerate() {
                self.column(ui, &scene, column, lefts(i));
            }
            for (i, field) in entity.fields().iter().enumerate() {
                self.field(ui, cx, &scene, field, rights(i));
            }
            self.dragging(ui, &scene, &lefts);
        });
    }

    fn column(&mut self, ui: &Ui, scene: &Scene<'_>, column: &Column, rect: Rect) {
        let t = theme::of(ui);
        let id = ui.scope_id().with(("column", &column.name));
        let response = ui.interact(rect, id, Sense::click_and_drag());
        let said = format!("Column {}", column.name);
        response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &said));
        let linked = scene.links.iter().any(|l| uses(l, &column.name));
        let dragged = self.from.as_ref() == Some(&column.name);
        node(ui, rect, (response.hovered() || dragged, linked), &t);
        let at = rect.left_center() + vec2(14.0, 0.0);
        let icon = type_icon(&column.sql_type);
        ui.painter().text(at, Align2::CENTER_CENTER, icon, theme::icon(13.0), t.text_faint);
        let clip = ui.painter().with_clip_rect(rect.shrink2(vec2(8.0, 0.0)));
        let at = rect.left_center() + vec2(28.0, 0.0);
        let ink = if linked { t.text } else { t.text_dim };
        let name = clip.text(at, Align2::LEFT_CENTER, &column.name, theme::medium(13.0), ink);
        let at = rect.right_center() - vec2(14.0, 0.0);
        fit_end(ui, at, name.right() + 12.0, &column.sample, theme::mono(12.0), t.text_faint);
        port(ui, rect.right_center(), linked || dragged, &t);
        if response.drag_started() {
            self.from = Some(column.name.clone());
        }
        let response = response.on_hover_and_drag_cursor(CursorIcon::Grab);
        response.on_hover_text(format!(
            "{}\n{}\n{}\nDrag to a field to link",
            column.name, column.sql_type, column.sample
        ));
    }

    fn field(
        &mut self,
        ui: &Ui,
        cx: &mut Context<'_>,
        scene: &Scene<'_>,
        field: &FieldSpec,
        rect: Rect,
    ) {
        let t = theme::of(ui);
        let id = ui.scope_id().with(("field", field.name));
        let response = ui.interact(rect, id, Sense::click());
        let link = scene.links.iter().find(|l| l.field == field.name);
        let said = match link.and_then(|l| l.column.as_deref()) {
            Some(column) => format!("Field {}, linked to {column}", field.label),
            None => format!("Field {}", field.label),
        };
        response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &said));
        let aimed = self.from.is_some() && response.contains_pointer();
        node(ui, rect, (response.hovered() || aimed, link.is_some()), &t);
        port(ui, rect.left_center(), link.is_some() || aimed, &t);
        let clip = ui.painter().with_clip_rect(rect.shrink2(vec2(8.0, 0.0)));
        let ink = if link.is_some() { t.text } else { t.text_dim };
        let at = rect.left_center() + vec2(16.0, 0.0);
        let name = clip.text(at, Align2::LEFT_CENTER, field.label, theme::medium(13.0), ink);
        if field.required {
            let at = pos2(name.right() + 6.0, rect.center().y);
            let ink = if link.is_some() { t.text_faint } else { t.warn };
            clip.text(at, Align2::LEFT_CENTER, "needed", theme::body(12.0), ink);
        }
        let at = rect.right_center() - vec2(12.0, 0.0);
        let note = link.map_or(field.name.to_owned(), note);
        clip.text(at, Align2::RIGHT_CENTER, note, theme::mono(12.0), t.text_faint);
        if aimed
            && ui.input(|i| i.pointer.any_released())
            && let Some(column) = &self.from
        {
            let link = Link {
                field: field.name.to_owned(),
                column: Some(column.clone()),
                transform: Transform::None,
                origin: Origin::Manual,
                confidence: 1.0,
                reason: String::new(),
            };
            let (source, entity) = (scene.source.clone(), scene.entity);
            cx.push(Action::Apply(Command::LinkField { source, entity, link }));
        }
        if link.is_some() && response.clicked() {
            self.clicked = Some(field.name.to_owned());
        }
        let mut tip = format!("{}\n{}.{}", field.label, scene.entity.key(), field.name);
        if let Some(Transform::Sql(sql)) = link.map(|l| &l.transform) {
            tip.push_str(&format!("\n\n{sql}"));
        }
        response.on_hover_text(tip);
    }

    fn dragging(&mut self, ui: &Ui, scene: &Scene<'_>, lefts: &impl Fn(usize) -> Rect) {
        let Some(from) = &self.from else { return };
        let t = theme::of(ui);
        let at = scene.columns.iter().position(|c| &c.name == from);
        if let (Some(i), Some(to)) = (at, ui.input(|i| i.pointer.interact_pos())) {
            curve(ui, lefts(i).right_center(), to, Stroke::new(2.0, t.accent));
        }
        if !ui.input(|i| i.pointer.any_down()) {
            self.from = None;
        }
    }
}

/// Names of a source's columns.
pub fn names(cx: &Context<'_>, source: &SourceId, mapping: &Mapping) -> Vec<String> {
    columns(cx, source, mapping).into_iter().map(|c| c.name).collect()
}

/// Columns as loaded; before loading, those the mapping names.
fn columns(cx: &Context<'_>, source: &SourceId, mapping: &Mapping) -> Vec<Column> {
    let summary = cx.data.sources.read().and_then(Option::as_ref);
    let loaded = summary.and_then(|s| s.sources.iter().find(|x| &x.id == source));
    if let Some(loaded) = loaded {
        let sample =
            |top: &[(String, u64)]| top.first().map(|(v, _)| v.clone()).unwrap_or_default();
        return loaded
            .columns
            .iter()
            .map(|c| Column {
                name: c.name.clone(),
                sql_type: c.sql_type.clone(),
                sample: sample(&c.top),
            })
            .collect();
    }
    let key = PageKey {
        table: TableRef::Source { id: source.clone() },
        order: None,
        find: None,
        filters: Vec::new(),
        page: 0,
    };
    if let Some(page) = cx.data.pages.peek(&key) {
        let make = |(i, c): (usize, &kith_model::source::ColumnInfo)| Column {
            name: c.name.clone(),
            sql_type: c.sql_type.clone(),
            sample: page.cell(0, i).unwrap_or_default().to_owned(),
        };
        return page.columns.iter().enumerate().map(make).collect();
    }
    let mut names: Vec<String> =
        mapping.entities.iter().flat_map(|e| &e.links).filter_map(|l| l.column.clone()).collect();
    names.sort();
    names.dedup();
    let make = |name| Column { name, sql_type: "VARCHAR".to_owned(), sample: String::new() };
    names.into_iter().map(make).collect()
}

fn uses(link: &Link, column: &str) -> bool {
    match (&link.column, &link.transform) {
        (Some(name), Transform::Join { with, .. }) => {
            name == column || with.iter().any(|w| w == column)
        }
        (Some(name), _) => name == column,
        (None, Transform::Sql(sql)) => sql.contains(&format!("\"{column}\"")),
        _ => false,
    }
}

fn note(link: &Link) -> String {
    match &link.transform {
        Transform::None if link.origin == Origin::Suggested => {
            format::share(f64::from(link.confidence))
        }
        transform => transforms::said(transform),
    }
}

fn node(ui: &Ui, rect: Rect, state: (bool, bool), t: &Tokens) {
    let (over, linked) = state;
    let fill = if over { t.hover } else { t.raised };
    let border = if over || linked { t.hairline_strong } else { t.hairline };
    let stroke = Stroke::new(1.0, border);
    ui.painter().rect(rect, CornerRadius::same(6), fill, stroke, StrokeKind::Inside);
}

fn port(ui: &Ui, at: Pos2, on: bool, t: &Tokens) {
    let fill = if on { t.accent } else { t.raised };
    let border = if on { t.accent } else { t.hairline_strong };
    ui.painter().circle(at, 4.0, fill, Stroke::new(1.5, border));
}

fn curve(ui: &Ui, from: Pos2, to: Pos2, stroke: Stroke) -> CubicBezierShape {
    let bend = vec2(((to.x - from.x) * 0.5).abs().max(24.0), 0.0);
    let points = [from, from + bend, to - bend, to];
    let shape = CubicBezierShape::from_points_stroke(points, false, Color32::TRANSPARENT, stroke);
    ui.painter().add(shape.clone());
    shape
}

fn draw_links(
    ui: &Ui,
    cx: &mut Context<'_>,
    scene: &Scene<'_>,
    lefts: &impl Fn(usize) -> Rect,
    rights: &impl Fn(usize) -> Rect,
) {
    let t = theme::of(ui);
    let pointer = ui.input(|i| i.pointer.hover_pos()).filter(|p| ui.clip_rect().contains(*p));
    let mut aimed: Option<(f32, &Link)> = None;
    for link in scene.links {
        let Some(to) = scene.entity.fields().iter().position(|f| f.name == link.field) else {
            continue;
        };
        for (i, _) in scene.columns.iter().enumerate().filter(|(_, c)| uses(link, &c.name)) {
            let (a, b) = (lefts(i).right_center(), rights(to).left_center());
            let color = match link.origin {
                Origin::Manual => t.accent,
                Origin::Preset => t.text_faint,
                Origin::Suggested if (scene.taken)(link) => {
                    t.warn.gamma_multiply(0.4 + 0.6 * link.confidence)
                }
                Origin::Suggested => t.hairline_strong,
            };
            let shape = curve(ui, a, b, Stroke::new(1.5, color));
            let near = |p: Pos2| {
                (0..=24).map(|s| shape.sample(s as f32 / 24.0).distance(p)).fold(f32::MAX, f32::min)
            };
            let inside = pointer.filter(|p| (a.x + 8.0..b.x - 8.0).contains(&p.x));
            if let Some(far) = inside.map(near).filter(|d| *d < 8.0)
                && aimed.is_none_or(|(best, _)| far < best)
            {
                curve(ui, a, b, Stroke::new(2.5, t.accent));
                aimed = Some((far, link));
            }
        }
    }
    if let (Some((_, link)), Some(at)) = (aimed, pointer) {
        hovered(ui, cx, scene, link, at);
    }
}

fn hovered(ui: &Ui, cx: &mut Context<'_>, scene: &Scene<'_>, link: &Link, at: Pos2) {
    let spot = Rect::from_center_size(at, vec2(6.0, 6.0));
    let response = ui.interact(spot, ui.scope_id().with(("link", &link.field)), Sense::click());
    let said = format!("Link to {}", link.field);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
    let by = match link.origin {
        Origin::Manual => "drawn by hand",
        Origin::Preset => "from the preset of this export",
        Origin::Suggested => "suggested",
    };
    let reason = if link.reason.is_empty() { String::new() } else { format!("\n{}", link.reason) };
    response.show_tooltip_text(format!(
        "{} → {}\n{by}, confidence {}{reason}\n{} Click to unlink",
        link.column.as_deref().unwrap_or("expression"),
        link.field,
        format::share(f64::from(link.confidence)),
        icons::UNLINK,
    ));
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        let (source, entity) = (scene.source.clone(), scene.entity);
        let field = link.field.clone();
        cx.push(Action::Apply(Command::UnlinkField { source, entity, field }));
    }
}
