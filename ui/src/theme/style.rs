//! egui's own style, made of the tokens.

use super::{ThemeChoice, Tokens, fonts};
use egui::style::{HandleShape, ScrollStyle, Selection, TextCursorStyle, WidgetVisuals, Widgets};
use egui::{
    Color32, Context, CornerRadius, Margin, Shadow, Stroke, Style, TextStyle, Theme, Vec2, Visuals,
};

/// Corner radius.
pub const RADIUS: u8 = 6;
/// Height of the top bar.
pub const BAR: f32 = 44.0;
/// Height of the status bar.
pub const STATUS: f32 = 24.0;
/// Width of the rail.
pub const RAIL: f32 = 208.0;
/// Width of the folded rail.
pub const RAIL_FOLDED: f32 = 48.0;
/// Width of the inspector.
pub const SIDE: f32 = 316.0;
/// Margin of a page.
pub const GUTTER: f32 = 24.0;
/// Height of a table row.
pub const ROW: f32 = 24.0;

/// Makes every egui widget look like ours, in both of egui's own themes.
pub fn install(ctx: &Context, t: &Tokens) {
    let light = t.choice == ThemeChoice::Light;
    ctx.set_theme(if light { Theme::Light } else { Theme::Dark });
    for theme in [Theme::Dark, Theme::Light] {
        ctx.style_mut_of(theme, |style| apply(style, t));
    }
}

fn apply(style: &mut Style, t: &Tokens) {
    style.text_styles = [
        (TextStyle::Small, fonts::body(12.0)),
        (TextStyle::Body, fonts::body(13.0)),
        (TextStyle::Button, fonts::medium(13.0)),
        (TextStyle::Heading, fonts::semibold(15.0)),
        (TextStyle::Monospace, fonts::mono(12.0)),
    ]
    .into();
    style.drag_value_text_style = TextStyle::Monospace;
    style.spacing.item_spacing = Vec2::new(8.0, 8.0);
    style.spacing.button_padding = Vec2::new(12.0, 4.0);
    style.spacing.interact_size = Vec2::new(28.0, 28.0);
    style.spacing.icon_width = 16.0;
    style.spacing.icon_width_inner = 10.0;
    style.spacing.icon_spacing = 8.0;
    style.spacing.slider_rail_height = 4.0;
    style.spacing.slider_width = 180.0;
    style.spacing.tooltip_width = 360.0;
    style.spacing.window_margin = Margin::same(12);
    style.spacing.menu_margin = Margin::same(4);
    style.spacing.scroll = ScrollStyle { floating: true, ..ScrollStyle::floating() };
    style.interaction.tooltip_delay = 0.35;
    style.interaction.selectable_labels = false;
    style.animation_time = 0.1;
    style.visuals = visuals(t, &style.visuals);
}

fn visuals(t: &Tokens, base: &Visuals) -> Visuals {
    Visuals {
        dark_mode: t.choice != ThemeChoice::Light,
        override_text_color: None,
        weak_text_color: Some(t.text_dim),
        widgets: widgets(t),
        selection: Selection {
            bg_fill: t.accent.gamma_multiply(0.35),
            stroke: Stroke::new(1.0, t.text),
        },
        hyperlink_color: t.accent,
        faint_bg_color: t.sunken,
        extreme_bg_color: t.sunken,
        text_edit_bg_color: Some(t.sunken),
        code_bg_color: t.sunken,
        warn_fg_color: t.warn,
        error_fg_color: t.error,
        window_corner_radius: CornerRadius::same(RADIUS),
        window_shadow: shadow(t),
        window_fill: t.raised,
        window_stroke: Stroke::new(1.0, t.hairline_strong),
        menu_corner_radius: CornerRadius::same(RADIUS),
        panel_fill: t.canvas,
        popup_shadow: shadow(t),
        text_cursor: TextCursorStyle {
            stroke: Stroke::new(1.5, t.accent),
            ..base.text_cursor.clone()
        },
        striped: false,
        slider_trailing_fill: true,
        handle_shape: HandleShape::Circle,
        indent_has_left_vline: false,
        collapsing_header_frame: false,
        button_frame: true,
        window_highlight_topmost: false,
        ..base.clone()
    }
}

fn shadow(t: &Tokens) -> Shadow {
    Shadow { offset: [0, 8], blur: 24, spread: 0, color: t.backdrop.gamma_multiply(0.5) }
}

fn widgets(t: &Tokens) -> Widgets {
    let corner_radius = CornerRadius::same(RADIUS);
    let make = |fill: Color32, border: Color32, ink: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, border),
        corner_radius,
        fg_stroke: Stroke::new(1.0, ink),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: make(t.surface, t.hairline, t.text),
        inactive: WidgetVisuals {
            bg_fill: t.hairline_strong,
            weak_bg_fill: t.raised,
            ..make(t.raised, t.hairline_strong, t.text)
        },
        hovered: make(t.hover, t.hairline_strong, t.text),
        active: make(t.pressed, t.accent, t.text),
        open: make(t.hover, t.hairline_strong, t.text),
    }
}
