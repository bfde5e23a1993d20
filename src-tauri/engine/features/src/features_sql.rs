//! The plans: which tables are made, from which, in which order.

use crate::catalogue::CATEGORY_POSITIONS;
use crate::custom::with_custom;
use crate::customer_sql::{Purpose, customer_select, day};
use crate::taste_sql::{category_select, product_select};
use kith_model::features::FeatureParams;
use kith_model::valid::Valid;
use kith_sql::{Ident, Pipeline, Step, TableName};

/// Share of the oldest rows that are surely sane ...
const SANE_SHARE: f64 = 0.995;
/// ... and the days after them in which a row is still believed. A mistyped year lies beyond.
const SANE_DAYS: u32 = 366;

/// Orders that were called off are no orders.
const CALLED_OFF: &str =
    "^(wc-)?(void|cancel|expired|fail|declin|abandon|draft|checkout-draft|trash)";

fn feat(table: &str) -> TableName {
    TableName::new("feat", table)
}

fn canon(table: &str) -> TableName {
    TableName::new("canon", table)
}

fn ident(table: &str) -> TableName {
    TableName::new("ident", table)
}

/// SELECT giving one text, the day (`YYYY-MM-DD`) after the newest sane order or event. A row
/// is insane when it lies more than a year after 99.5 % of its kind: a mistyped year must not
/// move the day. Without any dated row: the day after the newest contact record; without that:
/// 1970-01-01.
pub fn as_of_sql() -> String {
    let newest = |table: &str| {
        format!(
            "SELECT max(\"at\") AS \"at\" FROM {table} WHERE \"at\" <= (SELECT quantile_disc(\"at\", {SANE_SHARE}) \
             FROM {table}) + INTERVAL {SANE_DAYS} DAY"
        )
    };
    format!(
        "SELECT strftime(coalesce(\n  (SELECT max(\"at\") FROM ({}\n    UNION ALL {})),\n  \
         (SELECT max(created_at) FROM canon.profile),\n  TIMESTAMP '1969-12-31'\n) \
         + INTERVAL 1 DAY, '%Y-%m-%d') AS as_of",
        newest("canon.\"order\""),
        newest("canon.event")
    )
}

/// `feat.order(profile_id, order_id, at, total, goods, discount, refunded)`: one row a counted
/// order with an owner. `goods` is what the products cost after discounts.
fn order_step(midnight: &str) -> Step {
    let select = format!(
        "WITH owner AS (\n  SELECT order_id, min(profile_id) AS profile_id\n  \
         FROM ident.order_owner\n  WHERE profile_id IS NOT NULL\n  GROUP BY order_id\n),\n\
         head AS (\n  SELECT order_id, min(\"at\") AS \"at\", max(total) AS total,\n    \
         max(coalesce(subtotal, total - coalesce(tax, 0) - coalesce(shipping, 0))) AS goods,\n    \
         coalesce(max(discount), 0) AS discount, coalesce(max(refunded), 0) AS refunded,\n    \
         coalesce(bool_or(regexp_matches(lower(trim(status)), '{CALLED_OFF}')), false) AS called_off\n  \
         FROM canon.\"order\"\n  WHERE order_id IS NOT NULL\n  GROUP BY order_id\n)\n\
         SELECT profile_id, order_id, \"at\", coalesce(total, 0) AS total, goods, discount, refunded\n\
         FROM head JOIN owner USING (order_id)\n\
         WHERE NOT called_off AND \"at\" < {midnight}\nORDER BY profile_id, \"at\", order_id"
    );
    Step::table(feat("order"), vec![canon("order"), ident("order_owner")], select)
}

/// `feat.purchase(profile_id, order_id, product_id, at, quantity, amount)`. `amount` is net:
/// price times quantity less the line's discount and its part of the order's discount that no
/// line carries.
fn purchase_step() -> Step {
    let select = "WITH line AS (\n  SELECT order_id, product_id, coalesce(quantity, 1) AS quantity,\n    \
         coalesce(discount, 0) AS discount,\n    \
         coalesce(unit_price, 0) * coalesce(quantity, 1) - coalesce(discount, 0) AS net\n  \
         FROM canon.order_line\n  WHERE product_id IS NOT NULL\n),\n\
         sums AS (\n  SELECT order_id, sum(net) AS net, sum(discount) AS discount\n  FROM line\n  \
         GROUP BY order_id\n),\n\
         rest AS (\n  SELECT o.order_id, o.profile_id, o.at,\n    \
         CASE WHEN s.net > 0 THEN least(greatest(CAST(o.discount - s.discount AS DOUBLE), 0) \
         / CAST(s.net AS DOUBLE), 1) ELSE 0 END AS cut\n  \
         FROM feat.\"order\" o JOIN sums s USING (order_id)\n)\n\
         SELECT r.profile_id, r.order_id, line.product_id, r.at, line.quantity,\n  \
         CAST(CAST(line.net AS DOUBLE) * (1 - r.cut) AS DECIMAL(18,4)) AS amount\n\
         FROM line JOIN rest r USING (order_id)\n\
         ORDER BY r.profile_id, r.at, r.order_id, line.product_id, line.quantity, amount";
    Step::table(feat("purchase"), vec![canon("order_line"), feat("order")], select)
}

/// `feat.visit(profile_id, at, type, product_id, session_id, device, channel)`: events with an
/// owner, through the browser, else through the login.
fn visit_step(midnight: &str) -> Step {
    let select = format!(
        "WITH browser AS (\n  SELECT anonymous_id, min(profile_id) AS profile_id\n  \
         FROM ident.visitor\n  GROUP BY anonymous_id\n),\n\
         login AS (\n  SELECT p.user_id, min(r.profile_id) AS profile_id\n  \
         FROM canon.profile p JOIN ident.record r USING (record_id)\n  \
         WHERE p.user_id IS NOT NULL\n  GROUP BY p.user_id\n)\n\
         SELECT coalesce(b.profile_id, u.profile_id) AS profile_id, e.at, e.type, e.product_id,\n  \
         e.session_id, e.device, e.channel\nFROM canon.event e\n\
         LEFT JOIN browser b ON b.anonymous_id = e.anonymous_id\n\
         LEFT JOIN login u ON u.user_id = e.user_id\n\
         WHERE e.at < {midnight} AND coalesce(b.profile_id, u.profile_id) IS NOT NULL\n\
         ORDER BY profile_id, e.at, e.type, e.product_id, e.session_id"
    );
    let inputs = vec![canon("event"), canon("profile"), ident("visitor"), ident("record")];
    Step::table(feat("visit"), inputs, select)
}

fn customer_inputs() -> Vec<TableName> {
    vec![
        ident("golden"),
        ident("record"),
        canon("profile"),
        canon("consent"),
        feat("order"),
        feat("visit"),
        feat("purchase"),
        feat("product"),
    ]
}

/// Plans every table of the room as of `as_of` (`YYYY-MM-DD`, UTC midnight): `feat.order`,
/// `feat.purchase`, `feat.visit` (rows before the day), `feat.category`, `feat.product` and
/// `feat.customer`, which has every row of `ident.golden`.
pub fn plan(params: &Valid<FeatureParams>, as_of: &str) -> Pipeline {
    let midnight = day(as_of);
    let customer = with_custom(params, customer_select(as_of, Purpose::Present));
    Pipeline::new("features")
        .then(Step::statement("schema feat", "CREATE SCHEMA IF NOT EXISTS feat"))
        .then(order_step(&midnight))
        .then(purchase_step())
        .then(visit_step(&midnight))
        .then(Step::table(feat("category"), vec![canon("product")], category_select()))
        .then(Step::table(
            feat("product"),
            vec![canon("product"), feat("category")],
            product_select(),
        ))
        .then(Step::table(feat("customer"), customer_inputs(), customer))
}

/// Plans `feat.training`: the features of [`plan`] as of `cut`, for people known before it, and
/// `label`: an order from the cut up to, not including, `horizon_days` after it. Run it after
/// [`plan`] with a day at or after the horizon's end.
pub fn training_plan(params: &Valid<FeatureParams>, cut: &str, horizon_days: u32) -> Pipeline {
    let select = customer_select(cut, Purpose::Training { horizon_days });
    Pipeline::new("training features").then(Step::table(
        feat("training"),
        customer_inputs(),
        with_custom(params, select),
    ))
}

/// SELECT giving the names of the categories with a share of their own, in order of position.
pub fn categories_sql() -> String {
    format!(
        "SELECT category FROM feat.category WHERE position <= {CATEGORY_POSITIONS} ORDER BY position"
    )
}

fn columns(names: &[String]) -> String {
    names.iter().map(|n| format!(", {}", Ident::new(n.as_str()))).collect()
}

/// SELECT for [`crate::Matrix::from_frame`]: `profile_id` and the features, by person.
pub fn matrix_sql(names: &[String], buyers_only: bool) -> String {
    let filter = if buyers_only { " WHERE frequency > 0" } else { "" };
    format!("SELECT profile_id{} FROM feat.customer{filter} ORDER BY profile_id", columns(names))
}

/// The same over `feat.training`, with `label` last.
pub fn training_matrix_sql(names: &[String]) -> String {
    format!("SELECT profile_id{}, label FROM feat.training ORDER BY profile_id", columns(names))
}
