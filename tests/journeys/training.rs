//! Training that is kept: in a project, undone and shared; and by one file for plain files.

use crate::profiles::{add, sheet};
use crate::script::take;
use kith_api::JobOutcome;
use kith_api::{ErrorCode, Request};
use kith_model::identity::{IdentityParams, IdentitySummary};
use kith_model::{Command, Stage};
use kith_tests::Bench;

fn identity(bench: &Bench) -> IdentitySummary {
    bench.run(Stage::Identity);
    *take!(bench.ask(Request::Identity), Identity).expect("a result")
}

/// The stage fails, and says both.
fn refused(bench: &Bench, said: &str, way_out: &str) {
    let (outcome, _) = bench.wait(bench.start(Stage::Identity));
    let JobOutcome::Failed(error) = outcome else { panic!("{outcome:?}") };
    let text = error.to_string();
    assert!(text.contains(said) && text.contains(way_out), "{text}");
}

#[test]
fn a_frozen_training_outlives_new_records_undo_and_other_projects() {
    let bench = Bench::new();
    let folder = bench.file("frozen.kith");
    bench.ask(Request::NewProject { folder, name: "Frozen".into() });
    add(&bench, "people.csv", &sheet(0..40, false));
    add(&bench, "shop.csv", &sheet(10..50, true));
    assert_eq!(
        bench.call(Request::FreezeTraining { from: None }).unwrap_err().code,
        ErrorCode::NotReady
    );
    let learned = identity(&bench);
    assert!(!learned.frozen && learned.trained_on == 80 && !learned.training.is_empty());

    bench.ask(Request::FreezeTraining { from: None });
    let kept = identity(&bench);
    assert!(kept.frozen && kept.training.is_empty());
    assert_eq!((&kept.comparisons, kept.threshold), (&learned.comparisons, learned.threshold));
    assert_eq!((kept.people, kept.trained_on), (learned.people, 80));

    // Many new records: a full run, with the parameters of before.
    add(&bench, "more.csv", &sheet(20..90, false));
    let more = identity(&bench);
    assert!(more.linked.is_none() && more.records == 150);
    assert_eq!((&more.comparisons, more.trained_on), (&learned.comparisons, 80));

    // Fields that the training does not know are refused, with the way out.
    let document = take!(bench.ask(Request::Document), Document);
    let training = document.training.clone().expect("frozen");
    let mut params = document.identity.clone();
    params.fields.truncate(5);
    bench.ask(Request::Apply { command: Command::SetIdentity { params } });
    refused(&bench, "are compared", "train anew");
    bench.ask(Request::Undo);

    // As is a file that is not what was frozen.
    let file = bench.path("frozen.kith/models").join(format!("identity-{}.json", training.mark));
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\"m\"", "\"m\" ")).unwrap();
    bench.ask(Request::Relearn);
    refused(&bench, "not in the project any more", "thaw");
    std::fs::write(&file, &text).unwrap();
    assert_eq!(identity(&bench).comparisons, learned.comparisons);

    // The file serves another project; thawing learns anew, and undo freezes again.
    let model = bench.file("people.json");
    bench.ask(Request::SaveModel { to: model.clone() });
    assert_eq!(std::fs::read_to_string(&model.0).unwrap(), text);
    bench.ask(Request::Apply { command: Command::SetTraining { training: None } });
    let thawed = identity(&bench);
    assert!(
        !thawed.frozen && thawed.trained_on == 150 && thawed.comparisons != learned.comparisons
    );
    bench.ask(Request::Undo);
    assert_eq!(identity(&bench).comparisons, learned.comparisons);

    let folder = bench.file("other.kith");
    bench.ask(Request::NewProject { folder, name: "Other".into() });
    add(&bench, "b.csv", &sheet(0..30, false));
    add(&bench, "c.csv", &sheet(5..35, true));
    bench.ask(Request::FreezeTraining { from: Some(model) });
    let other = identity(&bench);
    assert_eq!((&other.comparisons, other.threshold), (&learned.comparisons, learned.threshold));
}

#[test]
fn settings_changed_while_frozen_are_learned_with_once_it_is_thawed() {
    let bench = Bench::new();
    bench.ask(Request::NewProject { folder: bench.file("thaw.kith"), name: "Thaw".into() });
    add(&bench, "people.csv", &sheet(0..40, false));
    add(&bench, "shop.csv", &sheet(10..50, true));
    let learned = identity(&bench);
    bench.ask(Request::FreezeTraining { from: None });
    identity(&bench);
    let set = |change: &dyn Fn(&mut IdentityParams)| {
        let mut params = take!(bench.ask(Request::Document), Document).identity;
        change(&mut params);
        bench.ask(Request::Apply { command: Command::SetIdentity { params } });
    };
    // The threshold is a setting; what was learned stays.
    set(&|params| params.threshold = Some(0.97));
    let frozen = identity(&bench);
    assert_eq!((frozen.frozen, frozen.threshold), (true, 0.97));
    assert_eq!((&frozen.comparisons, frozen.prior), (&learned.comparisons, learned.prior));
    // So does it when fewer iterations are asked for: nothing iterates.
    set(&|params| params.max_iterations = 1);
    let frozen = identity(&bench);
    assert_eq!((&frozen.comparisons, frozen.iterations), (&learned.comparisons, 0));
    // Thawed, all is learned anew, by the settings as they are now.
    bench.ask(Request::Apply { command: Command::SetTraining { training: None } });
    let thawed = identity(&bench);
    assert_eq!((thawed.frozen, thawed.threshold, thawed.iterations), (false, 0.97, 1));
    assert!(!thawed.training.is_empty() && learned.iterations > 1);
    assert_ne!(thawed.comparisons, learned.comparisons);
    // With the settings of before, what was learned before.
    set(&|params| *params = IdentityParams::default());
    assert_eq!(identity(&bench).comparisons, learned.comparisons);
}
