//! Streets, cities, postcodes and companies in comparable form.

use crate::fold::{fold, is_opaque, tokens};

/// Words that say what kind of way it is: spelt, shortened or left out at will.
const WAYS: [&str; 47] = [
    "av",
    "ave",
    "avda",
    "avenida",
    "avenue",
    "bd",
    "blvd",
    "boulevard",
    "bvd",
    "c",
    "calle",
    "chome",
    "close",
    "corso",
    "court",
    "crescent",
    "ct",
    "dr",
    "drive",
    "lane",
    "ln",
    "odos",
    "pl",
    "place",
    "platz",
    "plaza",
    "prospekt",
    "rd",
    "road",
    "rua",
    "ru",
    "square",
    "st",
    "sq",
    "str",
    "straat",
    "strada",
    "strasse",
    "street",
    "ul",
    "ulica",
    "ulitsa",
    "via",
    "viale",
    "vul",
    "vulitsia",
    "way",
];

/// Words after which only the door follows.
const DOORS: [&str; 12] = [
    "apartment",
    "app",
    "apt",
    "appartement",
    "etage",
    "flat",
    "floor",
    "lgh",
    "room",
    "suite",
    "unit",
    "wohnung",
];

/// Endings of one-word streets that are also shortened.
const ENDINGS: [&str; 4] = ["strasse", "straat", "str", "gasse"];

/// Legal forms: not part of a company's name.
const LEGAL: [&str; 36] = [
    "ab",
    "ag",
    "as",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "ev",
    "gbr",
    "gmbh",
    "group",
    "holding",
    "inc",
    "incorporated",
    "kg",
    "kk",
    "limited",
    "llc",
    "llp",
    "ltd",
    "ltda",
    "nv",
    "oy",
    "oyj",
    "plc",
    "pty",
    "sa",
    "sarl",
    "sas",
    "se",
    "sl",
    "spa",
    "spzoo",
    "srl",
    "the",
];

/// A street address: house number and name of the way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Street {
    /// Folded name without the kind of way.
    pub name: String,
    /// House number with its letter, or empty.
    pub number: String,
    /// Written in a script whose Latin spelling cannot be told from it.
    pub opaque: bool,
}

impl Street {
    /// Reads an address line; `None` when nothing is left of it.
    pub fn read(text: &str) -> Option<Self> {
        let words = tokens(text);
        let starts_with_digit = |w: &str| w.starts_with(|c: char| c.is_ascii_digit());
        let at = words.iter().position(|w| starts_with_digit(w));
        let mut number = at.map(|i| words[i].clone()).unwrap_or_default();
        let letter = at.map(|i| i + 1).filter(|&i| is_letter_of_number(&words, i));
        if let Some(letter) = letter {
            number.push_str(&words[letter]);
        }
        let rest: Vec<&str> = words
            .iter()
            .enumerate()
            .take_while(|(i, w)| *i == 0 || !DOORS.contains(&w.as_str()))
            .filter(|(i, w)| !starts_with_digit(w) && letter != Some(*i))
            .map(|(_, w)| w.as_str())
            .collect();
        let named: Vec<&str> = rest.iter().copied().filter(|w| !WAYS.contains(w)).collect();
        let named = if named.is_empty() { rest } else { named };
        let name = named.iter().map(|w| without_ending(w)).collect::<Vec<_>>().join(" ");
        let opaque = is_opaque(text);
        (!name.is_empty() || !number.is_empty()).then_some(Self { name, number, opaque })
    }
}

/// True when the word at `i`, which follows the house number, is a letter of it: `5 A`, but not the
/// direction in `129 E. Fremont St.`.
fn is_letter_of_number(words: &[String], i: usize) -> bool {
    let Some(word) = words.get(i) else { return false };
    let direction = i == 1 && words.len() > 2 && ["e", "n", "s", "w"].contains(&word.as_str());
    word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic()) && !direction
}

fn without_ending(word: &str) -> &str {
    let stem = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending));
    stem.filter(|stem| stem.len() >= 3).unwrap_or(word)
}

/// A city: folded words without numbers.
pub(crate) fn read_city(text: &str) -> Option<String> {
    let words: Vec<String> =
        tokens(text).into_iter().filter(|w| !w.bytes().all(|b| b.is_ascii_digit())).collect();
    meaningful(words.join(" "))
}

/// A postcode: folded letters and digits without spaces; all zeros or nines is a placeholder.
pub(crate) fn read_postcode(text: &str) -> Option<String> {
    let code = tokens(text).concat();
    let same = code.bytes().all(|b| b == b'0') || code.bytes().all(|b| b == b'9');
    meaningful(code).filter(|code| code.len() >= 3 && !same)
}

/// A company's name without its legal form.
pub(crate) fn read_company(text: &str) -> Option<String> {
    let words = tokens(text);
    let named: Vec<&str> =
        words.iter().map(String::as_str).filter(|w| !LEGAL.contains(w)).collect();
    meaningful(if named.is_empty() { words.join(" ") } else { named.join(" ") })
}

/// A country or any other short text.
pub(crate) fn read_plain(text: &str) -> Option<String> {
    meaningful(fold(text))
}

/// `None` for an empty text and for the words people type to leave a field empty.
pub(crate) fn meaningful(folded: String) -> Option<String> {
    const EMPTY: [&str; 17] = [
        "",
        "anonymous",
        "customer",
        "default",
        "guest",
        "n a",
        "na",
        "nan",
        "none",
        "not provided",
        "null",
        "test",
        "tester",
        "unbekannt",
        "unknown",
        "x",
        "xxx",
    ];
    (!EMPTY.contains(&folded.as_str())).then_some(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_street_written_many_ways() {
        let main = Street::read("12 Main Street");
        assert_eq!(main, Street::read("Main St. 12, Apt 4"));
        assert_eq!(Street::read("Hauptstraße 5a"), Street::read("Hauptstr. 5 A"));
        let fremont = Street::read("129 E. Fremont St.").unwrap();
        assert_eq!((fremont.number.as_str(), fremont.name.as_str()), ("129", "e fremont"));
        assert_eq!(Street::read("12 B Main St"), Street::read("12b Main Street"));
        assert_eq!(Street::read("Calle Mayor, 5"), Street::read("C/ Mayor 5"));
        assert_ne!(main, Street::read("14 Main Street"));
        assert_eq!(Street::read(" - "), None);
        assert_eq!(Street::read("Street").map(|s| s.name), Some("street".into()));
    }

    #[test]
    fn empty_words_are_missing_values() {
        assert_eq!(read_city("N/A"), None);
        assert_eq!(read_postcode("00000"), None);
        assert_eq!(read_postcode("SW1A 1AA"), Some("sw1a1aa".into()));
        assert_eq!(read_company("Müller GmbH & Co. KG"), Some("muller".into()));
        assert_eq!(read_company("GmbH"), Some("gmbh".into()));
        assert_eq!(read_city("75011 Paris"), Some("paris".into()));
    }
}
