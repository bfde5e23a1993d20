//! Words run together, taken apart: `custno` is `cust no`, `orderdate` is `order date`.

use super::header;
use super::short_forms::SHORT_FORMS;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Words that run-together headers are made of: the short forms and the words of every phrase,
/// of three letters or more, and a few of two.
static PARTS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let short = SHORT_FORMS.iter().map(|(s, _)| (*s).to_owned());
    let of_phrases = header::phrase_words().into_iter().filter(|w| w.len() >= 3);
    let mut parts: BTreeSet<String> = short.filter(|s| s.len() >= 3).chain(of_phrases).collect();
    parts.extend(["no", "nr", "nm", "cd", "dt", "id", "ts"].map(str::to_owned));
    parts
});

/// The known words that `word` is made of, fewest first; itself when it is one, or when it
/// cannot be taken apart without a rest.
pub(crate) fn split(word: &str) -> Vec<String> {
    let whole = || vec![word.to_owned()];
    if word.len() < 5 || !word.is_ascii() || PARTS.contains(word) {
        return whole();
    }
    // Fewest parts that end at each letter.
    let mut best: Vec<Option<(usize, usize)>> = vec![None; word.len() + 1];
    best[0] = Some((0, 0));
    for end in 2..=word.len() {
        for start in 0..end - 1 {
            let Some((parts, _)) = best[start] else { continue };
            if PARTS.contains(&word[start..end]) && best[end].is_none_or(|(b, _)| parts + 1 < b) {
                best[end] = Some((parts + 1, start));
            }
        }
    }
    match best[word.len()] {
        Some((2..=3, _)) => {
            let (mut at, mut parts) = (word.len(), Vec::new());
            while let Some((_, start)) = best[at].filter(|_| at > 0) {
                parts.push(word[start..at].to_owned());
                at = start;
            }
            parts.reverse();
            parts
        }
        _ => whole(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_together_words_come_apart() {
        assert_eq!(split("custno"), ["cust", "no"]);
        assert_eq!(split("orderdate"), ["order", "date"]);
        assert_eq!(split("phone"), ["phone"]);
        assert_eq!(split("xyzzyq"), ["xyzzyq"]);
    }
}
