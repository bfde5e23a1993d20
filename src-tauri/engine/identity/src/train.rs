//! From compared pairs to a model: u by chance, m by EM, the prior.

use crate::compare::Comparer;
use crate::decided::Taught;
use crate::em::{self, Histogram};
use crate::forest::{Forest, both};
use crate::frequency::{self, Chance};
use crate::keys::KeyLinks;
use crate::levels::{Level, Pattern, levels};
use crate::model::{FieldModel, LevelModel, MODEL_VERSION, MatchModel, Scorer};
use crate::pairs::histogram;
use crate::records::Records;
use crate::{IdentityError, check};
use kith_model::identity::{IdentityParams, MatchField};
use kith_model::training::TrainingLog;
use kith_model::{Metric, Monitor};
use std::collections::BTreeMap;

/// A trained model and how it went.
pub(crate) struct Trained {
    /// The model; its threshold is not set yet.
    pub model: MatchModel,
    /// EM iterations.
    pub iterations: u32,
    /// How it went.
    pub log: TrainingLog,
    /// What went short, in plain words.
    pub notes: Vec<String>,
}

impl Trained {
    /// What was learned before.
    pub fn before(model: &MatchModel) -> Self {
        let (model, log) = (model.clone(), TrainingLog::default());
        Self { model, iterations: 0, log, notes: Vec::new() }
    }
}

/// Estimates u, learns m, finds the prior; `taught`: the answers to learn with.
pub(crate) fn train(
    (r, comparer): (&Records, &Comparer<'_>),
    keys: &KeyLinks,
    (patterns, taught): (&[Pattern], &Taught),
    params: &IdentityParams,
    monitor: &dyn Monitor,
) -> Result<Trained, IdentityError> {
    check(monitor, 0.45, "estimating u")?;
    let mut forest = Forest::new(r.len());
    for &(p, _) in &keys.links {
        let (a, b) = both(p);
        forest.join(a as u32, b as u32);
    }
    let strangers: Vec<u32> =
        forest.roots().iter().enumerate().filter(|(i, r)| *i as u32 == **r).map(|e| *e.1).collect();
    let by_chance = |known: Option<&MatchModel>| {
        let scorer = known.map(|model| Scorer::new(model, r));
        let of = (&*strangers, scorer.as_ref());
        frequency::estimate(r, comparer, of, (params.seed, monitor))
    };
    let ground = Ground {
        histogram: histogram(patterns, monitor)?,
        taught,
        records: r.len(),
        linked: keys.links.len() as u64,
        params,
    };
    let mut chance = by_chance(None)?;
    // No more pairs can be of one person than were compared.
    let most = patterns.len() as f64 / ground.all_pairs().max(1.0);
    let rehearsals = if frequency::is_mixed(strangers.len(), most) { REHEARSALS } else { 0 };
    for _ in 0..rehearsals {
        let (model, _) = ground.learn(chance.clone(), &Unheard(monitor))?;
        if !frequency::is_mixed(strangers.len(), model.prior) {
            break;
        }
        chance = by_chance(Some(&model))?;
    }
    let (model, learned) = ground.learn(chance, monitor)?;
    let mut log = learned.log;
    log.fields.retain(|f| params.fields.contains(&f.field));
    Ok(Trained { model, iterations: learned.iterations, log, notes: learned.notes })
}

/// Models learned only to tell one person's pairs from strangers', where a sample of strangers has
/// many of them.
const REHEARSALS: usize = 3;

/// Asks whether to stop, and says nothing of a rehearsal.
struct Unheard<'a>(&'a dyn Monitor);

impl Monitor for Unheard<'_> {
    fn progress(&self, _done: f32, _doing: &str) {}
    fn metric(&self, _metric: Metric) {}
    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}

/// What is learned from, but for chance.
struct Ground<'a> {
    histogram: Histogram,
    taught: &'a Taught,
    records: usize,
    /// Deterministic links.
    linked: u64,
    params: &'a IdentityParams,
}

impl Ground<'_> {
    fn all_pairs(&self) -> f64 {
        let n = self.records as f64;
        n * (n - 1.0).max(0.0) / 2.0
    }

    /// Learns m and the prior beside `chance`.
    fn learn(
        &self,
        chance: Chance,
        monitor: &dyn Monitor,
    ) -> Result<(MatchModel, em::Learned), IdentityError> {
        let (histogram, taught, params) = (&self.histogram, self.taught, self.params);
        let learned = em::learn(histogram, &chance.u, (taught, params.max_iterations), monitor)?;
        let of = (&learned, taught);
        let (prior, household) = em::prior(histogram, &chance.u, of, self.linked, self.all_pairs());
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
        let (prior, household) = (rounded(prior), rounded(household));
        let model = MatchModel {
            version: MODEL_VERSION,
            records: self.records as u64,
            prior,
            household,
            threshold: 0.0,
            fields,
        };
        Ok((model, learned))
    }
}

/// A field's learned levels.
fn level_models(
    field: MatchField,
    learned: &em::Learned,
    u: &frequency::Levels,
) -> Vec<LevelModel> {
    let at = field as usize;
    let m = em::held(field, learned.m[at], &u[at]);
    let level = |(i, spec): (usize, &Level)| LevelModel {
        label: spec.label.to_owned(),
        m: rounded(m[i]),
        u: rounded(u[at][i]),
        household: rounded(if spec.household.is_some() {
            learned.household[at][i]
        } else {
            u[at][i]
        }),
    };
    levels(field).iter().enumerate().map(level).collect()
}

/// Nine significant digits: more than is known, and few enough to be read back from text as they
/// were.
fn rounded(p: f64) -> f64 {
    format!("{p:.8e}").parse().unwrap_or(p)
}
