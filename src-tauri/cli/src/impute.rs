//! `kith impute`: gaps of a mapped column filled, each way measured on masked values.

use crate::Ended;
use crate::args::Project;
use crate::output::Output;
use crate::project::document;
use crate::session::{Session, answer};
use clap::Args as ClapArgs;
use kith_api::{ApiError, ErrorCode, Request};
use kith_model::mapping::MappingSummary;
use kith_model::quality::{
    Imputation, ImputeMethod, ImputeOffer, ImputedField, MaskedError, TableId,
};
use kith_model::{Command, Entity, Stage};
use serde_json::json;
use std::fmt::Write;

/// `kith impute`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  kith impute shop.kith                                  # what is filled now\n  kith impute shop.kith product.price                    # every way, measured\n  kith impute shop.kith product.price --method best\n  kith impute shop.kith event.device --method knn --k 5 --by channel,country\n  kith impute shop.kith order.discount --constant 0\n  kith impute shop.kith product.price --remove"
)]
pub(crate) struct Impute {
    #[command(flatten)]
    pub project: Project,
    /// The column, TABLE.FIELD of the mapped tables; what is filled now when left out
    pub column: Option<String>,
    /// Fill it this way, as a step of the history; `best` takes what is suggested
    #[arg(long, value_parser = ["best", "mean", "median", "mode", "hot-deck", "knn", "regression"], requires = "column")]
    pub method: Option<String>,
    /// Fill it with this value
    #[arg(long, value_name = "VALUE", requires = "column", conflicts_with = "method")]
    pub constant: Option<String>,
    /// Columns to go by, comma-separated; those that tell most when left out
    #[arg(long, value_delimiter = ',', requires = "method")]
    pub by: Vec<String>,
    /// Nearest rows, with --method knn
    #[arg(long, default_value_t = 7)]
    pub k: u32,
    /// Seed of draws and of the masked values
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Leave the column's gaps as they are again
    #[arg(long, requires = "column", conflicts_with_all = ["method", "constant"])]
    pub remove: bool,
}

pub(crate) fn run(session: &Session, asked: &Impute, out: &Output) -> Result<Ended, ApiError> {
    let Some(column) = &asked.column else {
        session.run(Stage::Mapping)?;
        return filled(session, out);
    };
    let (table, field) = place(column)?;
    if asked.remove {
        session.apply(Command::RemoveImputation { table, field })?;
    } else if let Some(value) = &asked.constant {
        let method = ImputeMethod::Constant { value: value.clone() };
        let columns = Vec::new();
        put(session, Imputation { table, field, method, columns, seed: asked.seed })?;
    } else {
        session.run(Stage::Mapping)?;
        let request = Request::OfferImputations { table, field: field.clone() };
        let offer = answer!(session.call(request)?, ImputeOffer)?;
        let Some(method) = &asked.method else {
            out.result(&json!(offer), &text(&offer));
            return Ok(Ended::Done);
        };
        put(session, chosen(&offer, method, asked)?)?;
    }
    session.run(Stage::Mapping)?;
    filled(session, out)
}

fn put(session: &Session, imputation: Imputation) -> Result<(), ApiError> {
    session.apply(Command::PutImputation { imputation })
}

fn place(column: &str) -> Result<(Entity, String), ApiError> {
    let wrong = || {
        ApiError::new(ErrorCode::Usage, format!("{column} names no column"))
            .hint("Write it as TABLE.FIELD of the mapped tables, e.g. product.price")
    };
    let (table, field) = column.trim_start_matches("canon.").split_once('.').ok_or_else(wrong)?;
    match TableId::try_from(table.to_owned()) {
        Ok(TableId::Canon(entity)) => Ok((entity, field.to_owned())),
        _ => Err(wrong()),
    }
}

/// What was asked for, by the columns of the offer where none were named.
fn chosen(offer: &ImputeOffer, method: &str, asked: &Impute) -> Result<Imputation, ApiError> {
    let nothing = || {
        ApiError::new(ErrorCode::Usage, format!("{} has no values to learn from", offer.field))
            .hint("Fill it with --constant VALUE")
    };
    let best = offer.suggested.and_then(|at| offer.trials.get(at)).ok_or_else(nothing)?;
    if method == "best" {
        return Ok(best.imputation.clone());
    }
    let method = match method {
        "mean" => ImputeMethod::Mean,
        "median" => ImputeMethod::Median,
        "mode" => ImputeMethod::Mode,
        "hot-deck" => ImputeMethod::HotDeck,
        "knn" => ImputeMethod::Neighbours { k: asked.k },
        _ => ImputeMethod::Regression,
    };
    let offered = offer.trials.iter().find(|t| !t.imputation.columns.is_empty());
    let columns = match (method.goes_by_columns(), asked.by.is_empty()) {
        (false, _) => Vec::new(),
        (true, false) => asked.by.clone(),
        (true, true) => offered.map(|t| t.imputation.columns.clone()).unwrap_or_default(),
    };
    let (table, field) = (offer.table, offer.field.clone());
    Ok(Imputation { table, field, method, columns, seed: asked.seed })
}

fn text(offer: &ImputeOffer) -> String {
    let mut text = format!(
        "{}.{}: {} of {} rows have no value; measured on masked values among {} known ones\n",
        offer.table.key(),
        offer.field,
        offer.missing,
        offer.rows,
        offer.looked_at
    );
    for (at, trial) in offer.trials.iter().enumerate() {
        let marks = [(offer.suggested, "suggested"), (offer.baseline, "simplest")];
        let marks: Vec<&str> =
            marks.iter().filter(|(of, _)| *of == Some(at)).map(|(_, word)| *word).collect();
        let by = match trial.imputation.columns.as_slice() {
            [] => String::new(),
            columns => format!("by {}", columns.join(", ")),
        };
        let _ = writeln!(
            text,
            "{:<22} {:<40} {by} {}",
            trial.imputation.method.title(),
            figures(&trial.error),
            marks.join(", ")
        );
    }
    if offer.trials.is_empty() {
        text.push_str("There is no known value to learn from\n");
    }
    text
}

fn figures(error: &MaskedError) -> String {
    match (error.rmse, error.mae, error.accuracy) {
        (Some(rmse), Some(mae), _) => format!("RMSE {rmse:.4}  MAE {mae:.4}"),
        (_, _, Some(share)) => format!("met {:.1} %", share * 100.0),
        _ => "not measured".to_owned(),
    }
}

fn filled(session: &Session, out: &Output) -> Result<Ended, ApiError> {
    let summary: MappingSummary =
        answer!(session.call(Request::Mapping)?, Mapping)?.unwrap_or_default();
    let mut text = String::new();
    for one in &summary.imputed {
        let _ = writeln!(text, "{}", line(one));
    }
    if document(session)?.imputations.is_empty() {
        text.push_str("No column is filled in\n");
    }
    out.result(&json!(summary.imputed), &text);
    Ok(Ended::Done)
}

fn line(one: &ImputedField) -> String {
    let left = match one.left {
        0 => String::new(),
        left => format!(", {left} left"),
    };
    format!(
        "{}.{}: {} of {} filled by {}{left}; {} on {} masked values (simplest way: {})",
        one.imputation.table.key(),
        one.imputation.field,
        one.filled,
        one.rows,
        one.imputation.method.term(),
        figures(&one.error),
        one.error.masked,
        figures(&one.baseline)
    )
}
