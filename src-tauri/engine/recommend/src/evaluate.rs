//! Testing on the future: lists from before the split against purchases after it.

use crate::RecommendError;
use crate::fit::build;
use crate::interactions::{Dataset, History, Kind};
use crate::metrics::Figures;
use crate::rank::{Ask, Place, Ranker, Scratch};
use kith_model::recommend::RecommendParams;
use kith_model::{Metric, Monitor};
use rayon::prelude::*;

/// The models compared, baselines first.
pub(crate) const MODELS: [&str; 4] =
    ["popular", "own frequency", "item-item", "item-item + popular"];

/// Share of popularity in `item-item + popular` while the user mixes none in.
const MIX_TO_COMPARE: f64 = 0.2;

/// People evaluated by one task: fixed, so results do not depend on the number of threads.
const CHUNK: usize = 32;

/// Points of the running curve, at most.
const POINTS: usize = 60;

/// A person with purchases in the test part and history before it.
pub(crate) struct Tested {
    pub(crate) user: usize,
    /// Items bought in the test part, ascending.
    pub(crate) targets: Vec<u32>,
}

/// What the evaluation found.
pub(crate) struct Evaluation {
    pub(crate) tested: Vec<Tested>,
    /// `figures[model][person]`, people in the order of `tested`.
    pub(crate) figures: Vec<Vec<Figures>>,
    /// Distinct items in the lists of each model.
    pub(crate) shown: Vec<usize>,
    /// Items known before the split.
    pub(crate) catalogue: usize,
    /// Of all test purchases of tested people: those of products they had bought before.
    pub(crate) repeats: (usize, usize),
    /// Share of popularity in `item-item + popular`.
    pub(crate) mix: f64,
    pub(crate) curve: Vec<(u64, f64)>,
}

/// Index in [`MODELS`] of the model the settings choose.
pub(crate) fn chosen(params: &RecommendParams) -> usize {
    if params.popularity_mix > 0.0 { 3 } else { 2 }
}

/// People with history before `split` who bought (anything new, when bought products are
/// hidden) after it, and how many test pairs repeat an earlier purchase.
fn tested(
    data: &Dataset,
    history: &History,
    split: i64,
    hide_bought: bool,
) -> (Vec<Tested>, (usize, usize)) {
    let mut people = Vec::new();
    let mut repeats = (0, 0);
    for rows in data.rows.chunk_by(|a, b| a.user == b.user) {
        let user = rows[0].user as usize;
        if history.weights.row(user).0.is_empty() {
            continue;
        }
        let before = history.bought.row(user).0;
        let mut targets: Vec<u32> = rows
            .iter()
            .filter(|r| r.kind == Kind::Purchase && r.at >= split)
            .map(|r| r.item)
            .collect();
        targets.dedup();
        let again = |item: &u32| before.binary_search(item).is_ok();
        repeats.0 += targets.iter().filter(|i| again(i)).count();
        repeats.1 += targets.len();
        if hide_bought {
            targets.retain(|item| !again(item));
        }
        if !targets.is_empty() {
            people.push(Tested { user, targets });
        }
    }
    (people, repeats)
}

/// Evaluates every model on what happened from `split` on; reports the running NDCG of the
/// chosen model.
pub(crate) fn evaluate(
    data: &Dataset,
    split: i64,
    params: &RecommendParams,
    monitor: &dyn Monitor,
) -> Result<Evaluation, RecommendError> {
    monitor.progress(0.05, "learning from before the split");
    let history = History::before(data, split, params);
    let model = build(data, &history, params, monitor)?;
    let ranker = Ranker::new(&model);
    let (tested, repeats) = tested(data, &history, split, params.hide_bought);
    let mix = if params.popularity_mix > 0.0 { params.popularity_mix } else { MIX_TO_COMPARE };
    let chosen = chosen(params);

    let lists_of = |person: &Tested, scratch: &mut Scratch| {
        let taste: Vec<(u32, f32)> = history.weights.pairs(person.user).collect();
        let hidden = if params.hide_bought { history.bought.row(person.user).0 } else { &[] };
        let k = params.k as usize;
        let ask = |mix| Ask { hidden, k, mix };
        [
            ranker.popular(hidden, k, scratch),
            ranker.own_frequency(&taste, hidden, k, scratch),
            ranker.item_item(&taste, ask(0.0), scratch),
            ranker.item_item(&taste, ask(mix as f32), scratch),
        ]
    };
    let mut figures = vec![Vec::with_capacity(tested.len()); MODELS.len()];
    let mut shown = vec![vec![false; data.items.len()]; MODELS.len()];
    let mut curve = Vec::new();
    let mut running = 0.0;
    let batch = tested.len().div_ceil(POINTS).max(CHUNK);
    for people in tested.chunks(batch) {
        if monitor.cancelled() {
            return Err(RecommendError::Cancelled);
        }
        let parts: Vec<Vec<[Vec<Place>; 4]>> = people
            .par_chunks(CHUNK)
            .map_init(
                || Scratch::new(data.items.len()),
                |scratch, part| part.iter().map(|p| lists_of(p, scratch)).collect(),
            )
            .collect();
        for (person, lists) in people.iter().zip(parts.into_iter().flatten()) {
            for (m, list) in lists.iter().enumerate() {
                for place in list {
                    shown[m][place.item as usize] = true;
                }
                let ranked = list.iter().map(|p| p.item);
                figures[m].push(Figures::of(ranked, &person.targets, params.k as usize));
            }
            running += figures[chosen].last().map_or(0.0, |f| f.ndcg);
        }
        let count = figures[chosen].len();
        let mean = running / count as f64;
        curve.push((count as u64, mean));
        monitor.metric(Metric { series: "ndcg".to_owned(), x: count as f64, y: mean });
        let done = 0.25 + 0.35 * count as f32 / tested.len() as f32;
        monitor.progress(done, "testing on later purchases");
    }
    let shown = shown.iter().map(|s| s.iter().filter(|x| **x).count()).collect();
    let catalogue = history.seen_items;
    Ok(Evaluation { tested, figures, shown, catalogue, repeats, mix, curve })
}
