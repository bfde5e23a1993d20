//! Golden records by survivorship: which of a person's values stand, and where each came from.
//!
//! A field takes the value most of the person's records agree on (letter case aside, spelt as the
//! newest of them spells it); a tie goes to the most recent record, then to the first in source
//! order. An address survives as a whole, from one record. E-mail consent follows the most recent
//! record that states it, and a refusal wins a tie: permission is never voted for.

use crate::identity_sql::{canon, ident};
use kith_model::Entity;
use kith_sql::{Step, text};

/// Fields that survive one by one.
const SINGLE: [&str; 9] = [
    "given_name",
    "family_name",
    "full_name",
    "email",
    "phone",
    "birth_date",
    "company",
    "language",
    "gender",
];

/// Fields that survive together.
const ADDRESS: [&str; 5] = ["street", "city", "postcode", "region", "country"];

/// `ident.golden_value(profile_id, field, value, source, native_id, rule)`.
#[allow(clippy::too_many_lines, reason = "one SQL statement, which reads best in one piece")]
pub(crate) fn golden_value() -> Step {
    let (record, profile) = (ident("record"), canon(Entity::Profile));
    let values: Vec<String> = SINGLE
        .iter()
        .map(|field| {
            let from = match *field {
                "email" => "coalesce(email, email_alt)".to_owned(),
                "phone" => "coalesce(phone, phone_alt)".to_owned(),
                other => other.to_owned(),
            };
            format!("{{field: {}, value: CAST({from} AS VARCHAR)}}", text(field))
        })
        .collect();
    let parts: Vec<String> =
        ADDRESS.iter().map(|field| format!("{{field: {}, value: {field}}}", text(field))).collect();
    let select = format!(
        "\
WITH held AS (
    SELECT r.profile_id, p.*, coalesce(p.updated_at, p.created_at) AS stated
    FROM {profile} p JOIN {record} r USING (record_id)
),
single AS (
    SELECT profile_id, record_id, source, native_id, stated, unnest([
        {values}
    ], recursive := true)
    FROM held
),
spelt AS (
    SELECT profile_id, field, lower(trim(value)) AS same, count(*) AS records,
        max(stated) AS latest, min(record_id) AS first,
        arg_max({{value: value, source: source, native_id: native_id}},
            {{stated: coalesce(stated, TIMESTAMP '0001-01-01'), early: -record_id}}) AS best
    FROM single WHERE trim(value) <> '' GROUP BY ALL
),
ranked AS (
    SELECT *, row_number() OVER place AS place, count(*) OVER whole AS rivals,
        lead(records) OVER place AS next_records, lead(latest) OVER place AS next_latest
    FROM spelt
    WINDOW whole AS (PARTITION BY profile_id, field),
        place AS (PARTITION BY profile_id, field
            ORDER BY records DESC, latest DESC NULLS LAST, first)
),
address AS (
    SELECT *, lower(concat_ws('|', street, postcode, city)) AS same,
        (street IS NOT NULL)::INTEGER * 2 + (city IS NOT NULL OR postcode IS NOT NULL)::INTEGER
            AS filled
    FROM held WHERE coalesce(street, city, postcode, region, country) IS NOT NULL
),
home AS (
    SELECT * FROM (
        SELECT *, count(*) OVER (PARTITION BY profile_id, same) AS agreeing FROM address
    ) QUALIFY row_number() OVER (
        PARTITION BY profile_id
        ORDER BY filled DESC, agreeing DESC, stated DESC NULLS LAST, record_id
    ) = 1
),
consent AS (
    SELECT * FROM held WHERE email_opt_in IS NOT NULL QUALIFY row_number() OVER (
        PARTITION BY profile_id ORDER BY stated DESC NULLS LAST, email_opt_in, record_id
    ) = 1
),
oldest AS (
    SELECT * FROM held WHERE created_at IS NOT NULL QUALIFY row_number() OVER (
        PARTITION BY profile_id ORDER BY created_at, record_id
    ) = 1
)
SELECT profile_id, field, best.value AS value, best.source AS source,
    best.native_id AS native_id, CASE
        WHEN rivals = 1 THEN 'only value'
        WHEN records > next_records THEN 'most frequent'
        WHEN latest IS DISTINCT FROM next_latest THEN 'most recent'
        ELSE 'source order' END AS rule
FROM ranked WHERE place = 1
UNION ALL
SELECT profile_id, field, value, source, native_id, 'address as a whole' FROM (
    SELECT profile_id, source, native_id, unnest([
        {parts}
    ], recursive := true)
    FROM home
) WHERE trim(value) <> ''
UNION ALL
SELECT profile_id, 'email_opt_in', CAST(email_opt_in AS VARCHAR), source, native_id,
    'most recent' FROM consent
UNION ALL
SELECT profile_id, 'created_at', CAST(created_at AS VARCHAR), source, native_id, 'earliest'
FROM oldest
ORDER BY profile_id, field",
        values = values.join(",\n        "),
        parts = parts.join(",\n        "),
    );
    Step::table(ident("golden_value"), vec![profile, record], select)
}

/// `ident.golden`: one row a person, a column a field.
pub(crate) fn golden() -> Step {
    let (record, value) = (ident("record"), ident("golden_value"));
    let field = |name: &str, sql_type: &str| {
        let picked = format!("max(v.value) FILTER (v.field = {})", text(name));
        if sql_type == "VARCHAR" {
            format!("{picked} AS {name}")
        } else {
            format!("CAST({picked} AS {sql_type}) AS {name}")
        }
    };
    let columns = [
        field("given_name", "VARCHAR"),
        field("family_name", "VARCHAR"),
        field("full_name", "VARCHAR"),
        field("email", "VARCHAR"),
        field("phone", "VARCHAR"),
        field("birth_date", "DATE"),
        field("company", "VARCHAR"),
        field("street", "VARCHAR"),
        field("city", "VARCHAR"),
        field("postcode", "VARCHAR"),
        field("region", "VARCHAR"),
        field("country", "VARCHAR"),
        field("language", "VARCHAR"),
        field("email_opt_in", "BOOLEAN"),
        field("created_at", "TIMESTAMP"),
    ]
    .join(",\n        ");
    let select = format!(
        "\
WITH size AS (
    SELECT profile_id, count(*) AS records FROM {record} GROUP BY profile_id
),
wide AS (
    SELECT v.profile_id,
        {columns}
    FROM {value} v GROUP BY v.profile_id
)
SELECT s.profile_id, coalesce(
        nullif(concat_ws(' ', w.given_name, w.family_name), ''), w.full_name, w.company,
        w.email, w.phone, 'Person ' || s.profile_id
    ) AS display_name,
    w.given_name, w.family_name, w.email, w.phone, w.birth_date, w.company, w.street, w.city,
    w.postcode, w.region, w.country, w.language, w.email_opt_in, w.created_at, s.records
FROM size s LEFT JOIN wide w USING (profile_id)
ORDER BY s.profile_id"
    );
    Step::table(ident("golden"), vec![record, value], select)
}
