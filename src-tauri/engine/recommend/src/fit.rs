//! The whole stage: test on the future, refit on everything, a list for everybody.

use crate::RecommendError;
use crate::cosine::{Shape, neighbours};
use crate::evaluate::evaluate;
use crate::interactions::{Dataset, History};
use crate::rank::{Ask, Place, Ranker, Scratch};
use crate::summary::summary;
use kith_model::recommend::{ItemItemModel, RecommendParams, RecommendSummary};
use kith_model::{Column, Frame, Monitor, Texts, Valid};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// People ranked by one task: fixed, so results do not depend on the number of threads.
const CHUNK: usize = 64;

/// Chunks between two looks at the cancel token.
const CHUNKS_A_BATCH: usize = 32;

/// What the recommender learns from.
#[derive(Debug, Clone, Default)]
pub struct Interactions {
    /// `profile_id` (whole number), `product_id` (text), `at` (microseconds UTC), `kind`
    /// (`purchase`, `cart` or `view`): the rows of [`crate::interactions_sql`], in any order.
    /// A row without product makes a person known who gets popular products.
    pub frame: Frame,
    /// Segment name of each person, as far as known.
    pub segments: BTreeMap<u64, String>,
}

/// What fitting gave.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// Refitted on everything.
    pub model: ItemItemModel,
    /// Figures of the test, made before the refit.
    pub summary: RecommendSummary,
    /// `profile_id, rank` (from 1)`, product_id, score, because` (a product id, or NULL where
    /// popularity filled the place), by person and rank.
    pub top: Frame,
}

/// A model of `history`.
pub(crate) fn build(
    data: &Dataset,
    history: &History,
    params: &RecommendParams,
    monitor: &dyn Monitor,
) -> Result<ItemItemModel, RecommendError> {
    let shape =
        Shape { neighbours: params.neighbours as usize, shrinkage: params.shrinkage as f32 };
    let items = history.weights.transpose(data.items.len());
    Ok(ItemItemModel {
        items: data.items.clone(),
        popularity: history.popularity(),
        neighbours: neighbours(&history.weights, &items, shape, monitor)?,
        popularity_mix: params.popularity_mix,
    })
}

/// Tests the models on the last `test_days`, refits on everything, and makes everybody's list.
///
/// The same rows in any order, on any number of threads, give the same bytes. Errors when there
/// is nothing to learn from or the user stopped it.
pub fn fit(
    input: &Interactions,
    params: &Valid<RecommendParams>,
    monitor: &dyn Monitor,
) -> Result<Fitted, RecommendError> {
    monitor.progress(0.0, "reading interactions");
    let data = Dataset::read(&input.frame, input.segments.keys().copied())?;
    if data.rows.is_empty() {
        return Err(RecommendError::NoInteractions);
    }
    let split = data.split_at(params.test_days).ok_or(RecommendError::NoPurchases)?;
    let evaluation = evaluate(&data, split, params, monitor)?;
    monitor.progress(0.6, "learning from everything");
    let all = History::before(&data, i64::MAX, params);
    let model = build(&data, &all, params, monitor)?;
    let summary = summary(&data, &all, evaluation, split, &input.segments, params);
    let top = top(&data, &all, &model, params, monitor)?;
    Ok(Fitted { model, summary, top })
}

fn top(
    data: &Dataset,
    history: &History,
    model: &ItemItemModel,
    params: &RecommendParams,
    monitor: &dyn Monitor,
) -> Result<Frame, RecommendError> {
    let ranker = Ranker::new(model);
    let list_of = |user: usize, scratch: &mut Scratch| {
        let taste: Vec<(u32, f32)> = history.weights.pairs(user).collect();
        let hidden = if params.hide_bought { history.bought.row(user).0 } else { &[] };
        let k = params.k as usize;
        if taste.is_empty() {
            ranker.popular(hidden, k, scratch)
        } else {
            let ask = Ask { hidden, k, mix: params.popularity_mix as f32 };
            ranker.item_item(&taste, ask, scratch)
        }
    };
    let users: Vec<usize> = (0..data.users.len()).collect();
    let mut lists: Vec<Vec<Place>> = Vec::with_capacity(users.len());
    for batch in users.chunks(CHUNK * CHUNKS_A_BATCH) {
        if monitor.cancelled() {
            return Err(RecommendError::Cancelled);
        }
        let parts: Vec<Vec<Vec<Place>>> = batch
            .par_chunks(CHUNK)
            .map_init(
                || Scratch::new(data.items.len()),
                |scratch, part| part.iter().map(|&u| list_of(u, scratch)).collect(),
            )
            .collect();
        lists.extend(parts.into_iter().flatten());
        monitor.progress(
            0.75 + 0.25 * lists.len() as f32 / users.len() as f32,
            "making everybody's list",
        );
    }
    Ok(top_frame(data, &lists))
}

fn top_frame(data: &Dataset, lists: &[Vec<Place>]) -> Frame {
    let rows: usize = lists.iter().map(Vec::len).sum();
    let mut person = Vec::with_capacity(rows);
    let mut rank = Vec::with_capacity(rows);
    let mut product = Texts::new();
    let mut score = Vec::with_capacity(rows);
    let mut because = Texts::new();
    for (list, id) in lists.iter().zip(&data.users) {
        for (place, n) in list.iter().zip(1i64..) {
            person.push(i64::try_from(*id).ok());
            rank.push(Some(n));
            product.push(Some(&data.items[place.item as usize]));
            score.push(Some(f64::from(place.score)));
            because.push(place.because.map(|i| data.items[i as usize].as_str()));
        }
    }
    Frame::default()
        .with("profile_id", Column::Int(person))
        .with("rank", Column::Int(rank))
        .with("product_id", Column::Text(product))
        .with("score", Column::Real(score))
        .with("because", Column::Text(because))
}

#[cfg(test)]
mod tests;
