//! The top bar: project, undo and redo, search, jobs, theme, help.

use super::Shell;
use crate::context::{Action, Context};
use crate::icons;
use crate::route::Route;
use crate::theme::{self, Tokens};
use crate::widgets::{Rank, Say, button, format, icon_button, stage};
use crate::wire::Pick;
use egui::accesskit::Role;
use egui::{
    Align, Align2, CornerRadius, CursorIcon, Layout, Painter, Popup, PopupCloseBehavior, Pos2,
    Rect, Sense, Shape, Stroke, StrokeKind, TextEdit, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use kith_model::Command;

/// Draws it.
pub fn show(ui: &mut Ui, shell: &Shell, cx: &mut Context<'_>) {
    let rect = ui.max_rect();
    let content = rect.shrink2(vec2(12.0, 0.0));
    ui.scope_builder(
        UiBuilder::new().max_rect(content).layout(Layout::left_to_right(Align::Center)),
        |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            project(ui, cx);
            ui.add_space(8.0);
            undo_redo(ui, cx);
        },
    );
    let width = (rect.width() * 0.32).clamp(180.0, 440.0);
    search(ui, cx, Rect::from_center_size(rect.center(), vec2(width, 28.0)));
    ui.scope_builder(
        UiBuilder::new().max_rect(content).layout(Layout::right_to_left(Align::Center)),
        |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            if icon_button(ui, icons::HELP, "Keys · ?", shell.sheet).clicked() {
                cx.push(Action::Keys);
            }
            let next = shell.theme.next();
            let name = format!("{} theme · click for {}", shell.theme.title(), next.title());
            let icon = match shell.theme {
                theme::ThemeChoice::Dark => icons::MOON,
                theme::ThemeChoice::Light => icons::SUN,
                theme::ThemeChoice::HighContrast => icons::CONTRAST,
            };
            if icon_button(ui, icon, &name, false).clicked() {
                cx.push(Action::Theme(next));
            }
            if icon_button(ui, icons::PANEL, "Inspector · Ctrl+I", shell.inspector).clicked() {
                cx.push(Action::Inspector);
            }
            if icon_button(ui, icons::HISTORY, "History · Ctrl+H", shell.history).clicked() {
                cx.push(Action::History);
            }
            jobs(ui, cx);
        },
    );
}

fn project(ui: &mut Ui, cx: &mut Context<'_>) {
    let t = theme::of(ui);
    let name = cx.data.overview.peek().and_then(|o| o.project.clone()).unwrap_or_default();
    let text = ui.painter().layout_no_wrap(format::cut(&name, 28), theme::semibold(13.0), t.text);
    let size = vec2(text.size().x + 58.0, 32.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let label = format!("Project {name}");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(6), t.hover);
    }
    logo(ui.painter(), pos2(rect.left() + 18.0, rect.center().y), 20.0, &t);
    let at = pos2(rect.left() + 36.0, rect.center().y - text.size().y / 2.0);
    ui.painter().galley(at, text, t.text);
    let at = pos2(rect.right() - 12.0, rect.center().y);
    ui.painter().text(at, Align2::CENTER_CENTER, icons::DOWN, theme::icon(12.0), t.text_dim);
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    let menu = Popup::menu(&response).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    menu.accessible_name("Project").show(|ui| {
        ui.set_min_width(220.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        rename(ui, cx, &name);
        if let Some(folder) = cx.data.overview.peek().and_then(|o| o.folder.as_ref()) {
            ui.faint(format::cut(&folder.0, 48)).on_hover_text(&folder.0);
        }
        for (icon, label, action) in [
            (icons::FOLDER, "Open another project…", Action::Pick(Pick::ProjectToOpen)),
            (icons::PLUS, "New project…", Action::Pick(Pick::ProjectToCreate)),
            (icons::MOUNTAINS, "Welcome page", Action::Go(Route::Welcome)),
            (icons::CLOSE, "Close project", Action::CloseProject),
        ] {
            if button(ui, Rank::Ghost, Some(icon), label).clicked() {
                cx.push(action);
                ui.close();
            }
        }
    });
}

/// The project's name, to be changed in place.
fn rename(ui: &mut Ui, cx: &mut Context<'_>, name: &str) {
    let id = ui.scope_id().with("project name");
    let mut text = ui.ctx().data(|d| d.get_temp::<String>(id)).unwrap_or_else(|| name.to_owned());
    let field = TextEdit::singleline(&mut text).desired_width(240.0);
    let response = ui.name_inputs("Project name", |ui| ui.add(field));
    if response.changed() {
        ui.data_mut(|d| d.insert_temp(id, text.clone()));
    }
    if response.lost_focus() {
        ui.data_mut(|d| d.remove::<String>(id));
        if text != name && !text.trim().is_empty() {
            cx.push(Action::Apply(Command::Rename { name: text.trim().to_owned() }));
        }
    }
}

/// The product's mark: two records, one person, two peaks of a range.
pub fn logo(painter: &Painter, at: Pos2, size: f32, t: &Tokens) {
    let p = |x: f32, y: f32| at + vec2((x - 0.5) * size, (y - 0.5) * size);
    let face = |points: Vec<Pos2>, color| {
        painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
    };
    let shade = |c: egui::Color32| c.lerp_to_gamma(t.canvas, 0.3);
    face(vec![p(0.42, 0.1), p(0.05, 0.88), p(0.42, 0.88)], shade(t.accent));
    face(vec![p(0.42, 0.1), p(0.42, 0.88), p(0.79, 0.88)], t.accent);
    face(vec![p(0.7, 0.35), p(0.45, 0.88), p(0.7, 0.88)], shade(t.warn));
    face(vec![p(0.7, 0.35), p(0.7, 0.88), p(0.97, 0.88)], t.warn);
}

fn undo_redo(ui: &mut Ui, cx: &mut Context<'_>) {
    let overview = cx.data.overview.peek();
    let undo = overview.and_then(|o| o.undo.clone());
    let redo = overview.and_then(|o| o.redo.clone());
    for (icon, verb, key, what, action) in [
        (icons::UNDO, "Undo", "Ctrl+Z", undo, Action::Undo),
        (icons::REDO, "Redo", "Ctrl+Y", redo, Action::Redo),
    ] {
        let name = match &what {
            Some(what) => format!("{verb}: {what} · {key}"),
            None => format!("Nothing to {} · {key}", verb.to_lowercase()),
        };
        ui.add_enabled_ui(what.is_some(), |ui| {
            if icon_button(ui, icon, &name, false).clicked() {
                cx.push(action);
            }
        });
    }
}

fn search(ui: &Ui, cx: &mut Context<'_>, rect: Rect) {
    let t = theme::of(ui);
    let response = ui.interact(rect, ui.scope_id().with("search"), Sense::click());
    let name = "Search commands and data";
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let border = if response.hovered() { t.hairline_strong } else { t.hairline };
    let stroke = Stroke::new(1.0, border);
    ui.painter().rect(rect, CornerRadius::same(6), t.sunken, stroke, StrokeKind::Inside);
    let at = rect.left_center() + vec2(16.0, 0.0);
    ui.painter().text(at, Align2::CENTER_CENTER, icons::SEARCH, theme::icon(14.0), t.text_faint);
    let at = rect.left_center() + vec2(30.0, 0.0);
    let words = "Search commands and data…";
    ui.painter().text(at, Align2::LEFT_CENTER, words, theme::body(13.0), t.text_faint);
    let at = rect.right_center() - vec2(10.0, 0.0);
    ui.painter().text(at, Align2::RIGHT_CENTER, "Ctrl+K", theme::mono(12.0), t.text_faint);
    if response.on_hover_cursor(CursorIcon::Text).clicked() {
        cx.push(Action::Palette);
    }
}

fn jobs(ui: &mut Ui, cx: &mut Context<'_>) {
    let t = theme::of(ui);
    let running: Vec<_> = cx
        .data
        .overview
        .peek()
        .map(|o| o.jobs.iter().filter(|j| j.outcome.is_none()).cloned().collect())
        .unwrap_or_default();
    let Some(first) = running.first() else {
        return;
    };
    let label = format::plural(running.len() as u64, "job", "jobs");
    let text = format!("{label} · {}", format::share(f64::from(first.done)));
    let text = ui.painter().layout_no_wrap(text, theme::medium(13.0), t.text);
    let (rect, response) = ui.allocate_exact_size(vec2(text.size().x + 40.0, 28.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(6), t.hover);
    }
    ring(ui.painter(), rect.left_center() + vec2(16.0, 0.0), first.done, &t);
    let at = pos2(rect.left() + 30.0, rect.center().y - text.size().y / 2.0);
    ui.painter().galley(at, text, t.text);
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    Popup::menu(&response).accessible_name("Jobs").show(|ui| {
        ui.set_width(320.0);
        for job in &running {
            ui.horizontal(|ui| {
                ui.head(job.stage.title());
                if job.stage != job.upto {
                    ui.faint(format!("on the way to {}", job.upto.title()));
                }
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if icon_button(ui, icons::STOP, "Stop this job", false).clicked() {
                        cx.push(Action::Cancel(job.id));
                    }
                });
            });
            stage::progress(ui, job.done, &job.doing);
            let left = job.left_ms.map_or("estimating…".to_owned(), format::remaining);
            ui.faint(format!("{} so far · {left}", format::millis(job.elapsed_ms)));
        }
    });
}

fn ring(painter: &Painter, at: Pos2, done: f32, t: &Tokens) {
    painter.circle_stroke(at, 6.0, Stroke::new(2.5, t.hairline_strong));
    let end = done.clamp(0.02, 1.0);
    let arc: Vec<Pos2> = (0..=24)
        .map(|i| {
            let a = std::f32::consts::TAU * (i as f32 / 24.0 * end - 0.25);
            at + 6.0 * vec2(a.cos(), a.sin())
        })
        .collect();
    painter.add(Shape::line(arc, Stroke::new(2.5, t.accent)));
}
