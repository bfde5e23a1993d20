//! Golden records by survivorship: which of a person's values stand, and where each came from.
//!
//! Each field has a rule ([`kith_model::golden`]). By default it takes the value most of the
//! person's records agree on (letter case aside, spelt as the newest of them spells it); a tie
//! goes to the most recent record, then to the first in source order. An address survives as a
//! whole, from one record. A value pinned by hand stands before all others. E-mail consent
//! follows the most recent record that states it, and a refusal wins a tie: permission is never
//! voted for.

use crate::identity_sql::{canon, ident};
use kith_model::Entity;
use kith_model::golden::{ADDRESS, GoldenParams, Pin, Survivor};
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

/// `ident.golden_value(profile_id, field, value, source, native_id, rule)`.
pub(crate) fn golden_value(params: &GoldenParams, pins: &[Pin]) -> Step {
    let inputs = vec![canon(Entity::Profile), ident("record")];
    Step::table(ident("golden_value"), inputs, golden_value_select(params, pins))
}

/// The fields of a record as a list of `{field, value}`.
fn listed(fields: &[&str]) -> String {
    let one = |field: &&str| {
        let from = match *field {
            "email" => "coalesce(email, email_alt)",
            "phone" => "coalesce(phone, phone_alt)",
            other => other,
        };
        format!("{{field: {}, value: CAST({from} AS VARCHAR)}}", text(field))
    };
    fields.iter().map(one).collect::<Vec<_>>().join(",\n        ")
}

/// Place of a record's source in the priority list, 0 first.
fn priority(params: &GoldenParams) -> String {
    if params.sources.is_empty() {
        return "0".to_owned();
    }
    let whens: Vec<String> = params
        .sources
        .iter()
        .enumerate()
        .map(|(at, id)| format!("WHEN {} THEN {at}", text(&id.0)))
        .collect();
    format!("CASE p.source {} ELSE {} END", whens.join(" "), params.sources.len())
}

/// How many fields of a record are filled.
fn filled() -> String {
    let one = |field: &&str| format!("(p.{field} IS NOT NULL)::INTEGER");
    SINGLE.iter().chain(&ADDRESS).map(one).collect::<Vec<_>>().join(" + ")
}

/// What decides between values under a rule, larger first.
fn score(rule: Survivor) -> &'static str {
    match rule {
        Survivor::MostFrequent => "records",
        Survivor::MostRecent => "epoch(latest)",
        Survivor::MostSources => "sources",
        Survivor::SourcePriority => "-priority",
        Survivor::Longest => "length",
        Survivor::MostComplete => "filled",
    }
}

/// A CASE over the rules that differ from the common one; `of` says what each gives.
fn by_rule(params: &GoldenParams, of: impl Fn(Survivor) -> String) -> String {
    let own = params.fields.iter().filter(|(f, r)| *f != "address" && **r != params.rule);
    let whens: Vec<String> =
        own.map(|(field, rule)| format!("WHEN {} THEN {}", text(field), of(*rule))).collect();
    if whens.is_empty() {
        return of(params.rule);
    }
    format!("CASE field {} ELSE {} END", whens.join(" "), of(params.rule))
}

/// What decides between the records of an address, after the address that says most.
fn home_order(rule: Survivor) -> &'static str {
    match rule {
        Survivor::MostFrequent => "filled DESC, agreeing DESC, stated DESC NULLS LAST",
        Survivor::MostRecent => "filled > 0 DESC, stated DESC NULLS LAST, filled DESC",
        Survivor::MostSources => "filled DESC, confirming DESC, stated DESC NULLS LAST",
        Survivor::SourcePriority => "priority, filled DESC, stated DESC NULLS LAST",
        Survivor::Longest => "length(same) DESC, stated DESC NULLS LAST",
        Survivor::MostComplete => "whole DESC, filled DESC, stated DESC NULLS LAST",
    }
}

/// Pins as rows `(record, field, value, at)`.
fn pin_rows(pins: &[Pin]) -> String {
    let row = |p: &Pin| {
        format!(
            "({}, {}, {}, {})",
            text(&p.record),
            text(&p.field),
            text(p.value.trim()),
            text(&p.at)
        )
    };
    let rows: Vec<String> = pins.iter().map(row).collect();
    if rows.is_empty() {
        "SELECT '' AS record, '' AS field, '' AS value, '' AS \"at\" WHERE false".to_owned()
    } else {
        format!(
            "SELECT * FROM (VALUES {}) AS t(record, field, value, \"at\")",
            rows.join(",\n        ")
        )
    }
}

/// The SELECT behind [`golden_value`]: also asked for rules nobody has set yet.
#[allow(clippy::too_many_lines, reason = "one SQL statement, which reads best in one piece")]
pub(crate) fn golden_value_select(params: &GoldenParams, pins: &[Pin]) -> String {
    let (record, profile) = (ident("record"), canon(Entity::Profile));
    format!(
        "\
WITH held AS (
    SELECT r.profile_id, p.*, coalesce(p.updated_at, p.created_at) AS stated,
        {priority} AS priority, {filled} AS whole
    FROM {profile} p JOIN {record} r USING (record_id)
),
single AS (
    SELECT profile_id, record_id, source, native_id, stated, priority, whole, unnest([
        {values}
    ], recursive := true)
    FROM held
),
spelt AS (
    SELECT profile_id, field, lower(trim(value)) AS same, count(*) AS records,
        count(DISTINCT source) AS sources, min(priority) AS priority, max(whole) AS filled,
        max(length(trim(value))) AS length, max(stated) AS latest, min(record_id) AS first,
        arg_max({{value: value, source: source, native_id: native_id}}, {{
            own: {of_record}, stated: coalesce(stated, TIMESTAMP '0001-01-01'), early: -record_id
        }}) AS best
    FROM single WHERE trim(value) <> '' GROUP BY ALL
),
scored AS (
    SELECT *, CAST({score} AS DOUBLE) AS score, {named} AS named FROM spelt
),
ranked AS (
    SELECT *, row_number() OVER place AS place, count(*) OVER whole AS rivals,
        lead(score) OVER place AS next_score, lead(records) OVER place AS next_records,
        lead(latest) OVER place AS next_latest
    FROM scored
    WINDOW whole AS (PARTITION BY profile_id, field),
        place AS (PARTITION BY profile_id, field
            ORDER BY score DESC NULLS LAST, records DESC, latest DESC NULLS LAST, first)
),
address AS (
    SELECT *, lower(concat_ws('|', street, postcode, city)) AS same,
        (street IS NOT NULL)::INTEGER * 2 + (city IS NOT NULL OR postcode IS NOT NULL)::INTEGER
            AS filled
    FROM held WHERE latitude IS NOT NULL
        OR coalesce(street, city, postcode, region, country) IS NOT NULL
),
home AS (
    SELECT * FROM (
        SELECT *, count(*) OVER (PARTITION BY profile_id, same) AS agreeing,
            count(DISTINCT source) OVER (PARTITION BY profile_id, same) AS confirming FROM address
    ) QUALIFY row_number() OVER (
        PARTITION BY profile_id ORDER BY {home}, record_id
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
),
pin AS (
    {pins}
),
pinned AS (
    SELECT h.profile_id, pin.field, pin.value, h.source, h.native_id
    FROM pin JOIN held h ON h.source || '/' || h.native_id = pin.record
    QUALIFY row_number() OVER (
        PARTITION BY h.profile_id, pin.field ORDER BY pin.\"at\" DESC, h.record_id
    ) = 1
),
chosen AS (
    SELECT profile_id, field, best.value AS value, best.source AS source,
        best.native_id AS native_id, CASE
            WHEN rivals = 1 THEN 'only value'
            WHEN score > next_score OR next_score IS NULL AND score IS NOT NULL THEN named
            WHEN records > next_records THEN 'most frequent'
            WHEN latest IS DISTINCT FROM next_latest THEN 'most recent'
            ELSE 'source order' END AS rule
    FROM ranked WHERE place = 1
    UNION ALL
    SELECT profile_id, field, value, source, native_id, {address_rule} FROM (
        SELECT profile_id, source, native_id, unnest([
        {parts}
        ], recursive := true)
        FROM home
    ) WHERE trim(value) <> ''
)
SELECT * FROM chosen ANTI JOIN pinned USING (profile_id, field)
UNION ALL
SELECT *, 'pinned' FROM pinned
UNION ALL
SELECT profile_id, 'email_opt_in', CAST(email_opt_in AS VARCHAR), source, native_id,
    'most recent' FROM consent
UNION ALL
SELECT profile_id, 'created_at', CAST(created_at AS VARCHAR), source, native_id, 'earliest'
FROM oldest
ORDER BY profile_id, field",
        priority = priority(params),
        filled = filled(),
        values = listed(&SINGLE),
        of_record = by_rule(params, |rule| {
            match rule {
                Survivor::SourcePriority => "-priority",
                Survivor::MostComplete => "whole",
                _ => "0",
            }
            .to_owned()
        }),
        score = by_rule(params, |rule| score(rule).to_owned()),
        named = by_rule(params, |rule| text(rule.label())),
        home = home_order(params.of("address")),
        pins = pin_rows(pins),
        address_rule = text(&match params.of("address") {
            Survivor::MostFrequent => "address as a whole".to_owned(),
            rule => format!("address as a whole, {}", rule.label()),
        }),
        parts = listed(&ADDRESS),
    )
}

/// The SELECT of what other rules would change: `field`, `values`, `changed`, `gained`, `lost`,
/// by field. Reads `ident.golden_value` as it stands.
pub fn golden_changes_sql(params: &GoldenParams, pins: &[Pin]) -> String {
    format!(
        "\
WITH other AS (
{select}
)
SELECT field, count(o.value) AS \"values\",
    count(*) FILTER (o.value <> n.value) AS changed,
    count(*) FILTER (o.value IS NULL) AS gained,
    count(*) FILTER (n.value IS NULL) AS lost
FROM {now} o FULL JOIN other n USING (profile_id, field)
GROUP BY field ORDER BY field",
        select = golden_value_select(params, pins),
        now = ident("golden_value"),
    )
}

/// `ident.golden`: one row a person, a column a field.
pub(crate) fn golden() -> Step {
    let (record, value) = (ident("record"), ident("golden_value"));
    let field = |name: &str, sql_type: &str| {
        let picked = format!("max(v.value) FILTER (v.field = {})", text(name));
        if sql_type == "VARCHAR" {
            format!("{picked} AS {name}")
        } else {
            format!("TRY_CAST({picked} AS {sql_type}) AS {name}")
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
        field("latitude", "DOUBLE"),
        field("longitude", "DOUBLE"),
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
    w.postcode, w.region, w.country, w.latitude, w.longitude, w.language, w.email_opt_in,
    w.created_at, s.records
FROM size s LEFT JOIN wide w USING (profile_id)
ORDER BY s.profile_id"
    );
    Step::table(ident("golden"), vec![record, value], select)
}
