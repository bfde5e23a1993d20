//! A column of texts in memory: one run of bytes, where each text ends, and which rows have none.
//!
//! A row costs its bytes and four more, wherever a vector of optional strings costs 24 and an
//! allocation: of a million records with twenty mostly empty columns that is the larger part.

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A column of texts; a row without one is SQL NULL.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Texts {
    bytes: String,
    /// Where each row's text ends in `bytes`, modulo 2³².
    ends: Vec<u32>,
    /// Rows in which the end passed a multiple of 2³²; no single text is that long.
    wraps: Vec<usize>,
    /// A bit for each row, set where there is no text.
    missing: Vec<u64>,
}

impl Texts {
    /// No rows.
    pub const fn new() -> Self {
        Self { bytes: String::new(), ends: Vec::new(), wraps: Vec::new(), missing: Vec::new() }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of `row`; `None` where it has none, and beyond the last row.
    pub fn get(&self, row: usize) -> Option<&str> {
        let known = row < self.len() && self.missing[row / 64] >> (row % 64) & 1 == 0;
        known.then(|| &self.bytes[row.checked_sub(1).map_or(0, |r| self.end(r))..self.end(row)])
    }

    /// The text of the first row, if there is one and it has one.
    pub fn first(&self) -> Option<&str> {
        self.get(0)
    }

    /// The text of every row.
    pub fn iter(&self) -> Iter<'_> {
        Iter { texts: self, row: 0 }
    }

    /// The text of every row, each for itself.
    pub fn to_vec(&self) -> Vec<Option<String>> {
        self.iter().map(|text| text.map(str::to_owned)).collect()
    }

    /// Adds a row.
    pub fn push(&mut self, text: Option<&str>) {
        let row = self.len();
        if row.is_multiple_of(64) {
            self.missing.push(0);
        }
        match text {
            Some(text) => self.bytes.push_str(text),
            None => self.missing[row / 64] |= 1 << (row % 64),
        }
        // The high half is kept in `wraps`.
        let end = self.bytes.len() as u32;
        if self.ends.last().is_some_and(|&before| end < before) {
            self.wraps.push(row);
        }
        self.ends.push(end);
    }

    fn end(&self, row: usize) -> usize {
        let wraps = self.wraps.partition_point(|&w| w <= row);
        (((wraps as u64) << 32) | u64::from(self.ends[row])) as usize
    }
}

impl Default for &Texts {
    fn default() -> Self {
        static NONE: Texts = Texts::new();
        &NONE
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<S: AsRef<str>> Extend<Option<S>> for Texts {
    fn extend<I: IntoIterator<Item = Option<S>>>(&mut self, rows: I) {
        rows.into_iter().for_each(|text| self.push(text.as_ref().map(AsRef::as_ref)));
    }
}

impl<S: AsRef<str>> FromIterator<Option<S>> for Texts {
    fn from_iter<I: IntoIterator<Item = Option<S>>>(rows: I) -> Self {
        let mut texts = Self::new();
        texts.extend(rows);
        texts
    }
}

impl<S: AsRef<str>> From<Vec<Option<S>>> for Texts {
    fn from(rows: Vec<Option<S>>) -> Self {
        rows.into_iter().collect()
    }
}

/// The rows of a [`Texts`], one after the other.
#[derive(Debug, Clone)]
pub struct Iter<'a> {
    texts: &'a Texts,
    row: usize,
}

impl<'a> Iterator for Iter<'a> {
    type Item = Option<&'a str>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.row;
        (row < self.texts.len()).then(|| {
            self.row += 1;
            self.texts.get(row)
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.texts.len() - self.row;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'a> IntoIterator for &'a Texts {
    type Item = Option<&'a str>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows;
        impl<'de> Visitor<'de> for Rows {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of texts")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Texts, A::Error> {
                let mut texts = Texts::new();
                while let Some(row) = rows.next_element::<Option<String>>()? {
                    texts.push(row.as_deref());
                }
                Ok(texts)
            }
        }
        deserializer.deserialize_seq(Rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_come_back_as_they_went_in(
            rows in proptest::collection::vec(proptest::option::of(".{0,5}"), 0..200)
        ) {
            let texts: Texts = rows.iter().map(Option::as_deref).collect();
            prop_assert_eq!(texts.to_vec(), rows.clone());
            prop_assert_eq!(texts.len(), rows.len());
            prop_assert_eq!(texts.get(rows.len()), None);
            let told = serde_json::to_string(&texts).unwrap();
            prop_assert_eq!(&told, &serde_json::to_string(&rows).unwrap());
            prop_assert_eq!(serde_json::from_str::<Texts>(&told).unwrap(), texts);
        }
    }

    #[test]
    fn an_empty_text_is_not_a_missing_one() {
        let texts = Texts::from(vec![None, Some("")]);
        assert_eq!((texts.first(), texts.get(1)), (None, Some("")));
        assert_ne!(texts, Texts::from(vec![Some(""), None]));
        assert_eq!(<&Texts>::default().len(), 0);
    }

    #[test]
    fn ends_beyond_four_gigabytes_count_on() {
        // As if the first two rows were of three gigabytes each.
        let three = 3_u64 << 30;
        let texts = Texts {
            ends: vec![three as u32, (2 * three) as u32, (2 * three) as u32 + 5],
            wraps: vec![1],
            ..Texts::default()
        };
        let ends: Vec<_> = (0..3).map(|row| texts.end(row) as u64).collect();
        assert_eq!(ends, [three, 2 * three, 2 * three + 5]);
    }
}
