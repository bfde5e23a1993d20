//! Filling the gaps of a mapped column, and how far off that is on known values that were masked.
//!
//! Set work stays in SQL: a method is a query that gives `(key, value)` for the rows without a
//! value. The same query is measured on masked values and carried out on the real gaps.

mod by_sql;
mod columns_sql;
mod method_sql;
mod regression;
mod regression_sql;
mod work_sql;

use crate::profile::{count, figure};
use kith_model::quality::{
    Imputation, ImputeMethod, ImputeOffer, ImputeTrial, MOST_LOOKED_AT, MaskedError, fillable,
};
use kith_model::source::ColumnInfo;
use kith_model::{Column, Entity, Frame};
use kith_sql::Step;
use work_sql::{Rows, Work};

/// Columns a method goes by unless told otherwise.
const MOST_COLUMNS: usize = 5;
/// Share of the variation that a column must explain to be gone by.
const WORTH_GOING_BY: f64 = 0.01;
/// Share by which the best way must beat the simplest one to be suggested.
const WORTH_THE_TROUBLE: f64 = 0.02;
/// Nearest rows unless told otherwise.
const NEAREST: u32 = 7;

/// Every way of filling `field`, measured on masked values. `ask` runs one query.
///
/// # Errors
/// Whatever `ask` gives.
pub fn offer_imputations<E>(
    (table, field): (Entity, &str),
    columns: &[ColumnInfo],
    seed: u64,
    mut ask: impl FnMut(&str) -> Result<Frame, E>,
) -> Result<ImputeOffer, E> {
    let plain =
        |method| Imputation { table, field: field.to_owned(), method, columns: Vec::new(), seed };
    let work = Work::of(&plain(ImputeMethod::Mode), columns);
    let counts = ask(&work.counts_sql())?;
    let (rows, known) = (count(&counts, "rows"), count(&counts, "known"));
    let mut offer = ImputeOffer {
        table,
        field: field.to_owned(),
        rows,
        missing: rows - known,
        looked_at: known.min(MOST_LOOKED_AT),
        trials: Vec::new(),
        baseline: None,
        suggested: None,
    };
    let Some(number) = fillable(table, field).filter(|_| known > 1) else { return Ok(offer) };
    let by = columns_to_go_by(&work, known, &mut ask)?;
    let simplest = simplest(number);
    let mut ways = vec![plain(simplest.clone())];
    if number {
        ways.extend([ImputeMethod::Median, ImputeMethod::Mode].map(plain));
    }
    let mut rest = vec![ImputeMethod::HotDeck];
    if !by.is_empty() {
        rest.extend([ImputeMethod::Neighbours { k: NEAREST }, ImputeMethod::Regression]);
    }
    let with = |method| Imputation { columns: by.clone(), ..plain(method) };
    ways.extend(rest.into_iter().map(with));
    for imputation in ways {
        let error = masked_error(&imputation, columns, known, &mut ask)?;
        offer.trials.push(ImputeTrial { imputation, error });
    }
    let loss = |t: &ImputeTrial| t.error.loss().unwrap_or(f64::INFINITY);
    offer.trials.sort_by(|a, b| loss(a).total_cmp(&loss(b)));
    offer.baseline = offer.trials.iter().position(|t| t.imputation.method == simplest);
    offer.suggested = suggested(&offer);
    Ok(offer)
}

fn simplest(number: bool) -> ImputeMethod {
    if number { ImputeMethod::Mean } else { ImputeMethod::Mode }
}

fn suggested(offer: &ImputeOffer) -> Option<usize> {
    let best = offer.trials.first()?.error.loss()?;
    let base = offer.trials.get(offer.baseline?)?.error.loss()?;
    if best < base * (1.0 - WORTH_THE_TROUBLE) { Some(0) } else { offer.baseline }
}

/// The error of an imputation, and of the simplest way, on masked values.
///
/// # Errors
/// Whatever `ask` gives.
pub fn measure_imputation<E>(
    imputation: &Imputation,
    columns: &[ColumnInfo],
    mut ask: impl FnMut(&str) -> Result<Frame, E>,
) -> Result<(MaskedError, MaskedError), E> {
    let known = count(&ask(&Work::of(imputation, columns).counts_sql())?, "known");
    let number = fillable(imputation.table, &imputation.field).unwrap_or_default();
    let base = Imputation { method: simplest(number), columns: Vec::new(), ..imputation.clone() };
    let baseline = masked_error(&base, columns, known, &mut ask)?;
    Ok((masked_error(imputation, columns, known, &mut ask)?, baseline))
}

/// The step that fills the gaps: the table again, the field with its gaps filled, beside it
/// `<field>_imputed BOOLEAN` and `<field>_original`. What has nothing to go by stays empty.
///
/// # Errors
/// Whatever `ask` gives.
pub fn fill_imputation<E>(
    imputation: &Imputation,
    columns: &[ColumnInfo],
    ask: impl FnMut(&str) -> Result<Frame, E>,
) -> Result<Step, E> {
    let work = Work::of(imputation, columns);
    let fill = filling(imputation, &work, Rows::All, ask)?;
    Ok(work.fill_step(&fill))
}

/// `SELECT` of one row: values `filled` in and rows `left` without one (BIGINT), once
/// [`fill_imputation`] ran.
pub fn imputed_sql(imputation: &Imputation) -> String {
    work_sql::imputed_sql(imputation)
}

fn masked_error<E>(
    imputation: &Imputation,
    columns: &[ColumnInfo],
    known: u64,
    mut ask: impl FnMut(&str) -> Result<Frame, E>,
) -> Result<MaskedError, E> {
    let work = Work::of(imputation, columns);
    let rows = Rows::Masked { known };
    let fill = filling(imputation, &work, rows, &mut ask)?;
    let frame = ask(&work.error_sql(rows, &fill))?;
    let masked = count(&frame, "masked");
    Ok(MaskedError {
        masked,
        rmse: figure(&frame, "rmse"),
        mae: figure(&frame, "mae"),
        accuracy: figure(&frame, "accuracy"),
    })
}

/// The query of a method: `(key, value)` for rows without a value.
fn filling<E>(
    imputation: &Imputation,
    work: &Work,
    rows: Rows,
    ask: impl FnMut(&str) -> Result<Frame, E>,
) -> Result<String, E> {
    Ok(match &imputation.method {
        ImputeMethod::Mean => method_sql::mean(),
        ImputeMethod::Median => method_sql::median(),
        ImputeMethod::Mode => method_sql::mode(),
        ImputeMethod::Constant { value } => method_sql::constant(work, value),
        ImputeMethod::HotDeck => method_sql::hot_deck(work),
        ImputeMethod::Neighbours { k } => method_sql::nearest(work, *k),
        ImputeMethod::Regression => least_squares(work, rows, ask)?,
    })
}

/// Asks for the sums of products, solves, and gives the prediction as a query.
fn least_squares<E>(
    work: &Work,
    rows: Rows,
    mut ask: impl FnMut(&str) -> Result<Frame, E>,
) -> Result<String, E> {
    let mut known = Vec::new();
    for (at, by) in work.by.iter().enumerate() {
        known.push(if by.number {
            Vec::new()
        } else {
            levels(&ask(&regression_sql::levels_sql(work, rows, Some(at)))?)
        });
    }
    let classes = if work.number {
        Vec::new()
    } else {
        levels(&ask(&regression_sql::levels_sql(work, rows, None))?)
    };
    let terms = regression_sql::terms(work, &known);
    let sums = ask(&regression_sql::moments_sql(work, rows, &terms, &classes))?;
    let mut upper = Vec::new();
    for i in 0..terms.len() {
        upper.extend((i..terms.len()).map(|j| first_figure(&sums, &format!("m_{i}_{j}"))));
    }
    let responses = if work.number { 1 } else { classes.len() };
    let sides: Vec<Vec<f64>> = (0..responses)
        .map(|c| (0..terms.len()).map(|i| first_figure(&sums, &format!("v_{i}_{c}"))).collect())
        .collect();
    let solved = regression::solve(terms.len(), &upper, &sides).unwrap_or_default();
    let bounds = (first_figure(&sums, "least"), first_figure(&sums, "most"));
    Ok(regression_sql::predicted_sql(&terms, &solved, (&classes, bounds)))
}

/// The columns that explain most of the field's variation, the best first.
fn columns_to_go_by<E>(
    work: &Work,
    known: u64,
    ask: &mut impl FnMut(&str) -> Result<Frame, E>,
) -> Result<Vec<String>, E> {
    let Some(sql) = columns_sql::shares_sql(work, Rows::Masked { known }) else {
        return Ok(Vec::new());
    };
    let frame = ask(&sql)?;
    let names = frame.column("name").and_then(Column::text).unwrap_or_default();
    let shares = frame.column("share").and_then(Column::real).unwrap_or_default();
    let mut found: Vec<(String, f64)> = names
        .iter()
        .zip(shares)
        .filter_map(|(name, share)| Some((name?.to_owned(), (*share)?)))
        // Sums differ in the last digits from run to run.
        .map(|(name, share)| (name, (share * 1e6).round() / 1e6))
        .filter(|(_, share)| *share >= WORTH_GOING_BY)
        .collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    found.truncate(MOST_COLUMNS);
    Ok(found.into_iter().map(|(name, _)| name).collect())
}

/// A frame's text, for columns of levels.
fn levels(frame: &Frame) -> Vec<String> {
    let all = frame.column("level").and_then(Column::text).unwrap_or_default();
    all.iter().flatten().map(str::to_owned).collect()
}

/// The first number of a column, with nine digits.
fn first_figure(frame: &Frame, name: &str) -> f64 {
    figure(frame, name).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(method: ImputeMethod, rmse: f64) -> ImputeTrial {
        let imputation = Imputation {
            table: Entity::Product,
            field: "price".into(),
            method,
            columns: vec![],
            seed: 1,
        };
        let error = MaskedError { masked: 10, rmse: Some(rmse), ..MaskedError::default() };
        ImputeTrial { imputation, error }
    }

    #[test]
    fn a_better_way_must_be_worth_its_trouble() {
        let offer = |best| ImputeOffer {
            table: Entity::Product,
            field: "price".into(),
            rows: 100,
            missing: 10,
            looked_at: 90,
            trials: vec![trial(ImputeMethod::Regression, best), trial(ImputeMethod::Mean, 10.0)],
            baseline: Some(1),
            suggested: None,
        };
        assert_eq!(suggested(&offer(9.0)), Some(0));
        assert_eq!(suggested(&offer(9.9)), Some(1), "a hundredth is not worth it");
    }
}
