//! How a source's columns become canonical fields.

use crate::canonical::Entity;
use crate::ids::SourceId;
use serde::{Deserialize, Serialize};

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
}
