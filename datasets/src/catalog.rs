//! The products: text, price, season, popularity, and which go well together.

use crate::archetype::{CATEGORIES, tastes};
use crate::draw::{Draw, Stream};
use crate::math;
use crate::vocabulary::{BRANDS, LINES, Season, VOCABULARIES, Vocabulary};

/// A product of the shop.
#[derive(Debug)]
pub(crate) struct Product {
    /// Used as handle, stock-keeping unit and `item_id` alike.
    pub sku: String,
    pub title: String,
    pub category: usize,
    /// Position of the kind within its category.
    pub kind: usize,
    pub brand: usize,
    pub cents: i64,
    pub compare_at_cents: Option<i64>,
    pub used_up: bool,
    pub season: Season,
    pub body: String,
    pub tags: Vec<&'static str>,
    pub grams: i64,
    pub stock: i64,
    /// Products often bought with this one.
    pub companions: [usize; 3],
    popularity: f64,
}

/// All products with the tables from which baskets are drawn.
pub(crate) struct Catalog {
    pub products: Vec<Product>,
    /// Cumulative weights per (taste or "anything", month).
    tables: Vec<Vec<f64>>,
}

/// Position of the table without a taste.
const ANYTHING: usize = 18;

/// 400 products up to 50,000 people, then one more per 500 people, at most 5,000.
pub(crate) fn product_count(people: u64) -> u64 {
    (400 + people.saturating_sub(50_000) / 500).min(5_000)
}

/// Weight of a month (January first) for a season.
fn season_weight(season: Season, month: usize) -> f64 {
    const SUMMER: [f64; 12] = [0.3, 0.4, 0.8, 1.3, 1.8, 2.0, 1.9, 1.4, 0.8, 0.4, 0.3, 0.3];
    const WINTER: [f64; 12] = [2.0, 1.5, 0.8, 0.4, 0.2, 0.15, 0.15, 0.3, 0.8, 1.5, 2.2, 2.4];
    const PRESENTS: [f64; 12] = [0.6, 0.8, 0.7, 0.8, 1.1, 1.0, 0.7, 0.7, 0.7, 0.9, 1.9, 2.4];
    match season {
        Season::Even => 1.0,
        Season::Summer => SUMMER[month],
        Season::Winter => WINTER[month],
        Season::Presents => PRESENTS[month],
    }
}

impl Catalog {
    pub(crate) fn new(seed: u64, people: u64) -> Self {
        let count = product_count(people);
        let mut products: Vec<Product> = (0..count).map(|index| product(seed, index)).collect();
        for index in 0..products.len() {
            products[index].companions = companions(seed, &products, index);
        }
        let mut tables = Vec::with_capacity((ANYTHING + 1) * 12);
        for taste in 0..=ANYTHING {
            for month in 0..12 {
                tables.push(table(&products, taste, month));
            }
        }
        Catalog { products, tables }
    }

    /// A product to the liking of `taste` (0 to 17) in `month`.
    pub(crate) fn liked(&self, draw: &mut Draw, taste: usize, month: usize) -> usize {
        draw.cumulative(&self.tables[taste.min(ANYTHING) * 12 + month])
    }

    /// Any product, by popularity.
    pub(crate) fn popular(&self, draw: &mut Draw, month: usize) -> usize {
        draw.cumulative(&self.tables[ANYTHING * 12 + month])
    }
}

fn table(products: &[Product], taste: usize, month: usize) -> Vec<f64> {
    let wanted = tastes().nth(taste).map(|(_, taste)| taste);
    let mut sum = 0.0;
    products
        .iter()
        .map(|product| {
            let liking = wanted.map_or(1.0, |taste| {
                let brand = if taste.brands.contains(&product.brand) { 7.0 } else { 1.0 };
                let kind = if taste.types.contains(&product.kind) { 3.0 } else { 1.0 };
                taste.categories[product.category] * brand * kind
            });
            sum += liking * product.popularity * season_weight(product.season, month);
            sum
        })
        .collect()
}

fn product(seed: u64, index: u64) -> Product {
    let mut draw = Draw::new(seed, Stream::Product, index);
    let category = (index % CATEGORIES.len() as u64) as usize;
    let place = (index / CATEGORIES.len() as u64) as usize;
    let words = &VOCABULARIES[category];
    let kind = place % 5;
    let brand = (place * 3 + category * 5 + place / 16) % BRANDS.len();
    let line = LINES[(place * 7 + category * 3) % LINES.len()];
    let (low, high) = words.kinds[kind].price;
    let euros = low + (draw.unit() * draw.unit().max(0.4) * (high - low) as f64 * 1.4) as i64;
    let cents = euros.min(high) * 100 + *draw.pick(&[90, 95, 0, 50, 90]);
    let generation = place / LINES.len();
    let mut title = format!("{} {line} {}", BRANDS[brand], words.kinds[kind].name);
    if generation > 0 {
        title.push_str(&format!(" Mk {}", generation + 1));
    }
    let body = body(&mut draw, words, &title, kind);
    let reduced = draw.chance(0.12);
    Product {
        sku: format!("np-{}-{:03}", words.code, place + 1),
        title,
        category,
        kind,
        brand,
        cents,
        compare_at_cents: reduced.then_some(cents + cents / 5 / 100 * 100 + 500),
        used_up: words.kinds[kind].used_up,
        season: words.kinds[kind].season,
        body,
        tags: tags(&mut draw, words, kind),
        grams: 40 + draw.below(2_400) as i64,
        stock: draw.below(160) as i64,
        companions: [0; 3],
        popularity: math::exp(0.75 * draw.normal()),
    }
}

fn tags(draw: &mut Draw, words: &Vocabulary, kind: usize) -> Vec<&'static str> {
    let mut tags = vec![match words.kinds[kind].season {
        Season::Even => "all-year",
        Season::Summer => "summer",
        Season::Winter => "winter",
        Season::Presents => "gift",
    }];
    if words.kinds[kind].used_up {
        tags.push("refill");
    }
    for tag in ["bestseller", "recycled", "vegan", "ultralight", "new"] {
        if draw.chance(0.18) {
            tags.push(tag);
        }
    }
    tags.sort_unstable();
    tags
}

/// A description of 30 to 80 words, from the words of its kind and category.
fn body(draw: &mut Draw, words: &Vocabulary, title: &str, kind: usize) -> String {
    let kind = &words.kinds[kind];
    let material = *draw.pick(kind.materials);
    let made_for = *draw.pick(words.uses);
    let first = draw.below(kind.features.len() as u64) as usize;
    let feature = |offset: usize| kind.features[(first + offset) % kind.features.len()];
    let (a, b, c) = (feature(0), feature(1), feature(2));
    let opening = match draw.below(4) {
        0 => format!("{title}: made for {made_for}, and tried there by our own team."),
        1 => format!("For {made_for} we recommend the {title}."),
        2 => format!("Built around {material} and with {made_for} in mind: the {title}."),
        _ => format!("We chose the {title} with {made_for} in mind."),
    };
    let middle = match draw.below(3) {
        0 => format!("You get {a}, {b} and {c}. The main material is {material}."),
        1 => format!("Among the details are {a}, {b} and {c}; the rest is {material}."),
        _ => format!("Our testers liked {a} and {b} most, then {c}. Made with {material}."),
    };
    let closing = match draw.below(4) {
        0 => "A dependable choice for beginners and old hands alike.".to_owned(),
        1 => "Repairable, tested in all weathers and backed by a five-year warranty.".to_owned(),
        2 => {
            let other = words.uses[(first + 1) % words.uses.len()];
            format!("Good to know: with {}, also right for {other}.", feature(3))
        }
        _ => "Keep it clean and dry, and it will serve you for many seasons.".to_owned(),
    };
    format!("<p>{opening} {middle}</p><p>{closing}</p>")
}

/// Three products that complete this one: same brand family or the category's natural partner.
fn companions(seed: u64, products: &[Product], index: usize) -> [usize; 3] {
    // Category bought together with each category: boots with packs, tents with sleeping gear ...
    const PARTNER: [usize; 10] = [5, 1, 2, 4, 3, 6, 0, 3, 6, 9];
    let mut draw = Draw::new(seed, Stream::Product, 1 << 32 | index as u64);
    let this = &products[index];
    let mut chosen = [index; 3];
    for slot in 0..3 {
        let category = if slot == 0 { this.category } else { PARTNER[this.category] };
        let fits: Vec<usize> = (0..products.len())
            .filter(|&i| products[i].category == category && i != index && !chosen.contains(&i))
            .filter(|&i| category != this.category || products[i].kind != this.kind)
            .collect();
        if !fits.is_empty() {
            chosen[slot] = *draw.pick(&fits);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn products_are_distinct_and_described() {
        let catalog = Catalog::new(1, 5000);
        assert_eq!(catalog.products.len(), 400);
        let titles: HashSet<_> = catalog.products.iter().map(|p| &p.title).collect();
        let skus: HashSet<_> = catalog.products.iter().map(|p| &p.sku).collect();
        assert_eq!((titles.len(), skus.len()), (400, 400));
        for product in &catalog.products {
            let words = product.body.split_whitespace().count();
            assert!((30..=80).contains(&words), "{words} words: {}", product.body);
            assert!(product.cents > 0);
        }
    }

    #[test]
    fn a_taste_prefers_its_category_and_winter_things_sell_in_winter() {
        let catalog = Catalog::new(1, 5000);
        let mut draw = Draw::new(1, Stream::Basket, 1);
        let climbing = (0..1000)
            .filter(|_| catalog.products[catalog.liked(&mut draw, 3, 4)].category == 2)
            .count();
        assert!(climbing > 700, "{climbing} of 1000");
        let snow = |draw: &mut Draw, month| {
            (0..4000)
                .filter(|_| catalog.products[catalog.popular(draw, month)].category == 8)
                .count()
        };
        assert!(snow(&mut draw, 11) > 4 * snow(&mut draw, 6));
    }

    #[test]
    fn the_catalogue_grows_slowly() {
        assert_eq!([5_000, 50_000, 100_000, 1_000_000].map(product_count), [400, 400, 500, 2300]);
    }
}
