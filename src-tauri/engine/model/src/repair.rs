//! Refused rows a person has put right by hand.

use crate::ids::SourceId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Repairs by source, each list sorted by line.
type Repairs = BTreeMap<SourceId, Vec<Repair>>;

/// A refused row as edited. It is read in the place of the row it mends, whenever the source is
/// loaded; the file itself is never touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// Line of the file on which the refused row starts, from 1.
    pub line: u64,
    /// The row as `src.reject` holds it: the edit counts only while the file still says that.
    pub was: String,
    /// The row as it should read, in the file's own dialect.
    pub text: String,
}

/// How an edited row would be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCheck {
    /// The columns a row must have; empty where each row names its own (JSON).
    pub names: Vec<String>,
    /// The edited row's fields as far as it can be read; `None` is a missing value.
    pub fields: Vec<Option<String>>,
    /// Why it would be refused again; none when it would be loaded.
    pub refused: Option<String>,
}

/// Adds a repair, in place of an earlier one of that line.
pub(crate) fn put(repairs: &mut Repairs, source: &SourceId, repair: &Repair) {
    let list = repairs.entry(source.clone()).or_default();
    match list.binary_search_by_key(&repair.line, |r| r.line) {
        Ok(at) => list[at] = repair.clone(),
        Err(at) => list.insert(at, repair.clone()),
    }
}

/// Removes and returns the repair of a line, if there is one.
pub(crate) fn forget(repairs: &mut Repairs, source: &SourceId, line: u64) -> Option<Repair> {
    let list = repairs.get_mut(source)?;
    let at = list.binary_search_by_key(&line, |r| r.line).ok()?;
    let gone = list.remove(at);
    if list.is_empty() {
        repairs.remove(source);
    }
    Some(gone)
}
