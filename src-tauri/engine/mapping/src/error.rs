//! Why a mapping cannot be planned.

use kith_model::{Entity, SourceId};

/// A mapping that cannot be carried out. Names columns and fields, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// A hand-made link or a filter names a column the file does not have.
    #[error(
        "Source {source_id}: the column “{column}” used for {}.{field} is not in the file; {}",
        entity.key(),
        way_out(nearest.as_deref())
    )]
    MissingColumn {
        /// The source.
        source_id: SourceId,
        /// The entity.
        entity: Entity,
        /// Canonical field, or `filter`, `unfold`.
        field: String,
        /// The column that is not there.
        column: String,
        /// The most similar column that is.
        nearest: Option<String>,
    },
    /// A link or `dedupe_by` names a field the entity does not have.
    #[error("Source {source_id}: {} has no field {field}; remove the link or choose another field", entity.key())]
    UnknownField {
        /// The source.
        source_id: SourceId,
        /// The entity.
        entity: Entity,
        /// The unknown field.
        field: String,
    },
    /// Two links to one field.
    #[error("Source {source_id}: {}.{field} is linked twice; remove one of the links", entity.key())]
    LinkedTwice {
        /// The source.
        source_id: SourceId,
        /// The entity.
        entity: Entity,
        /// The field.
        field: String,
    },
    /// A link with neither column, constant nor SQL.
    #[error("Source {source_id}: the link to {}.{field} has no column; draw it from a column, or give a constant or a SQL expression", entity.key())]
    NoColumn {
        /// The source.
        source_id: SourceId,
        /// The entity.
        entity: Entity,
        /// The field.
        field: String,
    },
    /// A SQL expression that is not one expression.
    #[error("Source {source_id}: the SQL of {}.{field} {reason}; write one expression over the file's columns", entity.key())]
    BrokenSql {
        /// The source.
        source_id: SourceId,
        /// The entity.
        entity: Entity,
        /// Canonical field, or `filter`, `unfold`.
        field: String,
        /// What is wrong, e.g. `has an unclosed bracket`.
        reason: &'static str,
    },
    /// A zone that is not in the database of time zones.
    #[error("Source {source_id}: {}.{field} names a time zone that is not known; write it as in Europe/Oslo", entity.key())]
    UnknownZone {
        /// The source.
        source_id: SourceId,
        /// The entity.
        entity: Entity,
        /// The field.
        field: String,
    },
    /// Rows that are not those of the counting query.
    #[error("The counts of mapped rows cannot be read; map the sources again")]
    Counts,
    /// The same source given twice.
    #[error("Source {0} is given twice; every source needs a name of its own")]
    SourceTwice(SourceId),
}

fn way_out(nearest: Option<&str>) -> String {
    match nearest {
        Some(name) => {
            format!("link another column (the nearest is “{name}”) or remove the link")
        }
        None => "link another column or remove the link".to_owned(),
    }
}
