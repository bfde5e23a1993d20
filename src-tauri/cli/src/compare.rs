//! `kith check --compare`: two tables, or two loads of one, side by side.

use crate::Ended;
use crate::output::Output;
use crate::session::{Session, answer};
use kith_api::{ApiError, ErrorCode, Request};
use kith_model::Stage;
use kith_model::quality::{ColumnComparison, ComparedSide, TableComparison, TableId};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

pub(crate) fn run(
    session: &Session,
    sides: &[String],
    report: Option<&Path>,
    out: &Output,
) -> Result<Ended, ApiError> {
    let [left, right] = sides else {
        return Err(ApiError::new(ErrorCode::Usage, "Name two tables to compare"));
    };
    let (left, right) = (side(left)?, side(right)?);
    session.run(Stage::Quality)?;
    let request = Request::CompareTables { left: left.clone(), right: right.clone() };
    let compared = answer!(session.call(request)?, Comparison)?;
    if let Some(target) = report {
        let json = target.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
        let request = Request::WriteComparison { left, right, json };
        let written = answer!(session.call(request)?, Written)?;
        crate::check::copied(&written, target)?;
    }
    out.result(&json!(compared), &text(&compared));
    Ok(Ended::Done)
}

/// `canon.order`, `src.crm@previous`, `canon.order@3f2a91cc`.
fn side(said: &str) -> Result<ComparedSide, ApiError> {
    let (table, load) = said.split_once('@').map_or((said, None), |(t, l)| (t, Some(l)));
    let table = TableId::try_from(table.to_owned()).map_err(|why| {
        ApiError::new(ErrorCode::Usage, why)
            .hint("A load goes behind it, e.g. canon.order@previous beside canon.order")
    })?;
    Ok(ComparedSide { table, load: load.map(str::to_owned) })
}

fn text(compared: &TableComparison) -> String {
    let (left, right) = (compared.left.title(), compared.right.title());
    let mut text = format!("{left}: {} rows; {right}: {} rows\n", compared.rows.0, compared.rows.1);
    for (names, side) in [(&compared.only_left, &left), (&compared.only_right, &right)] {
        if !names.is_empty() {
            let _ = writeln!(text, "only in {side}: {}", names.join(", "));
        }
    }
    for column in &compared.columns {
        let _ = writeln!(text, "{}", line(column));
    }
    text
}

fn line(column: &ColumnComparison) -> String {
    let index = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), |x| format!("{x:.3}"));
    let count = |n: Option<u64>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
    let kinds = match column.kinds {
        (Some(a), Some(b)) if a != b => format!("  reads as {a:?}, then {b:?}").to_lowercase(),
        _ => String::new(),
    };
    format!(
        "{:<24} missing {:>5.1} % {:>5.1} %  distinct {:>8} {:>8}  PSI {:>6}  KS {:>6}{kinds}",
        column.name,
        column.missing.0 * 100.0,
        column.missing.1 * 100.0,
        count(column.distinct.0),
        count(column.distinct.1),
        index(column.psi),
        index(column.ks)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_is_a_table_and_perhaps_a_load() {
        let found = side("src.crm@previous").unwrap();
        assert_eq!(
            (found.table.to_string().as_str(), found.load.as_deref()),
            ("src.crm", Some("previous"))
        );
        assert_eq!(side("order").unwrap().load, None);
        assert_eq!(side("canon.nope").unwrap_err().code, ErrorCode::Usage);
    }
}
