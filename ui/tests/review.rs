//! The review by keyboard alone: a hundred answers, a reason, an explanation; split, merge, charts.

mod support;

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use kith_api::Request;
use kith_model::document::{Decision, DecisionOrigin};
use kith_model::identity::Contradiction;
use kith_model::identity::Verdict;
use kith_model::training::FrozenTraining;
use kith_model::{Command, FileRef, PairKey, ProfileId, Stage};
use kith_ui::{Incoming, Pick, ThemeChoice};
use std::time::{Duration, Instant};
use support::world::World;
use support::{Tap, Window, open_at, settle};

fn open(world: World) -> (Window, Tap) {
    open_at(world, ThemeChoice::Dark, Key::Num4)
}

fn review(pairs: usize) -> (Window, Tap) {
    let (mut window, tap) = open(World { pairs, ..World::ready() });
    let button = format!("Review {} pairs", support::review::waiting(pairs));
    window.get_by_label(&button).click();
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
fn what_waits_is_counted_beyond_the_pairs_at_hand() {
    let (mut window, _) = review(6);
    assert!(window.query_by_label("1 of 37").is_some(), "six of 37 are at hand");
    assert!(window.query_by_label("Review 37").is_some());
    for key in [Key::Y, Key::N] {
        window.key_press(key);
        window.step();
    }
    assert!(window.query_by_label("35 undecided").is_some(), "before it is on disk");
    assert!(window.query_by_label("2 decided").is_some());
    settle(&mut window);
    assert!(window.query_by_label("35 undecided").is_some(), "and after");
    assert!(window.query_by_label("Review 35").is_some());
}

#[test]
fn what_a_split_said_is_shown_as_such_until_it_is_answered() {
    let mut world = World { pairs: 6, ..World::ready() };
    let second = support::people::review(&world.document, 6).remove(1).key;
    let split = Decision {
        origin: DecisionOrigin::Split,
        at: "2026-11-01T09:30:00Z".to_owned(),
        by: "ada".to_owned(),
        ..Decision::from(Verdict::Different)
    };
    world.document.decisions.insert(second.clone(), split);
    let (mut window, tap) = open(world);
    window.get_by_label(&format!("Review {} pairs", support::review::waiting(6))).click();
    settle(&mut window);
    let said = "1 pair more by merges and splits, which teach nothing";
    assert!(window.query_by_label(said).is_some());
    let chip = "different people, by hand (split)";
    for _ in 0..6 {
        if window.query_by_label(chip).is_none() {
            window.key_press(Key::ArrowRight);
            window.step();
        }
    }
    assert!(window.query_by_label(chip).is_some(), "one of the pairs is marked");
    settle(&mut window);
    support::keep(&mut window, "review-by-hand");
    window.key_press(Key::N);
    settle(&mut window);
    assert_eq!(tap.world.borrow().document.decisions[&second].origin, DecisionOrigin::Review);
    assert!(window.query_by_label(said).is_none());
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
fn an_answer_is_given_and_taken_back_beside_its_explanation() {
    let (mut window, tap) = review(6);
    window.get_by_label("Explain").click();
    settle(&mut window);
    window.get_by_label("Different people").click();
    settle(&mut window);
    assert!(window.query_by_label("Different people").is_none(), "it is answered");
    let said = window.query_all_by_label_contains("tester said on 2026-03-02 09:30").next();
    assert!(said.is_some());
    window.get_by_label("Take this answer back").click();
    settle(&mut window);
    assert!(window.query_by_label("Different people").is_some());
    let said: Vec<Option<Verdict>> = tap
        .commands()
        .into_iter()
        .filter_map(|c| if let Command::Decide { verdict, .. } = c { Some(verdict) } else { None })
        .collect();
    assert_eq!(said, [Some(Verdict::Different), None]);
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
    let sent = tap.sent.borrow();
    let split = sent.iter().any(|r| {
        matches!(r, Request::SplitPerson { records, by, .. } if records.len() == 3 && by == "tester")
            || matches!(r, Request::Apply { command: Command::Decide { verdict: Some(Verdict::Different), .. } })
    });
    assert!(split, "a bridge parts all it holds, another link its two records");
    drop(sent);

    // Somebody found by name is merged: all records of both.
    window.get_all_by_role(egui::accesskit::Role::TextInput).last().expect("a field").focus();
    settle(&mut window);
    window.event(egui::Event::Text("Jonas".to_owned()));
    settle(&mut window);
    window.get_by_label("Merge").scroll_to_me();
    settle(&mut window);
    window.get_by_label("Merge").click();
    settle(&mut window);
    let sent = tap.sent.borrow();
    let merged = sent.iter().find_map(|r| match r {
        Request::MergePeople { profiles, .. } => Some(profiles.clone()),
        _ => None,
    });
    assert_eq!(merged, Some(vec![ProfileId(12), ProfileId(40)]));
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

#[test]
fn a_training_is_frozen_thawed_saved_and_taken_from_a_file() {
    let (mut window, tap) = open(World::ready());
    window.get_by_label("Training").click();
    settle(&mut window);
    assert!(window.query_by_label("Chart m of given name while learning").is_some());
    window.get_by_label("Freeze").click();
    settle(&mut window);
    assert!(tap.sent.borrow().contains(&Request::FreezeTraining { from: None }));

    let file = FileRef("/tmp/people.json".to_owned());
    for (label, ask) in [("Save model…", Pick::ModelToWrite), ("Use a model…", Pick::ModelToTake)]
    {
        window.get_by_label(label).click();
        settle(&mut window);
        assert_eq!(tap.picks.borrow_mut().pop(), Some(ask));
        tap.inbox.borrow_mut().push(Incoming::Picked { ask, files: vec![file.clone()] });
        settle(&mut window);
    }
    assert!(tap.sent.borrow().contains(&Request::SaveModel { to: file.clone() }));
    assert!(tap.sent.borrow().contains(&Request::FreezeTraining { from: Some(file) }));

    let frozen = FrozenTraining {
        mark: "0123".to_owned(),
        records: 8_140,
        at: "2026-03-02T09:30:00Z".to_owned(),
    };
    let mut world = World::ready();
    world.document.training = Some(frozen);
    let (mut window, tap) = open(world);
    window.get_by_label("Training").click();
    settle(&mut window);
    assert!(window.query_all_by_label_contains("later runs use these parameters").next().is_some());
    window.get_by_label("Thaw").click();
    settle(&mut window);
    assert_eq!(tap.commands(), [Command::SetTraining { training: None }]);
    assert_eq!(tap.runs(), [Stage::Identity]);
}

#[test]
fn records_chosen_in_the_graph_are_split_off() {
    let (mut window, tap) = open(World::ready());
    window.get_by_label("People").click();
    settle(&mut window);
    let graph = window.get_by_label("Graph of the person's records").rect();
    let mut chosen = 0;
    'all: for i in 0..60 {
        for j in 0..24 {
            let at = graph.lerp_inside(egui::vec2(i as f32 / 59.0, j as f32 / 23.0));
            window.drag_at(at);
            window.drop_at(at);
            window.step();
            window.step();
            if window.query_by_label("Split off 1 record").is_some() {
                chosen = 1;
                break 'all;
            }
        }
    }
    assert_eq!(chosen, 1, "a record lies somewhere in the graph");
    window.get_by_label("Split off 1 record").click();
    settle(&mut window);
    let sent = tap.sent.borrow();
    let split = sent.iter().find_map(|r| match r {
        Request::SplitPerson { profile, records, .. } => Some((*profile, records.len())),
        _ => None,
    });
    assert_eq!(split, Some((ProfileId(12), 1)));
}

#[test]
fn a_contradiction_is_named_as_soon_as_it_is_said() {
    let (mut window, tap) = review(6);
    let said = "a/1 and c/1 were said to be different people, yet the same by a/1 = b/1 = c/1";
    assert!(window.query_all_by_label_contains(said).next().is_none());
    let chain = ["a/1", "b/1", "c/1"].map(str::to_owned).to_vec();
    let pair = PairKey::new("a/1", "c/1");
    tap.world.borrow_mut().contradictions.push(Contradiction { pair, chain });
    window.key_press(Key::N);
    settle(&mut window);
    assert!(window.query_all_by_label_contains(said).next().is_some());
    assert!(tap.runs().is_empty(), "nothing was run");
    window.get_by_label("b/1 and c/1").click();
    settle(&mut window);
    let asked = Request::Explain { pair: PairKey::new("b/1", "c/1") };
    assert!(tap.sent.borrow().contains(&asked), "an answer of the chain is looked at");
}

#[test]
fn what_became_of_an_id_is_a_word_away() {
    let (mut window, tap) = open(World::ready());
    window.get_by_label("Lineage").click();
    settle(&mut window);
    assert!(window.query_all_by_label_contains("Run 9").next().is_some());
    window.get_all_by_role(egui::accesskit::Role::TextInput).next().expect("a field").focus();
    settle(&mut window);
    window.event(egui::Event::Text("p0000098".to_owned()));
    settle(&mut window);
    assert!(window.query_by_label("Profile p0000098").is_some());
    assert!(window.query_by_label("retired: its id is never given again").is_some());
    let asked = Request::Lineage { profile: Some(ProfileId(98)), limit: 50 };
    assert!(tap.sent.borrow().contains(&asked));
}

#[test]
fn blocking_is_estimated_before_it_runs_and_a_rule_over_the_budget_is_refused() {
    let (mut window, tap) = open(World::ready());
    window.get_by_role_and_label(egui::accesskit::Role::Tab, "Blocking").click();
    settle(&mut window);
    assert!(window.query_by_label("Pairs of the last run").is_some());
    window.get_by_label("Add a rule of your own").click();
    settle(&mut window);
    for field in ["Country", "Family name", "Postcode"] {
        window.get_by_label(field).click();
        settle(&mut window);
    }
    window.get_by_label("Estimate").click();
    settle(&mut window);
    assert!(window.query_by_label("Pairs these rules would make").is_some());
    let better = window.query_all_by_label_contains("better: country + postcode").next();
    assert!(better.is_some());
    assert!(tap.commands().is_empty() && tap.runs().is_empty(), "nothing was run");
    window.get_by_label("Use these").click();
    settle(&mut window);
    let commands = tap.commands();
    let [Command::SetIdentity { params }] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(params.rules[0].fields, [kith_model::identity::MatchField::Country]);
}
