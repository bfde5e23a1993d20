//! Headers as words: split, spelt alike, and compared with what a field is called.

use super::short_forms::{NEUTRAL, SHORT_FORMS};
use super::split::split;
use crate::letters::Letters;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The words of a header, in order: accents, case, camel case and punctuation gone, short
/// forms written out.
fn words(header: &str, apart: bool) -> Vec<String> {
    let mut spaced = String::with_capacity(header.len() + 8);
    let mut before: Option<char> = None;
    let mut chars = header.chars().peekable();
    while let Some(c) = chars.next() {
        let hump = c.is_ascii_uppercase()
            && before.is_some_and(|b| {
                b.is_ascii_lowercase()
                    || (b.is_ascii_uppercase()
                        && chars.peek().is_some_and(char::is_ascii_lowercase))
            });
        let digit = c.is_ascii_digit() != before.is_some_and(|b| b.is_ascii_digit());
        if hump || (digit && before.is_some_and(|b| b.is_ascii_alphanumeric())) {
            spaced.push(' ');
        }
        spaced.push(c);
        before = Some(c);
    }
    let plain = deunicode::deunicode(&spaced).to_lowercase();
    let mut words: Vec<String> = Vec::new();
    for word in plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
        if matches!(word, "mail" | "mailadresse") && words.last().is_some_and(|w| w == "e") {
            words.pop();
        }
        for part in if apart { split(word) } else { vec![word.to_owned()] } {
            match SHORT_FORMS.iter().find(|(short, _)| *short == part) {
                Some((_, long)) => words.extend(long.split(' ').map(str::to_owned)),
                None => words.push(part),
            }
        }
    }
    words
}

/// Every word of every phrase.
pub(crate) fn phrase_words() -> Vec<String> {
    let lists = WORDS.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once(": "));
    lists.flat_map(|(_, list)| words(list, false)).collect()
}

/// Whether a header is a mere mark: letters and a number, or two letters at most.
pub(crate) fn is_coded(header: &str) -> bool {
    const MARKS: &[&str] =
        &["col", "column", "field", "feld", "var", "attr", "attribute", "spalte", "champ", "campo"];
    header.is_ascii()
        && header
            .split(|c: char| !c.is_ascii_alphabetic())
            .filter(|w| !w.is_empty())
            .all(|w| w.len() <= 2 || MARKS.contains(&w.to_ascii_lowercase().as_str()))
}

/// A word with its spelling.
#[derive(Debug, Clone, PartialEq)]
struct Word {
    text: String,
    letters: Letters,
}

/// A header or phrase ready to be compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Words {
    words: Vec<Word>,
    squashed: Word,
}

impl Words {
    /// The words of `header`.
    pub(crate) fn of(header: &str) -> Self {
        let word = |text: String| Word { letters: Letters::of(&text), text };
        let words = words(header, true);
        Self { squashed: word(words.concat()), words: words.into_iter().map(word).collect() }
    }

    /// Whether one of these words is among them.
    pub(crate) fn any(&self, list: &[&str]) -> bool {
        self.words.iter().any(|w| list.contains(&w.text.as_str()))
    }

    fn same(&self, other: &Self) -> bool {
        self.words.iter().map(|w| &w.text).eq(other.words.iter().map(|w| &w.text))
    }
}

/// Something a field is called.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Phrase {
    /// As listed, for reasons.
    pub text: &'static str,
    /// The column means the opposite.
    pub negated: bool,
    words: Words,
}

/// The word list.
const WORDS: &str =
    concat!(include_str!("../../data/words.txt"), "\n", include_str!("../../data/more_words.txt"));

/// What every field is called, by `entity.field`.
pub(crate) static PHRASES: LazyLock<BTreeMap<&'static str, Vec<Phrase>>> = LazyLock::new(|| {
    let mut phrases: BTreeMap<&'static str, Vec<Phrase>> = BTreeMap::new();
    let lines = WORDS.lines().filter(|line| !line.starts_with('#'));
    for (field, list) in lines.filter_map(|line| line.split_once(": ")) {
        let of_field = list.split("; ").map(|p| Phrase::new(p.trim_end_matches(';')));
        phrases.entry(field).or_default().extend(of_field);
    }
    phrases
});

/// What the field `entity.field` is called.
pub(crate) fn phrases(entity: &str, field: &str) -> &'static [Phrase] {
    PHRASES.get(format!("{entity}.{field}").as_str()).map_or(&[], Vec::as_slice)
}

impl Phrase {
    fn new(written: &'static str) -> Self {
        let (negated, text) = match written.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, written),
        };
        Self { text, negated, words: Words::of(text) }
    }
}

/// How well a header names a field: the best phrase and its score in `0..=1`, 1 for the same
/// words.
///
/// A phrase's score is the square of the share of its words that the header has, times
/// `w / (w + 0.5 x)` with `w` words in the phrase and `x` other words in the header (neutral
/// ones count 0.15). Words match when equal, when one begins with the other (0.85), or when
/// their letter pairs agree (0.9 of Dice's coefficient from 0.75 on). Run-together spellings
/// are compared as well.
pub(crate) fn name_score<'p>(
    header: &Words,
    phrases: &'p [Phrase],
    without: &BTreeSet<String>,
) -> (f64, Option<&'p Phrase>) {
    let mut best: (f64, Option<&Phrase>) = (0.0, None);
    for phrase in phrases.iter().filter(|p| !without.contains(p.text)) {
        let score = phrase_score(header, &phrase.words);
        if score > best.0 {
            best = (score, Some(phrase));
        }
    }
    best
}

fn phrase_score(header: &Words, phrase: &Words) -> f64 {
    if header.words.is_empty() || phrase.words.is_empty() {
        return 0.0;
    }
    if header.squashed.text == phrase.squashed.text {
        return if header.same(phrase) { 1.0 } else { 0.98 };
    }
    let mut free: Vec<&Word> = header.words.iter().collect();
    let mut matched = 0.0;
    for word in &phrase.words {
        let best = free
            .iter()
            .enumerate()
            .map(|(at, have)| (word_score(have, word), at))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        if let Some((score, at)) = best.filter(|(score, _)| *score > 0.0) {
            matched += score;
            free.remove(at);
        }
    }
    let size = phrase.words.len() as f64;
    let extra: f64 =
        free.iter().map(|w| if NEUTRAL.contains(&w.text.as_str()) { 0.15 } else { 1.0 }).sum();
    let by_words = (matched / size).powi(2) * size / (size + 0.5 * extra);
    let long = phrase.squashed.text.len() >= 5;
    let by_letters = if long { by_spelling(&header.squashed, &phrase.squashed) } else { 0.0 };
    by_words.max(by_letters)
}

fn word_score(have: &Word, want: &Word) -> f64 {
    let (a, b) = (have.text.as_str(), want.text.as_str());
    if a == b {
        return 1.0;
    }
    let short = a.len().min(b.len());
    if (2..=6).contains(&a.len()) && abbreviates(a, b) {
        return 0.7;
    }
    if short < 4 {
        return 0.0;
    }
    if a.starts_with(b) || b.starts_with(a) {
        return 0.85;
    }
    by_spelling(have, want)
}

/// 0.9 of the likeness of two spellings from 0.75 on, else 0.
fn by_spelling(a: &Word, b: &Word) -> f64 {
    // Spellings of too different lengths cannot be that alike; most pairs end here.
    let (short, long) = (a.text.len().min(b.text.len()), a.text.len().max(b.text.len()));
    if short * 5 < long * 3 {
        return 0.0;
    }
    let alike = a.letters.similarity(&b.letters);
    if alike >= 0.75 { 0.9 * alike } else { 0.0 }
}

/// Whether `short` is `long` with vowels left out: `brth` for `birth`, `qnty` for `quantity`.
fn abbreviates(short: &str, long: &str) -> bool {
    let vowel = |b: &u8| b"aeiou".contains(b);
    if long.len() < short.len() + 2 || short.bytes().skip(1).any(|b| vowel(&b)) {
        return false;
    }
    let mut rest = long.bytes();
    let first = short.as_bytes().first() == long.as_bytes().first();
    let kept = long.bytes().enumerate().filter(|(at, b)| *at == 0 || !vowel(b)).count();
    first && short.len() * 3 >= kept * 2 && short.bytes().all(|b| rest.any(|l| l == b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Entity;

    #[test]
    fn headers_fall_into_words() {
        for (header, expected) in [
            ("FirstName", "first name"),
            ("E-Mail-Adresse", "email adresse"),
            ("billing_address1", "billing address 1"),
            ("Straße", "strasse"),
            ("CUST_NO", "customer number"),
            ("HTTPStatus", "http status"),
            ("Preferred_Language__c", "preferred language c"),
        ] {
            assert_eq!(words(header, true).join(" "), expected, "{header}");
        }
    }

    #[test]
    fn every_field_has_phrases_and_every_phrase_a_field() {
        for entity in Entity::ALL {
            for spec in entity.fields() {
                assert!(
                    !phrases(entity.key(), spec.name).is_empty(),
                    "{} {}",
                    entity.key(),
                    spec.name
                );
            }
        }
        for (key, list) in PHRASES.iter() {
            let (entity, field) = key.split_once('.').unwrap();
            let entity = Entity::ALL.into_iter().find(|e| e.key() == entity).unwrap();
            assert!(entity.field(field).is_some(), "{key}");
            assert!(list.iter().all(|p| !p.words.words.is_empty()), "{key} has an empty phrase");
        }
    }

    #[test]
    fn the_same_words_score_one_and_extra_words_cost() {
        let email = phrases("profile", "email");
        let score = |h: &str| name_score(&Words::of(h), email, &BTreeSet::new()).0;
        assert_eq!(score("E-Mail"), 1.0);
        assert_eq!(score("メールアドレス"), 1.0);
        assert!(score("Contact Email") > 0.9);
        assert!(score("Assistant Email") < 0.8);
        assert!(score("Revenue") < 0.2);
    }
}
