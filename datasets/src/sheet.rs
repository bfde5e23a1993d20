//! One plain sheet of contact records with whose each is: what a record matcher is measured on.

use crate::contacts::each_contact;
use crate::csv_row::Row;
use crate::culture::Cultures;
use crate::error::DatasetError;
use crate::person::Person;
use crate::record::{CLERK, HASTY, type_record};
use crate::sheet_file::SheetFile;
use crate::spec::{Progress, SampleSpec};
use std::path::Path;

/// Columns of the sheet. `person` is the truth.
const HEADER: &str = "record_id,given_name,family_name,birth_date,email,phone,street,city,\
                      postcode,country,person\n";

/// Writes every contact record of the sample `spec` describes into the CSV file `path`, some 1.63
/// a person, in an order that says nothing about whose a record is. Answers their number.
///
/// # Errors
/// `PeopleOutOfRange`, or `Io` with the action and the path that failed.
pub fn contact_sheet(
    spec: &SampleSpec,
    path: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<i64, DatasetError> {
    let SampleSpec { people, seed } = spec.check()?;
    let cultures = Cultures::load();
    let mut file = SheetFile::create(path, HEADER)?;
    let mut records = 0;
    each_contact(spec, progress, |_, index, round| {
        records += 1;
        let person = Person::derive(&cultures, seed, people, index);
        file.add(|text| row(text, &person, (seed, round), records))
    })?;
    file.finish()?;
    Ok(records)
}

fn row(text: &mut String, person: &Person<'_>, (seed, round): (u64, u64), number: i64) {
    let typed = type_record(seed, person, round, if round == 0 { CLERK } else { HASTY });
    let phone = if typed.mobile.is_empty() { &typed.phone } else { &typed.mobile };
    let mut row = Row::new(text);
    row.number(number).text(&typed.given).text(&typed.family).text(&typed.birth);
    row.text(&typed.email).text(phone).text(&typed.street).text(&typed.city);
    row.text(&typed.zip).text(typed.country).number(person.index as i64 + 1);
    row.end();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet_file::tests::written_twice;

    #[test]
    fn a_sheet_is_the_same_twice_and_names_everybody() {
        let spec = SampleSpec { people: 300, seed: 5 };
        let (records, text) =
            written_twice("sheet", |path| contact_sheet(&spec, path, &mut |_| {}));
        assert_eq!(text.lines().count() as i64, records + 1);
        let person = |line: &str| line.rsplit(',').next().map(str::to_owned);
        let people: std::collections::BTreeSet<_> = text.lines().skip(1).map(person).collect();
        assert_eq!(people.len(), 300);
    }
}
