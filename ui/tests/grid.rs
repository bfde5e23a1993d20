//! The table by mouse and by keyboard: filters, sorting, columns, copying.

mod support;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use kith_api::{Order, Request, RowsAsk};
use kith_model::CellTest;
use kith_ui::{App, ThemeChoice};
use support::world::World;
use support::{Tap, app, settle};

type Window = Harness<'static, Option<App>>;

/// The sources page with the table in focus, its first cell chosen.
fn table() -> (Window, Tap) {
    let (mut window, tap) = app(World::ready(), ThemeChoice::Dark, [1400.0, 900.0]);
    settle(&mut window);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    settle(&mut window);
    window.get_by_role_and_label(Role::Grid, "Table of 1,204,331 rows").focus();
    settle(&mut window);
    window.key_press(Key::ArrowDown);
    window.key_press(Key::ArrowUp);
    settle(&mut window);
    (window, tap)
}

fn last_rows(tap: &Tap) -> RowsAsk {
    let sent = tap.sent.borrow();
    let rows = sent.iter().rev().find_map(|request| match request {
        Request::Rows(ask) => Some(ask.clone()),
        _ => None,
    });
    rows.expect("rows were asked for")
}

fn tests(tap: &Tap) -> Vec<(String, CellTest)> {
    last_rows(tap).filters.into_iter().map(|f| (f.column, f.test)).collect()
}

fn one(column: &str, value: &str) -> (String, CellTest) {
    (column.to_owned(), CellTest::OneOf { values: vec![value.to_owned()] })
}

#[test]
fn a_bar_filters_and_the_same_bar_again_does_not() {
    let (mut window, tap) = table();
    let bars = window.query_all_by_role(Role::Button);
    let label = bars.filter_map(|node| node.accesskit_node().label());
    let label =
        label.into_iter().find(|l| l.starts_with("FirstName Ingrid")).expect("a bar in sight");
    window.get_by_label(&label).click();
    settle(&mut window);
    let (column, test) = tests(&tap).pop().expect("a filter");
    assert_eq!((column, test), one("FirstName", "Ingrid"));
    assert!(window.query_by_label_contains("602,165 rows of 1,204,331").is_some());
    window.get_by_label(&label).click();
    settle(&mut window);
    assert!(window.query_by_label_contains("rows of 1,204,331").is_none(), "all rows again");
}

#[test]
fn a_cell_filters_sorts_and_hides_by_keys_alone() {
    let (mut window, tap) = table();
    window.key_press(Key::ArrowRight);
    window.key_press(Key::Enter);
    settle(&mut window);
    let (column, test) = tests(&tap).pop().expect("a filter");
    assert!(column == "FirstName" && matches!(test, CellTest::OneOf { .. }), "{test:?}");
    window.key_press(Key::ArrowRight);
    settle(&mut window);
    window.key_press(Key::S);
    settle(&mut window);
    let order = Some(Order { column: "LastName".to_owned(), descending: false });
    assert_eq!(last_rows(&tap).order, order);
    window.key_press(Key::H);
    settle(&mut window);
    assert!(
        window
            .query_by_role_and_label(Role::ColumnHeader, "LastName, sorted, least first")
            .is_none()
    );
    assert!(window.query_by_role_and_label(Role::ColumnHeader, "FirstName").is_some());
}

#[test]
fn a_filter_is_typed_under_its_column() {
    let (mut window, tap) = table();
    window.key_press(Key::F);
    settle(&mut window);
    window.event(egui::Event::Text("=0035g1".to_owned()));
    settle(&mut window);
    assert_eq!(tests(&tap), [one("Id", "0035g1")]);
    window.key_press(Key::Enter);
    settle(&mut window);
    window.key_press(Key::ArrowDown);
    settle(&mut window);
    window.key_press(Key::Delete);
    settle(&mut window);
    assert!(window.query_by_label_contains("rows of 1,204,331").is_none(), "the filter is gone");
}

#[test]
fn what_is_looked_for_is_asked_once_typing_pauses() {
    let (mut window, tap) = table();
    window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    settle(&mut window);
    let before = tap.sent.borrow().len();
    for letter in ["o", "s", "l", "o"] {
        window.event(egui::Event::Text(letter.to_owned()));
        window.step();
    }
    assert_eq!(tap.sent.borrow().len(), before, "not for every letter");
    for _ in 0..30 {
        window.step();
    }
    assert_eq!(last_rows(&tap).find.as_deref(), Some("oslo"));
}

#[test]
fn a_range_is_copied_whole_even_where_it_was_out_of_sight() {
    let (mut window, tap) = table();
    for _ in 0..30 {
        window.key_press_modifiers(Modifiers::SHIFT, Key::PageDown);
        window.step();
    }
    window.event(egui::Event::Copy);
    let mut copied = None;
    for _ in 0..20 {
        window.step();
        copied = copied.or_else(|| {
            window.output().platform_output.commands.iter().find_map(|command| match command {
                egui::OutputCommand::CopyText(text) => Some(text.clone()),
                _ => None,
            })
        });
    }
    let copied = copied.expect("the text is on the clipboard");
    let lines: Vec<&str> = copied.lines().collect();
    assert!(lines.len() > 200, "{} lines", lines.len());
    assert_eq!(lines[0], "0035g000000000");
    assert_eq!(lines[lines.len() - 1], format!("0035g{:09}", lines.len() - 1));
    assert!(tap.sent.borrow().len() < 80);
}

#[test]
fn cells_and_rows_can_be_read_aloud() {
    let (window, _) = table();
    assert!(window.query_all_by_role(Role::Cell).count() > 20);
    assert!(window.query_all_by_role(Role::Row).count() > 5);
    assert!(window.query_by_role_and_label(Role::Cell, "0035g000000000").is_some());
}
