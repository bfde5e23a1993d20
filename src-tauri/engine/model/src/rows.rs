//! Which rows of a table a person wants to see.

use serde::{Deserialize, Serialize};

/// A condition on one column. Of several conditions all must hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ColumnFilter {
    /// The column's name.
    pub column: String,
    /// What its value must be.
    pub test: CellTest,
}

/// What a value must be. Values are compared as a page shows them: as text, nested ones as JSON;
/// an empty text is a missing value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "test")]
pub enum CellTest {
    /// One of these, to the letter.
    OneOf {
        /// The values.
        values: Vec<String>,
    },
    /// Begins with this text, to the letter.
    Begins {
        /// The text.
        text: String,
    },
    /// Contains this text, whatever the case.
    Contains {
        /// The text.
        text: String,
    },
    /// No value.
    Missing,
    /// Any value.
    Present,
    /// From one bound to the other, both counting. Bounds that are numbers or times are compared
    /// as such, others as texts.
    Range {
        /// Least; none: no bound.
        from: Option<String>,
        /// Greatest; none: no bound.
        to: Option<String>,
    },
    /// A bar of the column's histogram, which divides the way from `min` to `max` evenly.
    Bin {
        /// Least value of the histogram, as its profile writes it.
        min: String,
        /// Greatest value.
        max: String,
        /// The bar, from 0.
        bin: u32,
        /// Bars in all.
        of: u32,
    },
}
