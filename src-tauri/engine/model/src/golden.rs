//! Golden records: which of a person's values stands, by rules a user sets.

use crate::canonical::Entity;
use crate::command::CommandError;
use crate::document::Document;
use crate::ids::SourceId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The parts of an address, which survive together.
pub const ADDRESS: [&str; 7] =
    ["street", "city", "postcode", "region", "country", "latitude", "longitude"];

/// Fields with a rule of their own; `address` stands for [`ADDRESS`].
pub const GOLDEN_FIELDS: [&str; 10] = [
    "address",
    "birth_date",
    "company",
    "email",
    "family_name",
    "full_name",
    "gender",
    "given_name",
    "language",
    "phone",
];

/// Fields that can be pinned.
pub const PINNABLE: [&str; 14] = [
    "birth_date",
    "city",
    "company",
    "country",
    "email",
    "family_name",
    "full_name",
    "gender",
    "given_name",
    "language",
    "phone",
    "postcode",
    "region",
    "street",
];

/// How a field's value is chosen. Ties go to the more frequent value, then the more recent, then
/// the first in the order of sources.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Survivor {
    /// What most records say.
    #[default]
    MostFrequent,
    /// What the record stated last says.
    MostRecent,
    /// What most sources confirm.
    MostSources,
    /// What the first source of the priority list says.
    SourcePriority,
    /// The longest text.
    Longest,
    /// What the record with the most filled fields says.
    MostComplete,
}

impl Survivor {
    /// Every rule, in order.
    pub const ALL: [Self; 6] = [
        Self::MostFrequent,
        Self::MostRecent,
        Self::MostSources,
        Self::SourcePriority,
        Self::Longest,
        Self::MostComplete,
    ];

    /// Its key in files and commands.
    pub fn key(self) -> &'static str {
        match self {
            Self::MostFrequent => "most_frequent",
            Self::MostRecent => "most_recent",
            Self::MostSources => "most_sources",
            Self::SourcePriority => "source_priority",
            Self::Longest => "longest",
            Self::MostComplete => "most_complete",
        }
    }

    /// By [`Self::key`].
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.key() == key)
    }

    /// Name on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::MostFrequent => "most frequent",
            Self::MostRecent => "most recent",
            Self::MostSources => "most sources",
            Self::SourcePriority => "source priority",
            Self::Longest => "longest",
            Self::MostComplete => "most complete record",
        }
    }
}

/// The rules of survivorship.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GoldenParams {
    /// Of fields without a rule of their own.
    pub rule: Survivor,
    /// Rules of [`GOLDEN_FIELDS`].
    pub fields: BTreeMap<String, Survivor>,
    /// Sources in the order in which they are believed; others come after, as the project lists
    /// them.
    pub sources: Vec<SourceId>,
}

impl GoldenParams {
    /// The rule of a field.
    pub fn of(&self, field: &str) -> Survivor {
        self.fields.get(field).copied().unwrap_or(self.rule)
    }

    /// True when the order of sources decides on some field.
    pub fn ranks_sources(&self) -> bool {
        self.rule == Survivor::SourcePriority
            || self.fields.values().any(|rule| *rule == Survivor::SourcePriority)
    }

    /// Every source of contact records in the order in which it is believed: those named first,
    /// the others as the project lists them.
    pub fn order(&self, doc: &Document) -> Vec<SourceId> {
        let tells = |id: &SourceId| {
            let mapping = doc.mappings.get(id);
            mapping.is_some_and(|m| m.entities.iter().any(|part| part.entity == Entity::Profile))
        };
        let others = doc.sources.iter().map(|s| &s.id).filter(|id| tells(id));
        let others = others.filter(|id| !self.sources.contains(id));
        self.sources.iter().chain(others).cloned().collect()
    }

    /// These rules as `doc` is read by them: [`Self::order`] written out where it decides.
    pub fn in_order(&self, doc: &Document) -> Self {
        let mut rules = self.clone();
        if rules.ranks_sources() {
            rules.sources = rules.order(doc);
        }
        rules
    }
}

/// A value a person set: it stands whatever the records say. Anchored to a record, so it follows
/// whoever that record belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// `source/native_id`.
    pub record: String,
    /// One of [`PINNABLE`].
    pub field: String,
    /// The value; a birth date as `YYYY-MM-DD`.
    pub value: String,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// By whom: the login name, or empty.
    pub by: String,
    /// Why; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// What other rules would do to a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoldenChange {
    /// The field.
    pub field: String,
    /// Golden values of the field at present.
    pub values: u64,
    /// People whose value would be another one.
    pub changed: u64,
    /// People who would have a value and have none.
    pub gained: u64,
    /// People who would have none and have one.
    pub lost: u64,
}

/// A value that did not survive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LosingValue {
    /// The value.
    pub value: String,
    /// Records that say so, as `source/native_id`.
    pub from: Vec<String>,
}

/// The rules, when every field and source is known.
pub(crate) fn checked(doc: &Document, params: &GoldenParams) -> Result<GoldenParams, CommandError> {
    if let Some(bad) = params.fields.keys().find(|f| !GOLDEN_FIELDS.contains(&f.as_str())) {
        return Err(CommandError::NoGoldenField(bad.clone(), GOLDEN_FIELDS.join(", ")));
    }
    if let Some(bad) = params.sources.iter().find(|id| doc.source(id).is_none()) {
        return Err(CommandError::NoSource(bad.clone()));
    }
    Ok(params.clone())
}

/// Adds a pin in place of an earlier one of the same field.
pub(crate) fn put(doc: &mut Document, pin: &Pin) -> Result<(), CommandError> {
    if !PINNABLE.contains(&pin.field.as_str()) {
        return Err(CommandError::NoGoldenField(pin.field.clone(), PINNABLE.join(", ")));
    }
    if pin.value.trim().is_empty() {
        return Err(CommandError::EmptyName);
    }
    let place = |p: &Pin| (p.record.clone(), p.field.clone());
    match doc.pins.binary_search_by_key(&place(pin), place) {
        Ok(at) => doc.pins[at] = pin.clone(),
        Err(at) => doc.pins.insert(at, pin.clone()),
    }
    Ok(())
}

/// Takes a pin back.
pub(crate) fn remove(doc: &mut Document, record: &str, field: &str) -> Result<(), CommandError> {
    let before = doc.pins.len();
    doc.pins.retain(|p| p.record != record || p.field != field);
    if doc.pins.len() == before {
        return Err(CommandError::NoPin(record.to_owned(), field.to_owned()));
    }
    Ok(())
}
