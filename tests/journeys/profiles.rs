//! Profile ids across runs: kept while records come and go, never given twice, merges and splits
//! on record, and everything downstream about the same people.

use crate::script::take;
use kith_api::{ErrorCode, Request, RowsAsk, TableRef};
use kith_model::document::DecisionOrigin;
use kith_model::golden::{GoldenParams, Pin, Survivor};
use kith_model::identity::Verdict;
use kith_model::lineage::{Lineage, LineageKind};
use kith_model::{Command, PairKey, ProfileId, SourceId, Stage};
use kith_tests::Bench;
use std::collections::BTreeMap;
use std::fmt::Write;

const HEAD: &str = "id,given_name,family_name,email,phone,birth_date,street,city,postcode\n";

const GIVEN: [&str; 8] = ["Ada", "Bruno", "Clara", "Dmitri", "Elena", "Farid", "Greta", "Hugo"];
const FAMILY: [&str; 7] =
    ["Lindqvist", "Okafor", "Moreau", "Tanaka", "Szabo", "Whitfield", "Castellanos"];

/// People `from..to`, each on a sheet of its own; `copy` spells the e-mail in capitals.
pub(crate) fn sheet(people: std::ops::Range<usize>, copy: bool) -> String {
    let mut text = HEAD.to_owned();
    for i in people {
        let (given, family) = (GIVEN[i % 8], FAMILY[i / 8 % 7]);
        let mail = format!("{given}.{family}{i}@post.example.org");
        let mail = if copy { mail.to_uppercase() } else { mail.to_lowercase() };
        let _ = writeln!(
            text,
            "{}{i},{given},{family},{mail},+4930{:07},19{:02}-0{}-1{},Elm Road {i},Bern,30{:02}",
            if copy { 'x' } else { 'c' },
            3_141_592 + i * 7919,
            50 + i % 40,
            1 + i % 9,
            i % 9,
            i % 90,
        );
    }
    text
}

/// Loads a sheet as a source and accepts how it is mapped.
pub(crate) fn add(bench: &Bench, file: &str, text: &str) {
    let files = vec![bench.write(file, text)];
    bench.ask(Request::AddFiles { files });
    bench.run(Stage::Sources);
    let source = SourceId::slug(file.trim_end_matches(".csv"));
    let mapping = take!(bench.ask(Request::Suggest { source: source.clone() }), Suggestions);
    let mapping = Command::SetMapping { source: source.clone(), mapping };
    let confirm = Command::ConfirmMapping { source, confirmed: true };
    let commands = vec![mapping, confirm];
    bench.ask(Request::Apply { command: Command::Batch { title: "Map".into(), commands } });
}

/// Every row of a query that gives them in some order.
fn query(bench: &Bench, sql: &str) -> Vec<Vec<Option<String>>> {
    let mut ask = RowsAsk::first(TableRef::Query { sql: sql.to_owned() }, 2000);
    let mut rows = Vec::new();
    loop {
        let page = take!(bench.ask(Request::Rows(ask.clone())), Rows);
        rows.extend(kith_workbench::decode_page(&page).unwrap());
        ask.offset = rows.len() as u64;
        if ask.offset >= page.total {
            return rows;
        }
    }
}

/// The profile of each record, by `source/native_id`.
pub(crate) fn profiles(bench: &Bench) -> BTreeMap<String, u64> {
    bench.run(Stage::Identity);
    let sql = "SELECT p.source || '/' || p.native_id, r.profile_id FROM canon.profile p \
               JOIN ident.record r USING (record_id) ORDER BY record_id";
    let rows = query(bench, sql).into_iter();
    rows.map(|r| (r[0].clone().unwrap(), r[1].as_ref().unwrap().parse().unwrap())).collect()
}

fn lineage(bench: &Bench, profile: Option<u64>) -> Lineage {
    let profile = profile.map(ProfileId);
    take!(bench.ask(Request::Lineage { profile, limit: 10 }), Lineage)
}

fn decide(bench: &Bench, left: &str, right: &str, verdict: Verdict) {
    let (at, by) = (String::new(), "steward".to_owned());
    let pair = PairKey::new(left, right);
    bench.ask(Request::Apply {
        command: Command::Decide {
            pair,
            verdict: Some(verdict),
            at,
            by,
            why: String::new(),
            origin: DecisionOrigin::Review,
        },
    });
}

#[test]
fn ids_outlive_new_sources_merges_and_restarts_and_are_never_given_twice() {
    let bench = Bench::new();
    let folder = bench.file("ids.kith");
    bench.ask(Request::NewProject { folder: folder.clone(), name: "Ids".into() });
    add(&bench, "people.csv", &sheet(0..40, false));
    let first = profiles(&bench);
    assert_eq!(first.values().copied().collect::<Vec<_>>().len(), 40);
    assert_eq!(first.values().max(), Some(&40));

    // A source that sorts before the other shifts every record id, and no profile id.
    add(&bench, "a_shop.csv", &sheet(20..50, true));
    let second = profiles(&bench);
    for (record, profile) in &first {
        assert_eq!(second[record], *profile, "{record} kept its profile");
    }
    assert_eq!(second["a_shop/x25"], first["people/c25"]);
    assert!(second["a_shop/x45"] > 40);

    // A decision merges two: the older of two equals stays, the other is retired for good.
    decide(&bench, "people/c1", "people/c2", Verdict::Same);
    let merged = profiles(&bench);
    assert_eq!(
        (merged["people/c1"], merged["people/c2"]),
        (first["people/c1"], first["people/c1"])
    );
    let newest = &lineage(&bench, None).runs[0];
    assert_eq!((newest.count(LineageKind::Merged), newest.retired, newest.new), (1, 1, 0));

    // Taken back: what comes out again gets an id of its own.
    bench.ask(Request::CloseProject);
    bench.ask(Request::OpenProject { folder });
    bench.ask(Request::Undo);
    let apart = profiles(&bench);
    let [one, two] = ["people/c1", "people/c2"].map(|record| apart[record]);
    assert_eq!(one.min(two), first["people/c1"]);
    assert!(one.max(two) > *merged.values().max().unwrap());
    let fate = lineage(&bench, Some(first["people/c2"])).fate.unwrap();
    assert!(!fate.standing);
    assert_eq!(fate.now, [ProfileId(one.min(two)), ProfileId(one.max(two))]);
    let moves = query(&bench, "SELECT event, count(*) FROM ident.lineage GROUP BY 1 ORDER BY 1");
    let moves: Vec<_> =
        moves.into_iter().map(|r| (r[0].clone().unwrap(), r[1].clone().unwrap())).collect();
    assert_eq!(moves, [("merged".into(), "2".into()), ("split".into(), "2".into())]);
}

#[test]
fn new_records_are_linked_without_a_full_run_until_one_is_asked_for() {
    let bench = Bench::new();
    bench.ask(Request::NewProject { folder: bench.file("link.kith"), name: "Link".into() });
    add(&bench, "people.csv", &sheet(0..56, false));
    let first = profiles(&bench);
    let summary = || take!(bench.ask(Request::Identity), Identity).expect("it ran");
    assert_eq!(summary().linked, None);
    // Two of them known, two new: linked, with the ids and the charts of before.
    let histogram = summary().histogram.clone();
    add(&bench, "a_fair.csv", &sheet(54..58, true));
    let second = profiles(&bench);
    let linked = summary().linked.expect("only new records");
    assert_eq!(linked.new, 4);
    assert!(linked.touched < 60, "{} touched", linked.touched);
    assert_eq!(summary().histogram, histogram);
    assert_eq!((summary().records, summary().people), (60, 58));
    assert!(first.iter().all(|(record, profile)| second[record] == *profile));
    assert_eq!(second["a_fair/x54"], first["people/c54"]);
    assert_eq!(lineage(&bench, None).runs[0].how, kith_model::lineage::RunKind::Linked);
    // Asked for, a full run agrees and renames nobody.
    bench.ask(Request::Relearn);
    assert_eq!(profiles(&bench), second);
    assert_eq!(summary().linked, None);
    assert_eq!(lineage(&bench, None).runs.len(), 2);
}

#[test]
fn people_are_merged_and_split_by_hand_for_good() {
    let bench = Bench::new();
    bench.ask(Request::NewProject { folder: bench.file("hand.kith"), name: "Hand".into() });
    add(&bench, "people.csv", &sheet(0..48, false));
    add(&bench, "shop.csv", &sheet(0..48, true));
    let first = profiles(&bench);
    let id = |record: &str| ProfileId(first[record]);
    let (by, why) = ("steward".to_owned(), "told on the phone".to_owned());
    let split = Request::SplitPerson {
        profile: id("people/c7"),
        records: vec!["shop/x7".into()],
        by: by.clone(),
        why: why.clone(),
    };
    bench.ask(split);
    let profiles_wanted = vec![id("people/c3"), id("people/c9")];
    bench.ask(Request::MergePeople { profiles: profiles_wanted, by: by.clone(), why: why.clone() });
    let second = profiles(&bench);
    assert_ne!(second["people/c7"], second["shop/x7"]);
    assert_eq!(second["people/c3"], second["shop/x9"]);
    let text = std::fs::read_to_string(bench.path("hand.kith/decisions.ndjson")).unwrap();
    assert!(
        text.lines().count() == 4 && text.contains("told on the phone") && text.contains("steward")
    );

    // New records and a full run change nothing about it.
    add(&bench, "fair.csv", &sheet(47..50, false));
    let third = profiles(&bench);
    assert!(second.iter().all(|(record, profile)| third[record] == *profile));
    bench.ask(Request::Relearn);
    assert_eq!(profiles(&bench), third);

    // What was split is merged by a later word by hand, all of it at once, and by none when the
    // pair was answered in the review.
    let again = Request::MergePeople {
        profiles: vec![ProfileId(third["people/c7"]), ProfileId(third["shop/x7"])],
        by,
        why,
    };
    bench.ask(again.clone());
    assert!(bench.overview().undo.unwrap().ends_with("which takes a split back"));
    let fourth = profiles(&bench);
    assert_eq!(fourth["people/c7"], fourth["shop/x7"]);
    bench.ask(Request::Undo);
    let fifth = profiles(&bench);
    assert_ne!(fifth["people/c7"], fifth["shop/x7"]);
    let again = Request::MergePeople {
        profiles: vec![ProfileId(fifth["people/c7"]), ProfileId(fifth["shop/x7"])],
        by: String::new(),
        why: String::new(),
    };
    decide(&bench, "people/c7", "shop/x7", Verdict::Different);
    assert!(bench.call(again).unwrap_err().to_string().contains("different people"));
    // A contradiction is named by its chain.
    decide(&bench, "people/c7", "people/c8", Verdict::Same);
    decide(&bench, "people/c8", "shop/x7", Verdict::Same);
    let found = take!(bench.ask(Request::Contradictions), Contradictions);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].chain, ["people/c7", "people/c8", "shop/x7"]);
    bench.run(Stage::Identity);
    let summary = take!(bench.ask(Request::Identity), Identity).unwrap();
    assert_eq!(summary.contradictions, found);
    bench.ask(Request::Undo);
    assert!(take!(bench.ask(Request::Contradictions), Contradictions).is_empty());
}

#[test]
fn golden_values_follow_rules_and_pins_and_show_what_lost() {
    let bench = Bench::new();
    bench.ask(Request::NewProject { folder: bench.file("gold.kith"), name: "Gold".into() });
    add(&bench, "crm.csv", &sheet(0..40, false));
    add(
        &bench,
        "shop.csv",
        &sheet(0..40, false).replace("Elm Road", "Elm Rd").replace("Ada", "Adah"),
    );
    let ids = profiles(&bench);
    let profile = ProfileId(ids["crm/c0"]);
    let value = |field: &str| {
        let card = take!(bench.ask(Request::Person { profile }), Person);
        card.golden.into_iter().find(|v| v.field == field).expect("a golden value")
    };
    // Two records, two spellings: the first source's stands, the other is shown with its record.
    let given = value("Given name");
    assert_eq!((given.value.as_str(), given.from.as_str()), ("Ada", "crm/c0"));
    assert_eq!(given.lost[0].value, "Adah");
    assert_eq!(given.lost[0].from, ["shop/c0"]);

    let mut params = GoldenParams::default();
    params.fields.insert("given_name".into(), Survivor::SourcePriority);
    let changed = |params: &GoldenParams, field: &str| {
        let preview = Request::PreviewGolden { params: params.clone() };
        let changes = take!(bench.ask(preview), GoldenChanges);
        changes.iter().find(|c| c.field == field).map(|c| c.changed)
    };
    params.sources = vec![SourceId("ship".into())];
    let misspelt = bench.call(Request::PreviewGolden { params: params.clone() });
    assert!(misspelt.unwrap_err().to_string().contains("ship"));
    params.sources = vec![SourceId("shop".into())];
    assert_eq!((changed(&params, "given_name"), changed(&params, "email")), (Some(5), Some(0)));
    bench.ask(Request::Apply { command: Command::SetGolden { params } });
    // Nobody is matched anew for it, and the preview spoke true.
    assert_eq!(profiles(&bench), ids);
    assert_eq!(take!(bench.ask(Request::Identity), Identity).unwrap().linked.unwrap().new, 0);
    let given = value("Given name");
    assert_eq!((given.value.as_str(), given.rule.as_str()), ("Adah", "source priority"));

    let pin = Pin {
        record: "shop/c0".into(),
        field: "given_name".into(),
        value: "Augusta".into(),
        at: String::new(),
        by: "steward".into(),
        why: "passport seen".into(),
    };
    bench.ask(Request::Apply { command: Command::PinValue { pin: pin.clone() } });
    bench.run(Stage::Identity);
    let given = value("Given name");
    assert_eq!((given.value.as_str(), given.rule.as_str()), ("Augusta", "pinned"));
    assert_eq!(given.lost.len(), 2);
    let unknown = Command::PinValue { pin: Pin { field: "shoe_size".into(), ..pin } };
    assert_eq!(bench.call(Request::Apply { command: unknown }).unwrap_err().code, ErrorCode::Usage);
    bench.ask(Request::Undo);
    bench.run(Stage::Identity);
    assert_eq!(value("Given name").value, "Adah");
}

#[test]
fn without_an_order_sources_are_believed_as_listed() {
    let bench = Bench::new();
    bench.ask(Request::NewProject { folder: bench.file("order.kith"), name: "Order".into() });
    let people = || sheet(0..40, false);
    add(&bench, "a_fair.csv", &people().replace("Ada", "Adah"));
    add(&bench, "crm.csv", &people());
    add(&bench, "shop.csv", &people().replace("Ada", "Adah"));
    add(&bench, "till.csv", &people());
    add(&bench, "web.csv", &people());
    let ids = profiles(&bench);
    let mut params = GoldenParams::default();
    params.fields.insert("given_name".into(), Survivor::SourcePriority);
    let changed = |params: &GoldenParams| {
        let preview = Request::PreviewGolden { params: params.clone() };
        let changes = take!(bench.ask(preview), GoldenChanges);
        changes.iter().find(|c| c.field == "given_name").map(|c| c.changed)
    };
    // Most sources spell it one way, the first that is listed the other.
    assert_eq!(changed(&params), Some(5));
    let given = || {
        bench.run(Stage::Identity);
        let card = take!(bench.ask(Request::Person { profile: ProfileId(ids["crm/c0"]) }), Person);
        card.golden.into_iter().find(|v| v.field == "Given name").expect("a golden value")
    };
    assert_eq!(given().value, "Ada");
    bench.ask(Request::Apply { command: Command::SetGolden { params: params.clone() } });
    assert_eq!((given().value.as_str(), given().from.as_str()), ("Adah", "a_fair/c0"));
    // Those not named come after in the same order.
    params.sources = vec![SourceId("till".into())];
    assert_eq!(changed(&params), Some(5));
    bench.ask(Request::Apply { command: Command::SetGolden { params } });
    assert_eq!((given().value.as_str(), given().from.as_str()), ("Ada", "till/c0"));
}
