//! The grid over the real engine at a million and ten million rows: what a frame costs while it
//! scrolls, and how soon rows are there. Ignored: `cargo xtask bench grid` runs it in release.
//!
//! A frame is the interface's own work (`App::update`, `App::show`, tessellation) in processor
//! time of the drawing thread; pages are read on other threads, as in a window. Prints one JSON
//! object a line: `{"name", "value", "unit", "limit"}`.

mod wire;

use egui::{Event, Key, Modifiers, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, pos2, vec2};
use kith_api::{Backend, Order, Request, Response, RowsAsk, TableRef};
use kith_model::{CellTest, ColumnFilter, FileRef, SourceId, Stage};
use kith_sql::{Pipeline, Step, TableName};
use kith_store::{Store, StoreOptions};
use kith_tests::Bench;
use kith_ui::{App, Start, ThemeChoice};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wire::ThreadedWire;

/// A frame at 60 Hz.
const FRAME: Duration = Duration::from_millis(16);
const OVER_THE_GRID: Pos2 = pos2(620.0, 760.0);

fn say(name: &str, value: f64, unit: &str, limit: f64) {
    #[expect(clippy::print_stdout, reason = "what this test is for")]
    {
        println!(
            "{}",
            serde_json::json!({ "name": name, "value": value, "unit": unit, "limit": limit })
        );
    }
}

/// `d(seed, sides)` becomes a whole number below `sides` that is the same in every run.
fn dice(sql: &str) -> String {
    let mut out = String::new();
    let mut rest = sql;
    while let Some(at) = rest.find("d(") {
        let (seed, more) = rest[at + 2..].split_once(", ").expect("two arguments");
        let (sides, more) = more.split_once(')').expect("a bracket");
        let die = format!("(hash(i * 8 + {seed}) % {sides})::BIGINT");
        out.push_str(&rest[..at]);
        out.push_str(&die);
        rest = more;
    }
    out + rest
}

/// Orders as a shop exports them.
fn parquet(path: &Path, rows: u64) {
    let store = Store::in_memory(&StoreOptions::default()).expect("a database");
    let table = TableName::new("src", "orders");
    let select = format!(
        "SELECT i AS order_id, 'customer' || d(1, 900000) || '@example.org' AS email, \
         TIMESTAMP '2023-01-01' + to_seconds(d(2, 63072000)) AS at, \
         (d(3, 40000) / 100)::DECIMAL(10, 2) AS amount, \
         CASE WHEN d(4, 20) > 0 THEN ['web', 'app', 'store', 'phone'][1 + d(5, 4)] END AS channel, \
         'SKU-' || d(6, 400) AS product, 1 + d(7, 5) AS quantity, d(8, 10) < 3 AS gift \
         FROM range({rows}) AS r(i)"
    );
    let select = dice(&select);
    let plan = Pipeline::new("orders").then(Step::table(table, vec![], select));
    store.run(&plan, &kith_model::Quiet).expect("rows are made");
    store.copy_parquet("SELECT * FROM src.orders", path, &[], &kith_model::Quiet).expect("written");
}

fn bench(rows: u64) -> (Bench, SourceId) {
    let bench = Bench::new();
    let file = bench.path("orders.parquet");
    parquet(&file, rows);
    let folder = bench.file("grid.kith");
    bench.ask(Request::NewProject { folder, name: "grid".to_owned() });
    bench.ask(Request::AddFiles { files: vec![FileRef(file.to_string_lossy().into_owned())] });
    bench.run(Stage::Sources);
    let Response::Sources(Some(summary)) = bench.ask(Request::Sources) else {
        panic!("the sources are loaded")
    };
    assert_eq!(summary.sources[0].loaded, rows);
    (bench, summary.sources[0].id.clone())
}

/// Processor time of this thread; wall time where the system does not tell.
fn spent() -> Duration {
    // The kernel brings its account up to date when a thread gives way.
    std::thread::yield_now();
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .map_or_else(wall, Duration::from_nanos)
}

fn wall() -> Duration {
    static BEGAN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    BEGAN.get_or_init(Instant::now).elapsed()
}

/// A window without a screen.
struct Window {
    ctx: egui::Context,
    app: App,
    frame: u64,
}

impl Window {
    fn new(engine: &Arc<dyn Backend>) -> Self {
        let ctx = egui::Context::default();
        let wire = Box::new(ThreadedWire::new(engine));
        let start = Start { theme: Some(ThemeChoice::Dark), ..Start::default() };
        let app = App::new(&ctx, wire, start);
        Self { ctx, app, frame: 0 }
    }

    /// One frame; the processor time it took.
    fn step(&mut self, events: Vec<Event>) -> Duration {
        let began = Instant::now();
        self.frame += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1440.0, 900.0))),
            time: Some(self.frame as f64 / 60.0),
            focused: true,
            events,
            ..RawInput::default()
        };
        let before = spent();
        let (ctx, app) = (&self.ctx, &mut self.app);
        let mut output = ctx.run_ui(input, |ui| {
            app.update(ui.ctx());
            app.show(ui);
        });
        output.textures_delta.clear();
        let shapes = ctx.tessellate(output.shapes, output.pixels_per_point);
        let took = spent() - before;
        assert!(!shapes.is_empty());
        std::thread::sleep(FRAME.saturating_sub(began.elapsed()));
        took
    }

    fn settle(&mut self, frames: usize) {
        for _ in 0..frames {
            self.step(Vec::new());
        }
    }

    fn run(&mut self, name: &str, frames: usize, events: impl Fn(usize) -> Vec<Event>) {
        let mut took: Vec<f64> =
            (0..frames).map(|n| self.step(events(n)).as_secs_f64() * 1e3).collect();
        took.sort_by(f64::total_cmp);
        let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
        say(&format!("{name}, frame, median"), at(0.5), "ms", 16.0);
        say(&format!("{name}, frame, worst of {frames}"), at(1.0), "ms", 16.0);
    }
}

fn wheel(points: f32) -> Vec<Event> {
    let wheel = Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, -points),
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    };
    vec![Event::PointerMoved(OVER_THE_GRID), wheel]
}

fn key(key: Key) -> Vec<Event> {
    let event = |pressed| Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    vec![event(true), event(false)]
}

fn click() -> Vec<Event> {
    let button = |pressed| Event::PointerButton {
        pos: OVER_THE_GRID,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    vec![Event::PointerMoved(OVER_THE_GRID), button(true), button(false)]
}

fn scroll(bench: &Bench, size: &str) {
    let mut window = Window::new(&(bench.engine.clone() as Arc<dyn Backend>));
    window.settle(120);
    window.run(&format!("{size}: wheel, 3 rows a frame"), 300, |_| wheel(72.0));
    window.run(&format!("{size}: wheel, 200 rows a frame"), 300, |_| wheel(4800.0));
    window.step(click());
    window.run(&format!("{size}: end, home, page up and down"), 120, |n| match n % 12 {
        0 => key(Key::End),
        6 => key(Key::Home),
        n if n < 6 => key(Key::PageUp),
        _ => key(Key::PageDown),
    });
}

/// Times one page; the rows must be there.
fn page(bench: &Bench, name: &str, limit_ms: f64, ask: &RowsAsk) {
    let began = Instant::now();
    let Response::Rows(page) = bench.ask(Request::Rows(ask.clone())) else { panic!("no rows") };
    let took = began.elapsed().as_secs_f64() * 1e3;
    assert!(!page.arrow.is_empty() && page.total > ask.offset);
    say(name, took, "ms", limit_ms);
}

fn pages(bench: &Bench, source: &SourceId, rows: u64, size: &str) {
    let first = RowsAsk::first(TableRef::Source { id: source.clone() }, 200);
    let last = rows - 1000;
    page(bench, &format!("{size}: first page"), 250.0, &first);
    let deep = RowsAsk { offset: last, ..first.clone() };
    page(bench, &format!("{size}: page at row {last}"), 50.0, &deep);
    let order = Some(Order { column: "email".to_owned(), descending: false });
    let sorted = RowsAsk { order: order.clone(), ..first.clone() };
    // Bars grow with the rows: what is found once may take a second a million.
    let once = rows as f64 / 1e6 * 1000.0;
    page(bench, &format!("{size}: sorted by a text, first page"), once, &sorted);
    let deep = RowsAsk { offset: last, ..sorted.clone() };
    page(bench, &format!("{size}: the same, page at row {last}, once"), once * 2.0, &deep);
    let again = RowsAsk { offset: last / 2, ..sorted };
    page(bench, &format!("{size}: the same, another page"), 100.0, &again);
    let test = CellTest::OneOf { values: vec!["app".to_owned()] };
    let filters = vec![ColumnFilter { column: "channel".to_owned(), test }];
    let filtered = RowsAsk { filters, ..first };
    page(bench, &format!("{size}: filtered, first page"), once, &filtered);
    let deep = RowsAsk { offset: rows / 5, ..filtered };
    page(bench, &format!("{size}: filtered, page at row {}", rows / 5), 100.0, &deep);
}

#[test]
#[ignore = "a measurement: cargo xtask bench grid"]
fn a_grid_keeps_up_with_the_hand() {
    let quick = std::env::var_os("KITH_BENCH_QUICK").is_some();
    for (rows, size) in [(1_000_000, "1M rows"), (10_000_000, "10M rows")] {
        if quick && rows > 1_000_000 {
            continue;
        }
        let (bench, source) = bench(rows);
        pages(&bench, &source, rows, size);
        scroll(&bench, size);
    }
}
