//! From neighbours to lists: full ranking over all products, ties by product id.

use crate::csr::Csr;
use kith_model::recommend::ItemItemModel;

/// One place of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    pub(crate) item: u32,
    /// Comparable within one list only; 0 for a place filled from popularity.
    pub(crate) score: f32,
    /// The product of the person's history that counted most; none when popularity put it here.
    pub(crate) because: Option<u32>,
}

/// A model ready to rank.
pub(crate) struct Ranker<'a> {
    model: &'a ItemItemModel,
    /// source item x target item: the neighbours turned round.
    outgoing: Csr,
    /// Items, most popular first, ties by product id.
    popular: Vec<u32>,
}

/// Buffers of one thread; clean between calls.
pub(crate) struct Scratch {
    scores: Vec<f32>,
    history: Vec<f32>,
    hidden: Vec<bool>,
    touched: Vec<u32>,
}

impl Scratch {
    pub(crate) fn new(items: usize) -> Self {
        Self {
            scores: vec![0.0; items],
            history: vec![0.0; items],
            hidden: vec![false; items],
            touched: Vec::new(),
        }
    }
}

/// Best first; ties by item index, which is the order of product ids.
fn better(a: &(u32, f32), b: &(u32, f32)) -> std::cmp::Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

fn best(mut scored: Vec<(u32, f32)>, k: usize) -> Vec<(u32, f32)> {
    if scored.len() > k {
        scored.select_nth_unstable_by(k, better);
        scored.truncate(k);
    }
    scored.sort_unstable_by(better);
    scored
}

impl<'a> Ranker<'a> {
    pub(crate) fn new(model: &'a ItemItemModel) -> Self {
        let items = model.items.len();
        let incoming = model.neighbours.iter().zip(0u32..).map(|(row, target)| {
            let mut row = row.clone();
            row.sort_unstable_by_key(|(source, _)| *source);
            row.into_iter().map(move |(source, w)| (target, source, w))
        });
        let outgoing = Csr::from_sorted(items, incoming.flatten()).transpose(items);
        let mut popular: Vec<u32> = (0..items as u32).collect();
        popular.sort_by(|&a, &b| {
            model.popularity[b as usize].total_cmp(&model.popularity[a as usize])
        });
        Self { model, outgoing, popular }
    }

    /// The `k` most popular products outside `hidden`.
    pub(crate) fn popular(&self, hidden: &[u32], k: usize, scratch: &mut Scratch) -> Vec<Place> {
        self.with_hidden(hidden, scratch, |this, scratch| this.fill(&[], k, scratch))
            .into_iter()
            .map(|p| Place { score: self.model.popularity[p.item as usize], ..p })
            .collect()
    }

    /// The products a person cared for most, outside `hidden`, then popular ones.
    pub(crate) fn own_frequency(
        &self,
        history: &[(u32, f32)],
        hidden: &[u32],
        k: usize,
        scratch: &mut Scratch,
    ) -> Vec<Place> {
        self.with_hidden(hidden, scratch, |this, scratch| {
            let open = history.iter().copied().filter(|(i, _)| !scratch.hidden[*i as usize]);
            this.fill(&best(open.collect(), k), k, scratch)
        })
    }

    /// The item-item list with `mix` of popularity, then popular ones where neighbours run out.
    /// With `s` the neighbours' score over the person's largest and `p` the popularity:
    /// `(1 - mix) s + mix p`.
    pub(crate) fn item_item(
        &self,
        history: &[(u32, f32)],
        ask: Ask<'_>,
        scratch: &mut Scratch,
    ) -> Vec<Place> {
        let Ask { hidden, k, mix } = ask;
        for &(item, weight) in history {
            for (target, w) in self.outgoing.pairs(item as usize) {
                let score = &mut scratch.scores[target as usize];
                if *score == 0.0 {
                    scratch.touched.push(target);
                }
                *score += w * weight;
            }
        }
        self.with_hidden(hidden, scratch, |this, scratch| {
            let mut scored: Vec<(u32, f32)> = scratch
                .touched
                .iter()
                .filter(|&&item| !scratch.hidden[item as usize])
                .map(|&item| (item, scratch.scores[item as usize]))
                .collect();
            if mix > 0.0 {
                scored = this.mixed(scored, k, mix, scratch);
            }
            for item in scratch.touched.drain(..) {
                scratch.scores[item as usize] = 0.0;
            }
            let list = best(scored, k);
            let mut places = this.fill(&list, k, scratch);
            this.explain(history, &mut places, scratch);
            places
        })
    }

    fn mixed(
        &self,
        mut scored: Vec<(u32, f32)>,
        k: usize,
        mix: f32,
        scratch: &Scratch,
    ) -> Vec<(u32, f32)> {
        let largest = scored.iter().map(|s| s.1).fold(0.0, f32::max).max(f32::MIN_POSITIVE);
        let popularity = |item: u32| mix * self.model.popularity[item as usize];
        for (item, score) in &mut scored {
            *score = (1.0 - mix) * *score / largest + popularity(*item);
        }
        let others = self.popular.iter().copied().filter(|&i| {
            scratch.scores[i as usize] == 0.0
                && !scratch.hidden[i as usize]
                && self.model.popularity[i as usize] > 0.0
        });
        scored.extend(others.take(k).map(|item| (item, popularity(item))));
        scored
    }

    /// Names the history product that counted most for each place.
    fn explain(&self, history: &[(u32, f32)], places: &mut [Place], scratch: &mut Scratch) {
        for &(item, weight) in history {
            scratch.history[item as usize] = weight;
        }
        for place in places {
            let share = |&(source, w): &(u32, f32)| (source, w * scratch.history[source as usize]);
            place.because = self.model.neighbours[place.item as usize]
                .iter()
                .map(share)
                .filter(|(_, s)| *s > 0.0)
                .min_by(better)
                .map(|(source, _)| source);
        }
        for &(item, _) in history {
            scratch.history[item as usize] = 0.0;
        }
    }

    /// The list, and popular products outside it and outside what is hidden up to `k`.
    fn fill(&self, list: &[(u32, f32)], k: usize, scratch: &Scratch) -> Vec<Place> {
        let taken = |item: u32| list.iter().any(|(i, _)| *i == item);
        let rest = self.popular.iter().copied();
        let rest = rest.filter(|&i| !scratch.hidden[i as usize] && !taken(i)).map(|i| (i, 0.0));
        let place = |(item, score)| Place { item, score, because: None };
        list.iter().copied().chain(rest).take(k).map(place).collect()
    }

    fn with_hidden<T>(
        &self,
        hidden: &[u32],
        scratch: &mut Scratch,
        work: impl FnOnce(&Self, &mut Scratch) -> T,
    ) -> T {
        for &item in hidden {
            scratch.hidden[item as usize] = true;
        }
        let done = work(self, scratch);
        for &item in hidden {
            scratch.hidden[item as usize] = false;
        }
        done
    }
}

/// What a list must be like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    /// Items that must not appear.
    pub(crate) hidden: &'a [u32],
    pub(crate) k: usize,
    /// Share of popularity.
    pub(crate) mix: f32,
}

/// A list for somebody the model has never seen: `history` holds product ids with weights
/// (unknown products are ignored), `hidden` product ids to leave out. Gives product id and
/// score, exactly `k` places while products last.
pub fn fold_in(
    model: &ItemItemModel,
    history: &[(String, f32)],
    hidden: &[String],
    k: usize,
) -> Vec<(String, f32)> {
    let index = |id: &String| model.items.binary_search(id).ok().and_then(|i| i.try_into().ok());
    let mut known: Vec<(u32, f32)> =
        history.iter().filter_map(|(id, w)| Some((index(id)?, *w))).collect();
    known.sort_unstable_by_key(|(item, _)| *item);
    known.dedup_by_key(|(item, _)| *item);
    let hidden: Vec<u32> = hidden.iter().filter_map(index).collect();
    let ask = Ask { hidden: &hidden, k, mix: model.popularity_mix as f32 };
    let mut scratch = Scratch::new(model.items.len());
    Ranker::new(model)
        .item_item(&known, ask, &mut scratch)
        .into_iter()
        .map(|p| (model.items[p.item as usize].clone(), p.score))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// a <- b .6, c .4; b <- a 1; c <- a .5; d has no neighbour but is the most popular.
    fn model(popularity_mix: f64) -> ItemItemModel {
        ItemItemModel {
            items: ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec(),
            popularity: vec![0.5, 0.5, 0.25, 1.0, 0.0],
            neighbours: vec![
                vec![(1, 0.6), (2, 0.4)],
                vec![(0, 1.0)],
                vec![(0, 0.5)],
                vec![],
                vec![],
            ],
            popularity_mix,
        }
    }

    fn items(places: &[Place]) -> Vec<u32> {
        places.iter().map(|p| p.item).collect()
    }

    #[test]
    fn neighbours_first_then_popular_never_hidden() {
        let model = model(0.0);
        let ranker = Ranker::new(&model);
        let mut scratch = Scratch::new(5);
        let ask = Ask { hidden: &[0], k: 4, mix: 0.0 };
        let list = ranker.item_item(&[(0, 2.0)], ask, &mut scratch);
        assert_eq!(items(&list), [1, 2, 3, 4]);
        assert_eq!(list[0], Place { item: 1, score: 2.0, because: Some(0) });
        assert_eq!(list[2], Place { item: 3, score: 0.0, because: None });
        // The buffers are clean again: the same question, the same answer.
        assert_eq!(ranker.item_item(&[(0, 2.0)], ask, &mut scratch), list);
    }

    #[test]
    fn popularity_is_mixed_in_by_its_share() {
        let model = model(0.5);
        let ranker = Ranker::new(&model);
        let ask = Ask { hidden: &[0], k: 3, mix: 0.5 };
        let list = ranker.item_item(&[(0, 2.0)], ask, &mut Scratch::new(5));
        // b .5*1 + .5*.5 = .75; d .5*1 = .5; c .5*.5 + .5*.25 = .375
        assert_eq!(items(&list), [1, 3, 2]);
        let scores: Vec<f32> = list.iter().map(|p| p.score).collect();
        assert_eq!(scores, [0.75, 0.5, 0.375]);
    }

    #[test]
    fn the_largest_part_of_the_score_is_the_reason() {
        let model = model(0.0);
        let ranker = Ranker::new(&model);
        let ask = Ask { hidden: &[1, 2], k: 1, mix: 0.0 };
        let list = ranker.item_item(&[(1, 1.0), (2, 2.0)], ask, &mut Scratch::new(5));
        // a: .6*1 from b, .4*2 from c
        assert_eq!(list[0].because, Some(2));
    }

    #[test]
    fn baselines() {
        let model = model(0.0);
        let ranker = Ranker::new(&model);
        let mut scratch = Scratch::new(5);
        assert_eq!(items(&ranker.popular(&[3], 3, &mut scratch)), [0, 1, 2]);
        let own = ranker.own_frequency(&[(2, 1.0), (4, 3.0)], &[], 3, &mut scratch);
        assert_eq!(items(&own), [4, 2, 3]);
    }

    #[test]
    fn a_stranger_is_folded_in() {
        let list = fold_in(&model(0.0), &[("a".into(), 1.0), ("zz".into(), 1.0)], &["b".into()], 2);
        assert_eq!(list, [("c".to_owned(), 0.5), ("d".to_owned(), 0.0)]);
        assert_eq!(fold_in(&model(0.0), &[], &[], 2)[0].0, "d");
    }
}
