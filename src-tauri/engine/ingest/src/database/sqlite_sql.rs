//! What is asked of a SQLite file.

use kith_sql::Ident;

/// Names of tables and views, as the file lists them; SQLite's own are left out.
pub(crate) const TABLES: &str = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') \
     AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name";

/// Every row of a table.
pub(crate) fn rows(table: &str) -> String {
    format!("SELECT * FROM {}", Ident::new(table))
}
