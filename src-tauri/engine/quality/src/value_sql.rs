//! A column's values as SQL: what counts as a value, and values as numbers, moments and texts.

use kith_model::source::ColumnInfo;
use kith_sql::Ident;

/// E-mail addresses as mail servers take them, not as RFC 5322 allows them.
pub(crate) const EMAIL: &str = "[^@\\s]+@[^@\\s]+\\.[^@\\s.]+";

/// Web addresses with a scheme and a host that has a dot.
pub(crate) const URL: &str = "https?://[^\\s/?#.]+(\\.[^\\s/?#.]+)+([/?#]\\S*)?";

/// A column in SQL.
pub(crate) struct Value {
    name: Ident,
    sql_type: String,
}

/// How a column's type reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    Text,
    Moment,
    Truth,
    Other,
}

/// How a DuckDB type reads.
pub(crate) fn kind_of(sql_type: &str) -> Kind {
    let head = sql_type.split('(').next().unwrap_or_default();
    if sql_type.ends_with(']') {
        return Kind::Other;
    }
    match head {
        "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" | "HUGEINT" | "UTINYINT" | "USMALLINT"
        | "UINTEGER" | "UBIGINT" | "UHUGEINT" | "FLOAT" | "DOUBLE" | "DECIMAL" => Kind::Number,
        "VARCHAR" => Kind::Text,
        "BOOLEAN" => Kind::Truth,
        "DATE" => Kind::Moment,
        moment if moment.starts_with("TIMESTAMP") => Kind::Moment,
        _ => Kind::Other,
    }
}

impl Value {
    pub(crate) fn of(column: &ColumnInfo) -> Self {
        Self { name: Ident::new(&column.name), sql_type: column.sql_type.clone() }
    }

    pub(crate) fn kind(&self) -> Kind {
        kind_of(&self.sql_type)
    }

    pub(crate) fn name(&self) -> &Ident {
        &self.name
    }

    /// Condition: there is a value. An empty text is none.
    pub(crate) fn present(&self) -> String {
        let name = &self.name;
        match self.kind() {
            Kind::Text => format!("({name} IS NOT NULL AND {name} <> '')"),
            _ => format!("{name} IS NOT NULL"),
        }
    }

    /// Condition: there is none.
    pub(crate) fn missing(&self) -> String {
        let name = &self.name;
        match self.kind() {
            Kind::Text => format!("({name} IS NULL OR {name} = '')"),
            _ => format!("{name} IS NULL"),
        }
    }

    /// The value as DOUBLE, NULL where it is no number; `None` where the type has no numbers.
    pub(crate) fn number(&self) -> Option<String> {
        let name = &self.name;
        match self.kind() {
            Kind::Number => Some(format!("CAST({name} AS DOUBLE)")),
            Kind::Text => Some(format!("TRY_CAST({name} AS DOUBLE)")),
            Kind::Truth => Some(format!("CAST(CAST({name} AS INTEGER) AS DOUBLE)")),
            Kind::Moment | Kind::Other => None,
        }
    }

    /// The value as TIMESTAMP, NULL where it is no moment; `None` where the type has no moments.
    pub(crate) fn moment(&self) -> Option<String> {
        let name = &self.name;
        match self.kind() {
            Kind::Moment => Some(format!("CAST({name} AS TIMESTAMP)")),
            Kind::Text => Some(format!("TRY_CAST({name} AS TIMESTAMP)")),
            Kind::Number | Kind::Truth | Kind::Other => None,
        }
    }

    /// The value as text.
    pub(crate) fn text(&self) -> String {
        let name = &self.name;
        match self.kind() {
            Kind::Text => name.to_string(),
            _ => format!("CAST({name} AS VARCHAR)"),
        }
    }
}
