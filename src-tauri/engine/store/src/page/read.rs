//! Pages out of DuckDB's chunks.

use super::order::RowNumbers;
use super::{PageAsk, Shape, select};
use crate::error::StoreError;
use crate::store::Fault;
use arrow::array::{Array, ArrayRef, Int64Array, StringArray, UInt32Array};
use arrow::compute::{concat, take};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use arrow::record_batch::RecordBatch;
use duckdb::Connection;
use std::collections::HashMap;
use std::sync::Arc;

/// The rows a statement gives, as they come.
pub(super) fn all(connection: &Connection, sql: &str, shape: &Shape) -> Result<Vec<u8>, Fault> {
    let columns = columns(connection, sql, shape.shown.len())?;
    ipc(shape, &columns).map_err(|error| fault(&error))
}

/// The rows of these numbers, in their order. A number that is gone is left out.
pub(super) fn picked(
    connection: &Connection,
    ask: &PageAsk,
    shape: &Shape,
    numbers: &[u32],
) -> Result<Vec<u8>, Fault> {
    if numbers.is_empty() {
        let none: ArrayRef = Arc::new(StringArray::new_null(0));
        return ipc(shape, &vec![none; shape.shown.len()]).map_err(|error| fault(&error));
    }
    let sql = select::picked(ask, shape, numbers);
    let mut columns = columns(connection, &sql, shape.shown.len() + 1)?;
    let found = columns.remove(0);
    let found = found.as_any().downcast_ref::<Int64Array>();
    let places: HashMap<i64, u32> =
        found.into_iter().flat_map(Int64Array::values).copied().zip(0..).collect();
    let order: UInt32Array =
        numbers.iter().filter_map(|n| places.get(&i64::from(*n)).copied()).collect();
    let columns: Result<Vec<_>, _> = columns.iter().map(|c| take(c, &order, None)).collect();
    columns.and_then(|columns| ipc(shape, &columns)).map_err(|error| fault(&error))
}

/// The row numbers a statement gives; `None` when one does not fit 32 bits.
pub(super) fn numbers(connection: &Connection, sql: &str) -> Result<Option<RowNumbers>, Fault> {
    let mut statement = connection.prepare(sql)?;
    drop(statement.stream_arrow([])?);
    let mut numbers = Vec::new();
    while let Some(chunk) = statement.step()? {
        let Some(part) = chunk.column(0).as_any().downcast_ref::<Int64Array>() else {
            return Ok(None);
        };
        for number in part.values() {
            let Ok(number) = u32::try_from(*number) else { return Ok(None) };
            numbers.push(number);
        }
    }
    Ok(Some(RowNumbers(numbers)))
}

fn columns(connection: &Connection, sql: &str, count: usize) -> Result<Vec<ArrayRef>, Fault> {
    let mut statement = connection.prepare(sql)?;
    drop(statement.stream_arrow([])?);
    let mut parts: Vec<Vec<ArrayRef>> = vec![Vec::new(); count];
    while let Some(chunk) = statement.step()? {
        for (part, array) in parts.iter_mut().zip(chunk.columns()) {
            part.push(Arc::clone(array));
        }
    }
    let joined = parts.iter().map(|part| match part.as_slice() {
        [] => Ok(Arc::new(StringArray::new_null(0)) as ArrayRef),
        [one] => Ok(Arc::clone(one)),
        many => concat(&many.iter().map(AsRef::as_ref).collect::<Vec<&dyn Array>>()),
    });
    joined.collect::<Result<_, _>>().map_err(|error| fault(&error))
}

fn fault(error: &ArrowError) -> Fault {
    Fault::Store(StoreError::Sql { step: "read page".to_owned(), message: error.to_string() })
}

fn ipc(shape: &Shape, columns: &[ArrayRef]) -> Result<Vec<u8>, ArrowError> {
    let fields: Vec<_> = shape
        .shown
        .iter()
        .map(|at| Field::new(&shape.columns[*at].name, DataType::Utf8, true))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns.to_vec())?;
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &schema)?;
    writer.write(&batch)?;
    writer.finish()?;
    drop(writer);
    Ok(bytes)
}
