//! Every known export is imported and mapped without a click; a mapping is kept as a preset, a
//! link tried before it is drawn, an accepted one remembered.

use kith_api::{Request, Response};
use kith_model::document::Document;
use kith_model::mapping::{Link, Origin, PresetInfo, Transform};
use kith_model::{Command, Entity, SourceId, Stage};
use kith_tests::{Bench, file_ref};
use std::collections::BTreeSet;
use std::path::Path;

/// Exports that hold nothing for the schema.
const NOTHING: [&str; 3] = ["ga4_report", "klaviyo_campaigns", "stripe_payouts"];

/// What presets promise to put right: a query, and the rows it must count.
const FIX_UPS: [(&str, &str, u64); 12] = [
    ("apostrophes go", "profile WHERE starts_with(postcode, chr(39))", 0),
    ("an order is one row", "\"order\" WHERE source = 'shopify_orders'", 2),
    ("its lines are three", "order_line WHERE source = 'shopify_orders'", 3),
    ("event parameters are unfolded", "event WHERE source = 'ga4_events' AND page IS NOT NULL", 3),
    ("an excluded hit stays out", "event WHERE source = 'adobe_hits'", 2),
    ("64 bits stay whole", "event WHERE anonymous_id = '18446744073709551615:2'", 2),
    ("a call sent twice counts once", "event WHERE source = 'segment_events'", 2),
    ("wide items become lines", "order_line WHERE source = 'woocommerce_orders'", 3),
    ("only won deals are orders", "\"order\" WHERE source = 'hubspot_deals'", 1),
    ("blacklisted is opted out", "profile WHERE source = 'brevo_contacts' AND NOT email_opt_in", 1),
    ("who is subscribed agreed", "consent WHERE source = 'mailchimp_audience' AND granted", 2),
    ("till rows make an order", "\"order\" WHERE source = 'square_items'", 2),
];

fn document(bench: &Bench) -> Document {
    match bench.ask(Request::Document) {
        Response::Document(document) => *document,
        other => panic!("unexpected {other:?}"),
    }
}

fn presets(bench: &Bench) -> Vec<PresetInfo> {
    match bench.ask(Request::Presets) {
        Response::Presets(list) => list,
        other => panic!("unexpected {other:?}"),
    }
}

fn new_project(bench: &Bench, name: &str) {
    let folder = bench.file(&format!("{name}.kith"));
    bench.ask(Request::NewProject { folder, name: name.to_owned() });
}

fn link(field: &str, column: &str, transform: Transform) -> Link {
    Link {
        field: field.to_owned(),
        column: Some(column.to_owned()),
        transform,
        origin: Origin::Manual,
        confidence: 1.0,
        reason: String::new(),
    }
}

fn draw(bench: &Bench, source: &SourceId, field: &str, column: &str) {
    let (source, entity) = (source.clone(), Entity::Profile);
    let link = link(field, column, Transform::None);
    bench.ask(Request::Apply { command: Command::LinkField { source, entity, link } });
}

fn count(bench: &Bench, what: &str) -> u64 {
    let ask = kith_api::RowsAsk {
        table: kith_api::TableRef::Query { sql: format!("SELECT 1 FROM canon.{what}") },
        offset: 0,
        limit: 1,
        order: None,
        find: None,
        filters: Vec::new(),
    };
    match bench.ask(Request::Rows(ask)) {
        Response::Rows(page) => page.total,
        other => panic!("unexpected {other:?}"),
    }
}

#[test]
fn every_known_export_is_imported_and_mapped_without_a_click() {
    let bench = Bench::new();
    new_project(&bench, "exports");
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("exports");
    let mut files: Vec<_> = dir.read_dir().unwrap().map(|e| file_ref(&e.unwrap().path())).collect();
    files.sort();
    bench.ask(Request::AddFiles { files });
    let document = document(&bench);
    let seen: BTreeSet<&str> =
        document.sources.iter().filter_map(|s| s.preset.as_deref()).collect();
    let known = presets(&bench);
    let missing: Vec<_> = known.iter().filter(|p| !seen.contains(p.id.as_str())).collect();
    assert!(missing.is_empty(), "no file is recognised as {missing:?}");
    bench.run(Stage::Mapping);
    assert_eq!(bench.overview().rejected, 0);
    let Response::Mapping(Some(summary)) = bench.ask(Request::Mapping) else { panic!("no result") };
    assert!(summary.unmapped.is_empty(), "not mapped: {:?}", summary.unmapped);
    for source in &document.sources {
        let counts: Vec<_> = summary.mapped.iter().filter(|m| m.source == source.id).collect();
        let preset = source.preset.as_deref().unwrap();
        assert_eq!(counts.is_empty(), NOTHING.contains(&preset), "{preset}");
        for found in counts {
            assert!(found.rows > 0, "{preset}: no {:?}", found.entity);
            assert!(found.failures.is_empty(), "{preset}: {:?}", found.failures);
        }
    }
    for (what, rows, expected) in FIX_UPS {
        assert_eq!(count(&bench, rows), expected, "{what}");
    }
}

#[test]
fn a_mapping_is_saved_as_a_preset_and_used_by_the_next_project() {
    let bench = Bench::new();
    let file = bench.write("club 2024.csv", "Rang;Kontakt\n1;Mara Lindt\n2;Jo Field\n3;Al Ott\n");
    new_project(&bench, "one");
    bench.ask(Request::AddFiles { files: vec![file] });
    let source = document(&bench).sources[0].id.clone();
    draw(&bench, &source, "loyalty_id", "Rang");
    draw(&bench, &source, "full_name", "Kontakt");
    let saved = bench.ask(Request::SavePreset { source, name: "Our club".to_owned() });
    assert!(matches!(saved, Response::Written(file) if file.0.ends_with("our_club.toml")));
    assert!(presets(&bench).iter().any(|p| p.own && p.title == "Our club"));
    let file = bench.write("club 2025.csv", "Rang;Kontakt\n7;Eva Roth\n8;Ben Kay\n9;Lea Orr\n");
    new_project(&bench, "two");
    bench.ask(Request::AddFiles { files: vec![file] });
    let document = document(&bench);
    assert_eq!(document.sources[0].preset.as_deref(), Some("our_club"));
    let mapping = &document.mappings[&SourceId("our_club".to_owned())];
    assert!(mapping.confirmed);
    assert_eq!(mapping.entities[0].links.iter().filter(|l| l.field == "loyalty_id").count(), 1);
}

#[test]
fn a_link_is_tried_before_it_is_drawn() {
    let bench = Bench::new();
    let file =
        bench.write("people.csv", "Name,Mobil\nAda B,0171 2345678\nAl C,none of it\nEva R,\n");
    new_project(&bench, "try");
    bench.ask(Request::AddFiles { files: vec![file] });
    bench.run(Stage::Sources);
    let source = document(&bench).sources[0].id.clone();
    let link = link("phone", "Mobil", Transform::Phone("DE".to_owned()));
    let asked = Request::PreviewLink { source, entity: Entity::Profile, link };
    let Response::Preview(preview) = bench.ask(asked) else { panic!("no preview") };
    assert_eq!((preview.looked_at, preview.present, preview.failed), (3, 2, 1));
    assert!(preview.rows[0].failed && preview.rows[0].before.as_deref() == Some("none of it"));
    assert!(preview.rows.iter().any(|r| r.after.as_deref() == Some("+491712345678")));
}

#[test]
fn times_are_read_in_a_named_zone_and_currencies_out_of_amounts() {
    let bench = Bench::new();
    let table = "Nr,Zeit,Betrag\nB-1,2026-07-01 10:00,\"12,50 €\"\nB-2,2026-01-01 10:00:00+00:00,CHF 3\n\
                 B-3,2026-01-01 10:00,kr 5\n";
    let file = bench.write("orders.csv", table);
    new_project(&bench, "zones");
    bench.ask(Request::AddFiles { files: vec![file] });
    bench.run(Stage::Sources);
    let source = document(&bench).sources[0].id.clone();
    let ask = |field: &str, column: &str, transform: Transform| Request::PreviewLink {
        source: source.clone(),
        entity: Entity::Order,
        link: link(field, column, transform),
    };
    let after = |field: &str, column: &str, transform: Transform| -> Vec<String> {
        let Response::Preview(found) = bench.ask(ask(field, column, transform)) else {
            panic!("a preview is the answer")
        };
        let mut values: Vec<_> = found.rows.into_iter().filter_map(|r| r.after).collect();
        values.sort();
        values
    };
    let times = after("at", "Zeit", Transform::Zone("Europe/Oslo".to_owned()));
    let utc = ["2026-01-01 09:00:00", "2026-01-01 10:00:00", "2026-07-01 08:00:00"];
    assert_eq!(times, utc, "summer time, and a zone of its own");
    assert_eq!(
        after("at", "Zeit", Transform::Offset(60))[1..],
        ["2026-01-01 10:00:00", "2026-07-01 09:00:00"]
    );
    assert_eq!(after("currency", "Betrag", Transform::Currency), ["CHF", "EUR"]);
    let wrong = bench.call(ask("at", "Zeit", Transform::Zone("Oslo time".to_owned())));
    let wrong = wrong.unwrap_err();
    assert!(format!("{wrong:?}").contains("Europe/Oslo"), "{wrong:?}");
}

#[test]
fn accepted_links_are_remembered() {
    let bench = Bench::new();
    let table =
        "Kennung,Anschreiben an,Mail\n1,Mara Lindt,m@example.com\n2,Jo Field,j@example.com\n";
    let add = |project: &str| -> Document {
        let file = bench.write(&format!("{project}.csv"), table);
        new_project(&bench, project);
        bench.ask(Request::AddFiles { files: vec![file] });
        document(&bench)
    };
    let source = add("a").sources[0].id.clone();
    draw(&bench, &source, "company", "Anschreiben an");
    bench.ask(Request::Apply { command: Command::ConfirmMapping { source, confirmed: true } });
    let document = add("b");
    let links = &document.mappings[&document.sources[0].id].entities[0].links;
    let link = links.iter().find(|l| l.column.as_deref() == Some("Anschreiben an")).unwrap();
    assert_eq!((link.field.as_str(), link.origin), ("company", Origin::Suggested));
    assert!(link.reason.contains("before"), "{}", link.reason);
    let told = |on, forget| match bench.ask(Request::Remembering { on, forget }) {
        Response::Remembering(now) => (now.on, now.links),
        other => panic!("unexpected {other:?}"),
    };
    let links = told(None, false).1;
    assert!(links > 0);
    assert_eq!(told(Some(false), false), (false, links), "kept for when it is on again");
    let document = add("c");
    let parts = &document.mappings[&document.sources[0].id].entities;
    let recalled = |l: &&Link| l.reason.contains("before");
    assert_eq!(parts.iter().flat_map(|p| &p.links).filter(recalled).count(), 0);
    assert_eq!(told(Some(true), true), (true, 0));
}

#[test]
fn values_known_from_other_files_name_a_column_whose_header_says_nothing() {
    let bench = Bench::new();
    new_project(&bench, "c");
    let number = |n: u64| 10_000_000 + n * 7_919 % 900_000;
    let mut goods = "Artikelnummer,Bezeichnung,Preis\n".to_owned();
    let mut lines = "Bestellung,Zf7,Anzahl\n".to_owned();
    for n in 0..60 {
        goods.push_str(&format!("{},Ware Nr {n},{}.50\n", number(n), 4 + n % 9));
        lines.push_str(&format!("B-{:05},{},{}\n", 70 + n / 2, number(n * 11 % 60), 1 + n % 3));
    }
    let add = |name: &str, text: &str| {
        let file = bench.write(name, text);
        bench.ask(Request::AddFiles { files: vec![file] });
        document(&bench).sources.last().unwrap().id.clone()
    };
    let goods = add("goods.csv", &goods);
    let linked = |id: &SourceId| -> Option<Link> {
        let Response::Suggestions(found) = bench.ask(Request::Suggest { source: id.clone() })
        else {
            panic!("suggestions are the answer")
        };
        let mut links = found.entities.into_iter().flat_map(|part| part.links);
        links.find(|l| l.field == "product_id" && l.column.as_deref() == Some("Zf7"))
    };
    let lines = add("lines.csv", &lines);
    bench.run(Stage::Sources);
    let before = linked(&lines).map_or(0.0, |l| l.confidence);
    let command = Command::ConfirmMapping { source: goods, confirmed: true };
    bench.ask(Request::Apply { command });
    let link = linked(&lines).expect("its values are known");
    assert!(link.reason.ends_with("100 % are known products of goods.csv"), "{}", link.reason);
    assert!(link.confidence > before && link.confidence > 0.8, "{before} {link:?}");
}
