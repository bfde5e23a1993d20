//! The dialects worth trying on a text: usual delimiters that occur in it, and pairs of signs,
//! quotes and escapes that its lines suggest.

use crate::dialect::{Dialect, Ends};
use crate::sniff::Fixed;
use memchr::memmem::find;
use std::collections::BTreeMap;

/// Delimiters tried, likeliest first, with the weight a tie is broken by.
const DELIMITERS: [(&str, f64); 13] = [
    (",", 1.0),
    (";", 1.0),
    ("\t", 1.0),
    ("|", 1.0),
    ("||", 1.0),
    ("::", 0.95),
    ("~", 0.9),
    ("^", 0.9),
    ("\u{1f}", 1.0),
    ("\u{1}", 1.0),
    ("#", 0.6),
    (":", 0.55),
    (" ", 0.5),
];

/// Weight of a pair of signs that is no usual delimiter.
const PAIR: f64 = 0.95;

/// Lines whose pairs of signs are counted.
const LINES: usize = 40;

/// Signs that escape a quote in some program's exports.
const ESCAPES: &[u8] = b"\\^~!/%$#&*@?";

/// Dialects to try with their weights; of equally good ones the first is to be taken.
pub(crate) fn candidates(sample: &[u8], fixed: &Fixed) -> Vec<(Dialect, f64)> {
    let delimiters: Vec<(String, f64)> = match &fixed.delimiter {
        Some(delimiter) => vec![(delimiter.clone(), 1.0)],
        None => {
            let there = |d: &&(&str, f64)| d.0 == "," || find(sample, d.0.as_bytes()).is_some();
            let usual = DELIMITERS.iter().filter(there).map(|(d, w)| ((*d).to_owned(), *w));
            usual.chain(pairs(sample).into_iter().map(|pair| (pair, PAIR))).collect()
        }
    };
    let quotes: Vec<Option<char>> = match fixed.quote {
        Some(quote) => vec![quote],
        None => {
            let mut quotes = vec![Some('"')];
            if sample.contains(&b'\'') {
                quotes.push(Some('\''));
            }
            if sample.contains(&b'"') {
                quotes.push(None);
            }
            quotes
        }
    };
    let mut all = Vec::new();
    for (delimiter, weight) in delimiters {
        for &quote in &quotes {
            let escapes = match (fixed.escape, quote) {
                (Some(escape), _) => vec![escape],
                (None, None) => vec![None],
                (None, Some(mark)) => {
                    let found = escapes(sample, mark, delimiter.as_bytes());
                    std::iter::once(quote).chain(found.into_iter().map(Some)).collect()
                }
            };
            for escape in escapes {
                all.push((Dialect::new(&delimiter, quote, escape), weight));
            }
        }
    }
    with_ends(sample, all)
}

/// Gives each dialect the line ends that occur; where a CR alone occurs among others, both ways.
fn with_ends(sample: &[u8], mut all: Vec<(Dialect, f64)>) -> Vec<(Dialect, f64)> {
    let lone = |at: usize| sample.get(at + 1).is_some_and(|&next| next != b'\n');
    if !memchr::memchr_iter(b'\r', sample).any(lone) {
        return all;
    }
    if !sample.contains(&b'\n') {
        all.iter_mut().for_each(|(dialect, _)| dialect.ends = Ends::Cr);
        return all;
    }
    let any = all.clone().into_iter().map(|(mut dialect, weight)| {
        dialect.ends = Ends::Any;
        (dialect, weight)
    });
    all.extend(any.collect::<Vec<_>>());
    all
}

/// Pairs of signs that most of the first lines hold, at most three, the most even first.
fn pairs(sample: &[u8]) -> Vec<String> {
    let lines: Vec<&[u8]> = sample
        .split(|b| matches!(b, b'\n' | b'\r'))
        .filter(|line| !line.trim_ascii().is_empty())
        .take(LINES)
        .collect();
    let sign = |b: u8| b == b'\t' || b.is_ascii_punctuation() && !matches!(b, b'"' | b'\'' | b'_');
    let mut seen: BTreeMap<[u8; 2], usize> = BTreeMap::new();
    for line in &lines {
        let mut here: Vec<[u8; 2]> = line
            .windows(2)
            .filter(|pair| pair.iter().all(|&b| sign(b)))
            .map(|pair| [pair[0], pair[1]])
            .collect();
        here.sort_unstable();
        here.dedup();
        for pair in here {
            *seen.entry(pair).or_default() += 1;
        }
    }
    let known = |pair: &[u8; 2]| DELIMITERS.iter().any(|(d, _)| d.as_bytes() == pair);
    let mut found: Vec<_> =
        seen.into_iter().filter(|(pair, n)| n * 10 >= lines.len() * 7 && !known(pair)).collect();
    found.sort_by_key(|(_, lines)| std::cmp::Reverse(*lines));
    found.truncate(3);
    found.into_iter().map(|(pair, _)| pair.iter().map(|&b| char::from(b)).collect()).collect()
}

/// Signs that stand before `quote` where it cannot close a field, at most two, the most frequent
/// first.
fn escapes(sample: &[u8], quote: char, delimiter: &[u8]) -> Vec<char> {
    let Ok(quote) = u8::try_from(quote) else { return Vec::new() };
    let mut counts: BTreeMap<u8, usize> = BTreeMap::new();
    for at in memchr::memchr_iter(quote, sample) {
        let Some(before) = at.checked_sub(1).map(|b| sample[b]) else { continue };
        let after = sample.get(at + 1).copied().unwrap_or(b'\n');
        let closes = after == delimiter[0] || matches!(after, b'\n' | b'\r');
        let known = ESCAPES.contains(&before) && !delimiter.contains(&before);
        // A backslash is taken at its word, even before a quote that might close a field.
        if known && before != quote && (before == b'\\' || !closes && after != quote) {
            *counts.entry(before).or_default() += 1;
        }
    }
    let mut found: Vec<_> = counts.into_iter().collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    found.into_iter().take(2).map(|(sign, _)| char::from(sign)).collect()
}
