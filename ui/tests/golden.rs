//! Golden records: rules tried before they are used, the order of sources, values set by hand.

mod support;

use egui::Key;
use egui_kittest::kittest::Queryable;
use kith_api::Request;
use kith_model::golden::Survivor;
use kith_model::{Command, Stage};
use kith_ui::ThemeChoice;
use support::world::World;
use support::{Tap, Window, open_at, settle};

fn open(world: World) -> (Window, Tap) {
    open_at(world, ThemeChoice::Dark, Key::Num4)
}

#[test]
fn a_rule_of_survivorship_tells_what_it_would_change_before_it_is_used() {
    let (mut window, tap) = open(World::ready());
    window.get_by_label("Golden").click();
    settle(&mut window);
    assert!(window.query_by_label("In force").is_some());
    window.get_by_label("Rule of Phone").click();
    settle(&mut window);
    window.get_by_label("most recent").click();
    settle(&mut window);
    assert!(tap.commands().is_empty(), "a preview changes nothing");
    let asked = tap.sent.borrow().iter().any(|r| match r {
        Request::PreviewGolden { params } => params.of("phone") == Survivor::MostRecent,
        _ => false,
    });
    assert!(asked);
    window.get_by_label("Use these").click();
    settle(&mut window);
    let commands = tap.commands();
    let [Command::SetGolden { params }] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(
        (params.of("phone"), params.of("email")),
        (Survivor::MostRecent, Survivor::MostFrequent)
    );
    assert_eq!(tap.runs(), [Stage::Identity]);
}

#[test]
fn sources_are_put_in_the_order_in_which_they_are_believed() {
    let (mut window, tap) = open(World::ready());
    window.get_by_label("Golden").click();
    settle(&mut window);
    window.get_by_label("Rule of E-mail").click();
    settle(&mut window);
    window.get_by_label("source priority").click();
    settle(&mut window);
    assert!(window.query_by_label("As the project lists them, until you move one").is_some());
    support::keep(&mut window, "golden-order");
    let later = window.query_all_by_label_contains(" later").next().expect("an order");
    later.click();
    settle(&mut window);
    window.get_by_label("Use these").click();
    settle(&mut window);
    let commands = tap.commands();
    let [Command::SetGolden { params }] = commands.as_slice() else { panic!("{commands:?}") };
    let own = tap.world.borrow().document.sources.iter().map(|s| s.id.clone()).collect::<Vec<_>>();
    let first = own.iter().position(|id| *id == params.sources[0]);
    let second = own.iter().position(|id| *id == params.sources[1]);
    assert!(first > second, "the first went below the second: {:?}", params.sources);
}

#[test]
fn a_value_that_lost_is_pinned_and_taken_back() {
    let (mut window, tap) = open(World::ready());
    window.get_by_label("People").click();
    settle(&mut window);
    let people = window.query_all_by_role(egui::accesskit::Role::ListItem);
    people.into_iter().next().unwrap().click();
    settle(&mut window);
    window.get_by_label("Choose another value of Phone").click();
    settle(&mut window);
    window.get_by_label("Use +4791234576").click();
    settle(&mut window);
    let commands = tap.commands();
    let [Command::PinValue { pin }] = commands.as_slice() else { panic!("{commands:?}") };
    let said = (pin.record.as_str(), pin.field.as_str(), pin.value.as_str(), pin.by.as_str());
    assert_eq!(said, ("salesforce_contacts/0035g0", "phone", "+4791234576", "tester"));
    window.get_by_label("Golden").click();
    settle(&mut window);
    window.get_by_label("Take back").click();
    settle(&mut window);
    assert!(tap.world.borrow().document.pins.is_empty());
    assert_eq!(tap.runs(), [Stage::Identity, Stage::Identity]);
}
