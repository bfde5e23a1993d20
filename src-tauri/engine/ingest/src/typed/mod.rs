//! Columns of delimited text that mean numbers or moments: each value read as it is said to be
//! written, or its row refused.

mod moment;
mod number;
pub(crate) mod zones;

use crate::error::{IngestError, name_of};
use crate::layout::Names;
use kith_model::column_format::ColumnFormat;
use kith_model::source::{ColumnInfo, ReadOptions};
use moment::Moments;
pub(crate) use moment::stamp;
use number::Numbers;
use std::path::Path;

/// How one column is read.
enum Reader {
    Text,
    Number(Numbers),
    Moment(Moments),
}

/// How the columns of a table are read.
pub(crate) struct Typed {
    readers: Vec<Reader>,
    columns: Vec<ColumnInfo>,
}

impl Typed {
    /// `None` when every column is but text.
    ///
    /// # Errors
    /// [`IngestError::Option`] for a column the table lacks, a sign or a zone there is not.
    pub(crate) fn of(
        path: &Path,
        names: &[String],
        options: &ReadOptions,
    ) -> Result<Option<Self>, IngestError> {
        if options.columns.is_empty() {
            return Ok(None);
        }
        let wrong = |option, value: &str, rule| IngestError::Option {
            file: name_of(path),
            option,
            value: value.to_owned(),
            rule,
        };
        if let Some(name) = options.columns.keys().find(|name| !names.contains(name)) {
            return Err(wrong("columns", name, "name a column of the table as the header does"));
        }
        let (mut readers, mut columns, mut taken) = (Vec::new(), Vec::new(), Names::new());
        names.iter().for_each(|name| drop(taken.unique(name)));
        for name in names {
            let column = |name: &str, sql_type: &str| ColumnInfo {
                name: name.to_owned(),
                sql_type: sql_type.to_owned(),
            };
            match options.columns.get(name) {
                None => {
                    readers.push(Reader::Text);
                    columns.push(column(name, "VARCHAR"));
                }
                Some(ColumnFormat::Number { decimal, thousands }) => {
                    let rule = "give two different signs: a point or comma, and a blank, point, \
                                comma or apostrophe";
                    let read = Numbers::new(*decimal, *thousands);
                    let read = read.ok_or_else(|| wrong("decimal", &decimal.to_string(), rule))?;
                    readers.push(Reader::Number(read));
                    columns.push(column(name, "DOUBLE"));
                }
                Some(ColumnFormat::Moment { order, zone }) => {
                    let rule = "give a zone such as Europe/Oslo, UTC or +02:00";
                    let named = zone.as_deref().unwrap_or_default();
                    let read = Moments::new(*order, zone.as_deref());
                    let read = read.ok_or_else(|| wrong("zone", named, rule))?;
                    readers.push(Reader::Moment(read));
                    columns.push(column(name, "TIMESTAMP"));
                    columns.push(column(&taken.unique(&format!("{name} zone")), "VARCHAR"));
                }
            }
        }
        Ok(Some(Self { readers, columns }))
    }

    /// The columns of the raw table.
    pub(crate) fn columns(&self) -> &[ColumnInfo] {
        &self.columns
    }

    /// The cells of the raw table out of a record's fields, as many as the table has columns.
    ///
    /// # Errors
    /// The column to blame, from 0, and why.
    pub(crate) fn cells<'a>(
        &self,
        fields: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Vec<Option<String>>, (usize, String)> {
        let mut cells = Vec::with_capacity(self.columns.len());
        for (at, (reader, field)) in self.readers.iter().zip(fields).enumerate() {
            let text = String::from_utf8_lossy(field);
            let blank = text.trim().is_empty();
            match reader {
                Reader::Text => cells.push(Some(text.into_owned()).filter(|t| !t.is_empty())),
                Reader::Number(_) if blank => cells.push(None),
                Reader::Number(read) => cells.push(Some(read.value(&text).map_err(|e| (at, e))?)),
                Reader::Moment(_) if blank => cells.extend([None, None]),
                Reader::Moment(read) => {
                    let (moment, zone) = read.value(&text).map_err(|e| (at, e))?;
                    cells.extend([Some(moment), zone]);
                }
            }
        }
        Ok(cells)
    }
}
