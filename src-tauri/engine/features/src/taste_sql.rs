//! SQL of `feat.category` and `feat.product`: which category a product counts towards.

use crate::catalogue::CATEGORY_POSITIONS;

/// The shallowest level of the category path with at least this many categories is used: a
/// catalogue that lies wholly under `Sporting goods > Outdoor` is not one category.
const ENOUGH: u32 = 4;
/// Levels looked at.
const LEVELS: u32 = 5;

/// `product_id, category`: the category path of each product cut at the chosen level.
fn products() -> String {
    format!(
        "paths AS (\n  SELECT product_id, regexp_split_to_array(trim(min(category), ' >|/'), \
         '\\s*[>|]\\s*|\\s+/\\s+') AS path\n  FROM canon.product\n  \
         WHERE product_id IS NOT NULL AND trim(category, ' >|/') <> ''\n  GROUP BY product_id\n),\n\
         levels AS (\n  SELECT level, count(DISTINCT array_to_string(path[1:level], ' > ')) AS n\n  \
         FROM paths, range(1, {}) AS r(level)\n  GROUP BY level\n),\n\
         chosen AS (\n  SELECT level FROM levels\n  \
         ORDER BY n >= {ENOUGH} DESC, CASE WHEN n >= {ENOUGH} THEN level ELSE -n END, level\n  \
         LIMIT 1\n),\n\
         cut AS (\n  SELECT product_id, array_to_string(path[1:level], ' > ') AS category\n  \
         FROM paths, chosen\n)",
        LEVELS + 1
    )
}

/// SELECT of `feat.category(category, position, products)`: position 1 has most products;
/// ties by name. The choice never looks at orders.
pub(crate) fn category_select() -> String {
    format!(
        "WITH {}\nSELECT category,\n  \
         row_number() OVER (ORDER BY count(*) DESC, category) AS position,\n  \
         count(*) AS products\nFROM cut\nGROUP BY category\nORDER BY position",
        products()
    )
}

/// SELECT of `feat.product(product_id, category, position)`; the position is NULL beyond the
/// last category that has a share of its own.
pub(crate) fn product_select() -> String {
    format!(
        "WITH {}\nSELECT product_id, category,\n  \
         CASE WHEN position <= {CATEGORY_POSITIONS} THEN position END AS position\n\
         FROM cut JOIN feat.category USING (category)\nORDER BY product_id",
        products()
    )
}
