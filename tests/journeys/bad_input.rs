//! Bad input gets a message that names what, where and what to do, and leaves the project as it
//! was.

use kith_api::{ApiError, ErrorCode, JobOutcome, Request, Response};
use kith_model::{FileRef, Stage};
use kith_tests::{Bench, file_ref};

fn project(bench: &Bench) {
    bench.ask(Request::NewProject { folder: bench.file("p.kith"), name: "P".into() });
}

fn document(bench: &Bench) -> String {
    match bench.ask(Request::Document) {
        Response::Document(document) => format!("{document:?}"),
        other => panic!("unexpected {other:?}"),
    }
}

/// Adding the file fails with a message naming it, and nothing changed.
fn refused(bench: &Bench, file: FileRef) -> ApiError {
    let before = document(bench);
    let name = file.name().to_owned();
    let error = bench.call(Request::AddFiles { files: vec![file] }).unwrap_err();
    assert_eq!(document(bench), before, "{name} must leave the project as it was");
    let shown = error.to_string();
    assert!(shown.contains(&name), "the message names the file: {shown}");
    assert!(error.hint.is_some(), "the message says what to do: {shown}");
    error
}

#[test]
fn files_that_cannot_be_loaded_are_refused_by_name() {
    let bench = Bench::new();
    project(&bench);
    let empty = bench.write("empty.csv", "");
    assert_eq!(refused(&bench, empty).code, ErrorCode::BadInput);
    let binary = bench.write("photo.csv", [0x89, b'P', b'N', b'G', 0, 0, 0, 13, 0xff, 0xfe, 0, 1]);
    assert_eq!(refused(&bench, binary).code, ErrorCode::BadInput);
    let header_only = bench.write("header.csv", "a,b,c\n");
    assert_eq!(refused(&bench, header_only).code, ErrorCode::BadInput);
    std::fs::create_dir(bench.path("folder.csv")).unwrap();
    assert_eq!(refused(&bench, bench.file("folder.csv")).code, ErrorCode::BadInput);
    assert_eq!(refused(&bench, bench.file("missing.csv")).code, ErrorCode::Io);
    let cut = bench.write("cut.parquet", b"PAR1 cut off long before its end");
    assert_eq!(refused(&bench, cut).code, ErrorCode::BadInput);
}

#[test]
fn bytes_that_are_no_utf8_are_decoded_or_named() {
    let bench = Bench::new();
    project(&bench);
    let latin = bench.write("latin.csv", b"name;city\nJos\xe9;M\xe1laga\nAna;C\xf3rdoba\n");
    bench.ask(Request::AddFiles { files: vec![latin] });
    bench.run(Stage::Sources);
    let sources = crate::script::take!(bench.ask(Request::Sources), Sources).unwrap();
    assert_eq!(sources.totals(), (2, 2, 0));
    let cities = &sources.sources[0].columns[1].top;
    assert!(cities.iter().any(|(city, _)| city == "Málaga"), "{cities:?}");
}

#[test]
fn rows_with_too_many_fields_are_rejected_with_line_and_reason_and_the_rest_is_loaded() {
    let bench = Bench::new();
    project(&bench);
    let file = bench.write("some.csv", "id,name,city\n1,Ana,Rome\n2,Bo,Oslo,extra\n3,Cy,Bonn\n");
    bench.ask(Request::AddFiles { files: vec![file] });
    bench.run(Stage::Sources);
    let sources = crate::script::take!(bench.ask(Request::Sources), Sources).unwrap();
    assert_eq!(sources.totals(), (3, 2, 1));
    let table = kith_api::TableRef::Rejects { id: sources.sources[0].id.clone() };
    let ask = kith_api::RowsAsk::first(table, 10);
    let page = crate::script::take!(bench.ask(Request::Rows(ask)), Rows);
    let rows = kith_workbench::decode_page(&page).unwrap();
    assert_eq!(rows[0][0].as_deref(), Some("3"), "the third line is the bad one");
    assert!(rows[0][3].is_some(), "and it says why");
}

#[test]
fn a_mapping_to_a_column_that_went_away_says_which() {
    let bench = Bench::new();
    project(&bench);
    let file = bench.write("c.csv", "mail,first\na@example.com,Ana\nb@example.com,Bo\n");
    bench.ask(Request::AddFiles { files: vec![file] });
    let link = kith_model::mapping::Link {
        field: "email".into(),
        column: Some("e_mail_address".into()),
        transform: kith_model::mapping::Transform::None,
        origin: kith_model::mapping::Origin::Manual,
        confidence: 1.0,
        reason: String::new(),
    };
    let source = kith_model::SourceId("c".into());
    let entity = kith_model::Entity::Profile;
    let commands = vec![
        kith_model::Command::LinkField { source: source.clone(), entity, link },
        kith_model::Command::ConfirmMapping { source, confirmed: true },
    ];
    let command = kith_model::Command::Batch { title: "Link".into(), commands };
    bench.ask(Request::Apply { command });
    let (outcome, _) = bench.wait(bench.start(Stage::Mapping));
    let JobOutcome::Failed(error) = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.code, ErrorCode::BadInput);
    let shown = error.to_string();
    assert!(shown.contains("e_mail_address") && shown.contains('c'), "{shown}");
}

#[test]
fn stages_without_input_say_what_is_missing() {
    let bench = Bench::new();
    assert_eq!(bench.call(Request::Document).unwrap_err().code, ErrorCode::Usage);
    project(&bench);
    let (outcome, _) = bench.wait(bench.start(Stage::Export));
    let JobOutcome::Failed(error) = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.code, ErrorCode::NotReady);
    assert!(error.hint.is_some());
}

#[test]
fn a_locked_a_newer_and_a_missing_project_are_told_apart_and_the_open_one_stays() {
    let (one, two) = (Bench::new(), Bench::new());
    project(&one);
    let folder = one.file("p.kith");
    two.ask(Request::NewProject { folder: two.file("own.kith"), name: "Own".into() });
    let locked = two.call(Request::OpenProject { folder: folder.clone() }).unwrap_err();
    assert_eq!(locked.code, ErrorCode::Locked);
    one.ask(Request::CloseProject);

    let journal = one.path("p.kith/journal.ndjson");
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, text.replacen("\"format\":1", "\"format\":99", 1)).unwrap();
    let newer = two.call(Request::OpenProject { folder }).unwrap_err();
    assert_eq!(newer.code, ErrorCode::NewerVersion);

    let missing = two.call(Request::OpenProject { folder: two.file("none.kith") }).unwrap_err();
    assert_eq!(missing.code, ErrorCode::BadInput);
    assert_eq!(two.overview().project.as_deref(), Some("Own"), "the open project stays open");
}

#[test]
fn a_second_project_takes_the_place_of_the_first() {
    let bench = Bench::new();
    project(&bench);
    bench.ask(Request::NewProject { folder: bench.file("q.kith"), name: "Q".into() });
    assert_eq!(bench.overview().project.as_deref(), Some("Q"));
    bench.ask(Request::OpenProject { folder: bench.file("p.kith") });
    assert_eq!(bench.overview().project.as_deref(), Some("P"));
    let taken = Request::NewProject { folder: bench.file("q.kith"), name: "Again".into() };
    assert_eq!(bench.call(taken).unwrap_err().code, ErrorCode::Usage);
}

/// A folder that may not be written. Root writes anywhere, so the folder is made unwritable in a
/// way root feels too: it is below a file.
#[test]
fn a_place_that_cannot_be_written_is_named() {
    let bench = Bench::new();
    bench.write("file", "x");
    let folder = file_ref(&bench.path("file").join("p.kith"));
    let error = bench.call(Request::NewProject { folder, name: "P".into() }).unwrap_err();
    assert!(matches!(error.code, ErrorCode::Io | ErrorCode::Usage), "{error:?}");
    assert!(error.hint.is_some());
}

/// `/dev/full` fails every write with "no space left", as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_refuses_the_change_and_the_journal_stays_whole() {
    let bench = Bench::new();
    project(&bench);
    bench.ask(Request::CloseProject);
    let journal = bench.path("p.kith/journal.ndjson");
    let whole = std::fs::read(&journal).unwrap();
    let folder = bench.file("p.kith");
    // The history is read from a copy; the autosave's part file is where the disk is full.
    std::os::unix::fs::symlink("/dev/full", bench.path("p.kith/project.toml.part")).unwrap();
    let error = bench.call(Request::OpenProject { folder: folder.clone() }).unwrap_err();
    assert_eq!(error.code, ErrorCode::DiskFull, "{error}");
    assert!(error.hint.is_some());
    assert_eq!(std::fs::read(&journal).unwrap(), whole);
    let _ = std::fs::remove_file(bench.path("p.kith/project.toml.part"));
    bench.ask(Request::OpenProject { folder });
    assert_eq!(bench.overview().project.as_deref(), Some("P"));
}
