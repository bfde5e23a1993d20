//! SQL of `feat.customer` and `feat.training`: one pass over orders, visits and order lines
//! each, grouped by person and joined to `ident.golden`.

use crate::catalogue::{CATEGORY_POSITIONS, category_share_name, category_share_sql};
use crate::definitions::{Def, ORDER_DEFS, OTHER_DEFS, Over, TASTE_DEFS, VISIT_DEFS};
use kith_sql::text;

/// Days since the first order up to which somebody is `new`.
const NEW_DAYS: u32 = 90;
/// Days since the last order up to which somebody is `active`.
const ACTIVE_DAYS: u32 = 180;
/// Days since the last order up to which somebody is `dormant`; later `churned`.
const DORMANT_DAYS: u32 = 365;

/// Event types that mean a product was looked at, in GA4's and other tools' words.
const VIEW_TYPES: [&str; 5] =
    ["product_view", "product_viewed", "view_item", "view_product", "viewed_product"];
/// Event types that mean a product was put into the cart.
const CART_TYPES: [&str; 5] =
    ["add_to_cart", "added_to_cart", "cart_add", "product_added", "product_added_to_cart"];

/// What the table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Everybody, with what is known at present where it carries no date.
    Present,
    /// People known before the day, with dated knowledge only.
    Training {
        /// Days after the day in which an order makes the label true.
        horizon_days: u32,
    },
}

/// The day as a timestamp literal.
pub(crate) fn day(as_of: &str) -> String {
    format!("CAST({} AS TIMESTAMP)", text(as_of))
}

fn aggregates(over: &[Over], as_of: &str) -> String {
    let mut columns = String::new();
    for def in [ORDER_DEFS, VISIT_DEFS, TASTE_DEFS, OTHER_DEFS].into_iter().flatten() {
        if over.contains(&def.over) {
            let sql = def.sql.replace(":as_of", as_of);
            columns.push_str(&format!(",\n    {sql} AS {}", def.name));
        }
    }
    columns
}

/// Everything known about orders, by person.
fn orders(as_of: &str) -> String {
    format!(
        "o AS (\n  SELECT o.profile_id,\n    count(*) AS _moments,\n    \
         count(*) FILTER (WHERE isodow(o.at) >= 6) AS _weekend,\n    \
         count(*) FILTER (WHERE hour(o.at) >= 18) AS _evening{}\n  \
         FROM feat.\"order\" o\n  WHERE o.at < {as_of}\n  GROUP BY o.profile_id\n)",
        aggregates(&[Over::Orders, Over::OrdersOrZero], as_of)
    )
}

/// Sessions, and everything known about visits by person.
fn visits(as_of: &str) -> String {
    let typed = |types: &[&str]| {
        let list = kith_sql::text_list(types.iter().copied());
        format!("count(*) FILTER (WHERE replace(lower(e.type), ' ', '_') IN {list})")
    };
    let (views, carts) = (typed(&VIEW_TYPES), typed(&CART_TYPES));
    format!(
        "s AS (\n  SELECT e.profile_id,\n    \
         coalesce(e.session_id, CAST(CAST(e.at AS DATE) AS VARCHAR)) AS session,\n    \
         max(e.at) AS last_at,\n    count(*) AS moments,\n    \
         count(*) FILTER (WHERE isodow(e.at) >= 6) AS weekend,\n    \
         count(*) FILTER (WHERE hour(e.at) >= 18) AS evening,\n    {views} AS views,\n    \
         {carts} AS carts,\n    count(e.device) AS with_device,\n    \
         count(*) FILTER (WHERE lower(e.device) IN ('mobile', 'phone', 'smartphone', 'mobile phone', \
         'ios', 'iphone', 'android')) AS mobile\n  \
         FROM feat.visit e\n  WHERE e.at < {as_of}\n  GROUP BY ALL\n),\n\
         v AS (\n  SELECT s.profile_id,\n    CAST(sum(s.moments) AS BIGINT) AS _moments,\n    \
         CAST(sum(s.weekend) AS BIGINT) AS _weekend,\n    \
         CAST(sum(s.evening) AS BIGINT) AS _evening{}\n  FROM s\n  GROUP BY s.profile_id\n)",
        aggregates(&[Over::Sessions, Over::SessionsOrZero], as_of)
    )
}

/// Order lines by person and category, and everything known about taste by person.
fn taste(as_of: &str) -> String {
    let shares: String = (1..=CATEGORY_POSITIONS)
        .map(|p| format!(",\n    {} AS {}", category_share_sql(p), category_share_name(p)))
        .collect();
    format!(
        "p AS (\n  SELECT profile_id, product_id, count(*) AS lines\n  FROM feat.purchase\n  \
         WHERE \"at\" < {as_of}\n  GROUP BY profile_id, product_id\n),\n\
         l AS (\n  SELECT p.profile_id, c.category, c.position,\n    sum(p.lines) AS lines,\n    \
         count(*) AS products\n  FROM p LEFT JOIN feat.product c USING (product_id)\n  \
         GROUP BY p.profile_id, c.category, c.position\n),\n\
         t AS (\n  SELECT l.profile_id{}{shares}\n  FROM l\n  GROUP BY l.profile_id\n)",
        aggregates(&[Over::Lines, Over::LinesOrZero], as_of)
    )
}

/// Who consented to e-mail; for training by dated evidence only.
fn contact(as_of: &str, purpose: Purpose) -> String {
    let (dated, at) = match purpose {
        Purpose::Present => {
            (format!("(n.at < {as_of} OR n.at IS NULL)"), "coalesce(n.at, TIMESTAMP '1970-01-01')")
        }
        Purpose::Training { .. } => (format!("n.at < {as_of}"), "n.at"),
    };
    format!(
        "address AS (\n  SELECT x.email, min(r.profile_id) AS profile_id\n  FROM (\n    \
         SELECT record_id, email FROM canon.profile\n    UNION ALL\n    \
         SELECT record_id, email_alt FROM canon.profile\n  ) x JOIN ident.record r USING (record_id)\n  \
         WHERE x.email IS NOT NULL\n  GROUP BY x.email\n),\n\
         c AS (\n  SELECT a.profile_id, max(struct_pack(\"at\" := {at}, granted := n.granted)).granted \
         AS granted\n  FROM canon.consent n JOIN address a ON a.email = n.subject\n  \
         WHERE {dated} AND n.granted IS NOT NULL\n    \
         AND regexp_matches(lower(n.purpose), 'mail|marketing|newsletter')\n  \
         GROUP BY a.profile_id\n)"
    )
}

/// The label, and since when somebody is known.
fn label(midnight: &str, horizon_days: u32) -> [String; 2] {
    [
        format!(
            "b AS (\n  SELECT DISTINCT profile_id\n  FROM feat.\"order\"\n  WHERE \"at\" >= {midnight} \
             AND \"at\" < {midnight} + INTERVAL {horizon_days} DAY\n)"
        ),
        "k AS (\n  SELECT r.profile_id, min(q.created_at) AS since\n  \
         FROM canon.profile q JOIN ident.record r USING (record_id)\n  GROUP BY r.profile_id\n)"
            .to_owned(),
    ]
}

/// One select list entry of the last SELECT.
fn output(def: &Def, as_of: &str, purpose: Purpose) -> String {
    if !def.timed && def.over != Over::Person && purpose != Purpose::Present {
        return format!("CAST(NULL AS DOUBLE) AS {}", def.name);
    }
    match def.over {
        Over::Orders => format!("o.{}", def.name),
        Over::OrdersOrZero => format!("coalesce(o.{0}, 0) AS {0}", def.name),
        Over::Sessions => format!("v.{}", def.name),
        Over::SessionsOrZero => format!("coalesce(v.{0}, 0) AS {0}", def.name),
        Over::Lines => format!("t.{}", def.name),
        Over::LinesOrZero => format!("coalesce(t.{0}, 0) AS {0}", def.name),
        Over::Person => format!("{} AS {}", def.sql.replace(":as_of", as_of), def.name),
    }
}

fn lifecycle() -> String {
    format!(
        "CASE WHEN o.profile_id IS NULL THEN 'prospect'\n    \
         WHEN o.tenure_days <= {NEW_DAYS} THEN 'new'\n    \
         WHEN o.recency_days <= {ACTIVE_DAYS} THEN 'active'\n    \
         WHEN o.recency_days <= {DORMANT_DAYS} THEN 'dormant'\n    \
         ELSE 'churned' END AS lifecycle"
    )
}

/// The SELECT of one row a person as of `as_of` (`YYYY-MM-DD`), without the user's own
/// features.
pub(crate) fn customer_select(as_of: &str, purpose: Purpose) -> String {
    let midnight = day(as_of);
    let mut columns = vec!["g.profile_id".to_owned()];
    let first = ORDER_DEFS.iter().chain(VISIT_DEFS).chain(TASTE_DEFS);
    columns.extend(first.map(|d| output(d, &midnight, purpose)));
    columns.extend((1..=CATEGORY_POSITIONS).map(|p| format!("t.{}", category_share_name(p))));
    columns.extend(OTHER_DEFS.iter().map(|d| output(d, &midnight, purpose)));
    columns.push(lifecycle());
    let golden = match purpose {
        Purpose::Present => format!(
            "SELECT profile_id, CASE WHEN created_at IS NULL OR created_at < {midnight} \
             THEN email_opt_in END AS email_opt_in FROM ident.golden"
        ),
        Purpose::Training { .. } => {
            "SELECT profile_id, CAST(NULL AS BOOLEAN) AS email_opt_in FROM ident.golden".to_owned()
        }
    };
    let mut ctes = vec![orders(&midnight), visits(&midnight), taste(&midnight)];
    ctes.push(contact(&midnight, purpose));
    let mut joins = vec!["o", "v", "t", "c"];
    let mut filter = String::new();
    if let Purpose::Training { horizon_days } = purpose {
        ctes.extend(label(&midnight, horizon_days));
        joins.extend(["k", "b"]);
        columns.push("b.profile_id IS NOT NULL AS label".to_owned());
        filter = format!(
            "\nWHERE o.profile_id IS NOT NULL OR v.profile_id IS NOT NULL OR k.since < {midnight}"
        );
    }
    let join = |alias: &str| format!("\nLEFT JOIN {alias} ON {alias}.profile_id = g.profile_id");
    let joined: String = joins.into_iter().map(join).collect();
    format!(
        "WITH {}\nSELECT {}\nFROM ({golden}) g{joined}{filter}\nORDER BY g.profile_id",
        ctes.join(",\n"),
        columns.join(",\n  ")
    )
}
