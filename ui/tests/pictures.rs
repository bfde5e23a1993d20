//! Draws every page in both themes and compares it with the picture stored in
//! `ui/tests/snapshots`. `UPDATE_SNAPSHOTS=1 cargo test -p kith-ui --test pictures` renews what
//! changed: look at it before you commit. A failing test leaves `NAME.new.png` and
//! `NAME.diff.png` beside the stored one.

mod support;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use kith_ui::{App, ThemeChoice};
use std::path::Path;
use support::world::World;
use support::{app, settle};

const SIZE: [f32; 2] = [1400.0, 800.0];

/// Both themes every page is drawn in.
const BOTH: [ThemeChoice; 2] = [ThemeChoice::Dark, ThemeChoice::Light];

/// What a page looks like, against what it looked like when somebody last looked.
struct Album {
    results: SnapshotResults,
    options: SnapshotOptions,
}

impl Album {
    fn new() -> Self {
        // Edges of glyphs and curves may round another way on another machine: a handful of
        // pixels of a million. A moved label or a wrong colour is hundreds.
        let options = SnapshotOptions::new().threshold(2.0).max_failed_pixels(24);
        Self { results: SnapshotResults::new(), options }
    }

    fn keep(
        &mut self,
        harness: &mut Harness<'static, Option<App>>,
        name: &str,
        theme: ThemeChoice,
    ) {
        let name = format!("{name}-{}", theme.title().to_lowercase().replace(' ', "-"));
        let result = harness.try_snapshot_options(&name, &self.options);
        if result.is_ok() && std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            pack(&self.options.output_path.join(format!("{name}.png")));
        }
        self.results.add(result);
    }
}

/// Writes a stored picture again as small as PNG allows: they lie in the repository for ever.
fn pack(file: &Path) {
    let before = std::fs::read(file).expect("the picture was just compared");
    let picture = image::load_from_memory(&before).expect("the picture was just compared");
    let mut after = Vec::new();
    let coder =
        PngEncoder::new_with_quality(&mut after, CompressionType::Best, FilterType::Adaptive);
    // Everything is painted over an opaque canvas, so the fourth channel says nothing.
    picture.to_rgb8().write_with_encoder(coder).expect("memory can be written");
    if after.len() < before.len() {
        std::fs::write(file, after).expect("the picture was just written");
    }
}

fn go(harness: &mut Harness<'static, Option<App>>, key: Key) {
    harness.key_press_modifiers(Modifiers::COMMAND, key);
    settle(harness);
}

const PAGES: [(&str, Key); 10] = [
    ("sources", Key::Num1),
    ("mapping", Key::Num2),
    ("quality", Key::Num3),
    ("identity", Key::Num4),
    ("features", Key::Num5),
    ("segments", Key::Num6),
    ("predict", Key::Num7),
    ("recommend", Key::Num8),
    ("rules", Key::Num9),
    ("export", Key::Num0),
];

fn stages(theme: ThemeChoice, pages: &[(&str, Key)]) {
    let mut album = Album::new();
    let (mut harness, _) = app(World::ready(), theme, SIZE);
    settle(&mut harness);
    harness.key_press(Key::Escape);
    for (page, digit) in pages {
        go(&mut harness, *digit);
        album.keep(&mut harness, page, theme);
    }
}

#[test]
fn every_page_looks_as_it_did_in_the_dark() {
    stages(ThemeChoice::Dark, &PAGES);
}

#[test]
fn every_page_looks_as_it_did_in_the_light() {
    stages(ThemeChoice::Light, &PAGES);
}

#[test]
fn a_page_of_charts_looks_as_it_did_in_high_contrast() {
    stages(ThemeChoice::HighContrast, &PAGES[5..6]);
}

#[test]
fn the_review_and_its_company_look_as_they_did() {
    let mut album = Album::new();
    for theme in BOTH {
        let (mut harness, _) = app(World::ready(), theme, [1440.0, 900.0]);
        settle(&mut harness);
        go(&mut harness, Key::Num4);
        for (tab, name) in [
            ("Review 37", "review"),
            ("Explain", "explain"),
            ("People", "person-graph"),
            ("Golden", "golden"),
            ("Lineage", "lineage"),
            ("Charts", "identity-charts"),
            ("Blocking", "blocking"),
            ("Training", "identity-training"),
        ] {
            harness.get_by_label(tab).click();
            settle(&mut harness);
            album.keep(&mut harness, name, theme);
        }
    }
}

#[test]
fn the_welcome_page_looks_as_it_did() {
    let mut album = Album::new();
    for theme in ThemeChoice::ALL {
        let (mut harness, _) = app(World::closed(), theme, SIZE);
        settle(&mut harness);
        album.keep(&mut harness, "welcome", theme);
    }
}

#[test]
fn a_filtered_table_looks_as_it_did() {
    let mut album = Album::new();
    for theme in BOTH {
        let (mut harness, _) = app(World::ready(), theme, SIZE);
        settle(&mut harness);
        go(&mut harness, Key::Num1);
        harness.get_by_label_contains("Table of").focus();
        settle(&mut harness);
        for key in [Key::ArrowDown, Key::ArrowRight, Key::Enter, Key::ArrowRight, Key::S, Key::F] {
            harness.key_press(key);
            settle(&mut harness);
        }
        album.keep(&mut harness, "table-filtered", theme);
    }
}

#[test]
fn a_file_beside_its_table_looks_as_it_did() {
    let mut album = Album::new();
    for theme in BOTH {
        let (mut harness, _) = app(World::ready(), theme, SIZE);
        settle(&mut harness);
        go(&mut harness, Key::Num1);
        harness.get_by_label("loyalty export (old).csv, 420 rows in, 0 rejected").click();
        settle(&mut harness);
        harness.get_by_label("How it is read").click();
        settle(&mut harness);
        album.keep(&mut harness, "reading", theme);
    }
}

#[test]
fn a_refused_row_looks_as_it_did() {
    let mut album = Album::new();
    for theme in BOTH {
        let (mut harness, _) = app(World::ready(), theme, SIZE);
        settle(&mut harness);
        go(&mut harness, Key::Num1);
        harness.get_by_label("Rejected 14").click();
        settle(&mut harness);
        harness.get_by_label_contains("Table of").focus();
        settle(&mut harness);
        harness.key_press(Key::ArrowDown);
        settle(&mut harness);
        album.keep(&mut harness, "rejects", theme);
    }
}

#[test]
fn an_empty_project_teaches_as_it_did() {
    let mut album = Album::new();
    for theme in BOTH {
        let (mut harness, _) = app(World::empty(), theme, SIZE);
        settle(&mut harness);
        for (digit, name) in [(Key::Num1, "empty-sources"), (Key::Num6, "empty-segments")] {
            go(&mut harness, digit);
            album.keep(&mut harness, name, theme);
        }
    }
}

#[test]
fn a_link_in_detail_looks_as_it_did() {
    let mut album = Album::new();
    for theme in BOTH {
        let (mut harness, _) = app(World::ready(), theme, SIZE);
        settle(&mut harness);
        go(&mut harness, Key::Num2);
        harness.get_by_label_contains("Field Phone, linked to").click();
        settle(&mut harness);
        settle(&mut harness);
        album.keep(&mut harness, "mapping-link", theme);
    }
}

#[test]
fn what_floats_above_looks_as_it_did() {
    let mut album = Album::new();
    for theme in BOTH {
        let (mut harness, _) = app(World::ready(), theme, SIZE);
        settle(&mut harness);
        go(&mut harness, Key::Num5);
        go(&mut harness, Key::K);
        album.keep(&mut harness, "palette", theme);
        harness.key_press(Key::Escape);
        settle(&mut harness);
        harness.event(egui::Event::Text("?".to_owned()));
        settle(&mut harness);
        album.keep(&mut harness, "keys", theme);
        harness.key_press(Key::Escape);
        settle(&mut harness);
        go(&mut harness, Key::H);
        album.keep(&mut harness, "history", theme);
    }
}
