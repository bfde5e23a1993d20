//! Columns in memory: how set data crosses from the store into numeric kernels and back.

use crate::Texts;
use serde::{Deserialize, Serialize};

/// A column of values; `None` is SQL NULL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Column {
    /// Text.
    Text(Texts),
    /// Whole numbers; timestamps as microseconds since 1970-01-01 UTC, dates as days.
    Int(Vec<Option<i64>>),
    /// Real numbers.
    Real(Vec<Option<f64>>),
    /// Truth values.
    Bool(Vec<Option<bool>>),
}

impl Column {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(v) => v.len(),
            Self::Int(v) => v.len(),
            Self::Real(v) => v.len(),
            Self::Bool(v) => v.len(),
        }
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The texts, when this is a text column.
    pub fn text(&self) -> Option<&Texts> {
        if let Self::Text(v) = self { Some(v) } else { None }
    }

    /// The whole numbers, when this is an integer column.
    pub fn int(&self) -> Option<&[Option<i64>]> {
        if let Self::Int(v) = self { Some(v) } else { None }
    }

    /// The real numbers, when this is a real column.
    pub fn real(&self) -> Option<&[Option<f64>]> {
        if let Self::Real(v) = self { Some(v) } else { None }
    }

    /// The truth values, when this is a truth column.
    pub fn truth(&self) -> Option<&[Option<bool>]> {
        if let Self::Bool(v) = self { Some(v) } else { None }
    }
}

/// Named columns of equal length.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Frame {
    /// Column name and values, in order.
    pub columns: Vec<(String, Column)>,
}

impl Frame {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, c)| c.len())
    }

    /// The column called `name`.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(n, _)| n == name).map(|(_, c)| c)
    }

    /// Adds a column and returns the frame.
    #[must_use]
    pub fn with(mut self, name: &str, column: Column) -> Self {
        self.columns.push((name.to_owned(), column));
        self
    }
}
