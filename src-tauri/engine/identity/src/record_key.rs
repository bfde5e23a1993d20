//! Numbers that name a record from run to run, whatever else is in the table.
//!
//! A record id counts rows, so it shifts when a source is added before it. A key is made of the
//! source and the source's own id; the second of two records that share both is told apart by its
//! content.

use crate::IdentityError;
use crate::fold::{hash, mix};
use crate::records::texts;
use kith_model::{Column, Frame};
use rayon::prelude::*;

/// Steps a key takes for each earlier record of the same name.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// What tells a record from others, and one state of it from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordKey {
    /// The same as long as source and native id stay.
    pub key: u64,
    /// Changes with any value of the record.
    pub content: u64,
}

/// The key of every row of `records` (as [`crate::records_sql`] gives them), in the rows' order.
///
/// # Errors
/// A missing column.
pub fn record_keys(records: &Frame) -> Result<Vec<RecordKey>, IdentityError> {
    let (source, native) = (texts(records, "source")?, texts(records, "native_id")?);
    let columns: Vec<&Column> =
        records.columns.iter().filter(|(name, _)| name != "record_id").map(|(_, c)| c).collect();
    let mut keys: Vec<RecordKey> = (0..records.rows())
        .into_par_iter()
        .map(|row| {
            let content = columns.iter().fold(0, |h, c| mix(h ^ cell(c, row)).wrapping_add(STEP));
            let own = native.get(row).map_or(content, |id| hash(id.trim().as_bytes()));
            let source = hash(source.get(row).unwrap_or_default().as_bytes());
            RecordKey { key: mix(source.wrapping_add(own.rotate_left(23))), content }
        })
        .collect();
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    order.par_sort_unstable_by_key(|&row| (keys[row as usize], row));
    let mut rank = 0_u64;
    let named: Vec<u64> = order.iter().map(|&row| keys[row as usize].key).collect();
    for (at, &row) in order.iter().enumerate() {
        rank = if at > 0 && named[at - 1] == named[at] { rank + 1 } else { 0 };
        if rank > 0 {
            keys[row as usize].key = mix(named[at].wrapping_add(STEP.wrapping_mul(rank)));
        }
    }
    Ok(keys)
}

fn cell(column: &Column, row: usize) -> u64 {
    match column {
        Column::Text(v) => v.get(row).map_or(1, |t| hash(t.as_bytes())),
        Column::Int(v) => v[row].map_or(1, |i| mix(i.unsigned_abs() << 1 | u64::from(i < 0))),
        Column::Real(v) => v[row].map_or(1, |r| mix(r.to_bits())),
        Column::Bool(v) => v[row].map_or(1, |b| 2 + u64::from(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (&'static str, Option<&'static str>, &'static str);

    fn frame(rows: &[Row]) -> Frame {
        let text =
            |of: &dyn Fn(&Row) -> Option<String>| Column::Text(rows.iter().map(of).collect());
        Frame::default()
            .with("record_id", Column::Int((0..rows.len() as i64).map(Some).collect()))
            .with("source", text(&|r| Some(r.0.to_owned())))
            .with("native_id", text(&|r| r.1.map(str::to_owned)))
            .with("email", text(&|r| Some(r.2.to_owned())))
    }

    #[test]
    fn a_key_outlives_rows_before_it_and_changes_of_its_record() {
        let before = record_keys(&frame(&[("b", Some("1"), "x@a.org")])).unwrap();
        let after =
            record_keys(&frame(&[("a", Some("1"), "x@a.org"), ("b", Some("1"), "y@a.org")]))
                .unwrap();
        assert_eq!(before[0].key, after[1].key);
        assert_ne!(before[0].content, after[1].content);
        assert_ne!(after[0].key, after[1].key);
    }

    #[test]
    fn records_of_one_name_are_told_apart_by_content_whatever_their_order() {
        let one = ("a", Some("7"), "x@a.org");
        let two = ("a", Some("7"), "y@a.org");
        let (ab, ba) =
            (record_keys(&frame(&[one, two])).unwrap(), record_keys(&frame(&[two, one])).unwrap());
        assert_eq!((ab[0], ab[1]), (ba[1], ba[0]));
        assert_ne!(ab[0].key, ab[1].key);
        let nameless =
            record_keys(&frame(&[("a", None, "x@a.org"), ("a", None, "z@a.org")])).unwrap();
        assert_ne!(nameless[0].key, nameless[1].key);
    }
}
