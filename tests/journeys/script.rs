//! The journey as a script: the same requests and the same expectations, whatever carries them.

use kith_api::{ApiError, JobOutcome, Request, Response};
use kith_model::document::DecisionOrigin;
use kith_model::identity::Verdict;
use kith_model::segments::SegmentParams;
use kith_model::{Command, FileRef, JobId, Stage};
use std::time::{Duration, Instant};

/// Whatever carries a request to an engine and the answer back.
pub trait Carrier {
    fn call(&mut self, request: Request) -> Result<Response, ApiError>;
}

/// Takes the wanted answer.
macro_rules! take {
    ($response:expr, $variant:ident) => {
        match $response {
            kith_api::Response::$variant(value) => value,
            other => panic!("expected {}, got {other:?}", stringify!($variant)),
        }
    };
}
pub(crate) use take;

fn ask(carrier: &mut dyn Carrier, request: Request) -> Response {
    let said = format!("{request:?}");
    carrier.call(request).unwrap_or_else(|e| panic!("{said}: {e}"))
}

/// Runs a stage and polls until its job ends, as a host without events would.
fn run(carrier: &mut dyn Carrier, number: u64, upto: Stage) {
    let job = JobId(number);
    ask(carrier, Request::Run { job, upto });
    let started = Instant::now();
    loop {
        let jobs = take!(ask(carrier, Request::Jobs), Jobs);
        let status = jobs.into_iter().find(|status| status.id == job).expect("the job is listed");
        match status.outcome {
            Some(JobOutcome::Done) => return,
            Some(other) => panic!("{upto:?} ended as {other:?}"),
            None => std::thread::sleep(Duration::from_millis(20)),
        }
        assert!(started.elapsed() < Duration::from_secs(300), "{upto:?} takes too long");
    }
}

/// The main job on a small sample: open, load, map, resolve, review, tune, train, rules, bundle.
pub fn journey(carrier: &mut dyn Carrier, folder: FileRef) {
    let made = Request::MakeSample { folder, people: 300, seed: 11 };
    let overview = take!(ask(carrier, made), Overview);
    assert_eq!(overview.project.as_deref(), Some("Northpeak"));
    assert!(overview.stages.iter().all(|stage| !stage.has_result));

    run(carrier, 1, Stage::Mapping);
    let sources = take!(ask(carrier, Request::Sources), Sources).expect("sources are loaded");
    let (rows_in, loaded, rejected) = sources.totals();
    assert_eq!(rows_in, loaded + rejected);
    assert!(loaded > 1000);
    assert!(sources.sources.iter().all(|source| source.preset.is_some()));

    run(carrier, 2, Stage::Identity);
    let before = take!(ask(carrier, Request::Identity), Identity).expect("identities");
    assert!(before.people < before.records);
    let truth = before.truth.expect("the sample's truth is known");
    assert!(truth.precision > 0.95 && truth.recall > 0.8, "{truth:?}");

    let pairs = take!(ask(carrier, Request::Review { limit: 5 }), Review);
    for pair in &pairs {
        let command = Command::Decide {
            pair: pair.key.clone(),
            verdict: Some(Verdict::Same),
            at: "2026-11-01T00:00:00Z".into(),
            by: "journey".into(),
            why: String::new(),
            origin: DecisionOrigin::Review,
        };
        ask(carrier, Request::Apply { command });
    }
    run(carrier, 3, Stage::Segments);
    let segments = take!(ask(carrier, Request::Segments), Segments).expect("segments");
    assert_eq!(segments.segments.len(), 6);
    assert!(segments.inertia.windows(2).all(|pair| pair[1] <= pair[0] * (1.0 + 1e-6)));

    let params = SegmentParams { k: 4, ..SegmentParams::default() };
    ask(carrier, Request::Apply { command: Command::SetSegments { params } });
    run(carrier, 4, Stage::Export);
    let segments = take!(ask(carrier, Request::Segments), Segments).expect("segments");
    assert_eq!(segments.segments.len(), 4);

    let export = take!(ask(carrier, Request::Export), Export).expect("a bundle");
    assert!(!export.verification.is_empty());
    assert!(export.verification.iter().all(|check| check.holds), "{:?}", export.verification);
    let overview = take!(ask(carrier, Request::Overview), Overview);
    assert!(overview.stages.iter().all(|stage| stage.has_result && stage.error.is_none()));
}
