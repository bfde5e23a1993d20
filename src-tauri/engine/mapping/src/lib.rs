//! From the columns of a file to the canonical schema: known exports recognised, links
//! suggested for unknown ones, and the SQL that carries accepted links out.
//!
//! Not for: reading files (`kith-ingest`), running SQL (`kith-store`), judging the result
//! (`kith-quality`), deciding who is who (`kith-identity`).
//!
//! Its one law: what cannot be read becomes NULL and is counted; nothing is guessed into a
//! value, and a manual link is carried out or refused, never changed.
//!
//! The written forms live in the SQL macros that every plan makes first (`kith_email`,
//! `kith_phone`, `kith_country`, `kith_timestamp`, `kith_date`, `kith_money`, `kith_bool`,
//! `kith_id` ...), so a user's own query can use them too.

mod columns;
mod count_sql;
mod country;
mod error;
mod field_sql;
mod letters;
mod macros;
mod memory;
mod overlap_sql;
mod plan_sql;
mod preset;
mod presets;
mod preview_sql;
mod recognise;
mod sample;
mod sample_sql;
mod sql_text;
mod suggest;

pub use count_sql::{count_sql, read_counts};
pub use error::MappingError;
pub use memory::{Memory, keep_drawn};
pub use overlap_sql::{KnownColumn, known_columns, overlap_sql, read_overlaps};
pub use plan_sql::{MappedSource, plan};
pub use preset::{Preset, PresetError};
pub use presets::{Presets, preset, presets};
pub use preview_sql::{macro_steps, preview_sql, read_preview};
pub use recognise::{Recognised, recognise};
pub use sample::profiles;
pub use sample_sql::{sample_rows, sample_sql};
pub use sql_text::check_expression;
pub use suggest::{Fitting, Names, Overlaps, Shared, suggest, suggest_among, suggest_by};
