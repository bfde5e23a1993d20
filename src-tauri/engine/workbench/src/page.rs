//! Row pages for hosts that print them, and single numbers out of frames.

use crate::error::internal;
use arrow::array::{Array, StringArray};
use arrow::ipc::reader::StreamReader;
use kith_api::{ApiError, RowsPage};
use kith_model::{Column, Frame};

/// The rows of a page, column values as text.
pub fn decode_page(page: &RowsPage) -> Result<Vec<Vec<Option<String>>>, ApiError> {
    decode(&page.arrow)
}

/// The rows of an Arrow IPC stream of text columns.
pub(crate) fn decode(arrow: &[u8]) -> Result<Vec<Vec<Option<String>>>, ApiError> {
    let reader = StreamReader::try_new(arrow, None).map_err(internal)?;
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.map_err(internal)?;
        for row in 0..batch.num_rows() {
            let cell = |column: &std::sync::Arc<dyn Array>| {
                let texts = column.as_any().downcast_ref::<StringArray>()?;
                (!texts.is_null(row)).then(|| texts.value(row).to_owned())
            };
            rows.push(batch.columns().iter().map(cell).collect());
        }
    }
    Ok(rows)
}

/// The first row's count in a column; 0 without one.
pub(crate) fn count(frame: &Frame, name: &str) -> u64 {
    let first = frame.column(name).and_then(Column::int).and_then(|v| v.first().copied());
    first.flatten().unwrap_or(0).unsigned_abs()
}
