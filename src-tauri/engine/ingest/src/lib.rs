//! Reads the files people bring: finds out how they are written, and plans their load.
//!
//! Not for: running SQL (`kith-store` does), or knowing what a column means (`kith-mapping` does).
//!
//! Its one law: a bad row never stops a load and never vanishes. Our own reader goes over the
//! whole file first and counts its records; each is either good or a reject with line, byte and
//! reason; the plan ends with a step that fails unless DuckDB loaded exactly the good ones. So
//! rows in = loaded + rejected, by two readers that must agree.
//!
//! A clean file in a plain dialect is read by DuckDB from where it lies, every option given
//! explicitly. Anything else (another encoding, rejects, stray quotes, odd delimiters) is first
//! written to a scratch file in the one dialect nobody can misread.

mod archive;
mod arrow;
mod candidates;
mod cells;
mod cells_sql;
mod compress;
mod database;
mod delimited;
mod dialect;
mod encoding;
mod error;
mod extent;
mod folder;
mod head;
mod header;
mod inspect;
mod inspect_delimited;
mod json;
mod json_document;
mod json_rows;
mod json_table;
mod kinds;
mod layout;
mod lines;
mod load;
mod load_sql;
mod many;
mod many_sql;
mod ndjson;
mod parts;
mod plans;
mod profile;
mod reading;
mod record;
mod reject;
mod reject_sql;
mod repair;
mod scan;
mod shape;
mod sniff;
mod stream;
mod typed;
mod unfold;
mod unfold_sql;
mod values;
mod workbook;

pub use archive::backing_file;
pub use database::attach_sql::{attach, attached_rows_sql, attached_tables_sql, detach};
pub use database::postgres::{is_address, title as server_title, with_password, without_password};
pub use database::{choose as choose_table, evidence as table_evidence, parts as table_parts};
pub use error::IngestError;
pub use folder::files;
pub use inspect::{Detected, inspect, inspect_as};
pub use load::{Load, load, load_watched};
pub use load_sql::{counts_sql, forget, parquet_preview_sql};
pub use profile::{profile, profile_sql};
pub use reject_sql::{edited_rows_sql, rejects_csv_sql, rejects_sql};
pub use repair::check_row;
pub use unfold_sql::{flat_view, flatten};
