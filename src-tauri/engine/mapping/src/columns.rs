//! A source's columns: finding one by name, and what its DuckDB type means for normalising.

use crate::letters::Letters;
use kith_model::source::ColumnInfo;

/// The record number the loader adds; never a column of the file.
pub(crate) const ROW: &str = "_row";

/// How a value arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Text, to be read by the macros.
    Text,
    /// JSON text.
    Json,
    /// `BOOLEAN`.
    Bool,
    /// A whole number.
    Whole,
    /// `DECIMAL`, `DOUBLE`, `FLOAT`.
    Real,
    /// `DATE`.
    Date,
    /// `TIMESTAMP` of any precision, taken as UTC.
    Timestamp,
    /// `TIMESTAMP WITH TIME ZONE`.
    Zoned,
    /// Lists, structs and the rest: cast to text.
    Other,
}

impl Shape {
    /// The shape of a DuckDB type.
    pub(crate) fn of(sql_type: &str) -> Self {
        let upper = sql_type.to_ascii_uppercase();
        let head = upper.split(['(', '[']).next().unwrap_or("").trim();
        if upper.ends_with(']') {
            return Self::Other;
        }
        match head {
            "VARCHAR" | "TEXT" | "STRING" => Self::Text,
            "JSON" => Self::Json,
            "BOOLEAN" => Self::Bool,
            "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" | "HUGEINT" | "UTINYINT"
            | "USMALLINT" | "UINTEGER" | "UBIGINT" | "UHUGEINT" => Self::Whole,
            "DECIMAL" | "DOUBLE" | "FLOAT" => Self::Real,
            "DATE" => Self::Date,
            "TIMESTAMP WITH TIME ZONE" | "TIMESTAMPTZ" => Self::Zoned,
            "TIMESTAMP" | "TIMESTAMP_S" | "TIMESTAMP_MS" | "TIMESTAMP_NS" | "DATETIME" => {
                Self::Timestamp
            }
            _ => Self::Other,
        }
    }
}

/// The column called `name`: exactly, or else but for the case of ASCII letters.
pub(crate) fn find<'a>(columns: &'a [ColumnInfo], name: &str) -> Option<&'a ColumnInfo> {
    columns
        .iter()
        .find(|c| c.name == name)
        .or_else(|| columns.iter().find(|c| c.name.eq_ignore_ascii_case(name)))
}

/// The column whose name is most like `name`, if any is like it at all.
pub(crate) fn nearest(columns: &[ColumnInfo], name: &str) -> Option<String> {
    let wanted = Letters::of(name);
    columns
        .iter()
        .filter(|c| c.name != ROW)
        .map(|c| (Letters::of(&c.name).similarity(&wanted), &c.name))
        .filter(|(alike, _)| *alike >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, name)| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(name: &str) -> ColumnInfo {
        ColumnInfo { name: name.to_owned(), sql_type: "VARCHAR".to_owned() }
    }

    #[test]
    fn duckdb_types_have_shapes() {
        for (sql_type, shape) in [
            ("VARCHAR", Shape::Text),
            ("DECIMAL(18,4)", Shape::Real),
            ("STRUCT(a INTEGER)", Shape::Other),
            ("INTEGER[]", Shape::Other),
            ("TIMESTAMP WITH TIME ZONE", Shape::Zoned),
            ("TIMESTAMP_NS", Shape::Timestamp),
            ("UBIGINT", Shape::Whole),
        ] {
            assert_eq!(Shape::of(sql_type), shape, "{sql_type}");
        }
    }

    #[test]
    fn a_column_is_found_whatever_its_case() {
        let columns = [info("EMAIL"), info("Email"), info("Phone")];
        assert_eq!(find(&columns, "Email").unwrap().name, "Email");
        assert_eq!(find(&columns, "phone").unwrap().name, "Phone");
        assert_eq!(find(&columns, "fax"), None);
    }

    #[test]
    fn the_nearest_name_is_offered_only_when_it_is_near() {
        let columns = [info("_row"), info("E-Mail-Adresse"), info("Telefon")];
        assert_eq!(nearest(&columns, "email adresse"), Some("E-Mail-Adresse".to_owned()));
        assert_eq!(nearest(&columns, "Umsatz"), None);
    }
}
