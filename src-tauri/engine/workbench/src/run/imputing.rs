//! Gaps of mapped columns filled, each with its error on masked values.

use super::Ctx;
use crate::error::{cancelled, store_error};
use crate::page::count;
use kith_api::ApiError;
use kith_model::Monitor;
use kith_model::quality::ImputedField;
use kith_sql::{Pipeline, TableName};

/// Fills every column the project says, one after the other: a later one may go by an earlier.
pub(super) fn run(ctx: &Ctx<'_>) -> Result<Vec<ImputedField>, ApiError> {
    let store = &ctx.session.store;
    let monitor = ctx.part(0.8, 1.0);
    let all = &ctx.document.imputations;
    let mut filled = Vec::new();
    for (at, imputation) in all.iter().enumerate() {
        if monitor.cancelled() {
            return Err(cancelled());
        }
        monitor.progress(at as f32 / all.len() as f32, "filling gaps");
        let table = TableName::new("canon", imputation.table.key());
        let columns = store.columns(&format!("SELECT * FROM {table}")).map_err(store_error)?;
        let ask = |sql: &str| store.frame(sql, &monitor);
        let (error, baseline) =
            kith_quality::measure_imputation(imputation, &columns, ask).map_err(store_error)?;
        let step = kith_quality::fill_imputation(imputation, &columns, ask).map_err(store_error)?;
        store.run(&Pipeline::new("fill gaps").then(step), &monitor).map_err(store_error)?;
        let found =
            store.frame(&kith_quality::imputed_sql(imputation), &monitor).map_err(store_error)?;
        filled.push(ImputedField {
            imputation: imputation.clone(),
            rows: count(&found, "rows"),
            filled: count(&found, "filled"),
            left: count(&found, "left_over"),
            error,
            baseline,
        });
    }
    Ok(filled)
}
