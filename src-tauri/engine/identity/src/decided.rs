//! People's decisions on pairs, as records of a run.

use crate::IdentityError;
use crate::constraints::Constraints;
use crate::forest::pair;
use crate::records::{Records, texts};
use kith_model::identity::Verdict;
use kith_model::{Frame, PairKey};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A record as people name it: `source/native_id`.
pub(crate) fn record_name(source: Option<&str>, native: Option<&str>) -> String {
    format!("{}/{}", source.unwrap_or_default(), native.unwrap_or_default())
}

/// Decisions as rows of the frame; those on records that are gone are left out.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    rows: Vec<((u32, u32), Verdict)>,
}

impl Decided {
    /// Finds the records that `decisions` name.
    pub fn read(
        records: &Frame,
        decisions: &BTreeMap<PairKey, Verdict>,
    ) -> Result<Self, IdentityError> {
        if decisions.is_empty() {
            return Ok(Self::default());
        }
        let (source, native) = (texts(records, "source")?, texts(records, "native_id")?);
        let mut wanted: HashMap<String, Option<u32>> = decisions
            .keys()
            .flat_map(|key| [key.left.clone(), key.right.clone()])
            .map(|name| (name, None))
            .collect();
        for row in 0..source.len() {
            let name = record_name(source[row].as_deref(), native[row].as_deref());
            if let Some(slot) = wanted.get_mut(&name) {
                slot.get_or_insert(row as u32);
            }
        }
        let row = |name: &String| wanted.get(name).copied().flatten();
        let found = decisions.iter().filter_map(|(key, &verdict)| {
            let (a, b) = (row(&key.left)?, row(&key.right)?);
            (a != b).then_some(((a, b), verdict))
        });
        Ok(Self { rows: found.collect() })
    }

    /// The decided pairs in the order of `r`, with their verdicts.
    fn pairs(&self, r: &Records) -> Vec<(u64, Verdict)> {
        if self.rows.is_empty() {
            return Vec::new();
        }
        let mut place = vec![0; r.len()];
        r.row.iter().enumerate().for_each(|(i, &row)| place[row as usize] = i as u32);
        let at = |&((a, b), verdict): &((u32, u32), Verdict)| {
            (pair(place[a as usize], place[b as usize]), verdict)
        };
        self.rows.iter().map(at).collect()
    }

    /// Every decided pair.
    pub fn all(&self, r: &Records) -> BTreeSet<u64> {
        self.pairs(r).into_iter().map(|(p, _)| p).collect()
    }

    /// What clustering must honour.
    pub fn constraints(&self, r: &Records) -> Constraints {
        let of = |wanted: Verdict| {
            let pairs = self.pairs(r).into_iter().filter(move |(_, verdict)| *verdict == wanted);
            pairs.map(|(p, _)| p)
        };
        let must: Vec<u64> = of(Verdict::Same).collect();
        Constraints::new(&must, of(Verdict::Different).collect())
    }
}
