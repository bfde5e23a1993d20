//! Files a user brings, how they are read, and what reading them gave.

use crate::column_format::ColumnFormat;
use crate::ids::{FileRef, SourceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// Delimited text: CSV, TSV and relatives.
    Delimited,
    /// One JSON object a line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow: IPC file (Feather version 2) or IPC stream.
    Arrow,
    /// A spreadsheet workbook: XLSX, XLSM, XLSB, XLS, ODS.
    Workbook,
    /// One JSON document: an array of objects, an object that holds one, or objects one behind the
    /// other.
    Json,
    /// A DuckDB file, attached read-only.
    Duckdb,
    /// A SQLite file, read only.
    Sqlite,
    /// A Postgres server, read only.
    Postgres,
}

/// What becomes of objects and lists inside a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nested {
    /// Objects are unfolded into columns under dotted names, lists kept as JSON text.
    Columns,
    /// Columns of structures and lists.
    Keep,
}

/// How to read a file. `None` means: let detection decide.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadOptions {
    /// Text encoding label, e.g. `utf-8`, `windows-1252`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Field delimiter, e.g. `,` `;` `\t` `|`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// Quote character; empty for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Escape character inside quotes; usually the quote itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escape: Option<String>,
    /// Whether the first row names the columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// Lines before the header that are not data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_lines: Option<u32>,
    /// Rows that name the columns together, when there is a header; their texts are joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_rows: Option<u32>,
    /// Lines at the end of the file that are no rows of the table: a footer, other tables. They
    /// count as refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer_lines: Option<u32>,
    /// Sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Cells of a sheet to read, e.g. `B3:F200`, `B3` (from there on), `B:F`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// Where the records of a JSON document are: the pointer (RFC 6901) of an array, e.g.
    /// `/data/orders`; empty for the document itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<String>,
    /// Objects and lists inside records: kept when nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nested: Option<Nested>,
    /// The list inside records whose elements become rows, by its dotted name, e.g. `line_items`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfold: Option<String>,
    /// Table of a database; outside its usual schema with it, `schema.table`. Of delimited text that
    /// holds several tables, the number of one, from 1; then lines at the end are those before the
    /// next table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Further files of the same table, appended: columns meet by name, and a column says which
    /// file a row is from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<FileRef>,
    /// Columns of delimited text that mean more than text, by name, and how they are written.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, ColumnFormat>,
}

impl ReadOptions {
    /// The options that pick one table out of a file of several, without those that say how it is
    /// read.
    #[must_use]
    pub fn selection(&self) -> Self {
        Self {
            sheet: self.sheet.clone(),
            range: self.range.clone(),
            records: self.records.clone(),
            nested: self.nested,
            unfold: self.unfold.clone(),
            table: self.table.clone(),
            ..Self::default()
        }
    }
}

/// One file of a project.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// Unique slug.
    pub id: SourceId,
    /// Name on screen, usually the file's.
    pub title: String,
    /// Where the file is.
    pub file: FileRef,
    /// Its kind.
    pub format: FileFormat,
    /// How to read it: what detection found, as edited by the user.
    #[serde(default)]
    pub options: ReadOptions,
    /// The known export it was recognised as, e.g. `shopify_orders`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
}

/// One decision of detection, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was decided: `encoding`, `delimiter`, `header`, `preset` ...
    pub about: String,
    /// The decision.
    pub value: String,
    /// Why, in a short sentence.
    pub reason: String,
}

/// One table of a file that holds several: a sheet of a workbook, a member of an archive, a table
/// of a database, one of several tables in a text file. Each can become a source of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What the file calls it.
    pub name: String,
    /// Where it lies: the file itself, or a member inside it.
    pub file: FileRef,
    /// Its kind.
    pub format: FileFormat,
    /// Options that pick it out of the file; the rest is detected.
    pub options: ReadOptions,
}

/// A file looked at but not loaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    /// A source ready to be added (its id may still clash).
    pub source: Source,
    /// Why it is read so.
    pub evidence: Vec<Evidence>,
    /// Column names and DuckDB types.
    pub columns: Vec<ColumnInfo>,
    /// The first raw lines, at most 50, each at most 400 characters.
    pub raw_lines: Vec<String>,
    /// The first parsed rows, at most 50.
    pub rows: Vec<Vec<Option<String>>>,
    /// File size in bytes.
    pub bytes: u64,
    /// Every table of the file, in its order, the one shown among them; empty when it holds one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// A column's name and type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnInfo {
    /// Name as in the file.
    pub name: String,
    /// DuckDB type, e.g. `VARCHAR`.
    pub sql_type: String,
}

/// What is known of one loaded column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Name as in the file.
    pub name: String,
    /// DuckDB type.
    pub sql_type: String,
    /// Rows with NULL or an empty text.
    pub missing: u64,
    /// Distinct values (approximate above 10,000 rows).
    pub distinct: u64,
    /// The most frequent values with counts, most frequent first, at most 5; texts cut to
    /// 60 characters.
    pub top: Vec<(String, u64)>,
    /// Counts in up to 12 equal bins between least and greatest (numbers and times); empty
    /// for texts.
    pub histogram: Vec<u64>,
    /// Least value, as text.
    pub min: Option<String>,
    /// Greatest value, as text.
    pub max: Option<String>,
}

/// What loading one source gave. `rows_in == loaded + rejected`, always.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceSummary {
    /// Which source.
    pub id: SourceId,
    /// Name on screen.
    pub title: String,
    /// The known export it was recognised as.
    pub preset: Option<String>,
    /// Records found in the file.
    pub rows_in: u64,
    /// Rows in the raw table.
    pub loaded: u64,
    /// Rows refused, each with a reason in the table `src.reject`.
    pub rejected: u64,
    /// Rows among the loaded ones that were refused and then put right by hand.
    #[serde(default)]
    pub repaired: u64,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// The columns.
    pub columns: Vec<ColumnProfile>,
    /// Why it was read so.
    pub evidence: Vec<Evidence>,
}

/// One refused row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// Line in the file, from 1.
    pub line: u64,
    /// Byte offset of the line, where known.
    pub byte: Option<u64>,
    /// The column, where one is to blame.
    pub column: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// The row as it stands in the file (stays in the project, never in a log).
    pub raw: String,
}

/// The sources stage's result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SourcesSummary {
    /// One entry a source, sorted by id.
    pub sources: Vec<SourceSummary>,
}

impl SourcesSummary {
    /// Rows found, loaded, rejected over all sources.
    pub fn totals(&self) -> (u64, u64, u64) {
        self.sources
            .iter()
            .fold((0, 0, 0), |(i, l, r), s| (i + s.rows_in, l + s.loaded, r + s.rejected))
    }
}
