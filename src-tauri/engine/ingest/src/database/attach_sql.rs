//! A DuckDB file beside the project's own database, read-only.

use crate::layout::ROW;
use crate::load_sql::raw_table;
use kith_model::SourceId;
use kith_sql::{Ident, Pipeline, Step, text};
use std::path::Path;

/// What an attached file is called. One name a path, so that two files can be attached at once.
fn alias(path: &Path) -> Ident {
    // FNV-1a: the same path gives the same name in every run.
    let hash = path.to_string_lossy().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Ident::new(format!("kith_file_{hash:016x}"))
}

/// Attaches a DuckDB file read-only.
pub fn attach(path: &Path) -> Pipeline {
    let sql = format!(
        "ATTACH IF NOT EXISTS {} AS {} (READ_ONLY)",
        text(&path.to_string_lossy()),
        alias(path)
    );
    Pipeline::new("attach database").then(Step::statement("attach database", sql))
}

/// Lets an attached file go.
pub fn detach(path: &Path) -> Pipeline {
    let sql = format!("DETACH DATABASE IF EXISTS {}", alias(path));
    Pipeline::new("detach database").then(Step::statement("detach database", sql))
}

/// `schema_name`, `table_name` (VARCHAR) of an attached file's tables and views.
pub fn attached_tables_sql(path: &Path) -> String {
    let database = text(alias(path).name());
    format!(
        "SELECT schema_name, table_name FROM (\n\
         SELECT database_name, schema_name, table_name, internal FROM duckdb_tables()\n\
         UNION ALL\n\
         SELECT database_name, schema_name, view_name, internal FROM duckdb_views())\n\
         WHERE database_name = {database} AND NOT internal ORDER BY schema_name <> 'main', schema_name, table_name"
    )
}

/// Every row of a table of an attached file; `table` is `name`, or `schema.name` outside `main`.
pub fn attached_rows_sql(path: &Path, (schema, table): (&str, &str)) -> String {
    format!("SELECT * FROM {}.{}.{}", alias(path), Ident::new(schema), Ident::new(table))
}

/// The raw table out of an attached file.
pub(crate) fn copy_step(source: &SourceId, path: &Path, table: (&str, &str)) -> Step {
    let row = Ident::new(ROW);
    let select = format!(
        "SELECT COLUMNS(name -> lower(name) <> '{ROW}'), row_number() OVER () - 1 AS {row}\nFROM ({})",
        attached_rows_sql(path, table)
    );
    Step::table(raw_table(source), Vec::new(), select)
}
