//! The whole run: records in, people out.

pub(crate) mod carry;
pub(crate) mod link;
mod reach;

use crate::blocking;
use crate::cluster::{self, Edge, Join, Support};
use crate::compare::Comparer;
use crate::constraints::Constraints;
use crate::decided::{Decided, Taught};
use crate::forest::{both, pair, sizes};
use crate::frequency::is_known;
use crate::keys::{self, KeyLinks};
use crate::lessons::Lessons;
use crate::levels::Pattern;
use crate::model::{KEY_WEIGHT, MatchModel, Scorer, Weight, weight_of};
use crate::outcome;
use crate::packed::Layout;
use crate::pairs::{self, Candidates};
use crate::ranked::{self, Ranked};
use crate::records::Records;
use crate::train::{Trained, train};
use crate::{IdentityError, Resolution, ask, check};
use kith_model::document::Decision;
use kith_model::identity::{BlockingEstimate, IdentityParams, IdentitySummary};
use kith_model::{Frame, Monitor, PairKey, Texts, Valid, grouped};
use rayon::prelude::*;
use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Pairs below this probability never join clusters.
const LEAST_EDGE: f64 = 0.05;

/// Bits against a match from which a pair contradicts in full.
const FULL_CONTRADICTION: f64 = 6.0;

/// How much a pair that says nothing counts when clusters are joined.
const SILENCE: f64 = 0.1;

/// A cluster of more records is reported.
const LARGE_CLUSTER: u32 = 50;

/// Said when the measure is no longer independent.
const LEARNED_TRUTH: &str =
    "Learned from the known truth: precision and recall against it are no independent measure";

/// Pairs weighed between two looks at the monitor.
const CHUNK: usize = 1 << 16;

/// Finds which records are of one person.
///
/// `records`: the rows of [`crate::records_sql`]; given away rather than lent, they are let go of
/// once they are read. `decisions`: what people said of pairs; `Same`
/// and `Different` are honoured, and learned from where they are answers: a merge or split binds
/// its own records and teaches nothing of others. `truth`: the known person of each row, where
/// there is one; measured against, and learned from only when the settings say so. The same input
/// gives the same answer, whatever the row order or the number of threads.
///
/// # Errors
/// A missing column, or [`IdentityError::Cancelled`].
pub fn resolve(
    records: impl Borrow<Frame>,
    params: &Valid<IdentityParams>,
    decisions: &BTreeMap<PairKey, Decision>,
    truth: Option<&Texts>,
    monitor: &dyn Monitor,
) -> Result<Resolution, IdentityError> {
    resolve_with(records, (params, None), decisions, truth, monitor)
}

/// As [`resolve`], with a model that was trained before, where one is given, instead of learning
/// one. Its threshold is in force unless the settings name another.
///
/// # Errors
/// As [`resolve`], and [`crate::ModelError`] when the model does not fit.
pub fn resolve_with(
    records: impl Borrow<Frame>,
    (params, frozen): (&Valid<IdentityParams>, Option<&MatchModel>),
    decisions: &BTreeMap<PairKey, Decision>,
    truth: Option<&Texts>,
    monitor: &dyn Monitor,
) -> Result<Resolution, IdentityError> {
    frozen.map_or(Ok(()), |model| model.fits(params)).map_err(IdentityError::Model)?;
    let begun = Begun::of(records.borrow(), params, decisions, monitor)?;
    drop(records);
    whole(begun, (params, frozen), (truth, monitor))
}

/// What the blocking rules of `params` would make of `records`, known from the sizes of their
/// blocks before any pair is made: a rule over the budget is refused, with a better one.
///
/// # Errors
/// A missing column, or [`IdentityError::Cancelled`].
pub fn estimate_blocking(
    records: &Frame,
    params: &Valid<IdentityParams>,
    monitor: &dyn Monitor,
) -> Result<Vec<BlockingEstimate>, IdentityError> {
    let begun = Begun::of(records, params, &BTreeMap::new(), monitor)?;
    blocking::estimates(&begun.r, params, monitor)
}

fn whole(
    begun: Begun,
    (params, frozen): (&Valid<IdentityParams>, Option<&MatchModel>),
    (truth, monitor): (Option<&Texts>, &dyn Monitor),
) -> Result<Resolution, IdentityError> {
    let Begun { decided, r, keys, linked, layout } = begun;
    let comparer = Comparer::over(&r, layout, params);
    let blocking = blocking::blocking(&r, params, monitor)?;
    let candidates = pairs::candidates(&comparer, &linked, &blocking.blocks, r.len(), monitor)?;
    let mut estimates = blocking.estimates;
    drop((linked, blocking.blocks));
    let taught = decided.taught(&r, &candidates);
    let lessons = Lessons::new((&decided, &taught), (&r, &candidates), truth, params);
    let trained = match frozen {
        Some(model) => Trained::before(model),
        None => {
            train((&r, &comparer), &keys, (&candidates.patterns, &lessons.taught), params, monitor)?
        }
    };
    let layout = comparer.layout();
    let weights = weigh((&trained.model, &r), &candidates, &taught, monitor)?;
    let ranked = Ranked::new(&candidates, &weights, ranked::sobriety(&trained.model), monitor)?;
    let mut model = trained.model;
    let proposed = lessons.threshold(&ranked, &weights);
    let own = frozen.map_or(proposed, |frozen| frozen.threshold);
    model.threshold = params.threshold.unwrap_or(own);
    let run = Run { r, keys, candidates, weights, model, decided, taught };
    let constraints = run.decided.constraints(&run.r);
    let comparer = Comparer::over(&run.r, layout, params);
    let joins = run.joins(&comparer, &constraints, monitor)?;
    drop(comparer);
    check(monitor, 0.9, "measuring")?;
    let labels = truth.map(|labels| run.labels(labels));
    ask(monitor)?;
    let roots = outcome::cut(run.r.len(), &joins, run.model.threshold);
    ask(monitor)?;
    let mut summary = run.summary(&ranked, proposed, &roots);
    (summary.frozen, summary.training) = (frozen.is_some(), trained.log);
    summary.answers = lessons.answers();
    ask(monitor)?;
    ranked::recalls(&mut estimates, &summary.blocking, &ranked);
    summary.estimates = estimates;
    let extra = [summary.threshold, summary.proposed_threshold];
    let known = (run.r.len(), labels.as_deref());
    summary.curve = outcome::curve(&joins, &ranked, known, &extra, monitor)?;
    summary.truth = labels.map(|labels| outcome::quality(&roots, &labels));
    summary.iterations = trained.iterations;
    ask(monitor)?;
    summary.review = run.waiting(params, &roots);
    ask(monitor)?;
    summary.notes = run.notes(&ranked, &constraints, trained.notes);
    ask(monitor)?;
    summary.notes.extend(run.giant(&roots, &joins));
    let refused = summary.estimates.iter().filter(|e| e.largest_kept.is_none());
    summary.notes.extend(refused.map(refusal));
    if params.learn_truth && summary.truth.is_some() && frozen.is_none() {
        summary.notes.push(LEARNED_TRUTH.to_owned());
    }
    ask(monitor)?;
    let profiles = run.profiles(&roots);
    let (record_profile, pairs) =
        (run.record_profile(&profiles), run.pairs(params, &profiles, monitor)?);
    Ok(Resolution { summary, record_profile, pairs, model: run.model })
}

/// Records read and linked by their keys: what every run begins with.
struct Begun {
    decided: Decided,
    r: Records,
    keys: KeyLinks,
    /// Pairs that a key links and that may meet.
    linked: Vec<u64>,
    layout: Arc<Layout>,
}

impl Begun {
    fn of(
        records: &Frame,
        params: &Valid<IdentityParams>,
        decisions: &BTreeMap<PairKey, Decision>,
        monitor: &dyn Monitor,
    ) -> Result<Self, IdentityError> {
        check(monitor, 0.0, "reading records")?;
        let decided = Decided::read(records, decisions)?;
        let mut r = Records::read(records, monitor)?;
        check(monitor, 0.05, "linking by keys")?;
        let mut keys = keys::link(&mut r, params, monitor)?;
        let comparer = Comparer::new(&r, params);
        keys.links.retain(|link| comparer.may_meet(both(link.0).0, both(link.0).1));
        let linked = keys.links.iter().map(|link| link.0).collect();
        let layout = comparer.layout();
        Ok(Self { decided, r, keys, linked, layout })
    }
}

/// The weight of every candidate pair; a deterministic link has at least [`KEY_WEIGHT`].
fn weigh(
    (model, r): (&MatchModel, &Records),
    candidates: &Candidates,
    taught: &Taught,
    monitor: &dyn Monitor,
) -> Result<Vec<f64>, IdentityError> {
    let patterns = &candidates.patterns;
    let scorer = Scorer::new(model, r);
    let mut weights = Vec::with_capacity(patterns.len());
    while weights.len() < patterns.len() {
        check(
            monitor,
            0.65 + 0.1 * weights.len() as f32 / patterns.len() as f32,
            "weighing pairs",
        )?;
        let chunk = weights.len()..patterns.len().min(weights.len() + CHUNK);
        weights.par_extend(chunk.into_par_iter().map(|i| weight(&scorer, candidates, taught, i)));
    }
    Ok(weights)
}

fn weight(scorer: &Scorer<'_>, candidates: &Candidates, taught: &Taught, i: usize) -> f64 {
    let (pattern, (a, _)) = (candidates.patterns[i], both(candidates.pairs[i]));
    let weight = taught.weight(pattern, scorer.weigh_compared(pattern, a).total());
    if candidates.rules[i] & 1 == 1 { weight.max(KEY_WEIGHT) } else { weight }
}

/// A refused rule in plain words.
fn refusal(e: &BlockingEstimate) -> String {
    let instead = e.instead.as_ref().map_or_else(String::new, |i| format!("; better: {i}"));
    format!("Blocking by {} was refused: it would make {} pairs{instead}", e.rule, grouped(e.pairs))
}

/// Everything about a run once the pairs are compared.
pub(crate) struct Run {
    /// The records.
    pub r: Records,
    /// Deterministic links.
    pub keys: KeyLinks,
    /// Candidate pairs.
    pub candidates: Candidates,
    /// The weight of each.
    pub weights: Vec<f64>,
    /// What they were weighed with.
    pub model: MatchModel,
    /// People's decisions.
    pub decided: Decided,
    /// What they say of pairs like them.
    pub taught: Taught,
}

/// What a weight says about joining two clusters.
fn support(weight: &Weight) -> Support {
    let bits = weight.total();
    if bits >= 0.0 {
        return Support { bits: bits.min(KEY_WEIGHT), counts: 1.0 };
    }
    let counts = (-weight.against() / FULL_CONTRADICTION).clamp(SILENCE, 1.0);
    Support { bits: bits.max(-KEY_WEIGHT), counts }
}

impl Run {
    /// What candidate `i` says about joining clusters.
    fn edge(&self, scorer: &Scorer<'_>, i: usize) -> Edge {
        let pair = self.candidates.pairs[i];
        if self.candidates.rules[i] & 1 == 1 {
            return Edge { pair, support: Support { bits: KEY_WEIGHT, counts: 1.0 } };
        }
        let mut weight = scorer.weigh_compared(self.candidates.patterns[i], both(pair).0);
        weight.prior += self.weights[i] - weight.total();
        Edge { pair, support: support(&weight) }
    }

    /// Every join of clusters, highest first.
    fn joins(
        &self,
        comparer: &Comparer<'_>,
        constraints: &Constraints,
        monitor: &dyn Monitor,
    ) -> Result<Vec<Join>, IdentityError> {
        check(monitor, 0.75, "joining records")?;
        let scorer = Scorer::new(&self.model, &self.r);
        let least = weight_of(self.model.threshold.clamp(1e-4, LEAST_EDGE));
        let said = |a: u32, b: u32| {
            let (a, b) = (a as usize, b as usize);
            let may = comparer.may_meet(a, b);
            may.then(|| support(&scorer.weigh_compared(comparer.compare(a, b), a)))
        };
        let edges: Vec<Edge> = (0..self.weights.len())
            .into_par_iter()
            .filter(|&i| self.weights[i] >= least && !monitor.cancelled())
            .map(|i| self.edge(&scorer, i))
            .collect();
        cluster::joins(self.r.len(), &edges, constraints, said, monitor)
    }

    fn labels(&self, truth: &Texts) -> Vec<Option<u32>> {
        let numbers = outcome::number_labels(truth);
        self.r.row.iter().map(|&row| numbers.get(row as usize).copied().flatten()).collect()
    }

    fn summary(&self, ranked: &Ranked, proposed: f64, roots: &[u32]) -> IdentitySummary {
        let mut keyed = vec![false; self.r.len()];
        for &(p, _) in &self.keys.links {
            let (a, b) = both(p);
            (keyed[a], keyed[b]) = (true, true);
        }
        let sizes = sizes(roots);
        let mut cluster_sizes = vec![0; sizes.iter().max().map_or(0, |&most| most as usize)];
        sizes.iter().filter(|n| **n > 0).for_each(|&n| cluster_sizes[n as usize - 1] += 1);
        IdentitySummary {
            records: self.r.len() as u64,
            people: cluster_sizes.iter().sum(),
            deterministic_links: keyed.iter().filter(|k| **k).count() as u64,
            pairs: self.candidates.pairs.len() as u64,
            links: ranked.links(self.model.threshold),
            threshold: self.model.threshold,
            proposed_threshold: proposed,
            prior: self.model.prior,
            trained_on: self.model.records,
            comparisons: self.model.comparisons(|field| is_known(&self.r, field)),
            blocking: self.candidates.counts.clone(),
            histogram: ranked.histogram(),
            cluster_sizes,
            ..IdentitySummary::default()
        }
    }

    /// Questions worth asking: clusters that are apart while a pair between them lies between the
    /// start of review and the threshold, and nobody has decided on any pair between them; a few
    /// of each pattern, whose answers speak for the others.
    fn waiting(&self, params: &IdentityParams, roots: &[u32]) -> u64 {
        let ends = |p: u64| {
            let (a, b) = both(p);
            pair(roots[a], roots[b])
        };
        let decided: BTreeSet<u64> = self.decided.all(&self.r).into_iter().map(ends).collect();
        let range = params.review_range(self.model.threshold);
        let within = weight_of(range.start)..weight_of(range.end);
        let open = (0..self.weights.len()).filter(|&i| within.contains(&self.weights[i]));
        let mut strongest: BTreeMap<u64, usize> = BTreeMap::new();
        for i in open {
            let between = ends(self.candidates.pairs[i]);
            if both(between).0 != both(between).1 && !decided.contains(&between) {
                let best = strongest.entry(between).or_insert(i);
                if self.weights[*best] < self.weights[i] {
                    *best = i;
                }
            }
        }
        let mut alike: BTreeMap<Pattern, u64> = BTreeMap::new();
        for i in strongest.into_values() {
            *alike.entry(self.candidates.patterns[i]).or_default() += 1;
        }
        let asked = |(pattern, n): (Pattern, u64)| n.min(self.taught.left(pattern));
        alike.into_iter().map(asked).sum()
    }

    /// The alarm about the largest cluster, when it is large, with the weakest link that holds it
    /// together.
    fn giant(&self, roots: &[u32], joins: &[Join]) -> Option<String> {
        let sizes = sizes(roots);
        let largest = (0..sizes.len()).max_by_key(|&root| (sizes[root], Reverse(root)));
        let root = largest.filter(|&root| sizes[root] > LARGE_CLUSTER)?;
        let inside = |j: &&Join| [j.a, j.b].iter().all(|&i| roots[i as usize] as usize == root);
        let least = weight_of(self.model.threshold);
        let held = joins.iter().take_while(|j| j.height >= least).filter(inside).last();
        let name = |record: u32| self.r.name(record as usize);
        let link = held.map_or_else(String::new, |j| {
            format!(", weakest between {} and {} ({:.1} bits)", name(j.a), name(j.b), j.height)
        });
        Some(format!("One person has {} records: check what links them{link}", sizes[root]))
    }

    fn notes(
        &self,
        ranked: &Ranked,
        constraints: &Constraints,
        learning: Vec<String>,
    ) -> Vec<String> {
        let mut notes = self.keys.notes.clone();
        let counts = &self.candidates.counts;
        for count in counts.iter().filter(|c| c.skipped_blocks > 0) {
            notes.push(format!(
                "Blocking by {} left out {} blocks of common keys",
                count.rule, count.skipped_blocks
            ));
        }
        notes.extend(learning);
        if ranked.missed >= 1.0 {
            notes.push(format!("Blocking may have missed about {:.0} true pairs", ranked.missed));
        }
        if constraints.refused > 0 {
            notes.push(format!(
                "{} decisions (same person) contradict others (different people) and were set aside",
                constraints.refused
            ));
        }
        notes
    }
}
