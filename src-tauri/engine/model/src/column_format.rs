//! How the values of a column of text are written, where they mean more than text.

use serde::{Deserialize, Serialize};

/// What a column's values mean and how they are written. A value that is not written so is
/// refused with its row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "means")]
pub enum ColumnFormat {
    /// Numbers, loaded as `DOUBLE`; a currency sign or a percent sign beside them is left out.
    Number {
        /// The sign before decimals: `.` or `,`.
        decimal: char,
        /// The sign between groups of three digits, if any; a blank stands for every kind of
        /// blank.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thousands: Option<char>,
    },
    /// Dates and times, loaded as `TIMESTAMP` in UTC; the zone each was written in goes into a
    /// column of its own, named like this one with ` zone` behind.
    Moment {
        /// Order of day, month and year.
        order: DateOrder,
        /// The zone of values that name none, e.g. `Europe/Oslo` or `+02:00`, and what an
        /// abbreviation with several meanings means; none: UTC.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
    },
}

/// Order of day, month and year in a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// `2026-05-31`.
    YearFirst,
    /// `31.05.2026`.
    DayFirst,
    /// `05/31/2026`.
    MonthFirst,
}
