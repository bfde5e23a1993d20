//! The statements of pages, as text.

use super::{Numbers, PageAsk, PageSource, Shape};
use crate::error::StoreError;
use kith_model::source::ColumnInfo;
use kith_model::{CellTest, ColumnFilter};
use kith_sql::{cell, text, text_list};

/// Names of `count` columns: what a file calls them never matters here.
pub(super) fn names(count: usize) -> String {
    (0..count).map(|at| format!("c{at}")).collect::<Vec<_>>().join(", ")
}

/// A table's own rows from `offset` on, by row number.
pub(super) fn range(ask: &PageAsk, shape: &Shape) -> String {
    let (low, high) = (ask.offset, ask.offset.saturating_add(u64::from(ask.limit)));
    format!(
        "SELECT {}\n{}\nWHERE rowid >= {low} AND rowid < {high}\nORDER BY rowid",
        values(shape),
        from(ask, shape)
    )
}

/// The rows of these numbers, each with its number before it; in no order.
pub(super) fn picked(ask: &PageAsk, shape: &Shape, numbers: &[u32]) -> String {
    let list: Vec<String> = numbers.iter().map(u32::to_string).collect();
    let (low, high) = (numbers.iter().min(), numbers.iter().max());
    format!(
        "SELECT rowid, {}\n{}\nWHERE rowid >= {} AND rowid <= {} AND rowid IN ({})",
        values(shape),
        from(ask, shape),
        low.copied().unwrap_or(0),
        high.copied().unwrap_or(0),
        list.join(", ")
    )
}

/// Whether some text of the column sorted by may be a number; `None` when it is no text.
pub(super) fn may_be_number(ask: &PageAsk, shape: &Shape) -> Result<Option<String>, StoreError> {
    let Some((column, _)) = &ask.order else { return Ok(None) };
    let at = position(shape, column, "sort")?;
    let text = shape.columns[at].sql_type == "VARCHAR";
    let sql =
        || format!("SELECT coalesce(min(c{at}) < {PAST_DIGITS}, false)\n{}", from(ask, shape));
    Ok(text.then(sql))
}

/// Every row number in the order asked for. `numbers`: some text may be a number. Where none is,
/// sorting by what each is as a number would take as long again.
pub(super) fn order(ask: &PageAsk, shape: &Shape, numbers: bool) -> Result<String, StoreError> {
    let key = match key(ask, shape, numbers)? {
        Some(key) => format!("{key}, rowid"),
        None => "rowid".to_owned(),
    };
    Ok(format!("SELECT rowid\n{}{}\nORDER BY {key}", from(ask, shape), conditions(ask, shape)?))
}

/// How many rows there are.
pub(super) fn count(ask: &PageAsk, shape: &Shape) -> Result<String, StoreError> {
    Ok(format!("SELECT count(*)\n{}{}", from(ask, shape), conditions(ask, shape)?))
}

/// A page counted from the first row: the top of an order, or of what has no row numbers. The top
/// of a table's order is found reading the sort column alone.
pub(super) fn counted(ask: &PageAsk, shape: &Shape) -> Result<String, StoreError> {
    let values = values(shape);
    let from = from(ask, shape);
    let conditions = conditions(ask, shape)?;
    let window = format!("LIMIT {} OFFSET {}", ask.limit, ask.offset);
    Ok(match key(ask, shape, true)? {
        None => format!("SELECT {values}\n{from}{conditions}\n{window}"),
        Some(key) if shape.numbers == Numbers::None => {
            let ties = names(shape.columns.len());
            format!("SELECT {values}\n{from}{conditions}\nORDER BY {key}, {ties}\n{window}")
        }
        Some(key) => format!(
            "SELECT {values}\n{from}\nWHERE rowid IN (\nSELECT rowid\n{from}{conditions}\n\
             ORDER BY {key}, rowid\n{window}\n)\nORDER BY {key}, rowid"
        ),
    })
}

fn values(shape: &Shape) -> String {
    let shown = |at: &usize| cell::shown(&format!("c{at}"), &shape.columns[*at].sql_type);
    shape.shown.iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn from(ask: &PageAsk, shape: &Shape) -> String {
    let names = names(shape.columns.len());
    match &ask.from {
        PageSource::Table { name, .. } => format!("FROM {name} AS t({names})"),
        PageSource::Query(query) => format!("FROM (\n{query}\n) AS t({names})"),
    }
}

fn position(shape: &Shape, name: &str, what: &str) -> Result<usize, StoreError> {
    let found = shape.columns.iter().position(|column| column.name == name);
    found.ok_or_else(|| StoreError::Sql {
        step: "read page".to_owned(),
        message: format!("There is no column \"{name}\" to {what} by"),
    })
}

/// Sorts behind whatever begins as a number does.
const PAST_DIGITS: &str = "':'";

fn key(ask: &PageAsk, shape: &Shape, numbers: bool) -> Result<Option<String>, StoreError> {
    let Some((column, descending)) = &ask.order else { return Ok(None) };
    let at = position(shape, column, "sort")?;
    let name = format!("c{at}");
    let way = if *descending { "DESC" } else { "ASC" };
    Ok(Some(if numbers && shape.columns[at].sql_type == "VARCHAR" {
        // Casts that fail are slow: only what may begin a number is tried as one.
        format!(
            "CASE WHEN {name} < {PAST_DIGITS} THEN TRY_CAST({name} AS DECIMAL(38,9)) END {way} NULLS LAST, \
             {name} {way} NULLS LAST"
        )
    } else {
        format!("{name} {way} NULLS LAST")
    }))
}

fn conditions(ask: &PageAsk, shape: &Shape) -> Result<String, StoreError> {
    let mut all = Vec::new();
    for ColumnFilter { column, test } in &ask.filters {
        let at = position(shape, column, "filter")?;
        all.push(condition(&format!("c{at}"), &shape.columns[at], test));
    }
    if let Some(find) = ask.find.as_deref().filter(|find| !find.is_empty()) {
        let texts: Vec<_> = shape.shown.iter().map(|at| format!("c{at}::VARCHAR")).collect();
        all.push(format!(
            "contains(lower(concat_ws(chr(31), {})), lower({}))",
            texts.join(", "),
            text(find)
        ));
    }
    let all = all.join("\nAND ");
    Ok(if all.is_empty() { all } else { format!("\nWHERE {all}") })
}

fn condition(name: &str, column: &ColumnInfo, test: &CellTest) -> String {
    let value = cell::present(name, &column.sql_type);
    match test {
        CellTest::OneOf { values } => {
            format!("{value} IN {}", text_list(values.iter().map(String::as_str)))
        }
        CellTest::Begins { text: begin } => format!("starts_with({value}, {})", text(begin)),
        CellTest::Contains { text: part } => {
            format!("contains(lower({value}), lower({}))", text(part))
        }
        CellTest::Missing => format!("{value} IS NULL"),
        CellTest::Present => format!("{value} IS NOT NULL"),
        CellTest::Range { from, to } => {
            let bounds = [(from, ">="), (to, "<=")];
            let bounds: Vec<_> = bounds
                .iter()
                .filter_map(|(bound, sign)| {
                    Some(self::bound(name, column, sign, bound.as_deref()?))
                })
                .collect();
            if bounds.is_empty() { "true".to_owned() } else { bounds.join(" AND ") }
        }
        CellTest::Bin { min, max, bin, of } => {
            let x = cell::measure(name, &column.sql_type);
            let [low, high] = [min, max].map(|end| cell::measure(&text(end), "VARCHAR"));
            let last = of.saturating_sub(1);
            // As the profile divides them, so that a bar's number is the number of rows found.
            format!(
                "(CASE WHEN {high} = {low} THEN 0 ELSE \
                 least({last}, floor(({x} - {low}) / ({high} - {low}) * {of})) END) = {bin}"
            )
        }
    }
}

fn bound(name: &str, column: &ColumnInfo, sign: &str, bound: &str) -> String {
    let bound = bound.trim();
    let dated = bound.get(..10).is_some_and(|day| {
        day.bytes()
            .enumerate()
            .all(|(at, b)| if matches!(at, 4 | 7) { b == b'-' } else { b.is_ascii_digit() })
    });
    if dated || bound.parse::<f64>().is_ok() {
        let literal = cell::measure(&text(bound), "VARCHAR");
        format!("{} {sign} {literal}", cell::measure(name, &column.sql_type))
    } else {
        format!("{} {sign} {}", cell::present(name, &column.sql_type), text(bound))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_sql::TableName;

    fn ask() -> PageAsk {
        let from = PageSource::table(TableName::new("src", "big"));
        PageAsk { offset: 900_000, ..PageAsk::first(from, 100) }
    }

    fn shape(numbers: Numbers) -> Shape {
        let columns = [("name", "VARCHAR"), ("items", "STRUCT(id VARCHAR)[]"), ("_row", "BIGINT")]
            .map(|(name, sql_type)| ColumnInfo { name: name.into(), sql_type: sql_type.into() })
            .to_vec();
        Shape { columns, shown: vec![0, 1], total: 1_000_000, numbers }
    }

    fn sorted() -> PageAsk {
        PageAsk {
            order: Some(("name".to_owned(), true)),
            find: Some("O'Brien".to_owned()),
            ..ask()
        }
    }

    #[test]
    fn a_page_of_a_table_is_a_range_of_row_numbers() {
        insta::assert_snapshot!(range(&ask(), &shape(Numbers::Dense)));
    }

    #[test]
    fn an_order_is_row_numbers_alone() {
        let shape = shape(Numbers::Dense);
        insta::assert_snapshot!(order(&sorted(), &shape, true).unwrap());
        assert!(!order(&sorted(), &shape, false).unwrap().contains("CASE"));
    }

    #[test]
    fn the_top_of_an_order_is_found_by_the_sort_column_alone() {
        insta::assert_snapshot!(counted(&sorted(), &shape(Numbers::Dense)).unwrap());
    }

    #[test]
    fn rows_are_picked_by_their_numbers() {
        insta::assert_snapshot!(picked(&ask(), &shape(Numbers::Dense), &[17, 4, 900_000]));
    }

    #[test]
    fn a_sorted_query_breaks_ties_by_every_column() {
        let from = PageSource::Query("VALUES (1, 2)".to_owned());
        let sorted = PageAsk { order: Some(("name".to_owned(), false)), from, ..ask() };
        insta::assert_snapshot!(counted(&sorted, &shape(Numbers::None)).unwrap());
    }

    #[test]
    fn every_condition_quotes_what_it_is_given() {
        let test = |test: CellTest| ColumnFilter { column: "name".to_owned(), test };
        let hostile = || "a'; DROP TABLE x; --".to_owned();
        let filters = vec![
            test(CellTest::OneOf { values: vec![hostile(), "b".to_owned()] }),
            test(CellTest::Begins { text: hostile() }),
            test(CellTest::Contains { text: hostile() }),
            test(CellTest::Missing),
            test(CellTest::Present),
            test(CellTest::Range { from: Some("12.5".to_owned()), to: None }),
            test(CellTest::Range { from: Some("2024-01-01".to_owned()), to: Some(hostile()) }),
            test(CellTest::Bin { min: "0".into(), max: hostile(), bin: 3, of: 12 }),
        ];
        let ask = PageAsk { filters, ..ask() };
        insta::assert_snapshot!(count(&ask, &shape(Numbers::Dense)).unwrap());
    }

    #[test]
    fn an_unknown_column_is_named() {
        let sorted = PageAsk { order: Some(("nope".to_owned(), false)), ..ask() };
        let error = counted(&sorted, &shape(Numbers::Dense)).unwrap_err();
        assert!(error.to_string().contains("\"nope\" to sort"), "{error}");
        let filter = ColumnFilter { column: "nope".to_owned(), test: CellTest::Missing };
        let error = count(&PageAsk { filters: vec![filter], ..ask() }, &shape(Numbers::Dense));
        assert!(error.unwrap_err().to_string().contains("\"nope\" to filter"));
    }
}
