//! Typed values on their way into a raw table: the text DuckDB reads back as the same value, and
//! the type that holds a whole column of them.
//!
//! Values are written as text while they stream by, and what kinds a column holds is noted; only
//! at the end is its type chosen, the narrowest that reads every text back exactly. So one pass
//! suffices and memory stays bounded.

use crate::reject::Scratch;
use std::io::Write;

/// A value of a table whose file knows types.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// No value.
    Empty,
    Bool(bool),
    Int(i64),
    /// A finite number.
    Real(f64),
    Text(String),
    /// `YYYY-MM-DD`.
    Date(String),
    /// `YYYY-MM-DD HH:MM:SS[.fff]`.
    Moment(String),
    /// `HH:MM:SS[.fff]`.
    Time(String),
    /// An error such as `#N/A`: loaded as no value, and counted.
    Error(String),
}

impl Cell {
    /// A number: whole ones that a double holds exactly become whole numbers.
    pub(crate) fn number(value: f64) -> Self {
        if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0 {
            Self::Int(value as i64)
        } else if value.is_finite() {
            Self::Real(value)
        } else {
            Self::Error("#NUM!".to_owned())
        }
    }

    /// Neither value nor blank text.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// The text DuckDB reads back; none for no value.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Empty | Self::Error(_) => None,
            Self::Bool(value) => Some(value.to_string()),
            Self::Int(value) => Some(value.to_string()),
            Self::Real(value) => Some(format!("{value:?}")),
            Self::Text(text) | Self::Date(text) | Self::Moment(text) | Self::Time(text) => {
                Some(text.clone())
            }
        }
    }

    /// What a person sees of it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Error(error) => error.clone(),
            other => other.text().unwrap_or_default(),
        }
    }
}

/// Kinds of values seen in a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Kinds(u16);

impl Kinds {
    const BOOL: u16 = 1;
    const INT: u16 = 2;
    /// A whole number beyond 2^53: a double would lose digits.
    const EXACT: u16 = 4;
    const REAL: u16 = 8;
    const TEXT: u16 = 16;
    const DATE: u16 = 32;
    const MOMENT: u16 = 64;
    const TIME: u16 = 128;

    /// Notes one more value.
    pub(crate) fn note(&mut self, cell: &Cell) {
        self.0 |= match cell {
            Cell::Empty | Cell::Error(_) => 0,
            Cell::Bool(_) => Self::BOOL,
            Cell::Int(value) if value.unsigned_abs() > 1 << 53 => Self::INT | Self::EXACT,
            Cell::Int(_) => Self::INT,
            Cell::Real(_) => Self::REAL,
            Cell::Text(_) => Self::TEXT,
            Cell::Date(_) => Self::DATE,
            Cell::Moment(_) => Self::MOMENT,
            Cell::Time(_) => Self::TIME,
        };
    }

    /// The narrowest DuckDB type that reads every text back exactly.
    pub(crate) fn sql_type(self) -> &'static str {
        const MOMENTS: u16 = Kinds::DATE | Kinds::MOMENT;
        const NUMBERS: u16 = Kinds::INT | Kinds::REAL;
        const WHOLE: u16 = Kinds::INT | Kinds::EXACT;
        match self.0 {
            Self::BOOL => "BOOLEAN",
            Self::INT | WHOLE => "BIGINT",
            Self::REAL | NUMBERS => "DOUBLE",
            Self::DATE => "DATE",
            Self::MOMENT | MOMENTS => "TIMESTAMP",
            Self::TIME => "TIME",
            _ => "VARCHAR",
        }
    }
}

impl Scratch {
    /// Writes a good row: no value stays bare, everything else is quoted, so that an empty text is
    /// told from no value. A row of one column gets a second field, lest its line be blank.
    pub(crate) fn cells(&mut self, row: &[Option<String>]) -> std::io::Result<()> {
        for (at, value) in row.iter().enumerate() {
            if at > 0 {
                self.good.write_all(b",")?;
            }
            if let Some(value) = value {
                write!(self.good, "\"{}\"", value.replace('"', "\"\""))?;
            }
        }
        self.good.write_all(if row.len() == 1 { b",\n" } else { b"\n" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_of(cells: &[Cell]) -> &'static str {
        let mut kinds = Kinds::default();
        cells.iter().for_each(|cell| kinds.note(cell));
        kinds.sql_type()
    }

    #[test]
    fn a_column_gets_the_narrowest_type_that_loses_nothing() {
        let date = || Cell::Date("2026-05-01".into());
        let moment = || Cell::Moment("2026-05-01 10:00:00".into());
        for (cells, expected) in [
            (vec![], "VARCHAR"),
            (vec![Cell::Empty, Cell::Error("#N/A".into())], "VARCHAR"),
            (vec![Cell::Int(1), Cell::Empty], "BIGINT"),
            (vec![Cell::Int(i64::MAX)], "BIGINT"),
            (vec![Cell::Int(1), Cell::Real(0.5)], "DOUBLE"),
            (vec![Cell::Int(i64::MAX), Cell::Real(0.5)], "VARCHAR"),
            (vec![Cell::Int(1), Cell::Text("x".into())], "VARCHAR"),
            (vec![Cell::Bool(true)], "BOOLEAN"),
            (vec![Cell::Bool(true), Cell::Int(1)], "VARCHAR"),
            (vec![date()], "DATE"),
            (vec![date(), moment()], "TIMESTAMP"),
            (vec![Cell::Time("10:00:00".into())], "TIME"),
            (vec![Cell::Time("10:00:00".into()), moment()], "VARCHAR"),
        ] {
            assert_eq!(type_of(&cells), expected, "{cells:?}");
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(Cell::number(5.0), Cell::Int(5));
        assert_eq!(Cell::number(-0.0), Cell::Int(0));
        assert_eq!(Cell::number(0.1).text().as_deref(), Some("0.1"));
        assert_eq!(Cell::number(1e300).text().as_deref(), Some("1e300"));
        assert_eq!(Cell::number(f64::NAN), Cell::Error("#NUM!".into()));
    }
}
