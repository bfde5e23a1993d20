//! Which level two values of a field reach.

use crate::address::Street;
use crate::contact::Email;
use crate::packed::{Packed, SAME_STREET, locals_differ, numbers_differ};
use crate::records::{Contacts, MISSING, Plain, ValueId};
use crate::spelling::{most_alike, swapped_neighbours, winkler, within};

/// The level of two birth dates as of [`Birth::coded`]; 0 for none.
pub(crate) fn birth_level(x: u32, y: u32) -> usize {
    if x == 0 || y == 0 {
        return 0;
    }
    if x == y {
        return 1;
    }
    let (month, day) = (|date: u32| date >> 8 & 0xff, |date: u32| date & 0xff);
    let same_year = x >> 16 == y >> 16;
    if same_year && month(x) == day(y) && month(y) == day(x) {
        return 2;
    }
    if one_digit(x, y) {
        return 3;
    }
    if same_year && (month(x) == month(y) || day(x) == day(y)) {
        4
    } else if same_year {
        BIRTH_SAME_YEAR
    } else {
        6
    }
}

/// The first level of birth dates that speaks against one person.
pub(crate) const BIRTH_SAME_YEAR: usize = 5;

/// One digit differs, or two neighbouring digits are swapped; the dates differ.
fn one_digit(x: u32, y: u32) -> bool {
    let apart = x ^ y;
    let digits = (apart | apart >> 1 | apart >> 2 | apart >> 3) & 0x1111_1111;
    let at = digits.trailing_zeros();
    match digits.count_ones() {
        1 => true,
        2 => {
            let two = |date: u32| (date >> at & 0xf, date >> (at + 4) & 0xf);
            digits >> at == 0x11 && two(x) == (two(y).1, two(y).0)
        }
        _ => false,
    }
}

/// Shortest number of which two slips may be the same number.
const LONG_NUMBER: usize = 7;

/// The level of two identifying numbers that differ.
pub(crate) fn number(x: &[u8], y: &[u8]) -> usize {
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
}

/// The best level over the (at most four) combinations of two records' contacts.
fn best<V>(
    contacts: &Contacts<V>,
    (a, b): ([ValueId; 2], [ValueId; 2]),
    differ: impl Fn(&V, &V) -> usize,
) -> usize {
    let mut found = usize::MAX;
    for x in a {
        for y in b {
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

/// True when each of two records has one contact, and they differ.
fn one_each(a: [ValueId; 2], b: [ValueId; 2]) -> bool {
    a[0] != MISSING && b[0] != MISSING && a[0] != b[0] && (a[1], b[1]) == (MISSING, MISSING)
}

pub(crate) fn emails(contacts: &Contacts<Email>, a: &Packed, b: &Packed) -> usize {
    if one_each(a.email, b.email) && locals_differ(a.email_sketch, b.email_sketch) {
        return 4;
    }
    best(contacts, (a.email, b.email), |x, y| {
        if x.local() == y.local() {
            return if x.local().len() >= 5 && !x.is_role() { 2 } else { 4 };
        }
        let long = x.local().len().min(y.local().len()) >= 6;
        let close = long
            && x.domain() == y.domain()
            && within(x.local().as_bytes(), y.local().as_bytes(), 2)
            && x.local()
                .bytes()
                .filter(u8::is_ascii_digit)
                .eq(y.local().bytes().filter(u8::is_ascii_digit));
        if close { 3 } else { 4 }
    })
}

/// One slip counts, but not in the last digit: neighbouring numbers go to members of one family.
pub(crate) fn phones(contacts: &Contacts<String>, a: &Packed, b: &Packed) -> usize {
    if one_each(a.phone, b.phone) && numbers_differ(a.phone_sketch, b.phone_sketch) {
        return 3;
    }
    best(contacts, (a.phone, b.phone), |x, y| {
        let (x, y) = (x.as_bytes(), y.as_bytes());
        let neighbours = x.len() == y.len() && x[..x.len() - 1] == y[..y.len() - 1];
        if !neighbours && within(x, y, 1) { 2 } else { 3 }
    })
}

/// Levels of streets that are one place: postcode and city say nothing new.
pub(crate) const STREET_AGREES: [usize; 3] = [1, 2, 3];

/// The level of two streets that differ.
pub(crate) fn street(x: &Street, y: &Street) -> usize {
    let begins = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' '))
    };
    // An address in one line goes on with postcode and city.
    let in_one_line = begins(&x.name, &y.name) || begins(&y.name, &x.name);
    let same_name = x.name == y.name || in_one_line || winkler(&x.name, &y.name, SAME_STREET) > 0.0;
    match (x.number == y.number, same_name) {
        (true, true) => 2,
        (true, false) if !x.number.is_empty() && words_in_common(&x.name, &y.name) => 3,
        (false, true) if !x.name.is_empty() => 4,
        _ if x.opaque != y.opaque => 0,
        _ => 5,
    }
}

/// Jaccard similarity of the words (Jaccard 1901) from which two texts have words in common.
const IN_COMMON: f64 = 0.5;

/// True when of all their words two texts share as many; a lone initial or particle is no word.
fn words_in_common(a: &str, b: &str) -> bool {
    fn words(text: &str) -> impl Iterator<Item = &str> {
        text.split(' ').filter(|word| word.len() >= 3)
    }
    let shared = words(a).filter(|word| words(b).any(|other| other == *word)).count();
    let all = words(a).count() + words(b).count() - shared;
    shared > 0 && shared as f64 >= IN_COMMON * all as f64
}

pub(crate) fn postcode(x: &[u8], y: &[u8]) -> usize {
    if x.len() >= 4 && within(x, y, 1) {
        2
    } else if x.len() >= 4 && y.len() >= 4 && x[..3] == y[..3] {
        3
    } else {
        4
    }
}

/// Jaro-Winkler similarity from which two texts are close.
const CLOSE_TEXT: f64 = 0.90;

fn close(x: &Plain, y: &Plain) -> bool {
    let apart = (x.letters ^ y.letters).count_ones();
    let begins = x.text.bytes().zip(y.text.bytes()).take(4).take_while(|(x, y)| x == y).count();
    let sketch = |t: &Plain| (t.text.len(), t.letters);
    apart <= 6
        && most_alike(sketch(x), sketch(y), begins) >= CLOSE_TEXT
        && winkler(&x.text, &y.text, CLOSE_TEXT) > 0.0
}

pub(crate) fn city(x: &Plain, y: &Plain) -> usize {
    if close(x, y) {
        2
    } else if x.opaque != y.opaque {
        0
    } else {
        3
    }
}

pub(crate) fn company(x: &Plain, y: &Plain) -> usize {
    let short = x.text.len().min(y.text.len());
    let part = short >= 4 && (x.text.starts_with(&y.text) || y.text.starts_with(&x.text));
    if part || close(x, y) {
        2
    } else if words_in_common(&x.text, &y.text) {
        3
    } else {
        4
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Birth;

    fn day(year: i32, month: u32, day: u32) -> Birth {
        Birth { year, month, day }
    }

    fn births(x: Birth, y: Birth) -> usize {
        birth_level(x.coded(), y.coded())
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
}
