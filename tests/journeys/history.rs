//! Undo and redo over every stage, across restarts; text files that tell the same story.

use crate::script::take;
use kith_api::{ErrorCode, Request};
use kith_model::predict::PredictParams;
use kith_model::segments::SegmentParams;
use kith_model::{Command, Document};
use kith_tests::Bench;
use proptest::prelude::*;

fn document(bench: &Bench) -> Document {
    *take!(bench.ask(Request::Document), Document)
}

fn change(number: u32) -> Command {
    match number % 4 {
        0 => Command::Rename { name: format!("Shop {number}") },
        1 => Command::SetSegments {
            params: SegmentParams { k: 2 + number % 9, ..SegmentParams::default() },
        },
        2 => Command::SetPredict {
            params: PredictParams { horizon_days: 1 + number, ..PredictParams::default() },
        },
        _ => {
            let mut rule = kith_starter_rule();
            rule.id.0 = format!("rule_{number}");
            Command::PutRule { rule }
        }
    }
}

fn kith_starter_rule() -> kith_model::rules::Rule {
    kith_model::rules::Rule {
        id: kith_model::RuleId("r".into()),
        name: "Weekend".into(),
        when: kith_model::rules::Condition::Weekend,
        then: kith_model::rules::Action { kind: "show".into(), content: "banner".into() },
        priority: 10,
        cap_hours: 24,
        enabled: true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Any walk of changes, undos, redos and restarts ends where a plain list of documents says.
    #[test]
    fn any_walk_through_history_survives_restarts(steps in prop::collection::vec(0u32..40, 1..25)) {
        let bench = Bench::new();
        let folder = bench.file("walk.kith");
        bench.ask(Request::NewProject { folder: folder.clone(), name: "Walk".into() });
        let mut states = vec![document(&bench)];
        let mut at = 0;
        for step in steps {
            match step {
                0..10 => match bench.call(Request::Undo) {
                    Ok(_) => at -= 1,
                    Err(e) => { prop_assert_eq!((e.code, at), (ErrorCode::Usage, 0)); }
                },
                10..16 => match bench.call(Request::Redo) {
                    Ok(_) => at += 1,
                    Err(e) => prop_assert_eq!((e.code, at), (ErrorCode::Usage, states.len() - 1)),
                },
                16..20 => {
                    bench.ask(Request::CloseProject);
                    bench.ask(Request::OpenProject { folder: folder.clone() });
                }
                number => {
                    bench.ask(Request::Apply { command: change(number) });
                    at += 1;
                    states.truncate(at);
                    states.push(document(&bench));
                }
            }
            prop_assert_eq!(&document(&bench), &states[at]);
        }
    }
}

#[test]
fn a_project_shared_as_text_opens_without_its_journal() {
    let bench = Bench::new();
    let folder = bench.file("text.kith");
    bench.ask(Request::NewProject { folder: folder.clone(), name: "Text".into() });
    bench.ask(Request::Apply { command: change(5) });
    let before = document(&bench);
    bench.ask(Request::CloseProject);
    std::fs::remove_file(bench.path("text.kith/journal.ndjson")).unwrap();
    std::fs::remove_file(bench.path("text.kith/data.duckdb")).unwrap();
    bench.ask(Request::OpenProject { folder });
    assert_eq!(document(&bench), before);
}

#[test]
fn the_same_walk_writes_the_same_bytes() {
    let bytes = || {
        let bench = Bench::new();
        bench.ask(Request::NewProject { folder: bench.file("a.kith"), name: "Same".into() });
        for number in [3, 5, 6, 7] {
            bench.ask(Request::Apply { command: change(number) });
        }
        ["project.toml", "journal.ndjson"]
            .map(|name| std::fs::read(bench.path("a.kith").join(name)).unwrap())
    };
    assert_eq!(bytes(), bytes());
}
