//! Files on the page of sources: refreshed, appended to, servers connected, tables picked.

mod support;

use egui::Key;
use egui_kittest::kittest::{NodeT, Queryable};
use kith_api::Request;
use kith_model::column_format::{ColumnFormat, DateOrder};
use kith_model::source::{FileFormat, Nested, ReadOptions};
use kith_model::{Command, FileRef, Stage};
use kith_ui::{Incoming, Pick, ThemeChoice};
use support::world::World;
use support::{Tap, Window, keep, open_at, settle};

fn open(world: World, theme: ThemeChoice) -> (Window, Tap) {
    open_at(world, theme, Key::Num1)
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    settle(window);
    settle(window);
}

/// The options last applied.
fn applied(tap: &Tap) -> ReadOptions {
    match tap.commands().pop() {
        Some(Command::SetReadOptions { options, .. }) => options,
        other => panic!("a file is read differently, not {other:?}"),
    }
}

#[test]
fn refresh_looks_at_every_file_and_loads_again() {
    let (mut window, tap) = open(World::ready(), ThemeChoice::Dark);
    click(&mut window, "Refresh");
    assert!(tap.sent.borrow().contains(&Request::Refresh));
    assert_eq!(tap.runs(), [Stage::Sources]);
}

#[test]
fn files_are_appended_to_the_source_on_screen() {
    let (mut window, tap) = open(World::ready(), ThemeChoice::Dark);
    let first = tap.world.borrow().document.sources[0].clone();
    click(&mut window, &format!("Append files to {}…", first.title));
    assert_eq!(tap.picks.borrow().as_slice(), [Pick::FilesToAppend]);
    let files = vec![FileRef("/tmp/june.csv".to_owned())];
    let picked = Incoming::Picked { ask: Pick::FilesToAppend, files: files.clone() };
    tap.inbox.borrow_mut().push(picked);
    settle(&mut window);
    assert!(tap.sent.borrow().contains(&Request::AppendFiles { source: first.id, files }));
    assert_eq!(tap.runs(), [Stage::Sources]);
}

#[test]
fn a_server_is_connected_with_a_password_that_is_forgotten() {
    let (mut window, tap) = open(World::ready(), ThemeChoice::Light);
    click(&mut window, "Connect…");
    keep(&mut window, "sources-form-light");
    for (name, text) in [("Server address", "postgres://ada@db.example/crm"), ("Password", "p@ss")]
    {
        let role = match name {
            "Password" => egui::accesskit::Role::PasswordInput,
            _ => egui::accesskit::Role::TextInput,
        };
        window.get_by_role_and_label(role, name).focus();
        settle(&mut window);
        window.event(egui::Event::Text(text.to_owned()));
        settle(&mut window);
    }
    keep(&mut window, "sources-connect-light");
    click(&mut window, "Add its tables");
    let files = vec![FileRef("postgres://ada:p%40ss@db.example/crm".to_owned())];
    assert!(tap.sent.borrow().contains(&Request::AddFiles { files }));
    click(&mut window, "Connect…");
    let password = window.get_by_role_and_label(egui::accesskit::Role::PasswordInput, "Password");
    assert_eq!(password.accesskit_node().value().unwrap_or_default(), "");
}

#[test]
fn a_sheet_and_its_cells_are_picked() {
    let mut world = World::ready();
    world.document.sources[0].format = FileFormat::Workbook;
    world.document.sources[0].options = ReadOptions::default();
    let (mut window, tap) = open(world, ThemeChoice::Dark);
    click(&mut window, "How it is read");
    let combo = egui::accesskit::Role::ComboBox;
    window.get_by_role_and_label(combo, "Sheet").click();
    settle(&mut window);
    click(&mut window, "Orders");
    keep(&mut window, "sources-sheet-dark");
    click(&mut window, "Load it so");
    assert_eq!(applied(&tap).sheet.as_deref(), Some("Orders"));
    assert_eq!(tap.runs(), [Stage::Sources]);
}

#[test]
fn records_and_nested_fields_are_picked() {
    let mut world = World::ready();
    world.document.sources[0].format = FileFormat::Json;
    world.document.sources[0].options = ReadOptions::default();
    let (mut window, tap) = open(world, ThemeChoice::Light);
    click(&mut window, "How it is read");
    let combo = egui::accesskit::Role::ComboBox;
    for (name, choice) in [("Records", "orders"), ("Nested fields", "Own columns")] {
        window.get_by_role_and_label(combo, name).click();
        settle(&mut window);
        click(&mut window, choice);
    }
    keep(&mut window, "sources-json-light");
    click(&mut window, "Load it so");
    let options = applied(&tap);
    assert_eq!(options.records.as_deref(), Some("/data/orders"));
    assert_eq!(options.nested, Some(Nested::Columns));
}

#[test]
fn a_column_is_said_to_hold_dates_of_a_zone() {
    let mut world = World::ready();
    world.document.sources[0].format = FileFormat::Delimited;
    world.document.sources[0].options = ReadOptions::default();
    let (mut window, tap) = open(world, ThemeChoice::Light);
    click(&mut window, "How it is read");
    window.get_by_label("What the columns mean").click();
    settle(&mut window);
    settle(&mut window);
    let combo = egui::accesskit::Role::ComboBox;
    let meaning = window.get_by_role_and_label(combo, "Meaning of Points");
    meaning.scroll_to_me();
    settle(&mut window);
    window.get_by_role_and_label(combo, "Meaning of Points").click();
    settle(&mut window);
    click(&mut window, "31.05.2026");
    let text = egui::accesskit::Role::TextInput;
    window.get_by_role_and_label(text, "Zone of Points").focus();
    settle(&mut window);
    window.event(egui::Event::Text("Europe/Oslo".to_owned()));
    settle(&mut window);
    settle(&mut window);
    keep(&mut window, "sources-columns-light");
    click(&mut window, "Load it so");
    let zone = Some("Europe/Oslo".to_owned());
    let format = ColumnFormat::Moment { order: DateOrder::DayFirst, zone };
    assert_eq!(applied(&tap).columns.get("Points"), Some(&format));
}
