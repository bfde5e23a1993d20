//! What comparing needs of a record, in one cache line, and of a value, in a few bytes.
//!
//! Most candidate pairs are of two people: they are told apart by these lines and by sketches of
//! the values (length, letters, first characters) alone. Only what a sketch cannot decide is read
//! in full.

use crate::address::Street;
use crate::fold::{OPAQUE, hash, letters};
use crate::intern::Numbers;
use crate::names::{Alike, NameValue, SIMILAR};
use crate::place::Point;
use crate::records::{Plain, Records, ValueId};
use crate::spelling::{Sketch, Spoken, most_alike};
use rayon::prelude::*;

/// The compared values of a record.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Packed {
    pub given: ValueId,
    pub family: ValueId,
    /// Of [`crate::records::Birth::coded`]; 0 for none.
    pub birth: u32,
    pub email: [ValueId; 2],
    pub phone: [ValueId; 2],
    /// Sketch of the first e-mail's local part.
    pub email_sketch: u32,
    /// Sketch of the first phone number.
    pub phone_sketch: u32,
    pub street: ValueId,
    pub city: ValueId,
    pub postcode: ValueId,
    pub country: ValueId,
    pub company: ValueId,
    pub number: ValueId,
    pub source: u16,
    pub generation: u8,
}

/// A name, sketched.
#[derive(Debug, Clone, Copy)]
struct NameSketch {
    first: [u8; 8],
    letters: u32,
    len: u16,
    scripts: u8,
    /// In one word, without nicknames.
    plain: bool,
    nicknames: bool,
    spoken: Spoken,
}

/// A street, sketched.
#[derive(Debug, Clone, Copy)]
struct StreetSketch {
    name: ValueId,
    number: ValueId,
    letters: u32,
    first: [u8; 4],
    len: u16,
    opaque: bool,
    /// Has a house number, and a name of several words.
    worded: bool,
}

/// Records and values laid out for comparing.
#[derive(Debug)]
pub(crate) struct Layout {
    /// By record.
    pub records: Vec<Packed>,
    names: Vec<NameSketch>,
    streets: Vec<StreetSketch>,
    /// Postcodes of up to eight bytes, filled up with zeros; all zeros for a longer one.
    postcodes: Vec<[u8; 8]>,
    places: Vec<Point>,
}

impl Layout {
    /// Of `r`.
    pub fn new(r: &Records) -> Self {
        let emails: Vec<u32> =
            r.email.value.par_iter().map(|email| local_sketch(email.local().as_bytes())).collect();
        let phones: Vec<u32> =
            r.phone.value.par_iter().map(|number| number_sketch(number.as_bytes())).collect();
        let births: Vec<u32> = r.birth.value.iter().map(|birth| birth.coded()).collect();
        let of = |values: &[u32], id: ValueId| values.get(id as usize).copied().unwrap_or(0);
        let pack = |i: usize| Packed {
            given: r.given[i],
            family: r.family[i],
            birth: of(&births, r.birth.of[i]),
            email: r.email.of[i],
            phone: r.phone.of[i],
            email_sketch: of(&emails, r.email.of[i][0]),
            phone_sketch: of(&phones, r.phone.of[i][0]),
            street: r.street.of[i],
            city: r.city.of[i],
            postcode: r.postcode.of[i],
            country: r.country.of[i],
            company: r.company.of[i],
            number: r.loyalty.of[i],
            source: r.source[i],
            generation: r.generation[i],
        };
        Self {
            records: (0..r.len()).into_par_iter().with_min_len(1 << 12).map(pack).collect(),
            names: r.names.iter().map(NameSketch::of).collect(),
            streets: streets(r),
            postcodes: r.postcode.value.iter().map(short).collect(),
            places: r.place.value.iter().map(|place| place.point()).collect(),
        }
    }

    /// How two different names compare when their sketches suffice to tell.
    pub fn names(&self, a: ValueId, b: ValueId, as_given: bool) -> Option<Alike> {
        let (x, y) = (&self.names[a as usize], &self.names[b as usize]);
        if !(x.plain && y.plain) || as_given && x.nicknames && y.nicknames {
            return None;
        }
        let (short, long) = (x.len.min(y.len), x.len.max(y.len));
        let begins = prefix(u64::from_le_bytes(x.first), u64::from_le_bytes(y.first));
        let slip = long - short <= 1 && short >= 3 && (x.letters ^ y.letters).count_ones() <= 2;
        let part = as_given && (short == 1 && begins >= 1 || begins >= usize::from(short).min(8));
        let sketch = |s: &NameSketch| (usize::from(s.len), s.letters);
        if slip
            || part
            || x.spoken.alike(y.spoken)
            || most_alike(sketch(x), sketch(y), begins.min(4)) >= SIMILAR
        {
            return None;
        }
        let comparable = x.scripts & y.scripts != 0 || (x.scripts | y.scripts) & OPAQUE == 0;
        Some(if comparable { Alike::Different } else { Alike::Unknown })
    }

    /// The level of two different streets when their sketches suffice to tell.
    pub fn streets(&self, a: ValueId, b: ValueId) -> Option<usize> {
        let (x, y) = (&self.streets[a as usize], &self.streets[b as usize]);
        let same_name = x.name == y.name;
        let same_number = x.number == y.number;
        if !same_name {
            if same_number && (x.worded || y.worded) {
                return None;
            }
            let begins =
                prefix(u32::from_le_bytes(x.first).into(), u32::from_le_bytes(y.first).into());
            let sketch = |s: &StreetSketch| -> Sketch { (s.len.into(), s.letters) };
            let begun = begins >= usize::from(x.len.min(y.len)).min(4);
            if begun || most_alike(sketch(x), sketch(y), begins.min(4)) >= SAME_STREET {
                return None;
            }
        }
        Some(match (same_number, same_name) {
            (true, true) => 2,
            (false, true) if x.len > 0 => 4,
            _ if x.opaque != y.opaque => 0,
            _ => 5,
        })
    }

    /// The level of two records' places, `of` being the place of each; 0 when one is not known.
    pub fn apart(&self, of: &[ValueId], a: usize, b: usize) -> usize {
        if self.places.is_empty() {
            return 0;
        }
        let place = |record: usize| self.places.get(of[record] as usize);
        place(a).zip(place(b)).map_or(0, |(x, y)| x.level(y))
    }

    /// Two postcodes as bytes when both are short.
    pub fn postcodes(&self, a: ValueId, b: ValueId) -> Option<[&[u8]; 2]> {
        let both = [a, b].map(|id| {
            let code = &self.postcodes[id as usize];
            &code[..code.iter().position(|c| *c == 0).unwrap_or(8)]
        });
        both.iter().all(|code| !code.is_empty()).then_some(both)
    }
}

/// Jaro-Winkler similarity from which two spellings are one street.
pub(crate) const SAME_STREET: f64 = 0.88;

/// How many of the first characters (of four or eight) are equal.
fn prefix(x: u64, y: u64) -> usize {
    ((x ^ y).trailing_zeros() / 8) as usize
}

fn first<const N: usize>(text: &str) -> [u8; N] {
    let mut first = [0; N];
    let n = text.len().min(N);
    first[..n].copy_from_slice(&text.as_bytes()[..n]);
    first
}

fn length(text: &str) -> u16 {
    u16::try_from(text.len()).unwrap_or(u16::MAX)
}

impl NameSketch {
    fn of(name: &NameValue) -> Self {
        let text = &name.name.text;
        Self {
            first: first(text),
            letters: letters(text),
            len: length(text),
            scripts: name.name.scripts,
            plain: !text.contains(' '),
            nicknames: !name.groups.is_empty(),
            spoken: name.spoken,
        }
    }
}

fn streets(r: &Records) -> Vec<StreetSketch> {
    let (mut names, mut numbers) = (Numbers::new(), Numbers::new());
    let mut sketches = Vec::with_capacity(r.street.value.len());
    for Street { name, number, opaque } in &r.street.value {
        sketches.push(StreetSketch {
            name: names.of(name.as_str()).0,
            number: numbers.of(number.as_str()).0,
            letters: letters(name),
            first: first(name),
            len: length(name),
            opaque: *opaque,
            worded: !number.is_empty() && name.contains(' '),
        });
    }
    sketches
}

fn short(postcode: &Plain) -> [u8; 8] {
    if postcode.text.len() <= 8 && !postcode.text.contains('\0') {
        first(&postcode.text)
    } else {
        [0; 8]
    }
}

/// Bits of a sketch that hold letters; the rest are of the digits.
const LETTERS: u32 = (1 << 26) - 1;

/// Which of 26 letters a local part has, and six bits of its digits in order.
fn local_sketch(local: &[u8]) -> u32 {
    let letter = |mask: u32, b: &u8| match b {
        b'a'..=b'z' => mask | 1 << (b - b'a'),
        _ => mask,
    };
    let digits: Vec<u8> = local.iter().copied().filter(u8::is_ascii_digit).collect();
    local.iter().fold(0, letter) | (hash(&digits) as u32) << 26
}

/// True when two local parts differ by more than two slips, or in their digits.
pub(crate) fn locals_differ(x: u32, y: u32) -> bool {
    // A slip takes at most one letter away and brings at most one.
    (x ^ y) & !LETTERS != 0 || ((x ^ y) & LETTERS).count_ones() > 4
}

/// How often each digit occurs in a number, modulo four, and how long it is.
fn number_sketch(number: &[u8]) -> u32 {
    let count = |counts: u32, b: &u8| {
        let at = 2 * u32::from(b.wrapping_sub(b'0').min(10));
        let next = ((counts >> at & 3) + 1) & 3;
        if at == 20 { counts } else { counts & !(3 << at) | next << at }
    };
    number.iter().fold(0, count) | (number.len().min(0xfff) as u32) << 20
}

/// True when two numbers differ by more than one slip: it changes the count of at most two digits
/// and the length by at most one.
pub(crate) fn numbers_differ(x: u32, y: u32) -> bool {
    let apart = x ^ y;
    (x >> 20).abs_diff(y >> 20) > 1 || ((apart | apart >> 1) & 0x5_5555).count_ones() > 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::within;
    use proptest::prelude::*;

    #[test]
    fn a_record_is_one_cache_line() {
        assert_eq!(size_of::<Packed>(), 64);
    }

    proptest! {
        #[test]
        fn numbers_one_slip_apart_are_never_told_apart(a in "[+]?[0-9]{5,9}", b in "[+]?[0-9]{5,9}",
                                                       at in 0..5_usize, digit in "[0-9]") {
            let slipped = [&a[..at], &digit, &a[at + 1..]].concat();
            for other in [&b, &slipped] {
                let differ = numbers_differ(number_sketch(a.as_bytes()),
                                            number_sketch(other.as_bytes()));
                prop_assert!(!differ || !within(a.as_bytes(), other.as_bytes(), 1));
            }
        }

        #[test]
        fn local_parts_two_slips_apart_are_never_told_apart(a in "[a-d]{4,7}", b in "[a-f]{4,7}") {
            let (x, y) = (a.as_bytes(), b.as_bytes());
            prop_assert!(!locals_differ(local_sketch(x), local_sketch(y)) || !within(x, y, 2));
        }
    }
}
