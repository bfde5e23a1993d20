//! Files spoiled in every way seen in the wild, made from clean tables, so that what a reader
//! should find in each is known.
//!
//! The kinds are those of the Pollock benchmark (Vitagliano et al., VLDB 2023) and of exports met
//! in practice; the files are our own.

mod clean;
mod fault;
mod kinds;
mod outside;
mod style;

use crate::draw::{Draw, Stream};
pub use clean::Table;

/// Files of each kind.
pub const PER_KIND: u64 = 9;

/// What a reader should find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// A table. `headers` are the acceptable readings of its header (none: it has no header).
    Table {
        /// Acceptable headers; an empty list when the file names no columns.
        headers: Vec<Vec<String>>,
        /// Its rows.
        rows: Vec<Vec<String>>,
    },
    /// No row at all: the file is to be refused by name, or read as empty.
    Nothing,
}

/// One spoiled file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polluted {
    /// Kind of pollution.
    pub kind: &'static str,
    /// File name, unique in the corpus.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it holds.
    pub truth: Truth,
    /// Not to be looked at while a reader is tuned.
    pub kept_aside: bool,
}

/// Every kind's files, in the order of kinds. The same `seed` gives the same bytes.
pub fn polluted(seed: u64) -> Vec<Polluted> {
    let mut files = Vec::new();
    for (number, kind) in kinds::KINDS.iter().enumerate() {
        for at in 0..PER_KIND {
            let index = number as u64 * 1000 + at;
            let mut draw = Draw::new(seed, Stream::Polluted, index);
            let (bytes, truth) = (kind.make)(&mut draw, at);
            let name = format!("{}-{at}.{}", kind.name, kind.suffix);
            let kept_aside = 3 * at >= 2 * PER_KIND;
            files.push(Polluted { kind: kind.name, name, bytes, truth, kept_aside });
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corpus_is_large_and_always_the_same() {
        let files = polluted(1);
        assert!(files.len() >= 300, "{}", files.len());
        assert_eq!(files, polluted(1));
        assert_ne!(files, polluted(2));
        assert_eq!(files.iter().filter(|f| f.kept_aside).count() * 3, files.len());
        let mut names: Vec<_> = files.iter().map(|f| f.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), files.len());
    }
}
