//! Records as the review and a person's page show them.

use crate::IdentityError;
use crate::decided::record_name;
use crate::records::{ints, texts};
use kith_model::identity::RecordCard;
use kith_model::{Column, Entity, Frame};
use std::collections::BTreeMap;

/// Columns that the card's head shows already.
const IN_HEAD: [&str; 3] = ["record_id", "source", "native_id"];

/// The column that is no field but two in one, latitude and longitude, on screen.
const COORDINATES: &str = "Coordinates";

/// A card for each row of `records` (columns of [`crate::records_sql`]), in order. `titles`: what
/// each source is called on screen.
///
/// # Errors
/// `source` or `native_id` is missing.
pub fn cards(
    records: &Frame,
    titles: &BTreeMap<String, String>,
) -> Result<Vec<RecordCard>, IdentityError> {
    let (source, native) = (texts(records, "source")?, texts(records, "native_id")?);
    Ok((0..records.rows())
        .map(|row| {
            let slug = source.get(row).unwrap_or_default();
            RecordCard {
                name: record_name(Some(slug), native.get(row)),
                source: titles.get(slug).map_or(slug, String::as_str).to_owned(),
                values: values(records, row),
            }
        })
        .collect())
}

fn values(records: &Frame, row: usize) -> Vec<(String, String)> {
    let shown = records.columns.iter().filter(|(name, _)| !IN_HEAD.contains(&name.as_str()));
    shown
        .map(|(name, column)| {
            let made = if name == "coordinates" { COORDINATES } else { name.as_str() };
            let label = Entity::Profile.field(name).map_or(made, |field| field.label);
            (label.to_owned(), cell(name, column, row))
        })
        .collect()
}

/// A cell as text; empty when there is none.
pub(crate) fn cell(name: &str, column: &Column, row: usize) -> String {
    match column {
        Column::Text(v) => v.get(row).map(str::to_owned),
        Column::Int(v) if name == "birth_date" => v[row].map(iso_date),
        Column::Int(v) => v[row].map(|n| n.to_string()),
        Column::Real(v) => v[row].map(|x| x.to_string()),
        Column::Bool(v) => v[row].map(|b| if b { "yes" } else { "no" }.to_owned()),
    }
    .unwrap_or_default()
}

fn iso_date(days: i64) -> String {
    let (year, month, day) = crate::records::civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Rows of `records` by record id.
pub(crate) fn rows_by_id(records: &Frame) -> Result<BTreeMap<i64, usize>, IdentityError> {
    let ids = ints(records, "record_id")?;
    Ok(ids.iter().enumerate().filter_map(|(row, id)| Some(((*id)?, row))).collect())
}

/// The rows `rows` of `frame`, in that order.
pub(crate) fn pick(frame: &Frame, rows: &[usize]) -> Frame {
    fn of<T: Copy>(values: &[Option<T>], rows: &[usize]) -> Vec<Option<T>> {
        rows.iter().map(|&row| values[row]).collect()
    }
    let column = |column: &Column| match column {
        Column::Text(v) => Column::Text(rows.iter().map(|&row| v.get(row)).collect()),
        Column::Int(v) => Column::Int(of(v, rows)),
        Column::Real(v) => Column::Real(of(v, rows)),
        Column::Bool(v) => Column::Bool(of(v, rows)),
    };
    let columns = frame.columns.iter().map(|(name, c)| (name.clone(), column(c))).collect();
    Frame { columns }
}
