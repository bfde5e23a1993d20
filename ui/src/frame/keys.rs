//! Keys, the key sheet, and files dropped onto the window.

use super::Shell;
use crate::context::Action;
use crate::route::Route;
use crate::session::Session;
use crate::theme;
use crate::widgets::Say;
use egui::{Context, Event, Frame, Id, Key, KeyboardShortcut, Margin, Modal, Modifiers, Ui, vec2};
use kith_model::{FileRef, Stage};

const DIGITS: [Key; 10] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
    Key::Num0,
];

/// Takes the keys that mean the same everywhere.
pub fn shortcuts(ui: &Ui, shell: &mut Shell, session: &Session) -> Vec<Action> {
    let ctx = ui.ctx();
    let mut actions = Vec::new();
    let typing = ctx.egui_wants_keyboard_input();
    let mut take = |key: Key, modifiers: Modifiers, action: Action| {
        if ctx.input_mut(|i| i.consume_shortcut(&KeyboardShortcut::new(modifiers, key))) {
            actions.push(action);
        }
    };
    take(Key::K, Modifiers::COMMAND, Action::Palette);
    take(Key::I, Modifiers::COMMAND, Action::Inspector);
    take(Key::H, Modifiers::COMMAND, Action::History);
    take(Key::B, Modifiers::COMMAND, Action::Fold);
    if !typing {
        take(Key::Z, Modifiers::COMMAND | Modifiers::SHIFT, Action::Redo);
        take(Key::Z, Modifiers::COMMAND, Action::Undo);
        take(Key::Y, Modifiers::COMMAND, Action::Redo);
    }
    if session.data.is_open() {
        for (key, stage) in DIGITS.into_iter().zip(Stage::ALL) {
            take(key, Modifiers::COMMAND, Action::Go(Route::Stage(stage)));
        }
    }
    if !typing {
        let asked = |e: &Event| matches!(e, Event::Text(text) if text == "?");
        if ctx.input(|i| i.events.iter().any(asked)) {
            actions.push(Action::Keys);
        }
        if !shell.is_covered() && ctx.input(|i| i.key_pressed(Key::Escape)) {
            back(shell, &mut actions);
        }
    }
    actions
}

/// Escape backs out one level.
fn back(shell: &mut Shell, actions: &mut Vec<Action>) {
    if shell.history {
        shell.history = false;
    } else {
        actions.push(Action::Person(None));
        actions.push(Action::Segment(None));
    }
}

/// Files with a path that were dropped onto the window in this frame.
pub fn dropped_files(ui: &Ui) -> Vec<FileRef> {
    ui.input(|i| {
        i.raw
            .dropped_files
            .iter()
            .map(|f| f.path())
            .filter(|p| p.is_absolute())
            .map(|p| FileRef(p.display().to_string()))
            .collect()
    })
}

const SHEET: [(&str, &[(&str, &str)]); 4] = [
    (
        "Everywhere",
        &[
            ("Ctrl+K", "Search commands and data"),
            ("Ctrl+1 … 0", "Go to a stage"),
            ("Ctrl+Z  Ctrl+Y", "Undo, redo"),
            ("Ctrl+H", "History"),
            ("Ctrl+I", "Inspector"),
            ("Ctrl+B", "Fold the rail"),
            ("Esc", "Back out one level"),
            ("?", "This sheet"),
        ],
    ),
    (
        "Review",
        &[
            ("Y", "Same person"),
            ("N", "Different people"),
            ("U", "Cannot tell"),
            ("← →", "Previous, next pair"),
            ("Z", "Undo the last decision"),
            ("R", "Give a reason"),
            ("E", "Why, and what if"),
        ],
    ),
    (
        "Tables",
        &[
            ("↑ ↓ ← →", "Move; with Shift select"),
            ("PgUp  PgDn", "A page up or down"),
            ("Home  End", "First, last row"),
            ("Ctrl+C", "Copy the selected cells"),
            ("Ctrl+F", "Find in every column"),
            ("Enter", "Filter by this value"),
            ("F  Del", "Filter the column, clear it"),
            ("S  H", "Sort, hide the column"),
        ],
    ),
    ("Sliders", &[("← →", "One step"), ("click the number", "Type any value")]),
];

/// The key sheet; false when it was closed.
pub fn sheet(ctx: &Context) -> bool {
    let t = theme::of(ctx);
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(24));
    let modal = Modal::new(Id::unique("key sheet")).backdrop_color(t.backdrop).frame(frame);
    let modal = modal.show(ctx, |ui| {
        ui.set_width(640.0);
        ui.spacing_mut().interact_size.y = 18.0;
        ui.title("Keys");
        ui.add_space(8.0);
        ui.columns(2, |parts| {
            for (i, (title, keys)) in SHEET.iter().enumerate() {
                let part = &mut parts[usize::from(i > 1)];
                part.spacing_mut().item_spacing.y = 6.0;
                part.head(title);
                for (key, what) in *keys {
                    part.horizontal(|ui| {
                        let (rect, _) =
                            ui.allocate_exact_size(vec2(124.0, 18.0), egui::Sense::hover());
                        ui.painter().text(
                            rect.left_center(),
                            egui::Align2::LEFT_CENTER,
                            key,
                            theme::mono(12.0),
                            t.accent,
                        );
                        ui.words(*what);
                    });
                }
                part.add_space(12.0);
            }
        });
    });
    !modal.should_close()
}
