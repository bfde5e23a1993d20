//! The SELECTs that feed the recommender.

use kith_model::ProfileId;
use kith_model::recommend::{CART_EVENTS, RecommendParams, VIEW_EVENTS};
use kith_sql::{text, text_list};

/// The event type as [`kith_model::recommend::plain_event`] spells it.
fn plain_type() -> &'static str {
    "lower(regexp_replace(trim(type), '[ -]+', '_', 'g'))"
}

fn select(params: &RecommendParams, filter: &str) -> String {
    let mut parts = vec![format!(
        "SELECT profile_id, product_id, \"at\", 'purchase' AS kind\nFROM feat.purchase\n\
         WHERE product_id IS NOT NULL{filter}"
    )];
    let kinds: [(&str, f64, &[&str]); 2] =
        [("cart", params.cart_weight, &CART_EVENTS), ("view", params.view_weight, &VIEW_EVENTS)];
    let mut of = |kind: &str, types: &str| {
        parts.push(format!(
            "SELECT profile_id, product_id, \"at\", '{kind}' AS kind\nFROM feat.visit\n\
             WHERE product_id IS NOT NULL AND {} IN {types}{filter}",
            plain_type(),
        ));
    };
    for (kind, weight, types) in kinds {
        let usual: Vec<&str> =
            types.iter().copied().filter(|t| !params.event_weights.contains_key(*t)).collect();
        if weight > 0.0 && !usual.is_empty() {
            of(kind, &text_list(usual));
        }
    }
    for (at, (name, weight)) in params.event_weights.iter().enumerate() {
        if *weight > 0.0 {
            of(&format!("event:{at}"), &text_list([name.as_str()]));
        }
    }
    parts.join("\nUNION ALL\n")
}

/// Who touched which product when: `profile_id, product_id, at, kind` with kind `purchase`,
/// `cart`, `view` or `event:N`, the N-th of the weighed event types. Kinds of weight 0 are left out, except purchases, which the test needs.
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
    fn an_event_with_a_weight_of_its_own_is_a_kind_of_its_own() {
        let mut params = RecommendParams::default();
        params.event_weights.insert("it's".into(), 0.7);
        params.event_weights.insert("view_item".into(), 0.9);
        let sql = interactions_sql(&params, None);
        let view = sql.split("UNION ALL").find(|part| part.contains("'view' AS kind")).unwrap();
        assert!(!view.contains("'view_item'") && view.contains("'product_viewed'"), "{sql}");
        assert!(sql.contains("'event:0' AS kind") && sql.contains("IN ('it''s')"), "{sql}");
        assert!(sql.contains("'event:1' AS kind"), "{sql}");
    }

    #[test]
    fn one_person_s_interactions() {
        insta::assert_snapshot!(person_interactions_sql(&RecommendParams::default(), ProfileId(7)));
    }
}
