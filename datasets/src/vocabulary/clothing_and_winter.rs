//! What one wears, and what the winter needs.

use super::Season::{Even, Winter};
use super::{Kind, Vocabulary};

pub(super) const CLOTHING: Vocabulary = Vocabulary {
    code: "clo",
    uses: &[
        "wet days in the hills",
        "layering on winter walks",
        "fast hikes in changing weather",
        "belays and summit breaks",
        "everyday wear in the city",
        "travel with one small bag",
    ],
    kinds: [
        Kind {
            name: "Rain Jacket",
            price: (119, 349),
            season: Even,
            used_up: false,
            materials: &[
                "a three-layer waterproof laminate",
                "recycled face fabric with a membrane",
            ],
            features: &[
                "fully taped seams",
                "a helmet-compatible hood",
                "pit zips for ventilation",
                "zipped pockets above the hip belt",
                "a fluorine-free finish",
                "a packable design",
            ],
        },
        Kind {
            name: "Trekking Trousers",
            price: (69, 159),
            season: Even,
            used_up: false,
            materials: &["four-way stretch softshell", "light ripstop with elastane"],
            features: &[
                "articulated knees",
                "zips that turn them into shorts",
                "a waistband made for hip belts",
                "a drawcord at the hem",
                "sun protection",
            ],
        },
        Kind {
            name: "Fleece Jacket",
            price: (59, 149),
            season: Winter,
            used_up: false,
            materials: &["grid fleece from recycled bottles", "soft high-pile fleece"],
            features: &[
                "thumb loops",
                "a zipped chest pocket",
                "flat seams under the pack",
                "a close hood",
                "quick drying",
            ],
        },
        Kind {
            name: "Merino Base Layer",
            price: (49, 109),
            season: Winter,
            used_up: false,
            materials: &["fine merino wool", "merino and lyocell"],
            features: &[
                "odour control after days of use",
                "a drop hem that stays tucked in",
                "seamless shoulders",
                "warmth without bulk",
                "a zip at the neck",
            ],
        },
        Kind {
            name: "Down Jacket",
            price: (159, 389),
            season: Winter,
            used_up: false,
            materials: &["water-repellent down", "recycled down in a thin nylon shell"],
            features: &[
                "narrow quilting",
                "an elastic hood",
                "its own pocket as a stuff sack",
                "warm hand pockets",
                "light weight for its warmth",
            ],
        },
    ],
};

pub(super) const WINTER: Vocabulary = Vocabulary {
    code: "snw",
    uses: &[
        "ski touring in deep snow",
        "quiet winter walks",
        "avalanche rescue training",
        "frosty mornings on the slopes",
        "snowshoe hikes at full moon",
        "icy commutes",
    ],
    kinds: [
        Kind {
            name: "Snowshoes",
            price: (129, 279),
            season: Winter,
            used_up: false,
            materials: &["hardened steel and tough plastic", "an aluminium frame with a taut deck"],
            features: &[
                "steel crampons for icy slopes",
                "a ratchet binding for gloved hands",
                "a heel lift for steep climbs",
                "a flat pack size",
                "flotation in powder",
            ],
        },
        Kind {
            name: "Ski Gloves",
            price: (49, 139),
            season: Winter,
            used_up: false,
            materials: &["goatskin leather", "windproof softshell with leather palms"],
            features: &[
                "warm lofty insulation",
                "a waterproof insert",
                "long cuffs against powder",
                "wrist leashes",
                "a nose wipe on the thumb",
            ],
        },
        Kind {
            name: "Avalanche Shovel",
            price: (49, 99),
            season: Winter,
            used_up: false,
            materials: &["hardened aluminium", "anodised alloy"],
            features: &[
                "a telescopic shaft",
                "a sharp blade for packed snow",
                "a hoe mode",
                "a handle for mittens",
                "holes for a rescue sled",
            ],
        },
        Kind {
            name: "Winter Beanie",
            price: (19, 45),
            season: Winter,
            used_up: false,
            materials: &["boiled wool", "thick ribbed knit of merino"],
            features: &[
                "a soft fleece band over the ears",
                "a turn-up brim",
                "a fit under the helmet",
                "no scratching",
                "a bobble that comes off",
            ],
        },
        Kind {
            name: "Gaiters",
            price: (35, 89),
            season: Winter,
            used_up: false,
            materials: &["tough waterproof fabric", "stretch softshell with reinforced edges"],
            features: &[
                "a strap under the boot",
                "a front closure for easy entry",
                "protection from crampon points",
                "a lace hook",
                "a drawcord at the calf",
            ],
        },
    ],
};
