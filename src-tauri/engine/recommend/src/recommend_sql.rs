//! The SELECTs that feed the recommender.

use kith_model::ProfileId;
use kith_model::recommend::RecommendParams;
use kith_sql::{text, text_list};

/// Event types that count as looking at a product, in the spelling of [`plain_type`].
const VIEWS: [&str; 6] = [
    "product_view",
    "product_viewed",
    "view_content",
    "view_item",
    "view_product",
    "viewed_product",
];

/// Event types that count as putting a product into the cart.
const CARTS: [&str; 5] =
    ["add_to_cart", "added_to_cart", "cart_add", "product_added", "product_added_to_cart"];

/// The event type in lower case with `_` for blanks and hyphens: `Product Viewed` is
/// `product_viewed`.
fn plain_type() -> &'static str {
    "lower(regexp_replace(trim(type), '[ -]+', '_', 'g'))"
}

fn select(params: &RecommendParams, filter: &str) -> String {
    let mut parts = vec![format!(
        "SELECT profile_id, product_id, \"at\", 'purchase' AS kind\nFROM feat.purchase\n\
         WHERE product_id IS NOT NULL{filter}"
    )];
    let kinds: [(&str, f64, &[&str]); 2] =
        [("cart", params.cart_weight, &CARTS), ("view", params.view_weight, &VIEWS)];
    for (kind, weight, types) in kinds {
        if weight > 0.0 {
            parts.push(format!(
                "SELECT profile_id, product_id, \"at\", '{kind}' AS kind\nFROM feat.visit\n\
                 WHERE product_id IS NOT NULL AND {} IN {}{filter}",
                plain_type(),
                text_list(types.iter().copied())
            ));
        }
    }
    parts.join("\nUNION ALL\n")
}

/// Who touched which product when: `profile_id, product_id, at, kind` with kind `purchase`,
/// `cart` or `view`. Kinds of weight 0 are left out, except purchases, which the test needs.
/// Everybody in `feat.customer` without any interaction comes as one row of NULLs, so that
/// cold people get a list too. `until` (a timestamp) keeps only what happened before it.
pub fn interactions_sql(params: &RecommendParams, until: Option<&str>) -> String {
    let filter = until.map(|t| format!(" AND \"at\" < {}::TIMESTAMP", text(t))).unwrap_or_default();
    format!(
        "WITH touched AS (\n{}\n)\nSELECT profile_id, product_id, \"at\", kind FROM touched\n\
         UNION ALL\n\
         SELECT profile_id, NULL, NULL, NULL FROM feat.customer\n\
         WHERE profile_id NOT IN (SELECT profile_id FROM touched WHERE profile_id IS NOT NULL)",
        select(params, &filter)
    )
}

/// One person's rows of [`interactions_sql`], for [`crate::lists`].
pub fn person_interactions_sql(params: &RecommendParams, profile: ProfileId) -> String {
    select(params, &format!(" AND profile_id = {}", profile.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interactions_query() {
        let params = RecommendParams { view_weight: 0.0, ..RecommendParams::default() };
        insta::assert_snapshot!(interactions_sql(&params, Some("2026-01-01")));
    }

    #[test]
    fn one_person_s_interactions() {
        insta::assert_snapshot!(person_interactions_sql(&RecommendParams::default(), ProfileId(7)));
    }
}
