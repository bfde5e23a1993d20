//! New records linked to settled profiles with a model that was learned before.
//!
//! Only pairs with a new record are compared, then those of every record they reach, until
//! nothing more is tied to them: so each touched component is as a full run with the same model
//! would see it, and is clustered anew under the decisions. Everything else stays as it was.

use super::{Begun, LEAST_EDGE, Run, weigh};
use crate::blocking::{self, Blocks};
use crate::compare::Comparer;
use crate::decided::Taught;
use crate::forest::{Forest, both, pair};
use crate::model::{KEY_WEIGHT, Scorer, weight_of};
use crate::outcome::{self, Ranked};
use crate::pairs::{self, Candidates};
use crate::records::Records;
use crate::{IdentityError, MatchModel, Resolution, ask, check};
use kith_model::identity::{IdentityParams, Verdict};
use kith_model::lineage::LinkedRun;
use kith_model::{Frame, Monitor, PairKey, Valid};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What linking starts from.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    /// What the last full run learned; its threshold is the one in force.
    pub model: &'a MatchModel,
    /// The profile of every row of the records; none for a row that is new or has changed.
    pub profiles: &'a [Option<i64>],
    /// Profiles that lost a record, or had one changed: their other records are looked at too.
    pub loosened: &'a BTreeSet<i64>,
}

/// What linking found.
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    /// As of a full run, but of the pairs of touched records alone; [`crate::carry_on`] adds the
    /// rest. Whole when no row was settled.
    pub resolution: Resolution,
    /// Ids of the records whose pairs were looked at anew, ascending.
    pub touched: Vec<i64>,
    /// Pairs compared that have a new record.
    pub new_pairs: u64,
    /// New records, and touched ones.
    pub run: LinkedRun,
}

/// Links the rows of `records` that are new to the profiles of the others. `params` and
/// `decisions` must be those of the run that `settled` comes from. With no row settled, this is a
/// full run with a given model.
///
/// # Errors
/// A missing column, or [`IdentityError::Cancelled`].
pub fn link(
    records: &Frame,
    settled: &Settled<'_>,
    params: &Valid<IdentityParams>,
    decisions: &BTreeMap<PairKey, Verdict>,
    (truth, monitor): (Option<&[Option<String>]>, &dyn Monitor),
) -> Result<Linked, IdentityError> {
    let Begun { decided, r, keys, linked, layout } =
        Begun::of(records, params, decisions, monitor)?;
    let comparer = Comparer::over(&r, layout, params);
    let blocks = blocking::blocking(&r, params, monitor)?.blocks;
    let of = |wanted: &(dyn Fn(usize, usize) -> bool + Sync)| {
        pairs::candidates_where(&comparer, (&linked, &blocks), (r.len(), wanted), monitor)
    };
    let said = decided.all(&r);
    let asked = |a: usize, b: usize| said.contains(&pair(a as u32, b as u32));
    let taught = if said.is_empty() { Taught::default() } else { decided.taught(&r, &of(&asked)?) };
    let mut reach = Reach::new(&r, settled, decided.constraints(&r).must);
    let scorer = Scorer::new(settled.model, &r);
    let least = weight_of(settled.model.threshold.clamp(1e-4, LEAST_EDGE));
    let mut parts = Vec::new();
    while reach.grows {
        let fresh = reach.fresh(&comparer, (&linked, &blocks), monitor)?;
        let weight = |i: usize| {
            let ((a, _), pattern) = (both(fresh.pairs[i]), fresh.patterns[i]);
            let keyed = fresh.rules[i] & 1 == 1;
            let weight = || taught.weight(pattern, scorer.weigh_compared(pattern, a).total());
            if keyed { KEY_WEIGHT } else { weight() }
        };
        let tied: Vec<usize> =
            (0..fresh.pairs.len()).into_par_iter().filter(|&i| weight(i) >= least).collect();
        ask(monitor)?;
        reach.step(tied.into_iter().map(|i| both(fresh.pairs[i])));
        parts.push(fresh);
    }
    let found = together(parts);
    drop((linked, blocks, scorer));
    let weights = weigh((settled.model, &r), &found, &taught, monitor)?;
    let model = settled.model.clone();
    let run = Run { r, keys, candidates: found, weights, model, decided, taught };
    run.linked((records, &reach.done), settled, params, (truth, monitor))
}

/// Which records are looked at, round by round.
struct Reach {
    /// Looked at in this round.
    front: Vec<bool>,
    /// Looked at in earlier rounds: all their pairs are known.
    done: Vec<bool>,
    /// Somebody is looked at in this round.
    grows: bool,
    /// Records by the profile they had.
    mates: BTreeMap<i64, Vec<u32>>,
    /// The profile of each record, by record.
    profiles: Vec<Option<i64>>,
    /// Decisions that two are one person.
    must: Vec<u64>,
}

impl Reach {
    fn new(r: &Records, settled: &Settled<'_>, must: Vec<u64>) -> Self {
        let profiles: Vec<Option<i64>> = r
            .row
            .iter()
            .map(|&row| settled.profiles.get(row as usize).copied().flatten())
            .collect();
        let mut mates: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
        for (i, profile) in profiles.iter().enumerate() {
            if let Some(profile) = profile {
                mates.entry(*profile).or_default().push(i as u32);
            }
        }
        let loose = |p: &Option<i64>| p.is_none_or(|p| settled.loosened.contains(&p));
        let front: Vec<bool> = profiles.iter().map(loose).collect();
        let grows = front.contains(&true);
        Self { done: vec![false; front.len()], front, grows, mates, profiles, must }
    }

    /// The pairs of this round, made from the blocks that hold somebody looked at in it: the
    /// others are not walked through.
    fn fresh(
        &self,
        comparer: &Comparer<'_>,
        (linked, blocks): (&[u64], &[Blocks]),
        monitor: &dyn Monitor,
    ) -> Result<Candidates, IdentityError> {
        let wanted: &(dyn Fn(usize, usize) -> bool + Sync) = &|a, b| self.wants(a, b);
        let of = (self.front.len(), wanted);
        if self.front.iter().all(|looked_at| *looked_at) {
            return pairs::candidates_where(comparer, (linked, blocks), of, monitor);
        }
        let near: Vec<Blocks> = blocks.par_iter().map(|b| b.holding(&self.front)).collect();
        ask(monitor)?;
        pairs::candidates_where(comparer, (linked, &near), of, monitor)
    }

    /// True when the pair is to be compared in this round.
    fn wants(&self, a: usize, b: usize) -> bool {
        (self.front[a] || self.front[b]) && !(self.done[a] || self.done[b])
    }

    /// Ends a round in which `tied` records were found: those not looked at yet are next, with
    /// the records that shared their profile and those decided to be the same.
    fn step(&mut self, tied: impl Iterator<Item = (usize, usize)>) {
        for (done, front) in self.done.iter_mut().zip(&mut self.front) {
            *done |= std::mem::take(front);
        }
        let mut next: Vec<u32> = tied.flat_map(|(a, b)| [a as u32, b as u32]).collect();
        next.extend((0..self.done.len() as u32).filter(|&i| self.done[i as usize]));
        self.grows = false;
        while let Some(i) = next.pop() {
            let at = i as usize;
            if !self.done[at] && !std::mem::replace(&mut self.front[at], true) {
                self.grows = true;
            }
            let Some(profile) = self.profiles[at] else { continue };
            if let Some(mates) = self.mates.remove(&profile) {
                next.extend(mates);
            }
        }
        for &p in &self.must {
            let (a, b) = both(p);
            let reached = [a, b].map(|i| self.done[i] || self.front[i]);
            if reached[0] != reached[1] {
                self.front[if reached[0] { b } else { a }] = true;
                self.grows = true;
            }
        }
    }
}

/// The candidates of all rounds, ascending; no pair is in two.
fn together(mut parts: Vec<Candidates>) -> Candidates {
    if parts.len() == 1 {
        return parts.swap_remove(0);
    }
    let mut all = Candidates::default();
    let mut rows = Vec::new();
    for part in parts {
        if all.counts.is_empty() {
            (all.counts, all.by_contact) = (part.counts, part.by_contact);
        } else {
            for (sum, count) in all.counts.iter_mut().zip(part.counts) {
                sum.pairs += count.pairs;
                sum.new_pairs += count.new_pairs;
            }
        }
        let columns = part.pairs.into_iter().zip(part.rules).zip(part.patterns);
        rows.extend(columns.map(|((pair, rules), pattern)| (pair, rules, pattern)));
    }
    rows.par_sort_unstable_by_key(|row| row.0);
    for (pair, rules, pattern) in rows {
        all.pairs.push(pair);
        all.rules.push(rules);
        all.patterns.push(pattern);
    }
    all
}

impl Run {
    /// Clusters what was touched and leaves the rest together as it was.
    fn linked(
        self,
        (records, touched): (&Frame, &[bool]),
        settled: &Settled<'_>,
        params: &Valid<IdentityParams>,
        (truth, monitor): (Option<&[Option<String>]>, &dyn Monitor),
    ) -> Result<Linked, IdentityError> {
        let whole = settled.profiles.iter().all(Option::is_none);
        let constraints = self.decided.constraints(&self.r);
        let joins = self.joins(&Comparer::new(&self.r, params), &constraints, monitor)?;
        check(monitor, 0.9, "measuring")?;
        let sober = outcome::sobriety(&self.model);
        let mut ranked = Ranked::new(&self.candidates, &self.weights, sober, monitor)?;
        if !whole {
            // Of the pairs looked at here alone: says nothing about all.
            ranked.missed = 0.0;
        }
        let labels = truth.map(|labels| self.labels(labels));
        let cut = outcome::cut(self.r.len(), &joins, self.model.threshold);
        let roots = self.with_untouched(&cut, touched, settled);
        let mut summary = self.summary(&ranked, &roots);
        if whole {
            let extra = [summary.threshold, summary.proposed_threshold];
            let known = (self.r.len(), labels.as_deref());
            summary.curve = outcome::curve(&joins, &ranked, known, &extra, monitor)?;
            summary.review = self.waiting(params, &roots);
        }
        summary.truth = labels.map(|labels| outcome::quality(&roots, &labels));
        summary.notes = self.notes(&ranked, &constraints, Vec::new());
        summary.notes.extend(self.giant(records, &roots, &joins)?);
        let profiles = self.profiles(&roots);
        let record_profile = self.record_profile(&profiles);
        let pairs = self.pairs(params, &profiles, monitor)?;
        let is_new =
            |i: usize| settled.profiles.get(self.r.row[i] as usize).is_none_or(Option::is_none);
        let with_new = |p: &&u64| is_new(both(**p).0) || is_new(both(**p).1);
        let new_pairs = self.candidates.pairs.iter().filter(with_new).count() as u64;
        let mut ids: Vec<i64> =
            self.r.id.iter().zip(touched).filter(|(_, t)| **t).map(|(id, _)| *id).collect();
        ids.sort_unstable();
        let new = (0..self.r.len()).filter(|&i| is_new(i)).count() as u64;
        let run = LinkedRun { new, touched: ids.len() as u64 };
        let resolution = Resolution { summary, record_profile, pairs, model: self.model };
        Ok(Linked { resolution, touched: ids, new_pairs, run })
    }

    /// The roots of touched records as `cut`, those of the others by the profile they had.
    fn with_untouched(&self, cut: &[u32], touched: &[bool], settled: &Settled<'_>) -> Vec<u32> {
        let mut forest = Forest::new(cut.len());
        let mut first: BTreeMap<i64, u32> = BTreeMap::new();
        for (i, &root) in cut.iter().enumerate() {
            let profile = settled.profiles.get(self.r.row[i] as usize).copied().flatten();
            match profile {
                Some(profile) if !touched[i] => {
                    forest.join(*first.entry(profile).or_insert(i as u32), i as u32);
                }
                _ => {
                    forest.join(root, i as u32);
                }
            }
        }
        forest.roots()
    }
}
