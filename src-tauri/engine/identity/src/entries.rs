//! The blocking keys of every record, those of one key together.
//!
//! A key is kept as a hash, in one word with the record it is of: half the memory of a key beside
//! a record, and sorted several times faster. Of the hash stay the bits that the record leaves (44
//! among a million) and those of its pile, 52 at most. Two keys that agree on all of them have one
//! block: among a million records once in thousands of rules, and then a few pairs more.

use crate::fold::mix;
use crate::{IdentityError, ask};
use kith_model::Monitor;
use rayon::prelude::*;
use std::ops::Range;

/// Bits of a record's place among those read by one task.
const PLACE: u32 = 12;

/// Words of one pile, about: few, and so sorted in few steps, within the cache.
const PILE: usize = 1 << 9;

/// Bits of the number of a pile, at most: that many places are written to in turn.
const PILES: u32 = 12;

/// What one rule makes of the records; read anew for each rule, so that the memory is taken once.
pub(crate) struct Entries {
    /// Records there are.
    records: usize,
    /// Hashes, each above the record it is of, ascending within a pile.
    words: Vec<u64>,
    /// Where each pile ends: no key is in two.
    ends: Vec<usize>,
    /// Hashes as they are read, each above the record's place among those of its task.
    read: Vec<Vec<u64>>,
}

/// Adds to `found` a word for each key that `add` adds for one of `records`: its hash, above the
/// record's place among them.
pub(crate) fn words(
    records: Range<usize>,
    add: impl Fn(usize, &mut Vec<u64>),
    found: &mut Vec<u64>,
) {
    for (place, record) in (0..).zip(records) {
        let start = found.len();
        add(record, found);
        let own = &mut found[start..];
        own.iter_mut().for_each(|key| *key = mix(*key) >> PLACE << PLACE | place);
        if own.len() > 1 {
            // The same key twice is one.
            own.sort_unstable();
            let mut kept = 1;
            for at in 1..own.len() {
                if own[at] != own[kept - 1] {
                    own[kept] = own[at];
                    kept += 1;
                }
            }
            found.truncate(start + kept);
        }
    }
}

/// Brings the words of one hash together, which come in the order of their records: dealt out by
/// the next bits of the hash, hardly any two hashes are left to be told apart.
fn group(pile: &mut [u64]) {
    const BITS: u32 = 9;
    let of = |word: u64| (word >> (u64::BITS - BITS)) as usize;
    let mut ends = [0_u32; 1 << BITS];
    pile.iter().for_each(|&word| ends[of(word)] += 1);
    let mut start = 0;
    for slot in &mut ends {
        start += std::mem::replace(slot, start);
    }
    let mut dealt = vec![0; pile.len()];
    for &word in &*pile {
        let slot = &mut ends[of(word)];
        dealt[*slot as usize] = word;
        *slot += 1;
    }
    let mut start = 0;
    for end in ends {
        let part = &mut dealt[start..end as usize];
        if part.len() > 1 {
            part.sort_unstable();
        }
        start = end as usize;
    }
    pile.copy_from_slice(&dealt);
}

impl Entries {
    /// For so many records.
    pub fn new(records: usize) -> Self {
        let read = vec![Vec::new(); records.div_ceil(1 << PLACE)];
        Self { records, words: Vec::new(), ends: Vec::new(), read }
    }

    /// Reads the keys of all records; `words` is given some of them, and does as [`words`] does.
    pub fn read(
        &mut self,
        words: impl Fn(Range<usize>, &mut Vec<u64>) + Sync,
        monitor: &dyn Monitor,
    ) -> Result<(), IdentityError> {
        self.read.par_iter_mut().enumerate().for_each(|(task, found)| {
            found.clear();
            if !monitor.cancelled() {
                let from = task << PLACE;
                words(from..self.records.min(from + (1 << PLACE)), found);
            }
        });
        ask(monitor)?;
        self.deal(monitor)?;
        let mut rest = &mut self.words[..];
        let mut piles: Vec<&mut [u64]> = Vec::with_capacity(self.ends.len());
        let mut start = 0;
        for &end in &self.ends {
            let (pile, after) = rest.split_at_mut(end - start);
            piles.push(pile);
            (rest, start) = (after, end);
        }
        piles.into_par_iter().for_each(|pile| {
            if !monitor.cancelled() {
                group(pile);
            }
        });
        ask(monitor)
    }

    /// Deals the words out to piles by the first bits of their hashes, which the number of the
    /// pile then stands for.
    fn deal(&mut self, monitor: &dyn Monitor) -> Result<(), IdentityError> {
        let n = self.keyed();
        let bits = (n / PILE).max(1).ilog2().min(PILES);
        let pile = |word: u64| (word.rotate_left(bits) & ((1 << bits) - 1)) as usize;
        self.ends.clear();
        self.ends.resize(1 << bits, 0);
        self.read.iter().flatten().for_each(|&word| self.ends[pile(word)] += 1);
        ask(monitor)?;
        let mut start = 0;
        for slot in &mut self.ends {
            start += std::mem::replace(slot, start);
        }
        self.words.clear();
        self.words.resize(n, 0);
        let below = self.below();
        for (task, words) in self.read.iter().enumerate() {
            for &word in words {
                let record = (task << PLACE) as u64 | word & ((1 << PLACE) - 1);
                let slot = &mut self.ends[pile(word)];
                self.words[*slot] = word >> PLACE << PLACE << bits & !below | record;
                *slot += 1;
            }
            ask(monitor)?;
        }
        Ok(())
    }

    /// The bits of a word that name the record.
    fn below(&self) -> u64 {
        (self.records.max(1) as u64).next_power_of_two() - 1
    }

    /// Keys of records; one with two keys counts twice.
    fn keyed(&self) -> usize {
        self.read.iter().map(Vec::len).sum()
    }

    /// The words of each key, ascending by record.
    pub fn blocks(&self) -> impl Iterator<Item = &[u64]> {
        let below = self.below();
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).flat_map(move |(start, &end)| {
            self.words[start..end].chunk_by(move |x, y| (x ^ y) & !below == 0)
        })
    }

    /// The record of a word.
    pub fn record(&self, word: u64) -> u32 {
        (word & self.below()) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Quiet;
    use std::collections::{BTreeMap, BTreeSet};

    /// The blocks of `entries` as sets of records.
    fn blocks(entries: &Entries) -> BTreeSet<Vec<u32>> {
        let records = |block: &[u64]| block.iter().map(|&word| entries.record(word)).collect();
        entries.blocks().map(records).collect()
    }

    #[test]
    fn records_of_a_key_stand_together() {
        for (records, distinct) in [(0, 1), (1, 1), (5, 2), (9_000, 1_000), (70_000, 30_000)] {
            let keys = |record: usize| {
                let of = |salt: u64| mix(record as u64 ^ salt) % distinct;
                // Every third record has two keys, which may be the same; every seventh none.
                let n = usize::from(!record.is_multiple_of(7))
                    * (1 + usize::from(record.is_multiple_of(3)));
                [of(1), of(1 << 40)].into_iter().take(n)
            };
            let mut expected: BTreeMap<u64, BTreeSet<u32>> = BTreeMap::new();
            for record in 0..records {
                keys(record).for_each(|key| {
                    expected.entry(key).or_default().insert(record as u32);
                });
            }
            let expected: BTreeSet<Vec<u32>> =
                expected.into_values().map(|block| block.into_iter().collect()).collect();
            let mut entries = Entries::new(records);
            // What an earlier rule left does not stay.
            for _ in 0..2 {
                let add = |record: usize, all: &mut Vec<u64>| all.extend(keys(record));
                entries.read(|records, found| words(records, add, found), &Quiet).unwrap();
                assert_eq!(blocks(&entries), expected, "{records}");
            }
        }
    }
}
