//! One person's lists, with reasons in words.

use crate::RecommendError;
use crate::interactions::{Dataset, History, Kind, Row};
use crate::rank::{Ask, Place, Ranker, Scratch};
use crate::summary::day;
use kith_model::recommend::{ItemItemModel, PersonLists, RecommendParams, Recommendation};
use kith_model::{Frame, Valid};
use std::collections::BTreeMap;

/// How a product reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductText {
    /// Title.
    pub title: String,
    /// Category path; empty when unknown.
    pub category: String,
}

/// What one person bought, would get, and what everybody would get.
///
/// `history`: the rows of [`crate::person_interactions_sql`]. `catalogue`: by product id; a
/// product without an entry shows its id.
pub fn lists(
    model: &ItemItemModel,
    history: &Frame,
    catalogue: &BTreeMap<String, ProductText>,
    params: &Valid<RecommendParams>,
) -> Result<PersonLists, RecommendError> {
    let data = Dataset::read(history, [])?;
    let known = History::before(&data, i64::MAX, params);
    let index = |item: u32| model.items.binary_search(&data.items[item as usize]).ok();
    let in_model = |item: u32| index(item).and_then(|i| u32::try_from(i).ok());
    let rows = 0..data.users.len().min(1);
    let taste: Vec<(u32, f32)> = rows
        .clone()
        .flat_map(|u| known.weights.pairs(u))
        .filter_map(|(item, w)| Some((in_model(item)?, w)))
        .collect();
    let hidden: Vec<u32> = rows
        .filter(|_| params.hide_bought)
        .flat_map(|u| known.bought.pairs(u))
        .filter_map(|(item, _)| in_model(item))
        .collect();

    let words = Words { model, catalogue, data: &data };
    let ranker = Ranker::new(model);
    let mut scratch = Scratch::new(model.items.len());
    let k = params.k as usize;
    let ask = Ask { hidden: &hidden, k, mix: params.popularity_mix as f32 };
    let list = if taste.is_empty() {
        ranker.popular(&hidden, k, &mut scratch)
    } else {
        ranker.item_item(&taste, ask, &mut scratch)
    };
    let popular = ranker.popular(&[], k, &mut scratch);
    Ok(PersonLists {
        bought: words.bought(),
        list: words.places(&list),
        popular: words.places(&popular),
    })
}

struct Words<'a> {
    model: &'a ItemItemModel,
    catalogue: &'a BTreeMap<String, ProductText>,
    data: &'a Dataset,
}

impl Words<'_> {
    fn title(&self, product_id: &str) -> String {
        let known = self.catalogue.get(product_id).map(|p| p.title.as_str());
        known.filter(|t| !t.is_empty()).unwrap_or(product_id).to_owned()
    }

    fn bought(&self) -> Vec<(String, String)> {
        let mut rows: Vec<&Row> =
            self.data.rows.iter().filter(|r| r.kind == Kind::Purchase).collect();
        rows.sort_by_key(|r| (std::cmp::Reverse(r.at), r.item));
        rows.dedup_by_key(|r| (r.at, r.item));
        let at = |r: &Row| if r.at == i64::MIN { String::new() } else { day(r.at) };
        rows.iter().map(|r| (self.title(&self.data.items[r.item as usize]), at(r))).collect()
    }

    /// The strongest thing the person did with a product.
    fn did(&self, product_id: &str) -> &'static str {
        let item = self.data.items.binary_search_by(|i| i.as_str().cmp(product_id)).ok();
        let same = |r: &&Row| Some(r.item as usize) == item;
        match self.data.rows.iter().filter(same).map(|r| r.kind).max() {
            Some(Kind::Purchase) => "bought",
            Some(Kind::Cart) => "put into the cart",
            Some(Kind::Event(_)) => "showed interest in",
            _ => "viewed",
        }
    }

    fn places(&self, places: &[Place]) -> Vec<Recommendation> {
        places
            .iter()
            .zip(1u32..)
            .map(|(place, rank)| {
                let id = &self.model.items[place.item as usize];
                let reason = match place.because {
                    Some(source) => {
                        let source = &self.model.items[source as usize];
                        format!("because they {} {}", self.did(source), self.title(source))
                    }
                    None => "popular with everybody".to_owned(),
                };
                Recommendation {
                    rank,
                    product_id: id.clone(),
                    title: self.title(id),
                    category: self
                        .catalogue
                        .get(id)
                        .map(|p| p.category.clone())
                        .unwrap_or_default(),
                    score: f64::from(place.score),
                    reason,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interactions::tests::frame;
    use crate::{Interactions, fit};
    use kith_model::Quiet;

    const ROWS: &[(i64, &str, i64, &str)] = &[
        (1, "pan", 1, "purchase"),
        (1, "stove", 2, "purchase"),
        (2, "pan", 3, "purchase"),
        (2, "stove", 90, "view"),
        (3, "sock", 4, "purchase"),
    ];

    #[test]
    fn a_person_s_lists_agree_with_everybody_s_and_give_reasons() {
        let params = RecommendParams { k: 2, ..RecommendParams::default() }.check().unwrap();
        let input = Interactions { frame: frame(ROWS), ..Interactions::default() };
        let fitted = fit(&input, &params, &Quiet).unwrap();
        let title = |t: &str| ProductText { title: t.to_owned(), category: "Camp".to_owned() };
        let catalogue = BTreeMap::from([("pan".to_owned(), title("Alloy pan"))]);
        let own: Vec<_> = ROWS.iter().copied().filter(|r| r.0 == 2).collect();
        let lists = lists(&fitted.model, &frame(&own), &catalogue, &params).unwrap();
        assert_eq!(lists.bought, [("Alloy pan".to_owned(), "1970-01-04".to_owned())]);
        assert_eq!(lists.list[0].product_id, "stove");
        assert_eq!(lists.list[0].reason, "because they bought Alloy pan");
        assert_eq!(lists.list[1].reason, "popular with everybody");
        assert_eq!(lists.popular[0].title, "Alloy pan");
        let top = fitted.top.column("product_id").unwrap().text().unwrap();
        let ids = fitted.top.column("profile_id").unwrap().int().unwrap();
        let scores = fitted.top.column("score").unwrap().real().unwrap();
        let same: Vec<_> = (0..ids.len())
            .filter(|&i| ids[i] == Some(2))
            .map(|i| (top.get(i).unwrap().to_owned(), scores[i].unwrap()))
            .collect();
        let mine: Vec<_> = lists.list.iter().map(|r| (r.product_id.clone(), r.score)).collect();
        assert_eq!(mine, same);
    }

    #[test]
    fn nobody_s_history_gives_popular_products() {
        let params = RecommendParams { k: 1, ..RecommendParams::default() }.check().unwrap();
        let input = Interactions { frame: frame(ROWS), ..Interactions::default() };
        let model = fit(&input, &params, &Quiet).unwrap().model;
        let lists = lists(&model, &frame(&[]), &BTreeMap::new(), &params).unwrap();
        assert_eq!(lists.list, lists.popular);
        assert_eq!(lists.list[0].product_id, "pan");
    }
}
