//! Columns of cells as columns of numbers: each distinct value is kept and read once.
//!
//! Values are numbered by first sight in the order of records, which does not depend on the order
//! of rows.

use crate::fold::mix;
use crate::{IdentityError, ask};
use kith_model::{Monitor, Texts};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, BuildHasherDefault, Hash, Hasher};

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

/// A set that is looked up, never walked.
pub(crate) type QuickSet<K> = HashSet<K, BuildHasherDefault<Quick>>;

/// Gives out numbers by first sight: open addressing over the distinct keys, which are kept once.
pub(crate) struct Numbers<K> {
    keys: Vec<K>,
    /// Hash and number of a key; [`MISSING`] marks a free slot. A power of two of them.
    slots: Vec<(u32, ValueId)>,
}

impl<K: Hash + Eq> Numbers<K> {
    /// None given out yet.
    pub fn new() -> Self {
        Self { keys: Vec::new(), slots: vec![(0, MISSING); 16] }
    }

    /// The number of `key`, and whether it is new.
    pub fn of(&mut self, key: K) -> (ValueId, bool) {
        if 4 * self.keys.len() >= 3 * self.slots.len() {
            self.grow();
        }
        let hash = (BuildHasherDefault::<Quick>::default().hash_one(&key) >> 32) as u32;
        let mut at = hash as usize & (self.slots.len() - 1);
        loop {
            let (of, number) = self.slots[at];
            if number == MISSING {
                let next = self.keys.len() as ValueId;
                self.slots[at] = (hash, next);
                self.keys.push(key);
                return (next, true);
            }
            if of == hash && self.keys[number as usize] == key {
                return (number, false);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// The distinct keys by number.
    pub fn into_keys(self) -> Vec<K> {
        self.keys
    }

    fn grow(&mut self) {
        let mut slots = vec![(0, MISSING); 2 * self.slots.len()];
        for &(hash, number) in self.slots.iter().filter(|slot| slot.1 != MISSING) {
            let mut at = hash as usize & (slots.len() - 1);
            while slots[at].1 != MISSING {
                at = (at + 1) & (slots.len() - 1);
            }
            slots[at] = (hash, number);
        }
        self.slots = slots;
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
    pub cells: &'a Texts,
    /// The row of each record.
    pub row: &'a [u32],
}

impl<'a> Cells<'a> {
    /// The cell of `record`.
    pub fn get(&self, record: usize) -> Option<&'a str> {
        self.cells.get(self.row[record] as usize)
    }

    /// The distinct cells as they stand.
    pub fn raw(&self, monitor: &dyn Monitor) -> Result<Values<&'a str>, IdentityError> {
        let mut numbers = Numbers::new();
        let mut of = Vec::with_capacity(self.row.len());
        for record in 0..self.row.len() {
            if record.is_multiple_of(STRIDE) {
                ask(monitor)?;
            }
            of.push(self.get(record).map_or(MISSING, |cell| numbers.of(cell).0));
        }
        Ok(Values { value: numbers.into_keys(), of })
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
pub(crate) fn distinct<V: Hash + Eq>(
    items: Vec<Option<V>>,
    monitor: &dyn Monitor,
) -> Result<(Vec<V>, Vec<ValueId>), IdentityError> {
    let mut numbers = Numbers::new();
    let mut of = Vec::with_capacity(items.len());
    for (at, item) in items.into_iter().enumerate() {
        if at.is_multiple_of(STRIDE) {
            ask(monitor)?;
        }
        of.push(item.map_or(MISSING, |v| numbers.of(v).0));
    }
    Ok((numbers.into_keys(), of))
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
        let cells = Texts::from(vec![Some("b"), Some("A"), None, Some("a"), Some("b")]);
        let row = [4, 3, 2, 1, 0];
        let values =
            Cells { cells: &cells, row: &row }.intern(|t| Some(t.to_lowercase()), &Quiet).unwrap();
        assert_eq!(values.value, ["b", "a"]);
        assert_eq!(values.of, [0, 1, MISSING, 1, 0]);
        assert_eq!((values.get(1), values.get(2)), (Some(&"a".to_owned()), None));
    }

    #[test]
    fn numbers_stay_while_the_table_grows() {
        let mut numbers = Numbers::new();
        let given: Vec<_> = (0..1_000_u64).map(|i| numbers.of(i * 7919 % 500)).collect();
        assert!(given.iter().enumerate().all(|(i, g)| *g == (i as u32 % 500, i < 500)));
        assert_eq!(numbers.into_keys().len(), 500);
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
