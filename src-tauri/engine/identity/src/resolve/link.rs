//! New records linked to settled profiles with a model that was learned before.
//!
//! Only pairs with a new record are compared, then those of every record they reach, until
//! nothing more is tied to them: so each touched component is as a full run with the same model
//! would see it, and is clustered anew under the decisions. Everything else stays as it was.

use super::reach::Reach;
use super::{Begun, LEAST_EDGE, Run, weight};
use crate::blocking;
use crate::blocks::{Blocks, Look};
use crate::compare::Comparer;
use crate::decided::{Decided, Taught};
use crate::forest::both;
use crate::model::{Scorer, weight_of};
use crate::outcome;
use crate::packed::Layout;
use crate::pairs::{self, Candidates};
use crate::ranked::{self, Ranked};
use crate::records::Records;
use crate::{IdentityError, MatchModel, Resolution, ask, check};
use kith_model::document::Decision;
use kith_model::identity::IdentityParams;
use kith_model::lineage::LinkedRun;
use kith_model::{Frame, Monitor, PairKey, Texts, Valid};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What linking starts from.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    /// What the last full run learned; its threshold is the one in force.
    pub model: &'a MatchModel,
    /// The profile of every row of the records; none for a row that is new or has changed.
    pub profiles: &'a [Option<i64>],
    /// Profiles that lost a record, had one changed, or of whose records a merge or split by hand
    /// speaks otherwise than it did: their other records are looked at too.
    pub loosened: &'a BTreeSet<i64>,
}

impl Settled<'_> {
    /// The profile of a row, unless it is new or has changed.
    pub(super) fn profile(&self, row: u32) -> Option<i64> {
        self.profiles.get(row as usize).copied().flatten()
    }
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

/// Links the rows of `records` that are new to the profiles of the others. `params` and the answers
/// among `decisions` must be those of the run that `settled` comes from. With no row settled, this is a
/// full run with a given model.
///
/// # Errors
/// A missing column, or [`IdentityError::Cancelled`].
pub fn link(
    records: &Frame,
    settled: &Settled<'_>,
    params: &Valid<IdentityParams>,
    decisions: &BTreeMap<PairKey, Decision>,
    (truth, monitor): (Option<&Texts>, &dyn Monitor),
) -> Result<Linked, IdentityError> {
    let Begun { decided, r, keys, linked, layout } =
        Begun::of(records, params, decisions, monitor)?;
    let comparer = Comparer::over(&r, Arc::clone(&layout), params);
    let blocks = blocking::blocking(&r, params, monitor)?.blocks;
    let of = (&linked[..], &blocks[..]);
    let taught = taught(&decided, &r, (&comparer, of), monitor)?;
    let mut reach = Reach::new(&r, settled, decided.constraints(&r).must);
    let scorer = Scorer::new(settled.model, &r);
    let least = weight_of(settled.model.threshold.clamp(1e-4, LEAST_EDGE));
    let (mut found, mut weights) = (Candidates::default(), Vec::new());
    while reach.grows() {
        let fresh = if reach.is_whole() {
            pairs::candidates(&comparer, of.0, of.1, r.len(), monitor)?
        } else {
            pairs::candidates_now(&comparer, of, (&reach.looks, &|_| true), monitor)?
        };
        let weigh = |i| if monitor.cancelled() { 0.0 } else { weight(&scorer, &fresh, &taught, i) };
        let weighed: Vec<f64> = (0..fresh.pairs.len()).into_par_iter().map(weigh).collect();
        ask(monitor)?;
        let tied = fresh.pairs.iter().zip(&weighed).filter(|(_, weight)| **weight >= least);
        reach.step(tied.map(|(p, _)| both(*p)));
        weights.extend(weighed);
        found.append(fresh);
    }
    let weights = found.sort(weights);
    drop((linked, blocks, scorer));
    let model = settled.model.clone();
    let run = Run { r, keys, candidates: found, weights, model, decided, taught };
    run.linked(&reach, settled, (params, layout), (truth, monitor))
}

/// What the answers teach, all pairs that were answered being compared first.
fn taught(
    decided: &Decided,
    r: &Records,
    (comparer, of): (&Comparer<'_>, (&[u64], &[Blocks])),
    monitor: &dyn Monitor,
) -> Result<Taught, IdentityError> {
    let said = decided.answered(r);
    if said.is_empty() {
        return Ok(Taught::default());
    }
    let mut looks = vec![Look::Later; r.len()];
    said.iter().flat_map(|&p| <[usize; 2]>::from(both(p))).for_each(|i| looks[i] = Look::Now);
    let asked = |p| said.contains(&p);
    let mut found = pairs::candidates_now(comparer, of, (&looks, &asked), monitor)?;
    found.sort(vec![(); found.pairs.len()]);
    Ok(decided.taught(r, &found))
}

impl Run {
    /// Clusters what was touched and leaves the rest together as it was.
    fn linked(
        self,
        reach: &Reach,
        settled: &Settled<'_>,
        (params, layout): (&Valid<IdentityParams>, Arc<Layout>),
        (truth, monitor): (Option<&Texts>, &dyn Monitor),
    ) -> Result<Linked, IdentityError> {
        let whole = settled.profiles.iter().all(Option::is_none);
        let constraints = self.decided.constraints(&self.r);
        let joins = self.joins(&Comparer::over(&self.r, layout, params), &constraints, monitor)?;
        check(monitor, 0.9, "measuring")?;
        let sober = ranked::sobriety(&self.model);
        let mut ranked = Ranked::new(&self.candidates, &self.weights, sober, monitor)?;
        if !whole {
            // Of the pairs looked at here alone: says nothing about all.
            ranked.missed = 0.0;
        }
        let labels = truth.map(|labels| self.labels(labels));
        let cut = outcome::cut(self.r.len(), &joins, self.model.threshold);
        let roots = reach.with_untouched(&cut);
        let mut summary = self.summary(&ranked, ranked.propose(), &roots);
        if whole {
            let extra = [summary.threshold, summary.proposed_threshold];
            let known = (self.r.len(), labels.as_deref());
            summary.curve = outcome::curve(&joins, &ranked, known, &extra, monitor)?;
            summary.review = self.waiting(params, &roots);
        }
        summary.truth = labels.map(|labels| outcome::quality(&roots, &labels));
        summary.notes = self.notes(&ranked, &constraints, Vec::new());
        summary.notes.extend(self.giant(&roots, &joins));
        let profiles = self.profiles(&roots);
        let record_profile = self.record_profile(&profiles);
        let pairs = self.pairs(params, &profiles, monitor)?;
        let is_new = |i: usize| settled.profile(self.r.row[i]).is_none();
        let with_new = |p: &&u64| is_new(both(**p).0) || is_new(both(**p).1);
        let new_pairs = self.candidates.pairs.iter().filter(with_new).count() as u64;
        let mut ids: Vec<i64> = reach.touched().map(|i| self.r.id[i]).collect();
        ids.sort_unstable();
        let new = (0..self.r.len()).filter(|&i| is_new(i)).count() as u64;
        let run = LinkedRun { new, touched: ids.len() as u64 };
        let resolution = Resolution { summary, record_profile, pairs, model: self.model };
        Ok(Linked { resolution, touched: ids, new_pairs, run })
    }
}
