//! Settings being edited: a draft, controls with their broken rules beside them, and the moment
//! a change is meant.

use super::Say;
use crate::theme;
use egui::style::{WidgetVisuals, Widgets};
use egui::{Response, Slider, SliderClamping, Stroke, Ui};
use kith_model::BrokenRule;
use std::ops::RangeInclusive;

/// What the user is editing, in step with what the document says.
#[derive(Debug, Clone)]
pub struct Draft<T> {
    base: Option<T>,
    value: Option<T>,
}

impl<T> Default for Draft<T> {
    fn default() -> Self {
        Self { base: None, value: None }
    }
}

impl<T: Clone + PartialEq> Draft<T> {
    /// The draft; a new document value replaces it.
    pub fn edit(&mut self, current: &T) -> &mut T {
        if self.base.as_ref() != Some(current) {
            self.base = Some(current.clone());
            self.value = Some(current.clone());
        }
        self.value.get_or_insert_with(|| current.clone())
    }
}

/// What was done to a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touch {
    /// Nothing.
    None,
    /// It is still being moved.
    Moving,
    /// It was let go: now the change is meant.
    Done,
}

impl Touch {
    /// Of a control's response.
    pub fn of(response: &Response) -> Self {
        if response.drag_stopped() || (response.changed() && !response.dragged()) {
            Self::Done
        } else if response.dragged() {
            Self::Moving
        } else {
            Self::None
        }
    }
}

/// A named control with its explanation on hover and, below, what is wrong with its value.
pub fn setting<R>(
    ui: &mut Ui,
    name: &str,
    about: &str,
    broken: Option<&BrokenRule>,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    let t = theme::of(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let label = ui.say(name, theme::medium(13.0), t.text).on_hover_text(about);
        let result = ui.label_inputs_by(label.id, add);
        if let Some(broken) = broken {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                ui.icon(crate::icons::ERROR, 14.0, t.error);
                ui.say(broken.message.clone(), theme::body(12.0), t.error);
            });
        }
        result
    })
    .inner
}

/// A slider over the sensible range; any number can be typed, and is judged beside it.
pub fn slide<N: egui::emath::Numeric>(
    ui: &mut Ui,
    value: &mut N,
    range: RangeInclusive<N>,
    decimals: usize,
) -> Touch {
    let t = theme::of(ui);
    ui.spacing_mut().slider_width = (ui.available_width() - 76.0).max(40.0);
    ui.spacing_mut().interact_size.y = 20.0;
    ui.visuals_mut().selection.bg_fill = t.accent;
    for state in [WidgetKind::Inactive, WidgetKind::Hovered, WidgetKind::Active] {
        let widget = state.of(&mut ui.visuals_mut().widgets);
        widget.fg_stroke = Stroke::new(1.5, t.accent);
    }
    let slider = Slider::new(value, range)
        .clamping(SliderClamping::Never)
        .max_decimals(decimals)
        .update_while_editing(false);
    Touch::of(&ui.add(slider))
}

/// A state of egui's widgets.
#[derive(Debug, Clone, Copy)]
enum WidgetKind {
    Inactive,
    Hovered,
    Active,
}

impl WidgetKind {
    fn of(self, widgets: &mut Widgets) -> &mut WidgetVisuals {
        match self {
            Self::Inactive => &mut widgets.inactive,
            Self::Hovered => &mut widgets.hovered,
            Self::Active => &mut widgets.active,
        }
    }
}

/// The broken rule about a setting.
pub fn broken<'a>(rules: &'a [BrokenRule], name: &str) -> Option<&'a BrokenRule> {
    rules.iter().find(|b| b.setting == name)
}
