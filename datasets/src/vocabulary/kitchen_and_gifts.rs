//! Camp kitchens and presents.

use super::Season::{Even, Presents, Summer};
use super::{Kind, Vocabulary};

pub(super) const COOKING: Vocabulary = Vocabulary {
    code: "ckg",
    uses: &[
        "hot meals on the trail",
        "coffee at sunrise",
        "breaks beside mountain streams",
        "camp kitchens for four",
        "ultralight solo trips",
        "long expeditions",
    ],
    kinds: [
        Kind {
            name: "Gas Stove",
            price: (39, 149),
            season: Summer,
            used_up: false,
            materials: &["hard aluminium and steel", "titanium"],
            features: &[
                "a piezo igniter",
                "a flame that simmers gently",
                "folding pot supports",
                "a wind shield around the burner",
                "a litre boiled in three minutes",
            ],
        },
        Kind {
            name: "Gas Canister",
            price: (6, 14),
            season: Summer,
            used_up: true,
            materials: &["a blend of butane and propane", "iso-butane for cold days"],
            features: &[
                "a self-sealing valve",
                "good performance in the cold",
                "a gauge printed on the side",
                "a standard screw thread",
            ],
        },
        Kind {
            name: "Titanium Cookware",
            price: (35, 119),
            season: Summer,
            used_up: false,
            materials: &["titanium", "titanium with a ceramic coating"],
            features: &[
                "folding handles",
                "a lid that drains",
                "pots that nest into one stack",
                "measuring marks inside",
                "room for a canister",
            ],
        },
        Kind {
            name: "Water Filter",
            price: (35, 99),
            season: Summer,
            used_up: false,
            materials: &["hollow-fibre membranes", "an activated-carbon core"],
            features: &[
                "protection from bacteria and protozoa",
                "a flow of a litre a minute",
                "cleaning by shaking",
                "a thread for common bottles",
                "a long service life",
            ],
        },
        Kind {
            name: "Freeze-Dried Meal",
            price: (7, 14),
            season: Even,
            used_up: true,
            materials: &["rice, lentils and vegetables", "pasta with tomatoes and herbs"],
            features: &[
                "generous calories per gram",
                "a pouch to eat from",
                "no need to wash up",
                "a shelf life of years",
                "a recipe without additives",
            ],
        },
    ],
};

pub(super) const GIFTS: Vocabulary = Vocabulary {
    code: "acc",
    uses: &[
        "people who love the outdoors",
        "evenings around the campfire",
        "stocking fillers and birthdays",
        "planning the next trip",
        "picnics with friends",
        "early starts in the dark",
    ],
    kinds: [
        Kind {
            name: "Headlamp",
            price: (29, 99),
            season: Presents,
            used_up: false,
            materials: &["recycled aluminium", "light impact-proof plastic"],
            features: &[
                "a beam of four hundred lumens",
                "a rechargeable battery",
                "a red night mode",
                "a lock against switching on in the pack",
                "a washable headband",
            ],
        },
        Kind {
            name: "Hiking Guidebook",
            price: (15, 29),
            season: Presents,
            used_up: false,
            materials: &["sturdy stitched paper", "recycled paper in a weatherproof cover"],
            features: &[
                "maps and profiles for fifty walks",
                "tracks for download",
                "notes on huts and buses",
                "a difficulty scale one can trust",
                "fine photographs",
            ],
        },
        Kind {
            name: "Enamel Mug",
            price: (9, 24),
            season: Presents,
            used_up: false,
            materials: &["enamelled steel", "steel with a rim of brass"],
            features: &[
                "a motif drawn by hand",
                "no fear of campfire or dishwasher",
                "a gift box made of cardboard",
                "a generous handle",
                "room for a big coffee",
            ],
        },
        Kind {
            name: "Pocket Knife",
            price: (25, 89),
            season: Presents,
            used_up: false,
            materials: &["olive wood and steel", "stainless steel with walnut scales"],
            features: &[
                "a hand-finished handle",
                "a lifetime guarantee",
                "a locking blade",
                "a corkscrew and an awl",
                "a leather pouch",
            ],
        },
        Kind {
            name: "Vacuum Flask",
            price: (24, 59),
            season: Presents,
            used_up: false,
            materials: &["brushed stainless steel", "powder-coated steel"],
            features: &[
                "hot drinks for twelve hours",
                "a leak-proof lid",
                "a cup that screws on",
                "a wide mouth for soup",
                "a grip ring of silicone",
            ],
        },
    ],
};
