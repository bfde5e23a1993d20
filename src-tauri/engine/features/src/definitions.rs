//! The built-in features, in column order.

/// Which rows a feature's SQL aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// `feat.order`, by person. People without orders: NULL.
    Orders,
    /// The same, but people without orders have 0.
    OrdersOrZero,
    /// Sessions of `feat.visit`, by person. People without visits: NULL.
    Sessions,
    /// The same, but people without visits have 0.
    SessionsOrZero,
    /// Order lines summed up by person and category.
    Lines,
    /// The same, but 0 without lines.
    LinesOrZero,
    /// An expression over the aggregates of the others (`o`, `v`, `t`) and the person (`g`).
    Person,
}

/// A built-in feature.
pub(crate) struct Def {
    pub name: &'static str,
    pub label: &'static str,
    pub description: &'static str,
    pub unit: &'static str,
    pub family: &'static str,
    pub over: Over,
    pub sql: &'static str,
    pub skewed: bool,
    pub segments: bool,
    pub timed: bool,
}

const RFM: &str = "recency, frequency, monetary";
const ENGAGEMENT: &str = "engagement";
pub(crate) const TASTE: &str = "taste";
const PRICE: &str = "price";
const RHYTHM: &str = "rhythm";

const fn def(
    (name, label, unit, family): (&'static str, &'static str, &'static str, &'static str),
    over: Over,
    sql: &'static str,
    description: &'static str,
) -> Def {
    Def {
        name,
        label,
        description,
        unit,
        family,
        over,
        sql,
        skewed: false,
        segments: false,
        timed: true,
    }
}

impl Def {
    const fn skewed(mut self) -> Self {
        self.skewed = true;
        self
    }

    const fn undated(mut self) -> Self {
        self.timed = false;
        self
    }

    const fn for_segments(mut self) -> Self {
        self.segments = true;
        self
    }
}

/// The built-in features in column order; the shares of categories follow `TASTE_DEFS`.
pub(crate) const ORDER_DEFS: &[Def] = &[
    def(
        ("recency_days", "Days since last order", "days", RFM),
        Over::Orders,
        "date_diff('day', CAST(max(o.at) AS DATE), CAST(:as_of AS DATE))",
        "Days from the last order to the day.",
    )
    .skewed()
    .for_segments(),
    def(
        ("frequency", "Orders", "orders", RFM),
        Over::OrdersOrZero,
        "count(*)",
        "Orders placed, without cancelled and voided ones.",
    )
    .skewed()
    .for_segments(),
    def(
        ("monetary", "Total spend", "money", RFM),
        Over::OrdersOrZero,
        "CAST(sum(o.total) AS DOUBLE)",
        "Sum of the order totals; refunds are not taken off.",
    )
    .skewed(),
    def(
        ("average_order_value", "Average order value", "money", RFM),
        Over::Orders,
        "CAST(sum(o.total) AS DOUBLE) / count(*)",
        "Total spend divided by the number of orders.",
    )
    .skewed()
    .for_segments(),
    def(
        ("tenure_days", "Days since first order", "days", RFM),
        Over::Orders,
        "date_diff('day', CAST(min(o.at) AS DATE), CAST(:as_of AS DATE))",
        "Days from the first order to the day.",
    ),
    def(
        ("inter_purchase_days", "Days between orders", "days", RFM),
        Over::Orders,
        "CASE WHEN count(*) > 1 THEN (epoch(max(o.at)) - epoch(min(o.at))) / 86400.0 \
         / (count(*) - 1) END",
        "Mean days from one order to the next; unknown with a single order.",
    )
    .skewed(),
    def(
        ("orders_90d", "Orders in 90 days", "orders", RFM),
        Over::OrdersOrZero,
        "count(*) FILTER (WHERE o.at >= :as_of - INTERVAL 90 DAY)",
        "Orders in the 90 days before the day.",
    )
    .skewed(),
    def(
        ("orders_365d", "Orders in 365 days", "orders", RFM),
        Over::OrdersOrZero,
        "count(*) FILTER (WHERE o.at >= :as_of - INTERVAL 365 DAY)",
        "Orders in the 365 days before the day.",
    )
    .skewed(),
    def(
        ("spend_90d", "Spend in 90 days", "money", RFM),
        Over::OrdersOrZero,
        "CAST(sum(o.total) FILTER (WHERE o.at >= :as_of - INTERVAL 90 DAY) AS DOUBLE)",
        "Sum of the order totals in the 90 days before the day.",
    )
    .skewed(),
    def(
        ("spend_365d", "Spend in 365 days", "money", RFM),
        Over::OrdersOrZero,
        "CAST(sum(o.total) FILTER (WHERE o.at >= :as_of - INTERVAL 365 DAY) AS DOUBLE)",
        "Sum of the order totals in the 365 days before the day.",
    )
    .skewed(),
];

/// Engagement with the site or app.
pub(crate) const VISIT_DEFS: &[Def] = &[
    def(
        ("days_since_visit", "Days since last visit", "days", ENGAGEMENT),
        Over::Sessions,
        "date_diff('day', CAST(max(s.last_at) AS DATE), CAST(:as_of AS DATE))",
        "Days from the last event on site or app to the day.",
    )
    .skewed(),
    def(
        ("sessions_30d", "Sessions in 30 days", "sessions", ENGAGEMENT),
        Over::SessionsOrZero,
        "count(*) FILTER (WHERE s.last_at >= :as_of - INTERVAL 30 DAY)",
        "Sessions that ended in the 30 days before the day.",
    )
    .skewed(),
    def(
        ("sessions_90d", "Sessions in 90 days", "sessions", ENGAGEMENT),
        Over::SessionsOrZero,
        "count(*) FILTER (WHERE s.last_at >= :as_of - INTERVAL 90 DAY)",
        "Sessions that ended in the 90 days before the day.",
    )
    .skewed(),
    def(
        ("sessions_365d", "Sessions in 365 days", "sessions", ENGAGEMENT),
        Over::SessionsOrZero,
        "count(*) FILTER (WHERE s.last_at >= :as_of - INTERVAL 365 DAY)",
        "Sessions that ended in the 365 days before the day.",
    )
    .skewed(),
    def(
        ("views", "Product views", "views", ENGAGEMENT),
        Over::SessionsOrZero,
        "CAST(sum(s.views) AS BIGINT)",
        "Products looked at.",
    )
    .skewed(),
    def(
        ("carts", "Additions to the cart", "additions", ENGAGEMENT),
        Over::SessionsOrZero,
        "CAST(sum(s.carts) AS BIGINT)",
        "Products put into the cart.",
    )
    .skewed(),
    def(
        ("cart_rate", "Cart rate", "carts a view", ENGAGEMENT),
        Over::Sessions,
        "CAST(sum(s.carts) AS DOUBLE) / nullif(sum(s.views), 0)",
        "Additions to the cart for each product view; unknown without a view.",
    )
    .skewed(),
];

/// What is bought.
pub(crate) const TASTE_DEFS: &[Def] = &[
    def(
        ("distinct_products", "Different products", "products", TASTE),
        Over::LinesOrZero,
        "CAST(sum(l.products) AS BIGINT)",
        "Different products bought.",
    )
    .skewed(),
    def(
        ("distinct_categories", "Different categories", "categories", TASTE),
        Over::LinesOrZero,
        "count(l.category)",
        "Different categories bought from.",
    ),
    def(
        ("top_category_share", "Share of the favourite category", "share", TASTE),
        Over::Lines,
        "CAST(max(l.lines) FILTER (WHERE l.category IS NOT NULL) AS DOUBLE) \
         / sum(l.lines) FILTER (WHERE l.category IS NOT NULL)",
        "Share of order lines in the category bought most often.",
    ),
];

/// Price sense, rhythm and contact.
pub(crate) const OTHER_DEFS: &[Def] = &[
    def(
        ("discount_share", "Orders with a discount", "share", PRICE),
        Over::Orders,
        "CAST(count(*) FILTER (WHERE o.discount > 0) AS DOUBLE) / count(*)",
        "Share of orders placed with a discount.",
    )
    .for_segments(),
    def(
        ("refund_share", "Refunded share", "share", PRICE),
        Over::Orders,
        "CAST(sum(o.refunded) AS DOUBLE) / nullif(CAST(sum(o.total) AS DOUBLE), 0)",
        "Share of the spend that was refunded; when is not known.",
    )
    .skewed()
    .undated(),
    def(
        ("weekend_share", "Weekend share", "share", RHYTHM),
        Over::Person,
        "CAST(coalesce(o._weekend, 0) + coalesce(v._weekend, 0) AS DOUBLE) \
         / nullif(coalesce(o._moments, 0) + coalesce(v._moments, 0), 0)",
        "Share of events and orders on a Saturday or Sunday (UTC).",
    )
    .for_segments(),
    def(
        ("evening_share", "Evening share", "share", RHYTHM),
        Over::Person,
        "CAST(coalesce(o._evening, 0) + coalesce(v._evening, 0) AS DOUBLE) \
         / nullif(coalesce(o._moments, 0) + coalesce(v._moments, 0), 0)",
        "Share of events and orders from 18:00 to midnight (UTC).",
    )
    .for_segments(),
    def(
        ("mobile_share", "Mobile share", "share", RHYTHM),
        Over::Sessions,
        "CAST(sum(s.mobile) AS DOUBLE) / nullif(sum(s.with_device), 0)",
        "Share of events on a phone, of those with a known device.",
    ),
    def(
        ("email_opt_in", "E-mail consent", "yes = 1", "contact"),
        Over::Person,
        "CAST(coalesce(c.granted, g.email_opt_in) AS TINYINT)",
        "1 with consent to e-mail, 0 without; unknown otherwise.",
    )
    .undated(),
];

/// The built-in features before the category shares, and those after.
pub(crate) fn built_in() -> (Vec<&'static Def>, &'static [Def]) {
    (ORDER_DEFS.iter().chain(VISIT_DEFS).chain(TASTE_DEFS).collect(), OTHER_DEFS)
}
