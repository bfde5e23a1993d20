//! Two tables, or two loads of one, side by side.

use crate::drift::{categories_apart, numbers_apart};
use crate::loads::{ColumnTrace, TableTrace};
use kith_model::quality::{ColumnComparison, ComparedSide, TableComparison};

/// Two tables side by side, columns by name, the most different first.
pub fn compare(
    (left, a): (ComparedSide, &TableTrace),
    (right, b): (ComparedSide, &TableTrace),
) -> TableComparison {
    let mut columns: Vec<_> = a
        .columns
        .iter()
        .filter_map(|one| Some((one, b.columns.iter().find(|other| other.name == one.name)?)))
        .map(|(one, other)| column((one, a.rows), (other, b.rows)))
        .collect();
    columns.sort_by(|a, b| b.apart().total_cmp(&a.apart()).then_with(|| a.name.cmp(&b.name)));
    let only = |these: &TableTrace, those: &TableTrace| -> Vec<String> {
        let lacks = |c: &&ColumnTrace| those.columns.iter().all(|other| other.name != c.name);
        these.columns.iter().filter(lacks).map(|c| c.name.clone()).collect()
    };
    let (only_left, only_right) = (only(a, b), only(b, a));
    TableComparison { left, right, rows: (a.rows, b.rows), columns, only_left, only_right }
}

fn column((a, n): (&ColumnTrace, u64), (b, m): (&ColumnTrace, u64)) -> ColumnComparison {
    let numbers = numbers_apart(&a.quantiles, &b.quantiles);
    let there = |c: &ColumnTrace| !c.categories.is_empty();
    let shares =
        (there(a) && there(b)).then(|| categories_apart(&a.categories, &b.categories)).flatten();
    let missing = |c: &ColumnTrace, rows: u64| c.missing as f64 / rows.max(1) as f64;
    ColumnComparison {
        name: a.name.clone(),
        kinds: (a.kind, b.kind),
        missing: (missing(a, n), missing(b, m)),
        distinct: (a.distinct, b.distinct),
        psi: numbers.map(|(psi, _)| psi).or(shares),
        ks: numbers.map(|(_, ks)| ks),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Entity;
    use kith_model::quality::{ColumnKind, TableId};

    fn column(name: &str, shift: f64, missing: u64) -> ColumnTrace {
        ColumnTrace {
            name: name.to_owned(),
            kind: Some(ColumnKind::Number),
            missing,
            distinct: Some(129),
            quantiles: (0..=128).map(|k| f64::from(k) + shift).collect(),
            categories: vec![],
        }
    }

    fn table(columns: Vec<ColumnTrace>) -> TableTrace {
        let table = TableId::Canon(Entity::Order);
        TableTrace { table, rows: 200, columns, mark: String::new() }
    }

    #[test]
    fn the_most_different_comes_first_and_what_one_side_lacks_is_named() {
        let left = table(vec![
            column("same", 0.0, 0),
            column("gone", 0.0, 0),
            column("moved", 0.0, 0),
            column("read", 0.0, 0),
        ]);
        let mut texts = column("read", 0.0, 0);
        texts.kind = Some(ColumnKind::Text);
        texts.quantiles = vec![];
        let right = table(vec![
            column("same", 0.0, 0),
            column("moved", 40.0, 20),
            column("new", 0.0, 0),
            texts,
        ]);
        let side = |load: Option<&str>| ComparedSide {
            table: TableId::Canon(Entity::Order),
            load: load.map(str::to_owned),
        };
        let found = compare((side(Some("previous")), &left), (side(None), &right));
        let names: Vec<&str> = found.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["read", "moved", "same"], "another type before any shift");
        assert_eq!(
            (found.only_left, found.only_right),
            (vec!["gone".to_owned()], vec!["new".to_owned()])
        );
        let moved = &found.columns[1];
        assert!(moved.psi.unwrap() > 0.25 && moved.ks.unwrap() > 0.25, "{moved:?}");
        assert_eq!(moved.missing, (0.0, 0.1));
        assert_eq!(found.columns[2].psi, Some(0.0));
        assert_eq!(found.left.title(), "canon.order@previous");
    }
}
