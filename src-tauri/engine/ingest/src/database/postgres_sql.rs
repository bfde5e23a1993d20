//! What is asked of a Postgres server.

use kith_sql::{Ident, text};

/// `schema`, `name` of every table and view a person made and may read.
pub(crate) const TABLES: &str = "SELECT n.nspname::text, c.relname::text \
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition \
     AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' \
     AND has_table_privilege(c.oid, 'SELECT') \
     ORDER BY n.nspname <> 'public', n.nspname, c.relname";

/// `name`, `type` (as `format_type` writes it), `typtype`, `typcategory` of a table's columns.
pub(crate) fn columns(schema: &str, table: &str) -> String {
    format!(
        "SELECT a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), t.typcategory::text \
         FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
         WHERE n.nspname = {} AND c.relname = {} AND a.attnum > 0 AND NOT a.attisdropped \
         ORDER BY a.attnum",
        text(schema),
        text(table)
    )
}

/// The server's own CSV of a table: every value quoted, a missing one bare. `columns` are names,
/// and whether to write them as JSON; `limit` rows at most.
pub(crate) fn copy(
    (schema, table): (&str, &str),
    columns: &[(String, bool)],
    limit: Option<usize>,
) -> String {
    let mut list: Vec<_> = columns
        .iter()
        .map(|(name, json)| match (Ident::new(name), json) {
            (name, true) => format!("to_json({name})"),
            (name, false) => name.to_string(),
        })
        .collect();
    if list.len() == 1 {
        // Rows of one column have a second field, as in our own scratch files.
        list.push("NULL".to_owned());
    }
    let limit = limit.map_or(String::new(), |rows| format!(" LIMIT {rows}"));
    format!(
        "COPY (SELECT {} FROM {}.{}{limit}) TO STDOUT (FORMAT csv, FORCE_QUOTE *, ENCODING 'UTF8')",
        list.join(", "),
        Ident::new(schema),
        Ident::new(table)
    )
}

/// Settings that make every server write values alike, and nothing able to change one.
pub(crate) const SESSION: &str = "SET default_transaction_read_only = on; SET DateStyle = 'ISO, YMD'; \
     SET TimeZone = 'UTC'; SET extra_float_digits = 3; SET bytea_output = 'hex'; \
     SET IntervalStyle = 'postgres'";
