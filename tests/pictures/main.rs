//! Every page over the real engine and the real sample, in both themes. The pictures are kept in
//! the target folder under `pictures/`: `cargo xtask test` leaves them there to be looked at, and
//! the README's come from them. What is asserted: each page draws, shows its stage's own verdict,
//! and no page shows a failure.

mod wire;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use kith_model::Stage;
use kith_tests::Bench;
use kith_ui::{App, Start, ThemeChoice};
use std::path::PathBuf;
use wire::EngineWire;

const KEYS: [egui::Key; 10] = [
    egui::Key::Num1,
    egui::Key::Num2,
    egui::Key::Num3,
    egui::Key::Num4,
    egui::Key::Num5,
    egui::Key::Num6,
    egui::Key::Num7,
    egui::Key::Num8,
    egui::Key::Num9,
    egui::Key::Num0,
];

fn folder() -> PathBuf {
    let mut dir = std::env::current_exe().unwrap();
    dir.pop();
    dir.pop();
    dir.push("pictures");
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

type Window<'a> = Harness<'a, Option<App>>;

fn settle(window: &mut Window<'_>) {
    for _ in 0..12 {
        window.step();
    }
}

fn picture(window: &mut Window<'_>, name: &str) {
    let image = window.render().expect("the page is drawn");
    image.save(folder().join(name)).expect("the picture is kept");
}

/// The interface as a native window would show it. It is made after the harness, because it
/// wants the context.
fn window(bench: &Bench, theme: ThemeChoice) -> Window<'static> {
    let draw = |ui: &mut egui::Ui, app: &mut Option<App>| {
        let ctx = ui.ctx().clone();
        if let Some(app) = app {
            app.update(&ctx);
            app.show(ui);
        }
    };
    let mut window =
        Harness::builder().with_size([1440.0, 900.0]).wgpu().build_ui_state(draw, None);
    let wire = Box::new(EngineWire::new(bench.engine.clone()));
    let start = Start { theme: Some(theme), ..Start::default() };
    let app = App::new(&window.ctx, wire, start);
    *window.state_mut() = Some(app);
    settle(&mut window);
    window
}

#[test]
fn every_page_shows_its_stage_in_both_themes() {
    let bench = Bench::new();
    for (theme, name) in [(ThemeChoice::Dark, "dark"), (ThemeChoice::Light, "light")] {
        picture(&mut window(&bench, theme), &format!("welcome-{name}.png"));
    }
    bench.ask(kith_api::Request::OpenSample { folder: None });
    bench.run(Stage::Export);
    for (theme, name) in [(ThemeChoice::Dark, "dark"), (ThemeChoice::Light, "light")] {
        let mut window = window(&bench, theme);
        for (stage, key) in Stage::ALL.into_iter().zip(KEYS) {
            window.key_press_modifiers(egui::Modifiers::COMMAND, key);
            settle(&mut window);
            let verdict = bench.overview().stages[stage as usize].verdict.clone();
            assert!(
                window.query_all_by_label_contains(&verdict).next().is_some(),
                "{stage:?} does not show its verdict: {verdict}"
            );
            picture(&mut window, &format!("{}-{name}.png", stage.key()));
        }
    }
}
