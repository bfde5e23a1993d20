//! The SQL that loads a file DuckDB is known to read as we do.

use crate::compress::Compression;
use crate::layout::ROW;
use kith_model::SourceId;
use kith_model::source::{ColumnInfo, Source};
use kith_sql::{Ident, Pipeline, Step, TableName, text};
use std::path::Path;

/// Where a source's raw rows live.
pub(crate) fn raw_table(source: &SourceId) -> TableName {
    TableName::new("src", &source.0)
}

/// Where refused rows of every source live: `source VARCHAR, line BIGINT` (from 1), `byte BIGINT`
/// (from 0, NULL when the file is packed or transcoded), `col VARCHAR`, `reason VARCHAR`, `raw
/// VARCHAR` (at most 4,000 characters).
pub(crate) fn reject_table() -> TableName {
    TableName::new("src", "reject")
}

/// One row: `rows_in`, `loaded`, `rejected` (BIGINT) of a loaded source. That `rows_in` is what
/// the file holds was proven when it was loaded: the load fails unless DuckDB's count of rows is
/// that of our own reader.
pub fn counts_sql(source: &Source) -> String {
    let loaded = format!("(SELECT count(*) FROM {})", raw_table(&source.id));
    let rejected =
        format!("(SELECT count(*) FROM {} WHERE source = {})", reject_table(), text(&source.id.0));
    format!(
        "SELECT loaded + rejected AS rows_in, loaded, rejected\n\
         FROM (SELECT {loaded} AS loaded, {rejected} AS rejected)"
    )
}

/// Removes a source's raw rows and rejects.
pub fn forget(source: &SourceId) -> Pipeline {
    Pipeline::new(format!("remove {source}"))
        .then(Step::statement("drop rows", format!("DROP TABLE IF EXISTS {}", raw_table(source))))
        .append(drop_loading(source))
        .append(empty_rejects(source))
}

/// Every row of a Parquet file as it stands, for a preview before it is loaded.
pub fn parquet_preview_sql(path: &Path) -> String {
    format!("SELECT * FROM read_parquet({})", literal_path(path))
}

/// The reject table, with no row of `source`.
pub(crate) fn empty_rejects(source: &SourceId) -> Pipeline {
    let table = reject_table();
    Pipeline::default()
        .then(Step::statement(
            "make schema",
            format!("CREATE SCHEMA IF NOT EXISTS {}", table.schema()),
        ))
        .then(Step::statement(
            "make reject table",
            format!(
                "CREATE TABLE IF NOT EXISTS {table} (source VARCHAR, line BIGINT, byte BIGINT, \
                 col VARCHAR, reason VARCHAR, raw VARCHAR)"
            ),
        ))
        .then(Step::statement(
            "clear rejects",
            format!("DELETE FROM {table} WHERE source = {}", text(&source.0)),
        ))
}

/// Adds the rejects written to the scratch file `path`.
pub(crate) fn insert_rejects(source: &SourceId, path: &Path) -> Step {
    Step::statement(
        "load rejects",
        format!(
            "INSERT INTO {}\nSELECT {}, line, byte, col, reason, raw\nFROM {}",
            reject_table(),
            text(&source.0),
            rejects_file(path)
        ),
    )
}

/// Reads a scratch file of rejects: line, byte, column, reason, the row as it stood.
pub(crate) fn rejects_file(path: &Path) -> String {
    let columns = [
        ("line", "BIGINT"),
        ("byte", "BIGINT"),
        ("col", "VARCHAR"),
        ("reason", "VARCHAR"),
        ("raw", "VARCHAR"),
    ]
    .map(|(name, sql_type)| (name.to_owned(), sql_type.to_owned()));
    CsvCall::scratch(path).render(&columns)
}

/// Fails unless the raw table has exactly `good` rows.
pub(crate) fn check_count(source: &SourceId, good: u64) -> Step {
    Step::statement(
        "compare counts",
        format!(
            "SELECT CASE WHEN (SELECT count(*) FROM {}) <> {good} THEN error(\
             'DuckDB and Kith count different numbers of rows in this file') END",
            raw_table(source)
        ),
    )
}

/// A `read_csv` call with every option given.
pub(crate) struct CsvCall<'a> {
    pub(crate) path: &'a Path,
    pub(crate) compression: &'static str,
    pub(crate) delimiter: String,
    pub(crate) quote: String,
    /// Lines before the first record.
    pub(crate) skip: u32,
    /// Lines end with CR and LF: DuckDB is left to find that, told so it loses rows.
    pub(crate) crlf: bool,
    /// Bytes of the longest record.
    pub(crate) longest: usize,
}

impl<'a> CsvCall<'a> {
    /// A scratch file in the one dialect we write.
    pub(crate) fn scratch(path: &'a Path) -> Self {
        Self {
            path,
            compression: "none",
            delimiter: ",".to_owned(),
            quote: "\"".to_owned(),
            skip: 0,
            crlf: false,
            longest: 2 * crate::record::MAX_RECORD,
        }
    }

    /// The call; `columns` are names and types.
    pub(crate) fn render(&self, columns: &[(String, String)]) -> String {
        // DuckDB's default of 2 MiB, or more when a record needs it.
        let longest = self.longest.saturating_add(1024).max(2 * 1024 * 1024);
        format!(
            "read_csv({}, auto_detect = false, header = false, skip = {}, delim = {}, quote = {}, \
             escape = {},{} nullstr = '', encoding = 'utf-8', compression = '{}', \
             strict_mode = true, null_padding = false, ignore_errors = false, parallel = true, \
             max_line_size = {longest}, columns = {})",
            literal_path(self.path),
            self.skip,
            text(&self.delimiter),
            text(&self.quote),
            text(&self.quote),
            if self.crlf { "" } else { " new_line = '\\n'," },
            self.compression,
            struct_of(columns)
        )
    }
}

/// `read_json` over lines that are known to fit `columns`.
pub(crate) fn json_call(
    path: &Path,
    compression: Compression,
    longest: usize,
    columns: &[(String, String)],
) -> String {
    let longest = longest.saturating_add(1024).max(16 * 1024 * 1024);
    let compression = match compression {
        Compression::None => "uncompressed",
        packed => packed.duckdb(),
    };
    // A call needs one column, even when no object has a field.
    let none = [("-".to_owned(), "VARCHAR".to_owned())];
    let columns = if columns.is_empty() { &none } else { columns };
    format!(
        "read_json({}, format = 'newline_delimited', records = true, auto_detect = false, \
         ignore_errors = false, compression = '{compression}', maximum_object_size = {longest}, \
         columns = {})",
        literal_path(path),
        struct_of(columns)
    )
}

/// Where the rows of [`loading`] are until they are numbered. No source is called so.
fn loading_table(source: &SourceId) -> TableName {
    TableName::new("src", format!("{} loading", source.0))
}

/// Lets go of rows that were read and not numbered, because something failed.
pub(crate) fn drop_loading(source: &SourceId) -> Pipeline {
    let table = loading_table(source);
    Pipeline::default()
        .then(Step::statement("drop unfinished rows", format!("DROP TABLE IF EXISTS {table}")))
}

/// The rows of `call` under their names in the raw table, beside it and committed: [`raw_steps`]
/// in the same transaction would have every row written twice.
pub(crate) fn loading(source: &SourceId, columns: &[(String, ColumnInfo)], call: &str) -> Pipeline {
    let step = Step::table(loading_table(source), Vec::new(), raw_select(columns, call));
    Pipeline::default().then(step.named("read rows").committed())
}

/// The raw table out of the rows of [`loading`]: numbered, and in the place of those before.
/// Numbering while reading would make DuckDB read on one thread: it is done behind.
pub(crate) fn raw_steps(source: &SourceId) -> Pipeline {
    let (table, loading) = (raw_table(source), loading_table(source));
    let number = format!(
        "UPDATE {loading} SET {} = rowid - (SELECT min(rowid) FROM {loading})",
        Ident::new(ROW)
    );
    let rename = format!("ALTER TABLE {loading} RENAME TO {}", table.table());
    Pipeline::default()
        .then(Step::statement("number rows", number))
        .then(Step::statement("drop rows before", format!("DROP TABLE IF EXISTS {table}")))
        .then(Step::statement("put rows in place", rename))
}

/// The rows of [`loading`], not numbered yet.
pub(crate) fn raw_select(columns: &[(String, ColumnInfo)], call: &str) -> String {
    let columns: Vec<_> = columns
        .iter()
        .map(|(name, column)| match (Ident::new(name), Ident::new(&column.name)) {
            (from, to) if from == to => from.to_string(),
            (from, to) => format!("{from} AS {to}"),
        })
        .chain(std::iter::once(format!("0::BIGINT AS {}", Ident::new(ROW))))
        .collect();
    format!("SELECT {}\nFROM {call}", columns.join(", "))
}

/// The raw table of a Parquet file. A column `_row` of its own is left out: it numbers rows of
/// another table.
pub(crate) fn parquet_step(source: &SourceId, path: &Path) -> Step {
    Step::table(raw_table(source), Vec::new(), parquet_select(path))
}

/// The rows of [`parquet_step`].
pub(crate) fn parquet_select(path: &Path) -> String {
    format!(
        "SELECT COLUMNS(name -> lower(name) NOT IN ('{ROW}', 'file_row_number')), \
         file_row_number AS {}\nFROM read_parquet({}, file_row_number = true)",
        Ident::new(ROW),
        literal_path(path)
    )
}

pub(crate) fn struct_of(columns: &[(String, String)]) -> String {
    let members: Vec<_> = columns
        .iter()
        .map(|(name, sql_type)| format!("{}: {}", text(name), text(sql_type)))
        .collect();
    format!("{{{}}}", members.join(", "))
}

/// A path that is taken literally: DuckDB would read `[`, `*` and `?` as a pattern.
pub(crate) fn literal_path(path: &Path) -> String {
    let mut escaped = String::new();
    for c in path.to_string_lossy().chars() {
        if matches!(c, '[' | '*' | '?') {
            escaped.extend(['[', c, ']']);
        } else {
            escaped.push(c);
        }
    }
    text(&escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> SourceId {
        SourceId("crm".to_owned())
    }

    fn columns() -> Vec<(String, ColumnInfo)> {
        ["it's \"me\"", "zip"]
            .map(|name| {
                let sql_type = "VARCHAR".to_owned();
                (name.to_owned(), ColumnInfo { name: name.to_owned(), sql_type })
            })
            .to_vec()
    }

    fn types(columns: &[(String, ColumnInfo)]) -> Vec<(String, String)> {
        columns.iter().map(|(name, c)| (name.clone(), c.sql_type.clone())).collect()
    }

    #[test]
    fn a_delimited_file() {
        let call = CsvCall {
            path: Path::new("data/con[1].csv"),
            compression: "gzip",
            delimiter: ";".to_owned(),
            quote: "\"".to_owned(),
            skip: 1,
            crlf: true,
            longest: 900,
        };
        let columns = columns();
        let plan = Pipeline::new("load crm")
            .append(loading(&id(), &columns, &call.render(&types(&columns))))
            .append(empty_rejects(&id()))
            .append(raw_steps(&id()))
            .then(insert_rejects(&id(), Path::new("scratch/crm.rejects")))
            .then(check_count(&id(), 42));
        insta::assert_snapshot!(plan);
    }

    #[test]
    fn a_json_file() {
        let columns = vec![
            ("at".to_owned(), ColumnInfo { name: "at".into(), sql_type: "BIGINT".into() }),
            (
                "_row".to_owned(),
                ColumnInfo { name: "_row_2".into(), sql_type: "STRUCT(\"k\" VARCHAR)[]".into() },
            ),
        ];
        let call = json_call(Path::new("events.ndjson"), Compression::None, 300, &types(&columns));
        insta::assert_snapshot!(loading(&id(), &columns, &call));
    }

    #[test]
    fn a_parquet_file_and_the_rest() {
        insta::assert_snapshot!(parquet_step(&id(), Path::new("x.parquet")).sql);
        insta::assert_snapshot!(forget(&id()));
    }
}
