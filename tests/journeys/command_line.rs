//! The journey from the command line, its JSON and its exit codes.

use kith_tests::program;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn kith(dir: &Path, args: &[&str]) -> Output {
    Command::new(program("kith"))
        .args(args)
        .current_dir(dir)
        .env("KITH_DATA_DIR", dir.join("data"))
        .output()
        .expect("kith starts")
}

/// Runs and checks the exit code; returns the JSON on stdout.
fn json(dir: &Path, args: &[&str], code: i32) -> Value {
    let output = kith(dir, &[args, &["--json"]].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "kith {args:?}: {stderr}");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("kith {args:?} prints one JSON object: {e}"))
}

/// `kith help | head -1` and the like: the reader closes its end first.
#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut running = Command::new(program("kith"))
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("kith starts");
    drop(running.stdout.take());
    let output = running.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_demo_goes_from_exports_to_a_verified_bundle() {
    let dir = tempfile::tempdir().unwrap();
    let demo = json(dir.path(), &["demo", "--people", "300", "--folder", "shop"], 0);
    assert_eq!(
        demo["rows_in"].as_u64(),
        Some(demo["loaded"].as_u64().unwrap() + demo["rejected"].as_u64().unwrap())
    );
    let bundle = demo["bundle"].as_str().unwrap();
    assert!(Path::new(bundle).join("manifest.json").is_file());
    let report = std::fs::read_to_string(demo["report"].as_str().unwrap()).unwrap();
    assert!(report.contains("Northpeak") && report.contains("NDCG"));
    let verified = json(dir.path(), &["verify", bundle], 0);
    assert!(verified["verification"].as_array().is_some_and(|checks| !checks.is_empty()));

    // A damaged bundle is found out.
    let manifest = Path::new(bundle).join("models/rules.json");
    std::fs::write(&manifest, "{}").unwrap();
    json(dir.path(), &["verify", bundle], 1);

    let shop = "shop.kith";
    let tuned = json(dir.path(), &["segments", shop, "--k", "4"], 0);
    assert_eq!(tuned["summary"]["segments"].as_array().map(Vec::len), Some(4));
    let rows = json(dir.path(), &["query", shop, "SELECT count(*) AS n FROM ident.golden"], 0);
    assert!(rows["rows"][0][0].as_str().unwrap().parse::<u64>().unwrap() > 100);
    json(dir.path(), &["query", shop, "DROP TABLE ident.golden"], 2);
    let history = json(dir.path(), &["undo", shop], 0);
    assert!(history["entries"].as_array().unwrap().iter().any(|e| e["applied"] == false));
    let found = json(dir.path(), &["check", shop], 0);
    assert!(found["findings"].as_array().is_some_and(|f| !f.is_empty()));
    let few = r#"{"table":"canon.order","severity":"error","check":{"kind":"row_count","max":3}}"#;
    let found = json(dir.path(), &["check", shop, "--put", few], 1);
    assert_eq!(found["findings"][0]["expectation"]["id"], "order.row_count");
    assert_eq!(found["findings"][0]["outcome"], "fails");
    let project = std::fs::read_to_string(dir.path().join(shop).join("project.toml")).unwrap();
    assert!(project.contains("table = \"canon.order\""), "{project}");
    json(dir.path(), &["undo", shop], 0);
    json(dir.path(), &["check", shop, "--report", "quality.html"], 0);
    let page = std::fs::read_to_string(dir.path().join("quality.html")).unwrap();
    assert!(page.contains("order_id of orders is unique") && !page.contains("<script"));
    assert!(!page.contains("@example.com"), "no address of a person");
    json(dir.path(), &["check", shop, "--report", "quality.json"], 0);
    let figures = std::fs::read(dir.path().join("quality.json")).unwrap();
    let figures: Value = serde_json::from_slice(&figures).unwrap();
    assert!(figures["profiles"].as_array().is_some_and(|p| p.len() > 4));
    json(dir.path(), &["check", shop, "--remove", "order.row_count"], 2);
    json(dir.path(), &["check", shop], 0);
}

#[test]
fn own_files_are_imported_mapped_and_resolved() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("people.csv"),
        "id,first name,last name,email,city\n1,Ada,Lovelace,ada@example.com,London\n\
         2,Ada,Lovelace,ADA@example.com,London\n3,Alan,Turing,alan@example.org,Wilmslow\n",
    )
    .unwrap();
    json(dir.path(), &["new", "mine"], 0);
    json(dir.path(), &["import", "mine.kith", "people.csv"], 0);
    json(dir.path(), &["map", "mine.kith", "--accept"], 0);
    let resolved = json(dir.path(), &["resolve", "mine.kith"], 0);
    assert_eq!(resolved["summary"]["people"].as_u64(), Some(2), "{resolved}");
    let review =
        |more: &[&str], code| json(dir.path(), &[&["review", "mine.kith"], more].concat(), code);
    let why = review(&["--explain", "people/2", "people/1"], 0);
    assert_eq!(why["explanation"]["outcome"]["how"], "by_key", "{why}");
    assert!(why["verdict"].as_str().unwrap().contains("same e-mail"));
    let why = review(&["--explain", "people/1", "people/3"], 0);
    assert_ne!(why["explanation"]["people"][0], why["explanation"]["people"][1]);
    review(&["--explain", "people/1", "people/99"], 2);
    review(&["--decide", "people/1", "people/3", "different", "--why", "other names"], 0);
    let standing = review(&["--standing"], 0);
    assert_eq!(standing["different"].as_u64(), Some(1), "{standing}");
    let said = std::fs::read_to_string(dir.path().join("mine.kith/decisions.ndjson")).unwrap();
    assert!(said.contains("\"why\":\"other names\""), "{said}");
    let charts = review(&["--chart"], 0);
    assert!(charts["charts"].as_array().is_some_and(|c| c.len() >= 6), "{charts}");
    review(&["--chart", "cluster-sizes", "--out", "sizes.csv"], 0);
    let sizes = std::fs::read_to_string(dir.path().join("sizes.csv")).unwrap();
    assert!(sizes.contains("1 record,1\r\n2 records,1\r\n"), "{sizes}");
    review(&["--chart", "completeness", "--out", "filled.svg"], 0);
    let filled = std::fs::read_to_string(dir.path().join("filled.svg")).unwrap();
    assert!(filled.starts_with("<svg") && filled.contains("Family name"), "{filled}");
    review(&["--chart", "no-such", "--out", "x.svg"], 2);
    review(&["--chart", "completeness", "--out", "filled.pdf"], 2);
    review(&["--chart", "completeness", "--out", "filled.png"], 0);
    let filled = std::fs::read(dir.path().join("filled.png")).unwrap();
    assert!(filled.starts_with(b"\x89PNG\r\n") && filled.len() > 5_000, "{}", filled.len());

    // 1 is not 3 by what was said above: that 1 is 2 goes with it, that 2 is 3 does not.
    review(&["--decide", "people/1", "people/2", "same"], 0);
    review(&["--conflicts"], 0);
    let against = review(&["--decide", "people/2", "people/3", "same"], 1);
    let chain = &against["summary"]["contradictions"][0]["chain"];
    assert_eq!(chain, &serde_json::json!(["people/1", "people/2", "people/3"]), "{against}");
    assert_eq!(review(&["--conflicts"], 1).as_array().map(Vec::len), Some(1));

    let resolve =
        |more: &[&str], code| json(dir.path(), &[&["resolve", "mine.kith"], more].concat(), code);
    let plan = resolve(&["--estimate"], 0);
    assert!(plan.as_array().is_some_and(|rules| rules.len() > 5), "{plan}");
    let plan = resolve(&["--estimate", "--block", "city"], 0);
    assert_eq!((plan[0]["pairs"].as_u64(), plan[0]["cumulative"].as_u64()), (Some(1), Some(1)));
    resolve(&["--estimate", "--block", "shoe_size"], 2);
    let kept = resolve(&["--freeze", "--save-model", "model.json"], 0);
    assert_eq!(kept["summary"]["frozen"].as_bool(), Some(true));
    let thawed = resolve(&["--thaw"], 0);
    assert_eq!(thawed["summary"]["frozen"].as_bool(), Some(false));
    let again = resolve(&["--model", "model.json"], 0);
    assert_eq!(again["summary"]["comparisons"], kept["summary"]["comparisons"]);
}

#[test]
fn refused_rows_are_edited_exported_and_brought_back() {
    let dir = tempfile::tempdir().unwrap();
    let rows = "id,name,city\n1,Ana,Rome\n2,Bo\n3,Cy,Bonn\n4,Di,Oslo,extra\n5,Ed,Graz\n";
    std::fs::write(dir.path().join("p.csv"), rows).unwrap();
    json(dir.path(), &["new", "mine"], 0);
    json(dir.path(), &["import", "mine.kith", "p.csv"], 0);
    let listed = json(dir.path(), &["rejects", "mine.kith"], 1);
    assert_eq!(listed[0]["rows"][0]["line"], "3");
    assert_eq!(listed[0]["rows"][1]["row"], "4,Di,Oslo,extra");
    json(dir.path(), &["rejects", "mine.kith", "--edit", "3", "2,Bo"], 2);
    let edited = json(dir.path(), &["rejects", "mine.kith", "--edit", "3", "2,Bo,Bern"], 1);
    assert_eq!((edited[0]["loaded"].as_u64(), edited[0]["rejected"].as_u64()), (Some(4), Some(1)));
    json(dir.path(), &["rejects", "mine.kith", "--out", "bad.csv"], 0);
    let bad = std::fs::read_to_string(dir.path().join("bad.csv")).unwrap();
    let fixed = bad.replace("4,Di,Oslo,extra", "4,Di,Oslo");
    assert_ne!(bad, fixed);
    std::fs::write(dir.path().join("bad.csv"), fixed).unwrap();
    let done = json(dir.path(), &["rejects", "mine.kith", "--from", "bad.csv"], 0);
    assert_eq!(done[0]["repaired"].as_u64(), Some(2));
    let sql = "SELECT string_agg(id, ' ' ORDER BY _row) AS ids FROM src.p";
    assert_eq!(json(dir.path(), &["query", "mine.kith", sql], 0)["rows"][0][0], "1 2 3 4 5");
    let back = json(dir.path(), &["rejects", "mine.kith", "--forget", "3"], 1);
    assert_eq!(back[0]["rejected"].as_u64(), Some(1));
}

#[test]
fn exit_codes_are_what_the_help_says() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("empty.csv"), "").unwrap();
    json(dir.path(), &["new", "a"], 0);
    let error = json(dir.path(), &["import", "a.kith", "empty.csv"], 3);
    assert_eq!(error["error"]["code"], "bad_input");
    json(dir.path(), &["import", "a.kith", "missing.csv"], 3);
    json(dir.path(), &["open", "nothing.kith"], 3);
    json(dir.path(), &["run", "a.kith", "--upto", "moon"], 2);
    assert_eq!(kith(dir.path(), &["frobnicate"]).status.code(), Some(2));
    assert_eq!(kith(dir.path(), &["--help"]).status.code(), Some(0));
}

#[test]
fn one_shot_tools_work_without_a_project() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("odd.csv"), b"name;price\r\nCaf\xe9;1\r\nBar;2\r\n").unwrap();
    json(dir.path(), &["convert", "odd.csv", "--out", "clean.csv"], 0);
    let clean = std::fs::read_to_string(dir.path().join("clean.csv")).unwrap();
    assert_eq!(clean, "name,price\nCafé,1\nBar,2\n");

    let mut people = String::from("rec,first_name,surname,mail,town,who\n");
    for person in 0..60 {
        for copy in 0..2 {
            let letter = char::from(b'a' + (person % 26) as u8);
            let surname = format!("{letter}{person}ston{}", if copy == 0 { "" } else { "e" });
            people.push_str(&format!(
                "{person}-{copy},Given{person},{surname},user{person}@example.com,Town{},{person}\n",
                person % 7
            ));
        }
    }
    std::fs::write(dir.path().join("people.csv"), people).unwrap();
    let args = ["match", "people.csv", "--id", "rec", "--truth", "who", "--out", "clusters.csv"];
    let found = json(dir.path(), &args, 0);
    assert!(found["truth"]["f1"].as_f64().unwrap() > 0.95, "{found}");

    let first = std::fs::read_to_string(dir.path().join("clusters.csv")).unwrap();
    assert_eq!(found["answers"].as_u64(), Some(0), "the truth is measured against alone");
    let saved = [&args[..], &["--save-model", "model.json"]].concat();
    json(dir.path(), &saved, 0);
    let frozen = [&args[..], &["--model", "model.json"]].concat();
    let again = json(dir.path(), &frozen, 0);
    assert_eq!(again["frozen"].as_bool(), Some(true));
    assert_eq!(again["comparisons"], found["comparisons"]);
    assert_eq!(std::fs::read_to_string(dir.path().join("clusters.csv")).unwrap(), first);
    let text = std::fs::read_to_string(dir.path().join("model.json")).unwrap();
    std::fs::write(dir.path().join("old.json"), text.replace("\"version\": 3", "\"version\": 1"))
        .unwrap();
    json(dir.path(), &[&args[..], &["--model", "old.json"]].concat(), 3);

    let mut points = String::from("x,y,bought\n");
    for at in 0..200 {
        let (x, y) = (f64::from(at % 2) * 10.0, f64::from(at % 5) * 0.1);
        points.push_str(&format!("{x},{y},{}\n", u8::from((at % 2 == 0) != (at % 10 == 0))));
    }
    std::fs::write(dir.path().join("points.csv"), points).unwrap();
    let args = ["cluster", "points.csv", "--features", "x,y", "--k", "2", "--out", "labels.csv"];
    let found = json(dir.path(), &args, 0);
    assert_eq!(found["segments"][0]["size"].as_u64(), Some(100));
    let args = ["train", "points.csv", "--label", "bought", "--out", "model.onnx"];
    let found = json(dir.path(), &args, 0);
    assert!(found["auc"].as_f64().unwrap() > 0.8, "{found}");
    assert!(std::fs::metadata(dir.path().join("model.onnx")).unwrap().len() > 100);
}
