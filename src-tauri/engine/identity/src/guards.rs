//! What the guards of deterministic links found: contacts and ids that several people hold, and
//! values that are nobody's. Read off the people a run found, so it says what was kept apart.

use crate::IdentityError;
use crate::address::meaningful;
use crate::contact::{Email, read_phone};
use crate::fold::fold;
use crate::keys::MOST_PEOPLE;
use crate::records::{ints, read_id, texts};
use kith_model::guard::{Guard, GuardFinding};
use kith_model::{Column, Frame, Texts};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most shared values a finding names.
const EXAMPLES: usize = 3;

/// A column of records and what is read in it.
type Reader = fn(&str) -> Option<String>;

/// One kind of value: its columns, how it is read, and the guards of a value of a few people and
/// of many.
struct Kind {
    field: &'static str,
    columns: &'static [&'static str],
    read: Reader,
    few: Option<Guard>,
    many: Option<Guard>,
}

const KINDS: [Kind; 6] = [
    Kind {
        field: "email",
        columns: &["email", "email_alt"],
        read: |t| Email::read(t).map(|e| e.address().to_owned()),
        few: Some(Guard::SharedMailbox),
        many: Some(Guard::OfficeMailbox),
    },
    Kind {
        field: "phone",
        columns: &["phone", "phone_alt"],
        read: read_phone,
        few: Some(Guard::SharedPhone),
        many: Some(Guard::Switchboard),
    },
    Kind {
        field: "user_id",
        columns: &["user_id"],
        read: read_id,
        few: Some(Guard::SharedId),
        many: Some(Guard::SharedId),
    },
    Kind {
        field: "loyalty_id",
        columns: &["loyalty_id"],
        read: read_id,
        few: Some(Guard::SharedId),
        many: Some(Guard::SharedId),
    },
    Kind {
        field: "given_name",
        columns: &["given_name"],
        read: |t| meaningful(fold(t)),
        few: None,
        many: None,
    },
    Kind {
        field: "family_name",
        columns: &["family_name"],
        read: |t| meaningful(fold(t)),
        few: None,
        many: None,
    },
];

/// A row of `ident.guard`.
struct Row {
    guard: Guard,
    field: &'static str,
    value: String,
    records: u64,
    people: u64,
}

/// `ident.guard_contact`: `guard`, `field`, `value`, `records`, `people`, a row for each value a
/// guard stands before. `found`: the records with their profiles, by record, as `records` are.
///
/// # Errors
/// A missing column.
pub fn contact_guards(records: &Frame, found: &Frame) -> Result<Frame, IdentityError> {
    let profiles = ints(found, "profile_id")?;
    let source = texts(records, "source")?;
    let mut rows = Vec::new();
    for kind in &KINDS {
        let mut columns = Vec::new();
        for column in kind.columns {
            columns.push(texts(records, column)?);
        }
        rows.extend(of_kind(kind, &columns, (source, profiles)));
    }
    rows.sort_by(|x, y| {
        let place = |r: &Row| (r.guard, std::cmp::Reverse((r.people, r.records)), r.field);
        place(x).cmp(&place(y)).then_with(|| x.value.cmp(&y.value))
    });
    let text =
        |of: &dyn Fn(&Row) -> String| Column::Text(rows.iter().map(|r| Some(of(r))).collect());
    let int =
        |of: fn(&Row) -> u64| Column::Int(rows.iter().map(|r| Some(of(r).cast_signed())).collect());
    Ok(Frame::default()
        .with("guard", text(&|r| r.guard.key().to_owned()))
        .with("field", text(&|r| r.field.to_owned()))
        .with("value", text(&|r| r.value.clone()))
        .with("records", int(|r| r.records))
        .with("people", int(|r| r.people)))
}

fn of_kind(
    kind: &Kind,
    columns: &[&Texts],
    (source, profiles): (&Texts, &[Option<i64>]),
) -> Vec<Row> {
    // Raw texts are read once each: (usable, the value's number).
    let mut raw: HashMap<&str, u32> = HashMap::new();
    let mut number: HashMap<(bool, String), u32> = HashMap::new();
    let mut held: Vec<(u32, u32)> = Vec::new();
    for cells in columns {
        for (row, cell) in cells.iter().enumerate() {
            let Some(text) = cell.map(str::trim).filter(|t| !t.is_empty()) else {
                continue;
            };
            let value = *raw.entry(text).or_insert_with(|| {
                let read = (kind.read)(text);
                let key = (read.is_some(), read.unwrap_or_else(|| text.to_lowercase()));
                let next = number.len() as u32;
                *number.entry(key).or_insert(next)
            });
            held.push((value, row as u32));
        }
    }
    held.sort_unstable();
    held.dedup();
    let names: BTreeMap<u32, (bool, String)> = number.into_iter().map(|(k, n)| (n, k)).collect();
    let of = |group: &[(u32, u32)]| {
        let (usable, value) = names.get(&group[0].0)?;
        let people: BTreeSet<i64> =
            group.iter().filter_map(|g| profiles.get(g.1 as usize).copied().flatten()).collect();
        let sources: BTreeSet<Option<&str>> =
            group.iter().map(|g| source.get(g.1 as usize)).collect();
        let role = kind.field == "email" && Email::read(value).is_some_and(|e| e.is_role());
        let guard = match people.len() {
            _ if !usable => Some(Guard::Placeholder),
            n if n > MOST_PEOPLE || (role && group.len() > 1) => kind.many,
            0 | 1 => None,
            // Two systems may number their people independently: that is no shared id.
            _ if kind.few == Some(Guard::SharedId) && sources.len() == group.len() => None,
            _ => kind.few,
        }?;
        let (records, people) = (group.len() as u64, people.len() as u64);
        Some(Row { guard, field: kind.field, value: value.clone(), records, people })
    };
    held.chunk_by(|x, y| x.0 == y.0).filter_map(of).collect()
}

/// Findings by guard, from the rows of `ident.guard`; guards that found nothing are left out.
///
/// # Errors
/// A missing column.
pub fn guard_findings(rows: &Frame) -> Result<Vec<GuardFinding>, IdentityError> {
    let (guard, value) = (texts(rows, "guard")?, texts(rows, "value")?);
    let (records, people) = (ints(rows, "records")?, ints(rows, "people")?);
    let mut all: BTreeMap<Guard, GuardFinding> = BTreeMap::new();
    for row in 0..rows.rows() {
        let Some(guard) = guard.get(row).and_then(Guard::of_key) else { continue };
        let count = |v: &[Option<i64>]| v[row].unwrap_or_default().unsigned_abs();
        let none = GuardFinding { guard, values: 0, records: 0, most_people: 0, examples: vec![] };
        let finding = all.entry(guard).or_insert(none);
        finding.values += 1;
        finding.records += count(records);
        finding.most_people = finding.most_people.max(count(people));
        if finding.examples.len() < EXAMPLES {
            finding.examples.extend(value.get(row).map(str::to_owned));
        }
    }
    Ok(all.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Contact = (&'static str, &'static str, i64);

    fn guards(rows: &[Contact]) -> Vec<(Guard, String, u64, u64)> {
        let n = rows.len();
        let none = || Column::Text(vec![None::<&str>; n].into());
        let column = |of: fn(&Contact) -> &'static str| {
            Column::Text(rows.iter().map(|r| Some(of(r).to_owned())).collect())
        };
        let records = Frame::default()
            .with("source", Column::Text(vec![Some("crm"); n].into()))
            .with("email", column(|r| r.0))
            .with("phone", column(|r| r.1))
            .with("email_alt", none())
            .with("phone_alt", none())
            .with("user_id", none())
            .with("loyalty_id", none())
            .with("given_name", none())
            .with("family_name", none());
        let found = Frame::default()
            .with("profile_id", Column::Int(rows.iter().map(|r| Some(r.2)).collect()));
        let frame = contact_guards(&records, &found).unwrap();
        let findings = guard_findings(&frame).unwrap();
        let first = |f: GuardFinding| (f.guard, f.examples[0].clone(), f.values, f.records);
        findings.into_iter().map(first).collect()
    }

    #[test]
    fn each_guard_names_what_it_kept_apart() {
        let mut rows: Vec<Contact> = vec![
            ("lee@home.org", "+41441234500", 1),
            ("Lee@home.org ", "", 2),
            ("info@shop.org", "", 3),
            ("info@shop.org", "", 3),
            ("test@test.com", "000-000", 4),
            ("n/a", "unknown", 5),
            ("own@home.org", "", 6),
            ("own@home.org", "", 6),
        ];
        rows.extend((10..17).map(|i| ("", "030 5550017 22", i)));
        let found = guards(&rows);
        let of = |g: Guard| found.iter().find(|f| f.0 == g).cloned();
        let some = |g, value: &str, values, records| Some((g, value.to_owned(), values, records));
        assert_eq!(of(Guard::SharedMailbox), some(Guard::SharedMailbox, "lee@home.org", 1, 2));
        assert_eq!(of(Guard::OfficeMailbox), some(Guard::OfficeMailbox, "info@shop.org", 1, 2));
        assert_eq!(of(Guard::Switchboard), some(Guard::Switchboard, "30555001722", 1, 7));
        assert_eq!(of(Guard::Placeholder).map(|f| (f.2, f.3)), Some((4, 4)));
        assert_eq!(found.len(), 4);
    }
}
