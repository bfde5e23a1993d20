//! The checked-in sample: what is planted in it is found.

use crate::over_the_wire::http;
use crate::script::take;
use kith_api::{Request, RowsAsk, TableRef};
use kith_model::segments::SegmentParams;
use kith_model::{Command, Stage, StageState};
use kith_tests::Bench;
use std::path::Path;

/// One long test, because opening the sample is the long part.
#[test]
fn the_sample_goes_from_exports_to_a_served_bundle() {
    let bench = Bench::new();
    bench.ask(Request::OpenSample { folder: None });
    let ran = bench.run(Stage::Export);
    assert_eq!(ran, Stage::ALL, "every stage is computed once, in order");
    figures(&bench);
    grid(&bench);
    only_what_is_stale(&bench);
    same_after_reopening(&bench);
    served(&bench);
}

/// Planted structure is found again, to the degree the README promises.
fn figures(bench: &Bench) {
    let overview = bench.overview();
    assert_eq!(overview.rows_in, overview.loaded + overview.rejected);
    let promised: u64 =
        kith_datasets::northpeak_manifest().unwrap().files.iter().map(|file| file.rejects).sum();
    assert_eq!(overview.rejected, promised, "exactly the planted bad rows are refused");

    let identity = take!(bench.ask(Request::Identity), Identity).unwrap();
    let truth = identity.truth.expect("the sample's truth is known");
    assert!(truth.precision >= 0.98, "{truth:?}");
    assert!(truth.recall >= 0.93, "{truth:?}");

    let segments = take!(bench.ask(Request::Segments), Segments).unwrap();
    assert!(segments.truth_ari.expect("archetypes are known") > 0.2, "{:?}", segments.truth_ari);

    let predict = take!(bench.ask(Request::Predict), Predict).unwrap();
    assert!((0.70..0.95).contains(&predict.auc), "AUC {}", predict.auc);

    let recommend = take!(bench.ask(Request::Recommend), Recommend).unwrap();
    let ndcg = |name: &str| recommend.scores.iter().find(|s| s.model == name).unwrap().ndcg;
    assert!(ndcg("item-item") > 1.2 * ndcg("popular"), "{:?}", recommend.scores);

    let rules = take!(bench.ask(Request::Rules), Rules).unwrap();
    assert!(rules.rules.iter().any(|rule| rule.fired > 0));
    let export = take!(bench.ask(Request::Export), Export).unwrap();
    assert!(export.verification.iter().all(|check| check.holds), "{:?}", export.verification);
}

/// Rows are paged, sorted and searched by the engine.
fn grid(bench: &Bench) {
    let ask = |offset, find: Option<&str>| RowsAsk {
        table: TableRef::Named { schema: "canon".into(), name: "event".into() },
        offset,
        limit: 100,
        order: None,
        find: find.map(str::to_owned),
        filters: Vec::new(),
    };
    let first = take!(bench.ask(Request::Rows(ask(0, None))), Rows);
    assert!(first.total > 190_000);
    let rows = kith_workbench::decode_page(&first).unwrap();
    assert_eq!(rows.len(), 100);
    let last = take!(bench.ask(Request::Rows(ask(first.total - 7, None))), Rows);
    assert_eq!(kith_workbench::decode_page(&last).unwrap().len(), 7);
    let found = take!(bench.ask(Request::Rows(ask(0, Some("add_to_cart")))), Rows);
    assert!(found.total > 0 && found.total < first.total);
}

/// Changing k re-runs segments and what depends on them, nothing else, and undo needs nothing
/// but the way back.
fn only_what_is_stale(bench: &Bench) {
    let params = SegmentParams { k: 5, ..SegmentParams::default() };
    bench.ask(Request::Apply { command: Command::SetSegments { params } });
    let stale: Vec<Stage> = bench
        .overview()
        .stages
        .into_iter()
        .filter(|status| status.state == StageState::Stale)
        .map(|status| status.stage)
        .collect();
    assert_eq!(stale, [Stage::Segments, Stage::Rules, Stage::Export]);
    assert_eq!(bench.run(Stage::Export), [Stage::Segments, Stage::Rules, Stage::Export]);
    let history = take!(bench.ask(Request::History), History);
    let tail: Vec<_> = history.entries.iter().rev().take(4).map(|e| e.title.as_str()).collect();
    let shown = ["Computed export", "Computed rules", "Computed segments", "Tune segments: k = 5"];
    assert_eq!(tail, shown);
    assert!(bench.run(Stage::Export).is_empty(), "nothing is stale any more");
}

/// Closing and opening loses nothing and recomputes nothing; undo still works.
fn same_after_reopening(bench: &Bench) {
    let before = bench.overview();
    let folder = before.folder.clone().unwrap();
    bench.ask(Request::CloseProject);
    bench.ask(Request::OpenProject { folder });
    let after = bench.overview();
    let verdicts = |o: &kith_api::Overview| -> Vec<_> {
        o.stages.iter().map(|s| (s.stage, s.state, s.verdict.clone())).collect()
    };
    assert_eq!(verdicts(&before), verdicts(&after));
    assert_eq!(before.undo, after.undo);
    bench.ask(Request::Undo);
    let document = take!(bench.ask(Request::Document), Document);
    assert_eq!(document.segments.k, SegmentParams::default().k);
    bench.ask(Request::Redo);
}

/// The scoring server answers from the bundle.
fn served(bench: &Bench) {
    let export = take!(bench.ask(Request::Export), Export).unwrap();
    let folder = bench.overview().folder.unwrap().0;
    let bundle = Path::new(&folder).join("exports").join(&export.bundle);
    let load = move || kith_workbench::bundle::load(&bundle).map_err(|e| e.to_string());
    let index = load().expect("the bundle loads");
    let addr = "127.0.0.1:0".parse().unwrap();
    let server = kith_server::start_bundle(index, std::sync::Arc::new(load), addr)
        .expect("the server starts");
    let people = take!(bench.ask(Request::FindPeople { text: String::new(), limit: 3 }), People);
    let id = people[0].0.0;
    for path in ["", "/segments", "/recommendations?k=5", "/decisions"] {
        let (status, body) = http(server.addr(), "GET", &format!("/v1/profiles/{id}{path}"), b"");
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        let json: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert!(json.is_object());
    }
    let unknown = "/v1/profiles/999999999/recommendations?k=5";
    let (status, body) = http(server.addr(), "GET", unknown, b"");
    assert_eq!(status, 200, "a stranger gets what is popular");
    assert!(String::from_utf8_lossy(&body).contains("popular"));
    let (status, body) = http(server.addr(), "POST", "/v1/reload", b"");
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    server.stop();
}
