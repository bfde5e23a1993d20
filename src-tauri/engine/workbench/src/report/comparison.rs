//! What the report says about two tables side by side: no value of anybody, only counts, shares and
//! indices.

use super::escape;
use super::sections::table;
use crate::run::grouped;
use kith_model::quality::{ColumnComparison, TableComparison};
use std::fmt::Write;

/// The section's tables.
pub(super) fn section(compared: &TableComparison) -> String {
    let (left, right) = (compared.left.title(), compared.right.title());
    let mut out = format!(
        "<section id=\"comparison\"><h2>{} beside {}</h2><p class=\"verdict\">{} rows, {} rows</p>",
        escape(&left),
        escape(&right),
        grouped(compared.rows.0),
        grouped(compared.rows.1)
    );
    for (names, of) in [(&compared.only_left, &left), (&compared.only_right, &right)] {
        if !names.is_empty() {
            let _ = write!(out, "<p>Only in {}: {}</p>", escape(of), escape(&names.join(", ")));
        }
    }
    let heads = [
        "Column",
        "Reads as",
        "#Missing before",
        "#Missing now",
        "#Distinct before",
        "#Distinct now",
        "#PSI",
        "#KS",
    ];
    out.push_str(&table(&heads, compared.columns.iter().map(row)));
    out.push_str(
        "<p class=\"note\">The most different first. PSI: population stability index, from 0.1 a \
         small and from 0.25 a large shift. KS: Kolmogorov-Smirnov statistic.</p></section>",
    );
    out
}

fn row(column: &ColumnComparison) -> Vec<String> {
    let share = |share: f64| format!("{:.1} %", share * 100.0);
    let count = |n: Option<u64>| n.map(grouped).unwrap_or_default();
    let index = |x: Option<f64>| x.map(|x| format!("{x:.3}")).unwrap_or_default();
    let kind = |k| format!("{k:?}").to_lowercase();
    let kinds = match column.kinds {
        (Some(a), Some(b)) if a != b => format!("{} then {}", kind(a), kind(b)),
        (a, b) => a.or(b).map(kind).unwrap_or_default(),
    };
    vec![
        column.name.clone(),
        kinds,
        share(column.missing.0),
        share(column.missing.1),
        count(column.distinct.0),
        count(column.distinct.1),
        index(column.psi),
        index(column.ks),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Entity;
    use kith_model::quality::{ColumnKind, ComparedSide, TableId};

    #[test]
    fn names_stay_text_and_another_type_is_told() {
        let side = ComparedSide { table: TableId::Canon(Entity::Order), load: None };
        let column = ColumnComparison {
            name: "<b>".into(),
            kinds: (Some(ColumnKind::Number), Some(ColumnKind::Text)),
            missing: (0.0, 0.5),
            distinct: (Some(1_000), None),
            psi: Some(0.3),
            ks: None,
        };
        let compared = TableComparison {
            left: side.clone(),
            right: side,
            rows: (10, 20),
            columns: vec![column],
            only_left: vec!["<i>".into()],
            only_right: vec![],
        };
        let html = section(&compared);
        for part in ["&lt;b&gt;", "&lt;i&gt;", "number then text", "50.0 %", "1,000", "0.300"] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }
}
