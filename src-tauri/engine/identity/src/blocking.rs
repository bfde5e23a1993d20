//! Blocking: which pairs are worth comparing.
//!
//! Each rule gives a record some 64-bit keys; records that share one are a pair. What a rule will
//! cost is known from the sizes of its blocks before a single pair is made: a block over the cap
//! is left out and counted, a rule over what is left of the budget does not run, and of a loose
//! rule only the smallest blocks are used.

use crate::budget::{Budget, Sizes};
use crate::records::Records;
use crate::rules::{LOOSE, RULES, Rule, own_keys};
use crate::sorting::grouped;
use crate::{IdentityError, ask};
use kith_model::Monitor;
use kith_model::identity::{BlockingEstimate, BlockingRule, IdentityParams, MatchField};
use rayon::prelude::*;

/// Records read for keys between two looks at the monitor.
pub(crate) const STRIDE: usize = 1 << 14;

/// Marks the last member of a block.
const LAST: u32 = 1 << 31;

/// The blocks of one rule: for each record, which later records share a block with it.
pub(crate) struct Blocks {
    /// Rule, as shown.
    pub rule: String,
    /// Whether it rests on contacts (else on names, birth date and address).
    pub by_contact: bool,
    /// Blocks left out because they were larger than the cap.
    pub skipped: u64,
    /// Members of every kept block, ascending within a block; the last of each is marked.
    members: Vec<u32>,
    /// For each record, where it stands in `members` with somebody after it: the places of record
    /// `r` are `places[first[r]..first[r + 1]]`.
    first: Vec<u32>,
    places: Vec<u32>,
}

impl Blocks {
    /// Reads where the blocks of `records` stand, so that they come from memory all at once.
    pub fn fetch(&self, records: std::ops::Range<usize>) {
        let places =
            &self.places[self.first[records.start] as usize..self.first[records.end] as usize];
        let read = |sum: u32, &place: &u32| sum ^ self.members[place as usize + 1];
        std::hint::black_box(places.iter().fold(0, read));
    }

    /// The blocks that hold somebody `wanted`: every pair with such a record lies in one of them.
    pub fn holding(&self, wanted: &[bool]) -> Self {
        let held = |block: &&[u32]| block.iter().any(|m| wanted[(m & !LAST) as usize]);
        let blocks = self.members.split_inclusive(|m| m & LAST != 0);
        let members: Vec<u32> = blocks.filter(held).flatten().copied().collect();
        let starts = || members.iter().enumerate().filter(|(_, m)| **m & LAST == 0);
        let mut first = vec![0_u32; wanted.len() + 1];
        starts().for_each(|(_, &member)| first[member as usize + 1] += 1);
        for record in 0..wanted.len() {
            first[record + 1] += first[record];
        }
        let mut free = first.clone();
        let mut places = vec![0; first[wanted.len()] as usize];
        for (place, &member) in starts() {
            let slot = &mut free[member as usize];
            places[*slot as usize] = place as u32;
            *slot += 1;
        }
        let (rule, by_contact, skipped) = (self.rule.clone(), self.by_contact, self.skipped);
        Self { rule, by_contact, skipped, members, first, places }
    }

    /// The records after `record` that share a block with it; a record may come twice.
    pub fn later(&self, record: usize) -> impl Iterator<Item = u32> + '_ {
        let of = self.first[record] as usize..self.first[record + 1] as usize;
        self.places[of].iter().flat_map(|&place| {
            let after = &self.members[place as usize + 1..];
            let end = after.iter().position(|m| m & LAST != 0).map_or(0, |last| last + 1);
            after[..end].iter().map(|m| m & !LAST)
        })
    }
}

/// A way to make keys, built in or the user's own.
pub(crate) enum Way<'a> {
    Built(&'static Rule),
    Own(&'a BlockingRule),
}

impl Way<'_> {
    /// Name on screen.
    pub fn name(&self) -> String {
        match self {
            Self::Built(rule) => rule.name.to_owned(),
            Self::Own(rule) => rule.label(),
        }
    }

    fn by_contact(&self) -> bool {
        match self {
            Self::Built(rule) => rule.by_contact(),
            Self::Own(rule) => rule.fields.iter().all(|f| {
                matches!(f, MatchField::Email | MatchField::Phone | MatchField::Identifier)
            }),
        }
    }

    /// Adds the keys of a record.
    pub fn keys(&self, r: &Records, record: usize, keys: &mut Vec<u64>) {
        match self {
            Self::Built(rule) => (rule.keys)(r, record, keys),
            Self::Own(rule) => own_keys(&rule.fields, r, record, keys),
        }
    }
}

/// What blocking will make, rule by rule, before any pair is made.
pub(crate) struct Blocking {
    /// The blocks of every rule that runs.
    pub blocks: Vec<Blocks>,
    /// Every rule looked at, in order, those that do not run among them.
    pub estimates: Vec<BlockingEstimate>,
}

/// The rules in force, then the loose ones: those whose fields are chosen, or the user's own.
pub(crate) fn ways(params: &IdentityParams) -> (Vec<Way<'_>>, Vec<Way<'_>>) {
    let chosen = |rule: &&'static Rule| rule.needs.iter().all(|f| params.fields.contains(f));
    if params.rules.is_empty() {
        let all = |rules: &'static [Rule]| rules.iter().filter(chosen).map(Way::Built).collect();
        (all(RULES), all(LOOSE))
    } else {
        (params.rules.iter().map(Way::Own).collect(), Vec::new())
    }
}

/// The blocks of every rule whose fields are chosen, or of the user's own rules.
///
/// # Errors
/// A rule of the user's own over the budget.
pub(crate) fn blocking(
    r: &Records,
    params: &IdentityParams,
    monitor: &dyn Monitor,
) -> Result<Blocking, IdentityError> {
    let (telling, loose) = ways(params);
    let mut found = Blocking { blocks: Vec::new(), estimates: Vec::new() };
    let mut budget = Budget::new(r.len() as u64, params, loose.len() as u64);
    let all = telling.len() + loose.len();
    let ways = telling.into_iter().map(|w| (w, false)).chain(loose.into_iter().map(|w| (w, true)));
    for (done, (way, is_loose)) in ways.enumerate() {
        crate::check(monitor, 0.1 + 0.1 * done as f32 / all as f32, "blocking")?;
        let entries = entries(r, &way, monitor)?;
        let sizes = Sizes::of(&entries, monitor)?;
        let mut estimate = budget.judge(way.name(), &sizes, is_loose);
        let Some(largest) = estimate.largest_kept else {
            if let Way::Own(rule) = &way {
                return Err(refused(r, rule, &estimate, &budget, monitor)?);
            }
            let needs = if let Way::Built(rule) = &way { rule.needs } else { &[] };
            estimate.instead = better(r, needs, params, &budget, monitor)?;
            found.estimates.push(estimate);
            continue;
        };
        let skipped = if is_loose { 0 } else { estimate.skipped_blocks };
        let name = (way.name(), way.by_contact(), skipped);
        found.blocks.push(blocks_of(r.len(), name, &entries, largest, monitor)?);
        found.estimates.push(estimate);
    }
    Ok(found)
}

/// What every rule would make, refused ones among them; no pair is made.
///
/// # Errors
/// The user asked to stop.
pub(crate) fn estimates(
    r: &Records,
    params: &IdentityParams,
    monitor: &dyn Monitor,
) -> Result<Vec<BlockingEstimate>, IdentityError> {
    let (telling, loose) = ways(params);
    let mut budget = Budget::new(r.len() as u64, params, loose.len() as u64);
    let ways = telling.into_iter().map(|w| (w, false)).chain(loose.into_iter().map(|w| (w, true)));
    let every = IdentityParams::default();
    ways.map(|(way, is_loose)| {
        let sizes = Sizes::of(&entries(r, &way, monitor)?, monitor)?;
        let mut estimate = budget.judge(way.name(), &sizes, is_loose);
        if estimate.largest_kept.is_none() {
            let (fields, among): (&[MatchField], _) = match &way {
                Way::Own(rule) => (&rule.fields, &every),
                Way::Built(rule) => (rule.needs, params),
            };
            estimate.instead = better(r, fields, among, &budget, monitor)?;
        }
        Ok(estimate)
    })
    .collect()
}

/// The error that names a rule over the budget, its count, and a better one.
fn refused(
    r: &Records,
    rule: &BlockingRule,
    estimate: &BlockingEstimate,
    budget: &Budget,
    monitor: &dyn Monitor,
) -> Result<IdentityError, IdentityError> {
    let every = IdentityParams::default();
    let instead = better(r, &rule.fields, &every, budget, monitor)?;
    Ok(IdentityError::TooManyPairs {
        rule: rule.label(),
        pairs: estimate.pairs,
        budget: budget.pairs(),
        instead: instead.unwrap_or_else(|| "a rule of more fields".to_owned()),
    })
}

/// The same rule with one more field: of those that stay within the budget the one most records
/// have, with its pairs.
fn better(
    r: &Records,
    fields: &[MatchField],
    params: &IdentityParams,
    budget: &Budget,
    monitor: &dyn Monitor,
) -> Result<Option<String>, IdentityError> {
    let mut best: Option<(u64, String)> = None;
    for &field in params.fields.iter().filter(|f| !fields.contains(f)) {
        let rule = BlockingRule { fields: [fields, &[field]].concat() };
        let sizes = Sizes::of(&entries(r, &Way::Own(&rule), monitor)?, monitor)?;
        let (keyed, pairs) = (sizes.keyed(), sizes.pairs());
        if pairs > 0 && pairs <= budget.pairs() && best.as_ref().is_none_or(|b| b.0 < keyed) {
            best = Some((keyed, format!("{} ({pairs} pairs)", rule.label())));
        }
    }
    Ok(best.map(|b| b.1))
}

/// Every record's keys: those of one key together, ascending by record.
fn entries(
    r: &Records,
    way: &Way<'_>,
    monitor: &dyn Monitor,
) -> Result<Vec<(u64, u32)>, IdentityError> {
    let strides: Vec<usize> = (0..r.len()).step_by(STRIDE).collect();
    let read = |&from: &usize| {
        let (mut found, mut keys) = (Vec::new(), Vec::new());
        if monitor.cancelled() {
            return found;
        }
        for record in from..r.len().min(from + STRIDE) {
            way.keys(r, record, &mut keys);
            keys.sort_unstable();
            keys.dedup();
            found.extend(keys.drain(..).map(|k| (k, record as u32)));
        }
        found
    };
    let found: Vec<Vec<(u64, u32)>> = strides.par_iter().map(read).collect();
    ask(monitor)?;
    grouped(&found, monitor)
}

/// The blocks of two to `largest` records.
fn blocks_of(
    records: usize,
    (rule, by_contact, skipped): (String, bool, u64),
    entries: &[(u64, u32)],
    largest: u64,
    monitor: &dyn Monitor,
) -> Result<Blocks, IdentityError> {
    let (members, first, places) = (Vec::new(), vec![0; records + 1], Vec::new());
    let mut blocks = Blocks { rule, by_contact, skipped, members, first, places };
    for (at, block) in entries.chunk_by(|x, y| x.0 == y.0).enumerate() {
        if at.is_multiple_of(STRIDE) {
            ask(monitor)?;
        }
        if block.len() > 1 && block.len() as u64 <= largest {
            blocks.members.extend(block.iter().map(|e| e.1));
            block[..block.len() - 1].iter().for_each(|e| blocks.first[e.1 as usize + 1] += 1);
            if let Some(last) = blocks.members.last_mut() {
                *last |= LAST;
            }
        }
    }
    ask(monitor)?;
    for record in 0..records {
        blocks.first[record + 1] += blocks.first[record];
    }
    ask(monitor)?;
    let mut free = blocks.first.clone();
    blocks.places = vec![0; blocks.first[records] as usize];
    for (place, &member) in blocks.members.iter().enumerate() {
        if place.is_multiple_of(STRIDE) {
            ask(monitor)?;
        }
        if member & LAST == 0 {
            let slot = &mut free[member as usize];
            blocks.places[*slot as usize] = place as u32;
            *slot += 1;
        }
    }
    Ok(blocks)
}
