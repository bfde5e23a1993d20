//! Words for the catalogue: what each category sells, of what it is made, what it is for.

mod camp;
mod clothing_and_winter;
mod footwear_and_running;
mod kitchen_and_gifts;
mod packs_and_climbing;

/// When a kind of product sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Season {
    Even,
    Summer,
    Winter,
    Presents,
}

/// A kind of product.
pub(crate) struct Kind {
    pub name: &'static str,
    /// Lowest and highest price in euro.
    pub price: (i64, i64),
    pub season: Season,
    /// Bought again and again.
    pub used_up: bool,
    pub materials: &'static [&'static str],
    pub features: &'static [&'static str],
}

/// The words of a category.
pub(crate) struct Vocabulary {
    pub code: &'static str,
    pub uses: &'static [&'static str],
    pub kinds: [Kind; 5],
}

/// Invented brands; the first is the house brand.
pub(crate) const BRANDS: [&str; 16] = [
    "Northpeak",
    "Corrieline",
    "Tarnbeck",
    "Skarvane",
    "Altivera",
    "Granhult",
    "Pico Verdal",
    "Ostwerk",
    "Lumenfell",
    "Kestrelry",
    "Bivvacane",
    "Harrowmill",
    "Vellosk",
    "Quillmoor",
    "Drumlin & Daughters",
    "Fairmarch",
];

/// Model names, shared by all brands.
pub(crate) const LINES: [&str; 40] = [
    "Ridgeline",
    "Fjord",
    "Saddle",
    "Cairn",
    "Glacier",
    "Moraine",
    "Lichen",
    "Summit",
    "Birch",
    "Torrent",
    "Larch",
    "Plateau",
    "Marmot Trail",
    "Scree",
    "Juniper",
    "Polar",
    "Meadow",
    "Basalt",
    "Heron",
    "Aurora",
    "Couloir",
    "Tundra",
    "Willow",
    "Granite",
    "Sierra",
    "Osprey Pass",
    "Delta",
    "Ember",
    "Nimbus",
    "Arete",
    "Cedar",
    "Highland",
    "Kestrel",
    "Lagoon",
    "Monsoon",
    "Pinnacle",
    "Quarry",
    "Solstice",
    "Traverse",
    "Zephyr",
];

/// Vocabulary of each of `archetype::CATEGORIES`, in that order.
pub(crate) const VOCABULARIES: [Vocabulary; 10] = [
    footwear_and_running::FOOTWEAR,
    footwear_and_running::RUNNING,
    packs_and_climbing::CLIMBING,
    camp::TENTS,
    camp::SLEEPING,
    packs_and_climbing::PACKS,
    clothing_and_winter::CLOTHING,
    kitchen_and_gifts::COOKING,
    clothing_and_winter::WINTER,
    kitchen_and_gifts::GIFTS,
];
