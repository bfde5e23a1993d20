//! Arrow batches to frames and back.

use crate::error::StoreError;
use arrow::array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray, StructArray,
};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use kith_model::{Column, Frame, Texts};
use std::sync::Arc;

/// Rows handed to DuckDB at a time: one of its row groups.
const BATCH: usize = 122_880;

/// How a DuckDB type crosses into a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crossing {
    Text,
    Int,
    Date,
    Timestamp,
    Real,
    Bool,
}

impl Crossing {
    /// The crossing of `sql_type` as `DESCRIBE` writes it.
    pub(crate) fn of(sql_type: &str) -> Self {
        match sql_type {
            "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" | "UTINYINT" | "USMALLINT"
            | "UINTEGER" | "UBIGINT" => Self::Int,
            "HUGEINT" | "UHUGEINT" | "DOUBLE" | "FLOAT" => Self::Real,
            "BOOLEAN" => Self::Bool,
            "DATE" => Self::Date,
            decimal if decimal.starts_with("DECIMAL(") && decimal.ends_with(')') => Self::Real,
            nested if nested.ends_with(']') => Self::Text,
            moment if moment.starts_with("TIMESTAMP") => Self::Timestamp,
            _ => Self::Text,
        }
    }

    /// The expression that brings the column `name` into the frame's own type. An infinite date
    /// or time becomes NULL.
    pub(crate) fn expression(self, name: &str) -> String {
        match self {
            Self::Text => format!("{name}::VARCHAR"),
            Self::Int => format!("{name}::BIGINT"),
            Self::Real => format!("{name}::DOUBLE"),
            Self::Bool => name.to_owned(),
            Self::Date => format!("CASE WHEN isfinite({name}) THEN {name} - DATE '1970-01-01' END"),
            Self::Timestamp => format!(
                "CASE WHEN isfinite({name}::TIMESTAMPTZ) THEN epoch_us({name}::TIMESTAMPTZ) END"
            ),
        }
    }

    /// An empty column.
    pub(crate) fn empty(self) -> Column {
        match self {
            Self::Text => Column::Text(Texts::new()),
            Self::Int | Self::Date | Self::Timestamp => Column::Int(Vec::new()),
            Self::Real => Column::Real(Vec::new()),
            Self::Bool => Column::Bool(Vec::new()),
        }
    }
}

/// The DuckDB type of a frame's column.
pub(crate) fn sql_type(column: &Column) -> &'static str {
    match column {
        Column::Text(_) => "VARCHAR",
        Column::Int(_) => "BIGINT",
        Column::Real(_) => "DOUBLE",
        Column::Bool(_) => "BOOLEAN",
    }
}

/// Adds the rows of `chunk` to `columns`, which stand in the same order.
pub(crate) fn append(columns: &mut [Column], chunk: &StructArray) -> Result<(), StoreError> {
    for (column, array) in columns.iter_mut().zip(chunk.columns()) {
        let any = array.as_any();
        let fits = match column {
            Column::Text(to) => any.downcast_ref::<StringArray>().map(|from| to.extend(from)),
            Column::Int(to) => any.downcast_ref::<Int64Array>().map(|from| to.extend(from.iter())),
            Column::Real(to) => {
                any.downcast_ref::<Float64Array>().map(|from| to.extend(from.iter()))
            }
            Column::Bool(to) => {
                any.downcast_ref::<BooleanArray>().map(|from| to.extend(from.iter()))
            }
        };
        fits.ok_or_else(|| StoreError::Sql {
            step: "read".to_owned(),
            message: format!("Unexpected Arrow type {}", array.data_type()),
        })?;
    }
    Ok(())
}

/// The rows of `frame` in batches of at most a row group.
pub(crate) fn batches(frame: &Frame) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> + '_ {
    let fields: Vec<_> = frame
        .columns
        .iter()
        .map(|(name, column)| Field::new(name, data_type(column), true))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    (0..frame.rows()).step_by(BATCH).map(move |from| {
        let to = frame.rows().min(from + BATCH);
        let arrays = frame.columns.iter().map(|(_, column)| slice(column, from, to)).collect();
        RecordBatch::try_new(Arc::clone(&schema), arrays)
    })
}

fn data_type(column: &Column) -> DataType {
    match column {
        Column::Text(_) => DataType::Utf8,
        Column::Int(_) => DataType::Int64,
        Column::Real(_) => DataType::Float64,
        Column::Bool(_) => DataType::Boolean,
    }
}

fn slice(column: &Column, from: usize, to: usize) -> ArrayRef {
    match column {
        Column::Text(v) => Arc::new((from..to).map(|row| v.get(row)).collect::<StringArray>()),
        Column::Int(v) => Arc::new(Int64Array::from(v[from..to].to_vec())),
        Column::Real(v) => Arc::new(Float64Array::from(v[from..to].to_vec())),
        Column::Bool(v) => Arc::new(BooleanArray::from(v[from..to].to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use super::Crossing;

    #[test]
    fn types_cross_as_the_frame_wants_them() {
        for (sql_type, crossing) in [
            ("VARCHAR", Crossing::Text),
            ("UBIGINT", Crossing::Int),
            ("HUGEINT", Crossing::Real),
            ("DECIMAL(18,4)", Crossing::Real),
            ("DECIMAL(18,4)[]", Crossing::Text),
            ("TIMESTAMP WITH TIME ZONE", Crossing::Timestamp),
            ("TIMESTAMP[]", Crossing::Text),
            ("DATE", Crossing::Date),
            ("STRUCT(a INTEGER)", Crossing::Text),
        ] {
            assert_eq!(Crossing::of(sql_type), crossing, "{sql_type}");
        }
    }
}
