//! What is known of a table and of each of its columns.

use super::{Expectation, TableId};
use serde::{Deserialize, Serialize};

/// How a column reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Numbers, also where every text is one.
    Number,
    /// Moments and days, also where every text is one.
    Moment,
    /// Truth values.
    Truth,
    /// Texts.
    #[default]
    Text,
    /// Lists, structures, bytes.
    Other,
}

/// A kind of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pii {
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// Payment card number (its check digit holds).
    Card,
    /// Bank account number (IBAN, its check digits hold).
    Iban,
    /// Internet address of a device.
    IpAddress,
    /// A person's name.
    Name,
    /// Birth date.
    BirthDate,
    /// Postal address or a part of it.
    Address,
}

impl Pii {
    /// The name on screen, inside a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Email => "e-mail address",
            Self::Phone => "telephone number",
            Self::Card => "card number",
            Self::Iban => "bank account",
            Self::IpAddress => "device address",
            Self::Name => "name",
            Self::BirthDate => "birth date",
            Self::Address => "postal address",
        }
    }
}

/// A column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnStats {
    /// Name.
    pub name: String,
    /// DuckDB type.
    pub sql_type: String,
    /// How it reads.
    pub kind: ColumnKind,
    /// Rows without a value: NULL or an empty text.
    pub missing: u64,
    /// Rows whose value was filled in: an imputation's.
    pub filled: u64,
    /// Distinct values; above 100,000 rows an estimate (HyperLogLog) unless nearly all differ.
    pub distinct: u64,
    /// Values that are 0 (numbers only).
    pub zeros: u64,
    /// Values that are infinite (numbers only).
    pub infinite: u64,
    /// Least value, as text.
    pub min: Option<String>,
    /// Greatest value, as text.
    pub max: Option<String>,
    /// Mean (numbers only).
    pub mean: Option<f64>,
    /// Sample standard deviation (numbers only).
    pub stdev: Option<f64>,
    /// Skewness, bias-corrected (numbers only).
    pub skewness: Option<f64>,
    /// Quantiles at 0, 1/128 … 1 of numbers, and of moments in seconds since 1970; empty for
    /// others. Above 200,000 rows
    /// those between the ends are of every n-th row.
    pub quantiles: Vec<f64>,
    /// Counts in 24 equal bins between least and greatest (numbers and moments).
    pub histogram: Vec<u64>,
    /// Shortest and longest text, in characters.
    pub length: Option<(u64, u64)>,
    /// The most frequent values with counts, at most 10; texts cut to 60 characters. Empty for
    /// columns of identifiers.
    pub top: Vec<(String, u64)>,
    /// The commonest shape of texts, letters as `A` or `a`, digits as `9`, and its share.
    pub pattern: Option<(String, f64)>,
    /// The personal data it seems to hold.
    pub pii: Option<Pii>,
    /// Groups of categories that differ in case, accents, blanks or punctuation alone.
    pub dirty: Vec<Vec<String>>,
}

impl ColumnStats {
    /// Share of rows without a value.
    pub fn missing_share(&self, rows: u64) -> f64 {
        if rows == 0 { 0.0 } else { self.missing as f64 / rows as f64 }
    }
}

/// What a profile warns of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// One value everywhere.
    Constant,
    /// Many zeros.
    Zeros,
    /// Two columns say the same.
    Correlated,
    /// Nearly as many categories as rows.
    HighCardinality,
    /// Rows that repeat others.
    Duplicates,
    /// A long tail.
    Skewed,
    /// One category outweighs all others.
    Imbalanced,
    /// Many missing values.
    Missing,
    /// Infinite values.
    Infinite,
    /// Every value once.
    Unique,
    /// Categories written in several ways.
    DirtyCategories,
}

impl AlertKind {
    /// The name on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Constant => "Constant",
            Self::Zeros => "Zeros",
            Self::Correlated => "Correlated",
            Self::HighCardinality => "High cardinality",
            Self::Duplicates => "Duplicates",
            Self::Skewed => "Skewed",
            Self::Imbalanced => "Imbalanced",
            Self::Missing => "Missing",
            Self::Infinite => "Infinite",
            Self::Unique => "Unique",
            Self::DirtyCategories => "Dirty categories",
        }
    }
}

/// Something in a profile to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileAlert {
    /// What.
    pub kind: AlertKind,
    /// In which column; none: the whole table.
    pub column: Option<String>,
    /// In words, with the figure.
    pub message: String,
}

/// How closely two columns of numbers go together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// One column.
    pub left: String,
    /// The other.
    pub right: String,
    /// Pearson's coefficient, -1 to 1.
    pub r: f64,
}

/// What is known of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableProfile {
    /// The table.
    pub table: TableId,
    /// Rows.
    pub rows: u64,
    /// Rows that repeat an earlier one in every column.
    pub duplicates: u64,
    /// The columns, in the table's order; row numbers left out.
    pub columns: Vec<ColumnStats>,
    /// Correlations of at least 0.5 either way, strongest first.
    pub correlations: Vec<Correlation>,
    /// What to look at.
    pub alerts: Vec<ProfileAlert>,
}

/// An expectation that holds now and is worth guarding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExpectationSuggestion {
    /// The expectation.
    pub expectation: Expectation,
    /// It in words.
    pub title: String,
    /// Why it is worth guarding.
    pub reason: String,
    /// How much would be lost if it broke unnoticed, 0 to 1.
    #[serde(default)]
    pub worth: f64,
    /// One of the few of its table that are taken unless more are asked for.
    #[serde(default)]
    pub by_default: bool,
}
