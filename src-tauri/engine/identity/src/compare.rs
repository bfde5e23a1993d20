//! Two records compared once, into a pattern of levels.
//!
//! Address fields form a chain from the most telling to the least: when the street agrees, the
//! postcode, location and city say nothing new and count as missing; when the postcode agrees,
//! or both places are known on the map, neither does the city. So an agreement or a move counts
//! once, not five times.

use crate::grade::{
    STREET_AGREES, birth_level, city, company, emails, number, phones, postcode, street,
};
use crate::levels::Pattern;
use crate::names::Alike;
use crate::packed::{Layout, Packed};
use crate::records::{Birth, MISSING, Plain, Records, ValueId, Values};
use kith_model::identity::{IdentityParams, MatchField, MatchScope};
use std::sync::Arc;

/// Compares the records of one run.
pub(crate) struct Comparer<'a> {
    records: &'a Records,
    layout: Arc<Layout>,
    on: [bool; crate::levels::FIELDS],
    scope: MatchScope,
}

impl<'a> Comparer<'a> {
    /// Over the fields chosen in `params`.
    pub fn new(records: &'a Records, params: &IdentityParams) -> Self {
        Self::over(records, Arc::new(Layout::new(records)), params)
    }

    /// As [`Self::new`], with the layout of the same records.
    pub fn over(records: &'a Records, layout: Arc<Layout>, params: &IdentityParams) -> Self {
        let on = MatchField::ALL.map(|f| params.fields.contains(&f));
        Self { records, layout, on, scope: params.scope }
    }

    /// The records laid out, for another comparer of the same.
    pub fn layout(&self) -> Arc<Layout> {
        Arc::clone(&self.layout)
    }

    /// Reads `records`, so that they come from memory all at once.
    pub fn fetch(&self, records: impl Iterator<Item = usize>) {
        std::hint::black_box(records.fold(0, |sum, i| sum ^ self.layout.records[i].given));
    }

    /// True when the scope lets records `a` and `b` be one person.
    pub fn may_meet(&self, a: usize, b: usize) -> bool {
        let source = |i: usize| self.layout.records[i].source;
        let one_source = || source(a) == source(b);
        match self.scope {
            MatchScope::Both => true,
            MatchScope::Link => !one_source(),
            MatchScope::Dedupe => one_source(),
        }
    }

    fn on(&self, field: MatchField) -> bool {
        self.on[field as usize]
    }

    /// The levels of records `a` and `b`.
    pub fn compare(&self, at_a: usize, at_b: usize) -> Pattern {
        let (a, b) = (&self.layout.records[at_a], &self.layout.records[at_b]);
        let r = self.records;
        let mut pattern = Pattern::default();
        self.names(a, b, &mut pattern);
        self.put(MatchField::BirthDate, &mut pattern, || birth_level(a.birth, b.birth));
        self.put(MatchField::Email, &mut pattern, || emails(&r.email, a, b));
        self.put(MatchField::Phone, &mut pattern, || phones(&r.phone, a, b));
        let companies = || exact_or((a.company, b.company), &r.company, company);
        self.put(MatchField::Company, &mut pattern, companies);
        self.put(MatchField::Identifier, &mut pattern, || self.identifier(a, b));
        let apart = || self.layout.apart(&self.records.place.of, at_a, at_b);
        self.address((a, b), apart, &mut pattern);
        pattern
    }

    fn put(&self, field: MatchField, pattern: &mut Pattern, level: impl FnOnce() -> usize) {
        if self.on(field) {
            pattern.set(field, level());
        }
    }

    /// Given and family name together: when they are swapped, the family name says so and the
    /// given name nothing.
    fn names(&self, a: &Packed, b: &Packed, pattern: &mut Pattern) {
        let on = (self.on(MatchField::GivenName), self.on(MatchField::FamilyName));
        let alike = |x, y, as_given| self.alike(x, y, as_given);
        let (given, family) = (alike(a.given, b.given, true), alike(a.family, b.family, false));
        let namesakes = namesakes(a.generation, b.generation);
        if on == (true, true) && !namesakes && !straight(given, family) {
            let across = [alike(a.given, b.family, false), alike(a.family, b.given, true)];
            let there = [(a.given, b.family), (a.family, b.given)].map(are_there);
            if is_swapped(across, there) {
                pattern.set(MatchField::FamilyName, SWAPPED);
                return;
            }
        }
        if on.0 {
            let level = if namesakes { 7 } else { given_level(given) };
            pattern.set(MatchField::GivenName, level);
        }
        if on.1 {
            pattern.set(MatchField::FamilyName, family_level(family));
        }
    }

    fn alike(&self, a: ValueId, b: ValueId, as_given: bool) -> Alike {
        if !are_there((a, b)) {
            return Alike::Unknown;
        }
        if a == b {
            return Alike::Exact;
        }
        let sketched = self.layout.names(a, b, as_given);
        sketched.unwrap_or_else(|| alike(self.records, a, b, as_given))
    }

    /// `apart` is the level of the two places on the map.
    fn address(
        &self,
        (a, b): (&Packed, &Packed),
        apart: impl FnOnce() -> usize,
        pattern: &mut Pattern,
    ) {
        let r = self.records;
        if self.on(MatchField::Street) {
            let read = || exact_or((a.street, b.street), &r.street, street);
            let level = if are_there((a.street, b.street)) && a.street != b.street {
                self.layout.streets(a.street, b.street).unwrap_or_else(read)
            } else {
                read()
            };
            pattern.set(MatchField::Street, level);
            if STREET_AGREES.contains(&level) {
                return;
            }
        }
        if self.on(MatchField::Postcode) {
            let codes = |x: &Plain, y: &Plain| postcode(x.text.as_bytes(), y.text.as_bytes());
            let level = match (a.postcode, b.postcode) {
                (MISSING, _) | (_, MISSING) => 0,
                (x, y) if x == y => 1,
                (x, y) => match self.layout.postcodes(x, y) {
                    Some([x, y]) => postcode(x, y),
                    None => exact_or((x, y), &r.postcode, codes),
                },
            };
            pattern.set(MatchField::Postcode, level);
            if level == 1 {
                return;
            }
        }
        if self.on(MatchField::Location) {
            let level = apart();
            pattern.set(MatchField::Location, level);
            if level != 0 {
                return;
            }
        }
        if self.on(MatchField::City) {
            let level = exact_or((a.city, b.city), &r.city, city);
            pattern.set(MatchField::City, level);
            if level == 1 {
                return;
            }
        }
        if self.on(MatchField::Country) {
            let level = exact_or((a.country, b.country), &r.country, |_, _| 2);
            pattern.set(MatchField::Country, level);
        }
    }

    /// The level of two identifying numbers, where both sources number people alike.
    fn identifier(&self, a: &Packed, b: &Packed) -> usize {
        let numbers = (a.number, b.number);
        if !are_there(numbers) || !self.records.one_numbering(a.source, b.source) {
            return 0;
        }
        exact_or(numbers, &self.records.loyalty, |x, y| number(x.as_bytes(), y.as_bytes()))
    }
}

fn are_there((a, b): (ValueId, ValueId)) -> bool {
    a != MISSING && b != MISSING
}

/// 0 when a value is missing, 1 when both are the same, else what `differ` says.
fn exact_or<V>(
    pair: (ValueId, ValueId),
    values: &Values<V>,
    differ: impl FnOnce(&V, &V) -> usize,
) -> usize {
    match pair {
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
    namesakes(r.generation[a], r.generation[b])
}

fn namesakes(x: u8, y: u8) -> bool {
    x != 0 && y != 0 && x != y
}

/// True when the given name of each record is the family name of the other, slips allowed on one
/// side; or when a record's only name stands in the other place.
pub(crate) fn swapped(r: &Records, a: usize, b: usize) -> bool {
    let pairs = [(r.given[a], r.family[b]), (r.family[a], r.given[b])];
    let there = pairs.map(are_there);
    let across = [0, 1]
        .map(|i| if there[i] { alike(r, pairs[i].0, pairs[i].1, i == 1) } else { Alike::Unknown });
    is_swapped(across, there)
}

/// As [`swapped`], by how the names compare crosswise, and which of the two pairs are there.
fn is_swapped(across: [Alike; 2], there: [bool; 2]) -> bool {
    let [x, y] = across;
    match there {
        [true, true] => x.min(y) <= Alike::Close && x.max(y) <= Alike::Similar,
        // Only one name on either side, in the wrong place.
        [true, false] => x <= Alike::Close,
        [false, true] => y <= Alike::Close,
        [false, false] => false,
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

/// Level of a family name that is swapped with the given name: it speaks for both.
pub(crate) const SWAPPED: usize = 2;

fn given_level(alike: Alike) -> usize {
    match alike {
        Alike::Exact => 1,
        Alike::Nickname => 2,
        Alike::Close => 3,
        Alike::Sound => 4,
        Alike::Part => 5,
        Alike::Similar => 6,
        Alike::Different => 7,
        Alike::Unknown => 0,
    }
}

fn family_level(alike: Alike) -> usize {
    match alike {
        Alike::Exact => 1,
        Alike::Close => 3,
        Alike::Sound => 4,
        Alike::Part | Alike::Nickname => 5,
        Alike::Similar => 6,
        Alike::Different => 7,
        Alike::Unknown => 0,
    }
}

/// The level of two records' birth dates.
pub(crate) fn birth(values: &Values<Birth>, a: usize, b: usize) -> usize {
    let coded = |i| values.get(i).map_or(0, |birth| birth.coded());
    birth_level(coded(a), coded(b))
}
