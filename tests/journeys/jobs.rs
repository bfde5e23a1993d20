//! Jobs tell how far they are, stop when asked, and leave what was there before.

use crate::script::take;
use kith_api::{ErrorCode, Event, JobOutcome, Request};
use kith_model::Stage;
use kith_tests::Bench;
use std::time::{Duration, Instant};

#[test]
fn a_job_reports_progress_metrics_and_changed_stages() {
    let bench = Bench::new();
    bench.ask(Request::MakeSample { folder: bench.file("a"), people: 200, seed: 3 });
    let (outcome, events) = bench.wait(bench.start(Stage::Segments));
    assert_eq!(outcome, JobOutcome::Done);
    let done: Vec<f32> = events
        .iter()
        .filter_map(|event| match event {
            Event::Job(status) => Some(status.done),
            _ => None,
        })
        .collect();
    assert!(done.windows(2).all(|pair| pair[0] <= pair[1]), "progress never goes back: {done:?}");
    assert_eq!(done.last(), Some(&1.0));
    let series = |wanted: &str| {
        events.iter().any(|e| matches!(e, Event::Metric { metric, .. } if metric.series == wanted))
    };
    assert!(series("inertia") && series("log_likelihood"));
}

/// What a cancel may take.
const BAR: Duration = Duration::from_millis(250);

/// On top of it here: a debug build, on a machine where other tests and builds take turns, may be
/// kept waiting for the processor between two looks at the token.
const ALLOWANCE: Duration = Duration::from_millis(500);

/// Cancels every stage at several moments: each time the job ends soon, says so, and the project
/// still works.
#[test]
fn a_cancelled_job_ends_soon_and_costs_nothing() {
    let bench = Bench::new();
    bench.ask(Request::MakeSample { folder: bench.file("a"), people: 1500, seed: 3 });
    let mut cancelled = 0;
    for stage in Stage::ALL {
        for wait_ms in [5, 40, 160] {
            let job = bench.start(stage);
            std::thread::sleep(Duration::from_millis(wait_ms));
            let asked = Instant::now();
            bench.ask(Request::Cancel { job });
            let (outcome, _) = bench.wait(job);
            let took = asked.elapsed();
            assert!(took < BAR + ALLOWANCE, "{stage:?} after {wait_ms} ms: {took:?}");
            cancelled += usize::from(outcome == JobOutcome::Cancelled);
        }
        bench.run(stage);
    }
    assert!(cancelled >= Stage::ALL.len(), "most cancels come in time: {cancelled}");
    assert!(take!(bench.ask(Request::Identity), Identity).unwrap().people > 0);
}

#[test]
fn a_second_run_of_a_stage_replaces_the_first() {
    let bench = Bench::new();
    bench.ask(Request::MakeSample { folder: bench.file("a"), people: 400, seed: 3 });
    let first = bench.start(Stage::Identity);
    let second = bench.start(Stage::Identity);
    let (outcome, _) = bench.wait(first);
    assert!(matches!(outcome, JobOutcome::Cancelled | JobOutcome::Done));
    assert_eq!(bench.wait(second).0, JobOutcome::Done);
}

#[test]
fn a_job_number_is_used_once_and_unknown_jobs_cannot_be_stopped() {
    let bench = Bench::new();
    bench.ask(Request::MakeSample { folder: bench.file("a"), people: 50, seed: 3 });
    let job = bench.start(Stage::Sources);
    let again = bench.call(Request::Run { job, upto: Stage::Sources }).unwrap_err();
    assert_eq!(again.code, ErrorCode::Usage);
    bench.wait(job);
    let unknown = bench.call(Request::Cancel { job: kith_model::JobId(4711) }).unwrap_err();
    assert_eq!(unknown.code, ErrorCode::Usage);
}
