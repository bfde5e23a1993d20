//! Filling in what is missing: how each column's gaps are filled, and how far off that is.

use crate::canonical::{Entity, FieldKind};
use crate::{BrokenRule, CommandError, Document};
use serde::{Deserialize, Serialize};

/// Most rows of a column's known values that one measurement looks at.
pub const MOST_LOOKED_AT: u64 = 50_000;

/// How missing values are filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum ImputeMethod {
    /// The mean of the known values (numbers only).
    Mean,
    /// The median of the known values (numbers only).
    Median,
    /// The most frequent known value; of equals the first in order.
    Mode,
    /// One value for all.
    Constant {
        /// As text, e.g. `0` or `unknown`.
        value: String,
    },
    /// The value of a row drawn among those with the same categories in the columns it goes by;
    /// among all where no row has the same.
    HotDeck,
    /// The mean of the `k` nearest rows (the most frequent value of categories), by Gower's
    /// distance (Gower 1971) over the columns it goes by.
    Neighbours {
        /// How many.
        k: u32,
    },
    /// Least squares on the columns it goes by, kept inside the range of the known values; of
    /// categories the one whose indicator is predicted highest (Hastie et al. 2009, 4.2).
    Regression,
}

impl ImputeMethod {
    /// The name on screen.
    pub fn title(&self) -> String {
        match self {
            Self::Mean => "Mean".to_owned(),
            Self::Median => "Median".to_owned(),
            Self::Mode => "Most frequent value".to_owned(),
            Self::Constant { value } => format!("Always {value}"),
            Self::HotDeck => "A similar row's value".to_owned(),
            Self::Neighbours { k } => format!("{k} nearest rows"),
            Self::Regression => "Regression".to_owned(),
        }
    }

    /// The field's term.
    pub fn term(&self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Mode => "mode",
            Self::Constant { .. } => "constant",
            Self::HotDeck => "hot deck",
            Self::Neighbours { .. } => "k-nearest neighbours",
            Self::Regression => "regression",
        }
    }

    /// It looks at other columns.
    pub fn goes_by_columns(&self) -> bool {
        matches!(self, Self::HotDeck | Self::Neighbours { .. } | Self::Regression)
    }
}

/// A column whose gaps are filled: a step of the pipeline, kept in the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imputation {
    /// The mapped table.
    pub table: Entity,
    /// Its field.
    pub field: String,
    /// How.
    pub method: ImputeMethod,
    /// The columns it goes by, where the method looks at any: fields of the same table, or
    /// `source`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Seed of the draw and of the rows masked to measure the error.
    pub seed: u64,
}

/// Whether a field's gaps may be filled, and what with: `Some(true)` numbers, `Some(false)`
/// categories. Keys, moments, names, addresses, places and consent are never invented.
pub fn fillable(table: Entity, field: &str) -> Option<bool> {
    let spec = table.field(field)?;
    let person = matches!(table, Entity::Consent | Entity::Exposure)
        || matches!(
            spec.name,
            "given_name"
                | "family_name"
                | "full_name"
                | "company"
                | "street"
                | "latitude"
                | "longitude"
                | "email_opt_in"
                | "sms_opt_in"
        );
    match spec.kind {
        _ if person => None,
        FieldKind::Money | FieldKind::Integer | FieldKind::Number => Some(true),
        FieldKind::Text | FieldKind::Country | FieldKind::Bool => Some(false),
        FieldKind::Id
        | FieldKind::Email
        | FieldKind::Phone
        | FieldKind::Date
        | FieldKind::Timestamp => None,
    }
}

/// The column that says whether a value of `field` was filled in.
pub fn filled_flag(field: &str) -> String {
    format!("{field}_imputed")
}

/// The column that keeps `field` as it was.
pub fn filled_original(field: &str) -> String {
    format!("{field}_original")
}

impl Imputation {
    /// Every rule it breaks.
    pub fn broken(&self) -> Vec<BrokenRule> {
        let mut broken = Vec::new();
        let mut say = |setting, message: String| broken.push(BrokenRule::new(setting, message));
        let Some(number) = fillable(self.table, &self.field) else {
            say(
                "field",
                format!(
                    "{} of {} cannot be filled in: choose a number or a category; keys, moments, \
                     names, addresses and consent are never invented",
                    self.field,
                    self.table.title().to_lowercase()
                ),
            );
            return broken;
        };
        match &self.method {
            ImputeMethod::Mean | ImputeMethod::Median if !number => {
                say("method", format!("{} has no mean or median: take mode", self.field));
            }
            ImputeMethod::Constant { value } if value.trim().is_empty() => {
                say("value", "The constant is empty: give a value".to_owned());
            }
            ImputeMethod::Constant { value }
                if number && !value.trim().parse::<f64>().is_ok_and(f64::is_finite) =>
            {
                say("value", format!("{} holds numbers: give a number", self.field));
            }
            ImputeMethod::Neighbours { k } if !(1..=100).contains(k) => {
                say("k", "The number of nearest rows lies between 1 and 100".to_owned());
            }
            _ => {}
        }
        for column in &self.columns {
            if *column == self.field {
                say("columns", format!("{column} cannot be told from itself: leave it out"));
            } else if column != "source" && self.table.field(column).is_none() {
                say("columns", format!("{} has no field {column}", self.table.title()));
            }
        }
        broken
    }

    fn place(&self) -> (Entity, &str) {
        (self.table, &self.field)
    }
}

/// Puts an imputation in its place; the one of the same column is replaced.
pub(crate) fn put(doc: &mut Document, one: &Imputation) -> Result<(), CommandError> {
    let broken = one.broken();
    if !broken.is_empty() {
        return Err(CommandError::Settings(broken));
    }
    match doc.imputations.binary_search_by(|other| other.place().cmp(&one.place())) {
        Ok(at) => doc.imputations[at] = one.clone(),
        Err(at) => doc.imputations.insert(at, one.clone()),
    }
    Ok(())
}

/// Leaves a column's gaps as they are.
pub(crate) fn forget(doc: &mut Document, table: Entity, field: &str) -> Result<(), CommandError> {
    let before = doc.imputations.len();
    doc.imputations.retain(|one| one.place() != (table, field));
    if doc.imputations.len() == before {
        return Err(CommandError::NotImputed(table, field.to_owned()));
    }
    Ok(())
}

/// How far filled values are from known ones that were masked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MaskedError {
    /// Known values that were masked and filled in again.
    pub masked: u64,
    /// Root of the mean squared error, in the column's unit (numbers only).
    pub rmse: Option<f64>,
    /// Mean absolute error, in the column's unit (numbers only).
    pub mae: Option<f64>,
    /// Share of values met (categories only).
    pub accuracy: Option<f64>,
}

impl MaskedError {
    /// The figure to compare by, smaller is better: root mean squared error, or the share missed.
    pub fn loss(&self) -> Option<f64> {
        self.rmse.or_else(|| self.accuracy.map(|share| 1.0 - share))
    }
}

/// One way of filling a column, measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImputeTrial {
    /// How, with the columns it goes by: apply it as it is.
    pub imputation: Imputation,
    /// Its error; none where it could not be measured.
    pub error: MaskedError,
}

/// Every way of filling a column beside each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImputeOffer {
    /// The table.
    pub table: Entity,
    /// The field.
    pub field: String,
    /// Rows of the table.
    pub rows: u64,
    /// Rows without a value.
    pub missing: u64,
    /// Known values looked at.
    pub looked_at: u64,
    /// The ways, the best first.
    pub trials: Vec<ImputeTrial>,
    /// Place in `trials` of the simplest way: the mean, or the most frequent value.
    pub baseline: Option<usize>,
    /// Place in `trials` of the way that is suggested: the best where it beats the simplest by
    /// more than a fiftieth, otherwise the simplest.
    pub suggested: Option<usize>,
}

/// A column that was filled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImputedField {
    /// How.
    pub imputation: Imputation,
    /// Rows of the table.
    pub rows: u64,
    /// Values filled in.
    pub filled: u64,
    /// Rows that still have none: there was nothing to go by.
    pub left: u64,
    /// The error on masked values.
    pub error: MaskedError,
    /// The same of the simplest way: the mean, or the most frequent value.
    pub baseline: MaskedError,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Command;

    fn price(method: ImputeMethod) -> Imputation {
        let field = "price".to_owned();
        Imputation { table: Entity::Product, field, method, columns: vec![], seed: 1 }
    }

    #[test]
    fn keys_names_moments_and_consent_are_never_invented() {
        assert_eq!(fillable(Entity::Product, "price"), Some(true));
        assert_eq!(fillable(Entity::Profile, "country"), Some(false));
        for field in [
            "email",
            "native_id",
            "family_name",
            "birth_date",
            "email_opt_in",
            "street",
            "latitude",
        ] {
            assert_eq!(fillable(Entity::Profile, field), None, "{field}");
        }
        assert_eq!(fillable(Entity::Consent, "granted"), None);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let broken = |method| price(method).broken().len();
        assert_eq!(broken(ImputeMethod::Median), 0);
        assert_eq!(broken(ImputeMethod::Constant { value: "cheap".into() }), 1);
        assert_eq!(broken(ImputeMethod::Neighbours { k: 0 }), 1);
        let mut itself = price(ImputeMethod::Regression);
        itself.columns = vec!["price".into(), "nope".into(), "source".into()];
        assert_eq!(itself.broken().len(), 2);
        let mut words = price(ImputeMethod::Mean);
        words.field = "category".into();
        assert_eq!(words.broken().len(), 1);
    }

    #[test]
    fn a_column_is_filled_one_way_and_given_back() {
        let put = |method| Command::PutImputation { imputation: price(method) };
        let doc = put(ImputeMethod::Mean).apply(&Document::default()).unwrap();
        let doc = put(ImputeMethod::Median).apply(&doc).unwrap();
        assert_eq!(doc.imputations, [price(ImputeMethod::Median)]);
        let forget = Command::RemoveImputation { table: Entity::Product, field: "price".into() };
        assert!(forget.apply(&doc).unwrap().imputations.is_empty());
        assert!(forget.apply(&Document::default()).is_err());
    }
}
