//! Quality from load to load: copies of rows, suggested expectations, what stands out.

use crate::script::take;
use kith_api::Request;
use kith_model::quality::{
    AnomalyKind, Check, ComparedSide, CopyRule, Expectation, Outcome, QualitySummary, Severity,
    TableId,
};
use kith_model::{Command, Entity, SourceId, Stage};
use kith_tests::Bench;

/// Contacts, the last two rows copies of the first; every `gap`-th without a country.
fn contacts(rows: usize, gap: usize) -> String {
    let mut csv = String::from("Email,First Name,Last Name,Country,Score\n");
    let line = |i: usize| {
        let country = if i.is_multiple_of(gap) { "" } else { ["NO", "SE", "DK"][i % 3] };
        format!("p{i}@example.org,Ada{i},Berg{i},{country},{}\n", i % 50)
    };
    (0..rows).for_each(|i| csv.push_str(&line(i)));
    csv.push_str(&line(0).repeat(2));
    csv
}

fn checked(bench: &Bench) -> QualitySummary {
    bench.run(Stage::Quality);
    take!(bench.ask(Request::Quality), Quality).unwrap()
}

fn rows_of(bench: &Bench) -> u64 {
    let table = TableId::Canon(Entity::Profile);
    take!(bench.ask(Request::Profile { table }), Profile).rows
}

fn project(bench: &Bench) -> SourceId {
    let folder = bench.file("shop.kith");
    bench.ask(Request::NewProject { folder, name: "Shop".into() });
    let file = bench.write("crm.csv", contacts(300, 20));
    bench.ask(Request::AddFiles { files: vec![file] });
    let document = take!(bench.ask(Request::Document), Document);
    let source = document.sources[0].id.clone();
    let command = Command::ConfirmMapping { source: source.clone(), confirmed: true };
    bench.ask(Request::Apply { command });
    source
}

#[test]
fn copies_are_reported_and_left_out_on_request() {
    let bench = Bench::new();
    let source = project(&bench);
    let summary = checked(&bench);
    assert_eq!((summary.copies[0].rows, summary.copies[0].copies), (302, 2));
    assert_eq!(rows_of(&bench), 302);
    let command = Command::SetCopyRule { source, rule: CopyRule::KeepFirst };
    bench.ask(Request::Apply { command });
    let summary = checked(&bench);
    assert_eq!(rows_of(&bench), 300, "the mapping takes the first alone");
    assert_eq!(summary.copies[0].copies, 2, "the raw rows stay as they are");
    bench.ask(Request::Undo);
    checked(&bench);
    assert_eq!(rows_of(&bench), 302);
}

#[test]
fn suggestions_hold_and_can_be_taken_all_at_once() {
    let bench = Bench::new();
    project(&bench);
    let before = checked(&bench).findings.len();
    let suggested = take!(bench.ask(Request::SuggestExpectations), ExpectationSuggestions);
    assert!(suggested.len() > 5, "{suggested:?}");
    let countries = suggested
        .iter()
        .find(|s| matches!(&s.expectation.check, Check::InSet { field, .. } if field == "country"));
    assert!(countries.is_some(), "{suggested:#?}");
    let few = suggested.iter().filter(|s| s.by_default).count();
    assert!((3..=6).contains(&few), "a few of two tables: {few}");
    let length = |s: &&kith_model::quality::ExpectationSuggestion| matches!(&s.expectation.check, Check::Length { field, .. } if field == "country");
    assert!(!suggested.iter().any(|s| length(&s)), "the set of countries implies their length");
    let commands = suggested
        .iter()
        .map(|s| Command::PutExpectation { expectation: s.expectation.clone() })
        .collect();
    let title = "Accept suggested expectations".to_owned();
    bench.ask(Request::Apply { command: Command::Batch { title, commands } });
    let summary = checked(&bench);
    assert_eq!(summary.findings.len(), before + suggested.len());
    let own = summary.findings.iter().filter(|f| !f.built_in);
    assert!(own.clone().all(|f| f.outcome == Outcome::Holds), "{:?}", own.collect::<Vec<_>>());
    let again = take!(bench.ask(Request::SuggestExpectations), ExpectationSuggestions);
    assert!(again.is_empty(), "{again:?}");
    bench.ask(Request::Undo);
    assert_eq!(checked(&bench).findings.len(), before);
}

#[test]
fn a_load_is_compared_with_the_one_before() {
    let bench = Bench::new();
    project(&bench);
    assert!(checked(&bench).anomalies.is_empty(), "the first load has none to compare with");
    let check = Check::NotNull { field: "country".into() };
    let table = TableId::Canon(Entity::Profile);
    let expectation = Expectation::new(table, Severity::Warning, check);
    bench.ask(Request::Apply { command: Command::PutExpectation { expectation } });
    let same = checked(&bench);
    assert_eq!(same.loads.len(), 1, "the same files are the same load");
    bench.write("crm.csv", contacts(90, 3));
    let next = checked(&bench);
    assert_eq!(next.loads.len(), 2);
    let kinds: Vec<_> = next.anomalies.iter().map(|a| a.kind).collect();
    assert!(kinds.contains(&AnomalyKind::Volume) && kinds.contains(&AnomalyKind::Missing));
    let share = |load: usize| next.loads[load].failing_share("profile.country.not_null").unwrap();
    assert!(share(1) > share(0), "{:?}", next.loads);
    let text = std::fs::read_to_string(bench.path("shop.kith").join("quality.ndjson")).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert!(!text.contains("@example.org"), "no value of a person is remembered");
    let source = take!(bench.ask(Request::Document), Document).sources[0].id.clone();
    for table in [TableId::Canon(Entity::Profile), TableId::Source(source)] {
        let side = |load: Option<&str>| ComparedSide {
            table: table.clone(),
            load: load.map(str::to_owned),
        };
        let (left, right) = (side(Some("previous")), side(None));
        let ask = Request::CompareTables { left: left.clone(), right: right.clone() };
        let compared = take!(bench.ask(ask), Comparison);
        assert_eq!(compared.rows, (302, 92), "{table}");
        assert!(compared.columns[0].name.eq_ignore_ascii_case("country"), "{compared:?}");
        let json = Request::WriteComparison { left, right, json: true };
        let file = take!(bench.ask(json), Written);
        let text = std::fs::read_to_string(&file.0).unwrap();
        assert!(text.contains("\"rows\"") && !text.contains("@example.org"));
        let nowhere = Request::CompareTables { left: side(Some("nope")), right: side(None) };
        assert!(bench.call(nowhere).unwrap_err().hint.unwrap().contains("The loads are"));
    }
}

#[test]
fn gaps_are_filled_as_a_step_that_can_be_taken_back() {
    let bench = Bench::new();
    project(&bench);
    checked(&bench);
    let (table, field) = (Entity::Profile, "country".to_owned());
    let ask = Request::OfferImputations { table, field: field.clone() };
    let offer = take!(bench.ask(ask), ImputeOffer);
    assert_eq!((offer.rows, offer.missing), (302, 17));
    assert!(offer.trials.iter().all(|t| t.error.accuracy.is_some()), "{offer:?}");
    let imputation = offer.trials[offer.suggested.unwrap()].imputation.clone();
    bench.ask(Request::Apply { command: Command::PutImputation { imputation } });
    checked(&bench);
    let mapped = take!(bench.ask(Request::Mapping), Mapping).unwrap();
    assert_eq!((mapped.imputed[0].filled, mapped.imputed[0].left), (17, 0));
    let table = TableId::Canon(table);
    let profile =
        |bench: &Bench| take!(bench.ask(Request::Profile { table: table.clone() }), Profile);
    let of = |bench: &Bench| {
        let profile = profile(bench);
        let column = profile.columns.into_iter().find(|c| c.name == field).unwrap();
        (column.missing, column.filled)
    };
    assert_eq!(of(&bench), (0, 17), "what stands beside a filled column is no column of its own");
    let before = profile(&bench).columns.len();
    // Matching goes by what was written, and every card shows that.
    bench.run(Stage::Identity);
    let ask = Request::FindPeople { text: "p0@example.org".into(), limit: 1 };
    let person = take!(bench.ask(ask), People)[0].0;
    let card = take!(bench.ask(Request::Person { profile: person }), Person);
    assert!(!card.records.is_empty());
    for record in &card.records {
        let country = record.values.iter().find(|(label, _)| label == "Country").unwrap();
        assert_eq!(country.1, "", "{}", record.name);
    }
    bench.ask(Request::Undo);
    checked(&bench);
    assert_eq!((of(&bench), profile(&bench).columns.len()), ((17, 0), before));
    let consent =
        Request::OfferImputations { table: Entity::Profile, field: "email_opt_in".to_owned() };
    let refused = bench.call(consent).unwrap_err();
    assert!(refused.message.contains("never invented"), "{refused:?}");
}
