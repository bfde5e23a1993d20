//! Blocking: which pairs are worth comparing.
//!
//! Each rule gives a record some 64-bit keys; records that share one are a pair. What a rule will
//! cost is known from the sizes of its blocks before a single pair is made: a block over the cap
//! is left out and counted, a rule over what is left of the budget does not run, and of a loose
//! rule only the smallest blocks are used.

use crate::IdentityError;
use crate::blocks::Blocks;
use crate::budget::{Budget, Sizes};
use crate::entries::{Entries, words};
use crate::records::Records;
use crate::rules::{LOOSE, RULES, Rule, own_keys};
use kith_model::identity::{BlockingEstimate, BlockingRule, IdentityParams, MatchField};
use kith_model::{Monitor, grouped};
use std::ops::Range;

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

    /// As [`words`], for many records.
    fn words(&self, r: &Records, records: Range<usize>, found: &mut Vec<u64>) {
        match self {
            Self::Built(rule) => (rule.words)(r, records, found),
            Self::Own(rule) => {
                words(records, |record, keys| own_keys(&rule.fields, r, record, keys), found);
            }
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
    let mut entries = Entries::new(r.len());
    let all = telling.len() + loose.len();
    let ways = telling.into_iter().map(|w| (w, false)).chain(loose.into_iter().map(|w| (w, true)));
    for (done, (way, is_loose)) in ways.enumerate() {
        crate::check(monitor, 0.1 + 0.1 * done as f32 / all as f32, "blocking")?;
        let sizes = sizes(&mut entries, r, &way, monitor)?;
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
        let kept = (largest, sizes.members(largest));
        found.blocks.push(Blocks::new(name, &entries, kept, monitor)?);
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
    let mut entries = Entries::new(r.len());
    ways.map(|(way, is_loose)| {
        let sizes = sizes(&mut entries, r, &way, monitor)?;
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
    let mut entries = Entries::new(r.len());
    for &field in params.fields.iter().filter(|f| !fields.contains(f)) {
        let rule = BlockingRule { fields: [fields, &[field]].concat() };
        let sizes = sizes(&mut entries, r, &Way::Own(&rule), monitor)?;
        let (keyed, pairs) = (sizes.keyed(), sizes.pairs());
        if pairs > 0 && pairs <= budget.pairs() && best.as_ref().is_none_or(|b| b.0 < keyed) {
            let pairs = grouped(pairs);
            best = Some((keyed, format!("{} ({pairs} pairs)", rule.label())));
        }
    }
    Ok(best.map(|b| b.1))
}

/// Reads the keys of a rule into `entries`; the sizes of their blocks.
fn sizes(
    entries: &mut Entries,
    r: &Records,
    way: &Way<'_>,
    monitor: &dyn Monitor,
) -> Result<Sizes, IdentityError> {
    entries.read(|records, found| way.words(r, records, found), monitor)?;
    Sizes::of(entries.blocks().map(<[u64]>::len), monitor)
}
