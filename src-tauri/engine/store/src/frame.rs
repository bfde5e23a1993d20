//! Rows out of the database as frames and numbers.

use crate::catalog::describe;
use crate::convert::{Crossing, append};
use crate::error::StoreError;
use crate::store::{Fault, Store};
use duckdb::Connection;
use kith_model::{Column, Frame, Monitor, Quiet};

impl Store {
    /// Every row of `select`, in its order.
    ///
    /// Texts stay texts; whole numbers, times (µs since 1970-01-01 UTC) and dates (days) become
    /// [`Column::Int`]; DECIMAL, DOUBLE, FLOAT and HUGEINT [`Column::Real`]; BOOLEAN
    /// [`Column::Bool`]; anything else is cast to text.
    ///
    /// # Errors
    /// [`StoreError::Sql`]; also when an unsigned number does not fit into 63 bits.
    pub fn frame(&self, select: &str, monitor: &dyn Monitor) -> Result<Frame, StoreError> {
        self.read("read rows", monitor, |connection| frame_of(connection, select))
    }

    /// The one whole number `select` gives.
    ///
    /// # Errors
    /// [`StoreError::Sql`] when it gives NULL, no row, several rows or no whole number.
    pub fn value_i64(&self, select: &str) -> Result<i64, StoreError> {
        let frame = self.frame(select, &Quiet)?;
        let value = match frame.columns.first() {
            Some((_, Column::Int(values))) if values.len() == 1 => values[0],
            // count() and sum() over whole numbers give HUGEINT.
            Some((_, Column::Real(values))) if values.len() == 1 => {
                values[0].filter(|v| v.fract() == 0.0 && v.abs() < 9.0e15).map(|v| v as i64)
            }
            _ => None,
        };
        value.ok_or_else(|| StoreError::Sql {
            step: "read number".to_owned(),
            message: "The query gives no single whole number".to_owned(),
        })
    }
}

fn frame_of(connection: &Connection, select: &str) -> Result<Frame, Fault> {
    let columns = describe(connection, select)?;
    let crossings: Vec<_> = columns.iter().map(|c| Crossing::of(&c.sql_type)).collect();
    let (names, values): (Vec<_>, Vec<_>) = crossings
        .iter()
        .enumerate()
        .map(|(at, crossing)| (format!("c{at}"), crossing.expression(&format!("c{at}"))))
        .unzip();
    let sql =
        format!("SELECT {}\nFROM (\n{select}\n) AS t({})", values.join(", "), names.join(", "));
    let mut statement = connection.prepare(&sql)?;
    // Streams: the result never stands twice in memory. `step` tells errors, where the crate's
    // iterator would panic.
    drop(statement.stream_arrow([])?);
    let mut data: Vec<_> = crossings.iter().map(|crossing| crossing.empty()).collect();
    while let Some(chunk) = statement.step()? {
        append(&mut data, &chunk)?;
    }
    Ok(Frame { columns: columns.into_iter().map(|c| c.name).zip(data).collect() })
}
