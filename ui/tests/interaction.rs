//! What hands do reaches the wire: sliders, keys, the palette, links, undo.

mod support;

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use kith_api::{ApiError, ErrorCode, Event, JobOutcome, JobStatus, Request};
use kith_model::identity::Verdict;
use kith_model::mapping::Transform;
use kith_model::{Command, JobId, Metric, Stage};
use kith_ui::{Incoming, Pick, ThemeChoice};
use support::world::World;
use support::{Tap, Window, app, keep, open_at, settle};

fn open(world: World, stage: Key) -> (Window, Tap) {
    open_at(world, ThemeChoice::Dark, stage)
}

#[test]
fn a_slider_applies_on_release_and_runs_its_stage_only() {
    let (mut window, tap) = open(World::ready(), Key::Num6);
    let slider = window.get_all_by_role(egui::accesskit::Role::Slider).next().expect("k");
    let rect = slider.rect();
    let knob = rect.left_center() + egui::vec2(rect.width() * 0.42, 0.0);
    window.drag_at(knob);
    settle(&mut window);
    window.hover_at(rect.right_center() - egui::vec2(10.0, 0.0));
    settle(&mut window);
    assert!(tap.commands().is_empty(), "nothing is sent while the slider moves");
    window.drop_at(rect.right_center() - egui::vec2(10.0, 0.0));
    settle(&mut window);
    let commands = tap.commands();
    let [Command::SetSegments { params }] = commands.as_slice() else {
        panic!("one change of the segments, not {commands:?}");
    };
    assert!(params.k > 8, "far to the right: k = {}", params.k);
    assert_eq!(tap.runs(), [Stage::Segments]);
}

#[test]
fn keys_decide_pairs_and_take_decisions_back() {
    let (mut window, tap) = open(World::ready(), Key::Num4);
    window.get_by_label("Review 37 pairs").click();
    settle(&mut window);
    keep(&mut window, "review-dark");
    for key in [Key::Y, Key::N, Key::U, Key::Z] {
        window.key_press(key);
        settle(&mut window);
    }
    let verdicts: Vec<Option<Verdict>> = tap
        .commands()
        .into_iter()
        .map(|c| match c {
            Command::Decide { verdict, at, by, .. } => {
                assert_eq!((at.as_str(), by.as_str()), ("2026-03-02T09:30:00Z", "tester"));
                verdict
            }
            other => panic!("only decisions, not {other:?}"),
        })
        .collect();
    let said = [Some(Verdict::Same), Some(Verdict::Different), Some(Verdict::Unsure), None];
    assert_eq!(verdicts, said);
    assert_eq!(tap.world.borrow().document.decisions.len(), 2, "the third was taken back");
}

#[test]
fn each_decision_is_about_another_pair() {
    let (mut window, tap) = open(World::ready(), Key::Num4);
    window.get_by_label("Review 37 pairs").click();
    settle(&mut window);
    for _ in 0..6 {
        window.key_press(Key::Y);
        settle(&mut window);
    }
    assert_eq!(tap.world.borrow().document.decisions.len(), 6);
}

#[test]
fn the_palette_finds_commands_and_people() {
    let (mut window, tap) = open(World::ready(), Key::Num1);
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut window);
    window.event(egui::Event::Text("find seg".to_owned()));
    settle(&mut window);
    window.key_press(Key::Enter);
    settle(&mut window);
    assert_eq!(tap.runs(), [Stage::Segments]);
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut window);
    window.event(egui::Event::Text("haugen".to_owned()));
    settle(&mut window);
    window.key_press(Key::Enter);
    settle(&mut window);
    assert!(window.query_by_label("Golden record").is_some(), "the person is in the inspector");
    keep(&mut window, "person-dark");
    window.key_press(Key::Escape);
    settle(&mut window);
    assert!(window.query_by_label("Golden record").is_none(), "Escape backs out");
}

#[test]
fn a_person_is_shown_over_the_page_where_there_is_no_room_beside_it() {
    let (mut window, _) = support::app(World::ready(), ThemeChoice::Dark, [1100.0, 700.0]);
    settle(&mut window);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    settle(&mut window);
    window.get_by_label("People").click();
    settle(&mut window);
    assert!(window.query_by_label("Golden record").is_none(), "the page comes first");
    let people = window.query_all_by_role(egui::accesskit::Role::ListItem);
    people.into_iter().next().unwrap().click();
    settle(&mut window);
    assert!(window.query_by_label("Golden record").is_some());
    keep(&mut window, "person-narrow-dark");
    window.get_by_label("Deselect · Esc").click();
    settle(&mut window);
    assert!(window.query_by_label("Golden record").is_none());
}

#[test]
fn undo_and_redo_have_keys_and_names() {
    let (mut window, tap) = open(World::ready(), Key::Num1);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(&mut window);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    settle(&mut window);
    let sent = tap.sent.borrow();
    let asked: Vec<&Request> =
        sent.iter().filter(|r| matches!(r, Request::Undo | Request::Redo)).collect();
    assert_eq!(asked, [&Request::Undo, &Request::Redo]);
}

#[test]
fn the_sample_is_one_click_and_runs_everything() {
    let (mut window, tap) = app(World::closed(), ThemeChoice::Light, [1200.0, 800.0]);
    settle(&mut window);
    window.get_by_label("Open the sample shop").click();
    settle(&mut window);
    assert!(tap.sent.borrow().contains(&Request::OpenSample { folder: None }));
    assert_eq!(tap.runs(), [Stage::Export]);
    assert!(window.query_by_label("Project Northpeak").is_some(), "the project is on screen");
}

#[test]
fn files_dropped_on_the_welcome_page_make_a_project_of_their_own() {
    let (mut window, tap) = app(World::closed(), ThemeChoice::Light, [1200.0, 800.0]);
    settle(&mut window);
    let files = vec![kith_model::FileRef("/tmp/contacts.csv".to_owned())];
    tap.inbox.borrow_mut().push(Incoming::Dropped(files.clone()));
    settle(&mut window);
    assert_eq!(*tap.picks.borrow(), [Pick::ProjectToCreate], "asked where it shall live");
    let folder = kith_model::FileRef("/tmp/Customers.kith".to_owned());
    let picked = Incoming::Picked { ask: Pick::ProjectToCreate, files: vec![folder] };
    tap.inbox.borrow_mut().push(picked);
    settle(&mut window);
    assert!(tap.sent.borrow().contains(&Request::AddFiles { files }));
}

#[test]
fn files_dropped_before_a_dialog_was_cancelled_are_forgotten() {
    let (mut window, tap) = app(World::closed(), ThemeChoice::Light, [1200.0, 800.0]);
    settle(&mut window);
    let files = vec![kith_model::FileRef("/tmp/contacts.csv".to_owned())];
    let cancelled = Incoming::Picked { ask: Pick::ProjectToCreate, files: Vec::new() };
    tap.inbox.borrow_mut().extend([Incoming::Dropped(files), cancelled]);
    settle(&mut window);
    let said = window.query_by_label_contains("No file dialog could be shown");
    assert!(said.is_some(), "gone at once: the system has none");
    window.get_by_label("Open the sample shop").click();
    settle(&mut window);
    let sent = tap.sent.borrow();
    assert!(!sent.iter().any(|r| matches!(r, Request::AddFiles { .. })));
}

#[test]
fn files_dropped_for_a_project_that_could_not_be_made_go_into_no_other() {
    let (mut window, tap) = app(World::closed(), ThemeChoice::Light, [1200.0, 800.0]);
    settle(&mut window);
    let files = vec![kith_model::FileRef("/tmp/contacts.csv".to_owned())];
    let folder = kith_model::FileRef(support::world::NO_ROOM.to_owned());
    let picked = Incoming::Picked { ask: Pick::ProjectToCreate, files: vec![folder] };
    tap.inbox.borrow_mut().extend([Incoming::Dropped(files), picked]);
    settle(&mut window);
    assert!(window.query_by_label_contains("No project can live here").is_some());
    window.get_by_label("Open the sample shop").click();
    settle(&mut window);
    let sent = tap.sent.borrow();
    assert!(!sent.iter().any(|r| matches!(r, Request::AddFiles { .. })));
}

#[test]
fn links_are_remembered_until_told_otherwise() {
    let (mut window, tap) = open(World::ready(), Key::Num2);
    window.get_by_label("Remember accepted links").click();
    settle(&mut window);
    window.get_by_label("Forget 23 headers").click();
    settle(&mut window);
    assert!(window.query_by_label_contains("Forget").is_none(), "nothing is left to forget");
    let sent = tap.sent.borrow();
    let told = |on, forget| sent.contains(&Request::Remembering { on, forget });
    assert!(told(Some(false), false) && told(None, true));
}

#[test]
fn an_empty_project_offers_files_on_every_page() {
    let (mut window, tap) = open(World::empty(), Key::Num6);
    window.get_by_label("Add files…").click();
    settle(&mut window);
    assert_eq!(*tap.picks.borrow(), [Pick::Files]);
    let file = kith_model::FileRef("/tmp/contacts.csv".to_owned());
    let picked = Incoming::Picked { ask: Pick::Files, files: vec![file.clone()] };
    tap.inbox.borrow_mut().push(picked);
    settle(&mut window);
    assert!(tap.sent.borrow().contains(&Request::AddFiles { files: vec![file] }));
}

#[test]
fn a_running_job_shows_progress_can_be_stopped_and_keeps_the_old_result() {
    let (mut window, tap) = open(World::ready(), Key::Num6);
    let job = JobStatus {
        id: JobId(5),
        upto: Stage::Segments,
        stage: Stage::Segments,
        done: 0.4,
        doing: "iteration 3 of restart 2".to_owned(),
        elapsed_ms: 900,
        left_ms: Some(1400),
        outcome: None,
    };
    tap.world.borrow_mut().jobs.push(job.clone());
    tap.world.borrow_mut().states.push((Stage::Segments, kith_model::StageState::Running));
    tap.event(Event::Job(job.clone()));
    for (x, y) in [(0.0, 27_000.0), (1.0, 22_000.0), (2.0, 20_100.0)] {
        let metric = Metric { series: "inertia".to_owned(), x, y };
        tap.event(Event::Metric { job: job.id, stage: Stage::Segments, metric });
    }
    settle(&mut window);
    keep(&mut window, "running-dark");
    let doing = window.query_all_by_label_contains("iteration 3 of restart 2").next();
    assert!(doing.is_some());
    assert!(window.query_all_by_label_contains("Recent regulars").next().is_some(), "still there");
    window.get_by_label("Stop").click();
    settle(&mut window);
    assert!(tap.sent.borrow().contains(&Request::Cancel { job: JobId(5) }));
    tap.world.borrow_mut().jobs.clear();
    let error = ApiError::new(ErrorCode::DiskFull, "The disk is full").hint("Free 2 GB");
    tap.event(Event::Job(JobStatus { outcome: Some(JobOutcome::Failed(error)), ..job }));
    settle(&mut window);
    assert!(window.query_by_label("The disk is full").is_some(), "a note says so");
}

#[test]
fn a_broken_setting_is_said_beside_its_control_and_not_sent() {
    let (mut window, tap) = open(World::ready(), Key::Num6);
    let slider = window.get_all_by_role(egui::accesskit::Role::Slider).next().expect("k");
    slider.focus();
    settle(&mut window);
    let number = window.get_all_by_role(egui::accesskit::Role::SpinButton).next().expect("k");
    number.set_value_accesskit(60.0);
    settle(&mut window);
    assert!(window.query_by_label("Between 2 and 50 segments").is_some());
    assert!(tap.commands().is_empty());
}

#[test]
fn a_million_rows_ask_for_what_is_in_sight_only() {
    let (mut window, tap) = open(World::ready(), Key::Num1);
    let table = window.get_all_by_role(egui::accesskit::Role::Grid).next().expect("the table");
    let middle = table.rect().center();
    assert!(table.accesskit_node().label().is_some_and(|l| l.contains("1,204,331 rows")));
    window.drag_at(middle);
    window.drop_at(middle);
    settle(&mut window);
    window.key_press(Key::End);
    settle(&mut window);
    let last = window.query_by_label_contains("Row 1204331:");
    assert!(last.is_some(), "the last row is drawn with its values");
    let sent = tap.sent.borrow();
    let pages = sent.iter().filter(|r| matches!(r, Request::Rows(_))).count();
    assert!(pages <= 6, "{pages} pages for two places");
}

#[test]
fn details_of_rules_columns_and_parameters_draw() {
    let (mut window, tap) = open(World::ready(), Key::Num9);
    window.get_by_label("Third look at a product").click();
    settle(&mut window);
    keep(&mut window, "rule-editor-dark");
    window.get_by_label("Switch off Weekend offer").click();
    settle(&mut window);
    assert!(matches!(tap.commands().last(), Some(Command::PutRule { rule }) if !rule.enabled));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    settle(&mut window);
    window.get_by_label("Columns 14").click();
    settle(&mut window);
    keep(&mut window, "columns-dark");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    settle(&mut window);
    window.get_by_label("Training").click();
    settle(&mut window);
    keep(&mut window, "parameters-dark");
}

#[test]
fn a_link_is_drawn_by_dragging() {
    let (mut window, tap) = open(World::ready(), Key::Num2);
    let from = window.get_by_label("Column LoyaltyPoints").rect().center();
    let to = window.get_by_label("Field Loyalty number").rect().center();
    window.drag_at(from);
    settle(&mut window);
    window.hover_at(from + egui::vec2(40.0, 0.0));
    settle(&mut window);
    window.hover_at(to);
    settle(&mut window);
    window.drop_at(to);
    settle(&mut window);
    let commands = tap.commands();
    let [Command::LinkField { link, .. }] = commands.as_slice() else {
        panic!("one link, not {commands:?}");
    };
    assert_eq!(link.column.as_deref(), Some("LoyaltyPoints"));
    assert_eq!(link.field, "loyalty_id");
}

#[test]
fn a_link_shows_what_it_does_and_is_changed_after_a_trial() {
    let (mut window, tap) = open(World::ready(), Key::Num2);
    window.get_by_label_contains("Field Phone, linked to").click();
    settle(&mut window);
    settle(&mut window);
    assert!(window.query_by_label_contains("2 of 4,402 values cannot be converted").is_some());
    keep(&mut window, "link-dark");
    window.get_by_label("Change the value").click();
    settle(&mut window);
    window.get_by_label("Lower case").click();
    settle(&mut window);
    window.get_by_label("Use this").click();
    settle(&mut window);
    let commands = tap.commands();
    let [Command::LinkField { link, .. }] = commands.as_slice() else {
        panic!("one link, not {commands:?}");
    };
    assert_eq!((link.field.as_str(), &link.transform), ("phone", &Transform::Lower));
}

#[test]
fn a_file_can_be_read_differently_and_a_project_renamed() {
    let (mut window, tap) = open(World::ready(), Key::Num1);
    window.get_by_label("hubspot_contacts.csv, 3204 rows in, 3 rejected").click();
    settle(&mut window);
    window.get_by_label("How it is read").click();
    settle(&mut window);
    keep(&mut window, "reading-dark");
    assert!(window.query_by_label("As a table: 5 columns").is_some());
    window.get_by_role_and_label(egui::accesskit::Role::ComboBox, "Delimiter").click();
    settle(&mut window);
    window.get_by_label("Bar |").click();
    settle(&mut window);
    assert!(window.query_by_label("As a table: 1 column").is_some(), "read again at once");
    assert!(tap.commands().is_empty(), "nothing is changed before it is said so");
    window.get_by_label("Load it so").scroll_to_me();
    settle(&mut window);
    window.get_by_label("Load it so").click();
    settle(&mut window);
    let commands = tap.commands();
    let [Command::SetReadOptions { options, .. }] = commands.as_slice() else {
        panic!("one change of the reading, not {commands:?}");
    };
    assert_eq!(options.delimiter.as_deref(), Some("|"));
    assert_eq!(tap.runs(), [Stage::Sources]);
    window.get_by_label("Project Northpeak").click();
    settle(&mut window);
    keep(&mut window, "project-menu-dark");
    let name = window.get_by_label("Project name");
    name.focus();
    name.set_text_value_accesskit("Northpeak 2");
    settle(&mut window);
    window.key_press(Key::Enter);
    settle(&mut window);
    let renamed = Command::Rename { name: "Northpeak 2".to_owned() };
    assert_eq!(tap.commands().last(), Some(&renamed));
}

#[test]
fn a_refused_row_is_put_right_in_its_drawer() {
    let (mut window, tap) = open(World::ready(), Key::Num1);
    window.get_by_label("hubspot_contacts.csv, 3204 rows in, 3 rejected").click();
    settle(&mut window);
    window.get_by_label("Rejected 3").click();
    settle(&mut window);
    window.get_by_label("Table of 6 rows").focus();
    settle(&mut window);
    window.key_press(Key::ArrowDown);
    settle(&mut window);
    let row = egui::accesskit::Role::MultilineTextInput;
    assert!(window.query_all_by_label("4 fields expected, 5 found").count() > 0);
    window.get_by_label("Load this row").click();
    settle(&mut window);
    assert!(tap.commands().is_empty(), "a row that would be refused again is not sent");
    let field = window.get_by_role_and_label(row, "Row of line 231");
    field.focus();
    settle(&mut window);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.event(egui::Event::Text("7,Ada,Lovelace,ada@example.org".to_owned()));
    settle(&mut window);
    window.get_by_label("Load this row").click();
    settle(&mut window);
    let commands = tap.commands();
    let [Command::RepairRow { repair, .. }] = commands.as_slice() else {
        panic!("one edit, not {commands:?}");
    };
    assert_eq!((repair.line, repair.text.as_str()), (231, "7,Ada,Lovelace,ada@example.org"));
    assert_eq!(tap.runs(), [Stage::Sources]);
    window.get_by_label("Take back line 231").click();
    settle(&mut window);
    assert!(matches!(tap.commands().last(), Some(Command::ForgetRepair { line: 231, .. })));
}

#[test]
fn refused_rows_leave_as_a_file_and_come_back() {
    let (mut window, tap) = open(World::ready(), Key::Num1);
    window.get_by_label("Rejected 14").click();
    settle(&mut window);
    window.get_by_label("Export…").click();
    settle(&mut window);
    assert_eq!(tap.picks.borrow().as_slice(), [Pick::RejectsToWrite]);
    let file = || kith_model::FileRef("/tmp/refused.csv".to_owned());
    for (ask, label) in [(Pick::RejectsToWrite, ""), (Pick::RejectsToTake, "Bring back…")] {
        if !label.is_empty() {
            window.get_by_label(label).click();
            settle(&mut window);
        }
        tap.inbox.borrow_mut().push(Incoming::Picked { ask, files: vec![file()] });
        settle(&mut window);
    }
    let sent = tap.sent.borrow();
    let to = |r: &Request| matches!(r, Request::ExportRejects { to, .. } if *to == file());
    let from = |r: &Request| matches!(r, Request::RepairFrom { file: f, .. } if *f == file());
    assert!(sent.iter().any(to) && sent.iter().any(from));
}

#[test]
fn the_first_load_shows_which_file_is_being_read() {
    let mut world = World::ready();
    world.computed = false;
    let titles: Vec<String> = world.document.sources.iter().map(|s| s.title.clone()).collect();
    world.jobs = vec![JobStatus {
        id: JobId(7),
        upto: Stage::Export,
        stage: Stage::Sources,
        done: 0.02,
        doing: format!("{}: compare counts", titles[1]),
        elapsed_ms: 900,
        left_ms: None,
        outcome: None,
    }];
    let (window, _) = open(world, Key::Num1);
    for (title, word) in [(&titles[0], "read"), (&titles[1], "reading…"), (&titles[2], "waits")] {
        assert!(window.query_by_label(&format!("{title}: {word}")).is_some(), "{title}: {word}");
    }
}

#[test]
fn expectations_are_edited_taken_and_switched_off() {
    let (mut window, tap) = open(World::ready(), Key::Num3);
    keep(&mut window, "quality-dark");
    window.get_by_label("Switch off").click();
    settle(&mut window);
    let commands = tap.commands();
    let [Command::PutExpectation { expectation }] = commands.as_slice() else {
        panic!("one expectation switched off, not {commands:?}");
    };
    assert!(expectation.off && expectation.id == "order.order_id.unique");
    window.get_by_label("Edit").click();
    settle(&mut window);
    keep(&mut window, "quality-editor-dark");
    window.get_by_label("Save and check").click();
    settle(&mut window);
    window.get_by_label_contains("Suggested").click();
    settle(&mut window);
    settle(&mut window);
    keep(&mut window, "quality-suggested-dark");
    window.get_by_label("Take these 3").click();
    settle(&mut window);
    let commands = tap.commands();
    let Some(Command::Batch { commands, .. }) = commands.last() else {
        panic!("all at once, not {commands:?}");
    };
    assert_eq!(commands.len(), 3);
    window.get_by_label("Check again").click();
    settle(&mut window);
    assert_eq!(tap.runs().last(), Some(&Stage::Quality));
}

#[test]
fn profiles_and_loads_draw_in_both_themes() {
    for theme in [ThemeChoice::Dark, ThemeChoice::Light] {
        let (mut window, tap) = app(World::ready(), theme, [1440.0, 900.0]);
        settle(&mut window);
        window.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
        settle(&mut window);
        let suffix = theme.title().to_lowercase();
        window.get_by_label("Profile").click();
        settle(&mut window);
        settle(&mut window);
        assert!(window.query_by_label_contains("customer_email, 9.4 % missing").is_some());
        keep(&mut window, &format!("quality-profile-{suffix}"));
        window.get_by_label_contains("Loads").click();
        settle(&mut window);
        keep(&mut window, &format!("quality-loads-{suffix}"));
        window.get_by_label("Keep the first alone in shopify_orders").click();
        settle(&mut window);
        window.get_by_label("Compare").click();
        settle(&mut window);
        settle(&mut window);
        assert!(window.query_by_label("number → text").is_some());
        keep(&mut window, &format!("quality-compare-{suffix}"));
        let commands = tap.commands();
        assert!(
            matches!(commands.as_slice(), [Command::SetCopyRule { .. }]),
            "one rule, not {commands:?}"
        );
    }
}

#[test]
fn gaps_are_filled_the_way_that_is_chosen() {
    for theme in [ThemeChoice::Dark, ThemeChoice::Light] {
        let (mut window, tap) = app(World::ready(), theme, [1440.0, 900.0]);
        settle(&mut window);
        window.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
        settle(&mut window);
        window.get_by_label("Fill gaps").click();
        settle(&mut window);
        settle(&mut window);
        window.get_by_label("refunded: 1,204 gaps").click();
        settle(&mut window);
        settle(&mut window);
        keep(&mut window, &format!("quality-gaps-{}", theme.title().to_lowercase()));
        window.get_all_by_label("Fill").next().unwrap().click();
        settle(&mut window);
        let commands = tap.commands();
        let [Command::PutImputation { imputation }] = commands.as_slice() else {
            panic!("one column filled, not {commands:?}");
        };
        assert_eq!(imputation.method, kith_model::quality::ImputeMethod::Neighbours { k: 7 });
        assert_eq!(imputation.field, "refunded");
    }
}

#[test]
fn an_event_type_gets_a_weight_of_its_own() {
    let (mut window, tap) = open(World::ready(), Key::Num2);
    window.get_all_by_label_contains("ndjson").next().unwrap().click();
    settle(&mut window);
    settle(&mut window);
    keep(&mut window, "weights-dark");
    let role = egui::accesskit::Role::SpinButton;
    let knob = window.get_by_role_and_label(role, "wishlist_add").rect().center();
    window.drag_at(knob);
    settle(&mut window);
    window.hover_at(knob + egui::vec2(40.0, 0.0));
    settle(&mut window);
    assert!(tap.commands().is_empty(), "while it moves nothing is changed");
    window.drop_at(knob + egui::vec2(40.0, 0.0));
    settle(&mut window);
    let commands = tap.commands();
    let [Command::SetRecommend { params }] = commands.as_slice() else {
        panic!("one change, not {commands:?}");
    };
    assert!(params.event_weights["wishlist_add"] > 0.0 && params.event_weights.len() == 1);
}
