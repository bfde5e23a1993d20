//! The levels of each comparison, strongest first, and how a pair's levels are packed.
//!
//! A pattern holds two or three bits a field, as many as its levels need: 0 when nothing can be
//! said (a value is missing, or a more telling field has already said it), else 1 for the first
//! level and so on. All fields together fit 32 bits, so that a pair costs four bytes.

use kith_model::identity::MatchField;

/// Number of fields.
pub(crate) const FIELDS: usize = MatchField::ALL.len();

/// Most levels of a field.
pub(crate) const LEVELS: usize = 7;

/// A level: its label and where learning starts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    /// Name on screen.
    pub label: &'static str,
    /// Expected share among one person's records; also the mean of the prior in EM.
    pub m: f64,
    /// Expected share among two members of one household who share anything of the field; `None`:
    /// as among strangers.
    pub household: Option<f64>,
}

const fn own(label: &'static str, m: f64) -> Level {
    Level { label, m, household: None }
}

const fn shared(label: &'static str, m: f64, household: f64) -> Level {
    Level { label, m, household: Some(household) }
}

const CLOSE: &str = "close spelling (one slip or Jaro-Winkler >= 0.92)";
const SIMILAR: &str = "similar spelling (Jaro-Winkler >= 0.84)";

const SOUND: &str = "same sound (Double Metaphone)";

const GIVEN: &[Level] = &[
    own("exact", 0.72),
    own("nickname", 0.07),
    own(CLOSE, 0.08),
    own(SOUND, 0.01),
    own("initial, or a word in common", 0.06),
    own(SIMILAR, 0.02),
    own("different, or Jr. against Sr.", 0.04),
];

const FAMILY: &[Level] = &[
    shared("exact", 0.84, 0.82),
    own("swapped with the given name", 0.01),
    shared(CLOSE, 0.07, 0.04),
    shared(SOUND, 0.005, 0.003),
    shared("a word in common", 0.02, 0.02),
    shared(SIMILAR, 0.015, 0.017),
    shared("different", 0.04, 0.10),
];

const BIRTH: &[Level] = &[
    own("exact", 0.88),
    own("day and month swapped", 0.02),
    own("one digit slipped", 0.04),
    own("one part differs", 0.02),
    own("same year", 0.01),
    own("different", 0.03),
];

const EMAIL: &[Level] = &[
    shared("exact", 0.55, 0.12),
    shared("same name, other domain", 0.08, 0.005),
    shared("close spelling (two slips)", 0.06, 0.005),
    shared("different", 0.31, 0.87),
];

const PHONE: &[Level] =
    &[shared("exact", 0.60, 0.45), shared("one slip", 0.05, 0.01), shared("different", 0.35, 0.54)];

const STREET: &[Level] = &[
    shared("exact", 0.58, 0.84),
    shared("same number, close spelling", 0.08, 0.06),
    shared("same number, words in common (Jaccard >= 0.5)", 0.02, 0.02),
    shared("same street, other number", 0.03, 0.02),
    shared("different", 0.29, 0.06),
];

const CITY: &[Level] = &[
    shared("exact", 0.40, 0.50),
    shared("close spelling (Jaro-Winkler >= 0.90)", 0.08, 0.05),
    shared("different", 0.52, 0.45),
];

const POSTCODE: &[Level] = &[
    shared("exact", 0.40, 0.60),
    shared("one slip", 0.08, 0.05),
    shared("same area", 0.10, 0.05),
    shared("different", 0.42, 0.30),
];

const COUNTRY: &[Level] = &[shared("exact", 0.92, 0.95), shared("different", 0.08, 0.05)];

const LOCATION: &[Level] = &[
    shared("at most 1 km apart", 0.70, 0.88),
    shared("at most 10 km apart", 0.10, 0.04),
    shared("farther apart", 0.20, 0.08),
];

const COMPANY: &[Level] = &[
    own("exact", 0.75),
    own("close spelling or beginning of the name", 0.09),
    own("words in common (Jaccard >= 0.5)", 0.02),
    own("different", 0.14),
];

const IDENTIFIER: &[Level] = &[
    own("exact", 0.84),
    own("two neighbours swapped", 0.02),
    own("one slip", 0.05),
    own("two slips", 0.01),
    own("different", 0.08),
];

/// The levels of `field`, strongest first.
pub(crate) const fn levels(field: MatchField) -> &'static [Level] {
    match field {
        MatchField::GivenName => GIVEN,
        MatchField::FamilyName => FAMILY,
        MatchField::BirthDate => BIRTH,
        MatchField::Email => EMAIL,
        MatchField::Phone => PHONE,
        MatchField::Street => STREET,
        MatchField::City => CITY,
        MatchField::Postcode => POSTCODE,
        MatchField::Country => COUNTRY,
        MatchField::Location => LOCATION,
        MatchField::Company => COMPANY,
        MatchField::Identifier => IDENTIFIER,
    }
}

/// Bits that the levels of `field` need, nothing to say included.
const fn width(field: MatchField) -> u32 {
    (levels(field).len() as u32 + 1).next_power_of_two().trailing_zeros()
}

/// Where the bits of each field begin, and where the last one's end.
const SHIFT: [u32; FIELDS + 1] = {
    let mut shift = [0; FIELDS + 1];
    let mut at = 0;
    while at < FIELDS {
        shift[at + 1] = shift[at] + width(MatchField::ALL[at]);
        at += 1;
    }
    assert!(shift[FIELDS] <= u32::BITS, "the levels of all fields must fit a pattern");
    shift
};

/// The levels a pair reached in every field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pattern(pub u32);

impl Pattern {
    /// The level of `field`: 0 for nothing to say, 1 for the first.
    pub fn level(self, field: MatchField) -> usize {
        let at = field as usize;
        (self.0 >> SHIFT[at] & ((1 << (SHIFT[at + 1] - SHIFT[at])) - 1)) as usize
    }

    /// Sets the level of `field`, which must be unset.
    pub fn set(&mut self, field: MatchField, level: usize) {
        debug_assert!(level <= levels(field).len() && self.level(field) == 0);
        self.0 |= (level as u32) << SHIFT[field as usize];
    }

    /// One digit a field, in the order of [`MatchField::ALL`].
    pub fn digits(self) -> String {
        MatchField::ALL.iter().map(|&f| char::from(b'0' + self.level(f) as u8)).collect()
    }

    /// Reads [`Self::digits`]; anything after the digits is ignored.
    pub fn parse(digits: &str) -> Option<Self> {
        let mut pattern = Self::default();
        let mut chars = digits.chars();
        for &field in &MatchField::ALL {
            let level = chars.next()?.to_digit(10)? as usize;
            if level > levels(field).len() {
                return None;
            }
            pattern.set(field, level);
        }
        Some(pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_of_every_field_sum_to_one() {
        for field in MatchField::ALL {
            let levels = levels(field);
            assert!(levels.len() <= LEVELS, "{field:?}");
            let m: f64 = levels.iter().map(|l| l.m).sum();
            assert!((m - 1.0).abs() < 1e-9, "{field:?}: m sums to {m}");
            let shared = levels.iter().filter_map(|l| l.household);
            let h: f64 = shared.sum();
            assert!(h == 0.0 || (h - 1.0).abs() < 1e-9, "{field:?}: household sums to {h}");
        }
    }

    #[test]
    fn a_pattern_reads_back() {
        let mut pattern = Pattern::default();
        pattern.set(MatchField::GivenName, 7);
        pattern.set(MatchField::Company, 4);
        pattern.set(MatchField::Identifier, 5);
        assert_eq!(pattern.digits(), "700000000045");
        assert_eq!(Pattern::parse(&pattern.digits()), Some(pattern));
        assert_eq!(Pattern::parse("9"), None);
    }
}
