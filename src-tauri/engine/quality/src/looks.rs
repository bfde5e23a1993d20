//! What values look like: the shape of texts, and whether they are personal data.

use kith_model::quality::{ColumnKind, Pii};
use std::collections::BTreeMap;

/// Share of values that must look like it before a column counts as personal data.
const ENOUGH: f64 = 0.6;

/// The commonest shape of texts with its share: capital letters `A`, small ones `a`, digits `9`,
/// runs of more than four written `a+`, everything else itself. `None` without a text.
pub(crate) fn pattern(values: &[&str]) -> Option<(String, f64)> {
    let mut shapes: BTreeMap<String, usize> = BTreeMap::new();
    for value in values {
        *shapes.entry(shape(value)).or_default() += 1;
    }
    let (shape, n) = shapes.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))?;
    Some((shape, n as f64 / values.len() as f64))
}

fn shape(value: &str) -> String {
    let mut out = String::new();
    let (mut before, mut run) = ('\0', 0);
    for c in value.chars().take(200) {
        let class = match c {
            _ if c.is_ascii_digit() => '9',
            _ if c.is_uppercase() => 'A',
            _ if c.is_alphabetic() => 'a',
            _ if c.is_whitespace() => ' ',
            other => other,
        };
        run = if class == before { run + 1 } else { 1 };
        before = class;
        let counted = matches!(class, '9' | 'A' | 'a');
        match run {
            1..=4 => out.push(class),
            5 if counted => {
                out.truncate(out.len() - 3);
                out.push('+');
            }
            _ if counted => {}
            _ => out.push(class),
        }
    }
    out
}

/// The personal data a column seems to hold: values speak first, then the column's name.
pub(crate) fn guess_pii(name: &str, kind: ColumnKind, values: &[&str]) -> Option<Pii> {
    let most = |is: fn(&str) -> bool| {
        let n = values.iter().filter(|v| is(v)).count();
        !values.is_empty() && n as f64 >= ENOUGH * values.len() as f64
    };
    let name = name.to_lowercase();
    let named = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let told = [
        (Pii::Email, most(is_email)),
        (Pii::Iban, most(is_iban)),
        (Pii::Card, most(is_card) && !named(&["phone", "mobile", "tel", "_id"])),
        (Pii::IpAddress, most(is_ip)),
        (Pii::Phone, named(&["phone", "mobile", "telef", "fax"]) && most(is_phone)),
        (Pii::BirthDate, named(&["birth", "dob", "geburt", "naissance"])),
        (
            Pii::Address,
            named(&["street", "address", "postcode", "zip", "strasse", "plz"])
                || named(&["latitude", "longitude"]),
        ),
        (
            Pii::Name,
            kind == ColumnKind::Text
                && (named(&["given_name", "family_name", "full_name", "vorname", "nachname"])
                    || ["first name", "last name", "firstname", "lastname", "first_name"]
                        .contains(&name.as_str())
                    || ["last_name", "surname", "name"].contains(&name.as_str())),
        ),
    ];
    told.into_iter().find(|(_, is)| *is).map(|(pii, _)| pii)
}

fn is_email(value: &str) -> bool {
    let Some((local, host)) = value.trim().split_once('@') else { return false };
    let host_reads = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    !local.is_empty() && host_reads && !value.contains(char::is_whitespace) && !host.contains('@')
}

fn is_phone(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    (7..=15).contains(&digits)
        && value.chars().all(|c| c.is_ascii_digit() || " +-()./x".contains(c))
}

fn is_ip(value: &str) -> bool {
    value.contains(['.', ':']) && value.parse::<std::net::IpAddr>().is_ok()
}

/// The check digit of ISO/IEC 7812-1 (Luhn 1960) holds over 13 to 19 digits.
fn is_card(value: &str) -> bool {
    let digits: Vec<u32> = value.chars().filter_map(|c| c.to_digit(10)).collect();
    let rest = value.chars().all(|c| c.is_ascii_digit() || c == ' ' || c == '-');
    if !rest || !(13..=19).contains(&digits.len()) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The check digits of ISO 13616 hold: letters as numbers from 10, remainder 1 by 97.
fn is_iban(value: &str) -> bool {
    let text: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    let head = text.as_bytes();
    let begins = head.len() >= 15
        && head.len() <= 34
        && head[..2].iter().all(u8::is_ascii_uppercase)
        && head[2..4].iter().all(u8::is_ascii_digit);
    if !begins || !text.chars().all(|c| c.is_ascii_alphanumeric()) {
        return false;
    }
    let moved = text[4..].chars().chain(text[..4].chars());
    let remainder = moved.filter_map(|c| c.to_digit(36)).fold(0u64, |rest, value| {
        (rest * if value > 9 { 100 } else { 10 } + u64::from(value)) % 97
    });
    remainder == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_told_apart() {
        assert_eq!(shape("AB-1234"), "AA-9999");
        assert_eq!(shape("12345678"), "9+");
        assert_eq!(shape("Straße 7"), "Aa+ 9");
        let (shape, share) = pattern(&["A1", "B2", "C33"]).unwrap();
        assert_eq!((shape.as_str(), (share * 3.0).round()), ("A9", 2.0));
        assert_eq!(pattern(&[]), None);
    }

    #[test]
    fn personal_data_is_known_by_its_check_digits_and_its_name() {
        // The example numbers of the standards themselves.
        assert!(is_card("4111 1111 1111 1111") && !is_card("4111 1111 1111 1112"));
        assert!(is_iban("GB82 WEST 1234 5698 7654 32") && !is_iban("GB82 WEST 1234 5698 7654 33"));
        let text = ColumnKind::Text;
        assert_eq!(guess_pii("x", text, &["a@b.org", "c@d.org", "-"]), Some(Pii::Email));
        assert_eq!(guess_pii("x", text, &["10.0.0.1", "::1"]), Some(Pii::IpAddress));
        assert_eq!(guess_pii("phone", text, &["+47 22 33 44 55"]), Some(Pii::Phone));
        assert_eq!(guess_pii("birth_date", ColumnKind::Moment, &[]), Some(Pii::BirthDate));
        assert_eq!(guess_pii("given_name", text, &["Ada"]), Some(Pii::Name));
        assert_eq!(guess_pii("status", text, &["paid"]), None);
    }
}
