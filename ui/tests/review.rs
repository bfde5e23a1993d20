//! The review by keyboard alone: a hundred answers, a reason, an explanation; split, merge, charts.

mod support;

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use kith_api::Request;
use kith_model::identity::Verdict;
use kith_model::{Command, FileRef, Stage};
use kith_ui::{Incoming, Pick, ThemeChoice};
use std::time::{Duration, Instant};
use support::world::World;
use support::{Tap, Window, open_at, settle};

fn open(world: World) -> (Window, Tap) {
    open_at(world, ThemeChoice::Dark, Key::Num4)
}

fn review(pairs: usize) -> (Window, Tap) {
    let (mut window, tap) = open(World { pairs, ..World::ready() });
    window.get_by_label("Review 37 pairs").click();
    settle(&mut window);
    (window, tap)
}

#[test]
fn a_hundred_decisions_by_keyboard_each_answered_within_a_frame() {
    let (mut window, tap) = review(120);
    let began = Instant::now();
    for n in 0..100 {
        let key = [Key::Y, Key::N, Key::U][n % 3];
        window.key_press(key);
        window.step();
        let open = format!("{} undecided", 119 - n);
        assert!(window.query_by_label(&open).is_some(), "one frame after key {n}: {open}");
    }
    let took = began.elapsed();
    // Five minutes are 3 s a decision: the machine's part of it must be small.
    assert!(took < Duration::from_secs(60), "{took:?}");
    settle(&mut window);
    let decided = &tap.world.borrow().document.decisions;
    assert_eq!(decided.len(), 100, "each about another pair");
    let count = |v: Verdict| decided.values().filter(|d| d.verdict == v).count();
    assert_eq!(
        (count(Verdict::Same), count(Verdict::Different), count(Verdict::Unsure)),
        (34, 33, 33)
    );
}

#[test]
fn a_reason_is_typed_without_the_mouse_and_goes_with_the_next_word() {
    let (mut window, tap) = review(6);
    // A host hands key and letter over together.
    let modifiers = Modifiers::NONE;
    let key = egui::Event::Key {
        key: Key::R,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers,
    };
    window.input_mut().events.extend([key, egui::Event::Text("r".to_owned())]);
    settle(&mut window);
    window.event(egui::Event::Text("same handwriting, y".to_owned()));
    settle(&mut window);
    assert!(tap.commands().is_empty(), "letters in the field decide nothing");
    window.key_press(Key::Enter);
    settle(&mut window);
    window.key_press(Key::Y);
    settle(&mut window);
    window.key_press(Key::Y);
    settle(&mut window);
    let whys: Vec<String> = tap
        .commands()
        .into_iter()
        .filter_map(|c| if let Command::Decide { why, .. } = c { Some(why) } else { None })
        .collect();
    assert_eq!(whys, ["same handwriting, y", ""]);
}

#[test]
fn why_and_what_if_are_a_key_away() {
    let (mut window, _) = review(6);
    window.key_press(Key::E);
    settle(&mut window);
    assert!(window.query_by_label("What would join them").is_some());
    let what_if = window.query_all_by_label_contains("Phone one slip instead of different").next();
    assert!(what_if.is_some());
    let kept = window.query_all_by_label_contains("41 share it").next();
    assert!(kept.is_some(), "a key that too many share says so");
}

#[test]
fn figures_move_with_the_threshold_and_say_where_they_come_from() {
    let (mut window, tap) = review(6);
    assert!(window.query_by_label("against the known truth").is_some());
    let slider =
        window.get_all_by_role(egui::accesskit::Role::SpinButton).last().expect("a slider");
    slider.set_value_accesskit(0.40);
    settle(&mut window);
    assert!(window.query_by_label("Use 0.40").is_some());
    assert!(tap.commands().is_empty(), "trying changes nothing");
    window.get_by_label("Use 0.40").click();
    settle(&mut window);
    let commands = tap.commands();
    let [Command::SetIdentity { params }] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(params.threshold, Some(0.40));
    assert_eq!(tap.runs(), [Stage::Identity]);
}

#[test]
fn a_bridge_is_split_and_two_people_are_merged() {
    let (mut window, tap) = open(World::ready());
    window.get_by_label("People").click();
    settle(&mut window);
    assert!(window.query_by_label("1 bridge · 1 weak link").is_some());
    let graph = window.get_by_label("Graph of the person's records").rect();
    // The bridge lies between the two halves of the drawing: click along its middle row and column
    // until a link is struck.
    let mut struck = false;
    for i in 1..40 {
        let share = i as f32 / 40.0;
        let at = egui::pos2(egui::lerp(graph.x_range(), share), egui::lerp(graph.y_range(), share));
        window.drag_at(at);
        window.drop_at(at);
        settle(&mut window);
        if window.query_by_label("Split here").is_some() {
            struck = true;
            break;
        }
    }
    assert!(struck, "a link lies somewhere on the diagonal");
    window.get_by_label("Split here").click();
    settle(&mut window);
    let last = tap.commands().pop();
    let Some(Command::Decide { verdict, why, .. }) = last else { panic!("{last:?}") };
    assert_eq!((verdict, why.as_str()), (Some(Verdict::Different), "split by hand"));
    assert_eq!(tap.runs(), [Stage::Identity]);
}

#[test]
fn every_chart_leaves_as_a_picture_or_as_numbers() {
    let (mut window, tap) = open(World::ready());
    window.get_by_label("Charts").click();
    settle(&mut window);
    let link = window.get_all_by_label("Data…").next().expect("an export");
    assert!(link.accesskit_node().label().is_some());
    link.click();
    settle(&mut window);
    assert_eq!(tap.picks.borrow().as_slice(), [Pick::ChartNumbers]);
    let files = vec![FileRef("/tmp/weights".to_owned())];
    tap.inbox.borrow_mut().push(Incoming::Picked { ask: Pick::ChartNumbers, files });
    settle(&mut window);
    let sent = tap.sent.borrow();
    let written = sent.iter().find_map(|r| match r {
        Request::WriteChart { chart, to } => Some((chart.name.clone(), to.0.clone())),
        _ => None,
    });
    assert_eq!(written, Some(("match-weights".to_owned(), "/tmp/weights.csv".to_owned())));
}
