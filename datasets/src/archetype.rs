//! The six kinds of customer, and the tastes they have: what the segments should find again.

/// Categories of the shop, in catalogue order.
pub(crate) const CATEGORIES: [&str; 10] = [
    "Footwear",
    "Running",
    "Climbing",
    "Tents & Shelter",
    "Sleeping Gear",
    "Packs & Bags",
    "Clothing",
    "Cooking & Water",
    "Snow & Winter",
    "Gifts & Accessories",
];

/// A kind of customer. Rates are those of an average member while active.
pub(crate) struct Archetype {
    pub name: &'static str,
    /// Share of all people.
    pub share: f64,
    /// Visits to the shop in 30.4 days.
    pub visits_per_month: f64,
    /// Probability that a visit ends in an order.
    pub conversion: f64,
    /// Mean number of lines of an order.
    pub lines: f64,
    /// Probability that an order carries a discount code.
    pub discount: f64,
    /// Probability per 30 days of turning away, before the modifiers of `behaviour`.
    pub hazard: f64,
    /// Weight of a Saturday or Sunday against a working day.
    pub weekend: f64,
    /// Hours at which visits happen: (centre, spread) in shop time.
    pub hours: (f64, f64),
    /// Probability that the main device is a telephone.
    pub mobile: f64,
    /// Probability that a visit has a search.
    pub search: f64,
    /// Mean engagement per page in seconds.
    pub dwell_s: f64,
    /// Weight of visits per month of the year, January first.
    pub season: [f64; 12],
    /// Tastes of this kind of customer: (name, weights per category, favourite brands).
    pub tastes: [Taste; 3],
}

/// What a customer looks for.
pub(crate) struct Taste {
    pub name: &'static str,
    /// Weight of each of `CATEGORIES`.
    pub categories: [f64; 10],
    /// Indices into the brands; their products weigh more.
    pub brands: [usize; 2],
    /// Product types (position within each category, 0 to 4) that weigh more.
    pub types: [usize; 2],
}

const fn taste(
    name: &'static str,
    categories: [f64; 10],
    brands: [usize; 2],
    types: [usize; 2],
) -> Taste {
    Taste { name, categories, brands, types }
}

/// All archetypes. Shares sum to one.
pub(crate) const ARCHETYPES: [Archetype; 6] = [
    Archetype {
        name: "weekend_hiker",
        share: 0.23,
        visits_per_month: 1.0,
        conversion: 0.27,
        lines: 2.1,
        discount: 0.12,
        hazard: 0.024,
        weekend: 3.2,
        hours: (11.0, 2.6),
        mobile: 0.45,
        search: 0.2,
        dwell_s: 26.0,
        season: [0.7, 0.7, 1.0, 1.3, 1.4, 1.3, 1.1, 1.0, 1.2, 1.0, 0.9, 0.9],
        tastes: [
            taste("day_hikes", [5.0, 0.2, 0.0, 0.1, 0.1, 3.0, 3.0, 0.5, 0.3, 0.6], [0, 1], [0, 3]),
            taste(
                "alpine_tours",
                [4.0, 0.1, 0.4, 0.3, 0.3, 3.0, 4.0, 0.6, 1.0, 0.2],
                [2, 3],
                [1, 4],
            ),
            taste(
                "long_trails",
                [3.0, 0.4, 0.0, 0.8, 0.8, 4.0, 2.5, 1.6, 0.1, 0.2],
                [4, 5],
                [1, 2],
            ),
        ],
    },
    Archetype {
        name: "climber",
        share: 0.14,
        visits_per_month: 1.35,
        conversion: 0.29,
        lines: 2.4,
        discount: 0.06,
        hazard: 0.013,
        weekend: 0.6,
        hours: (20.5, 1.6),
        mobile: 0.35,
        search: 0.35,
        dwell_s: 44.0,
        season: [0.9, 0.9, 1.1, 1.3, 1.3, 1.2, 1.1, 1.1, 1.1, 1.0, 0.9, 0.9],
        tastes: [
            taste(
                "sport_climbing",
                [0.3, 0.2, 9.0, 0.0, 0.0, 0.8, 0.6, 0.0, 0.0, 0.2],
                [6, 7],
                [0, 3],
            ),
            taste("bouldering", [0.4, 0.3, 8.0, 0.0, 0.0, 0.6, 1.2, 0.0, 0.0, 0.5], [8, 9], [3, 4]),
            taste(
                "alpine_climbing",
                [0.8, 0.0, 6.5, 0.5, 0.5, 1.0, 1.5, 0.3, 1.8, 0.1],
                [2, 10],
                [1, 2],
            ),
        ],
    },
    Archetype {
        name: "gift_shopper",
        share: 0.18,
        visits_per_month: 0.62,
        conversion: 0.38,
        lines: 3.0,
        discount: 0.10,
        hazard: 0.016,
        weekend: 1.0,
        hours: (13.0, 2.2),
        mobile: 0.5,
        search: 0.12,
        dwell_s: 18.0,
        season: [0.2, 0.4, 0.2, 0.3, 0.7, 0.5, 0.2, 0.2, 0.2, 0.5, 3.6, 4.6],
        tastes: [
            taste(
                "cosy_gifts",
                [0.2, 0.0, 0.0, 0.0, 0.2, 0.2, 0.8, 0.8, 1.6, 8.0],
                [11, 0],
                [2, 4],
            ),
            taste(
                "gadget_gifts",
                [0.0, 0.2, 0.1, 0.0, 0.0, 0.6, 0.1, 1.2, 0.2, 8.0],
                [12, 13],
                [0, 3],
            ),
            taste(
                "family_gifts",
                [0.3, 0.1, 0.0, 0.5, 0.8, 1.0, 0.8, 0.5, 1.2, 6.0],
                [14, 11],
                [1, 4],
            ),
        ],
    },
    Archetype {
        name: "bargain_hunter",
        share: 0.17,
        visits_per_month: 1.9,
        conversion: 0.155,
        lines: 1.5,
        discount: 0.82,
        hazard: 0.030,
        weekend: 1.1,
        hours: (22.0, 1.4),
        mobile: 0.8,
        search: 0.6,
        dwell_s: 11.0,
        season: [1.8, 1.2, 0.7, 0.8, 0.8, 0.9, 1.5, 1.0, 0.7, 0.8, 1.9, 1.0],
        tastes: [
            taste(
                "outlet_clothing",
                [1.5, 0.8, 0.0, 0.0, 0.0, 0.8, 6.0, 0.0, 1.5, 0.4],
                [15, 0],
                [2, 3],
            ),
            taste(
                "outlet_shoes",
                [6.0, 1.6, 0.2, 0.0, 0.0, 0.6, 1.6, 0.0, 0.4, 0.3],
                [1, 15],
                [0, 2],
            ),
            taste(
                "outlet_camp",
                [0.6, 0.0, 0.0, 2.0, 2.0, 1.6, 1.2, 1.6, 0.6, 0.8],
                [14, 4],
                [0, 2],
            ),
        ],
    },
    Archetype {
        name: "loyal_runner",
        share: 0.15,
        visits_per_month: 1.05,
        conversion: 0.54,
        lines: 1.8,
        discount: 0.08,
        hazard: 0.008,
        weekend: 0.8,
        hours: (7.5, 1.2),
        mobile: 0.9,
        search: 0.15,
        dwell_s: 16.0,
        season: [1.1, 1.0, 1.1, 1.1, 1.1, 1.0, 0.9, 0.9, 1.1, 1.0, 0.9, 0.8],
        tastes: [
            taste(
                "trail_running",
                [0.6, 9.0, 0.0, 0.0, 0.0, 0.7, 0.8, 0.2, 0.2, 0.3],
                [7, 13],
                [0, 1],
            ),
            taste(
                "ultra_running",
                [0.2, 8.5, 0.0, 0.0, 0.0, 1.0, 0.8, 0.8, 0.3, 0.6],
                [5, 12],
                [1, 3],
            ),
            taste(
                "winter_running",
                [0.3, 7.0, 0.0, 0.0, 0.0, 0.4, 1.6, 0.1, 1.6, 0.8],
                [3, 9],
                [2, 4],
            ),
        ],
    },
    Archetype {
        name: "lapsed_camper",
        share: 0.13,
        visits_per_month: 1.35,
        conversion: 0.30,
        lines: 2.9,
        discount: 0.18,
        hazard: 0.115,
        weekend: 1.6,
        hours: (16.0, 2.8),
        mobile: 0.4,
        search: 0.28,
        dwell_s: 31.0,
        season: [0.7, 0.8, 1.1, 1.4, 1.6, 1.6, 1.4, 1.0, 0.7, 0.6, 0.8, 0.8],
        tastes: [
            taste(
                "family_camping",
                [0.3, 0.0, 0.0, 6.0, 4.0, 0.5, 0.4, 3.0, 0.0, 0.5],
                [14, 1],
                [1, 3],
            ),
            taste(
                "light_camping",
                [0.4, 0.1, 0.0, 5.0, 4.5, 1.4, 0.4, 2.4, 0.0, 0.2],
                [4, 10],
                [0, 2],
            ),
            taste(
                "camp_kitchen",
                [0.2, 0.0, 0.0, 3.0, 2.5, 0.4, 0.3, 6.0, 0.0, 0.6],
                [8, 6],
                [0, 4],
            ),
        ],
    },
];

/// All tastes in order of archetype: (archetype, taste).
pub(crate) fn tastes() -> impl Iterator<Item = (usize, &'static Taste)> {
    ARCHETYPES.iter().enumerate().flat_map(|(i, a)| a.tastes.iter().map(move |t| (i, t)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_one_and_names_are_distinct() {
        assert!((ARCHETYPES.iter().map(|a| a.share).sum::<f64>() - 1.0).abs() < 1e-9);
        let mut names: Vec<_> = tastes().map(|(_, t)| t.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 18);
    }
}
