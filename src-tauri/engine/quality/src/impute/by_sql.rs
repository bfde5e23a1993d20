//! A column that a method goes by.

use crate::value_sql::{Kind, Value};
use kith_model::quality::fillable;
use kith_model::source::ColumnInfo;
use kith_model::{Entity, FieldKind};

/// A column gone by.
pub(super) struct By {
    /// Its name.
    pub(super) name: String,
    /// Numbers, not categories.
    pub(super) number: bool,
    value: Value,
}

/// The column, where anything can be gone by it: numbers and categories of the schema, and which
/// source a row is from.
pub(super) fn by(entity: Entity, column: &ColumnInfo) -> Option<By> {
    let value = Value::of(column);
    let consent = matches!(entity, Entity::Profile) && column.name.ends_with("_opt_in");
    let number = match fillable(entity, &column.name) {
        Some(number) => number,
        None if column.name == "source" || consent => false,
        None => match entity.field(&column.name)?.kind {
            FieldKind::Id => false,
            _ => return None,
        },
    };
    let fits = matches!(value.kind(), Kind::Number) == number;
    fits.then(|| By { name: column.name.clone(), number, value })
}

impl By {
    /// As the methods see it: DOUBLE or VARCHAR, NULL where there is no value.
    pub(super) fn seen(&self) -> String {
        let value = match self.value.number().filter(|_| self.number) {
            Some(number) => number,
            None => self.value.text(),
        };
        format!("CASE WHEN {} THEN {value} END", self.value.present())
    }
}
