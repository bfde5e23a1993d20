//! A register of unrelated people: one plain sheet, one to four records each, with the slips of
//! clerks. What a record matcher's time is measured on.

use crate::clock::push_date;
use crate::corrupt::{typo, wrong_digit};
use crate::csv_row::Row;
use crate::culture::Cultures;
use crate::draw::{Draw, Stream, reorder};
use crate::error::DatasetError;
use crate::person::Person;
use crate::sheet_file::SheetFile;
use crate::spec::{Progress, SampleSpec};
use std::path::Path;

/// Columns of the register. `person` is the truth.
const HEADER: &str =
    "record_id,given_name,family_name,birth_date,email,phone,city,postcode,person\n";

/// Shares of people with one, two, three and four records: 1.875 records a person, and some 0.69
/// true pairs a record.
const RECORDS: [f64; 4] = [0.46, 0.29, 0.165, 0.085];

/// Writes the register of `spec`'s people into the CSV file `path`, some 1.87 records a person in
/// an order that says nothing about whose a record is. Answers their number.
///
/// Names are as common as in the sample's countries; nobody shares a home, a mailbox or a
/// telephone with anybody. Each value is misspelt, out of date or missing with a rate of its own.
///
/// # Errors
/// `PeopleOutOfRange`, or `Io` with the action and the path that failed.
pub fn register(
    spec: &SampleSpec,
    path: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<i64, DatasetError> {
    let SampleSpec { people, seed } = spec.check()?;
    let cultures = Cultures::load();
    let mut file = SheetFile::create(path, HEADER)?;
    let mut records = 0;
    for place in 0..people * RECORDS.len() as u64 {
        let (round, position) = (place / people, place % people);
        if position % 4096 == 0 {
            progress(Progress { step: "Register", done: place, total: people * 4 });
        }
        let index = reorder(people, round, position);
        let many = Draw::new(seed, Stream::Record, index * 8).weighted(&RECORDS) as u64 + 1;
        if round < many {
            records += 1;
            // Two neighbours by number may share a household: every other one stays away.
            let of = |index: u64| Person::derive(&cultures, seed, 2 * people, 2 * index);
            let elsewhere = reorder(people, 5, index);
            let people = (&of(index), &of(elsewhere));
            file.add(|text| row(text, people, (seed, round), (records, index)))?;
        }
    }
    file.finish()?;
    Ok(records)
}

/// One record of `person`, who once lived where `other` does.
fn row(
    text: &mut String,
    (person, other): (&Person<'_>, &Person<'_>),
    (seed, round): (u64, u64),
    (number, index): (i64, u64),
) {
    let mut draw = Draw::new(seed, Stream::Record, index * 8 + 1 + round);
    let draw = &mut draw;
    let nickname = !person.given.short.is_empty() && draw.chance(0.04);
    let given = if nickname { *draw.pick(&person.given.short) } else { person.given.name };
    let mut given = given.latin.to_owned();
    match draw.weighted(&[0.92, 0.05, 0.02, 0.01]) {
        1 => given = typo(draw, &given),
        2 => given.truncate(given.chars().next().map_or(0, char::len_utf8)),
        3 => given.clear(),
        _ => {}
    }
    let mut family = person.family.latin.to_owned();
    match draw.weighted(&[0.93, 0.05, 0.02]) {
        1 => family = typo(draw, &family),
        2 => family = other.family.latin.to_owned(),
        _ => {}
    }
    let mut birth = String::new();
    push_date(&mut birth, person.birth);
    let birth = slipped(draw, birth, (0.12, 0.02), wrong_digit);
    let second = person.second_email.as_ref().filter(|_| draw.chance(0.25));
    let email = slipped(draw, second.unwrap_or(&person.email).clone(), (0.25, 0.03), typo);
    let phone = slipped(draw, person.mobile.replace(' ', ""), (0.3, 0.03), wrong_digit);
    let home = if draw.chance(0.1) { other } else { person };
    let city = home.culture.cities[home.home.city].english.to_owned();
    let city = slipped(draw, city, (0.08, 0.02), typo);
    let postcode = slipped(draw, home.home.zip.clone(), (0.12, 0.02), wrong_digit);
    let mut row = Row::new(text);
    row.number(number).text(&given).text(&family).text(&birth).text(&email).text(&phone);
    row.text(&city).text(&postcode).number(index as i64 + 1);
    row.end();
}

/// `value`, missing or with a slip, at the rates given.
fn slipped(
    draw: &mut Draw,
    value: String,
    (missing, slip): (f64, f64),
    spoil: fn(&mut Draw, &str) -> String,
) -> String {
    match draw.weighted(&[1.0 - missing - slip, missing, slip]) {
        1 => String::new(),
        2 => spoil(draw, &value),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet_file::tests::written_twice;
    use std::collections::BTreeMap;

    #[test]
    fn a_register_is_the_same_twice_and_has_the_pairs_it_promises() {
        let spec = SampleSpec { people: 4_000, seed: 5 };
        let (records, text) = written_twice("register", |path| register(&spec, path, &mut |_| {}));
        let mut people: BTreeMap<&str, i64> = BTreeMap::new();
        for line in text.lines().skip(1) {
            *people.entry(line.rsplit(',').next().unwrap()).or_default() += 1;
        }
        assert_eq!((people.len(), people.values().sum::<i64>()), (4_000, records));
        let pairs: i64 = people.values().map(|n| n * (n - 1) / 2).sum();
        let share = pairs as f64 / records as f64;
        assert!((0.66..0.72).contains(&share), "{share} true pairs a record");
    }
}
