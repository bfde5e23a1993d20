//! The whole run: records in, people out.

use crate::blocking::{self, Candidates};
use crate::cluster::{self, Constraints, Edge, Join, Support};
use crate::compare::Comparer;
use crate::em::{self, Histogram};
use crate::forest::{Forest, both, groups, pair};
use crate::frequency;
use crate::keys::{self, KeyLinks};
use crate::levels::{Pattern, levels};
use crate::model::{
    FieldModel, KEY_WEIGHT, LevelModel, MODEL_VERSION, MatchModel, Scorer, Weight, probability,
    weight_of,
};
use crate::outcome::{self, Ranked};
use crate::records::{Records, texts};
use crate::{IdentityError, Resolution, check};
use kith_model::identity::{IdentityParams, IdentitySummary, MatchField, Verdict};
use kith_model::{Column, Frame, Monitor, PairKey, Valid};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Pairs below this probability never join clusters.
const LEAST_EDGE: f64 = 0.01;

/// Bits against a match from which a pair contradicts in full.
const FULL_CONTRADICTION: f64 = 6.0;

/// How much a pair that says nothing counts when clusters are joined.
const SILENCE: f64 = 0.1;

/// Rows of [`Resolution::pairs`], at most.
const MOST_PAIRS: usize = 1_000_000;

/// A cluster of more records is reported.
const LARGE_CLUSTER: usize = 50;

/// Finds which records are of one person.
///
/// `records`: the rows of [`crate::records_sql`]. `decisions`: what people said of pairs; `Same`
/// and `Different` are honoured. `truth`: the known person of each row, where there is one; only
/// measured against. The same input gives the same answer, whatever the row order or the number
/// of threads.
///
/// # Errors
/// A missing column, or [`IdentityError::Cancelled`].
pub fn resolve(
    records: &Frame,
    params: &Valid<IdentityParams>,
    decisions: &BTreeMap<PairKey, Verdict>,
    truth: Option<&[Option<String>]>,
    monitor: &dyn Monitor,
) -> Result<Resolution, IdentityError> {
    check(monitor, 0.0, "reading records")?;
    let decided = Decided::read(records, decisions)?;
    let mut r = Records::read(records)?;
    check(monitor, 0.05, "linking by keys")?;
    let keys = keys::link(&mut r, params);
    let linked: Vec<u64> = keys.links.keys().copied().collect();
    let candidates = blocking::candidates(&r, &linked, params, monitor)?;
    let comparer = Comparer::new(&r, params);
    let patterns = compare(&comparer, &candidates.pairs, monitor)?;
    let (model, iterations, em_notes) = train(&r, &comparer, &keys, &patterns, (params, monitor))?;
    check(monitor, 0.65, "weighing pairs")?;
    let mut run = Run { r, keys, candidates, patterns, weights: Vec::new(), model, decided };
    run.weigh();
    check(monitor, 0.75, "joining records")?;
    let ranked = Ranked::new(&run.candidates, &run.weights, weight_of(run.model.prior));
    let proposed = ranked.propose();
    let threshold = params.threshold.unwrap_or(proposed);
    run.model.threshold = threshold;
    let constraints = run.constraints();
    let joins = run.joins(&comparer_of(&run.r, params), &constraints, threshold);
    check(monitor, 0.9, "measuring")?;
    let labels = truth.map(|labels| run.labels(labels));
    let roots = outcome::cut(run.r.len(), &joins, threshold);
    let mut summary = run.summary(&ranked, &roots);
    summary.curve =
        outcome::curve(run.r.len(), &joins, &ranked, labels.as_deref(), &[threshold, proposed]);
    summary.truth = labels.map(|labels| outcome::quality(&roots, &labels));
    summary.proposed_threshold = proposed;
    summary.iterations = iterations;
    summary.review = run.waiting(params, &roots);
    summary.notes = run.notes(&ranked, &roots, &constraints, em_notes);
    let pairs = run.pairs(params, &roots);
    Ok(Resolution { summary, record_profile: run.profiles(&roots), pairs, model: run.model })
}

fn comparer_of<'a>(r: &'a Records, params: &IdentityParams) -> Comparer<'a> {
    Comparer::new(r, params)
}

/// Compares every candidate pair once.
fn compare(
    comparer: &Comparer<'_>,
    pairs: &[u64],
    monitor: &dyn Monitor,
) -> Result<Vec<Pattern>, IdentityError> {
    const CHUNK: usize = 1 << 15;
    let mut patterns = Vec::with_capacity(pairs.len());
    for chunk in pairs.chunks(CHUNK) {
        let done = patterns.len() as f32 / pairs.len() as f32;
        check(monitor, 0.25 + 0.2 * done, "comparing pairs")?;
        patterns.par_extend(chunk.par_iter().map(|&p| {
            let (a, b) = both(p);
            comparer.compare(a, b)
        }));
    }
    Ok(patterns)
}

/// How many pairs show each pattern, patterns ascending.
fn histogram(patterns: &[Pattern]) -> Histogram {
    let mut sorted = patterns.to_vec();
    sorted.par_sort_unstable();
    sorted.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect()
}

/// Estimates u, learns m, finds the prior.
fn train(
    r: &Records,
    comparer: &Comparer<'_>,
    keys: &KeyLinks,
    patterns: &[Pattern],
    (params, monitor): (&IdentityParams, &dyn Monitor),
) -> Result<(MatchModel, u32, Vec<String>), IdentityError> {
    check(monitor, 0.45, "estimating u")?;
    let mut forest = Forest::new(r.len());
    for &p in keys.links.keys() {
        let (a, b) = both(p);
        forest.join(a as u32, b as u32);
    }
    let strangers: Vec<u32> =
        forest.roots().iter().enumerate().filter(|(i, r)| *i as u32 == **r).map(|e| *e.1).collect();
    let chance = frequency::estimate(r, comparer, &strangers, params.seed);
    let histogram = histogram(patterns);
    let learned = em::learn(&histogram, &chance.u, params.max_iterations, monitor)?;
    let n = r.len() as f64;
    let linked = keys.links.len() as u64;
    let (prior, household) =
        em::prior(&histogram, &chance.u, &learned, linked, n * (n - 1.0).max(0.0) / 2.0);
    let mut frequencies: BTreeMap<MatchField, _> = chance.frequencies.into_iter().collect();
    let fields = MatchField::ALL
        .into_iter()
        .filter(|field| params.fields.contains(field))
        .map(|field| FieldModel {
            field,
            levels: level_models(field, &learned, &chance.u),
            frequencies: frequencies.remove(&field),
        })
        .collect();
    let model = MatchModel { version: MODEL_VERSION, prior, household, threshold: 0.0, fields };
    Ok((model, learned.iterations, learned.notes))
}

/// A field's learned levels. Differing never speaks for a match: m of the last level stays at or
/// below u.
fn level_models(
    field: MatchField,
    learned: &em::Learned,
    u: &frequency::Levels,
) -> Vec<LevelModel> {
    let at = field as usize;
    let n = levels(field).len();
    let mut m = learned.m[at];
    let last = m[n - 1].min(u[at][n - 1]);
    let rest: f64 = m[..n - 1].iter().sum();
    m[..n - 1].iter_mut().for_each(|p| *p *= (1.0 - last) / rest);
    m[n - 1] = last;
    let level = |(i, spec): (usize, &crate::levels::Level)| LevelModel {
        label: spec.label.to_owned(),
        m: m[i],
        u: u[at][i],
        household: if spec.household.is_some() { learned.household[at][i] } else { u[at][i] },
    };
    levels(field).iter().enumerate().map(level).collect()
}

/// People's decisions as rows of the frame.
struct Decided {
    same: Vec<(u32, u32)>,
    different: Vec<(u32, u32)>,
    unsure: Vec<(u32, u32)>,
}

impl Decided {
    fn read(
        records: &Frame,
        decisions: &BTreeMap<PairKey, Verdict>,
    ) -> Result<Self, IdentityError> {
        let mut decided = Self { same: Vec::new(), different: Vec::new(), unsure: Vec::new() };
        if decisions.is_empty() {
            return Ok(decided);
        }
        let (source, native) = (texts(records, "source")?, texts(records, "native_id")?);
        let mut wanted: HashMap<String, Option<u32>> = decisions
            .keys()
            .flat_map(|key| [key.left.clone(), key.right.clone()])
            .map(|name| (name, None))
            .collect();
        for row in 0..source.len() {
            let name = record_name(source[row].as_deref(), native[row].as_deref());
            if let Some(slot) = wanted.get_mut(&name) {
                slot.get_or_insert(row as u32);
            }
        }
        for (key, verdict) in decisions {
            let rows = [&key.left, &key.right].map(|name| wanted.get(name).copied().flatten());
            if let [Some(a), Some(b)] = rows {
                match verdict {
                    Verdict::Same => decided.same.push((a, b)),
                    Verdict::Different => decided.different.push((a, b)),
                    Verdict::Unsure => decided.unsure.push((a, b)),
                }
            }
        }
        Ok(decided)
    }
}

/// A record as people name it.
pub(crate) fn record_name(source: Option<&str>, native: Option<&str>) -> String {
    format!("{}/{}", source.unwrap_or_default(), native.unwrap_or_default())
}

/// Everything about a run once the pairs are compared.
struct Run {
    r: Records,
    keys: KeyLinks,
    candidates: Candidates,
    patterns: Vec<Pattern>,
    weights: Vec<f64>,
    model: MatchModel,
    decided: Decided,
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
    /// The weight of every candidate pair; a deterministic link has at least [`KEY_WEIGHT`].
    fn weigh(&mut self) {
        let scorer = Scorer::new(&self.model, &self.r);
        let pairs = self.candidates.pairs.par_iter().zip(&self.candidates.rules);
        self.weights = pairs
            .zip(&self.patterns)
            .map(|((&p, rules), &pattern)| {
                let (a, b) = both(p);
                let weight = scorer.weigh(pattern, a, b).total();
                if rules & 1 == 1 { weight.max(KEY_WEIGHT) } else { weight }
            })
            .collect();
    }

    /// Each row's place in the order of records.
    fn places(&self) -> Vec<u32> {
        let mut place = vec![0; self.r.len()];
        self.r.row.iter().enumerate().for_each(|(i, &row)| place[row as usize] = i as u32);
        place
    }

    fn constraints(&self) -> Constraints {
        let place = self.places();
        let at = |&(a, b): &(u32, u32)| pair(place[a as usize], place[b as usize]);
        let must: Vec<u64> = self.decided.same.iter().map(at).collect();
        Constraints::new(&must, self.decided.different.iter().map(at).collect())
    }

    fn joins(
        &self,
        comparer: &Comparer<'_>,
        constraints: &Constraints,
        threshold: f64,
    ) -> Vec<Join> {
        let scorer = Scorer::new(&self.model, &self.r);
        let least = weight_of(threshold.clamp(1e-4, LEAST_EDGE));
        let said = |a: u32, b: u32| {
            let (a, b) = (a as usize, b as usize);
            support(&scorer.weigh(comparer.compare(a, b), a, b))
        };
        let edges: Vec<Edge> = (0..self.weights.len())
            .into_par_iter()
            .filter(|&i| self.weights[i] >= least)
            .map(|i| {
                let (a, b) = both(self.candidates.pairs[i]);
                let key = self.candidates.rules[i] & 1 == 1;
                let support = if key {
                    Support { bits: KEY_WEIGHT, counts: 1.0 }
                } else {
                    support(&scorer.weigh(self.patterns[i], a, b))
                };
                Edge { pair: self.candidates.pairs[i], support }
            })
            .collect();
        cluster::joins(self.r.len(), &edges, constraints, said)
    }

    fn labels(&self, truth: &[Option<String>]) -> Vec<Option<u32>> {
        let numbers = outcome::number_labels(truth);
        self.r.row.iter().map(|&row| numbers.get(row as usize).copied().flatten()).collect()
    }

    fn summary(&self, ranked: &Ranked, roots: &[u32]) -> IdentitySummary {
        let mut keyed = BTreeSet::new();
        self.keys.links.keys().for_each(|&p| {
            let (a, b) = both(p);
            keyed.extend([a, b]);
        });
        let clusters = groups(roots);
        let mut sizes = vec![0; clusters.iter().map(Vec::len).max().unwrap_or(0)];
        clusters.iter().for_each(|c| sizes[c.len() - 1] += 1);
        IdentitySummary {
            records: self.r.len() as u64,
            people: clusters.len() as u64,
            deterministic_links: keyed.len() as u64,
            pairs: self.candidates.pairs.len() as u64,
            links: ranked.links(self.model.threshold),
            threshold: self.model.threshold,
            prior: self.model.prior,
            comparisons: self.model.comparisons(),
            blocking: self.candidates.counts.clone(),
            histogram: ranked.histogram(),
            cluster_sizes: sizes,
            ..IdentitySummary::default()
        }
    }

    /// Pairs a person may say something of, ascending.
    fn decided_pairs(&self) -> BTreeSet<u64> {
        let place = self.places();
        let d = &self.decided;
        let all = d.same.iter().chain(&d.different).chain(&d.unsure);
        all.map(|&(a, b)| pair(place[a as usize], place[b as usize])).collect()
    }

    /// Undecided pairs between the start of review and the threshold whose records are apart.
    fn waiting(&self, params: &IdentityParams, roots: &[u32]) -> u64 {
        let decided = self.decided_pairs();
        let within = weight_of(params.review_from)..weight_of(self.model.threshold);
        let pairs = self.candidates.pairs.iter().zip(&self.weights);
        let waits = pairs.filter(|(p, w)| {
            let (a, b) = both(**p);
            within.contains(w) && roots[a] != roots[b] && !decided.contains(p)
        });
        waits.count() as u64
    }

    fn notes(
        &self,
        ranked: &Ranked,
        roots: &[u32],
        constraints: &Constraints,
        learning: Vec<String>,
    ) -> Vec<String> {
        let mut notes = self.keys.notes.clone();
        let counts = &self.candidates.counts;
        for count in counts.iter().filter(|c| c.skipped_blocks > 0) {
            notes.push(format!(
                "Blocking by {} left out {} blocks over the pair cap",
                count.rule, count.skipped_blocks
            ));
        }
        notes.extend(learning);
        if ranked.missed >= 1.0 {
            notes.push(format!("Blocking may have missed about {:.0} true pairs", ranked.missed));
        }
        let largest = groups(roots).iter().map(Vec::len).max().unwrap_or(0);
        if largest > LARGE_CLUSTER {
            notes.push(format!("One person has {largest} records: check what links them"));
        }
        if constraints.refused > 0 {
            notes.push(format!(
                "{} decisions (same person) contradict others (different people) and were set aside",
                constraints.refused
            ));
        }
        notes
    }

    /// The frame (record_id, profile_id), by record.
    fn profiles(&self, roots: &[u32]) -> Frame {
        let mut smallest: Vec<i64> = self.r.id.clone();
        for (i, &root) in roots.iter().enumerate() {
            smallest[root as usize] = smallest[root as usize].min(self.r.id[i]);
        }
        let mut rows: Vec<(i64, i64)> = roots
            .iter()
            .zip(&self.r.id)
            .map(|(&root, &id)| (id, 1 + smallest[root as usize]))
            .collect();
        rows.sort_unstable();
        Frame::default()
            .with("record_id", Column::Int(rows.iter().map(|r| Some(r.0)).collect()))
            .with("profile_id", Column::Int(rows.iter().map(|r| Some(r.1)).collect()))
    }

    /// The likelier pairs and every decided one, by record; the nearest to the threshold when
    /// there are too many.
    fn pairs(&self, params: &IdentityParams, roots: &[u32]) -> Frame {
        let least = weight_of(params.review_from / 2.0);
        let decided = self.decided_pairs();
        let likely =
            |i: &usize| self.weights[*i] >= least || decided.contains(&self.candidates.pairs[*i]);
        let mut kept: Vec<usize> = (0..self.weights.len()).filter(likely).collect();
        if kept.len() > MOST_PAIRS {
            let at = weight_of(self.model.threshold.clamp(1e-6, 1.0 - 1e-6));
            let far = |i: &usize| (self.weights[*i] - at).abs();
            kept.sort_by(|a, b| far(a).total_cmp(&far(b)));
            kept.truncate(MOST_PAIRS);
        }
        let mut rows: Vec<(i64, i64, usize)> = kept
            .into_iter()
            .map(|i| {
                let (a, b) = both(self.candidates.pairs[i]);
                let (a, b) = (self.r.id[a], self.r.id[b]);
                (a.min(b), a.max(b), i)
            })
            .collect();
        rows.sort_unstable();
        let ints = |of: fn(&(i64, i64, usize)) -> i64| rows.iter().map(|r| Some(of(r))).collect();
        let reals = |of: fn(f64) -> f64| rows.iter().map(|r| Some(of(self.weights[r.2]))).collect();
        let levels = rows.iter().map(|r| Some(self.levels_text(r.2))).collect();
        let together = rows.iter().map(|r| {
            let (a, b) = both(self.candidates.pairs[r.2]);
            Some(roots[a] == roots[b])
        });
        Frame::default()
            .with("left_record", Column::Int(ints(|r| r.0)))
            .with("right_record", Column::Int(ints(|r| r.1)))
            .with("weight", Column::Real(reals(|w| w)))
            .with("probability", Column::Real(reals(probability)))
            .with("levels", Column::Text(levels))
            .with("together", Column::Bool(together.collect()))
    }

    /// One digit a field, then a letter when a deterministic key links the pair.
    fn levels_text(&self, i: usize) -> String {
        let mut text = self.patterns[i].digits();
        text.extend(self.keys.links.get(&self.candidates.pairs[i]).map(|k| k.letter()));
        text
    }
}
