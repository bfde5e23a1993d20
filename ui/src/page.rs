//! Rows of a table as they come over the wire, decoded once.

use arrow::array::{Array, RecordBatch, StringArray};
use arrow::ipc::reader::StreamReader;
use kith_api::{ApiError, ErrorCode, Order, RowsAsk, RowsPage, TableRef};
use kith_model::ColumnFilter;
use kith_model::source::ColumnInfo;

/// Rows asked for at once.
pub const PAGE_ROWS: u64 = 200;

/// Which rows of which table, in which order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageKey {
    /// The table.
    pub table: TableRef,
    /// Sorted by.
    pub order: Option<Order>,
    /// Only rows with this text.
    pub find: Option<String>,
    /// Only rows in which each of these holds.
    pub filters: Vec<ColumnFilter>,
    /// Page number, from 0.
    pub page: u64,
}

impl PageKey {
    /// The request that brings it.
    pub fn ask(&self) -> RowsAsk {
        RowsAsk {
            table: self.table.clone(),
            offset: self.page * PAGE_ROWS,
            limit: PAGE_ROWS as u32,
            order: self.order.clone(),
            find: self.find.clone(),
            filters: self.filters.clone(),
        }
    }
}

/// Decoded rows.
#[derive(Debug, Clone)]
pub struct Page {
    /// Rows in the whole table, after the filter.
    pub total: u64,
    /// Columns with their types.
    pub columns: Vec<ColumnInfo>,
    cells: Vec<StringArray>,
}

impl Page {
    /// Decodes a page; a damaged one is an internal error.
    pub fn decode(page: RowsPage) -> Result<Self, ApiError> {
        let damaged = |e: &dyn std::fmt::Display| {
            ApiError::new(ErrorCode::Internal, format!("Cannot read the rows: {e}"))
        };
        let mut cells = Vec::new();
        if !page.arrow.is_empty() {
            let reader = StreamReader::try_new(std::io::Cursor::new(page.arrow), None)
                .map_err(|e| damaged(&e))?;
            let batches: Vec<RecordBatch> =
                reader.collect::<Result<_, _>>().map_err(|e| damaged(&e))?;
            if let Some(batch) = batches.first() {
                for column in batch.columns() {
                    let text = column.as_any().downcast_ref::<StringArray>();
                    cells.push(text.ok_or_else(|| damaged(&"a column is not text"))?.clone());
                }
            }
        }
        Ok(Self { total: page.total, columns: page.columns, cells })
    }

    /// Rows of this page.
    pub fn rows(&self) -> usize {
        self.cells.first().map_or(0, Array::len)
    }

    /// A value; `None` is NULL or out of reach.
    pub fn cell(&self, row: usize, column: usize) -> Option<&str> {
        let cells = self.cells.get(column)?;
        (row < cells.len() && cells.is_valid(row)).then(|| cells.value(row))
    }
}
