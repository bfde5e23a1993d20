//! Refused rows put right by hand: tried, loaded in their place, undone, brought back from a file.

use crate::script::take;
use kith_api::{Request, RowsAsk, TableRef};
use kith_model::repair::Repair;
use kith_model::{Command, SourceId, Stage};
use kith_tests::Bench;

fn id() -> SourceId {
    SourceId("some".into())
}

/// rows in, loaded, rejected, repaired.
fn counts(bench: &Bench) -> (u64, u64, u64, u64) {
    bench.run(Stage::Sources);
    let sources = take!(bench.ask(Request::Sources), Sources).unwrap().sources;
    let one = &sources[0];
    (one.rows_in, one.loaded, one.rejected, one.repaired)
}

fn rows(bench: &Bench, table: TableRef) -> Vec<Vec<Option<String>>> {
    let ask = RowsAsk::first(table, 100);
    kith_workbench::decode_page(&take!(bench.ask(Request::Rows(ask)), Rows)).unwrap()
}

fn with_file(name: &str, text: &str) -> Bench {
    let bench = Bench::new();
    bench.ask(Request::NewProject { folder: bench.file("p.kith"), name: "P".into() });
    let file = bench.write(name, text);
    bench.ask(Request::AddFiles { files: vec![file] });
    bench
}

#[test]
fn an_edited_row_is_loaded_in_its_place_and_undo_refuses_it_again() {
    let bench = with_file("some.csv", "id,name\n1,Ana\n2,Bo,extra\n3,Cy\n4\n");
    assert_eq!(counts(&bench), (4, 2, 2, 0));
    let text = "2,\"Bo, extra\"".to_owned();
    let check = take!(bench.ask(Request::CheckRow { source: id(), text: text.clone() }), RowCheck);
    assert_eq!((check.refused, check.names.len()), (None, 2));
    assert_eq!(check.fields[1].as_deref(), Some("Bo, extra"));
    for bad in ["2", "2,a\n3,b", "2,\"open", ""] {
        let ask = Request::CheckRow { source: id(), text: bad.into() };
        assert!(take!(bench.ask(ask), RowCheck).refused.is_some(), "{bad:?}");
    }
    let repair = Repair { line: 3, was: "2,Bo,extra".into(), text };
    bench.ask(Request::Apply { command: Command::RepairRow { source: id(), repair } });
    assert_eq!(counts(&bench), (4, 3, 1, 1));
    let loaded = rows(&bench, TableRef::Source { id: id() });
    assert_eq!(loaded[1][1].as_deref(), Some("Bo, extra"));
    assert_eq!(loaded[2][0].as_deref(), Some("3"));
    bench.ask(Request::Undo);
    assert_eq!(counts(&bench), (4, 2, 2, 0));
    bench.ask(Request::Redo);
    assert_eq!(counts(&bench), (4, 3, 1, 1));
    // A file that says something else now is not patched over.
    bench.write("some.csv", "id,name\n1,Ana\n2,Bob,extra\n3,Cy\n4\n");
    assert_eq!(counts(&bench), (4, 2, 2, 0));
}

#[test]
fn a_json_line_can_be_put_right_and_a_hopeless_edit_says_why() {
    let bench = with_file("some.ndjson", "{\"a\":1}\n{\"a\":2\n{\"a\":3}\n");
    assert_eq!(counts(&bench), (3, 2, 1, 0));
    let put = |text: &str| {
        let repair = Repair { line: 2, was: "{\"a\":2".into(), text: text.into() };
        bench.ask(Request::Apply { command: Command::RepairRow { source: id(), repair } });
        counts(&bench)
    };
    assert_eq!(put("{\"a\":2]"), (3, 2, 1, 0));
    let reason = rows(&bench, TableRef::Rejects { id: id() })[0][3].clone().unwrap();
    assert!(reason.starts_with("As edited"), "{reason}");
    assert_eq!(put("{\"a\":2}"), (3, 3, 0, 1));
}

#[test]
fn a_brought_back_file_is_one_step_of_the_history() {
    let bench = with_file("some.csv", "id,name\n1,Ana\n2\n3,Cy\n4\n5,Ed\n");
    assert_eq!(counts(&bench), (5, 3, 2, 0));
    let to = bench.file("refused.csv");
    bench.ask(Request::ExportRejects { source: id(), to: to.clone() });
    let ask = Request::RepairFrom { source: id(), file: to.clone() };
    assert!(bench.call(ask.clone()).is_err(), "nothing was edited yet");
    let text = std::fs::read_to_string(bench.path("refused.csv")).unwrap();
    // As a spreadsheet of another country would save it.
    let saved = text.replace("\"2\"", "2,Bo").replace("\"4\"", "\"4,\"\"Di\"\"\"");
    let saved = saved.replace(",2,Bo", ",\"2,Bo\"").replace('\n', "\r\n");
    bench.write("refused.csv", format!("\u{feff}{saved}"));
    bench.ask(ask);
    assert_eq!(counts(&bench), (5, 5, 0, 2));
    bench.ask(Request::Undo);
    assert_eq!(counts(&bench), (5, 3, 2, 0));
}
