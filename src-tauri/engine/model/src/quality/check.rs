//! What can be expected of a table.

use super::TableId;
use serde::{Deserialize, Serialize};

/// How bad a broken expectation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Look at it.
    Warning,
    /// Do not trust what follows.
    Error,
}

/// A number that sums a column up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// Least value.
    Min,
    /// Greatest value.
    Max,
    /// Arithmetic mean.
    Mean,
    /// Median.
    Median,
    /// The quantile at `q`, between values by straight line.
    Quantile,
    /// Standard deviation of a sample (n - 1).
    Stdev,
    /// Sum.
    Sum,
}

impl Statistic {
    /// Every one, in order.
    pub const ALL: [Self; 7] =
        [Self::Min, Self::Max, Self::Mean, Self::Median, Self::Quantile, Self::Stdev, Self::Sum];

    /// The name on screen, inside a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Min => "least value",
            Self::Max => "greatest value",
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Quantile => "quantile",
            Self::Stdev => "standard deviation",
            Self::Sum => "sum",
        }
    }
}

/// How two values of a row compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

impl Comparison {
    /// Every one, in order.
    pub const ALL: [Self; 3] = [Self::Eq, Self::Gt, Self::Ge];

    /// The sign on screen.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Gt => ">",
            Self::Ge => "≥",
        }
    }
}

/// What every value of a column can be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueType {
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// Truth values.
    Boolean,
    /// Calendar days.
    Date,
    /// Moments.
    Timestamp,
}

impl ValueType {
    /// Every one, in order.
    pub const ALL: [Self; 5] =
        [Self::Integer, Self::Number, Self::Boolean, Self::Date, Self::Timestamp];

    /// The name on screen, inside a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "yes or no",
            Self::Date => "a date",
            Self::Timestamp => "a moment",
        }
    }
}

/// What is expected. A bound that is left out does not bind; where a row has no value (NULL or
/// an empty text), only `not_null` and `completeness` mind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[allow(missing_docs, reason = "fields are named after what they hold; the kinds are documented")]
pub enum Check {
    /// The number of rows lies between the bounds.
    RowCount {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u64>,
    },
    /// As many rows as another table.
    RowCountEquals { other: TableId },
    /// Exactly these columns, in any order.
    ColumnSet { columns: Vec<String> },
    /// Exactly these columns, in this order.
    ColumnOrder { columns: Vec<String> },
    /// There is a column of this name.
    ColumnExists { field: String },
    /// Every value can be read as this type.
    Type { field: String, of: ValueType },
    /// The field is never missing.
    NotNull { field: String },
    /// At least this share of rows (0 to 1) has a value.
    Completeness { field: String, at_least: f64 },
    /// The fields together are unique among rows where all are present.
    Unique { fields: Vec<String> },
    /// Distinct values as a share of all values lie between the bounds.
    UniqueRatio {
        field: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
    },
    /// Every value is one of these.
    InSet { field: String, values: Vec<String> },
    /// No value is one of these.
    NotInSet { field: String, values: Vec<String> },
    /// Every value is a number between the bounds.
    Between {
        field: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
    },
    /// Every value is a moment between the bounds (`YYYY-MM-DD`, with or without a time).
    DateBetween {
        field: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
    },
    /// A statistic of the column lies between the bounds.
    Statistic {
        field: String,
        statistic: Statistic,
        /// Which quantile, 0 to 1; only with `quantile`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        q: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
    },
    /// Every text has a number of characters between the bounds.
    Length {
        field: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u64>,
    },
    /// Every text matches a regular expression (RE2 syntax) wholly.
    Matches { field: String, pattern: String },
    /// Every text is a date or moment in this `strptime` format, e.g. `%d.%m.%Y`.
    DateFormat { field: String, format: String },
    /// Every text looks like an e-mail address.
    Email { field: String },
    /// Every text looks like a web address.
    Url { field: String },
    /// In every row that has both, the field compares so with the other.
    Pair { field: String, is: Comparison, other: String },
    /// The newest moment is at most this many hours before the check.
    Fresh { field: String, within_hours: f64 },
    /// The moment is not after the data's newest sensible day (the project's as-of date).
    NotFuture { field: String },
    /// Every value exists in another table's field. Holds while that table has none.
    Exists {
        field: String,
        #[serde(alias = "entity")]
        table: TableId,
        other: String,
    },
    /// No row repeats another in every column.
    NoDuplicates,
    /// An SQL condition that no row breaks. A condition that gives NULL is not broken.
    Holds { condition: String },
    /// An SQL query that gives no row: its rows are the ones that fail.
    NoRows { query: String },
}

/// An expectation in the project file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    /// Unique name, `order.email.email`: one of the project's own with the name of a built-in
    /// one stands in its place.
    #[serde(default)]
    pub id: String,
    /// Table.
    #[serde(alias = "entity")]
    pub table: TableId,
    /// How bad a failure is.
    pub severity: Severity,
    /// Share of the rows looked at that may fail, 0 to 1.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tolerance: f64,
    /// Switched off, it is kept but not checked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub off: bool,
    /// What is expected.
    pub check: Check,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

impl Check {
    /// The kind as it is written in the project file.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RowCount { .. } => "row_count",
            Self::RowCountEquals { .. } => "row_count_equals",
            Self::ColumnSet { .. } => "column_set",
            Self::ColumnOrder { .. } => "column_order",
            Self::ColumnExists { .. } => "column_exists",
            Self::Type { .. } => "type",
            Self::NotNull { .. } => "not_null",
            Self::Completeness { .. } => "completeness",
            Self::Unique { .. } => "unique",
            Self::UniqueRatio { .. } => "unique_ratio",
            Self::InSet { .. } => "in_set",
            Self::NotInSet { .. } => "not_in_set",
            Self::Between { .. } => "between",
            Self::DateBetween { .. } => "date_between",
            Self::Statistic { .. } => "statistic",
            Self::Length { .. } => "length",
            Self::Matches { .. } => "matches",
            Self::DateFormat { .. } => "date_format",
            Self::Email { .. } => "email",
            Self::Url { .. } => "url",
            Self::Pair { .. } => "pair",
            Self::Fresh { .. } => "fresh",
            Self::NotFuture { .. } => "not_future",
            Self::Exists { .. } => "exists",
            Self::NoDuplicates => "no_duplicates",
            Self::Holds { .. } => "holds",
            Self::NoRows { .. } => "no_rows",
        }
    }

    /// The columns of its own table that it reads.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::Type { field, .. }
            | Self::NotNull { field }
            | Self::Completeness { field, .. }
            | Self::UniqueRatio { field, .. }
            | Self::InSet { field, .. }
            | Self::NotInSet { field, .. }
            | Self::Between { field, .. }
            | Self::DateBetween { field, .. }
            | Self::Statistic { field, .. }
            | Self::Length { field, .. }
            | Self::Matches { field, .. }
            | Self::DateFormat { field, .. }
            | Self::Email { field }
            | Self::Url { field }
            | Self::Fresh { field, .. }
            | Self::NotFuture { field }
            | Self::Exists { field, .. } => vec![field],
            Self::Pair { field, other, .. } => vec![field, other],
            Self::Unique { fields } => fields.iter().map(String::as_str).collect(),
            Self::RowCount { .. }
            | Self::RowCountEquals { .. }
            | Self::ColumnSet { .. }
            | Self::ColumnOrder { .. }
            | Self::ColumnExists { .. }
            | Self::NoDuplicates
            | Self::Holds { .. }
            | Self::NoRows { .. } => Vec::new(),
        }
    }
}

impl Expectation {
    /// An expectation that is on, without tolerance, under its natural name.
    pub fn new(table: TableId, severity: Severity, check: Check) -> Self {
        let id = natural_id(&table, &check);
        Self { id, table, severity, tolerance: 0.0, off: false, check }
    }

    /// The same under a name that is not in `taken`: its natural one, numbered when need be.
    #[must_use]
    pub fn named_beside(mut self, taken: &[Self]) -> Self {
        let natural = natural_id(&self.table, &self.check);
        let mut id = natural.clone();
        let mut number = 2;
        while taken.iter().any(|other| other.id == id) {
            id = format!("{natural}.{number}");
            number += 1;
        }
        self.id = id;
        self
    }
}

/// `order.customer_email.email`: table, columns, kind.
fn natural_id(table: &TableId, check: &Check) -> String {
    let mut parts = match table {
        TableId::Canon(entity) => vec![entity.key().to_owned()],
        TableId::Source(id) => vec!["src".to_owned(), id.0.clone()],
    };
    let mut fields = check.fields();
    if let Check::ColumnExists { field } = check {
        fields.push(field);
    }
    if !fields.is_empty() {
        parts.push(fields.join("+"));
    }
    parts.push(match check {
        Check::Statistic { statistic, .. } => format!("{statistic:?}").to_lowercase(),
        other => other.kind().to_owned(),
    });
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Entity;

    #[test]
    fn names_say_what_is_expected_and_stay_apart() {
        let table = TableId::Canon(Entity::Order);
        let check = Check::Unique { fields: vec!["order_id".into(), "at".into()] };
        let one = Expectation::new(table, Severity::Error, check);
        assert_eq!(one.id, "order.order_id+at.unique");
        let two = one.clone().named_beside(std::slice::from_ref(&one));
        assert_eq!(two.id, "order.order_id+at.unique.2");
    }

    #[test]
    fn what_was_written_at_first_still_reads() {
        let old = r#"{"entity":"order_line","severity":"warning",
            "check":{"kind":"exists","field":"order_id","entity":"order","other":"order_id"}}"#;
        let read: Expectation = serde_json::from_str(old).unwrap();
        assert_eq!(read.table, TableId::Canon(Entity::OrderLine));
        let Check::Exists { table, .. } = &read.check else { panic!("{read:?}") };
        assert_eq!(*table, TableId::Canon(Entity::Order));
        let old = r#"{"entity":"order","severity":"error","check":{"kind":"row_count","min":3}}"#;
        let read: Expectation = serde_json::from_str(old).unwrap();
        assert_eq!(read.check, Check::RowCount { min: Some(3), max: None });
        let again: Expectation =
            serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        assert_eq!(again, read);
    }
}
