//! Latitude and longitude from exports: found, read, compared by distance, kept with the address.

use crate::profiles::add;
use crate::script::take;
use kith_api::{Request, RowsAsk, TableRef};
use kith_model::identity::MatchField;
use kith_model::{PairKey, Stage};
use kith_tests::Bench;
use std::fmt::Write;

const GIVEN: [&str; 8] = ["Ada", "Bruno", "Clara", "Dmitri", "Elena", "Farid", "Greta", "Hugo"];
const FAMILY: [&str; 5] = ["Lindqvist", "Okafor", "Moreau", "Tanaka", "Szabo"];

/// Forty people and where they live; `other` names streets anew and writes degrees to three
/// places with a comma, some hundred metres off.
fn sheet(other: bool) -> String {
    let mut text = if other {
        "Nr;Vorname;Nachname;Strasse;Ort;Breitengrad;Längengrad\n".to_owned()
    } else {
        "id,first_name,last_name,street,city,lat,lng\n".to_owned()
    };
    for i in 0..40 {
        let (given, family) = (GIVEN[i % 8], FAMILY[i / 8]);
        let (north, east) = (47.0 + 0.103_517 * i as f64, 7.0 + 0.081_243 * i as f64);
        if other {
            let degrees = [north, east].map(|d| format!("{:.3}", d + 0.001).replace('.', ","));
            let [lat, lng] = degrees;
            let _ = writeln!(text, "x{i};{given};{family};Am Markt {i};Ort {i};{lat};{lng}");
        } else {
            let _ = writeln!(text, "c{i},{given},{family},Elm Road {i},Place {i},{north},{east}");
        }
    }
    text
}

fn rows(bench: &Bench, sql: &str) -> Vec<Vec<Option<String>>> {
    let ask = RowsAsk::first(TableRef::Query { sql: sql.to_owned() }, 100);
    kith_workbench::decode_page(&take!(bench.ask(Request::Rows(ask)), Rows)).unwrap()
}

#[test]
fn places_are_read_from_exports_compared_by_distance_and_kept_with_the_address() {
    let bench = Bench::new();
    bench.ask(Request::NewProject { folder: bench.file("map.kith"), name: "Map".into() });
    add(&bench, "shop.csv", &sheet(false));
    add(&bench, "kunden.csv", &sheet(true));
    bench.run(Stage::Identity);

    let placed = "SELECT source, count(latitude), round(max(latitude - 47), 1), count(longitude) \
                  FROM canon.profile GROUP BY source ORDER BY source";
    let row = |source: &str| [source, "40", "4.0", "40"].map(|c| Some(c.to_owned())).to_vec();
    assert_eq!(rows(&bench, placed), [row("kunden"), row("shop")]);

    let pair = PairKey::new("shop/c7", "kunden/x7");
    let told = take!(bench.ask(Request::Explain { pair }), Explanation);
    let location = told.fields.iter().find(|f| f.field == MatchField::Location).unwrap();
    assert_eq!(location.level.as_ref().unwrap().label, "at most 1 km apart");
    assert!(location.weight > 1.0 && location.left != location.right, "{location:?}");
    let values = [&told.left, &told.right].map(|card| {
        card.values.iter().any(|(label, value)| label == "Coordinates" && value.contains(", "))
    });
    assert_eq!(values, [true, true]);

    // The coordinates of a golden record are those of its street.
    let kept = "SELECT count(*), count(*) FILTER (g.latitude = p.latitude AND \
                g.longitude = p.longitude) FROM ident.golden g JOIN ident.record r USING \
                (profile_id) JOIN canon.profile p USING (record_id) WHERE p.street = g.street";
    let kept = &rows(&bench, kept)[0];
    assert_eq!(kept[0], kept[1]);
    assert_ne!(kept[0].as_deref(), Some("0"));
}
