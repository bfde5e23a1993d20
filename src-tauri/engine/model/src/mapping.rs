//! How a source's columns become canonical fields.

use crate::canonical::Entity;
use crate::ids::SourceId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who made a link; a manual one is never overwritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// By hand.
    Manual,
    /// A known export's preset.
    Preset,
    /// A suggestion, accepted or not yet.
    Suggested,
}

/// What is done to a value on its way. The field's kind adds its own normalisation
/// afterwards (trim, lower-case e-mail, E.164, date parse ...), so most links say `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// Nothing but the kind's normalisation.
    #[default]
    None,
    /// Lower case.
    Lower,
    /// The part before the first blank: `Ada Lovelace` -> `Ada`.
    FirstWord,
    /// All but the first word: `Ada Lovelace` -> `Lovelace`.
    LastWords,
    /// Yes for any value that is not empty.
    IsPresent,
    /// No for yes and yes for no.
    Negate,
    /// Upper case.
    Upper,
    /// The first letter of each word in upper case, the rest in lower case.
    Title,
    /// One part of a text that `by` divides, counted from 1, from the end when below 0.
    Part {
        /// What stands between the parts.
        by: String,
        /// Which.
        number: i32,
    },
    /// The column's value and those of other columns, joined; empty ones left out.
    Join {
        /// The other columns, in order.
        with: Vec<String>,
        /// What is put between.
        by: String,
    },
    /// A telephone number of this country (ISO 3166-1 alpha-2) where the row names none.
    Phone(String),
    /// A date or time written in this form (`strptime`), e.g. `%d.%m.%Y %H:%M`.
    Dated(String),
    /// A time in a zone so many minutes east of UTC, where it names none itself.
    Offset(i32),
    /// A time in a zone of the IANA database, e.g. `Europe/Oslo`, where it names none itself.
    Zone(String),
    /// The ISO 4217 code of the currency beside an amount: `12,50 €` -> `EUR`. A plain `$` is
    /// the US dollar, a plain `¥` the yen; `kr`, which several countries use, cannot be read.
    Currency,
    /// An amount in hundredths, e.g. cents.
    Hundredths,
    /// Values replaced by others, whatever their case; what is not listed cannot be converted.
    Dictionary(BTreeMap<String, String>),
    /// What a regular expression finds, rewritten; what it does not find cannot be converted.
    Regex {
        /// The expression (RE2).
        pattern: String,
        /// What becomes of it; `\\1` for the first group.
        replace: String,
    },
    /// A constant for every row; the link needs no column.
    Constant(String),
    /// A SQL expression over the source's columns; the link needs no column.
    Sql(String),
}

/// One drawn link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Canonical field name.
    pub field: String,
    /// Source column; `None` with [`Transform::Constant`] and [`Transform::Sql`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What is done to the value.
    #[serde(default)]
    pub transform: Transform,
    /// Who made it.
    pub origin: Origin,
    /// Confidence in `0..=1`; 1 for manual and preset links.
    pub confidence: f32,
    /// Why it was suggested.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// How a source feeds one entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntityMapping {
    /// The entity.
    pub entity: Entity,
    /// Only rows for which this SQL condition over the source's columns holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Keep the first row for each distinct value of these canonical fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dedupe_by: Vec<String>,
    /// A table-valued SQL expression laterally joined to each row, e.g. an UNNEST; its
    /// columns can be used in [`Transform::Sql`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfold: Option<String>,
    /// The links, sorted by field.
    pub links: Vec<Link>,
}

/// A source's mapping.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Mapping {
    /// True once a person (or a verified preset) has accepted it; only confirmed mappings
    /// are run.
    pub confirmed: bool,
    /// Entities it feeds, sorted.
    pub entities: Vec<EntityMapping>,
}

/// Links accepted before that are suggested again, in any project of this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembering {
    /// New ones are remembered and old ones suggested.
    pub on: bool,
    /// Headers with a remembered link.
    pub links: u64,
}

/// A value on its way through a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRow {
    /// As it stands in the file; none for nothing, or for a link without a column.
    pub before: Option<String>,
    /// As it will stand in the canonical table.
    pub after: Option<String>,
    /// Present, but could not be converted.
    pub failed: bool,
}

/// What a link would do, tried on the first rows of a loaded source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPreview {
    /// Different values: those that fail first, then the most frequent; at most 40.
    pub rows: Vec<PreviewRow>,
    /// Rows looked at.
    pub looked_at: u64,
    /// Of those, rows with a value.
    pub present: u64,
    /// Of those, rows whose value could not be converted.
    pub failed: u64,
}

/// A known export, as the interface lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresetInfo {
    /// Slug.
    pub id: String,
    /// Name on screen.
    pub title: String,
    /// Where its headers come from, and what is peculiar to it.
    pub note: String,
    /// A real export has been seen.
    pub verified: bool,
    /// The user's own.
    pub own: bool,
}

/// What mapping one source gave for one entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedCount {
    /// The source.
    pub source: SourceId,
    /// The entity.
    pub entity: Entity,
    /// Rows written to the canonical table.
    pub rows: u64,
    /// Values that were present but could not be converted, by field, sorted.
    pub failures: Vec<(String, u64)>,
}

/// The mapping stage's result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MappingSummary {
    /// One entry a source and entity, sorted.
    pub mapped: Vec<MappedCount>,
    /// Sources with no confirmed mapping.
    pub unmapped: Vec<SourceId>,
    /// Columns whose gaps were filled, sorted by table and field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imputed: Vec<crate::quality::ImputedField>,
}
