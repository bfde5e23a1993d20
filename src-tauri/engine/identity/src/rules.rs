//! The built-in blocking rules: what makes two records worth comparing.
//!
//! Telling rules run whatever they yield, up to the budget. Loose ones, on a single field or on
//! parts of fields, catch pairs with slips in many fields at once; only their rarest keys are
//! used, as many as a share of the budget allows.

use crate::entries::words;
use crate::fold::{OPAQUE, hash, key};
use crate::frequency::column;
use crate::nickname::Group;
use crate::records::{MISSING, Records, ValueId};
use kith_model::identity::MatchField;
use std::ops::Range;

use MatchField as F;

/// A way to make keys.
pub(crate) struct Rule {
    /// As shown.
    pub name: &'static str,
    /// Fields that must be chosen.
    pub needs: &'static [MatchField],
    /// Adds a record's keys.
    pub keys: fn(&Records, usize, &mut Vec<u64>),
    /// As [`words`], for many records: `keys` is built into it.
    pub words: fn(&Records, Range<usize>, &mut Vec<u64>),
}

/// A rule by its name, its fields and what adds a record's keys.
macro_rules! rule {
    ($name:literal, [$($field:ident),+], $keys:ident) => {
        Rule {
            name: $name,
            needs: &[$(F::$field),+],
            keys: $keys,
            words: |r, records, found| words(records, |i, keys| $keys(r, i, keys), found),
        }
    };
}

impl Rule {
    /// Whether it rests on contacts (else on names, birth date and address).
    pub fn by_contact(&self) -> bool {
        matches!(self.needs, [F::Email] | [F::Phone] | [F::Identifier])
    }
}

/// The rules that always run, the most telling first.
pub(crate) const RULES: &[Rule] = &[
    rule!("e-mail", [Email], by_email),
    rule!("phone", [Phone], by_phone),
    rule!("identifying number", [Identifier], by_identifier),
    rule!("e-mail name", [Email], by_local),
    rule!("family name + birth date", [FamilyName, BirthDate], by_family_birth),
    rule!("given name or nickname + family name", [GivenName, FamilyName], by_name),
    rule!("given initial + birth date", [GivenName, BirthDate], by_initial_birth),
    rule!("postcode + birth date", [Postcode, BirthDate], by_postcode_birth),
    rule!("family name + postcode", [FamilyName, Postcode], by_family_postcode),
    rule!("given name + postcode", [GivenName, Postcode], by_given_postcode),
    rule!("given initial + street", [GivenName, Street], by_initial_street),
    rule!("sound of the family name + given name", [GivenName, FamilyName], by_sound),
    rule!("street + postcode or city", [Street], by_street_place),
    rule!("street + birth date", [Street, BirthDate], by_street_birth),
    rule!("city + birth date", [City, BirthDate], by_city_birth),
    rule!("company", [Company], by_company),
];

/// The rules of which only the rarest keys are used, the most telling first.
pub(crate) const LOOSE: &[Rule] = &[
    rule!("birth date", [BirthDate], by_birth),
    rule!("given initial + family name", [GivenName, FamilyName], by_initial_family),
    rule!("e-mail without digits", [Email], by_letters),
    rule!("family name + city", [FamilyName, City], by_family_city),
    rule!("given name + city", [GivenName, City], by_given_city),
    rule!("given name + birth year", [GivenName, BirthDate], by_given_year),
    rule!("family name + birth year", [FamilyName, BirthDate], by_family_year),
    rule!("number less one digit", [Identifier], by_slipped_number),
    rule!("family name", [FamilyName], by_family),
    rule!("street", [Street], by_street),
    rule!("a word of the company", [Company], by_word),
];

/// Adds the key of two value numbers when both are there.
fn both(keys: &mut Vec<u64>, a: ValueId, b: ValueId) {
    if a != MISSING && b != MISSING {
        keys.push(key(u64::from(a), u64::from(b)));
    }
}

fn one(keys: &mut Vec<u64>, value: ValueId) {
    if value != MISSING {
        keys.push(u64::from(value));
    }
}

/// First letter of the given name, as a number.
fn initial(r: &Records, record: usize) -> ValueId {
    let name = r.given(record).filter(|n| n.name.scripts & OPAQUE == 0);
    name.and_then(|n| n.name.text.bytes().next()).map_or(MISSING, ValueId::from)
}

fn by_email(r: &Records, record: usize, keys: &mut Vec<u64>) {
    keys.extend(r.email.of[record].iter().filter(|v| **v != MISSING).map(|&v| u64::from(v)));
}

fn by_phone(r: &Records, record: usize, keys: &mut Vec<u64>) {
    keys.extend(r.phone.of[record].iter().filter(|v| **v != MISSING).map(|&v| u64::from(v)));
}

fn by_identifier(r: &Records, record: usize, keys: &mut Vec<u64>) {
    keys.extend(Some(r.loyalty.of[record]).filter(|v| *v != MISSING).map(u64::from));
}

fn by_local(r: &Records, record: usize, keys: &mut Vec<u64>) {
    let filled = r.email.of[record].iter().filter(|v| **v != MISSING);
    keys.extend(filled.filter_map(|&v| r.email.value[v as usize].local_key()));
}

fn by_family_birth(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.family[record], r.birth.of[record]);
}

/// The name as written, whichever way round, and once for each nickname group.
fn by_name(r: &Records, record: usize, keys: &mut Vec<u64>) {
    let (given, family) = (r.given[record], r.family[record]);
    if given == MISSING || family == MISSING {
        return;
    }
    both(keys, given.min(family), given.max(family));
    for &group in r.names[given as usize].groups {
        keys.push(nick(group, family));
    }
}

fn nick(group: Group, family: ValueId) -> u64 {
    key(u64::from(group) | 1 << 40, u64::from(family))
}

fn by_initial_birth(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, initial(r, record), r.birth.of[record]);
}

fn by_postcode_birth(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.postcode.of[record], r.birth.of[record]);
}

fn by_family_postcode(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.family[record], r.postcode.of[record]);
}

fn by_given_postcode(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.given[record], r.postcode.of[record]);
}

fn by_initial_street(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, initial(r, record), r.street.of[record]);
}

fn by_street_place(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.street.of[record], r.postcode.of[record]);
    let named = keys.len();
    both(keys, r.street.of[record], r.city.of[record]);
    // A city's number may equal a postcode's.
    keys[named..].iter_mut().for_each(|k| *k = !*k);
}

fn by_street_birth(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.street.of[record], r.birth.of[record]);
}

fn by_city_birth(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.city.of[record], r.birth.of[record]);
}

/// The company where nobody's name stands: its first word with the city, and the whole of it.
fn by_company(r: &Records, record: usize, keys: &mut Vec<u64>) {
    if r.given[record] != MISSING || r.family[record] != MISSING {
        return;
    }
    let Some(company) = r.company.get(record) else { return };
    keys.push(u64::from(r.company.of[record]));
    let word = company.text.split(' ').next().unwrap_or_default();
    if r.city.of[record] != MISSING && word.len() >= 3 {
        keys.push(key(hash(word.as_bytes()), u64::from(r.city.of[record])));
    }
}

fn by_sound(r: &Records, record: usize, keys: &mut Vec<u64>) {
    let (Some(given), Some(family)) = (r.given(record), r.family(record)) else { return };
    keys.push(key(family.sound, given.hash));
    keys.extend(given.groups.iter().map(|&g| key(family.sound, u64::from(g) | 1 << 40)));
}

fn by_birth(r: &Records, record: usize, keys: &mut Vec<u64>) {
    one(keys, r.birth.of[record]);
}

fn by_family(r: &Records, record: usize, keys: &mut Vec<u64>) {
    one(keys, r.family[record]);
    // A name in the wrong place.
    one(keys, r.given[record]);
}

fn by_street(r: &Records, record: usize, keys: &mut Vec<u64>) {
    one(keys, r.street.of[record]);
}

fn by_initial_family(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, initial(r, record), r.family[record]);
}

fn by_letters(r: &Records, record: usize, keys: &mut Vec<u64>) {
    let filled = r.email.of[record].iter().filter(|v| **v != MISSING);
    keys.extend(filled.filter_map(|&v| r.email.value[v as usize].letters_key()));
}

fn by_family_city(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.family[record], r.city.of[record]);
}

fn by_given_city(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.given[record], r.city.of[record]);
}

fn year(r: &Records, record: usize) -> ValueId {
    r.birth.get(record).map_or(MISSING, |b| b.year as ValueId)
}

fn by_given_year(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.given[record], year(r, record));
}

fn by_family_year(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.family[record], year(r, record));
}

/// The number with each of its characters left out: two numbers one slip apart share such a key.
fn by_slipped_number(r: &Records, record: usize, keys: &mut Vec<u64>) {
    let Some(number) = r.loyalty.get(record).map(String::as_bytes) else { return };
    if (5..=20).contains(&number.len()) {
        keys.extend((0..number.len()).map(|at| hash(&[&number[..at], &number[at + 1..]].concat())));
    }
}

/// Each longer word of the company where nobody's name stands.
fn by_word(r: &Records, record: usize, keys: &mut Vec<u64>) {
    if r.given[record] != MISSING || r.family[record] != MISSING {
        return;
    }
    let Some(company) = r.company.get(record) else { return };
    let words = company.text.split(' ').filter(|w| w.len() >= 4);
    keys.extend(words.map(|w| hash(w.as_bytes())));
}

/// The keys of a rule of the user's own: every field agrees exactly.
pub(crate) fn own_keys(fields: &[MatchField], r: &Records, record: usize, keys: &mut Vec<u64>) {
    let start = keys.len();
    keys.push(0);
    for &field in fields {
        let values: [ValueId; 2] = match (field, column(r, field)) {
            (F::Email, _) => r.email.of[record],
            (F::Phone, _) => r.phone.of[record],
            (_, Some((of, _))) => [of[record], MISSING],
            (_, None) => [MISSING; 2],
        };
        let so_far = keys.split_off(start);
        for &v in values.iter().filter(|v| **v != MISSING) {
            keys.extend(so_far.iter().map(|&k| key(k, u64::from(v))));
        }
    }
}
