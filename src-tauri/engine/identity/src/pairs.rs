//! Candidate pairs, each made once and compared once.
//!
//! Pairs are made part by part of the records from the blocks of every rule, and compared while
//! those records are at hand: no list of a rule's pairs ever stands in memory.

use crate::blocks::{Blocks, Look, Meetings, PART};
use crate::compare::Comparer;
use crate::em::Histogram;
use crate::forest::{both, pair};
use crate::intern::QuickMap;
use crate::levels::Pattern;
use crate::{IdentityError, ask, check};
use kith_model::Monitor;
use kith_model::identity::BlockingCount;
use rayon::prelude::*;
use std::borrow::Cow;

/// Pairs whose records are fetched together.
const FETCH: usize = 64;

/// Parts between two looks at the monitor.
const PARTS: usize = 64;

/// Bits that tell apart the deterministic keys and the rules, 32 in all.
const RULE: u32 = u32::BITS.trailing_zeros();

/// Candidate pairs, ascending, with what was found out about each.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// The pairs.
    pub pairs: Vec<u64>,
    /// Which rules made each pair: bit r for the r-th rule of [`Self::counts`].
    pub rules: Vec<u32>,
    /// The levels of each pair.
    pub patterns: Vec<Pattern>,
    /// Yield of each rule.
    pub counts: Vec<BlockingCount>,
    /// For each rule, whether it rests on contacts (else on names, birth date and address).
    pub by_contact: Vec<bool>,
}

impl Candidates {
    /// Adds other pairs, made by the same rules.
    pub fn append(&mut self, other: Self) {
        if self.counts.is_empty() {
            *self = other;
            return;
        }
        for (sum, count) in self.counts.iter_mut().zip(other.counts) {
            sum.pairs += count.pairs;
            sum.new_pairs += count.new_pairs;
        }
        self.pairs.extend(other.pairs);
        self.rules.extend(other.rules);
        self.patterns.extend(other.patterns);
    }

    /// Puts the pairs, and what goes with each, in ascending order.
    pub fn sort<T: Copy>(&mut self, along: Vec<T>) -> Vec<T> {
        if self.pairs.is_sorted() {
            return along;
        }
        let mut order: Vec<usize> = (0..self.pairs.len()).collect();
        order.par_sort_unstable_by_key(|&at| self.pairs[at]);
        let along = order.iter().map(|&at| along[at]).collect();
        self.rules = order.iter().map(|&at| self.rules[at]).collect();
        self.patterns = order.iter().map(|&at| self.patterns[at]).collect();
        self.pairs.par_sort_unstable();
        along
    }
}

/// Makes and compares every pair: those of `linked` (ascending), then those of `blocks`.
pub(crate) fn candidates(
    comparer: &Comparer<'_>,
    linked: &[u64],
    blocks: &[Blocks],
    records: usize,
    monitor: &dyn Monitor,
) -> Result<Candidates, IdentityError> {
    let meetings = blocks.par_iter().map(|b| b.all(records)).collect();
    ask(monitor)?;
    Source { comparer, linked: linked.into(), meetings, wanted: &|_| true }
        .compared(blocks, records, monitor)
}

/// As [`candidates`], but only the pairs with a record looked at now and none that is done, of
/// those the `wanted` ones, in no order.
pub(crate) fn candidates_now(
    comparer: &Comparer<'_>,
    (linked, blocks): (&[u64], &[Blocks]),
    (looks, wanted): (&[Look], &(dyn Fn(u64) -> bool + Sync)),
    monitor: &dyn Monitor,
) -> Result<Candidates, IdentityError> {
    let meetings = blocks.par_iter().map(|b| b.now(looks)).collect();
    ask(monitor)?;
    let from = |&p: &u64| match (looks[both(p).0], looks[both(p).1]) {
        (Look::Done, _) | (_, Look::Done) | (Look::Later, Look::Later) => None,
        (Look::Now, _) => Some(p),
        (Look::Later, Look::Now) => Some(p.rotate_left(32)),
    };
    let mut linked: Vec<u64> = linked.iter().filter_map(from).collect();
    linked.sort_unstable();
    ask(monitor)?;
    Source { comparer, linked: linked.into(), meetings, wanted }.compared(
        blocks,
        looks.len(),
        monitor,
    )
}

/// What pairs are made of. A pair is made from one of its records, the same by every rule.
struct Source<'a> {
    comparer: &'a Comparer<'a>,
    /// Linked pairs, ascending, the record they are made from in the upper half.
    linked: Cow<'a, [u64]>,
    /// Of each rule.
    meetings: Vec<Meetings<'a>>,
    wanted: &'a (dyn Fn(u64) -> bool + Sync),
}

#[derive(Default)]
struct Part {
    pairs: Vec<u64>,
    rules: Vec<u32>,
    patterns: Vec<Pattern>,
    /// Pairs of each rule, and those no earlier rule made.
    yielded: [(u64, u64); u32::BITS as usize],
}

impl Source<'_> {
    fn compared(
        &self,
        blocks: &[Blocks],
        records: usize,
        monitor: &dyn Monitor,
    ) -> Result<Candidates, IdentityError> {
        let mut found = Candidates {
            counts: vec![count("deterministic keys", 0)],
            by_contact: vec![true],
            ..Candidates::default()
        };
        found.counts.extend(blocks.iter().map(|b| count(&b.rule, b.skipped)));
        found.by_contact.extend(blocks.iter().map(|b| b.by_contact));
        let all = records.div_ceil(PART);
        for from in (0..all).step_by(PARTS) {
            check(monitor, 0.2 + 0.25 * from as f32 / all as f32, "comparing pairs")?;
            let part = |at| if monitor.cancelled() { Part::default() } else { self.part(at) };
            let parts: Vec<Part> =
                (from..all.min(from + PARTS)).into_par_iter().map(part).collect();
            for part in parts {
                for (of, yielded) in found.counts.iter_mut().zip(part.yielded) {
                    of.pairs += yielded.0;
                    of.new_pairs += yielded.1;
                }
                found.pairs.extend(part.pairs);
                found.rules.extend(part.rules);
                found.patterns.extend(part.patterns);
            }
        }
        ask(monitor)?;
        Ok(found)
    }

    /// The pairs made from one part of the records.
    fn part(&self, at: usize) -> Part {
        let mut part = Part::default();
        // Pairs with the rule that made them, in one word: sorted, those of one pair are together.
        let first = at * PART;
        let word = |from: usize, other: usize, rule: u64| {
            ((from - first) as u64) << (u32::BITS + RULE) | (other as u64) << RULE | rule
        };
        let start = self.linked.partition_point(|&p| both(p).0 < first);
        let linked = self.linked[start..].iter().map(|&p| both(p));
        let linked = linked.take_while(|(from, _)| *from < first + PART);
        let mut made: Vec<u64> = linked.map(|(from, other)| word(from, other, 0)).collect();
        for (rule, meetings) in (1..).zip(&self.meetings) {
            let pairs = meetings.pairs(at);
            made.extend(pairs.map(|(from, other)| word(from as usize, other as usize, rule)));
        }
        made.sort_unstable();
        for same in made.chunk_by(|x, y| x >> RULE == y >> RULE) {
            let (from, other) = both(same[0] >> RULE);
            let (from, other) = (first + from, other);
            let p = pair(from as u32, other as u32);
            if !self.comparer.may_meet(from, other) || !(self.wanted)(p) {
                continue;
            }
            let rules = same.iter().fold(0_u32, |rules, made| rules | 1 << (made % 32));
            let mut left = rules;
            part.yielded[rules.trailing_zeros() as usize].1 += 1;
            while left != 0 {
                part.yielded[left.trailing_zeros() as usize].0 += 1;
                left &= left - 1;
            }
            part.pairs.push(p);
            part.rules.push(rules);
        }
        self.compare(&mut part);
        part
    }

    fn compare(&self, part: &mut Part) {
        part.patterns.reserve(part.pairs.len());
        for pairs in part.pairs.chunks(FETCH) {
            // The lines of many records come from memory at once.
            let records = pairs.iter().map(|&p| both(p));
            self.comparer.fetch(records.clone().flat_map(|(a, b)| [a, b]));
            part.patterns.extend(records.map(|(a, b)| self.comparer.compare(a, b)));
        }
    }
}

fn count(rule: &str, skipped_blocks: u64) -> BlockingCount {
    BlockingCount { rule: rule.to_owned(), pairs: 0, new_pairs: 0, skipped_blocks }
}

/// How many pairs show each pattern, patterns ascending.
pub(crate) fn histogram(
    patterns: &[Pattern],
    monitor: &dyn Monitor,
) -> Result<Histogram, IdentityError> {
    const CHUNK: usize = 1 << 18;
    let mut counts: QuickMap<u32, u64> = QuickMap::default();
    for chunk in patterns.chunks(CHUNK) {
        crate::ask(monitor)?;
        chunk.iter().for_each(|p| *counts.entry(p.0).or_default() += 1);
    }
    let mut histogram: Histogram = counts.into_iter().map(|(p, n)| (Pattern(p), n)).collect();
    histogram.sort_unstable();
    Ok(histogram)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entries::{Entries, words};
    use crate::identity_sql::RECORD_COLUMNS;
    use crate::records::Records;
    use kith_model::identity::IdentityParams;
    use kith_model::{Column, Frame, Quiet};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// So many records of nobody in particular.
    fn nameless(n: usize) -> Records {
        let ints = |value: fn(i64) -> Option<i64>| Column::Int((0..n as i64).map(value).collect());
        let none = || Column::Text((0..n).map(|_| None::<&str>).collect());
        let column = |name: &str| match name {
            "record_id" => ints(Some),
            "birth_date" => ints(|_| None),
            _ => none(),
        };
        let columns = RECORD_COLUMNS.iter().map(|name| ((*name).to_owned(), column(name)));
        let frame = Frame { columns: columns.collect() };
        Records::read(&frame, &Quiet).unwrap()
    }

    fn blocks_of(keys: &[u8], largest: u64) -> Blocks {
        let mut entries = Entries::new(keys.len());
        let add = |record: usize, all: &mut Vec<u64>| all.push(keys[record].into());
        entries.read(|records, found| words(records, add, found), &Quiet).unwrap();
        let name = (String::new(), false, 0);
        Blocks::new(name, &entries, (largest, 0), &Quiet).unwrap()
    }

    /// Pairs with the rules that made them.
    fn made(found: &Candidates) -> BTreeMap<u64, u32> {
        found.pairs.iter().copied().zip(found.rules.iter().copied()).collect()
    }

    /// The same, by looking at every two records; `keys` by rule.
    fn naive(linked: &[u64], keys: &[Vec<u8>], largest: usize) -> BTreeMap<u64, u32> {
        let mut made: BTreeMap<u64, u32> = linked.iter().map(|&p| (p, 1)).collect();
        for (rule, keys) in (1..).zip(keys) {
            let size = |key: u8| keys.iter().filter(|k| **k == key).count();
            for (a, &key) in keys.iter().enumerate().filter(|(_, key)| size(**key) <= largest) {
                for b in (a + 1..keys.len()).filter(|&b| keys[b] == key) {
                    *made.entry(pair(a as u32, b as u32)).or_default() |= 1 << rule;
                }
            }
        }
        made
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Of the pairs of all records, those of the ones looked at now are made, by the same
        /// rules, each once, and no others.
        #[test]
        fn pairs_looked_at_now_are_those_that_a_walk_over_all_pairs_finds(
            records in prop::collection::vec(((0_u8..60, 0_u8..60, 0_u8..9), 0_u8..8), 2..700),
            linked in prop::collection::btree_set((0_usize..700, 0_usize..700), 0..40),
            largest in 2_usize..40,
        ) {
            let n = records.len();
            let keys = |of: fn(&(u8, u8, u8)) -> u8| records.iter().map(|r| of(&r.0)).collect();
            let keys: [Vec<u8>; 3] = [keys(|k| k.0), keys(|k| k.1), keys(|k| k.2)];
            let blocks = keys.each_ref().map(|keys| blocks_of(keys, largest as u64));
            let linked = linked.into_iter().map(|(a, b)| (a % n, b % n)).filter(|(a, b)| a != b);
            let linked: BTreeSet<u64> = linked.map(|(a, b)| pair(a as u32, b as u32)).collect();
            let linked = Vec::from_iter(linked);
            let mut expected = naive(&linked, &keys, largest);

            let (nameless, params) = (nameless(n), IdentityParams::default());
            let comparer = Comparer::new(&nameless, &params);
            let all = candidates(&comparer, &linked, &blocks, n, &Quiet).unwrap();
            prop_assert!(all.pairs.is_sorted_by(|x, y| x < y));
            prop_assert_eq!(made(&all), expected.clone());

            let looks = [Look::Now, Look::Done, Look::Later];
            let looks: Vec<Look> =
                records.iter().map(|record| looks[usize::from(record.1.min(2))]).collect();
            let of = (&linked[..], &blocks[..]);
            let now = candidates_now(&comparer, of, (&looks, &|_| true), &Quiet).unwrap();
            expected.retain(|&p, _| {
                let looked = [looks[both(p).0], looks[both(p).1]];
                looked.contains(&Look::Now) && !looked.contains(&Look::Done)
            });
            let counted: u64 = now.counts.iter().map(|count| count.new_pairs).sum();
            prop_assert_eq!((counted as usize, now.pairs.len()), (expected.len(), expected.len()));
            prop_assert_eq!(made(&now), expected);
        }
    }
}
