//! The welcome page: the sample in one click, recent projects, open, new, and a place to drop.

use crate::context::{Action, Context};
use crate::frame::logo;
use crate::icons;
use crate::route::Route;
use crate::theme::{self, RADIUS, ThemeChoice};
use crate::widgets::{Rank, Say, button, fit, format, icon_button, layout};
use crate::wire::Pick;
use egui::accesskit::Role;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align, Align2, CornerRadius, CursorIcon, Layout, Rect, Sense, Shape, Stroke, StrokeKind, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};
use kith_api::RecentProject;
use kith_model::Stage;
use std::collections::BTreeSet;

/// Draws it.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>, theme: ThemeChoice) {
    let whole = ui.max_rect();
    corner(ui, cx, whole, theme);
    let width = whole.width().min(920.0) - 48.0;
    let height = 520.0_f32.min(whole.height() - 48.0);
    let rect = Rect::from_center_size(whole.center(), vec2(width, height));
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::LEFT)), |ui| {
        heading(ui);
        ui.add_space(24.0);
        layout::columns(ui, [0.5, 0.5], |[left, right]| {
            begin(left, cx);
            recent(right, cx);
        });
        ui.add_space(24.0);
        drop_zone(ui, cx);
        ui.add_space(16.0);
        ui.vertical_centered(|ui| {
            ui.faint("Everything stays on this machine. No account, no network");
        });
    });
}

fn corner(ui: &mut Ui, cx: &mut Context<'_>, whole: Rect, theme: ThemeChoice) {
    let rect = whole.shrink(12.0);
    let right = UiBuilder::new().max_rect(rect).layout(Layout::right_to_left(Align::TOP));
    ui.scope_builder(right, |ui| {
        if icon_button(ui, icons::HELP, "Keys · ?", false).clicked() {
            cx.push(Action::Keys);
        }
        let next = theme.next();
        let name = format!("{} theme · click for {}", theme.title(), next.title());
        if icon_button(ui, icons::CONTRAST, &name, false).clicked() {
            cx.push(Action::Theme(next));
        }
        if cx.data.is_open()
            && button(ui, Rank::Ghost, Some(icons::BACK), "Back to the project").clicked()
        {
            cx.push(Action::Go(Route::Stage(Stage::Sources)));
        }
    });
}

fn heading(ui: &mut Ui) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(48.0, 48.0), Sense::hover());
        logo(ui.painter(), rect.center(), 48.0, &t);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.title("Kith");
            ui.dim(
                "From the exports you have to one profile per customer, and models you can defend",
            );
        });
    });
}

fn begin(ui: &mut Ui, cx: &mut Context<'_>) {
    ui.head("Start");
    ui.spacing_mut().item_spacing.y = 8.0;
    let sample = choice(
        ui,
        icons::MOUNTAINS,
        "Open the sample shop",
        "Northpeak, an outdoor shop with known truth",
        true,
    );
    if sample {
        cx.push(Action::OpenSample);
    }
    let about = "An empty folder of its own; add files next";
    if choice(ui, icons::PLUS, "New project…", about, false) {
        cx.push(Action::Pick(Pick::ProjectToCreate));
    }
    if choice(ui, icons::FOLDER, "Open project…", "A folder that ends in .kith", false) {
        cx.push(Action::Pick(Pick::ProjectToOpen));
    }
}

fn choice(ui: &mut Ui, icon: &str, title: &str, about: &str, first: bool) -> bool {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 60.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, title));
    let over = response.hovered() || response.has_focus();
    let border = match (first, over) {
        (true, _) => t.accent,
        (false, true) => t.hairline_strong,
        (false, false) => t.hairline,
    };
    let fill = if over { t.hover } else { t.raised };
    let stroke = Stroke::new(1.0, border);
    ui.painter().rect(rect, CornerRadius::same(RADIUS), fill, stroke, StrokeKind::Inside);
    let ink = if first { t.accent } else { t.text_dim };
    let at = rect.left_center() + vec2(30.0, 0.0);
    ui.painter().text(at, Align2::CENTER_CENTER, icon, theme::icon(24.0), ink);
    let end = rect.right() - 12.0;
    let x = rect.left() + 58.0;
    let at = pos2(x, rect.center().y - 9.0);
    fit(ui, at, end, title, theme::medium(13.0), t.text);
    let at = pos2(x, rect.center().y + 10.0);
    fit(ui, at, end, about, theme::body(12.0), t.text_dim);
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(about).clicked()
}

fn recent(ui: &mut Ui, cx: &mut Context<'_>) {
    let t = theme::of(ui);
    ui.head("Recent");
    ui.spacing_mut().item_spacing.y = 2.0;
    match cx.data.recent.read() {
        Some(list) if !list.is_empty() => {
            for project in list.iter().take(6) {
                if entry(ui, project) {
                    cx.push(Action::OpenProject(project.folder.clone()));
                }
            }
        }
        Some(_) => {
            ui.dim("Projects you open are listed here");
        }
        None => {
            ui.say("…", theme::body(13.0), t.text_faint);
        }
    }
}

fn entry(ui: &mut Ui, project: &RecentProject) -> bool {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 42.0), Sense::click());
    let said = format!("Open {}", project.name);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), t.hover);
    }
    let x = rect.left() + 10.0;
    let end = rect.right() - 10.0;
    let at = pos2(x, rect.center().y - 8.0);
    fit(ui, at, end - 160.0, &project.name, theme::medium(13.0), t.text);
    let at = pos2(end, rect.center().y - 8.0);
    let when = format::moment(&project.at);
    ui.painter().text(at, Align2::RIGHT_CENTER, when, theme::mono(12.0), t.text_faint);
    let at = pos2(x, rect.center().y + 9.0);
    fit(ui, at, end, &project.folder.0, theme::mono(12.0), t.text_faint);
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(&project.folder.0).clicked()
}

fn drop_zone(ui: &mut Ui, cx: &Context<'_>) {
    let t = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 88.0), Sense::hover());
    let over = ui.input(|i| !i.raw.hovered_files.is_empty());
    let ink = if over { t.accent } else { t.hairline_strong };
    if over {
        ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), t.accent_soft);
    }
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    ui.painter().extend(Shape::dashed_line(&corners, Stroke::new(1.5, ink), 6.0, 5.0));
    let at = rect.center() - vec2(0.0, 12.0);
    let words = "Drop exports here for a new project, or a project to open it";
    ui.painter().text(at, Align2::CENTER_CENTER, words, theme::medium(13.0), t.text_dim);
    let formats = cx.data.capabilities.read().map(|c| readable(&c.formats)).unwrap_or_default();
    let mut words =
        LayoutJob::single_section(formats, TextFormat::simple(theme::mono(12.0), t.text_faint));
    words.wrap = TextWrapping::truncate_at_width(rect.width() - 24.0);
    let galley = ui.painter().layout_job(words);
    let at = rect.center() + vec2(-galley.size().x / 2.0, 4.0);
    ui.painter().galley(at, galley, t.text_faint);
}

/// The kinds of file by their endings; how they may be packed comes last, once.
fn readable(formats: &[String]) -> String {
    let (packed, plain): (Vec<&str>, Vec<&str>) =
        formats.iter().map(String::as_str).partition(|f| f.contains('.'));
    let mut kinds = plain.join(" ");
    let packers: BTreeSet<&str> = packed.iter().filter_map(|f| f.split('.').next_back()).collect();
    if !packers.is_empty() {
        kinds.push_str("; packed: ");
        kinds.push_str(&packers.into_iter().collect::<Vec<_>>().join(" "));
    }
    kinds
}
