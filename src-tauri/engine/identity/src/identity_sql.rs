//! SQL around resolving: the records it reads, and who owns orders and browsers.

use crate::{golden_sql, guards_sql};
use kith_model::Entity;
use kith_model::golden::{GoldenParams, Pin};
use kith_sql::{Pipeline, Step, TableName};

/// More different people than this seen on one browser: it is a shop's or a library's.
pub const MAX_PEOPLE_PER_BROWSER: u32 = 4;

/// The columns of [`records_sql`], in order.
pub(crate) const RECORD_COLUMNS: [&str; 20] = [
    "record_id",
    "source",
    "native_id",
    "user_id",
    "loyalty_id",
    "email",
    "email_alt",
    "phone",
    "phone_alt",
    "given_name",
    "family_name",
    "full_name",
    "birth_date",
    "street",
    "city",
    "postcode",
    "region",
    "country",
    "coordinates",
    "company",
];

pub(crate) fn canon(entity: Entity) -> TableName {
    TableName::new("canon", entity.key())
}

pub(crate) fn ident(table: &str) -> TableName {
    TableName::new("ident", table)
}

/// The SELECT of the records that [`crate::resolve`] and [`crate::cards`] read: one row a record,
/// by record id. Of `filled` fields, whose gaps were imputed, it reads what was there before: a
/// guess says nothing about who somebody is.
pub fn records_sql(filled: &[String]) -> String {
    let read = |column: &str| match filled.iter().any(|field| field == column) {
        true => format!("{column}_original AS {column}"),
        // One text instead of two numbers: a record without them costs a quarter.
        false if column == "coordinates" => {
            "latitude || ', ' || longitude AS coordinates".to_owned()
        }
        false => column.to_owned(),
    };
    let columns: Vec<String> = RECORD_COLUMNS.iter().map(|column| read(column)).collect();
    format!("SELECT {} FROM {} ORDER BY record_id", columns.join(", "), canon(Entity::Profile))
}

/// Everything that follows from `ident.record` and `ident.guard_contact` (which it takes away):
/// `ident.golden_value`, `ident.golden`, `ident.order_owner`, `ident.visitor`, `ident.household`,
/// `ident.guard`.
pub fn golden_plan(params: &GoldenParams, pins: &[Pin]) -> Pipeline {
    Pipeline::new("golden records")
        .then(Step::statement("schema ident", "CREATE SCHEMA IF NOT EXISTS ident"))
        .then(golden_sql::golden_value(params, pins))
        .then(golden_sql::golden())
        .then(contact_key())
        .then(order_owner())
        .then(guards_sql::seen())
        .then(guards_sql::visitor())
        .then(guards_sql::household())
        .then(guards_sql::guard())
        .then(forget("contact keys", "contact_key"))
        .then(forget("who was seen where", "seen"))
        .then(forget("guards of contacts", "guard_contact"))
}

/// A table that only this plan needs.
fn forget(what: &str, table: &str) -> Step {
    Step::statement(format!("forget {what}"), format!("DROP TABLE {}", ident(table)))
}

/// Every way to name a person, each with its profile: the source and kind it is valid in, and how
/// many of the profile's records say so.
fn contact_key() -> Step {
    let (record, profile) = (ident("record"), canon(Entity::Profile));
    let select = format!(
        "\
SELECT kind, source, key, profile_id, count(*) AS records
FROM (
    SELECT r.profile_id, p.source, unnest([
        {{kind: 'user', key: p.user_id}},
        {{kind: 'native', key: p.native_id}},
        {{kind: 'email', key: lower(trim(p.email))}},
        {{kind: 'email', key: lower(trim(p.email_alt))}},
        {{kind: 'phone', key: p.phone}},
        {{kind: 'phone', key: p.phone_alt}}
    ], recursive := true)
    FROM {profile} p JOIN {record} r USING (record_id)
)
WHERE key IS NOT NULL AND key <> ''
GROUP BY ALL"
    );
    Step::table(ident("contact_key"), vec![record, profile], select).named("contact keys")
}

/// Who placed each order. An order row that is also a contact record belongs to that record; else
/// its customer id decides within its own source, then its e-mail, then its phone, then its
/// customer id in any source as long as it names one person only. Where several people share the
/// key: the one with most records under it, then the smallest profile.
fn order_owner() -> Step {
    let (order, key) = (canon(Entity::Order), ident("contact_key"));
    let (record, profile) = (ident("record"), canon(Entity::Profile));
    let select = format!(
        "\
WITH placed AS (
    SELECT DISTINCT source, row_id, order_id, customer_id,
        lower(trim(customer_email)) AS email, customer_phone AS phone
    FROM {order} WHERE order_id IS NOT NULL
),
lone AS (
    SELECT key, min(profile_id) AS profile_id FROM {key}
    WHERE kind IN ('user', 'native') GROUP BY key HAVING count(DISTINCT profile_id) = 1
),
claim AS (
    SELECT o.order_id, r.profile_id, 0 AS rank, 1 AS records
    FROM placed o JOIN {profile} p USING (source, row_id) JOIN {record} r USING (record_id)
    UNION ALL
    SELECT o.order_id, k.profile_id, 1, k.records
    FROM placed o JOIN {key} k ON k.key = o.customer_id AND k.source = o.source
    WHERE k.kind IN ('user', 'native')
    UNION ALL
    SELECT o.order_id, k.profile_id, 2, k.records
    FROM placed o JOIN {key} k ON k.key = o.email WHERE k.kind = 'email'
    UNION ALL
    SELECT o.order_id, k.profile_id, 3, k.records
    FROM placed o JOIN {key} k ON k.key = o.phone WHERE k.kind = 'phone'
    UNION ALL
    SELECT o.order_id, l.profile_id, 4, 1 FROM placed o JOIN lone l ON l.key = o.customer_id
),
weighed AS (
    SELECT order_id, profile_id, rank, sum(records) AS records FROM claim GROUP BY ALL
)
SELECT order_id, profile_id FROM weighed
QUALIFY row_number() OVER (
    PARTITION BY order_id ORDER BY rank, records DESC, profile_id
) = 1
ORDER BY order_id"
    );
    Step::table(ident("order_owner"), vec![order, key, profile, record], select)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_reads_as_written() {
        insta::assert_snapshot!(
            "golden_plan",
            golden_plan(&GoldenParams::default(), &[]).to_string()
        );
        insta::assert_snapshot!("records", records_sql(&[]));
        let filled = records_sql(&["city".to_owned()]);
        assert!(filled.contains("street, city_original AS city, postcode"), "{filled}");
    }

    #[test]
    fn every_column_read_is_a_field_of_the_schema() {
        let made = ["record_id", "source", "coordinates"];
        for column in RECORD_COLUMNS.iter().filter(|c| !made.contains(c)) {
            assert!(Entity::Profile.field(column).is_some(), "{column}");
        }
    }
}
