//! Columns of cells as columns of numbers: each distinct value is kept and read once.
//!
//! Values are numbered by first sight in the order of records, which does not depend on the order
//! of rows.

use crate::fold::mix;
use crate::{IdentityError, ask};
use kith_model::Monitor;
use rayon::prelude::*;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// A value's number inside its [`Values`]; [`MISSING`] for none.
pub(crate) type ValueId = u32;

/// No value.
pub(crate) const MISSING: ValueId = u32::MAX;

/// Rows between two looks at the monitor.
pub(crate) const STRIDE: usize = 1 << 12;

/// Multiply-and-rotate over eight bytes at a time: keys are short and nobody attacks them.
#[derive(Default)]
pub(crate) struct Quick(u64);

impl Quick {
    fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|w| self.word(u64::from_le_bytes(*w)));
        if !rest.is_empty() {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            self.word(u64::from_le_bytes(last) ^ (rest.len() as u64) << 56);
        }
    }
    fn write_u8(&mut self, n: u8) {
        self.word(u64::from(n));
    }
    fn write_u32(&mut self, n: u32) {
        self.word(u64::from(n));
    }
    fn write_u64(&mut self, n: u64) {
        self.word(n);
    }
    fn write_usize(&mut self, n: usize) {
        self.word(n as u64);
    }
    fn finish(&self) -> u64 {
        mix(self.0)
    }
}

/// A map that is looked up, never walked.
pub(crate) type QuickMap<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;

/// Gives out numbers by first sight.
pub(crate) struct Numbers<K>(QuickMap<K, ValueId>);

impl<K: Hash + Eq> Numbers<K> {
    /// None given out yet.
    pub fn new() -> Self {
        Self(QuickMap::default())
    }

    /// The number of `key`, and whether it is new.
    pub fn of(&mut self, key: K) -> (ValueId, bool) {
        let next = self.0.len() as ValueId;
        match self.0.entry(key) {
            Entry::Occupied(known) => (*known.get(), false),
            Entry::Vacant(free) => {
                free.insert(next);
                (next, true)
            }
        }
    }
}

/// Distinct values, and which of them each record has.
#[derive(Debug, Clone)]
pub(crate) struct Values<V> {
    /// The distinct values.
    pub value: Vec<V>,
    /// The value of each record.
    pub of: Vec<ValueId>,
}

impl<V> Values<V> {
    /// The value of `record`, if it has one.
    pub fn get(&self, record: usize) -> Option<&V> {
        let id = self.of[record];
        (id != MISSING).then(|| &self.value[id as usize])
    }
}

/// A text column seen through the order of records.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a> {
    /// The column, by row.
    pub cells: &'a [Option<String>],
    /// The row of each record.
    pub row: &'a [u32],
}

impl<'a> Cells<'a> {
    /// The cell of `record`.
    pub fn get(&self, record: usize) -> Option<&'a str> {
        self.cells[self.row[record] as usize].as_deref()
    }

    /// The distinct cells as they stand.
    pub fn raw(&self, monitor: &dyn Monitor) -> Result<Values<&'a str>, IdentityError> {
        let mut numbers = Numbers::new();
        let (mut value, mut of) = (Vec::new(), Vec::with_capacity(self.row.len()));
        for record in 0..self.row.len() {
            if record.is_multiple_of(STRIDE) {
                ask(monitor)?;
            }
            of.push(self.get(record).map_or(MISSING, |cell| {
                let (number, new) = numbers.of(cell);
                if new {
                    value.push(cell);
                }
                number
            }));
        }
        Ok(Values { value, of })
    }

    /// The distinct values that `read` makes of the cells.
    pub fn intern<V: Hash + Eq + Clone + Send>(
        &self,
        read: impl Fn(&str) -> Option<V> + Sync,
        monitor: &dyn Monitor,
    ) -> Result<Values<V>, IdentityError> {
        let raw = self.raw(monitor)?;
        let read = each(&raw.value, |cell| read(cell), monitor)?;
        let (value, of_raw) = distinct(read, monitor)?;
        Ok(Values { value, of: through(&raw.of, &of_raw) })
    }
}

/// `read` of each item, in parallel; hurries to the end once the user asked to stop.
pub(crate) fn each<T: Sync, V: Send>(
    items: &[T],
    read: impl Fn(&T) -> Option<V> + Sync,
    monitor: &dyn Monitor,
) -> Result<Vec<Option<V>>, IdentityError> {
    let one = |item: &T| if monitor.cancelled() { None } else { read(item) };
    let all = items.par_iter().with_min_len(256).map(one).collect();
    ask(monitor)?;
    Ok(all)
}

/// The distinct values and the number of each item.
pub(crate) fn distinct<V: Hash + Eq + Clone>(
    items: Vec<Option<V>>,
    monitor: &dyn Monitor,
) -> Result<(Vec<V>, Vec<ValueId>), IdentityError> {
    let mut numbers = Numbers::new();
    let (mut value, mut of) = (Vec::new(), Vec::with_capacity(items.len()));
    for (at, item) in items.into_iter().enumerate() {
        if at.is_multiple_of(STRIDE) {
            ask(monitor)?;
        }
        of.push(item.map_or(MISSING, |v| {
            let (number, new) = numbers.of(v.clone());
            if new {
                value.push(v);
            }
            number
        }));
    }
    Ok((value, of))
}

/// One numbering behind another.
pub(crate) fn through(of: &[ValueId], next: &[ValueId]) -> Vec<ValueId> {
    of.iter().map(|&v| if v == MISSING { MISSING } else { next[v as usize] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Quiet;

    #[test]
    fn values_are_read_once_and_numbered_by_first_sight() {
        let cells = ["b", "A", "", "a", "b"].map(|t| (!t.is_empty()).then(|| t.to_owned()));
        let row = [4, 3, 2, 1, 0];
        let values =
            Cells { cells: &cells, row: &row }.intern(|t| Some(t.to_lowercase()), &Quiet).unwrap();
        assert_eq!(values.value, ["b", "a"]);
        assert_eq!(values.of, [0, 1, MISSING, 1, 0]);
        assert_eq!((values.get(1), values.get(2)), (Some(&"a".to_owned()), None));
    }

    #[test]
    fn texts_of_like_bytes_are_told_apart() {
        let hash = |t: &str| {
            let mut quick = Quick::default();
            quick.write(t.as_bytes());
            quick.finish()
        };
        let all = ["", "a", "a\0", "abcdefgh", "abcdefgh\0", "hgfedcba"].map(hash);
        let mut distinct = all.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), all.len());
    }
}
