//! How alike two spellings are: slips, Jaro-Winkler similarity, and bounds on both that reject
//! most pairs for next to nothing.

use crate::fold::hash;
use rapidfuzz::distance::{jaro_winkler, osa};
use rphonetic::DoubleMetaphone;
use std::sync::LazyLock;

/// True when the optimal string alignment distance of `a` and `b` is at most `most`.
pub(crate) fn within(a: &[u8], b: &[u8], most: usize) -> bool {
    if most == 1 {
        return one_slip(a, b);
    }
    if a.len().abs_diff(b.len()) > most {
        return false;
    }
    let args = osa::Args::default().score_cutoff(most);
    osa::distance_with_args(a.iter().copied(), b.iter().copied(), &args).is_some()
}

/// True when at most one insertion, deletion, substitution or swap of neighbours parts `a` and
/// `b`: what follows the first difference must agree.
fn one_slip(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let Some(at) = short.iter().zip(long).position(|(x, y)| x != y) else {
        return long.len() - short.len() <= 1;
    };
    match long.len() - short.len() {
        0 => short[at + 1..] == long[at + 1..] || swapped_neighbours(short, long),
        1 => short[at..] == long[at + 1..],
        _ => false,
    }
}

/// True when two texts of one length differ by two neighbours in the other order.
pub(crate) fn swapped_neighbours(a: &[u8], b: &[u8]) -> bool {
    let Some(at) = a.iter().zip(b).position(|(x, y)| x != y) else { return false };
    at + 1 < a.len() && a[at] == b[at + 1] && a[at + 1] == b[at] && a[at + 2..] == b[at + 2..]
}

/// Jaro-Winkler similarity (Winkler 1990) when it is at least `least`, else 0.
pub(crate) fn winkler(a: &str, b: &str, least: f64) -> f64 {
    let args = jaro_winkler::Args::default().score_cutoff(least);
    jaro_winkler::similarity_with_args(a.bytes(), b.bytes(), &args).unwrap_or(0.0)
}

/// What a bound needs of a text: its length and its [`crate::fold::letters`].
pub(crate) type Sketch = (usize, u32);

/// A bound on the Jaro-Winkler similarity of two texts that begin with `prefix` equal characters
/// (of four at most): each letter one text has and the other lacks leaves at least one character
/// unmatched.
pub(crate) fn most_alike(a: Sketch, b: Sketch, prefix: usize) -> f64 {
    if a.0 == 0 || b.0 == 0 {
        return 0.0;
    }
    let only = |a: u32, b: u32| (a & !b).count_ones() as usize;
    let matched = a.0.saturating_sub(only(a.1, b.1)).min(b.0.saturating_sub(only(b.1, a.1)));
    let matched = matched as f64;
    let jaro = (matched / a.0 as f64 + matched / b.0 as f64 + 1.0) / 3.0;
    jaro + prefix as f64 * 0.1 * (1.0 - jaro)
}

/// Letters of a phonetic code that are compared.
const CODE: usize = 8;

/// Hashes of the two ways a name may be spoken, by Double Metaphone (Philips 2000); 0 for a code
/// of a single sound, which says too little.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Spoken([u32; 2]);

impl Spoken {
    /// Of a folded name; its words are spoken in one.
    pub fn of(name: &str) -> Self {
        static METAPHONE: LazyLock<DoubleMetaphone> =
            LazyLock::new(|| DoubleMetaphone::new(Some(CODE)));
        let letters: String = name.chars().filter(char::is_ascii_lowercase).collect();
        let code = METAPHONE.double_metaphone(&letters);
        let of = |code: String| if code.len() < 2 { 0 } else { hash(code.as_bytes()) as u32 };
        Self([of(code.primary()), of(code.alternate())])
    }

    /// True when the names are spoken alike in the usual way of one of them.
    pub fn alike(self, other: Self) -> bool {
        let (Self([a, b]), Self([x, y])) = (self, other);
        a != 0 && (a == x || a == y) || x != 0 && x == b
    }
}

/// First letter and the classes of the next consonants: survives wrong vowels, doubled letters
/// and the usual confusions (c/k, s/z, v/w).
pub(crate) fn sound(name: &str) -> String {
    let class = |c: u8| match c {
        b'b' | b'p' => b'p',
        b'c' | b'k' | b'q' | b'g' => b'k',
        b'd' | b't' => b't',
        b's' | b'z' | b'x' => b's',
        b'v' | b'w' | b'f' => b'f',
        b'm' | b'n' => b'n',
        b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'j' | b'h' | b' ' => 0,
        other => other,
    };
    let mut out = Vec::new();
    for (i, c) in name.bytes().enumerate() {
        let class = if i == 0 && class(c) == 0 { c } else { class(c) };
        if class != 0 && out.last() != Some(&class) {
            out.push(class);
        }
    }
    out.truncate(5);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::letters;
    use proptest::prelude::*;

    #[test]
    fn swapped_neighbours_are_no_two_slips() {
        assert!(swapped_neighbours(b"7516382", b"7561382"));
        assert!(!swapped_neighbours(b"7516382", b"7516382"));
        assert!(!swapped_neighbours(b"7516382", b"7561383"));
    }

    #[test]
    fn a_sound_survives_vowels_and_doubled_letters() {
        assert_eq!(sound("schmidt"), sound("schmid"));
        assert_eq!(sound("kowalski"), sound("kovalsky"));
        assert_ne!(sound("smith"), sound("jones"));
    }

    #[test]
    fn names_spoken_alike_are_told_from_others() {
        let alike = |a, b| Spoken::of(a).alike(Spoken::of(b));
        assert!(alike("meyer", "maier") && alike("stephen", "steven"));
        assert!(alike("schmidt", "smith"), "the German way of the one is the other");
        assert!(!alike("johanna", "johannes") && !alike("lee", "lou") && !alike("", ""));
    }

    proptest! {
        #[test]
        fn no_name_is_too_strange_to_be_spoken(name in "[a-z0-9 ]{0,12}") {
            prop_assert!(Spoken::of(&name).alike(Spoken::of(&name)) || Spoken::of(&name).0[0] == 0);
        }

        #[test]
        fn one_slip_is_a_distance_of_one(a in "[abc]{0,6}", b in "[abc]{0,6}") {
            let (x, y) = (a.bytes(), b.bytes());
            prop_assert_eq!(one_slip(a.as_bytes(), b.as_bytes()), osa::distance(x, y) <= 1);
        }

        #[test]
        fn the_bound_is_never_below_the_similarity(a in "[abc ]{0,7}", b in "[a-d1]{0,7}") {
            let prefix = a.bytes().zip(b.bytes()).take(4).take_while(|(x, y)| x == y).count();
            let sketch = |t: &str| (t.len(), letters(t));
            let bound = most_alike(sketch(&a), sketch(&b), prefix);
            prop_assert!(a.is_empty() || b.is_empty() || bound + 1e-9 >= winkler(&a, &b, 0.0));
        }
    }
}
