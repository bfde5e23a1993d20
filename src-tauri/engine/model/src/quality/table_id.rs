//! Which table is meant: one of the canonical schema, or a source's raw rows.

use crate::canonical::Entity;
use crate::ids::SourceId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A table that can be checked and profiled. Written `canon.order` or `src.crm_contacts`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum TableId {
    /// A table of the canonical schema.
    Canon(Entity),
    /// The raw rows of a source.
    Source(SourceId),
}

impl TableId {
    /// The schema it lies in.
    pub fn schema(&self) -> &'static str {
        match self {
            Self::Canon(_) => "canon",
            Self::Source(_) => "src",
        }
    }

    /// Its name inside the schema.
    pub fn name(&self) -> &str {
        match self {
            Self::Canon(entity) => entity.key(),
            Self::Source(id) => &id.0,
        }
    }

    /// The name on screen.
    pub fn title(&self) -> String {
        match self {
            Self::Canon(entity) => entity.title().to_owned(),
            Self::Source(id) => id.0.clone(),
        }
    }

    /// Its name inside a sentence: `orders`, `crm_contacts`.
    pub fn words(&self) -> String {
        match self {
            Self::Canon(entity) => entity.title().to_lowercase(),
            Self::Source(id) => id.0.clone(),
        }
    }

    /// Columns that are no data of the user's: row numbers, and what stands beside a column whose
    /// gaps were filled.
    pub fn is_row_number(&self, column: &str) -> bool {
        match self {
            Self::Canon(entity) => {
                matches!(column, "source" | "row_id")
                    || *entity == Entity::Profile && column == "record_id"
                    || [super::filled_flag(""), super::filled_original("")].iter().any(|end| {
                        column.strip_suffix(end).is_some_and(|f| entity.field(f).is_some())
                    })
            }
            Self::Source(_) => column == "_row",
        }
    }
}

impl fmt::Display for TableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema(), self.name())
    }
}

impl From<TableId> for String {
    fn from(table: TableId) -> Self {
        table.to_string()
    }
}

impl TryFrom<String> for TableId {
    type Error = String;

    /// A bare name is a canonical table: so expectations were written at first.
    fn try_from(text: String) -> Result<Self, String> {
        if let Some(id) = text.strip_prefix("src.") {
            return Ok(Self::Source(SourceId(id.to_owned())));
        }
        let key = text.strip_prefix("canon.").unwrap_or(&text);
        let entity = Entity::ALL.into_iter().find(|entity| entity.key() == key);
        entity.map(Self::Canon).ok_or_else(|| {
            format!("There is no table {text}: write canon.order or src.name_of_a_source")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_reads_as_it_is_written() {
        let source = TableId::Source(SourceId("crm".into()));
        for table in [TableId::Canon(Entity::OrderLine), source] {
            assert_eq!(TableId::try_from(String::from(table.clone())), Ok(table));
        }
        assert_eq!(TableId::try_from("order".to_owned()), Ok(TableId::Canon(Entity::Order)));
        assert!(TableId::try_from("canon.nope".to_owned()).is_err());
    }
}
