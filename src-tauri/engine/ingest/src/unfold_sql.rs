//! The SQL that lays nested fields flat.

use crate::error::IngestError;
use crate::layout::{Names, ROW};
use crate::load_sql::raw_table;
use crate::many_sql::without_row;
use crate::unfold::{Flat, Leaf, lay_flat};
use kith_model::source::{ColumnInfo, Nested, ReadOptions, Source};
use kith_sql::{Ident, Pipeline, Step, text};

/// Lays the raw table of a source flat that DuckDB alone has read (Parquet, a table of a DuckDB
/// file), as its options say; `columns` are the table's. None when they do not ask for it.
///
/// # Errors
/// [`IngestError::Option`] when the list to unfold is none.
pub fn flatten(source: &Source, columns: &[ColumnInfo]) -> Result<Option<Pipeline>, IngestError> {
    let table = raw_table(&source.id);
    let Some((flat, names)) = flat_of(&source.title, columns, &source.options)? else {
        return Ok(None);
    };
    let select = flat_select(&flat, &names, &format!("{table} ORDER BY {}", Ident::new(ROW)));
    let step = Step::table(table, Vec::new(), select);
    let name = format!("{}: lay nested fields flat", source.title);
    Ok(Some(Pipeline::new(name.clone()).then(step.named(name))))
}

/// The rows of `select` laid flat, for a preview, and their columns; `columns` are those of
/// `select`. None when the options do not ask for it.
///
/// # Errors
/// As [`flatten`].
pub fn flat_view(
    title: &str,
    select: &str,
    columns: &[ColumnInfo],
    options: &ReadOptions,
) -> Result<Option<(String, Vec<ColumnInfo>)>, IngestError> {
    let Some((flat, names)) = flat_of(title, columns, options)? else { return Ok(None) };
    let sql = without_row(&flat_select(&flat, &names, &format!("({select})")));
    Ok(Some((sql, flat.leaves.into_iter().map(|leaf| leaf.info).collect())))
}

fn flat_of(
    title: &str,
    columns: &[ColumnInfo],
    options: &ReadOptions,
) -> Result<Option<(Flat, Vec<String>)>, IngestError> {
    if options.nested != Some(Nested::Columns) && options.unfold.is_none() {
        return Ok(None);
    }
    let own = columns.iter().filter(|column| column.name != ROW);
    let own: Vec<_> = own.map(|column| (column.name.clone(), column.clone())).collect();
    let flat = lay_flat(title, &own, options)?;
    Ok(Some((flat, own.into_iter().map(|(name, _)| name).collect())))
}

/// `SELECT` of flat columns and the row's number out of `from` (a table function), whose columns
/// are called `fields`.
pub(crate) fn flat_select(flat: &Flat, fields: &[String], from: &str) -> String {
    let mut taken = Names::new();
    for name in fields {
        taken.unique(name);
    }
    let element = Ident::new(taken.unique("_element"));
    let columns: Vec<_> = flat
        .leaves
        .iter()
        .map(|leaf| format!("{} AS {}", expression(leaf, &element), Ident::new(&leaf.info.name)))
        .chain(std::iter::once(format!("row_number() OVER () - 1 AS {}", Ident::new(ROW))))
        .collect();
    let columns = columns.join(", ");
    match &flat.list {
        None => format!("SELECT {columns}\nFROM {from}"),
        Some(path) => {
            let list = field(path, None);
            format!(
                "SELECT {columns}\nFROM (SELECT *, unnest(CASE WHEN len({list}) > 0 THEN {list} \
                 ELSE [NULL] END) AS {element} FROM {from})"
            )
        }
    }
}

fn expression(leaf: &Leaf, element: &Ident) -> String {
    let value = field(&leaf.path, leaf.of_element.then_some(element));
    if leaf.as_json { format!("to_json({value})") } else { value }
}

/// A field, stepwise: a dot would be taken for a table's.
fn field(path: &[String], root: Option<&Ident>) -> String {
    let (value, rest) = match (root, path.split_first()) {
        (Some(root), _) => (root.to_string(), path),
        (None, Some((first, rest))) => (Ident::new(first).to_string(), rest),
        (None, None) => ("NULL".to_owned(), path),
    };
    rest.iter().fold(value, |value, step| format!("struct_extract({value}, {})", text(step)))
}
