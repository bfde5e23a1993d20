use super::*;
use crate::interactions::tests::frame;
use kith_model::Quiet;
use proptest::prelude::*;

fn params(change: impl Fn(&mut RecommendParams)) -> Valid<RecommendParams> {
    let mut params =
        RecommendParams { k: 2, shrinkage: 0.0, test_days: 10, ..RecommendParams::default() };
    change(&mut params);
    params.check().unwrap()
}

fn fitted(rows: &[(i64, &str, i64, &str)], params: &Valid<RecommendParams>) -> Fitted {
    fit(&Interactions { frame: frame(rows), ..Interactions::default() }, params, &Quiet).unwrap()
}

/// Campers buy stoves and tents, runners buy shoes and socks; in the last ten days one of each
/// completes his set.
const SHOP: &[(i64, &str, i64, &str)] = &[
    (1, "stove", 1, "purchase"),
    (1, "tent", 2, "purchase"),
    (2, "stove", 1, "purchase"),
    (2, "tent", 3, "purchase"),
    (3, "shoes", 1, "purchase"),
    (3, "socks", 2, "purchase"),
    (4, "shoes", 1, "purchase"),
    (4, "socks", 2, "purchase"),
    (5, "shoes", 4, "purchase"),
    (5, "socks", 4, "purchase"),
    (6, "stove", 5, "purchase"),
    (7, "shoes", 5, "purchase"),
    (6, "tent", 20, "purchase"),
    (7, "socks", 19, "purchase"),
];

fn of_person(top: &Frame, person: i64) -> Vec<(String, Option<String>)> {
    let ids = top.column("profile_id").unwrap().int().unwrap();
    let products = top.column("product_id").unwrap().text().unwrap();
    let because = top.column("because").unwrap().text().unwrap();
    (0..ids.len())
        .filter(|&i| ids[i] == Some(person))
        .map(|i| (products.get(i).unwrap().to_owned(), because.get(i).map(str::to_owned)))
        .collect()
}

#[test]
fn the_shop_by_hand() {
    let summary = fitted(SHOP, &params(|_| ())).summary;
    assert_eq!(summary.split_at, "1970-01-12");
    assert_eq!((summary.tested, summary.users, summary.items), (2, 7, 4));
    // Before the split: shoes 4 buyers, socks 3, stove 3, tent 2. Popular: person 6 (has a
    // stove) gets shoes, socks: miss. Person 7 (has shoes) gets socks first: hit. Mean 1/2.
    let score = |name: &str| summary.scores.iter().find(|s| s.model == name).unwrap().clone();
    assert!((score("popular").ndcg - 0.5).abs() < 1e-12);
    assert!((score("popular").hit_rate - 0.5).abs() < 1e-12);
    // Item-item names the tent and the socks first.
    assert!((score("item-item").ndcg - 1.0).abs() < 1e-12);
    assert!((score("item-item").map - 1.0).abs() < 1e-12);
    // Both lists of item-item: tent, shoes; socks, stove.
    assert!((score("item-item").coverage - 1.0).abs() < 1e-12);
    assert!((score("popular").coverage - 0.75).abs() < 1e-12);
    assert_eq!(summary.curve, [(2, 1.0)]);
}

#[test]
fn a_model_that_loses_says_so() {
    // Two worlds by neighbours, but in the test everybody buys the best seller.
    let rows = [
        (1, "a", 1, "purchase"),
        (1, "b", 1, "purchase"),
        (2, "c", 1, "purchase"),
        (3, "c", 1, "purchase"),
        (4, "a", 1, "purchase"),
        (4, "c", 20, "purchase"),
    ];
    let summary = fitted(&rows, &params(|p| p.k = 1)).summary;
    assert!(
        summary.notes.iter().any(|n| n.starts_with("item-item loses to the baseline popular")),
        "{:?}",
        summary.notes
    );
}

#[test]
fn repeats_count_only_when_bought_products_are_shown() {
    let rows = [
        (1, "a", 1, "purchase"),
        (1, "b", 1, "purchase"),
        (2, "b", 1, "purchase"),
        (1, "a", 20, "purchase"),
        (2, "b", 20, "purchase"),
    ];
    let hidden = fitted(&rows, &params(|_| ())).summary;
    assert_eq!((hidden.tested, hidden.scores.len()), (0, 0));
    assert!(hidden.notes[0].contains("longer test part"));
    let shown = fitted(&rows, &params(|p| p.hide_bought = false)).summary;
    assert_eq!(shown.tested, 2);
    let own = shown.scores.iter().find(|s| s.model == "own frequency").unwrap();
    assert!((own.hit_rate - 1.0).abs() < 1e-12);
    assert!(shown.notes.iter().any(|n| n.starts_with("100 % of the products")));
}

#[test]
fn everybody_gets_a_list_with_reasons_and_cold_people_get_popular() {
    let input = Interactions {
        frame: frame(SHOP),
        segments: BTreeMap::from([(6, "Campers".to_owned()), (99, "New".to_owned())]),
    };
    let fitted = fit(&input, &params(|_| ()), &Quiet).unwrap();
    // After the refit person 6 owns stove and tent, so only runners' things are left.
    let list = of_person(&fitted.top, 6);
    assert!(list.iter().all(|(p, _)| p != "stove" && p != "tent"), "{list:?}");
    let one = of_person(&fitted.top, 1);
    assert_eq!(one.len(), 2);
    assert_eq!(of_person(&fitted.top, 99), [("shoes".into(), None), ("socks".into(), None)]);
    assert_eq!(fitted.summary.by_segment.len(), 2);
    assert_eq!(fitted.summary.by_segment[0], ("Campers".to_owned(), 1.0));
}

#[test]
fn nothing_to_learn_from_is_said() {
    let nothing = Interactions { frame: frame(&[]), ..Interactions::default() };
    assert_eq!(fit(&nothing, &params(|_| ()), &Quiet).unwrap_err(), RecommendError::NoInteractions);
    let views = Interactions { frame: frame(&[(1, "a", 1, "view")]), ..Interactions::default() };
    assert_eq!(fit(&views, &params(|_| ()), &Quiet).unwrap_err(), RecommendError::NoPurchases);
}

/// Cancels at the first look.
struct Impatient;
impl Monitor for Impatient {
    fn progress(&self, _done: f32, _doing: &str) {}
    fn metric(&self, _metric: kith_model::Metric) {}
    fn cancelled(&self) -> bool {
        true
    }
}

#[test]
fn stops_when_asked() {
    let input = Interactions { frame: frame(SHOP), ..Interactions::default() };
    assert_eq!(fit(&input, &params(|_| ()), &Impatient).unwrap_err(), RecommendError::Cancelled);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn row_order_and_threads_change_nothing(
        rows in proptest::collection::vec(
            (0i64..12, 0usize..8, 0i64..40, prop_oneof![Just("purchase"), Just("view"), Just("cart")]),
            1..120,
        ),
        mix in prop_oneof![Just(0.0), Just(0.4)],
    ) {
        const PRODUCTS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let mut rows: Vec<_> =
            rows.into_iter().map(|(u, i, at, kind)| (u, PRODUCTS[i], at, kind)).collect();
        rows.push((0, "a", 0, "purchase"));
        let settings = params(|p| { p.popularity_mix = mix; p.shrinkage = 2.0; });
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let two = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let straight = one.install(|| fitted(&rows, &settings));
        rows.reverse();
        let reversed = two.install(|| fitted(&rows, &settings));
        prop_assert_eq!(&straight.model, &reversed.model);
        prop_assert_eq!(&straight.summary, &reversed.summary);
        prop_assert_eq!(&straight.top, &reversed.top);
        // Every list is as long as it can be, without repeats, without what was bought.
        for person in 0..12 {
            let list = of_person(&straight.top, person);
            let mut products: Vec<_> = list.iter().map(|(p, _)| p.as_str()).collect();
            let bought: std::collections::BTreeSet<&str> = rows
                .iter()
                .filter(|r| r.0 == person && r.3 == "purchase")
                .map(|r| r.1)
                .collect();
            prop_assert!(products.iter().all(|p| !bought.contains(p)));
            products.sort_unstable();
            products.dedup();
            prop_assert_eq!(products.len(), list.len());
            let catalogue: std::collections::BTreeSet<&str> = rows.iter().map(|r| r.1).collect();
            let known = rows.iter().any(|r| r.0 == person);
            let expected = if known { 2.min(catalogue.len() - bought.len()) } else { 0 };
            prop_assert_eq!(list.len(), expected);
        }
    }
}
