//! Two records compared once, into a pattern of levels.
//!
//! Address fields form a chain from the most telling to the least: when the street agrees, the
//! postcode and city say nothing new and count as missing; when the postcode agrees, neither
//! does the city. So an agreement or a move counts once, not four times.

use crate::contact::Email;
use crate::levels::Pattern;
use crate::names::{Alike, winkler, within};
use crate::records::{Birth, Contacts, MISSING, Plain, Records, ValueId, Values};
use kith_model::identity::{IdentityParams, MatchField, MatchScope};

/// Compares the records of one run.
pub(crate) struct Comparer<'a> {
    records: &'a Records,
    on: [bool; crate::levels::FIELDS],
    scope: MatchScope,
}

impl<'a> Comparer<'a> {
    /// Over the fields chosen in `params`.
    pub fn new(records: &'a Records, params: &IdentityParams) -> Self {
        let on = MatchField::ALL.map(|f| params.fields.contains(&f));
        Self { records, on, scope: params.scope }
    }

    /// True when the scope lets records `a` and `b` be one person.
    pub fn may_meet(&self, a: usize, b: usize) -> bool {
        let one_source = self.records.source[a] == self.records.source[b];
        match self.scope {
            MatchScope::Both => true,
            MatchScope::Link => !one_source,
            MatchScope::Dedupe => one_source,
        }
    }

    fn on(&self, field: MatchField) -> bool {
        self.on[field as usize]
    }

    /// The levels of records `a` and `b`.
    pub fn compare(&self, a: usize, b: usize) -> Pattern {
        let r = self.records;
        let mut pattern = Pattern::default();
        self.names(a, b, &mut pattern);
        let mut put = |field, level| {
            if self.on(field) {
                pattern.set(field, level);
            }
        };
        put(MatchField::BirthDate, birth(&r.birth, a, b));
        put(MatchField::Email, emails(&r.email, a, b));
        put(MatchField::Phone, phones(&r.phone, a, b));
        put(MatchField::Company, companies(&r.company, a, b));
        put(MatchField::Identifier, identifier(r, a, b));
        self.address(a, b, &mut pattern);
        pattern
    }

    /// Given and family name together: when they are swapped, the given name says so and the
    /// family name nothing.
    fn names(&self, a: usize, b: usize, pattern: &mut Pattern) {
        let r = self.records;
        let on = (self.on(MatchField::GivenName), self.on(MatchField::FamilyName));
        let (given, family) = (given_alike(r, a, b), family_alike(r, a, b));
        let namesakes = other_generation(r, a, b);
        if on == (true, true) && !namesakes && !straight(given, family) && swapped(r, a, b) {
            pattern.set(MatchField::GivenName, 2);
            return;
        }
        if on.0 {
            let level = if namesakes { 7 } else { given_level(given) };
            pattern.set(MatchField::GivenName, level);
        }
        if on.1 {
            pattern.set(MatchField::FamilyName, family_level(family));
        }
    }

    fn address(&self, a: usize, b: usize, pattern: &mut Pattern) {
        let r = self.records;
        if self.on(MatchField::Street) {
            let level = street(r, a, b);
            pattern.set(MatchField::Street, level);
            if level == 1 || level == 2 {
                return;
            }
        }
        if self.on(MatchField::Postcode) {
            let level = postcode(&r.postcode, a, b);
            pattern.set(MatchField::Postcode, level);
            if level == 1 {
                return;
            }
        }
        if self.on(MatchField::City) {
            let level = city(&r.city, a, b);
            pattern.set(MatchField::City, level);
            if level == 1 {
                return;
            }
        }
        if self.on(MatchField::Country) {
            pattern.set(MatchField::Country, exact_or(&r.country, a, b, |_, _| 2));
        }
    }
}

/// 0 when a value is missing, 1 when both are the same, else what `differ` says.
fn exact_or<V>(
    values: &Values<V>,
    a: usize,
    b: usize,
    differ: impl FnOnce(&V, &V) -> usize,
) -> usize {
    match (values.of[a], values.of[b]) {
        (MISSING, _) | (_, MISSING) => 0,
        (x, y) if x == y => 1,
        (x, y) => differ(&values.value[x as usize], &values.value[y as usize]),
    }
}

/// True when the names agree as they stand, so that nobody need ask whether they are swapped.
fn straight(given: Alike, family: Alike) -> bool {
    given <= Alike::Part && family <= Alike::Part
        || given <= Alike::Close && family == Alike::Unknown
        || family <= Alike::Close && given == Alike::Unknown
}

/// True when both records say which namesake they are, and say different things.
pub(crate) fn other_generation(r: &Records, a: usize, b: usize) -> bool {
    let (x, y) = (r.generation[a], r.generation[b]);
    x != 0 && y != 0 && x != y
}

/// True when the given name of each record is the family name of the other, slips allowed on one
/// side; or when a record's only name stands in the other place.
pub(crate) fn swapped(r: &Records, a: usize, b: usize) -> bool {
    let across = |x: ValueId, y: ValueId, as_given| match (x, y) {
        (MISSING, _) | (_, MISSING) => None,
        (x, y) => Some(alike(r, x, y, as_given)),
    };
    let one = across(r.given[a], r.family[b], false);
    let two = across(r.family[a], r.given[b], true);
    let good = |alike: Option<Alike>| alike.is_some_and(|a| a <= Alike::Close);
    match (one, two) {
        (Some(x), Some(y)) => x.min(y) <= Alike::Close && x.max(y) <= Alike::Similar,
        // Only one name on either side, in the wrong place.
        (Some(_), None) => good(one),
        (None, Some(_)) => good(two),
        (None, None) => false,
    }
}

fn alike(r: &Records, a: ValueId, b: ValueId, as_given: bool) -> Alike {
    if a == b {
        return Alike::Exact;
    }
    let (a, b) = (a as usize, b as usize);
    r.names[a].alike(&r.names[b], as_given, (r.bearers[a], r.bearers[b]))
}

/// How the given names of two records compare; unknown when one is missing.
pub(crate) fn given_alike(r: &Records, a: usize, b: usize) -> Alike {
    match (r.given[a], r.given[b]) {
        (MISSING, _) | (_, MISSING) => Alike::Unknown,
        (x, y) => alike(r, x, y, true),
    }
}

/// How the family names of two records compare; unknown when one is missing.
pub(crate) fn family_alike(r: &Records, a: usize, b: usize) -> Alike {
    match (r.family[a], r.family[b]) {
        (MISSING, _) | (_, MISSING) => Alike::Unknown,
        (x, y) => alike(r, x, y, false),
    }
}

fn given_level(alike: Alike) -> usize {
    match alike {
        Alike::Exact => 1,
        Alike::Nickname => 3,
        Alike::Close => 4,
        Alike::Part => 5,
        Alike::Similar => 6,
        Alike::Different => 7,
        Alike::Unknown => 0,
    }
}

fn family_level(alike: Alike) -> usize {
    match alike {
        Alike::Exact => 1,
        Alike::Close => 2,
        Alike::Part | Alike::Nickname => 3,
        Alike::Similar => 4,
        Alike::Different => 5,
        Alike::Unknown => 0,
    }
}

/// The level of two birth dates.
pub(crate) fn birth(values: &Values<Birth>, a: usize, b: usize) -> usize {
    exact_or(values, a, b, |x, y| {
        if x.year == y.year && x.month == y.day && x.day == y.month {
            return 2;
        }
        if one_digit(x.digits(), y.digits()) {
            return 3;
        }
        let same_year = x.year == y.year;
        if same_year && (x.month == y.month || x.day == y.day) {
            4
        } else if same_year {
            BIRTH_SAME_YEAR
        } else {
            6
        }
    })
}

/// The first level of birth dates that speaks against one person.
pub(crate) const BIRTH_SAME_YEAR: usize = 5;

/// One digit differs, or two neighbouring digits are swapped.
fn one_digit(a: [u8; 8], b: [u8; 8]) -> bool {
    let differ = |i: &usize| a[*i] != b[*i];
    let Some(first) = (0..8).find(differ) else { return false };
    match (first + 1..8).filter(differ).collect::<Vec<_>>()[..] {
        [] => true,
        [next] => next == first + 1 && (a[first], a[next]) == (b[next], b[first]),
        _ => false,
    }
}

/// Shortest number of which two slips may be the same number.
const LONG_NUMBER: usize = 7;

/// The level of two identifying numbers, where both sources number people alike.
fn identifier(r: &Records, a: usize, b: usize) -> usize {
    if !r.one_numbering(a, b) {
        return 0;
    }
    exact_or(&r.loyalty, a, b, |x, y| {
        let (x, y) = (x.as_bytes(), y.as_bytes());
        let short = x.len().min(y.len());
        if short < 4 || !within(x, y, 2) {
            5
        } else if x.len() == y.len() && swapped_neighbours(x, y) {
            2
        } else if within(x, y, 1) {
            3
        } else if short >= LONG_NUMBER {
            4
        } else {
            5
        }
    })
}

/// True when two texts of one length differ by two neighbours in the other order.
fn swapped_neighbours(a: &[u8], b: &[u8]) -> bool {
    let Some(at) = a.iter().zip(b).position(|(x, y)| x != y) else { return false };
    at + 1 < a.len() && a[at] == b[at + 1] && a[at + 1] == b[at] && a[at + 2..] == b[at + 2..]
}

/// The best level over the (at most four) combinations of two records' contacts.
fn best<V>(contacts: &Contacts<V>, a: usize, b: usize, differ: impl Fn(&V, &V) -> usize) -> usize {
    let mut found = usize::MAX;
    for &x in &contacts.of[a] {
        for &y in &contacts.of[b] {
            let level = match (x, y) {
                (MISSING, _) | (_, MISSING) => continue,
                (x, y) if x == y => 1,
                (x, y) => differ(&contacts.value[x as usize], &contacts.value[y as usize]),
            };
            found = found.min(level);
        }
    }
    if found == usize::MAX { 0 } else { found }
}

fn emails(contacts: &Contacts<Email>, a: usize, b: usize) -> usize {
    best(contacts, a, b, |x, y| {
        if x.local == y.local {
            return if x.local.len() >= 5 && !x.is_role() { 2 } else { 4 };
        }
        let long = x.local.len().min(y.local.len()) >= 6;
        let close = long
            && x.domain == y.domain
            && within(x.local.as_bytes(), y.local.as_bytes(), 2)
            && x.local
                .bytes()
                .filter(u8::is_ascii_digit)
                .eq(y.local.bytes().filter(u8::is_ascii_digit));
        if close { 3 } else { 4 }
    })
}

/// One slip counts, but not in the last digit: neighbouring numbers go to members of one family.
fn phones(contacts: &Contacts<String>, a: usize, b: usize) -> usize {
    best(contacts, a, b, |x, y| {
        let (x, y) = (x.as_bytes(), y.as_bytes());
        let neighbours = x.len() == y.len() && x[..x.len() - 1] == y[..y.len() - 1];
        if !neighbours && within(x, y, 1) { 2 } else { 3 }
    })
}

fn street(r: &Records, a: usize, b: usize) -> usize {
    exact_or(&r.street, a, b, |x, y| {
        let begins = |long: &str, short: &str| {
            long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' '))
        };
        // An address in one line goes on with postcode and city.
        let in_one_line = begins(&x.name, &y.name) || begins(&y.name, &x.name);
        let same_name = x.name == y.name || in_one_line || winkler(&x.name, &y.name, 0.88) > 0.0;
        match (x.number == y.number, same_name) {
            (true, true) => 2,
            (false, true) if !x.name.is_empty() => 3,
            _ if x.opaque != y.opaque => 0,
            _ => 4,
        }
    })
}

fn postcode(values: &Values<Plain>, a: usize, b: usize) -> usize {
    exact_or(values, a, b, |x, y| {
        let (x, y) = (x.text.as_bytes(), y.text.as_bytes());
        if x.len() >= 4 && within(x, y, 1) {
            2
        } else if x.len() >= 4 && y.len() >= 4 && x[..3] == y[..3] {
            3
        } else {
            4
        }
    })
}

fn city(values: &Values<Plain>, a: usize, b: usize) -> usize {
    exact_or(values, a, b, |x, y| {
        let apart = (x.letters ^ y.letters).count_ones();
        if apart <= 6 && winkler(&x.text, &y.text, 0.90) > 0.0 {
            2
        } else if x.opaque != y.opaque {
            0
        } else {
            3
        }
    })
}

fn companies(values: &Values<Plain>, a: usize, b: usize) -> usize {
    exact_or(values, a, b, |x, y| {
        let short = x.text.len().min(y.text.len());
        let part = short >= 4 && (x.text.starts_with(&y.text) || y.text.starts_with(&x.text));
        let apart = (x.letters ^ y.letters).count_ones();
        if part || apart <= 6 && winkler(&x.text, &y.text, 0.90) > 0.0 { 2 } else { 3 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Birth {
        Birth { year, month, day }
    }

    fn births(x: Birth, y: Birth) -> usize {
        birth(&Values { value: vec![x, y], of: vec![0, 1] }, 0, 1)
    }

    #[test]
    fn dates_are_graded_by_what_slipped() {
        let of = day(1984, 3, 12);
        assert_eq!(births(of, day(1984, 12, 3)), 2);
        assert_eq!(births(of, day(1948, 3, 12)), 3);
        assert_eq!(births(of, day(1984, 3, 22)), 3);
        assert_eq!(births(of, day(1984, 3, 30)), 4);
        assert_eq!(births(of, day(1984, 10, 30)), BIRTH_SAME_YEAR);
        assert_eq!(births(of, day(1991, 3, 12)), 6);
    }

    #[test]
    fn swapped_neighbours_are_no_two_slips() {
        assert!(swapped_neighbours(b"7516382", b"7561382"));
        assert!(!swapped_neighbours(b"7516382", b"7516382"));
        assert!(!swapped_neighbours(b"7516382", b"7561383"));
    }
}
