//! Draws every page in both themes. With `KITH_PICTURES=DIR` the pictures are kept there to be
//! looked at; without it the test only proves that every page draws and every input has a name.

mod support;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use kith_ui::{App, ThemeChoice};
use support::world::World;
use support::{app, settle};

const SIZE: [f32; 2] = [1440.0, 900.0];

fn keep(harness: &mut Harness<'static, Option<App>>, name: &str, theme: ThemeChoice) {
    let Some(folder) = std::env::var_os("KITH_PICTURES") else { return };
    let image = harness.render().expect("a renderer is installed");
    let file = format!("{name}-{}.png", theme.title().to_lowercase().replace(' ', "-"));
    image.save(std::path::Path::new(&folder).join(file)).expect("the folder can be written");
}

fn stages(theme: ThemeChoice) {
    let (mut harness, _) = app(World::ready(), theme, SIZE);
    settle(&mut harness);
    harness.key_press(Key::Escape);
    let pages = [
        "sources",
        "mapping",
        "quality",
        "identity",
        "features",
        "segments",
        "predict",
        "recommend",
        "rules",
        "export",
    ];
    let digits = [
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
    for (page, digit) in pages.into_iter().zip(digits) {
        harness.key_press_modifiers(Modifiers::COMMAND, digit);
        settle(&mut harness);
        keep(&mut harness, page, theme);
    }
}

#[test]
fn every_page_draws_in_the_dark() {
    stages(ThemeChoice::Dark);
}

#[test]
fn every_page_draws_in_the_light() {
    stages(ThemeChoice::Light);
}

#[test]
fn the_welcome_page_draws() {
    for theme in ThemeChoice::ALL {
        let (mut harness, _) = app(World::closed(), theme, SIZE);
        settle(&mut harness);
        keep(&mut harness, "welcome", theme);
    }
}

#[test]
fn an_empty_project_teaches() {
    let (mut harness, _) = app(World::empty(), ThemeChoice::Dark, SIZE);
    settle(&mut harness);
    for (digit, name) in [(Key::Num1, "empty-sources"), (Key::Num6, "empty-segments")] {
        harness.key_press_modifiers(Modifiers::COMMAND, digit);
        settle(&mut harness);
        keep(&mut harness, name, ThemeChoice::Dark);
    }
}

#[test]
fn what_floats_above_draws() {
    let (mut harness, _) = app(World::ready(), ThemeChoice::Light, SIZE);
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num6);
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut harness);
    keep(&mut harness, "palette", ThemeChoice::Light);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    harness.event(egui::Event::Text("?".to_owned()));
    settle(&mut harness);
    keep(&mut harness, "keys", ThemeChoice::Light);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::H);
    settle(&mut harness);
    keep(&mut harness, "history", ThemeChoice::Light);
}
