//! Small casts of people and what becomes of them.

mod people;

use kith_identity::{Resolution, ReviewInput, cards, resolve, review};
use kith_model::document::Decision;
use kith_model::identity::{IdentityParams, MatchField, PairQuality, Verdict};
use kith_model::{Column, PairKey, Quiet};
use people::{Row, frame, town};
use std::collections::{BTreeMap, BTreeSet};

/// Resolves `cast` amid a town that teaches what usual names and errors are; answers the profile
/// of each of the cast.
fn amid_a_town(cast: &[Row]) -> Vec<i64> {
    let mut rows = cast.to_vec();
    rows.extend(town(1_500, 21));
    let found = run(&rows, &BTreeMap::new());
    let column = found.record_profile.column("profile_id").and_then(Column::int);
    column.expect("profiles")[..cast.len()].iter().map(|p| p.expect("a profile")).collect()
}

fn run(rows: &[Row], decisions: &BTreeMap<PairKey, Decision>) -> Resolution {
    let (frame, truth) = frame(rows);
    let params = IdentityParams::default().check().expect("valid");
    resolve(&frame, &params, decisions, Some(&truth), &Quiet).expect("resolves")
}

fn person(native: &str, given: &str, family: &str) -> Row {
    Row::default()
        .set("source", "cast")
        .set("native_id", native)
        .set("given_name", given)
        .set("family_name", family)
}

#[test]
fn a_family_mailbox_joins_nobody() {
    let home = |r: Row| {
        r.set("email", "the.quills@mail.net").set("street", "4 Nib Lane").set("postcode", "NR3 2ZZ")
    };
    let mut cast = vec![
        home(person("1", "Margaret", "Quill")),
        home(person("2", "Thomas", "Quill")),
        home(person("3", "Peggy", "Quill")),
    ];
    cast[0].birth = Some(-3000);
    cast[1].birth = Some(-2500);
    cast[2].birth = Some(-3000);
    let p = amid_a_town(&cast);
    assert_eq!(p[0], p[2], "Peggy is Margaret");
    assert_ne!(p[0], p[1], "Thomas is not");
}

#[test]
fn a_nameless_record_is_not_drawn_to_one_of_two() {
    let mail = |r: Row| r.set("email", "duo@mail.net");
    let cast = [
        mail(person("1", "Alice", "Underhill")),
        mail(person("2", "Robert", "Overdale")),
        mail(person("3", "", "")),
    ];
    let p = amid_a_town(&cast);
    assert_ne!(p[0], p[1]);
}

/// Somewhere in a country 500 km across, by `salt`; a `slip` moves it by some 300 m.
fn somewhere(salt: u64, slip: u64) -> String {
    let spread =
        |salt: u64| (salt.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44) as f64 / f64::from(1 << 20);
    let (north, east) = (50.0 + 4.5 * spread(salt), 8.0 + 7.0 * spread(salt ^ 0x5bd1_e995));
    format!("{}, {}", north + 0.003 * spread(slip), east + 0.003 * spread(!slip))
}

#[test]
fn distance_on_the_map_tells_namesakes_apart() {
    let at = |row: Row, place: &str| row.set("coordinates", place);
    let alone = |native| person(native, "Susan", "Brown");
    let (here, near, far) = ("52.5163, 13.3777", "52.5186, 13.3761", "48.1374, 11.5755");
    let mut rows = vec![at(alone("1"), here), at(alone("2"), near), at(alone("3"), far)];
    // Everybody else lives somewhere, and is found there within some 300 m; one in ten has moved.
    for (i, row) in (0..).zip(town(1_500, 21)) {
        let home = row.get("truth").map_or(0, |t| t.bytes().fold(7, |h, b| h * 31 + u64::from(b)));
        let place = somewhere(if i % 10 == 0 { i } else { home }, i);
        rows.push(at(row, &place));
    }
    let found = run(&rows, &BTreeMap::new());
    let location = found.summary.comparisons.iter().find(|c| c.field == MatchField::Location);
    let weights: Vec<f64> = location.expect("compared").levels.iter().map(|l| l.weight).collect();
    assert!(weights[0] > 4.0 && weights[2] < -1.0, "{weights:?}");
    let column = found.record_profile.column("profile_id").and_then(Column::int);
    let people = column.expect("profiles");
    assert_eq!(people[0], people[1], "a walk apart");
    assert_ne!(people[0], people[2], "500 km apart");
}

#[test]
fn swapped_names_and_typing_slips_are_seen_through() {
    let cast = [
        person("1", "Wilhelmina", "Featherstone").set("phone", "+441134960001"),
        person("2", "Featherstone", "Wilhelmina").set("phone", "+441134960001"),
        person("3", "Wilhelmnia", "Fetherstone").set("phone", "0113 496 0001"),
    ];
    let p = amid_a_town(&cast);
    assert_eq!(p, [p[0]; 3]);
}

#[test]
fn one_person_in_three_scripts() {
    let cast = [
        person("1", "Наталія", "Кравчук").set("email", "nk@mail.net"),
        person("2", "Nataliia", "Kravchuk").set("email", "nk@mail.net"),
        person("3", "ナタリア", "Кравчук").set("email", "nk@mail.net"),
    ];
    let p = amid_a_town(&cast);
    assert_eq!(p[0], p[1]);
}

#[test]
fn a_switchboard_and_a_placeholder_join_nobody() {
    let names = ["Ann", "Bea", "Cyd", "Dot", "Eve", "Fay", "Gil", "Hal", "Ida", "Jon"];
    let cast: Vec<Row> = names
        .iter()
        .enumerate()
        .map(|(i, given)| {
            person(&i.to_string(), given, &format!("{given}sworth"))
                .set("phone", "+442079460000")
                .set("email", "test@test.com")
        })
        .collect();
    let mut p = amid_a_town(&cast);
    p.sort_unstable();
    p.dedup();
    assert_eq!(p.len(), names.len());
}

#[test]
fn senior_and_junior_are_two() {
    let at =
        |r: Row| r.set("street", "9 Elm Terrace").set("postcode", "LS1 1AB").set("city", "Leeds");
    let cast =
        [at(person("1", "Edmund", "Blackadder Sr.")), at(person("2", "Edmund", "Blackadder Jr."))];
    let p = amid_a_town(&cast);
    assert_ne!(p[0], p[1]);
}

#[test]
fn logins_of_two_sources_are_compared_only_when_names_vouch() {
    let with = |source: &str, i: usize, given: &str, user: String| {
        person(&format!("{source}{i}"), given, "Vane").set("source", source).set("user_id", &user)
    };
    // Two systems that count from one, and two that share their logins.
    let mut cast = Vec::new();
    for (i, (a, b)) in
        [("Ada", "Ben"), ("Cy", "Dora"), ("Ed", "Flo"), ("Gus", "Hetty"), ("Ivo", "Jane")]
            .into_iter()
            .enumerate()
    {
        cast.push(with("first", i, a, format!("{}", 1000 + i)));
        cast.push(with("second", i, b, format!("{}", 1000 + i)));
        cast.push(with("third", i, a, format!("login-{i}")));
        cast.push(with("fourth", i, a, format!("LOGIN-{i}")));
    }
    let p = amid_a_town(&cast);
    for group in p.chunks(4) {
        assert_ne!(group[0], group[1]);
        assert_eq!(group[2], group[3]);
    }
}

#[test]
fn a_town_is_put_in_order() {
    let found = run(&town(2_000, 77), &BTreeMap::new());
    let PairQuality { precision, recall, .. } = found.summary.truth.expect("truth is known");
    assert!(precision > 0.975 && recall > 0.93, "{precision} {recall}");
    let best = found.summary.curve.iter().map(|p| {
        let (p, r) = (p.precision.unwrap_or(0.0), p.recall.unwrap_or(0.0));
        2.0 * p * r / (p + r)
    });
    let best = best.fold(0.0, f64::max);
    let f1 = found.summary.truth.expect("truth is known").f1;
    assert!(best - f1 < 0.01, "the proposed threshold is near the best: {f1} of {best}");
}

#[test]
fn the_review_asks_doubtful_pairs_and_its_bars_add_up() {
    let rows = town(1_500, 33);
    let (records, _) = frame(&rows);
    let found = run(&rows, &BTreeMap::new());
    let params = IdentityParams::default().check().expect("valid");
    let titles = BTreeMap::from([("crm".to_owned(), "CRM contacts".to_owned())]);
    let ask = |decisions: &BTreeMap<PairKey, Decision>, limit: u32| {
        let input = ReviewInput {
            pairs: &found.pairs,
            records: &records,
            model: &found.model,
            params: &params,
            decisions,
            titles: &titles,
            limit,
        };
        review(&input).expect("a queue")
    };
    let all = ask(&BTreeMap::new(), u32::MAX);
    assert_eq!(all.len() as u64, found.summary.review, "the summary counts the queue");
    let five = ask(&BTreeMap::new(), 5);
    assert_eq!(five.len(), 5);
    assert_eq!(five[..], all[..5]);
    for pair in &all {
        let sum: f64 = pair.waterfall.iter().map(|bar| bar.weight).sum();
        assert!((sum - pair.weight).abs() < 1e-9);
        assert!(params.review_range(found.model.threshold).contains(&pair.probability));
        assert_eq!(pair.waterfall[0].label, "Prior");
        assert_eq!((&pair.left.name, &pair.right.name), (&pair.key.left, &pair.key.right));
    }
    // What is decided goes to the end and keeps its verdict.
    let decisions = BTreeMap::from([(five[0].key.clone(), Verdict::Unsure.into())]);
    let after = ask(&decisions, u32::MAX);
    let last = after.last().expect("not empty");
    assert_eq!((last.verdict, &last.key), (Some(Verdict::Unsure), &five[0].key));
    // Whoever cannot tell of any is through after as many answers as there were questions.
    let mut decisions = BTreeMap::new();
    let mut people = BTreeSet::new();
    for left in (0..all.len()).rev() {
        let next = ask(&decisions, 1).remove(0);
        assert!(people.insert(next.people), "{:?} were asked about before", next.people);
        decisions.insert(next.key, Verdict::Unsure.into());
        let open = ask(&decisions, u32::MAX);
        assert_eq!(open.iter().filter(|p| p.verdict.is_none()).count(), left);
    }
    assert_eq!(run(&rows, &decisions).summary.review, 0, "a run counts as the queue does");
    assert_eq!(run(&rows, &decisions).model, found.model, "and learns nothing from it");
}

#[test]
fn a_decision_moves_people() {
    let rows = town(1_500, 33);
    let found = run(&rows, &BTreeMap::new());
    let at = |name: &str| found.pairs.column(name).and_then(Column::int).expect("a column");
    let (left, right) = (at("left_record"), at("right_record"));
    let profile = found.record_profile.column("profile_id").and_then(Column::int).expect("one");
    let key = |i: usize| {
        let name = |r: i64| {
            let row = &rows[r as usize];
            format!("{}/{}", row.get("source").unwrap_or(""), row.get("native_id").unwrap_or(""))
        };
        PairKey::new(name(left[i].expect("id")), name(right[i].expect("id")))
    };
    let together = |i: usize| {
        profile[left[i].expect("id") as usize] == profile[right[i].expect("id") as usize]
    };
    let i = (0..left.len()).find(|&i| together(i)).expect("a pair that was joined");
    let apart = BTreeMap::from([(key(i), Verdict::Different.into())]);
    let after = run(&rows, &apart);
    let now = after.record_profile.column("profile_id").and_then(Column::int).expect("one");
    assert_ne!(now[left[i].expect("id") as usize], now[right[i].expect("id") as usize]);
}

#[test]
fn a_card_shows_every_value_with_its_label() {
    let mut row = person("7", "Ada", "Vane").set("email", "ada@mail.net");
    row.birth = Some(0);
    let (records, _) = frame(&[row]);
    let card = &cards(&records, &BTreeMap::new()).expect("cards")[0];
    assert_eq!((card.name.as_str(), card.source.as_str()), ("cast/7", "cast"));
    let value = |label: &str| card.values.iter().find(|v| v.0 == label).map(|v| v.1.as_str());
    assert_eq!(value("Birth date"), Some("1970-01-01"));
    assert_eq!(value("E-mail"), Some("ada@mail.net"));
    assert_eq!(value("Company"), Some(""));
}
