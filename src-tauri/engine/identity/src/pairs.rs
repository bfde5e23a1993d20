//! Candidate pairs, each made once and compared once.
//!
//! Pairs are made record by record from the blocks of every rule, in ascending order, and
//! compared while the record is at hand: no list of a rule's pairs ever stands in memory.

use crate::blocking::Blocks;
use crate::compare::Comparer;
use crate::em::Histogram;
use crate::forest::{both, pair};
use crate::intern::QuickMap;
use crate::levels::Pattern;
use crate::{IdentityError, check};
use kith_model::Monitor;
use kith_model::identity::BlockingCount;
use rayon::prelude::*;

/// Records whose pairs are made by one task.
const STRIDE: usize = 256;

/// Pairs whose records are fetched together.
const FETCH: usize = 64;

/// Tasks between two looks at the monitor.
const TASKS: usize = 64;

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

/// Makes and compares every pair: those of `linked` (ascending), then those of `blocks`.
pub(crate) fn candidates(
    comparer: &Comparer<'_>,
    linked: &[u64],
    blocks: &[Blocks],
    records: usize,
    monitor: &dyn Monitor,
) -> Result<Candidates, IdentityError> {
    candidates_where(comparer, (linked, blocks), (records, &|_, _| true), monitor)
}

/// As [`candidates`], but only pairs that are `wanted`.
pub(crate) fn candidates_where(
    comparer: &Comparer<'_>,
    (linked, blocks): (&[u64], &[Blocks]),
    (records, wanted): (usize, &(dyn Fn(usize, usize) -> bool + Sync)),
    monitor: &dyn Monitor,
) -> Result<Candidates, IdentityError> {
    let mut found = Candidates {
        counts: vec![count("deterministic keys", 0)],
        by_contact: vec![true],
        ..Candidates::default()
    };
    found.counts.extend(blocks.iter().map(|b| count(&b.rule, b.skipped)));
    found.by_contact.extend(blocks.iter().map(|b| b.by_contact));
    for from in (0..records).step_by(STRIDE * TASKS) {
        check(monitor, 0.2 + 0.25 * from as f32 / records as f32, "comparing pairs")?;
        let part = |from: usize| {
            let to = records.min(from + STRIDE);
            if monitor.cancelled() {
                Part::default()
            } else {
                part((comparer, wanted), linked, blocks, from..to)
            }
        };
        let starts: Vec<usize> =
            (from..records.min(from + STRIDE * TASKS)).step_by(STRIDE).collect();
        let parts: Vec<Part> = starts.into_par_iter().map(part).collect();
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
    crate::ask(monitor)?;
    Ok(found)
}

fn count(rule: &str, skipped_blocks: u64) -> BlockingCount {
    BlockingCount { rule: rule.to_owned(), pairs: 0, new_pairs: 0, skipped_blocks }
}

#[derive(Default)]
struct Part {
    pairs: Vec<u64>,
    rules: Vec<u32>,
    patterns: Vec<Pattern>,
    /// Pairs of each rule, and those no earlier rule made.
    yielded: [(u64, u64); u32::BITS as usize],
}

/// The pairs whose first record is one of `records`.
fn part(
    (comparer, wanted): (&Comparer<'_>, &(dyn Fn(usize, usize) -> bool + Sync)),
    linked: &[u64],
    blocks: &[Blocks],
    records: std::ops::Range<usize>,
) -> Part {
    let mut part = Part::default();
    let mut near: Vec<(u32, u32)> = Vec::new();
    let mut linked = linked[linked.partition_point(|&p| both(p).0 < records.start)..].iter();
    let mut next = linked.next();
    blocks.iter().for_each(|blocks| blocks.fetch(records.clone()));
    for a in records {
        near.clear();
        while let Some((x, b)) = next.map(|&p| both(p)).filter(|(x, _)| *x <= a) {
            debug_assert_eq!(x, a);
            near.push((b as u32, 1));
            next = linked.next();
        }
        for (bit, blocks) in (1..).zip(blocks) {
            near.extend(blocks.later(a).map(|b| (b, 1 << bit)));
        }
        near.retain(|&(b, _)| wanted(a, b as usize) && comparer.may_meet(a, b as usize));
        near.sort_unstable();
        for same in near.chunk_by(|x, y| x.0 == y.0) {
            part.pairs.push(pair(a as u32, same[0].0));
            let rules = same.iter().fold(0, |rules, x| rules | x.1);
            let mut left = rules;
            part.yielded[rules.trailing_zeros() as usize].1 += 1;
            while left != 0 {
                part.yielded[left.trailing_zeros() as usize].0 += 1;
                left &= left - 1;
            }
            part.rules.push(rules);
        }
    }
    part.patterns.reserve(part.pairs.len());
    for pairs in part.pairs.chunks(FETCH) {
        // The lines of many records come from memory at once.
        comparer.fetch(pairs.iter().map(|&p| both(p).1));
        part.patterns.extend(pairs.iter().map(|&p| comparer.compare(both(p).0, both(p).1)));
    }
    part
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
