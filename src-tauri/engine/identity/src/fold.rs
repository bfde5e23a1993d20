//! Text folding: any script to lower-case ASCII tokens, so that every later comparison works
//! on bytes that are characters.

use deunicode::deunicode_char;

/// True for characters that end a token.
fn separates(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_alphanumeric() && c != '\'' && c != '`';
    }
    c.is_whitespace()
        || matches!(c,
            '\u{a1}'..='\u{a9}' | '\u{ab}'..='\u{b1}' | '\u{b6}'..='\u{b8}' | '\u{bb}' | '\u{bf}'
            | '\u{2010}'..='\u{2017}' | '\u{201c}'..='\u{2027}' | '\u{2030}'..='\u{205e}'
            | '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{30fb}'
            | '\u{ff08}'..='\u{ff0f}')
}

/// Appends `c` in lower-case ASCII letters and digits; what no table knows becomes its code
/// point in hex, so that two different unknown characters stay different.
fn push_folded(c: char, out: &mut String) {
    if c.is_ascii_alphanumeric() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    if c.is_ascii() || matches!(c, '\u{300}'..='\u{36f}' | '\u{2018}'..='\u{201b}' | '\u{2bc}') {
        return;
    }
    match greek(c).or_else(|| deunicode_char(c)) {
        Some(text) => out.extend(
            text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()),
        ),
        None => out.push_str(&format!("u{:x}", c as u32)),
    }
}

/// Greek letters as Greeks spell their names in Latin (ELOT 743), where the general table follows
/// ancient Greek.
fn greek(c: char) -> Option<&'static str> {
    Some(match c {
        'Β' | 'β' => "v",
        'Η' | 'η' | 'Ή' | 'ή' => "i",
        'Φ' | 'φ' => "f",
        'Χ' | 'χ' => "ch",
        'Υ' | 'υ' | 'Ύ' | 'ύ' | 'Ϋ' | 'ϋ' | 'ΰ' => "y",
        'Ξ' | 'ξ' => "x",
        _ => return None,
    })
}

/// The folded tokens of `text`: lower case, transliterated, without marks and punctuation.
/// German and Nordic digraphs fold like their umlauts (`Mueller` and `Müller` alike).
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut token = String::new();
    for c in text.chars() {
        if separates(c) {
            finish(&mut token, &mut found);
        } else {
            push_folded(c, &mut token);
        }
    }
    finish(&mut token, &mut found);
    found
}

fn finish(token: &mut String, found: &mut Vec<String>) {
    if !token.is_empty() {
        found.push(single_vowels(token));
        token.clear();
    }
}

/// `ae`, `oe`, `ue` become `a`, `o`, `u`.
fn single_vowels(token: &str) -> String {
    let mut out = String::with_capacity(token.len());
    for c in token.chars() {
        if !(c == 'e' && matches!(out.chars().last(), Some('a' | 'o' | 'u'))) {
            out.push(c);
        }
    }
    out
}

/// The tokens joined by single spaces.
pub(crate) fn fold(text: &str) -> String {
    tokens(text).join(" ")
}

/// Latin letters (and digits).
pub(crate) const LATIN: u8 = 1;
/// A script with a usual Latin spelling, or several: Cyrillic, Greek, Kana.
pub(crate) const SPELT: u8 = 2;
/// A script whose transliteration is no guide to how its owner writes the name in Latin letters
/// (Han, Hangul, Arabic, Hebrew, Indic, Thai): a difference from a Latin spelling says nothing.
pub(crate) const OPAQUE: u8 = 4;

/// The scripts `text` is written in, as bits: [`LATIN`], [`SPELT`], [`OPAQUE`].
pub(crate) fn scripts(text: &str) -> u8 {
    let script = |c: char| match c {
        '\u{590}'..='\u{109f}'
        | '\u{1100}'..='\u{137f}'
        | '\u{1780}'..='\u{18af}'
        | '\u{2e80}'..='\u{2fdf}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{20000}'..='\u{3ffff}' => OPAQUE,
        '\u{370}'..='\u{58f}' | '\u{10a0}'..='\u{10ff}' | '\u{3040}'..='\u{30ff}' => SPELT,
        c if c.is_alphanumeric() => LATIN,
        _ => 0,
    };
    text.chars().fold(0, |scripts, c| scripts | script(c))
}

/// True when `text` holds an [`OPAQUE`] script.
pub(crate) fn is_opaque(text: &str) -> bool {
    scripts(text) & OPAQUE != 0
}

/// A stable 64-bit hash of `bytes`: FNV-1a with the finaliser of SplitMix64. The same in every
/// version: blocking keys and the term frequencies of saved models rely on it.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325_u64;
    for &b in bytes {
        h = (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mix(h)
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
pub(crate) fn mix(mut h: u64) -> u64 {
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^ (h >> 31)
}

/// A blocking key of two parts.
pub(crate) fn key(a: u64, b: u64) -> u64 {
    mix(a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ mix(b))
}

/// Which of the 36 letters and digits `text` holds, folded into 32 bits: a cheap bound on how
/// alike two texts can be.
pub(crate) fn letters(text: &str) -> u32 {
    text.bytes().fold(0, |mask, b| match b {
        b'a'..=b'z' => mask | 1 << (b - b'a'),
        b'0'..=b'9' => mask | 1 << (26 + (b - b'0') % 6),
        _ => mask,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_script_becomes_ascii_tokens() {
        assert_eq!(tokens("Jean-Luc  O’Brien"), ["jean", "luc", "obrien"]);
        assert_eq!(fold("Müller"), fold("Mueller"));
        assert_eq!(fold("Jørgensen"), fold("Joergensen"));
        assert_eq!(fold("Наташа"), "natasha");
        assert_eq!(fold("ΜΑΡΙΑ"), fold("Μαρία"));
        assert_eq!(fold("Φώτης Βλάχος"), "fotis vlachos");
        assert_eq!(tokens("山田 太郎").len(), 2);
        assert_eq!(fold("e\u{301}cole"), fold("école"));
        assert!(fold("١٢ \u{e000}\u{1f600}").is_ascii());
    }

    #[test]
    fn unknown_characters_stay_apart() {
        assert_ne!(fold("\u{e000}"), fold("\u{e001}"));
    }

    #[test]
    fn scripts_without_a_dependable_latin_spelling_are_known() {
        assert!(is_opaque("山田") && is_opaque("محمد") && is_opaque("김"));
        assert!(!is_opaque("Müller") && !is_opaque("Мария") && !is_opaque("さくら"));
        assert_eq!((scripts("Müller 2"), scripts("Мария"), scripts("山a")), (1, 2, 5));
    }
}
