//! A scripted engine and a harness for the tests of the interface. The answers are made up here
//! and only here; commands are applied to a real document.

#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::too_many_lines, reason = "tables of made-up answers")]

pub mod models;
pub mod people;
pub mod quality;
pub mod review;
pub mod sources;
pub mod world;

use egui_kittest::Harness;
use kith_api::{Event, Request, Response};
use kith_model::Stage;
use kith_ui::{App, Incoming, Pick, Start, ThemeChoice, Wire};
use std::cell::RefCell;
use std::rc::Rc;
use world::World;

/// What a test sees of the wire.
#[derive(Clone)]
pub struct Tap {
    pub world: Rc<RefCell<World>>,
    pub sent: Rc<RefCell<Vec<Request>>>,
    pub inbox: Rc<RefCell<Vec<Incoming>>>,
    pub picks: Rc<RefCell<Vec<Pick>>>,
}

impl Tap {
    pub fn event(&self, event: Event) {
        self.inbox.borrow_mut().push(Incoming::Event(event));
    }

    /// The commands sent so far.
    pub fn commands(&self) -> Vec<kith_model::Command> {
        let sent = self.sent.borrow();
        sent.iter()
            .filter_map(|r| match r {
                Request::Apply { command } => Some(command.clone()),
                _ => None,
            })
            .collect()
    }

    /// The stages asked to run so far.
    pub fn runs(&self) -> Vec<Stage> {
        let sent = self.sent.borrow();
        sent.iter()
            .filter_map(|r| match r {
                Request::Run { upto, .. } => Some(*upto),
                _ => None,
            })
            .collect()
    }
}

struct Scripted(Tap);

impl Wire for Scripted {
    fn send(&mut self, id: u64, request: Request) {
        let (result, events) = self.0.world.borrow_mut().answer(&request);
        self.0.sent.borrow_mut().push(request);
        let mut inbox = self.0.inbox.borrow_mut();
        if !matches!(result, Ok(Response::Done)) || events.is_empty() {
            inbox.push(Incoming::Reply { id, result });
        }
        inbox.extend(events.into_iter().map(Incoming::Event));
    }

    fn drain(&mut self) -> Vec<Incoming> {
        std::mem::take(&mut *self.0.inbox.borrow_mut())
    }

    fn pick(&mut self, ask: Pick) {
        self.0.picks.borrow_mut().push(ask);
    }

    fn seed(&self) -> u64 {
        7
    }

    fn now(&self) -> String {
        "2026-03-02T09:30:00Z".to_owned()
    }

    fn who(&self) -> String {
        "tester".to_owned()
    }
}

/// The interface in a window of its own.
pub type Window = Harness<'static, Option<App>>;

/// The interface on the page of the stage that `key` opens.
pub fn open_at(world: World, theme: ThemeChoice, key: egui::Key) -> (Window, Tap) {
    let (mut window, tap) = app(world, theme, [1440.0, 900.0]);
    settle(&mut window);
    window.key_press_modifiers(egui::Modifiers::COMMAND, key);
    settle(&mut window);
    (window, tap)
}

/// Writes what the window shows to the folder named by `KITH_PICTURES`, where it is set.
pub fn keep(window: &mut Window, name: &str) {
    if let Some(folder) = std::env::var_os("KITH_PICTURES") {
        let image = window.render().expect("a renderer is installed");
        let file = std::path::Path::new(&folder).join(format!("{name}.png"));
        image.save(file).expect("the folder can be written");
    }
}

/// The whole interface over a scripted engine, and a tap on the wire.
pub fn app(world: World, theme: ThemeChoice, size: [f32; 2]) -> (Window, Tap) {
    let tap = Tap {
        world: Rc::new(RefCell::new(world)),
        sent: Rc::default(),
        inbox: Rc::default(),
        picks: Rc::default(),
    };
    let wire = tap.clone();
    let draw = move |ui: &mut egui::Ui, app: &mut Option<App>| {
        let app = app.get_or_insert_with(|| {
            let start = Start { theme: Some(theme), ..Start::default() };
            App::new(ui.ctx(), Box::new(Scripted(wire.clone())), start)
        });
        app.update(ui.ctx());
        app.show(ui);
    };
    let egui_theme =
        if theme == ThemeChoice::Light { egui::Theme::Light } else { egui::Theme::Dark };
    let harness = Harness::builder()
        .with_size(size)
        .with_theme(egui_theme)
        .with_max_steps(40)
        .with_render_cursor(false)
        .allow_missing_glyphs()
        .build_ui_state(draw, None);
    (harness, tap)
}

/// Lets answers come in and everything settle.
pub fn settle(harness: &mut Window) {
    for _ in 0..8 {
        harness.step();
    }
}

/// A small generator, so that samples are the same every time.
pub struct Dice(pub u64);

impl Dice {
    pub fn unit(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// About normal, mean 0, standard deviation 1.
    pub fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}
